"""Run-length coding of masks: the counts themselves, and COCO's text form of them.

Runs alternate background and foreground, start with background (which may be 0 long) and go down the columns.
The text form is that of `maskApi.c` (rleToString, rleFrString): source-formats.md section 2.5.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lading.errors import GeometryError

Counts: TypeAlias = NDArray[np.int64]


def counts_from_text(text: str | bytes) -> Counts:
    """The run lengths of COCO's compressed text.

    Raises GeometryError where the text ends inside a number or holds a character that the code does not use.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    counts: list[int] = []
    value = shift = 0
    for position, byte in enumerate(data):
        code = byte - 48
        if not 0 <= code < 64:
            found = text[position] if isinstance(text, str) else chr(byte)
            raise GeometryError(f"counts: expected characters from '0' to 'o', found {found!r} at {position}")
        value |= (code & 0x1F) << shift
        shift += 5
        if code & 0x20:
            continue
        if code & 0x10:
            value -= 1 << shift
        if len(counts) > 2:  # from the fourth number on, the difference to the one two places before
            value += counts[-2]
        counts.append(value)
        value = shift = 0
    if shift:
        raise GeometryError(f"counts: expected a whole number at the end, found it cut after {len(counts)} runs")
    try:
        return np.array(counts, dtype=np.int64)
    except OverflowError as exc:
        raise GeometryError(f"counts: expected runs below 2^63, found {max(counts, key=abs)}") from exc


def text_from_counts(counts: ArrayLike) -> str:
    """COCO's compressed text of run lengths."""
    runs = [int(v) for v in np.asarray(counts, dtype=np.int64)]
    out = bytearray()
    for i, run in enumerate(runs):
        value = run - runs[i - 2] if i > 2 else run
        more = True
        while more:
            code = value & 0x1F
            value >>= 5
            more = value != (-1 if code & 0x10 else 0)
            out.append((code | 0x20 if more else code) + 48)
    return out.decode("ascii")


def mask_from_counts(counts: ArrayLike, height: int, width: int) -> NDArray[np.bool_]:
    """The mask, of shape (height, width). Raises GeometryError where the runs do not fill it exactly."""
    runs = np.asarray(counts, dtype=np.int64)
    total = int(runs.sum())
    if total != height * width or (runs < 0).any():
        raise GeometryError(f"counts: expected runs that fill {height} x {width} pixels, found {total}")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape((width, height)).T


def counts_from_mask(mask: ArrayLike) -> Counts:
    """The run lengths of a mask of shape (height, width)."""
    flat = np.asarray(mask, dtype=bool).T.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    runs = np.diff(edges)
    if flat.size and flat[0]:
        runs = np.concatenate(([0], runs))
    return runs.astype(np.int64)
