"""Tables that are small enough to keep as rows, columns that grow, and tokens that point nowhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from lading import File, Origin, Report
from lading_nuscenes.chains import loops
from lading_nuscenes.conversion import Piece
from lading_nuscenes.gone import Gone
from lading_nuscenes.scan import Scan
from lading_nuscenes.schema import ROWS, Row
from lading_nuscenes.stamp import Stamp
from lading_nuscenes.times import Times
from lading_nuscenes.tokens import ABSENT, DANGLING, Indexes, Keys, TokenIndex

T = TypeVar("T", bound=Row)


class Tables:
    """The tables of a version that can be read, and what is said about them.

    `counts` has the rows of those read, `gone` what rows name that is not there: it is told when all are read. `turned`
    are the tables of which it is told that their quaternions have w last.
    """

    def __init__(self, files: dict[str, File], paths: dict[str, str], report: Report) -> None:
        self.report = report
        self.counts: dict[str, int] = {}
        self.turned: set[str] = set()
        self.gone = Gone(report, self.origin, self.is_cut)
        self._left_out: dict[str, dict[str | int, dict[str, Any]]] = {}
        self._mended: dict[str, set[tuple[int, str]]] = {}
        self._nameless: Counter[str] = Counter()
        self._cut: set[str] = set()
        self._lost: dict[str, set[str]] = defaultdict(set)
        self._files = dict(files)
        self._paths = paths

    def __contains__(self, table: str) -> bool:
        return table in self._files

    def path(self, table: str) -> str:
        """The file of a table."""
        return self._paths[table]

    def origin(self, table: str, index: int, *parts: str | int) -> Origin:
        """The place of a row, or of a part of it."""
        tail = "".join(f"/{part}" for part in parts)
        return Origin(self._paths[table], f"/{index}{tail}")

    def scan(self, table: str, row_type: type[T]) -> Iterator[Piece[T]]:
        """The rows of a table, piece by piece; none where it is not there."""
        for _, piece in self.scans(table, row_type):
            yield piece

    def scans(
        self, table: str, row_type: type[T], plain_type: type[Row] | None = None
    ) -> Iterator[tuple[Scan[T], Piece[T]]]:
        """The same, with what reads them. Raises SourceError where the file changes meanwhile."""
        file = self._files.get(table)
        if file is None:
            return
        scan = Scan(file, row_type, self.report, plain_type)
        self._left_out[table], self._mended[table] = scan.left_out, scan.mended
        stamp = Stamp(file)
        for piece in scan.pieces():
            yield scan, piece
        stamp.hold()
        self.counts[table] = scan.count
        if scan.is_none:
            del self._files[table]  # as if it were not there, which is told
        self._nameless[table] += scan.nameless
        if scan.is_cut:
            self._cut.add(table)

    def is_cut(self, table: str) -> bool:
        """Whether it is told that a table ends early."""
        return table in self._cut

    def left_out(self, table: str) -> dict[str | int, dict[str, Any]]:
        """The rows that are told to be bad and left out, by their token or number: what leads there is not told."""
        return self._left_out.get(table, {})

    def small(self, table: str, row_type: type[T]) -> Rows[T]:
        """A table as rows."""
        rows: Rows[T] = Rows(table)
        for piece in self.scan(table, row_type):
            for place, (index, row) in enumerate(zip(piece.indexes, piece.rows, strict=True)):
                first = rows.places.get(row.token)
                if not row.token:
                    self.nameless(table, index)
                elif first is not None:
                    self.repeated(table, index, row.token, rows.indexes[first])
                rows.add(index, row, piece.extras.get(place, {}))
        return rows

    def repeated(self, table: str, index: int, token: str, first: int) -> None:
        """Say that a row has the token of an earlier one."""
        message = f"expected a token of its own, found {token!r} of row {first} again; the first row counts"
        self.report.error("nuscenes.duplicate-token", message, self.origin(table, index, "token"))

    def is_mended(self, table: str, index: int, column: str) -> bool:
        """Whether it is told that a value of a row is none that leads anywhere."""
        return (index, column) in self._mended.get(table, ())

    def mended(self, table: str, column: str) -> set[int]:
        """The rows of which it is told that a value is none, or left out."""
        return {index for index, key in self._mended.get(table, ()) if key == column}

    def nameless(self, table: str, index: int) -> None:
        """Say that a row's own token is empty."""
        self._mended.setdefault(table, set()).add((index, "token"))
        self._nameless[table] += 1
        message = "expected a token, found an empty one; nothing leads to the row"
        self.report.warning("nuscenes.token-type", message, self.origin(table, index, "token"))

    def tell_nameless(self, table: str, piece: Piece[Any]) -> None:
        """Say which rows of a piece have an empty token, where no index of the tokens says it."""
        for index, row in zip(piece.indexes, piece.rows, strict=True):
            if not row.token:
                self.nameless(table, index)

    def repeats(self, table: str, index: TokenIndex, rows: Sequence[int] | NDArray[np.int32], text: Any) -> None:
        """Say which rows of a table have the token of an earlier one, or none; `text` gives the token of a key."""
        for row in np.flatnonzero((index.keys[:, 0] | index.keys[:, 1]) == 0).tolist():
            self.nameless(table, int(rows[row]))
        for row, first in index.repeats():
            self.repeated(table, int(rows[row]), text(index.keys[row]), int(rows[first]))

    def dangling(
        self, table: str, column: str, target: str, indexes: Sequence[int], found: Indexes, tokens: Sequence[str | None]
    ) -> None:
        """Say which rows have a token that the target does not; nothing where the target is not there at all."""
        for place in np.flatnonzero(found < 0).tolist():
            self.dangles(table, column, target, indexes[place], tokens[place] or "")

    def dangles(self, table: str, column: str, target: str, index: int, token: str) -> None:
        """Say that a row has a token that the target does not, unless it is told what is wrong with either."""
        if target not in self or self._is_told(table, column, target, index, token):
            return
        self.gone.add(target, token, table, index, column, is_link=False)

    def _is_told(self, table: str, column: str, target: str, index: int, token: str) -> bool:
        """Whether it is told why a token of a row leads nowhere: by its own form, or by that of what it leads to.

        A row of the target whose own token is none had another one: as many tokens as there are such rows lead to them.
        """
        if token in self.left_out(target) or self.is_mended(table, index, column):
            return True
        lost = self._lost[target]
        if token and token not in lost and len(lost) < self._nameless[target]:
            lost.add(token)
        return token in lost

    def broken_link(self, table: str, column: str, index: int, token: str) -> None:
        """Say that one of the tokens that chain rows together points nowhere."""
        target = {"scene": "sample", "instance": "sample_annotation"}.get(table, table)
        if self._is_told(table, column, target, index, token):
            return
        self.gone.add(target, token, table, index, column, is_link=True)

    def tell_loops(
        self, table: str, column: str, rows: Sequence[int] | NDArray[np.int32], follow: NDArray[Any], times: Times
    ) -> list[int]:
        """Say where `prev` or `next` leads round; the places of the links that lead back."""
        found = loops(follow, times, is_forward=column == "next")
        for place, length in found:
            index = int(rows[place])
            told = "its own" if length == 1 else f"one that leads back to this row, through {length - 1} more"
            self._mended.setdefault(table, set()).add((index, column))
            message = f"expected the token of a row farther on, found {told}"
            self.report.warning("nuscenes.broken-chain", message, self.origin(table, index, column))
        return [place for place, _ in found]


class Rows(Generic[T]):
    """A table as rows: where each stands, what it has beyond the schema, and the place of each token."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.rows: list[T] = []
        self.indexes: list[int] = []
        self.extras: dict[int, dict[str, Any]] = {}
        self.places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, index: int, row: T, extras: dict[str, Any]) -> None:
        """Take a row; the first of a token is found by it."""
        self.places.setdefault(row.token, len(self.rows))
        if extras:
            self.extras[len(self.rows)] = extras
        self.rows.append(row)
        self.indexes.append(index)

    def get(self, token: str | None) -> T | None:
        """The row of a token."""
        place = None if token is None else self.places.get(token)
        return None if place is None else self.rows[place]

    def find(self, tokens: Sequence[str | None]) -> Indexes:
        """The places of some tokens."""
        found: list[int | None] = list(map(self.places.get, tokens))  # type: ignore[arg-type]
        if None in found:
            missing = [DANGLING if token else ABSENT for token in tokens]
            found = [other if place is None else place for place, other in zip(found, missing, strict=True)]
        return np.array(found, dtype=np.int64)

    def plain(self) -> list[dict[str, Any]]:
        """Every row as it stood in the table, to be kept as extras."""
        names = ROWS[self.table].__struct_fields__
        return [
            {name: value for name in names if (value := getattr(row, name)) is not None} | self.extras.get(place, {})
            for place, row in enumerate(self.rows)
        ]


class Columns:
    """Arrays that grow at their ends, in place: no part of a column is in memory twice."""

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}
        self._counts: dict[str, int] = {}

    def add(self, **parts: NDArray[Any]) -> None:
        """Put the next part to the end of some columns."""
        for name, part in parts.items():
            count = self._counts.get(name, 0)
            total = self._counts[name] = count + len(part)
            if not count:
                self._arrays[name] = part.copy()
                continue
            array = self._arrays[name]
            if total > len(array):
                array.resize((total + total // 8, *part.shape[1:]), refcheck=False)
            array[count:total] = part

    def take(self, name: str, empty: NDArray[Any]) -> Any:
        """A whole column, which is then forgotten here; `empty` where no part came."""
        array = self._arrays.pop(name, empty)
        if name in self._counts:
            array.resize((self._counts.pop(name), *array.shape[1:]), refcheck=False)
        return array


def grouped(owners: NDArray[Any], count: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Rows by their owner: an order of rows, and where in it each of `count` owners begins. Owners below 0 are none."""
    order = np.argsort(owners, kind="stable").astype(np.int32)
    starts = np.searchsorted(owners[order], np.arange(count + 1))
    return order, starts


def vectors(values: list[Any], width: int) -> NDArray[np.float64]:
    """Tuples of numbers as an array of shape (N, width)."""
    return np.fromiter(chain.from_iterable(values), np.float64, width * len(values)).reshape(-1, width)


__all__ = ["Columns", "Keys", "Rows", "Tables", "grouped", "vectors"]
