"""What names of files say of them, against their rows: the channel of the sensor, and the time.

Official names are `samples/CHANNEL/LOG__CHANNEL__TIME.jpg`; those of others need not be.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.files import Files
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME, Times

#: The microseconds at the end of a name.
_TIME = re.compile(r"__([0-9]{16})\.[^/]*$")

#: Rows that are told one by one though they are most.
_FEW = 2


class Said(NamedTuple):
    """What names say: the channel of another sensor, by file, and the time of each, NO_TIME for none.

    `kinds` are the places of the files' sensors, their number for none.
    """

    kinds: NDArray[np.int64]
    channels: dict[int, str]
    times: Times


def read_names(files: Files, sensors: Sensors) -> Said:
    """What the names of files say."""
    kinds = np.array([*sensors.ranks, len(sensors.kinds)], dtype=np.int64)[np.maximum(files.calibrated, -1)]
    found = Said(kinds, {}, np.full(len(files), NO_TIME, dtype=np.int64))
    channels = {row.channel for row in sensors.kinds.rows if row.channel}
    for parts, kind, members in files.by_name(kinds):
        words = _words("TIME".join(parts)) & channels
        if len(words) == 1 and kind < len(sensors.kinds) and sensors.kinds.rows[kind].channel not in words:
            found.channels.update(dict.fromkeys(members.tolist(), *words))
        if len(parts) == 2 and parts[0].endswith("__") and parts[1].startswith("."):
            found.times[members] = files.times[members]
        elif (time := _TIME.search("".join(parts))) is not None and len(parts) == 1:
            found.times[members] = int(time[1]) * 1_000
    return found


def tell_names(tables: Tables, files: Files, sensors: Sensors, names: Said) -> None:
    """Say which files have the name of another sensor's, or of another time than their rows."""
    if not len(files):
        return
    kinds, said = names.kinds, names.times
    later = frozenset(files.later.tolist())  # it is told that their samples have another one of their sensor
    named = {file: channel for file, channel in names.channels.items() if file not in later}
    is_own = (said != NO_TIME) & (said == files.times)
    is_own[list(named)] = False
    told: list[int] = []
    if named:
        again = files.contested(is_own)  # that two rows have one path is told as well
        named = {file: channel for file, channel in named.items() if not again[file]}
        told = _Channels(tables, files, sensors, named).tell(kinds)
        said[told] = NO_TIME
    files.note_named(told + _tell_times(tables, files, said, kinds, is_own))


def _words(name: str) -> set[str]:
    """The folders of a name, and what stands between `__` in it."""
    *folders, base = name.split("/")
    return {*folders, *base.split("__")}


class _Channels:
    """Tells of files whose names have the channel of another sensor and not their own; `named` has that by file."""

    def __init__(self, tables: Tables, files: Files, sensors: Sensors, named: dict[int, str]) -> None:
        self._tables = tables
        self._files = files
        self._sensors = sensors
        self._named = named

    def tell(self, kinds: NDArray[np.int64]) -> list[int]:
        """Tell a row of calibrated_sensor where most of its files are so, and else the files; of many the first.

        Gives the files whose own names are told to be others'.
        """
        files = self._files
        odd = np.array(sorted(self._named), dtype=np.int64)
        known = np.flatnonzero(kinds < len(self._sensors.kinds))
        number, wrong = (
            np.bincount(files.calibrated[some], minlength=len(self._sensors.models)) for some in (known, odd)
        )
        is_most = (wrong > 1) & (2 * wrong > number)
        rigs = np.flatnonzero(is_most).tolist()
        firsts = [int(odd[files.calibrated[odd] == rig][0]) for rig in rigs[: None if len(rigs) <= _FEW else 1]]
        for rig, first in zip(rigs, firsts, strict=False):
            more = f"; so it is with {counted(len(rigs) - 1, 'more row')}" if len(rigs) > _FEW else ""
            share = f"most of its {counted(int(number[rig]), 'file')}"
            message = (
                f"expected the sensor that {share} are named after, {self._named[first]}, found {self._own(first)}"
            )
            at = self._sensors.origin(rig, "sensor_token")
            self._tables.report.warning("nuscenes.name-channel", f"{message}{more}", at)
        own: list[int] = odd[~is_most[files.calibrated[odd]]].tolist()
        self._tell_files(own)
        return own

    def _tell_files(self, odd: list[int]) -> None:
        files = self._files
        is_most = is_often(len(odd), len(files))
        for file in odd[: 1 if is_most else None]:
            message = f"expected the channel of its sensor, {self._own(file)}, in the name, found {self._named[file]}"
            if is_most:
                message += f", and another one in {len(odd):,} names of {len(files):,}"
            at = self._tables.origin("sample_data", int(files.rows[file]), "filename")
            self._tables.report.warning("nuscenes.name-channel", message, at)

    def _own(self, file: int) -> str:
        return self._sensors.kinds.rows[self._sensors.ranks[int(self._files.calibrated[file])]].channel


def _tell_times(
    tables: Tables, files: Files, said: Times, kinds: NDArray[np.int64], is_own: NDArray[np.bool_]
) -> list[int]:
    """Say which names have another time than their row, where those of most rows have it; gives their files.

    That a time goes back, or is that of another row, is told of rows, unless it is the name that has another row's.
    """
    times = files.times
    is_named = (said != NO_TIME) & (times != NO_TIME)
    if 2 * np.count_nonzero(is_named & (said == times)) <= len(files):
        return []
    is_odd = is_named & (said != times)
    is_odd[list(files.untimely)] = False
    is_odd[files.later] = False
    if not is_odd.any():
        return []
    odd = np.flatnonzero(is_odd & _is_clear(times, said, kinds) & ~files.contested(is_own))
    number, wrong = (np.bincount(some, minlength=kinds.max() + 1) for some in (kinds, kinds[odd]))
    is_most = (wrong > _FEW) & (2 * wrong > number)
    met: set[int] = set()
    for file in odd.tolist():
        kind = int(kinds[file])
        if is_most[kind] and kind in met:
            continue
        met.add(kind)
        found = f"found {said[file] // 1_000}"
        if is_most[kind]:
            found += f", and another one in {wrong[kind]:,} of {number[kind]:,} files of its sensor"
        at = tables.origin("sample_data", int(files.rows[file]), "filename")
        message = f"expected the time of its row, {times[file] // 1_000}, in the name, as in most, {found}"
        tables.report.warning("nuscenes.name-time", message, at)
    return odd.tolist()


def _is_clear(times: Times, said: Times, kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether files have times between those of their sensor's files before and after, as names order them.

    Or whether a name has the time of another file of the sensor.
    """
    order = np.lexsort((said, kinds))
    is_same = np.diff(kinds[order]) == 0
    is_step = ~is_same | (np.diff(times[order]) > 0)
    is_clear = np.empty(len(times), dtype=np.bool_)
    is_clear[order] = np.append(True, is_step) & np.append(is_step, True)
    for kind in np.unique(kinds).tolist():
        own = kinds == kind
        is_clear[own] |= np.isin(said[own], times[own])
    return is_clear
