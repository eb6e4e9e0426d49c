"""Boxes as parts of their picture, 0 to 1, as other formats have them: in pixels they are all within the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lading import Report, counted
from lading_coco.document import Document
from lading_coco.numerals import numbers_of
from lading_coco.rows import records_at

#: Of each file so many annotations are looked at: one whose boxes are relative has no others.
_LOOKS = 64
#: By how much the end of a box may be beyond 1, as its numbers were rounded.
_ROUNDING = 0.001


def tell_relative_boxes(document: Document, report: Report) -> None:
    """Tell of a file whose first boxes are all relative, once, at the first of them."""
    if document.kind == "videos":
        return
    rows = range(min(_LOOKS, len(document.annotations)))
    records = records_at(document, document.annotations, rows)
    found = [(row, _box(record)) for row, record in zip(rows, records, strict=True)]
    boxes = [(row, box) for row, box in found if box is not None]
    if boxes and all(_is_within_a_pixel(box) for _, box in boxes) and any(v % 1 for _, box in boxes for v in box):
        message = (
            f"expected x, y, width and height in pixels, found {boxes[0][1]}, and nothing beyond 1 in the first "
            f"{counted(len(boxes), 'box', 'boxes')}, as if they were parts of the picture; read as pixels"
        )
        report.warning("coco.relative-boxes", message, document.annotations.origin(boxes[0][0], "bbox"))


def _box(record: dict[str, Any] | None) -> list[float] | None:
    values = None if record is None else numbers_of(record.get("bbox"))
    return values if values is not None and len(values) == 4 else None


def _is_within_a_pixel(box: Sequence[float]) -> bool:
    x, y, width, height = box
    return min(x, y) >= 0 and width > 0 and height > 0 and max(x + width, y + height) <= 1 + _ROUNDING
