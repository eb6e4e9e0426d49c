"""YouTube-VIS: records of whole videos, told record by record and frame by frame, as CocoVID has them.

Its `videos` list their pictures (`file_names`), its annotations an entry a frame (`segmentations`, `bboxes`, `areas`),
null where the object is not seen. Here such a file reads as one of images and of annotations of images; every place
that is told is that of the file itself.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report, counted
from lading_coco.elements import Strangers
from lading_coco.heads import Column
from lading_coco.ids import firsts, is_id, repeats
from lading_coco.often import tell_each_or_once
from lading_coco.repeated import REPEATED
from lading_coco.structure import Offsets, Piece, scan
from lading_coco.text import CHUNK, Access, JsonText
from lading_coco.video_entries import (
    ENTRIES,
    SOURCES,
    Fields,
    entries_by_frame,
    entries_of,
    fields_of,
    frames_seen,
    value_of,
)
from lading_coco.video_ids import VideoIds
from lading_coco.wording import shown

_PLURAL = {one: many for many, one in ENTRIES.items()}


class _Head(msgspec.Struct, gc=False):
    id: Any = None


class VideoText(JsonText):
    """The text of such a file as one of images and annotations of images, made anew whenever it is read through."""

    def __init__(self, text: JsonText) -> None:
        super().__init__(text.file)
        self._original = text
        self._envelope: dict[str, Any] = {}
        self._places: Offsets = np.empty(0, dtype=np.int64)
        self._sizes: NDArray[np.uint32] = np.empty(0, dtype=np.uint32)
        self._first_image: list[int] = [0]  # of each video, then how many images there are
        self.ids = VideoIds((), self._video)
        self._annotation_of = array("i")  # of each record of one frame, the annotation
        self._frame_of = array("i")
        self._spelled = array("q")  # annotations that spell the id of their video otherwise
        self._strangers = Strangers()
        self._second: frozenset[int] = frozenset()

    @property
    def has_random_access(self) -> bool:
        """Not so: its text is made from its start."""
        return False

    def prepare(self, report: Report) -> None:
        """Read the file through once; what is wrong with it is told. Raises SourceError and RecordError."""
        at = Origin(self.path, "/annotations")
        column = Column(
            (_Head,),
            lambda row, message: report.error("coco.malformed-record", message, at.below(row)),
            lambda row, key: report.warning("coco.duplicate-key", REPEATED.format(key), at.below(row)),
        )

        def take(piece: Piece) -> None:
            if piece.array.key == "annotations":
                column.take(piece)

        scanner, envelope = scan(self.path, self._original.chunks(), take)
        if "annotations" in scanner.arrays:
            with self._original.reading() as access:
                column.finish(scanner.arrays["annotations"], access)
        self._envelope = envelope
        for key in ("videos", "annotations"):
            value = envelope.get(key, [])
            if not isinstance(value, list):
                found = "an object" if isinstance(value, dict) else json.dumps(value)[:40]
                report.error("coco.malformed-file", f"expected an array, found {found}", Origin(self.path, f"/{key}"))
        self._places, self._sizes = column.places()
        self._strangers = column.strangers
        again = repeats(column.ids())
        self._second = frozenset(again.tolist())
        for row, before in zip(again.tolist(), firsts(column.ids(), again), strict=True):
            first = at.below(self._strangers.element(before), "id")
            message = f"expected each annotation id once, found that of {first} again; they are one instance"
            report.error("coco.duplicate-annotation-id", message, at.below(self._strangers.element(row), "id"))
        self._number_videos(report)
        with self._original.reading() as access:
            for row in range(len(self._places)):
                self._number_entries(row, access, report)
            tell_each_or_once(
                self._spelled,
                len(self._places),
                "annotations",
                lambda row, more: self._tell_spelling(row, more, access, report),
            )

    def relocate(self, pointer: str, row: int, parts: Sequence[str | int]) -> Origin:
        """Where a record of one frame stands in the file, or a part of it."""
        if pointer == "/images":
            video = bisect_right(self._first_image, row) - 1
            frame = row - self._first_image[video]
            whole = parts if parts and parts[0] in ("width", "height") else ("file_names", frame)
            return Origin(self.path, "/videos").below(video, *whole)
        annotation, frame = self._annotation_of[row], self._frame_of[row]
        at = Origin(self.path, "/annotations").below(self._strangers.element(annotation))
        if not parts:
            return at
        first, *rest = parts
        if first in _PLURAL:
            return at.below(_PLURAL[str(first)], frame, *rest)
        return at.below(SOURCES.get(str(first), first), *rest)

    def is_told(self, pointer: str, row: int, parts: Sequence[str | int]) -> bool:
        """Whether what is wrong there is told of an earlier record of one frame, since all say the same of it."""
        if pointer == "/images":
            return self._first_image[bisect_right(self._first_image, row) - 1] != row
        annotation = self._annotation_of[row]
        if not parts or parts[0] in _PLURAL or self.is_first(row):
            return False
        key = SOURCES.get(str(parts[0]), str(parts[0]))
        with self._original.reading() as access:
            record = self._record(annotation, access) or {}
        entries = entries_of(record.get(key))
        return not entries or len(entries) != self._frame_count(record)

    def is_first(self, row: int) -> bool:
        """Whether a record of one frame is the first one of its annotation."""
        return not row or self._annotation_of[row - 1] != self._annotation_of[row]

    def is_second(self, row: int) -> bool:
        """Whether the annotation of a record of one frame has the id of an earlier one, which is told."""
        return self._annotation_of[row] in self._second

    def is_entry(self, parts: Sequence[str | int]) -> bool:
        """Whether a part of a record of one frame is its own entry in a list of the annotation."""
        return bool(parts) and parts[0] in _PLURAL

    def annotation(self, row: int) -> int:
        """The annotation that a record of one frame is of."""
        return self._annotation_of[row]

    def frame(self, row: int) -> dict[str, Any]:
        """The video and the number in it of the frame that a record of one frame is about."""
        with self._original.reading() as access:
            record = self._record(self._annotation_of[row], access) or {}
        return {"video_id": value_of(record.get("video_id")), "frame_id": self._frame_of[row]}

    def _video(self, number: int) -> Origin:
        return Origin(self.path, "/videos").below(number)

    def _videos(self) -> list[Any]:
        videos = self._envelope.get("videos")
        return videos if isinstance(videos, list) else []

    def _number_videos(self, report: Report) -> None:
        """Count the frames of each video, and know it by its id."""
        self.ids = VideoIds(self._videos(), self._video)
        for number, video in enumerate(self._videos()):
            names = _names_of(video)
            self._first_image.append(self._first_image[-1] + len(names))
            at = self._video(number)
            if not isinstance(video, dict) or not isinstance(video.get("file_names"), list):
                report.error("coco.bad-video", f"expected `file_names` of a video, found {shown(video)}", at)
                continue
            self.ids.tell(number, report)
            length = video.get("length")
            if length is not None and length != len(names):
                message = f"expected the number of its `file_names`, {len(names)}, found {length!r}"
                report.warning("coco.video-length", message, at.below("length"))

    def _number_entries(self, row: int, access: Access, report: Report) -> None:
        """Note which frames an annotation has an entry for."""
        record = self._record(row, access)
        at = Origin(self.path, "/annotations").below(self._strangers.element(row))
        if record is None:
            return  # told when it was found
        if value_of(record.get("id")) is None:
            report.warning("coco.missing-id", "expected an `id`, found none; its labels have no instance", at)
        key = value_of(record.get("video_id"))
        if self.ids.meant(key) != key:
            self._spelled.append(row)
        count = self._frame_count(record)
        lists = {key: entries_of(record.get(key)) for key in ENTRIES}
        for key, entries in lists.items():
            if entries is None:
                message = f"expected an entry a frame, found {bytes(record[key])[:40].decode('utf-8', 'replace')}"
                report.error("coco.video-entries", message, at.below(key))
            elif count is not None and len(entries) not in (0, count):
                message = (
                    f"expected {counted(count, 'entry', 'entries')}, one a frame of its video, found {len(entries)}"
                )
                report.error("coco.video-length", message, at.below(key))
        seen = frames_seen(lists)
        if count is not None and seen and seen[-1] >= count:
            beyond = [frame for frame in seen if frame >= count]
            report.loss("entries behind the last frame of a video", str(at), len(beyond))
            seen = [frame for frame in seen if frame < count]
        if not seen:
            report.loss("annotations without anything that is a label", str(at))
        self._annotation_of.extend([row] * len(seen))
        self._frame_of.extend(seen)

    def _tell_spelling(self, row: int, more: str, access: Access, report: Report) -> None:
        key = value_of((self._record(row, access) or {}).get("video_id"))
        message = f"expected the id as the video has it, {self.ids.meant(key)!r}, found {key!r}{more}"
        at = Origin(self.path, "/annotations").below(self._strangers.element(row), "video_id")
        report.warning("coco.id-type", message, at)

    def _frame_count(self, record: Fields) -> int | None:
        """How many frames the video of an annotation has; None where it is not listed."""
        video = self.ids.number(value_of(record.get("video_id")))
        return None if video is None else self._first_image[video + 1] - self._first_image[video]

    def _record(self, row: int, access: Access) -> Fields | None:
        return fields_of(access.read(int(self._places[row]), int(self._sizes[row])))

    def pieces(self) -> Iterator[bytes]:
        """The text in chunks."""
        chunk = bytearray()
        for part in self._parts():
            chunk += part
            if len(chunk) >= CHUNK:
                yield bytes(chunk)
                chunk.clear()
        yield bytes(chunk)

    def _parts(self) -> Iterator[bytes]:
        """The text, record by record: the keys as they are, `images` before `annotations`."""
        mark = b"{"
        for key, value in {**self._envelope, "annotations": []}.items():
            if key == "annotations":
                yield mark + b'"images": ['
                yield from self._images()
                yield b'],\n"annotations": ['
                yield from self._annotations()
                yield b"]"
            else:
                yield mark + json.dumps({key: value}).encode()[1:-1]
            mark = b",\n"
        yield b"}"

    def _images(self) -> Iterator[bytes]:
        mark = ""
        for number, video in enumerate(self._videos()):
            key = video.get("id") if isinstance(video, dict) else None
            sizes = {k: video[k] for k in ("width", "height") if k in video} if isinstance(video, dict) else {}
            for frame, name in enumerate(_names_of(video)):
                record = {
                    "id": f"{self.ids.text_of(number)}/{frame}",
                    "file_name": name,
                    **sizes,
                    "video_id": key if is_id(key) else None,
                    "frame_id": frame,
                }
                yield f"{mark}{json.dumps(record)}".encode()
                mark = ",\n"

    def _annotations(self) -> Iterator[bytes]:
        mark = b""
        with self._original.reading() as access:
            pairs = zip(self._annotation_of, self._frame_of, strict=True)
            for row, group in groupby(pairs, key=itemgetter(0)):
                seen = [frame for _, frame in group]
                record = self._record(row, access) or {}
                video = self.ids.text(value_of(record.get("video_id")))
                entries = entries_by_frame(record, seen, self._frame_count(record), video)
                for frame in seen:
                    yield mark + entries.record(frame, is_first=frame == seen[0])
                    mark = b",\n"


def _names_of(video: Any) -> list[Any]:
    names = video.get("file_names") if isinstance(video, dict) else None
    return names if isinstance(names, list) else []
