"""What a reader counts over the frames of a segment, and tells once however many processes share them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lading.model.report import Report


class Tally(Protocol):
    """Counts of a segment, or of a part of it: a reader gathers one of a class a pass, behind the last frame.

    It is pickled where another process read the part.
    """

    @property
    def segment(self) -> str:
        """The name of the segment."""

    def merge(self, later: Any) -> None:
        """Count in what the tally of the same class has of the next part of the segment."""

    def tell(self, report: Report) -> None:
        """Tell what was counted: of a whole segment once, of a part that is read for itself of that part."""


class Tallies:
    """Tallies of `parts` parts of a segment, taken in their order; those of a class are told as one with the last."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._taken = 0
        self._held: dict[tuple[str, type[Tally]], Tally] = {}

    def take(self, tallies: Iterable[Tally], report: Report) -> None:
        """Take all of one part; those of the last are told to `report`, with all before, and the next may begin."""
        for tally in tallies:
            key = tally.segment, type(tally)
            held = self._held.get(key)
            if held is None:
                self._held[key] = tally
            else:
                held.merge(tally)
        self._taken += 1
        if self._taken == self._parts:
            whole, self._held, self._taken = self._held, {}, 0
            for tally in whole.values():
                tally.tell(report)
