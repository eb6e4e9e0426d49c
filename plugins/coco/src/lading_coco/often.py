"""A defect of single records that is looked for in a whole file: told as `Recurring` tells what is met one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lading.model.recurring import as_often, is_often


def tell_each_or_once(
    rows: Sequence[int], total: int, noun: str, tell: Callable[[int, str], None], *, share: float = 0.5
) -> None:
    """Tell of these rows out of so many, in the plural a `noun`; `tell` takes one, and what its message ends in.

    They are told once where they are more than a `share` of all.
    """
    if is_often(len(rows), total, share):
        tell(rows[0], as_often(len(rows), total, noun))
        return
    for row in rows:
        tell(row, "")
