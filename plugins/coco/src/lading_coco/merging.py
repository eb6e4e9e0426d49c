"""The labels of frames, out of the records that all documents have of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from lading import Label, Report
from lading.model.label import same
from lading_coco.document import Document, Records
from lading_coco.ids import is_id
from lading_coco.labels import RECORDS, LabelBuilder
from lading_coco.masks import MaskBuilder
from lading_coco.origins import STEP, RowOrigins
from lading_coco.rows import UNSET, AnyRow, PlainRow, Row, alike, as_row, is_plain

#: Records of one document for one frame: the document's number, their rows, and what stands there.
RowsOfFrame: TypeAlias = tuple[int, list[int], Sequence[AnyRow | None]]
#: The same for neighbouring frames; the second are the places where the records of each begin, and where the last end.
RowsOfFrames: TypeAlias = tuple[int, list[int], list[int], Sequence[AnyRow | None]]

#: A record that was read: its document's number, what stands there, and its labels.
_Seen: TypeAlias = tuple[int, AnyRow, list[Label]]

#: Documents whose annotations are objects: one id in two of them, of one box and category, is one object.
_OBJECTS = frozenset({"instances", "keypoints", "densepose", "wholebody"})
#: Documents whose labels have the annotation's id as their instance.
_WITHOUT_INSTANCE = frozenset({"captions", "stuff", "panoptic", "results", "classification"})
#: Fields whose numbers a plain row has in a form of its own.
_NUMBERS = frozenset({"bbox", "segmentation"})
#: What a record says of its image beside categories; ids may be others in another file.
_CONTENT = ("bbox", "segmentation", "keypoints", "caption")
_MASKS = frozenset({"POLYGON2D", "MULTI_POLYGON", "RLE"})


class FrameLabels:
    """Makes the labels of frames; the same annotation in two files is one (design.md section 8)."""

    def __init__(
        self,
        documents: Sequence[Document],
        labels: Sequence[LabelBuilder],
        masks: Sequence[MaskBuilder],
        second: Mapping[tuple[int, int], int],
        origins: RowOrigins,
        report: Report,
    ) -> None:
        self._documents = documents
        self._labels = labels
        self._masks = masks
        self._second = second
        self._origins = origins
        self._report = report

    def labels(self, parts: Sequence[RowsOfFrames], count: int) -> Iterator[list[Label]]:
        """The labels of so many frames, one frame after another."""
        if len(parts) == 1 and not self._second:
            number, bounds, rows, found = parts[0]
            if is_plain(found):
                return self._labels[number].plain(found, rows, bounds)
        return (self._of_frame([_cut(part, frame) for part in parts]) for frame in range(count))

    def _of_frame(self, parts: Sequence[RowsOfFrame]) -> list[Label]:
        """All labels of a frame, in the order of the files and of their records."""
        records = [part for part in parts if part[1]]
        made: list[Label] = []
        if len(records) == 1:
            number, rows, found = records[0]
            if is_plain(found) and not self._second:
                return next(self._labels[number].plain(found, rows, (0, len(rows))))
            for row, record in zip(rows, found, strict=True):
                if record is not None:
                    made += self._of(number, record, row)
            return made
        seen: dict[Any, _Seen] = {}
        again = _Copies() if len({self._documents[number].split for number, *_ in records}) > 1 else None
        for number, rows, found in records:
            for row, record in zip(rows, found, strict=True):
                if record is not None:
                    is_copy = again is not None and again.take(
                        self._documents[number].split, self._content(number, record)
                    )
                    made += self._merged(number, record, row, seen, is_copy=is_copy)
        return made

    def _of(self, number: int, record: AnyRow, row: int, again: int = 0) -> list[Label]:
        if isinstance(record, dict) and "segments_info" in record:
            origin = self._origins.base(number) + row * STEP
            return [self._masks[number].panoptic(record, row, origin)]
        second = self._second.get((number, row), 0) if self._second else 0
        if second:
            self._labels[number].note_repeated(row)
            again += second
        return self._labels[number].labels(record, row, again)

    def _merged(
        self,
        number: int,
        record: AnyRow,
        row: int,
        seen: dict[Any, _Seen],
        *,
        is_copy: bool,
    ) -> list[Label]:
        if is_copy:  # as its image is in two splits, which is told
            self._labels[number].note_repeated(row)
        kind = self._documents[number].kind
        key = _field(record, "id")
        if kind in _WITHOUT_INSTANCE or key is UNSET or isinstance(key, (list, dict)):
            return self._of(number, record, row)
        known = seen.get(key)
        if known is None:
            labels = self._of(number, record, row)
            seen[key] = (number, record, labels)
            return labels
        first, other, labels = known
        if first == number:
            return self._of(number, record, row)
        if self._is_same(first, other, number, record):
            if (number, row) in self._second:  # it stands twice in its own file
                return self._of(number, record, row)
            added = self._added(labels, self._of(number, record, row), str(self._records(number).origin(row)))
            self._note_records(labels, (first, other), (number, row, record))
            return added
        if is_copy or (number, row) in self._second:  # which is told
            return self._of(number, record, row, 1)
        own = number, record, self._of(number, record, row, 1)
        if any(self._is_duplicate(one, own) for one in seen.values()):  # `label.duplicate` says it
            return own[2]
        path = self._documents[first].path
        message = f"expected another id than in {path}, found {key!r} for another object; its instance ends in #2"
        self._report.warning("coco.shared-annotation-id", message, self._records(number).origin(row, "id"))
        return own[2]

    def _records(self, number: int) -> Records:
        return self._documents[number].annotations

    def _added(self, known: list[Label], more: list[Label], place: str) -> list[Label]:
        """What the second record of one object adds: labels of types that the first has not, and keys of extras."""
        twins = {_group(label): label for label in known}
        for label, second in zip(known[:1], more[:1], strict=False):  # those of one record share their extras
            for key, value in second.extras.items():
                if not same(label.extras.setdefault(key, value), value):
                    self._report.loss(f"another `{key}` of the same object in a second file", place)
        added = []
        for label in more:
            twin = twins.get(_group(label))
            if twin is None:
                added.append(label)
            elif not same(twin.attributes, label.attributes):
                self._report.loss("other attributes of the same object in a second file", place)
        return added

    def _note_records(self, labels: list[Label], one: tuple[int, AnyRow], other: tuple[int, int, AnyRow]) -> None:
        """Keep what keys each of the files has of one object, and the row in the second: who writes it back asks."""
        if labels:
            records = labels[0].extras.setdefault(RECORDS, {})
            records.setdefault(self._documents[one[0]].path, {"keys": _keys(one[1])})
            records[self._documents[other[0]].path] = {"row": other[1], "keys": _keys(other[2])}

    def _is_same(self, first: int, one: AnyRow, second: int, other: AnyRow) -> bool:
        """Whether two records of one id are one object: nothing that both say differs."""
        if not {self._documents[first].kind, self._documents[second].kind} <= _OBJECTS:
            return False
        if self._documents[first].kind == self._documents[second].kind:
            return False
        if _field(one, "bbox") != _field(other, "bbox"):
            return False
        if self._category(first, _field(one, "category_id")) != self._category(second, _field(other, "category_id")):
            return False
        masks = [mask for mask in (_field(one, "segmentation"), _field(other, "segmentation")) if mask]
        return len(masks) < 2 or masks[0] == masks[1]

    def _is_duplicate(self, one: _Seen, other: _Seen) -> bool:
        """Whether a record says what another does, under whichever id, and their labels differ in no attribute."""
        is_like = self._is_same(*one[:2], *other[:2]) or self._content(*one[:2]) == self._content(*other[:2])
        for label, second in zip(one[2][:1], other[2][:1], strict=False):  # those of one record share them
            is_like &= all(second.attributes.get(key, value) == value for key, value in label.attributes.items())
        return is_like

    def _content(self, number: int, record: AnyRow) -> str:
        """What a record says of its image, in one form, however it was read and whichever ids its file has."""
        values = [self._category(number, _field(record, "category_id"))]
        values += [alike(_field(record, name)) for name in _CONTENT]
        segments = _field(record, "segments_info")
        if isinstance(segments, list):
            values += [
                [self._category(number, segment.get("category_id")), alike({**segment, "category_id": None})]
                if isinstance(segment, dict)
                else alike(segment)
                for segment in segments
            ]
        return repr(values)

    def _category(self, number: int, key: Any) -> Any:
        """A category by its name, since files may number them otherwise."""
        return self._labels[number].category_name(key) or key if is_id(key) else key


class _Copies:
    """The records that a frame has out of files of several splits: what one split has, the next may have again."""

    def __init__(self) -> None:
        self._known: dict[str, Counter[str]] = {}

    def take(self, split: str, what: str) -> bool:
        """Whether another split has a record of this content as well, as often as this one so far."""
        own = self._known.setdefault(split, Counter())
        own[what] += 1
        return any(known[what] >= own[what] for name, known in self._known.items() if name != split)


def _cut(part: RowsOfFrames, frame: int) -> RowsOfFrame:
    number, bounds, rows, found = part
    own = slice(bounds[frame], bounds[frame + 1])
    return number, rows[own], found[own]


def _field(record: AnyRow, key: str) -> Any:
    if isinstance(record, dict):
        return record.get(key, UNSET)
    if key in _NUMBERS and isinstance(record, PlainRow):
        record = as_row(record)
    return getattr(record, key, UNSET)


def _keys(record: AnyRow) -> list[str]:
    if isinstance(record, dict):
        return sorted(record)
    return [name for name in sorted(Row.__struct_fields__) if getattr(record, name, UNSET) is not UNSET]


def _group(label: Label) -> str:
    return "mask" if label.kind in _MASKS else f"{label.kind} {label.category}"
