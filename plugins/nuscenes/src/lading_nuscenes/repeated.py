"""Keys that stand twice in one row, of which a decoder keeps the last without a word.

A row has a colon for each of its keys, so colons are counted: of many rows at once where all have the same keys.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from lading import Origin, Report
from lading_nuscenes.broken_text import whole_number

_COLON = ord(":")

#: Of tables whose rows have colons beside those of their keys, so many bytes are looked at row by row.
_LOOKED_AT = 1 << 22

_KEYS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_PAIRS = json.JSONDecoder(object_pairs_hook=tuple, parse_int=whole_number)


class RepeatedKeys:
    """Looks for them in the pieces of one table."""

    def __init__(self, path: str, report: Report) -> None:
        self._path = path
        self._report = report
        self._each: int | None = None
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
        elif not rows or array.count(b'":') != keys:
            self._look_closely(array, indexes)

    def _colons(self, array: bytes) -> int:
        text = np.frombuffer(array, dtype=np.uint8)
        if len(self._marks) < len(text):
            self._marks = np.empty(len(text) + len(text) // 8, dtype=np.bool_)
        return int(np.count_nonzero(np.equal(text, _COLON, out=self._marks[: len(text)])))

    def _look_closely(self, array: bytes, indexes: Sequence[int]) -> None:
        if self._left <= 0:
            return
        self._left -= len(array)
        try:
            rows: list[Any] = _PAIRS.decode(array.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return  # told where rows are read
        if len(rows) != len(indexes):
            return
        for index, row in zip(indexes, rows, strict=True):
            counts = Counter(key for key, _ in row) if isinstance(row, tuple) else {}
            for key in (key for key, count in counts.items() if count > 1):
                message = f"expected each key of a row once, found {key!r} again; the last one counts"
                self._report.warning("nuscenes.duplicate-key", message, Origin(self._path, f"/{index}").below(key))
