"""Records read by their places, many at a time: typed where a record has only the usual fields, as a dict where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeGuard, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading_coco.document import Document, Records
from lading_coco.heads import REFUSED, ImageHead, decoded
from lading_coco.ids import MISSING
from lading_coco.rings import Ring, RingParser, lists_of
from lading_coco.text import Access

UNSET = msgspec.UNSET
Unset: TypeAlias = msgspec.UnsetType


class RleRow(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A run-length mask; `size` is height and width."""

    size: list[int]
    counts: str | list[int]


#: An edge or a size of a box, in pixels, near enough for the short way in `lading_coco.widths`.
Near: TypeAlias = Annotated[float, msgspec.Meta(ge=-2.5e8, le=2.5e8)]


class PlainRow(msgspec.Struct, gc=False, forbid_unknown_fields=True, kw_only=True):
    """An annotation as the official instances files have it, with all their fields, in their order, and no others."""

    segmentation: list[Ring] | RleRow
    area: int | float
    iscrowd: Literal[0, 1] | Unset = UNSET
    image_id: int
    bbox: tuple[Near, Near, Near, Near]
    category_id: int
    id: int


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


#: A width or a height in pixels is no larger: 64 bits hold it.
LARGEST = (1 << 63) - 1
Extent: TypeAlias = Annotated[int, msgspec.Meta(gt=0, le=LARGEST)]


class PlainImage(msgspec.Struct, gc=False, forbid_unknown_fields=True, kw_only=True):
    """An image as the official files have it, with all their fields, in their order, and no others."""

    license: Any
    file_name: Annotated[str, msgspec.Meta(min_length=1)]
    coco_url: Any
    height: Extent
    width: Extent
    date_captured: Any
    flickr_url: Any
    id: int


#: A record as a dict, where it is not of the usual fields and types alone.
Loose: TypeAlias = dict[str, Any]

#: What an annotation is read as.
AnyRow: TypeAlias = PlainRow | Row | Loose

#: What an image is read as.
AnyImage: TypeAlias = PlainImage | ImageRow | Loose

Typed = TypeVar("Typed", Row, ImageRow)

#: Tells of a record: rule, row, message, and whether it is a warning.
TellRow: TypeAlias = Callable[[str, int, str, bool], None]

#: Whole numbers below this are floats too.
_EXACT = 1 << 53
#: How often in a row records were not all plain before that is no longer tried.
_PATIENCE = 8


class RowReader(Generic[Typed]):
    """Reads records of one array by their rows; where `plain` is given, many at a time as that if they are."""

    def __init__(
        self,
        records: Records,
        kind: type[Typed],
        plain: type[PlainRow] | type[PlainImage],
        access: Access,
        tell: TellRow,
    ) -> None:
        self._places = records.places
        self._sizes = records.sizes
        self._broken = records.broken
        self._access = access
        self._tell = tell
        self._kind: type[Any] = kind
        self._one: msgspec.json.Decoder[Typed] = msgspec.json.Decoder(kind)
        self._many: msgspec.json.Decoder[list[Typed]] = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
        self._plain: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[plain])  # type: ignore[valid-type]
        self._rings = RingParser() if plain is PlainRow else None
        self._refused = 0

    def rows(self, numbers: NDArray[np.int32]) -> Sequence[Any]:
        """The records of these rows, in their order; None for one that is none (it was told when it was found)."""
        count = len(numbers)
        if not count:
            return []
        offsets, sizes = self._places[numbers], self._sizes[numbers]
        is_next = numbers[1:] == numbers[:-1] + 1
        if is_next.any():  # neighbours in the file are read at once
            breaks = np.flatnonzero(~is_next)
            begins = offsets[np.concatenate(([0], breaks + 1))]
            lasts = np.append(breaks, count - 1)
            offsets, sizes = begins, offsets[lasts] + sizes[lasts] - begins
        texts = self._access.read_many(offsets.tolist(), sizes.tolist())
        texts[0] = b"[" + texts[0]
        texts[-1] += b"]"
        found = self._decode(b",".join(texts), count)
        if found is None:
            singles = {row: self._single(row) for row in sorted(numbers.tolist())}
            found = [singles[row] for row in numbers.tolist()]
        return found

    def _decode(self, text: bytes, count: int) -> Sequence[Any] | None:
        if self._refused < _PATIENCE:
            plain = self._decode_plain(text)
            if plain is not None:
                self._refused = 0
                return plain if len(plain) == count else None
            self._refused += 1
        try:
            found = self._many.decode(text)
        except REFUSED:
            return None
        return found if len(found) == count else None

    def _decode_plain(self, text: bytes) -> list[Any] | None:
        try:
            records = self._plain.decode(text)
        except REFUSED:
            return None
        return records if self._rings is None or self._rings.fill(records) else None

    def _single(self, row: int) -> Typed | Loose | None:
        first = int(self._places[row])
        text = self._access.read(first, int(self._sizes[row]))
        try:
            return self._one.decode(text)
        except REFUSED:
            pass
        record = loose(text)
        if row in self._broken:
            return None
        if record is None:
            message = "expected a record in JSON, found numbers too long or values too deep to be read"
            self._tell("coco.malformed-record", row, message, False)
            return _known_of(text) if self._kind is ImageRow else None
        if not is_utf8(text):
            message = "expected text in UTF-8, found other bytes; read with replacement characters"
            self._tell("coco.encoding", row, message, True)
        return record


def _known_of(text: bytes) -> Loose:
    """What the index has read of an image that cannot be read whole."""
    head = msgspec.json.decode(text, type=ImageHead)
    known = {"id": head.id, "file_name": head.file_name, "coco_url": head.coco_url}
    return {key: value for key, value in known.items() if value is not None and value != MISSING}


def is_utf8(text: bytes) -> bool:
    """Whether bytes are text in UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_plain(records: Sequence[AnyRow | None]) -> TypeGuard[Sequence[PlainRow]]:
    """Whether records that were read together are all plain: they are where the first is."""
    return type(records[0]) is PlainRow


def as_row(record: PlainRow) -> Row:
    """A plain row as one that may lack fields."""
    segmentation = record.segmentation
    return Row(
        id=record.id,
        image_id=record.image_id,
        category_id=record.category_id,
        bbox=list(record.bbox),
        segmentation=lists_of(segmentation) if isinstance(segmentation, list) else segmentation,
        area=record.area,
        iscrowd=record.iscrowd,
    )


def alike(value: Any) -> Any:
    """A value of a record in one form, however it was read: numbers as floats, run lengths as an object."""
    if isinstance(value, RleRow):
        value = {"size": value.size, "counts": value.counts}
    if isinstance(value, dict):
        return sorted((key, alike(each)) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return [alike(each) for each in value]
    return float(value) if type(value) is int and abs(value) < _EXACT else value


def loose(text: bytes) -> Loose | None:
    """A record as a dict, also with NaN, numbers of any size and bytes that are no text; None where it is none."""
    record = decoded(text)
    return record if isinstance(record, dict) else None


def values_at(document: Document, rows: Sequence[int], key: str) -> list[Any]:
    """One field of some annotations of a document, as it is written; UNSET where it is absent or no record is there."""
    records = _each_at(document, document.annotations, rows)
    return [UNSET if record is None else record.get(key, UNSET) for record in records]


def records_at(document: Document, records: Records, rows: Sequence[int]) -> list[Loose | None]:
    """Some images or annotations of a document; None where no record is there."""
    return list(_each_at(document, records, rows))


def _each_at(document: Document, records: Records, rows: Sequence[int]) -> Iterator[Loose | None]:
    with document.text.reading() as access:
        places, sizes = records.places, records.sizes
        for row in rows:
            yield loose(access.read(int(places[row]), int(sizes[row])))
