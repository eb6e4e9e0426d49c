"""Names of files: many, kept in little, and known again by their hashes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class Names:
    """File names, kept as what stands before and after the row's own time, of which there are few."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, ...], int] = {}
        self._parts: list[tuple[str, ...]] = []

    def add(self, filename: str, stamp: object) -> int:
        """The code of a name in a row of this time."""
        before, found, after = filename.partition(str(stamp)) if type(stamp) is int else (filename, "", "")
        parts = (before, after) if found else (filename,)
        code = self._codes.get(parts)
        if code is None:
            code = self._codes[parts] = len(self._parts)
            self._parts.append(parts)
        return code

    def parts(self, code: int) -> tuple[str, ...]:
        """What stands before and after the time in the names of a code; the whole name where the time is not in it."""
        return self._parts[code]

    def name(self, code: int, stamp: int) -> str:
        """The name of a code in a row of this time."""
        parts = self._parts[code]
        return parts[0] if len(parts) == 1 else f"{parts[0]}{stamp}{parts[1]}"

    def endings(self) -> tuple[list[str], NDArray[np.int64]]:
        """The suffixes that names have, empty for none, and the number of that of each code."""
        numbers: dict[str, int] = {}
        codes = (numbers.setdefault(_suffix(parts[-1]), len(numbers)) for parts in self._parts)
        each = np.fromiter(codes, dtype=np.int64, count=len(self._parts))
        return list(numbers), each


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:] if dot > name.rfind("/") else ""


def name_hashes(names: Iterable[str]) -> NDArray[np.int64]:
    """A number of 64 bits for each name, good for the time of this process."""
    return np.fromiter(map(hash, names), dtype=np.int64)
