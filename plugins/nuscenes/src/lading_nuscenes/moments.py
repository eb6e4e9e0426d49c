"""Key frames and their samples by time: clocks that are apart, and a file that is of another sample than it says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container
from typing import NamedTuple

import numpy as np

from lading import counted
from lading_nuscenes.files import Files
from lading_nuscenes.samples import Samples
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME

#: How far from its sample a key frame may be: cameras look up to 50 ms before or after the lidar (4.8, 10).
_FAR_NS = 1_000_000_000

#: Beyond this one of two files of a sensor in a sample, which come every half second, is rather another sample's.
_OTHER_NS = 200_000_000


def tell_clock(tables: Tables, samples: Samples, files: Files) -> None:
    """Say which samples have a time far from those of all of their files, once where most have."""
    own = np.flatnonzero(files.is_key & (files.samples >= 0) & (files.times != NO_TIME))
    own = own[samples.times[files.samples[own]] != NO_TIME]
    if not len(own):
        return
    off = files.times[own] - samples.times[files.samples[own]]
    count = np.bincount(files.samples[own], minlength=len(samples))
    near = np.bincount(files.samples[own][np.abs(off) <= _FAR_NS], minlength=len(samples))
    far = np.flatnonzero((count > 0) & (near == 0))
    samples.apart = np.where(count > 0, np.iinfo(np.int64).max, 0)
    np.minimum.at(samples.apart, files.samples[own], np.abs(off))
    is_most = 2 * len(far) > np.count_nonzero(count)
    if not is_most:
        far = far[count[far] > 1]  # of a sample with one file that is told
    samples.untimely = set(far.tolist())
    for sample in far[:1].tolist() if is_most else far.tolist():
        first = float(off[files.samples[own] == sample][0]) / 1e9
        where = "before" if first > 0 else "after"
        message = f"expected the time of its files, found one that is {abs(first):,.3f} s {where} it"
        if is_most:
            message += f", as in {counted(len(far), 'sample')} of {np.count_nonzero(count):,}"
        at = tables.origin("sample", samples.rows[sample], "timestamp")
        tables.report.warning("nuscenes.sample-time", message, at)


class Doubled(NamedTuple):
    """Key frames of a sensor of which a sample has several.

    `strays` are those that are nearest in time to a sample that has none, by that sample, `later` those that are told:
    all but one, which is no stray, has no other channel in its name and is not far from its sample in time, where there
    is such a one.
    """

    strays: dict[int, int]
    later: list[int]


def doubled(samples: Samples, files: Files, sensors: Sensors, named: Container[int]) -> Doubled:
    """The key frames of a sensor of which a sample has several; `named` have another's channel in their names."""
    found = Doubled({}, [])
    own = np.flatnonzero(files.is_key & (files.samples >= 0) & (files.calibrated >= 0) & (files.times != NO_TIME))
    kinds = np.array([*sensors.ranks, -1])[files.calibrated[own]]
    pairs = files.samples[own].astype(np.int64) * (len(sensors.kinds) + 1) + kinds
    counts = np.bincount(pairs)
    twice = np.flatnonzero(counts[pairs] > 1)
    if not len(twice):
        return found
    nearest = Nearest(samples)
    for place in twice.tolist():
        sample = nearest.place(int(files.times[own[place]]))
        pair = sample * (len(sensors.kinds) + 1) + int(kinds[place])
        if sample >= 0 and (pair >= len(counts) or not counts[pair]):
            found.strays[int(own[place])] = sample
    is_stray = np.isin(own[twice], list(found.strays))
    off = np.abs(files.times[own[twice]] - samples.times[files.samples[own[twice]]])
    is_named = np.array([file in named for file in own[twice].tolist()])
    order = np.lexsort((off > _OTHER_NS, is_named, is_stray, pairs[twice]))
    is_first = np.diff(pairs[twice][order], prepend=-1) != 0
    found.later.extend(own[twice][order[~is_first]].tolist())
    return found


class Nearest:
    """The samples by their times."""

    def __init__(self, samples: Samples) -> None:
        order = np.argsort(samples.times)
        is_known = samples.times[order] != NO_TIME
        self._order = order[is_known]
        self._times: list[int] = samples.times[order][is_known].tolist()

    def place(self, time_ns: int) -> int:
        """The place of the sample that is nearest in time, the later of two; -1 where none has a time."""
        times = self._times
        if not times:
            return -1
        after = min(bisect_left(times, time_ns), len(times) - 1)
        before = max(after - 1, 0)
        nearest = before if time_ns - times[before] < times[after] - time_ns else after
        return int(self._order[nearest])
