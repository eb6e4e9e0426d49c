"""Records found by the commas between them, where it is known how many there are.

Every object of a list but the first stands behind a comma. So where a decoder finds as many objects in a list as it has
braces behind a comma, and the first, no such brace stands in a string or within an object: each begins a record, and
the brace before each comma ends one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]

_OPEN, _COMMA = ord("{"), ord(",")
_WHITE = b" \t\n\r"
#: The last byte of white space: those before it that are none stand between no records that a decoder takes.
_SPACE = ord(" ")
#: So much white space at most is looked through before a comma, and behind it.
_GAP = 64
#: So many braces at most are looked at for the last one behind a comma.
_TRIES = 64


def last_comma(chunk: bytes) -> tuple[int, int] | None:
    """The last comma that a brace follows, and that brace; None where there is none near the end."""
    brace = len(chunk)
    for _ in range(_TRIES):
        brace = chunk.rfind(b"{", 0, brace)
        if brace < 0:
            return None
        low = max(brace - _GAP, 0)
        before = chunk[low:brace].rstrip(_WHITE)
        if before.endswith(b","):
            return low + len(before) - 1, brace
    return None


class Commas:
    """Finds records by the commas between them."""

    def __init__(self) -> None:
        self._marks = np.empty(0, dtype=np.bool_)  # kept: fresh memory for every text costs as much as the work

    def bounds(self, text: bytes | bytearray, begin: int, end: int) -> tuple[Places, Places, Places] | None:
        """Where each object of a list would begin and end if commas before braces were only between them.

        Also the other braces, which are within objects or strings then.

        The list has its first object at `begin` and nothing but white space behind its last, before `end`. None where
        a gap is too wide.
        """
        part = np.frombuffer(text, dtype=np.uint8)[begin:end]
        if len(self._marks) < len(part):
            self._marks = np.empty(len(part), dtype=np.bool_)
        braces = np.flatnonzero(np.equal(part, _OPEN, out=self._marks[: len(part)]))[1:]
        before = _back(part, braces - 1)
        if before is None:
            return None
        is_behind_comma = part[before] == _COMMA
        commas = before[is_behind_comma]
        last = _back(part, np.append(commas, len(part)) - 1)
        if last is None:
            return None
        begins = np.concatenate(([begin], braces[is_behind_comma] + begin))
        return begins, last + (begin + 1), braces[~is_behind_comma] + begin


def _back(text: NDArray[np.uint8], places: Places) -> Places | None:
    """For each place itself, or the last one before it that holds no white space."""
    for _ in range(_GAP):
        is_white = text[places] <= _SPACE
        if not is_white.any():
            return places
        places = places - is_white
    return None
