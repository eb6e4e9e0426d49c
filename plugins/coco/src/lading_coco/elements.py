"""Elements of an array that are no records: whoever tells of a record by its place in the array counts them too."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|,|[^",]+|"')

#: So many findings wait; one more, and all are told with the places that are known by then.
_MOST_WAITING = 10_000


class Strangers:
    """The elements of one array that are no records, as they are found."""

    def __init__(self) -> None:
        self._known: list[tuple[int, int]] = []  # (record, such elements between it and the record before it)
        self._sums = [0]  # of the first so many of them, once they are in order

    def __bool__(self) -> bool:
        return bool(self._known)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(count for _, count in self._known)

    def add(self, record: int, count: int) -> None:
        """Note so many elements right before a record, which may be the one behind the last."""
        self._known.append((record, count))
        self._sums = []

    def element(self, record: int) -> int:
        """Which element of the array a record is."""
        if not self._sums:
            self._known.sort()
            self._sums = list(accumulate((count for _, count in self._known), initial=0))
        return record + self._sums[bisect_left(self._known, (record + 1, 0))]


class Waiting:
    """Findings about the records of one array, until it is known which elements they are."""

    def __init__(self, strangers: Strangers) -> None:
        self._strangers = strangers
        self._findings: list[tuple[int, Callable[[int], None]]] = []

    def __bool__(self) -> bool:
        return bool(self._findings)

    def add(self, record: int, tell: Callable[[int], None]) -> None:
        """Have one told, given its record's number among the elements."""
        self._findings.append((record, tell))
        if len(self._findings) > _MOST_WAITING:
            self.tell()

    def tell(self) -> None:
        """Tell all that wait, in their order."""
        findings, self._findings = self._findings, []
        for record, tell in findings:
            tell(self._strangers.element(record))


def parts_between_commas(text: bytes) -> list[bytes]:
    """What stands between the commas of a text that holds no brackets; commas within strings are none."""
    if b'"' not in text:
        return text.split(b",")
    parts = [b""]
    for token in _TOKENS.findall(text):
        if token == b",":
            parts.append(b"")
        else:
            parts[-1] += token
    return parts
