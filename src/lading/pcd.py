"""Whether a point cloud in PCD (a radar's, a lidar's) is whole, by its header and its length; no point is decoded.

The format is that of the Point Cloud Library, version 0.7: lines of text up to `DATA`, then the points.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from lading.wording import counted

#: Longest header that is looked for; those of nuScenes' radars have half a kilobyte.
_HEADER = 1 << 14

_KINDS = ("ascii", "binary", "binary_compressed")
_WHOLE = frozenset({"WIDTH", "HEIGHT", "POINTS"})

#: A compressed cloud starts with its two lengths, without and with compression, as uint32.
_LENGTHS = 8


def pcd_problem(stream: BinaryIO) -> str | None:
    """What is wrong with a cloud, as `expected ..., found ...`, or None. Reads a header, and of it no more.

    More bytes than the points need are fine: nuScenes' radars have one (source-formats.md 4.4).
    """
    stream.seek(0)
    head = stream.read(_HEADER)
    fields, start = _header(head)
    kind = " ".join(fields.get("DATA", ()))
    if kind not in _KINDS:
        found = f"DATA {kind[:40]}" if "DATA" in fields else "no line DATA"
        return f"expected the header of a PCD with DATA ascii, binary or binary_compressed, found {found}"
    numbers = {key: _whole(fields[key]) for key in _WHOLE if key in fields}
    for key, value in numbers.items():
        if value is None:
            return f"expected one whole number in {key}, found {' '.join(fields[key])[:40]!r}"
    width, height, points = (numbers.get(key) for key in ("WIDTH", "HEIGHT", "POINTS"))
    if points is None:
        if width is None:
            return "expected POINTS or WIDTH in the header of a PCD, found neither"
        points = width * (1 if height is None else height)
    elif width is not None and height is not None and width * height != points:
        return f"expected WIDTH x HEIGHT = {width * height:,} points, found POINTS {points:,}"
    size = _point_bytes(fields)
    if isinstance(size, str):
        return size
    if kind == "ascii":
        return None  # a text's points have no length to compare
    body = stream.seek(0, os.SEEK_END) - start
    needed, what = points * size, f"{counted(points, 'point')} of {size} bytes"
    if kind == "binary_compressed":
        packed = int.from_bytes(head[start : start + 4], "little")
        needed, what = _LENGTHS + packed, f"{packed:,} bytes of compressed points and their lengths"
    return None if body >= needed else f"expected {what}, found {body:,} bytes behind the header: it is cut"


def _header(head: bytes) -> tuple[dict[str, list[str]], int]:
    """The lines of a header by their first word, up to DATA, and where the points start."""
    fields: dict[str, list[str]] = {}
    place = 0
    while (end := head.find(b"\n", place)) >= 0 and "DATA" not in fields:
        words = head[place:end].decode("ascii", "replace").split()
        place = end + 1
        if words and not words[0].startswith("#"):
            fields.setdefault(words[0], words[1:])
    return fields, place


def _whole(words: list[str]) -> int | None:
    text = words[0] if len(words) == 1 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _point_bytes(fields: dict[str, list[str]]) -> int | str:
    """How many bytes a point has by FIELDS, SIZE, TYPE and COUNT (1 each, where it is left out); or what is wrong."""
    names = fields.get("FIELDS", [])
    sizes = [_whole([word]) for word in fields.get("SIZE", ())]
    counts = [_whole([word]) for word in fields.get("COUNT", ["1"] * len(sizes))]
    if not names or not len(names) == len(sizes) == len(counts) == len(fields.get("TYPE", ())):
        found = ", ".join(f"{len(fields.get(key, ()))} in {key}" for key in ("FIELDS", "SIZE", "TYPE", "COUNT"))
        return f"expected a size, type and count for each field of a PCD, found {found}"
    total = 0
    for size, count in zip(sizes, counts, strict=True):
        if size is None or count is None:
            return "expected whole numbers in SIZE and COUNT of a PCD, found others"
        total += size * count
    return total
