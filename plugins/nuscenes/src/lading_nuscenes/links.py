"""`prev` and `next` against each other: links that no link returns, and rows of another group than their neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading.model.recurring import MANY, is_often
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME, Times
from lading_nuscenes.tokens import ABSENT, DANGLING

#: The place that a row leads to, below 0 for none: DANGLING where that is told, ABSENT without a token, or UNREAD.
Links: TypeAlias = NDArray[Any]

#: In place of where a link leads: to a row that is there and is not read.
UNREAD = -3

#: In place of a group: it is not known, or told to be none.
NO_GROUP = -1


_OTHER = {"next": "prev", "prev": "next"}


class Slip(NamedTuple):
    """A link that is wrong: where it leads, and where it should, below 0 where that is not known."""

    place: int
    column: str
    found: int
    expected: int


def slips(before: Links, after: Links, groups: NDArray[Any]) -> list[Slip]:
    """The links that are not returned, each once: at the row whose link it is, or at that which does not return it.

    Where a row leads to one that another one leads to and from, its own link is wrong; where to one that leads
    nowhere, that one's. A row that two others, between which it says to be, pass by is told once, where they do.
    `groups` tell of a link which rows cannot be of one chain.
    """
    found: dict[tuple[int, str], Slip] = {}
    for column, own, back in (("next", after, before), ("prev", before, after)):
        places = np.flatnonzero(own >= 0)
        places = places[back[own[places]] != places]
        if not len(places):
            continue
        claims = _Claims(back)
        for place in places.tolist():
            slip = _judged(place, column, own, back, claims.of(place), groups)
            if slip is not None:
                found.setdefault((slip.place, slip.column), slip)
    return list(found.values())


def _judged(place: int, column: str, own: Links, back: Links, claims: list[int], groups: NDArray[Any]) -> Slip | None:
    """Which of two links is wrong where one is not returned; None where it is told, or judged with another link."""
    target = int(own[place])
    other = int(back[target])
    others = [claim for claim in claims if claim != target and not _are_apart(groups[place], groups[claim])]
    if other >= 0 and other == back[place] and own[other] == target and not _are_apart(groups[place], groups[target]):
        return Slip(target, "next", other, place) if column == "prev" else None
    if others or _are_apart(groups[place], groups[target]):
        return Slip(place, column, target, others[0] if others else DANGLING)
    if other == ABSENT:
        return Slip(target, _OTHER[column], ABSENT, place)
    if other == UNREAD or (other >= 0 and own[other] == target):
        return Slip(place, column, target, DANGLING)
    return None


class _Claims:
    """The rows that lead to a row, by that row."""

    def __init__(self, links: Links) -> None:
        self._order = np.argsort(links, kind="stable")
        self._targets = links[self._order]

    def of(self, place: int) -> list[int]:
        """The rows that lead to this one."""
        first, end = np.searchsorted(self._targets, (place, place + 1)).tolist()
        claims: list[int] = self._order[first:end].tolist()
        return claims


def _are_apart(group: Any, other: Any) -> Any:
    return (group != other) & (group >= 0) & (other >= 0)


def crossings(before: Links, after: Links, groups: NDArray[Any], ends: Container[int] = ()) -> NDArray[np.int64]:
    """Places that lead on to a row of another group and back, where both are known to be of their own group.

    That is by a neighbour of this group on the other side, or where there is none by the `ends` that groups name
    themselves. The link is odd there, and neither of the rows is, as `strangers` are.
    """

    def is_settled(place: int, links: Links) -> bool:
        other = int(links[place])
        return bool(groups[other] == groups[place]) if other >= 0 else place in ends

    places = np.flatnonzero(after >= 0)
    targets = after[places]
    places = places[(before[targets] == places) & _are_apart(groups[places], groups[targets])]
    found = [place for place in places.tolist() if is_settled(place, before) and is_settled(int(after[place]), after)]
    return np.array(found, dtype=np.int64)


def strangers(before: Links, after: Links, groups: NDArray[Any], ends: Container[int] = ()) -> dict[int, int]:
    """Rows of another group than those that they lead to and that lead back; and the group of these.

    Of two neighbours that one is meant whose other neighbour is of another group as well, else that which is not
    among the `ends` that groups name themselves, else the later.
    """
    places = np.flatnonzero(after >= 0)
    targets = after[places]
    is_mutual = before[targets] == places
    places, targets = places[is_mutual], targets[is_mutual]
    is_apart = _are_apart(groups[places], groups[targets])
    places, targets = places[is_apart], targets[is_apart]
    odd = Counter(places.tolist()) + Counter(targets.tolist())
    found: dict[int, int] = {}
    for place, target in zip(places.tolist(), targets.tolist(), strict=True):
        neighbours = (int(before[row] >= 0) + int(after[row] >= 0) for row in (place, target))
        first, second = (
            (odd[row] / count, odd[row], row not in ends)
            for row, count in zip((place, target), neighbours, strict=True)
        )
        is_first = first > second
        found[place if is_first else target] = int(groups[target if is_first else place])
    return found


def tell_slips(
    tables: Tables, table: str, rows: NDArray[np.int32] | Sequence[int], found: Sequence[Slip], group: str
) -> None:
    """Say which links are wrong; `group` is what the rows of a chain have in common."""
    for slip in found:
        if tables.is_mended(table, int(rows[slip.place]), slip.column):
            continue  # it is told that this is no link
        number = int(rows[slip.found]) if slip.found >= 0 else None
        there = "none" if number is None else f"that of row {number}"
        expected = f"the token of a row of the same {group} whose `{_OTHER[slip.column]}` leads here"
        if slip.expected >= 0:
            expected = f"the token of row {rows[slip.expected]}, whose `{_OTHER[slip.column]}` leads here"
        at = tables.origin(table, int(rows[slip.place]), slip.column)
        tables.report.warning("nuscenes.broken-chain", f"expected {expected}, found {there}", at)


def tell_elsewhere(
    tables: Tables,
    table: str,
    rows: NDArray[np.int32] | Sequence[int],
    places: Links,
    found: Links,
    expected: str,
    what: str,
    *,
    column: str = "next",
) -> None:
    """Say which places lead to a row (`found`) that is `what`; once with a count where these are many."""
    is_told_once = is_often(len(places), len(rows), MANY)
    for place, row in list(zip(places.tolist(), found.tolist(), strict=True))[: 1 if is_told_once else None]:
        message = f"expected {expected}, found row {row}, {what}"
        if is_told_once:
            message += f"; so it is with {counted(len(places) - 1, 'more row')}"
        tables.report.warning("nuscenes.broken-chain", message, tables.origin(table, int(rows[place]), column))


def lacks_throughout(
    tables: Tables, table: str, rows: NDArray[np.int32] | Sequence[int], before: Links, after: Links
) -> bool:
    """Whether one of the two columns is empty in all rows, some of which the other leads to: that is told once."""
    for column, own, back in (("next", after, before), ("prev", before, after)):
        led_to = own[own >= 0]
        if len(led_to) and (back == ABSENT).all():
            lacking = _OTHER[column]
            message = f"expected it of rows that `{column}` leads to, found it empty in all {len(back):,} rows"
            at = tables.origin(table, int(rows[led_to.min()]), lacking)
            tables.report.warning("nuscenes.broken-chain", message, at)
            return True
    return False


def tell_backward(tables: Tables, table: str, rows: NDArray[np.int32], after: Links, times: Times) -> bool:
    """Say once that `next` leads back in time, where most links do: the two columns are swapped. Whether it is so."""
    places = np.flatnonzero(after >= 0)
    back, onward = backward(after, times)
    is_most = len(back) > len(onward)
    if is_most:
        message = f"expected a row later in time, found an earlier one in {len(back):,} of {len(places):,} rows"
        at = tables.origin(table, int(rows[back[0]]), "next")
        tables.report.warning("nuscenes.broken-chain", f"{message}: `prev` and `next` are swapped", at)
    return is_most


def backward(after: Links, times: Times) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places that lead on to a row that is earlier in time, and those that lead to one that is not, as far as known."""
    places = np.flatnonzero(after >= 0)
    start, end = times[places], times[after[places]]
    is_known = (start != NO_TIME) & (end != NO_TIME)
    return places[is_known & (end < start)], places[is_known & (end >= start)]
