"""Numbers in other units than COCO's: parts of the picture, 0 to 1.

A file that is so is so throughout: the first annotations tell it, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from lading import Box2D, Report, counted
from lading_coco.box_forms import tell_box_form
from lading_coco.document import Document
from lading_coco.numerals import numbers_of
from lading_coco.rows import records_at

#: Of each file so many annotations are looked at.
_LOOKS = 64
#: By how much a number may be beyond 1, as it was rounded.
_ROUNDING = 0.001

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
        document.box_form = tell_box_form(document, boxes, report)
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


def is_in_parts(box: Box2D) -> bool:
    """Whether nothing of a box that was read as x, y, width and height is beyond 1."""
    return not max(box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin) > 1 + _ROUNDING


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
