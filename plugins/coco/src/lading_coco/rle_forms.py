"""Run lengths in the forms in which they are found (source-formats.md 2.5), told by whether they fill the mask."""

from __future__ import annotations

import ast
import base64
import binascii
import contextlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from lading.errors import GeometryError
from lading.model.rle import Counts, counts_from_text
from lading_coco.rows import UNSET, RleRow
from lading_coco.wording import shown


def rle_from_record(record: Mapping[str, Any], tell: Callable[..., None], key: str) -> Any:
    """The run lengths of an object with `size` and `counts`; UNSET where it has none."""
    size, counts = record.get("size", UNSET), record.get("counts", UNSET)
    if not (isinstance(size, list) and len(size) == 2 and all(isinstance(v, int) and v >= 0 for v in size)):
        tell("coco.bad-rle", f"expected `size` to be height and width, found {shown(size)}", key, "size")
        return UNSET
    if isinstance(counts, list) and all(isinstance(v, int) and not isinstance(v, bool) for v in counts):
        return RleRow(size, counts)
    if isinstance(counts, str):
        return RleRow(size, counts)
    tell("coco.bad-rle", f"expected run lengths or their text, found {shown(counts)}", key, "counts")
    return UNSET


def counts_of(row: RleRow, tell: Callable[..., None]) -> Counts | None:
    """The run lengths of a mask as they are; what is no run lengths is None and told."""
    pixels = row.size[0] * row.size[1] if len(row.size) == 2 else -1
    if isinstance(row.counts, list):
        try:
            return np.array(row.counts, dtype=np.int64)
        except OverflowError:
            tell("coco.bad-rle", "expected runs below 2^63, found more", "segmentation", "counts")
            return None
    decoded, problem = _from_text(row.counts)
    if decoded is not None and int(decoded.sum()) == pixels:
        return decoded
    for form, other in _other_forms(row.counts, pixels):
        if int(other.sum()) == pixels and (other >= 0).all():
            tell("coco.rle-form", f"expected COCO's text of run lengths, found {form}", "segmentation", warn=True)
            return other
    if decoded is None:
        tell("coco.bad-rle", problem, "segmentation", "counts")
        return None
    return decoded


def _from_text(text: str | bytes) -> tuple[Counts | None, str]:
    """The run lengths of COCO's text, or what is wrong with it."""
    try:
        return counts_from_text(text), ""
    except GeometryError as exc:
        return None, str(exc).removeprefix("counts: ")


def _other_forms(text: str, pixels: int) -> Iterator[tuple[str, Counts]]:
    """What the text is in other programs' forms, where it can be that."""
    for form, coded in _wrapped(text):
        counts, _ = _from_text(coded)
        if counts is not None:
            yield form, counts
    parts = text.split()
    if len(parts) > 1 and all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        numbers = np.array([int(part) for part in parts], dtype=np.int64)
        yield "the run lengths as text", numbers
        if len(numbers) % 2 == 0:
            yield "pairs of start and length", _from_pairs(numbers, pixels)


def _wrapped(text: str) -> Iterator[tuple[str, bytes]]:
    """COCO's text within another text."""
    if text[:2] in ("b'", 'b"'):
        with contextlib.suppress(ValueError, SyntaxError):
            value = ast.literal_eval(text)
            yield "Python's repr of it", value if isinstance(value, bytes) else b""
    packed = _unpacked(text)
    if packed is not None:
        yield "base64 of it", packed
        with contextlib.suppress(zlib.error):  # Open Images' challenge
            yield "base64 of zlib of it", zlib.decompress(packed)


def _unpacked(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_pairs(numbers: Counts, pixels: int) -> Counts:
    """Kaggle's form: starts, counted from 1, and lengths, down the columns."""
    begins, ends = numbers[::2] - 1, numbers[::2] - 1 + numbers[1::2]
    edges = np.concatenate(([0], np.stack((begins, ends), axis=1).ravel(), [pixels]))
    return np.diff(edges)
