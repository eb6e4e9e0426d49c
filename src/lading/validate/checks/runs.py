"""Runs of frames in which an instance, or the ego, is elsewhere: each is told once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from lading.model.report import Finding
from lading.validate.checks.jumps import Key, Position, jump_problem


class Jump(NamedTuple):
    """A move that is too far, and what is told of it."""

    finding: Finding
    start: Position
    end: Position


class Runs:
    """Jumps of instances that may have a run behind them: the last of each, until the next tells."""

    def __init__(self) -> None:
        self._left: dict[Key, Jump] = {}

    def tell(self, key: Key, jumps: Iterable[Jump]) -> Iterator[Finding]:
        """What is known by the next jumps of one: a jump back to where it was ends a run and is not told again."""
        for jump in jumps:
            left = self._left.pop(key, None)
            if left is not None and _is_back(key, left, jump):
                yield _ended(left, jump.start)
                continue
            if left is not None:
                yield left.finding
            self._left[key] = jump

    def tell_part(self, key: Key, opening: Opening) -> Iterator[Finding]:
        """The same by all jumps of a later part, which told what came behind these."""
        yield from self.tell(key, opening.jumps)
        if opening.is_over and key in self._left:
            yield self._left.pop(key).finding

    def take(self, later: Runs) -> None:
        """Go on with the jumps that a later part has left."""
        self._left |= later._left

    def end(self) -> Iterator[Finding]:
        """Those that no other followed."""
        yield from (jump.finding for jump in self._left.values())


class Opening(msgspec.Struct):
    """The first jumps of an instance in a part, of which each leads back to where it was before the last.

    Which of these leave and which come back, the part before may show. Behind them, where it is over, that is plain.
    """

    jumps: list[Jump] = msgspec.field(default_factory=list)
    is_over: bool = False

    def goes_on(self, key: Key, jump: Jump) -> bool:
        """Whether the next jump is one of these, too."""
        if not self.is_over:
            self.is_over = bool(self.jumps) and not _is_back(key, self.jumps[-1], jump)
            if not self.is_over:
                self.jumps.append(jump)
        return not self.is_over


def told_once(key: Key, jumps: Iterable[Jump]) -> Iterator[Finding]:
    """All jumps of one thing, in their order."""
    runs = Runs()
    yield from runs.tell(key, jumps)
    yield from runs.end()


def _is_back(key: Key, left: Jump, back: Jump) -> bool:
    """Whether the second jump leads from where the first led to where it began, as far as one gets in the time."""
    start, away = left.start.centre, left.end.centre
    last, end = back.start.centre, back.end.centre
    if left.start.space != back.end.space:
        return False
    is_away = math.dist(last, away) < math.dist(last, start)
    is_home = math.dist(end, start) < math.dist(end, away)
    return is_away and is_home and jump_problem(key, left.start, back.end) is None


def _ended(left: Jump, last: Position) -> Finding:
    if last.frame == left.end.frame:
        return left.finding
    return msgspec.structs.replace(left.finding, message=f"{left.finding.message}, and so up to frame {last.frame!r}")
