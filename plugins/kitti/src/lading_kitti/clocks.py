"""Clocks of the sensors of a raw drive: they show the same time (source-formats.md 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from lading import Report
from lading_kitti.texts import Problem

_NS = 1_000_000_000
_MINUTE_NS, _HOUR_NS = 60 * _NS, 3_600 * _NS

#: So many frames are compared: in drives that are not synchronised, oxts is ten times as fast, and later ones drift.
_COMPARED = 100


class Clock(NamedTuple):
    """The times of one sensor by the numbers of its frames, and the file that they stand in."""

    name: str
    path: str
    times: Sequence[int | None]


def tell_clocks(clocks: Sequence[Clock], report: Report) -> None:
    """Say once of a sensor that its clock is more than a minute away from those of the others.

    Of two groups of as many sensors, that of the first is right.
    """
    if len(clocks) < 2:
        return
    measured = [(clock, _ahead_ns(clock, clocks[0])) for clock in clocks]
    offsets = [(clock, ahead) for clock, ahead in measured if ahead is not None]
    known = [ahead for _, ahead in offsets]
    if all(abs(ahead) <= _MINUTE_NS for ahead in known):
        return
    usual = max(known, key=lambda one: sum(1 for ahead in known if abs(ahead - one) <= _MINUTE_NS))
    other = next(clock.name for clock, ahead in offsets if ahead == usual)
    for clock, ahead in offsets:
        if abs(ahead - usual) > _MINUTE_NS:
            message = f"expected times within a minute of those of {other}, found them {_shown(ahead - usual)}"
            Problem("kitti.clock", message, is_error=False).tell(report, clock.path)


def _ahead_ns(clock: Clock, first: Clock) -> int | None:
    """How far a clock is ahead of the first, as it is in most of the frames of both; None where they share none."""
    pairs = zip(clock.times[:_COMPARED], first.times[:_COMPARED], strict=False)
    ahead = [one - other for one, other in pairs if one is not None and other is not None]
    return int(median(ahead)) if ahead else None


def _shown(ahead_ns: int) -> str:
    """A difference in words: whole hours, to a minute, are those of a time zone."""
    word = "later" if ahead_ns > 0 else "earlier"
    hours = round(abs(ahead_ns) / _HOUR_NS)
    if 0 < hours <= 14 and abs(abs(ahead_ns) - hours * _HOUR_NS) <= _MINUTE_NS:
        return f"{hours} {'hour' if hours == 1 else 'hours'} {word}, as if of another time zone"
    return f"{abs(ahead_ns) / _NS:,.1f} s {word}"
