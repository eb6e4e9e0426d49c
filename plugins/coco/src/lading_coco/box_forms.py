"""Boxes in another form than COCO's, of two corners or of a middle: which files have such, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from lading import Box2D, Data, Label, MultiPolygon2D, Polygon2D, Report, Rle, counted
from lading_coco.document import Document
from lading_coco.extents import extent_of
from lading_coco.ids import first_places, look_up
from lading_coco.numerals import number_of, numbers_of
from lading_coco.rows import records_at

#: Of fewer boxes neither pictures nor polygons tell in which form they are.
_FEW = 3
#: How far an area may be from that of its box, of which it is a part.
_NEAR = 0.001
#: By so many pixels a box may be beyond the edges of its picture, as it was rounded.
_EDGE_PX = 1
#: By so many pixels a polygon may lie off the edges of its box.
_RING_PX = 2
#: One of so many boxes may be another than its polygon.
_ODD = 10

_Record: TypeAlias = Mapping[str, Any]
_Box: TypeAlias = Sequence[float]
#: xmin, ymin, xmax and ymax in pixels.
_Edges: TypeAlias = tuple[float, float, float, float]
#: The row of an annotation, what stands there, and its box.
_Known: TypeAlias = tuple[int, _Record, _Box]

CORNERS = "two corners"
CENTRE = "a middle and a size"
#: The edges of four numbers in the forms in which they are found.
_EDGES: Mapping[str, Callable[[float, float, float, float], _Edges]] = {
    CORNERS: lambda x, y, right, bottom: (x, y, right, bottom),
    CENTRE: lambda x, y, width, height: (x - width / 2, y - height / 2, x + width / 2, y + height / 2),
}
_CODES = {CORNERS: "coco.corner-boxes", CENTRE: "coco.centre-boxes"}


def tell_box_form(document: Document, boxes: Sequence[_Known], report: Report) -> str:
    """Tell where boxes are in another form than COCO's, once, and which that is, of `_EDGES`; none where they are not.

    Of a box without a mask the area is that of the box, and says what it is.
    Where areas say nothing the pictures do, within which boxes are as corners, and many are not otherwise
    (source-formats.md 2.11).
    """
    measured = [(row, box, area) for row, record, box in boxes if (area := _area_of_box(record)) is not None]
    # The area of a box that begins at 0, 0 fits both.
    doubtful = [one for one in measured if not math.isclose(one[1][2] * one[1][3], one[2], rel_tol=_NEAR)]
    of_corners = [one for one in measured if _has_area_of_corners(one[1], one[2])]
    if len(doubtful) > 1 and len(of_corners) == len(measured):
        row, box, area = doubtful[0]
        why = (
            f" and an area of {area:g}, which is that between two corners, as of all "
            f"{counted(len(measured), 'box', 'boxes')} looked at"
        )
    elif len(doubtful) == len(measured) and _fit_as_corners_alone(document, boxes):
        row, _, box = boxes[0]
        why = f"; as corners all {len(boxes):,} boxes looked at are within their pictures, and many are not otherwise"
    else:
        return _tell_by_rings(document, boxes, report)
    message = f"expected x, y, width and height, found {list(box)}{why}; read as width and height"
    report.warning(_CODES[CORNERS], message, document.annotations.origin(row, "bbox"))
    return CORNERS


def _fit_as_corners_alone(document: Document, boxes: Sequence[_Known]) -> bool:
    """Whether boxes are all within their pictures as corners, and many are not otherwise."""
    if len(boxes) < _FEW or not all(0 <= x < right and 0 <= y < bottom for *_, (x, y, right, bottom) in boxes):
        return False
    ids, first = first_places(document.image_ids)
    rows = look_up(document.image_of[[row for row, *_ in boxes]], ids, first).tolist()
    if min(rows) < 0:
        return False
    outside = 0
    for image, (*_, (x, y, right, bottom)) in zip(records_at(document, document.images, rows), boxes, strict=True):
        sizes = numbers_of([(image or {}).get("width"), (image or {}).get("height")])
        if sizes is None or right > sizes[0] or bottom > sizes[1]:
            return False
        outside += x + right > sizes[0] + _EDGE_PX or y + bottom > sizes[1] + _EDGE_PX
    return outside > 1 and 4 * outside >= len(boxes)


def _tell_by_rings(document: Document, boxes: Sequence[_Known], report: Report) -> str:
    """The form in which boxes are those of their polygons, as they are not otherwise; none where these do not say."""
    outlined = [(row, box, edges) for row, record, box in boxes if (edges := _edges_of_rings(record)) is not None]
    for form, edges_of in _EDGES.items():
        fitting = [one for one in outlined if _are_near(edges_of(*one[1]), one[2])]
        alone = [one for one in fitting if not _are_near(_own_edges(one[1]), one[2])]
        if len(alone) >= _FEW and _ODD * (len(outlined) - len(fitting)) <= len(outlined):
            row, box, _ = alone[0]
            message = (
                f"expected x, y, width and height, found {list(box)}; as {form} {len(fitting):,} of "
                f"{counted(len(outlined), 'box', 'boxes')} looked at are those of their polygons, and {len(alone):,} "
                f"are not otherwise; read as a corner, width and height"
            )
            report.warning(_CODES[form], message, document.annotations.origin(row, "bbox"))
            return form
    return ""


def follows(data: Data, boxes: Sequence[tuple[Box2D, str]]) -> Iterator[tuple[str, int | None]]:
    """What need not be told of boxes that are told to be in another form, as it is not so in that one."""
    shapes: dict[int | None, list[Label]] = {}
    for label in data.labels:
        if isinstance(label, (Polygon2D, MultiPolygon2D, Rle)):
            shapes.setdefault(label.origin, []).append(label)
    for box, form in boxes:
        edges = _EDGES[form](box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin)
        if _are_within(edges, data.width, data.height):
            yield "box2d.outside-image", box.origin
        for shape in shapes.get(box.origin, ()):
            found = _edges_of_shape(shape)
            if found is not None and _are_near(edges, found):
                yield "coco.rle-box" if isinstance(shape, Rle) else "polygon.box-mismatch", box.origin


def _are_within(edges: _Edges, width: int | None, height: int | None) -> bool:
    xmin, ymin, xmax, ymax = edges
    if not (-_EDGE_PX <= xmin < xmax and -_EDGE_PX <= ymin < ymax):
        return False
    return (width is None or xmax <= width + _EDGE_PX) and (height is None or ymax <= height + _EDGE_PX)


def _are_near(edges: _Edges, found: _Edges) -> bool:
    return all(abs(a - b) <= _RING_PX for a, b in zip(edges, found, strict=True))


def _own_edges(box: _Box) -> _Edges:
    x, y, width, height = box
    return x, y, x + width, y + height


def _edges_of_rings(record: _Record) -> _Edges | None:
    """The edges of all rings of an annotation; None where it has none, or they are in another form."""
    rings = record.get("segmentation")
    if not isinstance(rings, list):
        return None
    values = [numbers_of(ring) for ring in rings]
    if not values or any(not ring or len(ring) % 2 for ring in values):
        return None
    x, y = ([number for ring in values for number in (ring or ())[at::2]] for at in (0, 1))
    return min(x), min(y), max(x), max(y)


def _edges_of_shape(shape: Label) -> _Edges | None:
    if isinstance(shape, Rle):
        return extent_of(shape.counts, shape.height) if shape.height else None
    if isinstance(shape, Polygon2D):
        points = shape.points
    elif isinstance(shape, MultiPolygon2D) and shape.rings:
        points = np.concatenate(shape.rings)
    else:
        return None
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist()) if len(points) else None


def _area_of_box(record: _Record) -> float | None:
    """The area of an annotation that has a box and no mask; None where there is none above 0."""
    area = number_of(record.get("area"))
    if record.get("segmentation") or area is None or not math.isfinite(area) or area <= 0:
        return None
    return float(area)


def _has_area_of_corners(box: _Box, area: float) -> bool:
    x, y, right, bottom = box
    if not (right > x and bottom > y):
        return False
    return math.isclose((right - x) * (bottom - y), area, rel_tol=_NEAR)
