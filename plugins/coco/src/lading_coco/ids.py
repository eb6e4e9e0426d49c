"""Ids as integers that numpy can sort: an id that is no 64-bit integer gets a hash in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.int64]

#: Of how many numbers one at least has to be an id for a table of all of them.
_DENSE = 8

#: Odd, so that multiplying loses nothing.
_MIX = np.uint64(0x9E3779B97F4A7C15)

#: Where a record has no id.
MISSING = -(1 << 63)


def code_of(value: Any) -> int:
    """The code of an id: itself where 64 bits hold it, else a hash that keeps text and numbers apart.

    Codes are only compared with each other, in one run; no order depends on them.
    """
    if value is None:
        return MISSING
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int and MISSING < value < 1 << 63:
        return value
    if type(value) is int:
        return hash((0, value))  # the same in every process
    if isinstance(value, (list, dict, bool)):
        value = repr(value)
    return hash((type(value).__name__, value))


def is_id(value: Any) -> bool:
    """Whether a value is what an id can be: a text or a whole number, 5.0 too."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def key_of(value: Any) -> int:
    """A number for an id as text: the same for 1 and "1". Keys are only compared with each other, in one run."""
    text = str(value)
    if len(text) <= 20 and text.isascii() and text.removeprefix("-").isdecimal():
        number = int(text)
        if MISSING < number < -MISSING and str(number) == text:
            return number
    return hash((text,))  # of no text the hash is 0, which is a number


def codes_of(known: Sequence[Any], *, is_plain: bool = False) -> Codes:
    """The codes of many ids; `MISSING` stands for itself. `is_plain` says that they are integers all."""
    count = len(known)
    if is_plain or set(map(type, known)) <= {int}:
        try:
            return np.fromiter(known, dtype=np.int64, count=count)
        except OverflowError:
            pass
    return np.fromiter((MISSING if v == MISSING else code_of(v) for v in known), dtype=np.int64, count=count)


def other_spelling(value: Any) -> Any:
    """The number that a text spells, the text that spells a number; None where there is none."""
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return str(value) if isinstance(value, int) else None


def segment_id(segment: Any) -> int | None:
    """The id of a segment of a panoptic mask, also one that is written as text; None where it is no whole number."""
    value = segment.get("id") if isinstance(segment, dict) else None
    if isinstance(value, str):
        value = other_spelling(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def first_places(codes: Codes) -> tuple[Codes, NDArray[np.intp]]:
    """The different codes, sorted, and where each stands first."""
    order = np.argsort(codes)
    ordered = codes[order]
    if (ordered[1:] > ordered[:-1]).all():  # which is quicker than to look for the first of equal ones
        return ordered, order
    return np.unique(codes, return_index=True)


def look_up(wanted: Codes, codes: Codes, places: NDArray[Any]) -> NDArray[np.int64]:
    """For each code the place that belongs to it, -1 where `codes` (sorted) has it not."""
    if not len(codes):
        return np.full(len(wanted), -1, dtype=np.int64)
    low, high = int(codes[0]), int(codes[-1])
    if high - low < _DENSE * len(codes) and len(wanted) > len(codes):  # a table of the range is quicker than a search
        table = np.full(high - low + 1, -1, dtype=np.int64)
        table[codes - low] = places
        if MISSING < low <= wanted.min() and wanted.max() <= high:
            return table[wanted - low]
        known = (wanted >= low) & (wanted <= high) & (wanted != MISSING)
        return np.where(known, table[np.clip(wanted, low, high) - low], -1)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where((codes[at] == wanted) & (wanted != MISSING), places[at], -1).astype(np.int64)


def together(ids: Codes, names: Codes) -> Codes:
    """One number for id and file name together."""
    with np.errstate(over="ignore"):
        return (ids.view(np.uint64) * _MIX ^ names.view(np.uint64)).view(np.int64)


def joined(pieces: Sequence[NDArray[Any]], kind: type[Any]) -> NDArray[Any]:
    """Pieces of one array; an empty one of this kind where there are none."""
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=kind)


def repeats(codes: Codes) -> NDArray[np.intp]:
    """The places, in order, whose code stands at an earlier place too."""
    if (codes[1:] > codes[:-1]).all():  # as many files number their records
        return np.empty(0, dtype=np.intp)
    ordered = np.sort(codes)
    if (ordered[1:] > ordered[:-1]).all():
        return np.empty(0, dtype=np.intp)
    _, first = np.unique(codes, return_index=True)
    is_repeat = np.ones(len(codes), dtype=bool)
    is_repeat[first] = False
    is_repeat &= codes != MISSING
    return np.flatnonzero(is_repeat)


def firsts(codes: Codes, places: NDArray[np.intp]) -> list[int]:
    """The first place of the code of each of these."""
    values, first = first_places(codes)
    rows: list[int] = first[np.searchsorted(values, codes[places])].tolist()
    return rows
