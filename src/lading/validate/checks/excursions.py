"""Instances that are far off in one frame, between two frames in which they are near each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from lading.plugin.problem import Problem
from lading.validate.checks.jumps import EGO_KEY, Key, Position, jump_problem, seconds_between
from lading.validate.checks.runs import Jump

#: Nothing gets so far and back in two frames, also where of ten frames one was kept and all were numbered anew.
FARTHEST_M = 20.0
#: Half of what brakes and tires hold, at most: so far does it carry one in a second, and in two back.
HALF_FORCE_M_S2 = 10.0
#: How near each other the places before and behind are, in parts of the way between.
NEAR = 0.5

#: Where the instances of a frame are.
_Positions: TypeAlias = Mapping[Key, Position]


class Excursion(NamedTuple):
    """Where an instance was that is elsewhere in the frames before and behind, and what to say of it."""

    position: Position
    problem: Problem


class Trail(msgspec.Struct):
    """Where instances are in the first two frames of a segment, or of a part of it, and in the last two."""

    first: list[_Positions] = msgspec.field(default_factory=list)
    last: list[_Positions] = msgspec.field(default_factory=list)

    def add(self, now: _Positions) -> dict[Key, Excursion]:
        """Take the next frame; what it shows of the one before."""
        window = [*self.last, now]
        self.first = self.first if len(self.first) == 2 else [*self.first, now]
        self.last = window[-2:]
        return _excursions(window)

    def join(self, later: Trail) -> tuple[dict[Key, Excursion], dict[Key, Excursion]]:
        """Take the next part: what its first frame shows of the last one here, and its second frame of its first."""
        window = [*self.last, *later.first]
        borders = len(self.last) + 1, len(self.last) + 2
        here, there = (_excursions(window[max(end - 3, 0) : end]) if end <= len(window) else {} for end in borders)
        self.first = self.first if len(self.first) == 2 else [*self.first, *later.first][:2]
        self.last = [*self.last, *later.last][-2:]
        return here, there


def is_return(off: Excursion | None, jump: Jump) -> bool:
    """Whether a jump leads back from where an instance was for one frame, which is told."""
    return off is not None and off.position.frame == jump.start.frame


def _excursions(frames: list[_Positions]) -> dict[Key, Excursion]:
    """Those of the second of three frames; of two nothing is known."""
    if len(frames) < 3:
        return {}
    before, now, behind = frames
    found = {}
    for key, position in now.items():
        if len(position.centre) == 3 and key in before and key in behind and key != EGO_KEY:
            problem = _problem(key, before[key], position, behind[key])
            if problem is not None:
                found[key] = Excursion(position, problem)
    return found


def _problem(key: Key, before: Position, now: Position, behind: Position) -> Problem | None:
    """What is wrong with a place, if not that the way to it is a jump by itself.

    A wrong pose of the ego moves places in the world, or in the sensor's frame where boxes were brought there from the
    world: a box that is wrong itself is off in both.
    """
    if not before.space == now.space == behind.space:
        return None
    off = _off(before.centre, now.centre, behind.centre)
    if off < FARTHEST_M or _off(before.own, now.own, behind.own) < FARTHEST_M:
        return None
    there, back = seconds_between(before, now), seconds_between(now, behind)
    if there is None or back is None or there <= 0 or back <= 0 or off < HALF_FORCE_M_S2 * max(there, back) ** 2:
        return None
    if jump_problem(key, before, now) is not None:
        return None
    expected = f"expected instance {key[2]!r} near where it is in frames {before.frame!r} and {behind.frame!r}"
    return Problem("instance.jump", f"{expected}, found it {off:.4g} m off", "geometry")


def _off(before: tuple[float, ...], now: tuple[float, ...], behind: tuple[float, ...]) -> float:
    """How far a place is from two that are near each other; 0 where these are not."""
    off = min(math.dist(before, now), math.dist(now, behind))
    return off if math.dist(before, behind) <= NEAR * off else 0.0
