"""Category ids that are spelled otherwise than the categories do, `"2"` for 2, and ids of none, in whole files."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

import msgspec
import numpy as np

from lading import Origin, Report
from lading.model.recurring import ANY, Recurring
from lading_coco.categories import UNLISTED, Names, unlisted_message
from lading_coco.document import Document
from lading_coco.heads import REFUSED
from lading_coco.ids import is_id
from lading_coco.index import Index
from lading_coco.often import tell_each_or_once
from lading_coco.rows import loose
from lading_coco.whole_videos import VideoText

_KEY = "category_id"


class _Head(msgspec.Struct, gc=False):
    """What is looked at of an annotation."""

    category_id: Any = None
    segments_info: Any = None


_DECODER = msgspec.json.Decoder(_Head)


class _Odd:
    """The places of ids that are spelled otherwise, out of so many that were looked at."""

    def __init__(self, spelled: Mapping[Any, Any], noun: str) -> None:
        self.count = 0
        self._spelled = spelled
        self._noun = noun
        self._known = {key: key for key in spelled}
        self._rows, self._parts = array("q"), array("q")
        self._keys: list[Any] = []

    def look(self, key: Any, row: int, part: int = 0) -> None:
        """Look at the id of a row, or of a part of it."""
        self.count += 1
        if is_id(key) and key in self._known:
            self._rows.append(row)
            self._parts.append(part)
            self._keys.append(self._known[key])  # itself, not what was read just now

    def tell(self, place: Callable[[int, int], Origin], report: Report) -> None:
        """Tell of them; `place` is where the id of a row and a part stands."""

        def tell(number: int, more: str) -> None:
            key = self._keys[number]
            message = f"expected the id as the category has it, {self._spelled[key]!r}, found {key!r}{more}"
            report.warning("coco.id-type", message, place(self._rows[number], self._parts[number]))

        tell_each_or_once(range(len(self._keys)), self.count, self._noun, tell)


def tell_spellings(documents: Sequence[Document], index: Index, names: Names, report: Report) -> None:
    """Tell of annotations that are in frames, and of their segments, that spell their category's id otherwise.

    So it tells of ids of no category where a file is of several segments, as of videos, each of which may have few.
    A file is read for it where there are such ids in it.
    """
    segments = Counter(number for split in index.splits for number in split.documents)
    for number, (document, grouping) in enumerate(zip(documents, index.annotations, strict=True)):
        spelled = names.spelled[document.path]
        if spelled:
            _tell(document, np.sort(grouping.rows).tolist(), spelled, report)
        unknown = names.unknown(document)
        if segments[number] > 1 and unknown and not names.accounted_for[document.path]:
            _tell_unknown(document, np.sort(grouping.rows).tolist(), frozenset(unknown), report)
            names.accounted_for[document.path] = True


def _tell_unknown(document: Document, rows: Sequence[int], unknown: Set[Any], report: Report) -> None:
    """Tell of these annotations that have `unknown` ids, as it is told of those of one segment."""
    recurring, path = Recurring(""), document.path
    for row, head in _one_a_whole(document, rows):
        recurring.saw(path, 1)
        key = head.category_id
        if is_id(key) and key in unknown:
            at = document.annotations.origin(row, _KEY)
            kind = unlisted_message(key)
            recurring.take(
                "error", UNLISTED, kind, at, group=path, noun="annotations", kind=kind, values="ids", share=ANY
            )
    recurring.tell(report)


def _tell(document: Document, rows: Sequence[int], spelled: Mapping[Any, Any], report: Report) -> None:
    """Tell of these annotations; `spelled` has for each such id that of the category."""
    annotations, segments = _Odd(spelled, "annotations"), _Odd(spelled, "segments")
    origin = document.annotations.origin
    for row, head in _one_a_whole(document, rows):
        annotations.look(head.category_id, row)
        for number, part in enumerate(head.segments_info if isinstance(head.segments_info, list) else ()):
            segments.look(part.get(_KEY) if isinstance(part, dict) else None, row, number)
    annotations.tell(lambda row, _: origin(row, _KEY), report)
    segments.tell(lambda row, number: origin(row, "segments_info", number, _KEY), report)


def _one_a_whole(document: Document, rows: Sequence[int]) -> Iterator[tuple[int, _Head]]:
    """As `_heads` yields them; of the frames of one annotation of a video the first that says what they all say."""
    text = document.text
    before: tuple[Any, Any] | None = None
    for row, head in _heads(document, rows):
        same = (text.annotation(row), head.category_id) if isinstance(text, VideoText) else None
        if same is None or same != before:
            yield row, head
        before = same


def _heads(document: Document, rows: Sequence[int]) -> Iterator[tuple[int, _Head]]:
    """What is looked at of these rows, each with its row; of a row that is no record nothing is yielded."""
    places, sizes = document.annotations.places, document.annotations.sizes
    with document.text.reading() as access:
        for row in rows:
            text = access.read(int(places[row]), int(sizes[row]))
            try:
                yield row, _DECODER.decode(text)
            except REFUSED:
                record = loose(text)
                if record is not None:
                    yield row, _Head(record.get(_KEY), record.get("segments_info"))
