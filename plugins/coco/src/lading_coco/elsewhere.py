"""What stands where COCO has it not: annotations under another key or within images, fields under another spelling."""

from __future__ import annotations

from typing import Any

from lading import Report, counted
from lading_coco.document import Document
from lading_coco.rows import records_at

#: Of a record with one of these, and an image, nobody doubts that it is an annotation.
_SHAPES = frozenset({"bbox", "segmentation", "keypoints", "caption", "category_id"})
#: Of each file so many images are looked at: where one has its annotations within, others have too.
_LOOKS = 64
#: Fields of which nobody tells that they are absent, by their letters.
_FIELDS = {
    name.replace("_", ""): name
    for name in ("segmentation", "bbox", "keypoints", "num_keypoints", "iscrowd", "area", "caption", "score")
}
#: Of a record without any of these it is told that it has no shape.
_BY_SHAPE = frozenset({"bbox", "segmentation", "keypoints", "caption"})


def tell_annotations_elsewhere(document: Document, report: Report) -> None:
    """Tell of a file without annotations that has what looks like them in another place, which is not read."""
    if document.is_results:
        return
    if "annotations" not in document.envelope:
        _tell_other_list(document, report)
    if not len(document.annotations) and document.kind != "videos":
        _tell_within_images(document, report)


def tell_other_spellings(document: Document, report: Report) -> None:
    """Tell of fields of the first annotations that are COCO's but for capitals and lines below, each once a file."""
    if document.kind == "videos":
        return
    rows = range(min(_LOOKS, len(document.annotations)))
    told: set[str] = set()
    for row, record in zip(rows, records_at(document, document.annotations, rows), strict=True):
        if record is None or not _BY_SHAPE & record.keys():
            continue
        for key in record:
            name = _FIELDS.get(key.replace("_", "").replace("-", "").lower(), key)
            if name not in record and key not in told:
                told.add(key)
                message = f"expected `{name}`, found `{key}`; it stays in extras and is not read"
                report.warning("coco.other-spelling", message, document.annotations.origin(row, key))


def _tell_other_list(document: Document, report: Report) -> None:
    for key, rows in document.envelope.items():
        first = rows[0] if isinstance(rows, list) and rows else None
        if isinstance(first, dict) and "image_id" in first and _SHAPES & first.keys():
            message = (
                f"expected `annotations`, found none, and {len(rows):,} records like them here, which are not read"
            )
            report.warning("coco.no-annotations", message, document.origin(key))


def _tell_within_images(document: Document, report: Report) -> None:
    rows = range(min(_LOOKS, len(document.images)))
    found: list[tuple[int, str]] = []
    count = 0
    for row, record in zip(rows, records_at(document, document.images, rows), strict=True):
        for key, value in (record or {}).items():
            inner = _annotations(value)
            if inner:
                found.append((row, key))
                count += inner
    if found:
        row, key = found[0]
        message = (
            f"expected annotations under `annotations`, found none, and {counted(count, 'record')} like them within "
            f"the first {counted(len(rows), 'image')}, which are not read"
        )
        report.warning("coco.no-annotations", message, document.images.origin(row, key))


def _annotations(value: Any) -> int:
    """How many records like annotations a value of an image holds."""
    each = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return sum(isinstance(one, dict) and any(one.get(name) for name in _BY_SHAPE) for one in each)
