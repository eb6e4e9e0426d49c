"""Rules of masks in pictures: they have pixels, and meet the box of their row.

Boxes of nuImages are amodal (source-formats.md 1): what is hidden of an object is in its box and not in its mask, so a
mask need not fill its box. Others have masks that reach beyond it, as the samples of T4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lading import Box2D, Data, DataChecker, Finding, GroupedRule, Place, Problem, Rle, Rule, counted

_EMPTY, _BOX = "nuscenes.empty-mask", "nuscenes.mask-box"

#: So far from a box its mask may begin: as of polygons.
_TOLERANCE_PX = 2


class MasksPass(DataChecker):
    """Holds masks to the boxes of their rows; it keeps nothing."""

    kinds = frozenset({"RLE"})

    def concerns(self, data: Data) -> bool:
        """Whether it has masks of a table of nuImages, or of others that have its tables."""
        if Rle not in map(type, data.labels):
            return False
        from lading_nuscenes.origins import RowOrigins

        return isinstance(data.origins, RowOrigins)

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the masks of a picture."""
        box: Box2D | None = None
        for label in place.data.labels:
            if isinstance(label, Rle):
                own = box if box is not None and box.origin == label.origin else None
                problem = _problem(label, own, place.data)
                if problem is not None:
                    yield place.finding(problem, label)
            box = label if isinstance(label, Box2D) else None  # that of a row comes before its mask


def _problem(mask: Rle, box: Box2D | None, data: Data) -> Problem | None:
    """What is wrong; None too where runs or box are told to be wrong themselves."""
    height, width, counts = mask.height, mask.width, mask.counts
    if not height or not width or not len(counts) or counts.min() < 0 or counts.sum() != height * width:
        return None
    pixels = int(counts[1::2].sum())
    if not pixels:
        return Problem(_EMPTY, f"expected a mask with pixels, found none of {width} x {height}", "geometry")
    if box is None or (height, width) != (data.height or height, data.width or width):
        return None
    edges = (box.xmin, box.ymin, box.xmax, box.ymax)
    if not (0 <= box.xmin < box.xmax <= width and 0 <= box.ymin < box.ymax <= height):
        return None
    if _meets(counts, height, width, edges):
        return None
    shown = ", ".join(f"{edge:g}" for edge in edges)
    message = f"expected a mask that meets its box ({shown}), found none of its {counted(pixels, 'pixel')} there"
    return Problem(_BOX, message, "geometry")


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
    formats = frozenset({"nuscenes"})
    checker = MasksPass


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
