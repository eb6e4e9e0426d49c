"""Ego poses of the files of one sample: those that are farther from the others than a vehicle gets meanwhile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading_nuscenes.files import Files, Small
from lading_nuscenes.samples import Samples
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables, grouped
from lading_nuscenes.times import NO_TIME

#: So fast no vehicle goes, and so much poses of one time may differ.
_SPEED_M_S, _SLACK_M = 40.0, 1.0

#: The files of a sample are of so long, also where all have the one time of their sample.
_SAMPLE_S = 0.1

#: In that no vehicle goes as far.
_JUMP_M = 50.0

#: As many files of a sample tell which of them is the odd one.
_LEAST = 3

#: Files of a sensor that are told one by one.
_FEW = 2


def tell_apart(tables: Tables, samples: Samples, files: Files, own: Small, sensors: Sensors) -> None:
    """Say which poses are far from those of the others of their sample, once a sensor that has many such.

    Where most samples have no one that is odd among them, all are said to be far from each other.
    """
    own = own[files.times[own] != NO_TIME]
    order, starts = grouped(files.samples[own], len(samples))
    own = own[order]
    places = files.poses.translations[files.poses.of_file[own]]
    seconds = files.times[own] / 1e9
    has_some = np.diff(starts) >= _LEAST
    begins, ends = starts[:-1][np.diff(starts) > 0], starts[1:][np.diff(starts) > 0]
    if not len(begins):
        return
    spread = _spread(places, begins).max(axis=1)
    lasting = _spread(seconds, begins)
    travel = np.where(lasting > 0, 0, _SAMPLE_S * _speeds(samples, files.samples[own], places, begins))
    is_wide = spread > _SLACK_M + travel + _SPEED_M_S * lasting
    is_wide &= ends - begins >= _LEAST
    odd, apart = list[tuple[int, float]](), list[int]()
    for number in np.flatnonzero(is_wide).tolist():
        inside = slice(int(begins[number]), int(ends[number]))
        found = _odd(places[inside], seconds[inside], float(travel[number]))
        if not found and spread[number] > _JUMP_M:
            apart.append(number)
        odd += [(int(own[inside][place]), off) for place, off in found]
    if 2 * len(apart) > np.count_nonzero(has_some) > _LEAST:
        message = f"expected the poses of a sample near each other, found them up to {spread[apart].max():,.1f} m apart"
        message += f", and more than {_JUMP_M:g} m in {len(apart):,} samples of {len(begins):,}"
        first = int(files.poses.rows[files.poses.of_file[own[begins[apart[0]]]]])
        tables.report.warning("nuscenes.ego-place", message, tables.origin("ego_pose", first, "translation"))
        files.misplaced = frozenset(own.tolist())
        return
    files.misplaced = frozenset(file for file, _ in odd)
    _tell_odd(tables, files, sensors, odd)


def _spread(values: NDArray[np.float64], begins: NDArray[np.int64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.maximum.reduceat(values, begins) - np.minimum.reduceat(values, begins)
    return found


def _speeds(
    samples: Samples, of_sample: Small, places: NDArray[np.float64], begins: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How fast the vehicle is at each sample, by the middle of its files; the highest speed where nobody knows."""
    middle = begins + np.diff(np.append(begins, len(places))) // 2
    middles = np.stack([axis[np.lexsort((axis, of_sample))][middle] for axis in places.T], axis=1)
    scenes, times = samples.scenes[of_sample[begins]], samples.times[of_sample[begins]]
    order = np.lexsort((times, scenes))
    took = np.diff(times[order] / 1e9)
    is_known = (np.diff(scenes[order]) == 0) & (times[order[:-1]] != NO_TIME) & (took > 0)
    steps = np.linalg.norm(np.diff(middles[order], axis=0), axis=1)
    speeds = np.where(is_known, steps / np.where(is_known, took, 1), _SPEED_M_S)
    found = np.empty(len(begins))
    found[order] = np.minimum(np.append(speeds, _SPEED_M_S), np.append(_SPEED_M_S, speeds))
    return np.minimum(found, _SPEED_M_S)


def _odd(places: NDArray[np.float64], seconds: NDArray[np.float64], travel: float) -> list[tuple[int, float]]:
    """The files of a sample that are far from most others, with how far from their middle, if most are not."""
    between = np.linalg.norm(places[:, None] - places[None], axis=2)
    reach = _SLACK_M + travel + _SPEED_M_S * np.abs(seconds[:, None] - seconds[None])
    far = np.flatnonzero(2 * np.count_nonzero(between > reach, axis=1) > len(places) - 1)
    if 2 * len(far) >= len(places):
        return []
    off = np.linalg.norm(places - np.median(places, axis=0), axis=1)
    return [(place, float(off[place])) for place in far.tolist()]


def _tell_odd(tables: Tables, files: Files, sensors: Sensors, odd: list[tuple[int, float]]) -> None:
    of_sensor: dict[int, list[tuple[int, float]]] = {}
    ranks = [*sensors.ranks, len(sensors.kinds)]
    for file, off in odd:
        of_sensor.setdefault(ranks[max(int(files.calibrated[file]), -1)], []).append((file, off))
    for found in of_sensor.values():
        is_often = len(found) > _FEW
        for file, off in found[: 1 if is_often else None]:
            message = f"expected a place near those of the other files of its sample, found one {off:,.1f} m off"
            if is_often:
                message += f"; so it is with {counted(len(found) - 1, 'more file')} of its sensor"
                message += f", {max(far for _, far in found):,.1f} m at most"
            at = tables.origin("ego_pose", int(files.poses.rows[files.poses.of_file[file]]), "translation")
            tables.report.warning("nuscenes.ego-place", message, at)
