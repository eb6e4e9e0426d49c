"""The first look at the records: their ids, and the few fields that say what a file holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading_coco.elements import Strangers, Waiting, parts_between_commas
from lading_coco.ids import MISSING, Codes, codes_of
from lading_coco.repeated import RepeatedKeys, TellKey
from lading_coco.structure import Offsets, Piece, RecordArray
from lading_coco.text import Access

ABSENT = msgspec.Raw(b"")
#: What msgspec raises for what it does not take.
REFUSED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def decoded(text: bytes) -> Any:
    """A value as Python reads it; None where it is none that can be read."""
    try:
        return msgspec.json.decode(text)
    except REFUSED:
        try:
            return json.loads(text.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None


class ImageHead(msgspec.Struct, gc=False):
    """What the index needs of an image."""

    id: Any = MISSING
    file_name: Any = None
    coco_url: Any = None
    video_id: Any = None
    frame_id: Any = None
    license: msgspec.Raw = ABSENT


class PlainHead(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What the index needs of an annotation that has the common fields and no others; in the official files' order."""

    segmentation: msgspec.Raw = ABSENT
    area: float = 0.0
    iscrowd: int = -1
    image_id: int = MISSING
    bbox: msgspec.Raw = ABSENT
    category_id: int | msgspec.UnsetType = msgspec.UNSET
    id: int = MISSING


class CompleteHead(PlainHead, gc=False, forbid_unknown_fields=True, kw_only=True):
    """The same of an annotation that has all of them."""

    segmentation: msgspec.Raw
    area: float
    iscrowd: int
    image_id: int
    bbox: msgspec.Raw
    category_id: int
    id: int


class SegmentHead(msgspec.Struct, gc=False):
    """What the index needs of a segment of a panoptic annotation."""

    category_id: Any = None


class AnnotationHead(msgspec.Struct, gc=False):
    """What the index needs of any annotation. Other attributes than `iscrowd` are kept as values, for their types."""

    id: Any = MISSING
    image_id: Any = MISSING
    category_id: Any = msgspec.UNSET
    segmentation: msgspec.Raw = ABSENT
    bbox: msgspec.Raw = ABSENT
    iscrowd: msgspec.Raw = ABSENT
    keypoints: msgspec.Raw = ABSENT
    caption: msgspec.Raw = ABSENT
    segments_info: list[SegmentHead] | None = None
    file_name: Any = None
    video_id: Any = None
    attributes: Any = None
    foot_kpts: msgspec.Raw = ABSENT
    face_kpts: msgspec.Raw = ABSENT
    lefthand_kpts: msgspec.Raw = ABSENT
    righthand_kpts: msgspec.Raw = ABSENT
    track_id: msgspec.Raw = ABSENT
    instance_id: msgspec.Raw = ABSENT
    dp_masks: msgspec.Raw = ABSENT
    dp_x: msgspec.Raw = ABSENT
    uv_data: msgspec.Raw = ABSENT
    bboxes: msgspec.Raw = ABSENT
    bbox_cam3d: msgspec.Raw = ABSENT
    score: Any = msgspec.UNSET
    ignore: Any = msgspec.UNSET
    occluded: Any = msgspec.UNSET
    truncated: Any = msgspec.UNSET
    difficult: Any = msgspec.UNSET
    rotation: Any = msgspec.UNSET
    isfake: Any = msgspec.UNSET
    isreflected: Any = msgspec.UNSET
    IsOccluded: Any = msgspec.UNSET
    IsTruncated: Any = msgspec.UNSET
    IsGroupOf: Any = msgspec.UNSET
    IsDepiction: Any = msgspec.UNSET
    IsInside: Any = msgspec.UNSET


_COMPLETE = len(CompleteHead.__struct_fields__)

#: Hears of an element that is no record: its number in the array, and what was expected and found.
Problem = Callable[[int, str], None]


class Column:
    """The places and ids of the records of one array, gathered piece by piece.

    Heads are of the first of `kinds` that takes them; the last takes any.
    A record that cannot be read gets a head without values, so that numbers and places stay in step.
    What is wrong is told at the end, when the elements of the array are known that are no records.
    """

    def __init__(self, kinds: Sequence[type[Any]], problem: Problem, repeated: TellKey) -> None:
        self.count = 0
        self.strangers = Strangers()
        self.waiting = Waiting(self.strangers)
        self.broken: set[int] = set()  # records that are none; each is told
        self._tell = problem
        self._repeated = RepeatedKeys(lambda row, key: self.waiting.add(row, lambda number: repeated(number, key)))
        self._head = kinds[-1]
        self._one: msgspec.json.Decoder[Any] = msgspec.json.Decoder(self._head)
        self._many: list[msgspec.json.Decoder[list[Any]]] = [msgspec.json.Decoder(list[kind]) for kind in kinds]  # type: ignore[valid-type]
        self._ids: list[Codes] = []
        self._places: list[Offsets] = []
        self._sizes: list[NDArray[np.uint32]] = []
        self._seams: list[tuple[int, int, int]] = []  # (record, end of the one before, its begin), between pieces
        self._end: int | None = None

    def take(self, piece: Piece) -> list[Any]:
        """Take some records; their heads, which are all of one type."""
        _, text, base, begins, ends, heads, _ = piece
        if self._end is not None:
            self._seams.append((self.count, self._end, int(begins[0])))
        if heads is None:
            whole = memoryview(text)[int(begins[0]) - base : int(ends[-1]) - base]
            heads = self.decode(b"".join((b"[", whole, b"]")))
        if heads is None or len(heads) != len(begins):
            heads = self._singly(bytes(text), base, begins, ends)
        self._repeated.look(piece, self.count, _COMPLETE if isinstance(heads[0], CompleteHead) else None)
        self._ids.append(codes_of([head.id for head in heads], is_plain=isinstance(heads[0], PlainHead)))
        self._places.append(begins)
        self._sizes.append((ends - begins).astype(np.uint32))
        self._end = int(ends[-1])
        self.count += len(begins)
        return heads

    def follow(self, ids: Codes, places: Offsets, sizes: NDArray[np.uint32]) -> None:
        """Take records that somebody else has read, behind those taken here; nothing is wrong between them."""
        if self._end is not None:
            self._seams.append((self.count, self._end, int(places[0])))
        self._ids.append(ids)
        self._places.append(places)
        self._sizes.append(sizes)
        self._end = int(places[-1]) + int(sizes[-1])
        self.count += len(places)

    def decode(self, whole: bytes | memoryview) -> list[Any] | None:
        """The heads of a list of records, all of one type; None where it is no JSON, or not of objects alone."""
        for decoder in self._many:
            try:
                return decoder.decode(whole)
            except REFUSED:
                continue
        return None

    def _singly(self, text: bytes, base: int, begins: Offsets, ends: Offsets) -> list[Any]:
        heads: list[Any] = []
        before: int | None = None
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            number = self.count + len(heads)
            if before is not None:
                self._between(number, text[before - base : begin - base])
            heads.append(self._read(number, text[begin - base : end - base]))
            before = end
        return heads

    def _between(self, number: int, gap: bytes) -> None:
        """Hold that there is one comma between two records; what else stands there is told and counted."""
        if gap.strip() == b",":
            return
        parts = parts_between_commas(gap)
        others = [part for part in parts[1:-1] if part.strip()]
        if others:
            self._tell_strangers(number, others)
        else:
            self._problem(number, f"expected a comma before this record, found {_shown(gap)}")

    def _tell_strangers(self, record: int, others: list[bytes]) -> None:
        count = len(others)
        self.strangers.add(record, count)
        message = f"expected an object, found {_all_shown(others)}"
        self.waiting.add(record, lambda number: self._tell(number - count, message))

    def _problem(self, record: int, message: str) -> None:
        self.waiting.add(record, lambda number: self._tell(number, message))

    def _read(self, number: int, text: bytes) -> Any:
        try:
            return self._one.decode(text)
        except REFUSED:
            pass
        try:
            record = json.loads(text.decode("utf-8", "replace"))  # told where the record is read
        except (ValueError, RecursionError) as exc:
            self._problem(number, f"expected a record in JSON, found an error ({exc})")
            self.broken.add(number)
            return self._head()
        if not isinstance(record, dict):
            self._problem(number, f"expected an object, found {_shown(text)}")
            self.broken.add(number)
            return self._head()
        head = self._head()
        for name in self._head.__struct_fields__:
            if name in record:
                setattr(head, name, _loose(name, record[name], getattr(head, name)))
        return head

    def finish(self, array: RecordArray, text: Access, *, is_cut: bool = False) -> None:
        """Look at what stands between the pieces, before the first record and behind the last, and tell what waits.

        Of an array that is cut behind the comma after its last record, that is seen where the next one follows.
        """
        for number, end, begin in self._seams:
            self._between(number, text.read(end, begin - end))
        self._seams.clear()
        first = int(self._places[0][0]) if self._places else array.end
        edges = [(0, array.begin, first)]
        if self._end is not None and not is_cut:
            edges.append((self.count, self._end, array.end))
        for number, begin, end in edges:
            parts = parts_between_commas(text.read(begin, min(end - begin, 4096)))
            others = [part for part in parts if part.strip()]
            if others:
                self._tell_strangers(number, others)
            commas = len(parts) - (1 if self.count or not others else 0)  # between elements, or beside the records
            blank = 0 if end - begin > 4096 else commas - len(others)
            if blank:
                message = "expected something on both sides of each comma, found nothing"
                if blank < 0:
                    message = "expected a comma between elements, found none"
                self._problem(max(number - 1, 0), message)
        self.waiting.tell()

    def ids(self) -> Codes:
        """The codes of all ids, in the order of the records."""
        return np.concatenate(self._ids) if self._ids else np.empty(0, dtype=np.int64)

    def places(self) -> tuple[Offsets, NDArray[np.uint32]]:
        """Where each record begins, and how many bytes it has."""
        if not self._places:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint32)
        return np.concatenate(self._places), np.concatenate(self._sizes)


def _all_shown(parts: list[bytes]) -> str:
    more = len(parts) - 1
    return f"{_shown(parts[0])} and {more} more" if more else _shown(parts[0])


def _shown(text: bytes) -> str:
    shown = text.strip().decode("utf-8", "replace")
    return repr(shown if len(shown) <= 40 else f"{shown[:37]}...")


def _loose(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, msgspec.Raw):
        return msgspec.Raw(json.dumps(value).encode())
    if name == "segments_info":
        segments = value if isinstance(value, list) else []
        return [SegmentHead(s.get("category_id")) for s in segments if isinstance(s, dict)]
    return value
