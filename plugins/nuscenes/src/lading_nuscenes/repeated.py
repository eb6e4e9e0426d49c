"""Keys that stand twice in one row, of which a decoder keeps the last without a word.

A row has a colon for each of its keys, so colons are counted: of many rows at once where all have the same keys, and
without those of their values where these have some.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from lading import Origin, Report, counted
from lading.model.recurring import is_often
from lading_nuscenes.broken_text import whole_number

_COLON = ord(":")

#: Of pieces that have a key twice, so many bytes are looked at row by row.
_LOOKED_AT = 1 << 22


_KEYS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_PAIRS = json.JSONDecoder(object_pairs_hook=tuple, parse_int=whole_number)


class RepeatedKeys:
    """Looks for them in the pieces of one table."""

    def __init__(self, path: str, report: Report) -> None:
        self._path = path
        self._report = report
        self._each: int | None = None
        self._found: dict[str, list[int]] = {}
        self._rows = 0  # those looked at one by one
        self._beyond: int | None = None
        self._left = _LOOKED_AT
        self._marks = np.empty(0, dtype=np.bool_)  # kept: fresh memory for every text costs as much as the work

    def look(self, array: bytes, indexes: Sequence[int]) -> None:
        """Tell the keys that rows have twice; `array` is the text of a piece, `indexes` the rows that it is of."""
        colons = self._colons(array)
        if self._each is not None and colons == self._each * len(indexes):
            return
        try:
            rows = _KEYS.decode(array)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rows = []
        keys = sum(map(len, rows))
        if rows and colons == keys:
            self._each = colons // len(rows) if colons % len(rows) == 0 else None
        elif not rows or colons - _inside(rows) != keys:
            self._look_closely(array, indexes, is_sure=bool(rows))

    def tell(self, count: int) -> None:
        """Say what was found, once a key where most of the `count` rows of the table have it twice."""
        for key, found in self._found.items():
            is_most = is_often(len(found), count if self._beyond is None else self._rows)
            for index in found[: 1 if is_most else None]:
                message = f"expected each key of a row once, found {key!r} again; the last one counts"
                if is_most:
                    message += f"; so it is in {counted(len(found) - 1, 'more row')}"
                self._report.warning("nuscenes.duplicate-key", message, Origin(self._path, f"/{index}").below(key))
        if self._beyond is not None:
            message = "expected each key of a row once, found more keys again from this row on, not told one by one"
            self._report.warning("nuscenes.duplicate-key", message, Origin(self._path, f"/{self._beyond}"))

    def _colons(self, array: bytes) -> int:
        text = np.frombuffer(array, dtype=np.uint8)
        if len(self._marks) < len(text):
            self._marks = np.empty(len(text) + len(text) // 8, dtype=np.bool_)
        return int(np.count_nonzero(np.equal(text, _COLON, out=self._marks[: len(text)])))

    def _look_closely(self, array: bytes, indexes: Sequence[int], *, is_sure: bool) -> None:
        if self._left <= 0:
            if is_sure and self._beyond is None:
                self._beyond = indexes[0]
            return
        self._left -= len(array)
        try:
            rows: list[Any] = _PAIRS.decode(array.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return  # told where rows are read
        if len(rows) != len(indexes):
            return
        self._rows += len(rows)
        for index, row in zip(indexes, rows, strict=True):
            counts = Counter(key for key, _ in row) if isinstance(row, tuple) else {}
            for key in (key for key, count in counts.items() if count > 1):
                self._found.setdefault(key, []).append(index)


def _inside(rows: list[dict[str, msgspec.Raw]]) -> int:
    """The colons that stand in values, and in keys themselves."""
    values = b"".join(chain.from_iterable(map(dict.values, rows)))
    return values.count(b":") + "".join(chain.from_iterable(rows)).count(":")
