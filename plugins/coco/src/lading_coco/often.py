"""A defect of single records: each is told, or the first with their number where most records of a file have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lading import counted

#: So many are told one by one though they are most.
_FEW = 2


def tell_each_or_once(rows: Sequence[int], total: int, noun: str, tell: Callable[[int, str], None]) -> None:
    """Tell of these rows out of so many; `tell` takes a row, and what its message ends in."""
    if len(rows) > _FEW and 2 * len(rows) > total:
        tell(rows[0], f"; so it is with {counted(len(rows), noun)} of {total:,}")
        return
    for row in rows:
        tell(row, "")
