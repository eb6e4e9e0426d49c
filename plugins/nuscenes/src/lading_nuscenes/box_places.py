"""Boxes that are far from the vehicle: all of a scene, which are not in the global frame, or some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading_nuscenes.annotations import Annotations
from lading_nuscenes.files import Files, Small
from lading_nuscenes.samples import Samples
from lading_nuscenes.tables import Tables

#: Sensors see some 100 m: not all that a scene has is farther off.
_ALL_M = 150.0

#: So many boxes, or boxes of so many samples, are no chance; fewer are told as single ones.
_MANY, _MANY_SAMPLES = 10, 3

#: No box is farther from the vehicle: radars see 250 m (source-formats.md 4.1).
_FAR_M = 300.0

#: The vehicle does not go as far from one sample to the next: `pose.jump` says it.
_JUMP_M = 100.0

#: The frame of a vehicle or a sensor has its boxes around its origin.
_NEAR_ORIGIN_M = 500.0


def tell_boxes(tables: Tables, samples: Samples, files: Files, boxes: Annotations, own: Small) -> None:
    """Say once a scene that all of its boxes, or some, are far from the vehicle; `own` are the files that place it."""
    vehicle: NDArray[np.float64] = np.full((len(samples) + 1, 2), np.nan)
    own = own[~np.isin(own, list(files.misplaced))]
    vehicle[files.samples[own]] = files.poses.translations[files.poses.of_file[own], :2]
    vehicle[_astray(samples, vehicle)] = np.nan
    at = vehicle[np.maximum(boxes.samples, -1)]
    known = np.flatnonzero((boxes.samples >= 0) & np.isfinite(at[:, 0]) & np.isfinite(boxes.translations).all(axis=1))
    off = np.linalg.norm(boxes.translations[known, :2] - at[known], axis=1)
    scenes = samples.scenes[boxes.samples[known]]
    order = np.argsort(scenes, kind="stable")
    known, off = known[order], off[order]
    begins = np.flatnonzero(np.diff(scenes[order], prepend=np.iinfo(scenes.dtype).min))
    ends = np.append(begins[1:], len(known))
    has_far = (np.maximum.reduceat(off, begins) > _FAR_M) | (np.minimum.reduceat(off, begins) > _ALL_M)
    far: list[NDArray[np.int64]] = []
    for begin, end in zip(begins[has_far].tolist(), ends[has_far].tolist(), strict=True):
        places, metres = known[begin:end], off[begin:end]
        if _is_all(boxes, places, metres):
            _tell_all(tables, boxes, places, metres)
        else:
            places, metres = places[metres > _FAR_M], metres[metres > _FAR_M]
            _tell_some(tables, boxes, places, metres)
        far.append(places)
    boxes.far = np.sort(np.concatenate([boxes.far, *far]))


def _astray(samples: Samples, vehicle: NDArray[np.float64]) -> NDArray[np.int64]:
    """The samples at which the vehicle is far from where it is at those before and after, of the same scene."""
    order = np.lexsort((samples.times, samples.scenes))
    is_same = np.diff(samples.scenes[order]) == 0
    step = np.where(is_same, np.linalg.norm(np.diff(vehicle[order], axis=0), axis=1), np.inf)
    is_alone = ~np.append(is_same, False) & ~np.append(False, is_same)
    nearest = np.fmin(np.append(step, np.inf), np.append(np.inf, step))
    found: NDArray[np.int64] = order[(nearest > _JUMP_M) & ~is_alone]
    return found


def _is_all(boxes: Annotations, places: NDArray[np.int64], off: NDArray[np.float64]) -> bool:
    """Whether the boxes of a scene are all far off, and more than a few or at the origin instead."""
    if off.min() <= _ALL_M:
        return False
    is_many = len(places) >= _MANY or len(np.unique(boxes.samples[places])) >= _MANY_SAMPLES
    return is_many or bool(off.min() > _FAR_M and _from_origin(boxes, places) <= _NEAR_ORIGIN_M)


def _from_origin(boxes: Annotations, places: NDArray[np.int64]) -> float:
    return float(np.linalg.norm(boxes.translations[places, :2], axis=1).max())


def _tell_all(tables: Tables, boxes: Annotations, places: NDArray[np.int64], off: NDArray[np.float64]) -> None:
    found = f"all {counted(len(places), 'box', 'boxes')} of a scene {off.min():,.0f} m or more from the vehicle"
    from_origin = _from_origin(boxes, places)
    if from_origin <= _NEAR_ORIGIN_M:
        found += f", and within {from_origin:,.0f} m of the origin, as in the frame of the vehicle or a sensor"
    at = tables.origin("sample_annotation", int(boxes.rows[places[0]]), "translation")
    tables.report.warning("nuscenes.box-frame", f"expected boxes in the global frame, found {found}", at)


def _tell_some(tables: Tables, boxes: Annotations, places: NDArray[np.int64], off: NDArray[np.float64]) -> None:
    if not len(places):
        return
    message = f"expected a box near the vehicle, found it {off[0]:,.0f} m away"
    if len(places) > 1:
        message += f", and {len(places) - 1:,} more of its scene {off.min():,.0f} m or more"
    at = tables.origin("sample_annotation", int(boxes.rows[places[0]]), "translation")
    tables.report.warning("nuscenes.box-place", message, at)
