"""Rules of masks in pictures: they have pixels, and meet the box of their row.

Boxes of nuImages are amodal (source-formats.md 1): what is hidden of an object is in its box and not in its mask, so a
mask need not fill its box. Others have masks that reach beyond it, as the samples of T4.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lading import BlockChecker, Box2D, Catalog, Data, Dataset, Finding, Frame, Rle, Rule, Segment, counted
from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule

_EMPTY, _BOX = "nuscenes.empty-mask", "nuscenes.mask-box"

#: So far from a box its mask may begin: as of polygons.
_TOLERANCE_PX = 2


class MasksPass(BlockChecker):
    """Holds masks to the boxes of their rows; it keeps nothing."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._is_needed = "RLE" in dataset.catalog

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the masks of frames of nuImages, and of others that have its tables."""
        if not self._is_needed:
            return
        from lading_nuscenes.origins import RowOrigins

        for number, frame in enumerate(frames):
            for data in frame.data:
                if isinstance(data.origins, RowOrigins) and Rle in map(type, data.labels):
                    yield from ((number, finding) for finding in self._judge(segment, frame, data))

    def _judge(self, segment: Segment, frame: Frame, data: Data) -> Iterator[Finding]:
        box: Box2D | None = None
        for label in data.labels:
            if isinstance(label, Rle):
                own = box if box is not None and box.origin == label.origin else None
                rule, message = _problem(label, own, data)
                if message and rule in self._severities:
                    at = data.locate(label, "geometry")
                    yield Finding(
                        rule=rule,
                        severity=self._severities[rule],
                        message=message,
                        segment=segment.name,
                        frame=frame.key,
                        sensor=data.sensor_name,
                        file=at.file,
                        pointer=at.pointer,
                    )
            box = label if isinstance(label, Box2D) else None  # that of a row comes before its mask


def _problem(mask: Rle, box: Box2D | None, data: Data) -> tuple[str, str]:
    """Rule and message of what is wrong, or no message, as where runs or box are told to be wrong themselves."""
    height, width, counts = mask.height, mask.width, mask.counts
    if not height or not width or not len(counts) or counts.min() < 0 or counts.sum() != height * width:
        return "", ""
    pixels = int(counts[1::2].sum())
    if not pixels:
        return _EMPTY, f"expected a mask with pixels, found none of {width} x {height}"
    if box is None or (height, width) != (data.height or height, data.width or width):
        return "", ""
    edges = (box.xmin, box.ymin, box.xmax, box.ymax)
    if not (0 <= box.xmin < box.xmax <= width and 0 <= box.ymin < box.ymax <= height):
        return "", ""
    if _meets(counts, height, width, edges):
        return "", ""
    shown = ", ".join(f"{edge:g}" for edge in edges)
    return _BOX, f"expected a mask that meets its box ({shown}), found none of its {counted(pixels, 'pixel')} there"


def _meets(counts: NDArray[np.integer], height: int, width: int, edges: tuple[float, float, float, float]) -> bool:
    """Whether a mask, which has pixels, has some in a box, or near it. Runs go down the columns."""
    left, top = (max(math.floor(edge) - _TOLERANCE_PX, 0) for edge in edges[:2])
    right, bottom = (
        min(math.ceil(edge) + _TOLERANCE_PX, most) for edge, most in zip(edges[2:], (width, height), strict=True)
    )
    middle = len(counts) // 4 * 2 + 1
    column, row = divmod(int(counts[:middle].sum() + counts[middle] // 2), height)
    if counts[middle] and left <= column < right and top <= row < bottom:
        return True  # a pixel in the middle of the mask: nearly always
    columns, rows = np.divmod(np.cumsum(counts)[: len(counts) // 2 * 2], height)
    before = (np.clip(columns, left, right) - left) * (bottom - top)  # pixels of the box before the end of each run
    before += np.where((columns >= left) & (columns < right), np.clip(rows, top, bottom) - top, 0)
    return bool((before[1::2] > before[0::2]).any())


class _MasksRule(GroupedRule):
    formats: ClassVar[frozenset[str]] = frozenset({"nuscenes"})
    checker: ClassVar[CheckerFactory] = MasksPass


class EmptyMask(_MasksRule):
    """Masks have pixels."""

    code = _EMPTY
    severity = "warning"
    title = "a mask of `object_ann` or `surface_ann` has pixels"
    bad = "one run, of all pixels that are not in the mask"
    good = "a mask with pixels, or null in its place"
    fix = "Draw the mask, or write null where there is none."


class MaskBox(_MasksRule):
    """Masks and boxes meet."""

    code = _BOX
    severity = "warning"
    title = "a mask of `object_ann` meets its `bbox`"
    bad = "`bbox` [1200, 500, 1390, 640] and a mask from (100, 100) to (150, 150)"
    good = "a mask with pixels in its box, which it need not fill"
    fix = "Look for masks and boxes of other rows, and for runs that go along the rows of the picture."


RULES: Sequence[type[Rule]] = (EmptyMask, MaskBox)
