"""Where labels come from: one integer a label, out of which file, record and part are told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from lading import Origin
from lading_coco.document import Document, Records
from lading_coco.ids import segment_id
from lading_coco.rows import values_at
from lading_coco.traits import ATTRIBUTES, PARTS

#: Room for the parts of one record: 0 is the record's own object, then those of COCO-WholeBody.
_PARTS = 8

_GEOMETRY = {
    "BOX2D": "bbox",
    "POLYGON2D": "segmentation",
    "MULTI_POLYGON": "segmentation",
    "RLE": "segmentation",
    "KEYPOINTS2D": "keypoints",
    "SENTENCE": "caption",
    "PANOPTIC_MASK": "file_name",
}
_OWN = {"category": "category_id"}
_TOP_LEVEL = frozenset({"iscrowd", *ATTRIBUTES})


class _Segments(NamedTuple):
    """Where among the segments of a panoptic annotation the items of its mask are, and the first of each id."""

    items: list[int]
    by_id: dict[Any, int]


class RowOrigins:
    """The table of every Data of a dataset: annotations are numbered through all documents, images below zero."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._records = [document.annotations for document in documents]
        self._images = [document.images for document in documents]
        self._bases = _ends(self._records)
        self._image_bases = _ends(self._images)
        self._last: tuple[int, int, _Segments] | None = None

    def image(self, document: int, row: int) -> int:
        """What a label has that stands for an image, not for an annotation."""
        return -1 - (self._image_bases[document] + row)

    def base(self, document: int) -> int:
        """What the labels of a document's first record have; those of the next have `STEP` more."""
        return self._bases[document] * _PARTS

    def record(self, index: int) -> tuple[str, int, int] | None:
        """The file, the row and the part of a label's annotation; None for one that stands for an image."""
        if index < 0:
            return None
        number, part = divmod(index, _PARTS)
        document = bisect_right(self._bases, number) - 1
        return self._records[document].path, number - self._bases[document], part

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The narrowest place that the file has for a label, or part of it."""
        if index < 0:
            document = bisect_right(self._image_bases, -1 - index) - 1
            return self._images[document].origin(-1 - index - self._image_bases[document])
        number, part = divmod(index, _PARTS)
        document = bisect_right(self._bases, number) - 1
        row = number - self._bases[document]
        field = _field(kind, subject, part)
        if subject == "instance":
            field = (self._instance_field(document, row),)
        elif subject is not None and subject.startswith("items/"):
            field = ("segments_info", self._place_of_item(document, row, int(field[1])), *field[2:])
        return self._records[document].origin(row, *field)

    def _instance_field(self, document: int, row: int) -> str:
        """What an instance was taken from: the record is read for it where rows have more than an id."""
        for name in ("instance_id", "track_id"):
            if name in self._documents[document].traits.marks:
                (value,) = values_at(self._documents[document], [row], name)
                if value is not UNSET and value is not None:
                    return name
        return "id"

    def _place_of_item(self, document: int, row: int, number: int) -> str:
        """Where among the segments of a record an item of its mask stands."""
        return str(self._segments_of(document, row).items[number])

    def segment(self, index: int, value: int, field: str = "id") -> Origin:
        """Where a field of the segment of an id stands in the panoptic annotation of a label, whose file is read."""
        number = index // _PARTS
        document = bisect_right(self._bases, number) - 1
        row = number - self._bases[document]
        place = self._segments_of(document, row).by_id.get(value)
        parts = () if place is None else (place, field)
        return self._records[document].origin(row, "segments_info", *parts)

    def _segments_of(self, document: int, row: int) -> _Segments:
        """Where the segments of a record are; those of the last one are kept, as much may be told of one mask."""
        last = self._last
        if last is None or last[:2] != (document, row):
            (segments,) = values_at(self._documents[document], [row], "segments_info")
            self._last = last = document, row, _segments(segments if isinstance(segments, list) else ())
        return last[2]


STEP = _PARTS


def _segments(segments: Sequence[Any]) -> _Segments:
    """Those without a proper id are no items."""
    by_id: dict[Any, int] = {}
    for place, part in enumerate(segments):
        key = part.get("id") if isinstance(part, dict) else None
        if isinstance(key, (int, float)):
            by_id.setdefault(key, place)
    return _Segments([place for place, part in enumerate(segments) if segment_id(part) is not None], by_id)


def _ends(records: Sequence[Records]) -> list[int]:
    ends = [0]
    for part in records:
        ends.append(ends[-1] + len(part))
    return ends


def _field(kind: str | None, subject: str | None, part: int) -> tuple[str, ...]:
    if subject is None:
        return ()
    if subject == "geometry":
        if part:
            points, box, *_ = PARTS[part - 1]
            return (box if kind == "BOX2D" and box is not None else points,)
        return (_GEOMETRY[kind],) if kind in _GEOMETRY else ()
    if subject.startswith("items/"):
        _, number, *within = subject.split("/")
        return ("segments_info", number, *(_OWN[name] for name in within))
    if subject.startswith("attributes/"):
        name = subject.removeprefix("attributes/")
        return (name,) if name in _TOP_LEVEL else ("attributes", name)
    return (_OWN[subject],) if subject in _OWN else ()
