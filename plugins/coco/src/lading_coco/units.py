"""Numbers in other units than COCO's: parts of the picture, 0 to 1, or corners where a size is due.

A file that is so is so throughout: the first annotations tell it, once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from lading import Box2D, Report, counted
from lading_coco.document import Document
from lading_coco.ids import first_places, look_up
from lading_coco.numerals import number_of, numbers_of
from lading_coco.rows import records_at

#: Of each file so many annotations are looked at.
_LOOKS = 64
#: Of fewer boxes pictures do not tell whether they are corners.
_FEW = 3
#: By how much a number may be beyond 1, as it was rounded.
_ROUNDING = 0.001
#: How far an area may be from that of its box, of which it is a part.
_NEAR = 0.001
#: By so many pixels a box may be beyond the edges of its picture, as it was rounded.
_EDGE_PX = 1

_Record: TypeAlias = Mapping[str, Any]
_Box: TypeAlias = Sequence[float]


def tell_other_units(document: Document, report: Report) -> None:
    """Tell of a file whose first boxes or keypoints are all in other units, each once, at the first of them."""
    if document.kind == "videos":
        return
    rows = range(min(_LOOKS, len(document.annotations)))
    records = records_at(document, document.annotations, rows)
    known = [(row, record) for row, record in zip(rows, records, strict=True) if record is not None]
    boxes = [(row, record, box) for row, record in known if (box := _box(record)) is not None]
    if boxes and all(_is_relative(box) for *_, box in boxes) and any(v % 1 for *_, box in boxes for v in box):
        message = (
            f"expected x, y, width and height in pixels, found {list(boxes[0][2])}, and nothing beyond 1 in the first "
            f"{counted(len(boxes), 'box', 'boxes')} of {counted(len(document.annotations), 'annotation')}, as if they "
            f"were parts of the picture; read as pixels"
        )
        report.warning("coco.relative-boxes", message, document.annotations.origin(boxes[0][0], "bbox"))
        document.has_parts = True
    else:
        document.has_corners = _tell_corners(document, boxes, report)
    _tell_keypoints(document, known, report)


def _tell_keypoints(document: Document, known: Sequence[tuple[int, _Record]], report: Report) -> None:
    found = [(row, points) for row, record in known if (points := _labelled(record))]
    if found and all(-_ROUNDING <= v <= 1 + _ROUNDING for _, points in found for v in points):
        if not any(v % 1 for _, points in found for v in points):
            return
        message = (
            f"expected keypoints in pixels, found none beyond 1 in the first {counted(len(found), 'body', 'bodies')}, "
            f"as if they were parts of the picture; read as pixels"
        )
        report.warning("coco.relative-keypoints", message, document.annotations.origin(found[0][0], "keypoints"))


def _tell_corners(document: Document, boxes: Sequence[tuple[int, _Record, _Box]], report: Report) -> bool:
    """Whether boxes are two corners. Of a box without a mask the area is that of the box, and says what it is.

    Where areas say nothing the pictures do, within which boxes are as corners, and many are not otherwise
    (source-formats.md 2.11).
    """
    measured = [(row, box, area) for row, record, box in boxes if (area := _area_of_box(record)) is not None]
    # The area of a box that begins at 0, 0 fits both.
    doubtful = [one for one in measured if not math.isclose(one[1][2] * one[1][3], one[2], rel_tol=_NEAR)]
    of_corners = [one for one in measured if _has_area_of_corners(one[1], one[2])]
    if len(doubtful) > 1 and len(of_corners) == len(measured):
        row, box, area = doubtful[0]
        message = (
            f"expected x, y, width and height, found {list(box)} and an area of {area:g}, which is that between two "
            f"corners, as of all {counted(len(measured), 'box', 'boxes')} looked at; read as width and height"
        )
        report.warning("coco.corner-boxes", message, document.annotations.origin(row, "bbox"))
        return True
    if len(doubtful) == len(measured) and _fit_as_corners_alone(document, boxes):
        row, _, box = boxes[0]
        message = (
            f"expected x, y, width and height, found {list(box)}; as corners all {len(boxes):,} boxes looked at are "
            f"within their pictures, and many are not otherwise; read as width and height"
        )
        report.warning("coco.corner-boxes", message, document.annotations.origin(row, "bbox"))
        return True
    return False


def _fit_as_corners_alone(document: Document, boxes: Sequence[tuple[int, _Record, _Box]]) -> bool:
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


def is_in_parts(box: Box2D) -> bool:
    """Whether nothing of a box that was read as x, y, width and height is beyond 1."""
    return not max(box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin) > 1 + _ROUNDING


def are_corners_within(box: Box2D, width: int | None, height: int | None) -> bool:
    """Whether a box that was read as x, y, width and height lies within its picture, read as two corners."""
    x, y, right, bottom = box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin
    if not (0 <= x < right and 0 <= y < bottom):
        return False
    return (width is None or right <= width + _EDGE_PX) and (height is None or bottom <= height + _EDGE_PX)


def _box(record: _Record) -> list[float] | None:
    values = numbers_of(record.get("bbox"))
    return values if values is not None and len(values) == 4 else None


def _is_relative(box: _Box) -> bool:
    """Whether a box is within 0 and 1, be its first two numbers a corner or its middle."""
    x, y, width, height = box
    return min(x, y) >= 0 and width > 0 and height > 0 and max(box) <= 1 + _ROUNDING


def _labelled(record: _Record) -> list[float]:
    """X and y of the keypoints that are labelled."""
    values = numbers_of(record.get("keypoints"))
    if values is None or len(values) % 3:
        return []
    return [v for x, y, seen in zip(*[iter(values)] * 3, strict=True) if seen > 0 for v in (x, y)]


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
