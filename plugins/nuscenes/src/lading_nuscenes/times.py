"""Times of rows in nanoseconds; the schema has microseconds, some publishers another unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report, counted
from lading_nuscenes.schema import Time

Times: TypeAlias = NDArray[np.int64]

#: In place of a time: the row has none.
NO_TIME = np.iinfo(np.int64).min

#: From 2001 to 2286 since the epoch: the least value in each unit, and nanoseconds a unit.
_UNITS = (
    (10**9, 10**9, "seconds"),
    (10**12, 10**6, "milliseconds"),
    (10**15, 10**3, "microseconds"),
    (10**18, 1, "nanoseconds"),
)
_MICROSECONDS = 2

#: Rows that are told one by one though they are all that a table has.
_FEW = 2
_NO_UNIT = 4


class Clock:
    """Reads the times of one table.

    A time is taken for seconds, milliseconds or nanoseconds where its magnitude says so and every time of the table
    has the magnitude of some unit since the epoch; otherwise all are microseconds, as the schema has them. `is_told`
    tells of a row whether it is told already that its time is none.
    """

    def __init__(self, file: str, report: Report, is_told: Callable[[int], bool]) -> None:
        self._file = file
        self._report = report
        self._is_told = is_told
        self._lacking: list[int] = []
        self._others: dict[int, tuple[int, Time]] = {}  # position -> row and time, of those in another unit
        self._is_epoch = True
        self._count = 0

    def add(self, indexes: Sequence[int], times: Sequence[Time]) -> Times:
        """Take the times of some rows; as nanoseconds, if all turn out to be microseconds."""
        try:
            values = np.array(times, dtype=object if None in times else None)
            plain = values.dtype == np.int64 and bool(((values >= 10**15) & (values < 10**16)).all())
        except OverflowError:
            plain = False
        if plain:
            self._count += len(times)
            return values * 1000
        read = np.empty(len(times), dtype=np.int64)
        for place, (index, time) in enumerate(zip(indexes, times, strict=True)):
            read[place] = _in_unit(time, _MICROSECONDS)
            if time is None and not self._is_told(index):
                self._lacking.append(index)
            if time is None or _unit(time) == _MICROSECONDS:
                continue
            self._is_epoch &= _unit(time) != _NO_UNIT
            if self._is_epoch or read[place] == NO_TIME:
                self._others[self._count + place] = (index, time)
        self._count += len(times)
        return read

    def settle(self, times: Times) -> None:
        """Correct, in place, all times that were taken, now that all are known; say which unit was found."""
        if self._lacking and len(self._lacking) == self._count:
            message = f"expected a time of each row, found none in any of {self._count:,}"
            self._report.warning("nuscenes.timestamp", message, Origin(self._file))
        else:
            for index in self._lacking:
                self._tell(index, "expected microseconds since the epoch, found none; the row has no time")
        if not self._is_epoch:
            for index, time in self._others.values():
                if _in_unit(time, _MICROSECONDS) == NO_TIME:
                    self._tell(index, f"expected microseconds, found {time!r}; the row has no time")
            return
        units = Counter(_unit(time) for _, time in self._others.values())
        whole = next((unit for unit, count in units.items() if _FEW < count == self._count), None)
        for number, (place, (index, time)) in enumerate(self._others.items()):
            unit = _unit(time)
            times[place] = _in_unit(time, unit)
            message = f"expected microseconds since the epoch, found {time!r}; read as {_UNITS[unit][2]}"
            if whole is None:
                self._tell(index, message)
            elif number == 0:
                self._tell(index, f"{message}, and so are those of {counted(self._count - 1, 'more row')}")

    def _tell(self, index: int, message: str) -> None:
        self._report.warning("nuscenes.timestamp", message, Origin(self._file, f"/{index}/timestamp"))


def _unit(time: Time) -> int:
    if time is None:
        return _NO_UNIT
    for unit, (least, _, _) in enumerate(_UNITS):
        if least <= time < 10 * least:
            return unit
    return _NO_UNIT


def _in_unit(time: Time, unit: int) -> int:
    """Nanoseconds, exact for a float as it is written; NO_TIME where there are none that fit."""
    factor = _UNITS[unit][1]
    if time is None or time != time or abs(time) >= 2**63:
        return NO_TIME
    value = time * factor if isinstance(time, int) else int(Decimal(repr(time)) * factor)
    return value if abs(value) < 2**63 else NO_TIME
