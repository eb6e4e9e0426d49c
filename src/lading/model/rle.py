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

#: Texts from this length on are decoded by numpy, which costs more than it saves on shorter ones.
_LONG = 150
#: So many digits of 5 bits are surely within 64 bits, and numbers whose sum is below this.
_DIGITS = 12
_LARGEST = (1 << 62) - 1


def counts_from_text(text: str | bytes) -> Counts:
    """The run lengths of COCO's compressed text.

    Raises GeometryError where the text ends inside a number or holds a character that the code does not use.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    counts = _decoded_at_once(data) if len(data) >= _LONG else None
    return _decoded_singly(text, data) if counts is None else counts


def _decoded_at_once(data: bytes) -> Counts | None:
    """The same by numpy; None where something is wrong, or a number might leave 64 bits."""
    codes = np.frombuffer(data, dtype=np.uint8) - np.uint8(48)
    is_last = (codes & 0x20) == 0
    ends = np.flatnonzero(is_last)
    if int(codes.max()) >= 64 or not is_last[-1]:
        return None
    begins = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - begins + 1
    if int(lengths.max()) > _DIGITS:
        return None
    shifts = 5 * (np.arange(len(codes)) - np.repeat(begins, lengths))
    values = np.add.reduceat((codes & 0x1F).astype(np.int64) << shifts, begins)
    values -= ((codes[ends] & 0x10) != 0) * (np.int64(1) << 5 * lengths)
    if int(np.abs(values).max()) > _LARGEST // len(values):
        return None
    # From the fourth number on, each is the difference to the one two places before.
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values


def _decoded_singly(text: str | bytes, data: bytes) -> Counts:
    """Number by number, of any size, and with the place of what is wrong."""
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
