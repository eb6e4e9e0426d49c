"""The rule of run lengths: a mask fills the box of its annotation. One that was read by rows lies elsewhere.

Results have boxes and masks of their own: detectors find the one without the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from lading import Box2D, Data, DataChecker, Finding, GroupedRule, Place, Problem, Rle, Rule, figures
from lading.model.rle import Counts
from lading_coco.origins import RowOrigins

_CODE = "coco.rle-box"
#: As of polygons: by so many pixels a mask may lie off the edges of its box. Those of official crowds are one pixel
#: beyond it (source-formats.md 1.2).
_TOLERANCE_PX = 2.0
#: A box that reaches farther beyond its picture is told.
_ROUNDING_PX = 0.01

#: xmin, ymin, xmax, ymax in pixels.
_Edges: TypeAlias = tuple[float, float, float, float]


class ExtentsPass(DataChecker):
    """Holds masks to the boxes of their annotations; it keeps nothing."""

    kinds = frozenset({"RLE"})

    def concerns(self, data: Data) -> bool:
        """Whether it is a picture that a COCO file describes, with run lengths."""
        return isinstance(data.origins, RowOrigins) and Rle in map(type, data.labels)

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the run lengths of a picture."""
        for box, mask in pairwise(place.data.labels):  # those of one annotation follow each other
            if not (isinstance(box, Box2D) and isinstance(mask, Rle) and box.origin == mask.origin):
                continue
            message = None if "score" in mask.attributes else _problem(box, mask, place.data)
            if message is not None:
                yield place.finding(Problem(_CODE, message, "geometry"), mask)


def _problem(box: Box2D, mask: Rle, data: Data) -> str | None:
    """What is wrong; None too where box or runs are themselves wrong, or beyond or of another size than the picture."""
    height, width = mask.height, mask.width
    if not height or not width or (height, width) != (data.height, data.width):
        return None
    edges = (max(box.xmin, 0), max(box.ymin, 0), min(box.xmax, width), min(box.ymax, height))
    if not _are_near((box.xmin, box.ymin, box.xmax, box.ymax), edges, _ROUNDING_PX):
        return None
    counts = mask.counts
    is_whole = counts.sum() == height * width and counts.min() >= 0 and counts[1:-1].all()
    if not (is_whole and edges[0] < edges[2] and edges[1] < edges[3]):
        return None
    found = extent_of(counts, height)
    if found is not None and _are_near(found, edges):
        return None
    shown = "no pixel" if found is None else f"one within {figures(found)}"
    message = f"expected a mask that fills its box {figures((box.xmin, box.ymin, box.xmax, box.ymax))}, found {shown}"
    if found is not None and (by_rows := extent_of(counts, width)) is not None:
        top, left, bottom, right = by_rows
        if _are_near((left, top, right, bottom), edges):
            return f"{message}; it fills it if the runs go along the rows, where COCO's go down the columns"
    inverse = extent_of(np.concatenate(([0], counts)), height)
    if inverse is not None and _are_near(inverse, edges):
        return f"{message}; it fills it if the runs begin with the mask, where COCO's begin with what is not of it"
    return message


def extent_of(counts: Counts, height: int) -> _Edges | None:
    """The edges of the pixels of a mask whose runs go down columns of this height; None where it has none."""
    ends = np.cumsum(counts)
    first, last = ends[0 : len(ends) - 1 : 2], ends[1::2]
    is_some = last > first
    first, last = first[is_some], last[is_some] - 1
    if not len(first):
        return None
    is_over = first // height != last // height  # it has the end of one column and the begin of the next
    top = 0 if is_over.any() else int((first % height).min())
    bottom = height if is_over.any() else int((last % height).max()) + 1
    return (int(first[0]) // height, top, int(last[-1]) // height + 1, bottom)


def _are_near(found: _Edges, edges: _Edges, tolerance: float = _TOLERANCE_PX) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(found, edges, strict=True))


class RleBox(GroupedRule):
    """A mask of run lengths and its box agree."""

    checker = ExtentsPass
    formats = frozenset({"coco"})
    code = _CODE
    severity = "warning"
    title = "a mask of run lengths fills the box of its annotation"
    bad = "`bbox` [20, 10, 4, 5] and runs of pixels from (10, 20) to (15, 24)"
    good = "`bbox` [20, 10, 4, 5] and runs of pixels from (20, 10) to (24, 15)"
    fix = "Encode masks in Fortran order, column by column, as pycocotools does, or make the box anew."


RULES: Sequence[type[Rule]] = (RleBox,)
