"""Boxes, polygons and run lengths out of the fields of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lading import Box2D, Label, MultiPolygon2D, Polygon2D, Rle
from lading.model.label import Points
from lading_coco.forms import Tell, ring_problem
from lading_coco.rle_forms import counts_of
from lading_coco.rows import RleRow
from lading_coco.widths import is_recovered

#: In extras: that the run lengths of the mask were a list of numbers, not their text.
AS_LIST: Mapping[str, Any] = {"counts": "list"}


def box(bbox: list[float], common: dict[str, Any], tell: Tell) -> list[Label]:
    """The box of x, y, width and height, with what the labels of its record share; none where these are not four."""
    if len(bbox) != 4:
        common["extras"]["bbox"] = bbox
        tell("coco.bad-bbox", f"expected 4 numbers, found {len(bbox)}", "bbox")
        return []
    x, y, width, height = bbox
    if not is_recovered(bbox):
        common["extras"]["bbox"] = bbox
    return [Box2D(xmin=x, ymin=y, xmax=x + width, ymax=y + height, **common)]


def mask(segmentation: list[list[float]] | RleRow, common: dict[str, Any], tell: Tell) -> list[Label]:
    """The polygons or the run lengths of a segmentation; none where they cannot be read."""
    if isinstance(segmentation, RleRow):
        return _runs(segmentation, common, tell)
    rings = _rings(segmentation, common, tell)
    if len(rings) == 1:
        return [Polygon2D(points=rings[0], **common)]
    return [MultiPolygon2D(rings=tuple(rings), **common)] if rings else []


def _runs(segmentation: RleRow, common: dict[str, Any], tell: Tell) -> list[Label]:
    size, counts = segmentation.size, None
    if len(size) == 2:
        counts = counts_of(segmentation, tell)
    else:
        tell("coco.bad-rle", f"expected `size` to be height and width, found {size!r}", "segmentation", "size")
    if counts is None:
        common["extras"]["segmentation"] = {"size": size, "counts": segmentation.counts}
        return []
    if isinstance(segmentation.counts, list):
        common["extras"]["segmentation"] = AS_LIST
    return [Rle(counts=counts, height=size[0], width=size[1], **common)]


def _rings(lists: list[list[float]], common: dict[str, Any], tell: Tell) -> list[Points]:
    rings = []
    if len(lists[0]) == 2 and len(lists) > 1 and all(len(part) == 2 for part in lists):
        message = "expected a list of rings, found one ring of points"
        tell("coco.ring-form", message, "segmentation", warn=True)
        return [np.array(lists, dtype=np.float64)]
    for index, part in enumerate(lists):
        problem = ring_problem(part)
        if problem is None:
            rings.append(np.array(part, dtype=np.float64).reshape(-1, 2))
        else:
            common["extras"]["segmentation"] = lists
            tell("coco.bad-polygon", problem, "segmentation", index)
    return rings
