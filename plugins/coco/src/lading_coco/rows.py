"""Records read by their places, many at a time: typed where a record has only the usual fields, as a dict where not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from lading_coco.document import Document, Records
from lading_coco.text import ReadAt

UNSET = msgspec.UNSET
Unset: TypeAlias = msgspec.UnsetType


class RleRow(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A run-length mask; `size` is height and width."""

    size: list[int]
    counts: str | list[int]


class Row(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An annotation of the usual fields. What is absent is UNSET; `rest` are other keys, which no JSON sets."""

    id: int | str | Unset | None = UNSET
    image_id: int | str | Unset | None = UNSET
    category_id: int | str | Unset | None = UNSET
    bbox: list[float] | Unset | None = UNSET
    segmentation: list[list[float]] | RleRow | Unset | None = UNSET
    area: int | float | Unset | None = UNSET
    iscrowd: int | bool | Unset | None = UNSET
    keypoints: list[int | float] | Unset | None = UNSET
    num_keypoints: int | Unset | None = UNSET
    caption: str | Unset | None = UNSET
    score: int | float | Unset | None = UNSET
    attributes: dict[str, Any] | Unset | None = UNSET


class ImageRow(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An image of the usual fields."""

    id: int | str | Unset | None = UNSET
    file_name: str | Unset | None = UNSET
    width: int | Unset | None = UNSET
    height: int | Unset | None = UNSET
    license: Any = UNSET
    flickr_url: Any = UNSET
    coco_url: Any = UNSET
    date_captured: Any = UNSET


#: A record as a dict, where it is not of the usual fields and types alone.
Loose: TypeAlias = dict[str, Any]

Typed = TypeVar("Typed", Row, ImageRow)


class RowReader(Generic[Typed]):
    """Reads records of one array by their rows."""

    def __init__(self, records: Records, kind: type[Typed], read: ReadAt) -> None:
        self._places = records.places
        self._ends = records.places + records.sizes
        self._read = read
        self._one: msgspec.json.Decoder[Typed] = msgspec.json.Decoder(kind)
        self._many: msgspec.json.Decoder[list[Typed]] = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]

    def rows(self, numbers: Sequence[int]) -> list[Typed | Loose | None]:
        """The records of these rows, in their order; None for one that is none (it was told when it was found)."""
        if not numbers:
            return []
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        runs = list(self._runs([numbers[i] for i in order]))
        found: list[Any]
        try:
            found = list(self._many.decode(b"[" + b",".join(text for text, _ in runs) + b"]"))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            found = []
        if len(found) != len(numbers):
            found = [record for _, rows in runs for record in map(self._single, rows)]
        if order == list(range(len(numbers))):
            return found
        result: list[Any] = [None] * len(numbers)
        for place, record in zip(order, found, strict=True):
            result[place] = record
        return result

    def _runs(self, numbers: Sequence[int]) -> Iterator[tuple[bytes, Sequence[int]]]:
        """The text of records that are neighbours in the file, read at once, and their rows."""
        begin = 0
        places, ends = self._places, self._ends
        for i in range(1, len(numbers) + 1):
            if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
                first = int(places[numbers[begin]])
                yield self._read(first, int(ends[numbers[i - 1]]) - first), numbers[begin:i]
                begin = i

    def _single(self, row: int) -> Typed | Loose | None:
        first = int(self._places[row])
        text = self._read(first, int(self._ends[row]) - first)
        try:
            return self._one.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            pass
        return loose(text)


def loose(text: bytes) -> Loose | None:
    """A record as a dict, also with NaN, and numbers of any size; None where it is none."""
    try:
        record = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            record = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
    return record if isinstance(record, dict) else None


def values_at(document: Document, rows: Sequence[int], key: str) -> list[Any]:
    """One field of some annotations of a document, as it is written; UNSET where it is absent or no record is there."""
    values = []
    with document.text.reading() as read:
        for row in rows:
            place, size = int(document.annotations.places[row]), int(document.annotations.sizes[row])
            record = loose(read(place, size))
            values.append(UNSET if record is None else record.get(key, UNSET))
    return values
