"""Tokens that lead nowhere, gathered until all tables are read: a row that is gone is told once.

That a row is gone is seen by its token: one of the form that publishers make (32 hexadecimal digits, Lyft 64), not of
one digit alone. Anything else in a token's place is a slip of the row that it stands in, and is told there. The
four levels of visibility have the tokens "1" to "4" (source-formats.md 4.2).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

from lading import Origin, Report, counted

#: Tokens that are kept, at most: what leads nowhere beyond that is told where it stands.
_MOST_KEPT = 10_000

_LEVEL = re.compile("[1-4]")

_TOKEN = re.compile(r"(?!(.)\1*$)[0-9a-f-]{32,}")


class _Name(NamedTuple):
    """Where a token stands; `is_link` of `prev`, `next`, `first_...` and `last_...`, which rows can do without."""

    table: str
    row: int
    column: str
    is_link: bool


class Gone:
    """What rows name that is not there, by the table in which it should be, and its token."""

    def __init__(
        self, report: Report, origin: Callable[[str, int, str], Origin], is_cut: Callable[[str], bool]
    ) -> None:
        self._report = report
        self._origin = origin
        self._is_cut = is_cut
        self._names: dict[tuple[str, str], tuple[_Name, int]] = {}
        self._uncounted: Counter[str] = Counter()

    def add(self, target: str, token: str, table: str, index: int, column: str, *, is_link: bool) -> None:
        """Take what a row names. What cannot have been a token is told at once."""
        name = _Name(table, index, column, is_link)
        known = self._names.get((target, token))
        if known is not None:
            first, count = known
            # one that a row needs is the worse
            self._names[target, token] = (name if first.is_link and not is_link else first, count + 1)
        elif _is_token(target, token) and len(self._names) < _MOST_KEPT:
            self._names[target, token] = (name, 1)
        elif _is_token(target, token) and self._is_cut(target):
            self._uncounted[target] += 1
        else:
            self._tell(target, token, name, 1)

    def tokens(self, target: str) -> set[str]:
        """The tokens that are not in a table, of those met so far."""
        return {token for table, token in self._names if table == target}

    def tell(self) -> None:
        """Tell each token that leads nowhere, at the first row that names it; those of a table that is cut once."""
        lost: dict[str, list[tuple[str, _Name, int]]] = defaultdict(list)
        for (target, token), (name, count) in self._names.items():
            if self._is_cut(target):
                lost[target].append((token, name, count))
            else:
                self._tell(target, token, name, count)
        for target, names in lost.items():
            token, name, _ = min(names, key=lambda one: one[1].is_link)  # one that a row needs is the worse
            count = sum(count for *_, count in names) + self._uncounted[target]
            self._tell(target, token, name, count, lost=len(names) + self._uncounted[target])
        self._names.clear()

    def _tell(self, target: str, token: str, name: _Name, count: int, *, lost: int = 1) -> None:
        """`lost` is how many tokens `count` rows name, of a table that is told to be cut."""
        what = "it" if lost == 1 else f"it or others that the table lost, {lost:,} in all"
        more = "" if count == 1 else f"; {counted(count - 1, 'more row names', 'more rows name')} {what}"
        at = self._origin(name.table, name.row, name.column)
        if name.is_link:
            message = f"expected a token of {target}.json or none, found {token!r}{more}"
            self._report.warning("nuscenes.broken-chain", message, at)
        else:
            message = f"expected a token of {target}.json, found {token!r}{more}"
            self._report.error("nuscenes.dangling-token", message, at)


def is_token(token: str) -> bool:
    """Whether it has the form of a publisher's token."""
    return bool(_TOKEN.fullmatch(token))


def _is_token(target: str, token: str) -> bool:
    """Whether a row of a table may have had this token."""
    return is_token(token) or (target == "visibility" and bool(_LEVEL.fullmatch(token)))
