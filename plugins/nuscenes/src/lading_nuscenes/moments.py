"""Key frames and their samples by time: clocks that are apart, and a file that is of another sample than it says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from lading import counted
from lading_nuscenes.files import Files
from lading_nuscenes.samples import Samples
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME

#: How far from its sample a key frame may be: cameras look up to 50 ms before or after the lidar (4.8, 10).
_FAR_NS = 1_000_000_000


def tell_clock(tables: Tables, samples: Samples, files: Files) -> None:
    """Say once that most samples have a time far from those of all of their files."""
    own = np.flatnonzero(files.is_key & (files.samples >= 0) & (files.times != NO_TIME))
    own = own[samples.times[files.samples[own]] != NO_TIME]
    if not len(own):
        return
    off = files.times[own] - samples.times[files.samples[own]]
    count = np.bincount(files.samples[own], minlength=len(samples))
    near = np.bincount(files.samples[own][np.abs(off) <= _FAR_NS], minlength=len(samples))
    far = np.flatnonzero((count > 0) & (near == 0))
    if 2 * len(far) <= np.count_nonzero(count):
        return
    first = float(off[files.samples[own] == far[0]][0]) / 1e9
    message = (
        f"expected the time of its files, found one that is {abs(first):,.3f} s {'before' if first > 0 else 'after'} "
        f"it, as in {counted(len(far), 'sample')} of {np.count_nonzero(count):,}"
    )
    at = tables.origin("sample", samples.rows[int(far[0])], "timestamp")
    tables.report.warning("nuscenes.sample-time", message, at)


def strayed(samples: Samples, files: Files, sensors: Sensors) -> Iterator[tuple[int, int]]:
    """Key frames, and the sample that each is nearest to in time, which lacks its sensor's, where their own has two."""
    own = np.flatnonzero(files.is_key & (files.samples >= 0) & (files.calibrated >= 0) & (files.times != NO_TIME))
    kinds = np.array([*sensors.ranks, -1])[files.calibrated[own]]
    pairs = files.samples[own].astype(np.int64) * (len(sensors.kinds) + 1) + kinds
    counts = np.bincount(pairs)
    twice = np.flatnonzero(counts[pairs] > 1)
    if not len(twice):
        return
    nearest = Nearest(samples)
    for place in twice.tolist():
        sample = nearest.place(int(files.times[own[place]]))
        pair = sample * (len(sensors.kinds) + 1) + int(kinds[place])
        if sample >= 0 and (pair >= len(counts) or not counts[pair]):
            yield int(own[place]), sample


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
