"""The points of plain rows, out of the text of all their rings at once: no number becomes an object of Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import numpy as np
import simdjson

from lading.model.label import Points

if TYPE_CHECKING:
    Ring: TypeAlias = Points
else:
    #: A ring as msgspec finds it, before `RingParser` puts its points in its place.
    Ring = msgspec.Raw

#: Stands twice between two rings, so that the points of one end with a point that is none.
_MARK = 9e99
_BETWEEN = b",9e99,9e99,"
_OPEN = ord("[")
#: What simdjson raises: for what is no JSON, for what is no number, for integers that it has no room for.
_REFUSED = (ValueError, TypeError, RuntimeError)


class RingParser:
    """Reads the rings of many rows together."""

    def __init__(self) -> None:
        self._parser = simdjson.Parser()

    def fill(self, records: Sequence[Any]) -> bool:
        """Put points in the place of the text of all rings; False where one is not x and y in turns, of two points."""
        segmentations = [rings for record in records if type(rings := record.segmentation) is list]
        points = self.points(list(chain.from_iterable(segmentations)))
        if points is None:
            return False
        following = iter(points).__next__
        for rings in segmentations:
            if len(rings) == 1:
                rings[0] = following()
            else:
                rings[:] = [following() for _ in rings]
        return True

    def points(self, rings: Sequence[Any]) -> list[Points] | None:
        """The points of rings by their text, as views of one array; None where one is no ring of two points or more.

        simdjson reads all numbers in one go, however deep they are nested. That every ring is an array of numbers
        holds where there are as many arrays as rings: one that is none has a single number, where two points have four.
        """
        if not rings:
            return []
        text = b"".join((b"[", _BETWEEN.join(rings), b"]"))
        if np.count_nonzero(np.frombuffer(text, np.uint8) == _OPEN) != len(rings) + 1:  # quicker than to count in bytes
            return None
        try:
            array: simdjson.Array = self._parser.parse(text)  # type: ignore[assignment]  # by its bracket
            numbers = np.frombuffer(array.as_buffer(of_type="d"))
        except _REFUSED:
            return None
        marks = np.flatnonzero(numbers == _MARK)
        ends = marks[::2]
        if len(marks) != 2 * len(rings) - 2 or len(numbers) % 2 or (ends % 2).any():
            return None
        ends = np.append(ends, len(numbers)) // 2
        begins = np.concatenate(([0], ends[:-1] + 1))
        if (ends - begins < 2).any():
            return None
        points = numbers.reshape(-1, 2)
        return [points[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def lists_of(rings: Sequence[Points]) -> list[list[float]]:
    """Rings as a record has them, x and y in turns."""
    return [ring.ravel().tolist() for ring in rings]
