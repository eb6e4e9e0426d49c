"""Images and annotations whose id an earlier one of the same file has."""

from __future__ import annotations

from collections.abc import Sequence

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import firsts, repeats
from lading_coco.index import Numbers
from lading_coco.often import tell_each_or_once
from lading_coco.rows import records_at, values_at

#: Where more than this part of the annotations have an id that is there already, files were joined.
_MERGED = 0.1


def tell_repeated_images(document: Document, report: Report) -> None:
    """Tell of images whose id an earlier one has; of a whole video it is told of the video."""
    if document.kind == "videos":
        return
    again = repeats(document.image_ids)
    rows, before = again.tolist(), firsts(document.image_ids, again)
    for row, first, record in zip(rows, before, records_at(document, document.images, rows), strict=True):
        key, at = None if record is None else record.get("id"), document.images.origin(first, "id")
        message = f"expected each image id once, found {key!r} again, first at {at}; annotations go to the first"
        report.error("coco.duplicate-image-id", message, document.images.origin(row, "id"))


def repeated_annotations(documents: Sequence[Document], report: Report) -> dict[tuple[int, int], int]:
    """The annotations whose id an earlier one of the same file has, with how often; they are told of."""
    second: dict[tuple[int, int], int] = {}
    for number, document in enumerate(documents):
        counts: dict[int, int] = {}
        again = repeats(document.annotation_ids)
        rows = again.tolist()
        for row in rows:
            code = int(document.annotation_ids[row])
            counts[code] = counts.get(code, 0) + 1
            second[number, row] = counts[code]
        if rows:
            _tell_repeated(document, again, [second[number, row] for row in rows], report)
    return second


def _tell_repeated(document: Document, again: Numbers, times: Sequence[int], report: Report) -> None:
    """Tell of annotations of these rows, whose ids earlier ones have so many times."""
    rows, before = again.tolist(), firsts(document.annotation_ids, again)
    keys = values_at(document, rows, "id")
    at = document.annotations.origin

    def tell(place: int, more: str) -> None:
        message = (
            f"expected each annotation id once, found {keys[place]!r} again, first at {at(before[place], 'id')}; its "
            f"instance ends in #{times[place] + 1}{more}"
        )
        report.error("coco.duplicate-annotation-id", message, at(rows[place], "id"))

    tell_each_or_once(range(len(rows)), len(document.annotations), "annotations", tell, share=_MERGED)
