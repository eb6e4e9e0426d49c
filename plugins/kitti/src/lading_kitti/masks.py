"""Mask files of semantics and MOTS as labels, and the RLE rows of MOTS (source-formats.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lading import File, InstanceMask, MaskItem, Report, Rle, SemanticMask, Source
from lading.errors import GeometryError, SourceError
from lading.media import read_mask
from lading.model.report import Origin
from lading.model.rle import counts_from_text
from lading_kitti.catalog import MOTS_NAMES, SEMANTIC_NAMES
from lading_kitti.texts import Problem, is_whole

#: How a pixel value falls into class and instance.
SEMANTIC_BASE = 256
MOTS_BASE = 1000

_SEMANTIC_ITEMS = tuple(
    MaskItem(value=value, category_id=value, category=name) for value, name in enumerate(SEMANTIC_NAMES)
)


def semantic_mask(source: Source, path: str, origin: int) -> SemanticMask:
    """semantic/*.png: the pixel value is the id of a label of Cityscapes; a rule decodes it."""
    return SemanticMask(items=_SEMANTIC_ITEMS, path=path, content=source.get(path), origin=origin)


def instance_mask(source: Source, path: str, origin: int, report: Report, *, is_mots: bool) -> InstanceMask | None:
    """instance/*.png, 256 * label + instance, or those of MOTS, 1000 * class + instance.

    The table lists the values that the picture has, so it is decoded; a value of no class has none there. None, and a
    finding, where it cannot be.
    """
    content = source.get(path)
    values = None if content is None else _values(content, report)
    if values is None:
        return None
    base = MOTS_BASE if is_mots else SEMANTIC_BASE
    names = MOTS_NAMES if is_mots else dict(enumerate(SEMANTIC_NAMES))
    items = []
    for value in values:
        label, number = divmod(value, base)
        if is_mots and value == 0:
            continue  # background
        # number 0 is stuff, or a group of things that nobody told apart
        instance = str(value) if number else None
        items.append(MaskItem(value=value, category_id=label, category=names.get(label), instance=instance))
    return InstanceMask(items=tuple(items), path=path, content=content, origin=origin)


def _values(content: File, report: Report) -> list[int] | None:
    """The values of a mask; None, and a finding, without."""
    try:
        pixels = read_mask(content)
    except SourceError as exc:
        report.error("kitti.mask-unreadable", exc.problem, Origin(content.path))
        return None
    if pixels.is_colour:
        report.error(
            "kitti.mask-unreadable", "expected one channel of whole numbers, found colours", Origin(content.path)
        )
        return None
    return [int(value) for value in np.unique(pixels.values)]


def mots_row(line: str, line_number: int, sequence: str, origin: int) -> tuple[int, Rle] | Problem:
    """A row of instances_txt: frame, object, class, height, width, run lengths as text."""
    words = line.split()
    numbers = [int(word) for word in words[:5] if is_whole(word)]
    if len(words) != 6 or len(numbers) != 5:
        found = f"{len(words)} columns" if len(words) != 6 else repr(line[:40])
        return Problem("kitti.mots-row", f"expected five whole numbers and an RLE, found {found}", line_number)
    frame, instance, label, height, width = numbers
    try:
        counts = counts_from_text(words[5])
    except GeometryError as exc:
        return Problem("kitti.mots-row", str(exc), line_number)
    return frame, Rle(
        counts=counts,
        height=height,
        width=width,
        category=MOTS_NAMES.get(label, str(label)),
        instance=f"{sequence}:{instance}",
        origin=origin,
    )


def mots_frames(lines: Sequence[str]) -> dict[int, list[int]]:
    """The numbers of the lines of each frame, from 1."""
    frames: dict[int, list[int]] = {}
    for number, line in enumerate(lines, 1):
        word = line.split(None, 1)[:1]
        if word and is_whole(word[0]):
            frames.setdefault(int(word[0]), []).append(number)
    return frames
