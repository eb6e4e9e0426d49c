"""Keys that stand twice in one record, of which a decoder keeps the last without a word.

A record has a colon for each of its keys, so colons are counted: of many records at once where all have the same keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading_coco.structure import Piece

_COLON = ord(":")
#: Of records that do not all have the same keys, so many bytes of an array are looked at one by one.
_LOOKED_AT = 1 << 20
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])

#: A colon that may stand apart from its key.
_APART = (b" :", b"\t:", b"\n:", b"\r:")

#: What is said of one.
REPEATED = "expected each key of an object once, found {!r} again; the last one counts"

#: Hears of a record with a key that it has twice: its number, and the key.
TellKey = Callable[[int, str], None]


class RepeatedKeys:
    """Looks for them in the records of one array."""

    def __init__(self, tell: TellKey) -> None:
        self._tell = tell
        self._left = _LOOKED_AT
        self._marks = np.empty(0, dtype=np.bool_)  # kept: fresh memory for every text costs as much as the work

    def look(self, piece: Piece, first: int, keys: int | None) -> None:
        """Look at some records, of which `first` is the number of the first.

        They all have so many different `keys` and no others; None where that is not known.
        """
        begins, ends = piece.begins - piece.base, piece.ends - piece.base
        suspects: Iterable[int] = range(len(begins))
        if keys is not None:
            suspects = self._suspects(piece, begins, ends, keys)
        elif self._left > 0:
            self._left -= int(ends[-1] - begins[0])
        else:
            return
        for number in suspects:
            for key in repeated_keys(bytes(piece.text[begins[number] : ends[number]]), keys):
                self._tell(first + number, key)

    def _suspects(self, piece: Piece, begins: NDArray[Any], ends: NDArray[Any], keys: int) -> Iterable[int]:
        """Records that may have more colons than keys."""
        low, high = int(begins[0]), int(ends[-1])
        count = self._colons(piece.text, low, high)
        if count == keys * len(begins):
            return ()
        if piece.inner is None:
            return range(len(begins))
        suspects: list[int] = []
        nested = dict.fromkeys((np.searchsorted(piece.begins, piece.inner, side="right") - 1).tolist())
        find = piece.text.find
        for number in nested:
            begin, end = int(begins[number]), int(ends[number])
            colons = piece.text.count(b":", begin, end)
            count -= colons
            if colons != keys + 2 or find(b'"counts":', begin, end) < 0 or find(b'"size":', begin, end) < 0:
                suspects.append(number)  # not only run lengths are within it
        return suspects if count == keys * (len(begins) - len(nested)) else range(len(begins))

    def _colons(self, text: bytes | bytearray, low: int, high: int) -> int:
        part = np.frombuffer(text, dtype=np.uint8)[low:high]
        if len(self._marks) < len(part):
            self._marks = np.empty(len(part), dtype=np.bool_)
        return int(np.count_nonzero(np.equal(part, _COLON, out=self._marks[: len(part)])))


def repeated_keys(text: bytes, keys: int | None = None) -> list[str]:
    """The keys that stand twice in one object of a record, of so many `keys` at least where that is known."""
    colons = text.count(b":")
    if keys is None:
        try:
            keys = len(_KEYS.decode(text))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            keys = -1
    if colons == keys or (text.count(b'":') == keys and not any(apart in text for apart in _APART)):
        return []
    found: dict[str, None] = {}

    def look(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            found.update(dict.fromkeys(name for name in names if names.count(name) > 1))

    try:
        json.loads(text.decode("utf-8", "replace"), object_pairs_hook=look)
    except (ValueError, RecursionError):
        return []  # told where the record is read
    return list(found)
