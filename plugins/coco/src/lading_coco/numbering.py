"""The files of a source by number, as the index of a dataset keeps them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain

from lading import Source


class Numbering:
    """The paths of a source, sorted: first those listed, behind them the hidden ones."""

    def __init__(self, source: Source) -> None:
        self.names: Sequence[str] = source.names()
        self.hidden: Sequence[str] = source.hidden()

    def __iter__(self) -> Iterator[str]:
        return chain(self.names, self.hidden)

    def number(self, path: str) -> int:
        """The number of the file of this path; -1 where there is none."""
        index = bisect_left(self.names, path)
        if index < len(self.names) and self.names[index] == path:
            return index
        if self.hidden:
            index = bisect_left(self.hidden, path)
            if index < len(self.hidden) and self.hidden[index] == path:
                return len(self.names) + index
        return -1

    def path(self, number: int) -> str:
        """The path of the file of this number."""
        count = len(self.names)
        return self.names[number] if number < count else self.hidden[number - count]
