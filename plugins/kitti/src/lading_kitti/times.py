"""Timestamps of raw and times of odometry as integer nanoseconds, exactly (source-formats.md 3.8, 3.9)."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from statistics import median

from lading_kitti.texts import Problem, number_of

_WALL_CLOCK = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_NS = 1_000_000_000

#: Fewer steps say nothing; those within these are of frames in another unit, and others of frames that were left out.
_FEWEST, _SHORTEST_S, _LONGEST_S = 2, 0.05, 0.25
_UNITS = (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9))

#: As many digits of seconds as leave room for nanoseconds in the 28 of a Decimal.
_MOST_DIGITS = 15


def wall_clock_ns(text: str) -> int | None:
    """`2011-09-26 13:02:25.964389445` as nanoseconds since 1970; the clock names no zone and counts as UTC."""
    match = _WALL_CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[k]) for k in range(1, 7))
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    if hour > 23 or minute > 59 or second > 60:
        return None
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    return seconds * _NS + int((match[7] or "0").ljust(9, "0"))


def wall_clock_text(timestamp_ns: int) -> str:
    """The inverse of `wall_clock_ns`, with nine digits."""
    seconds, rest = divmod(timestamp_ns, _NS)
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(seconds))}.{rest:09d}"


def seconds_ns(text: str) -> int | None:
    """`1.037359e-01` seconds as nanoseconds, digit by digit; None where that is no whole number of them."""
    try:
        seconds = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not seconds.is_finite() or seconds.adjusted() > _MOST_DIGITS:
        return None
    value = seconds * _NS
    whole = int(value)
    return whole if value == whole else None


def parse_wall_clock(lines: Sequence[str]) -> tuple[list[int | None], list[Problem]]:
    """The time of each frame by its line; None for an empty line too: the sensor lost that frame (3.8)."""
    times: list[int | None] = []
    problems = []
    for number, line in enumerate(lines, 1):
        value = wall_clock_ns(line)
        times.append(value)
        if value is None and line.strip():
            message = f"expected a time such as 2011-09-26 13:02:25.964389445, found {line[:40]!r}"
            problems.append(Problem("kitti.timestamp", message, number))
    return times, problems


def parse_seconds(lines: Sequence[str]) -> tuple[list[int | None], list[Problem]]:
    """The time of each frame since the start of its sequence, by its line."""
    times: list[int | None] = []
    problems = []
    for number, line in enumerate(lines, 1):
        value = seconds_ns(line)
        times.append(value)
        if value is None:
            expected = "a number of seconds" if number_of(line.strip()) is None else "whole nanoseconds"
            message = f"expected {expected}, found {line[:40]!r}"
            problems.append(Problem("kitti.timestamp", message, number))
    return times, problems


def odd_steps(times: Sequence[int | None]) -> Problem | None:
    """What to say of times whose steps are those of another unit: KITTI's frames are 0.1 s apart."""
    known = [time for time in times if time is not None]
    steps = [later - earlier for earlier, later in pairwise(known)]
    if len(steps) < _FEWEST:
        return None
    step = median(steps) / _NS
    unit = next((name for name, parts in _UNITS if _SHORTEST_S <= step / parts <= _LONGEST_S), None)
    if unit is None:
        return None
    message = f"expected times in seconds, found steps of {step:,.6g} s, as if in {unit}"
    return Problem("kitti.times-unit", message, 1, is_error=False)
