"""One annotation file, read through once: its envelope, and where its images and annotations stand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report
from lading_coco.envelope import Envelope
from lading_coco.gathering import AnnotationHeads
from lading_coco.heads import Column, ImageHead
from lading_coco.ids import MISSING, Codes, codes_of, joined
from lading_coco.layout import Finder, are_safe, unsafe_name
from lading_coco.stretches import read_through
from lading_coco.structure import Offsets, Piece, RecordArray, Scanner
from lading_coco.text import JsonText
from lading_coco.traits import Traits


class Records:
    """The places of the records of one array of a file; a row is a record's number here."""

    def __init__(self, text: JsonText, array: RecordArray, column: Column) -> None:
        self.path = text.path
        self.pointer = array.pointer
        self.places: Offsets
        self.sizes: NDArray[np.uint32]
        self.places, self.sizes = column.places()
        self.broken = column.broken
        self._strangers = column.strangers
        self._relocate = text.relocate

    def __len__(self) -> int:
        return len(self.places)

    def origin(self, row: int, *parts: str | int) -> Origin:
        """Where a record stands, or a part of it."""
        if self._relocate is not None:
            return self._relocate(self.pointer, row, parts)
        if not self._strangers and not parts:
            return Origin(self.path, f"{self.pointer}/{row}")
        number = row + sum(count for before, count in self._strangers if before <= row)
        return Origin(self.path, self.pointer).below(number, *parts)


class Document:
    """One annotation file.

    Of its images, `names` are hashes of their file names, `keys` of what their frames are called, `media` the numbers
    of their files, and `video_of` the codes of their videos' ids, None where none has one; with these `shots` are their
    numbers within the videos, `MISSING` where there is no whole number.
    """

    def __init__(self, text: JsonText, split: str) -> None:
        self.text = text
        self.path = text.path
        self.split = split
        self.is_results = False
        self.kind = ""
        self.envelope: dict[str, Any] = {}
        self.categories: list[tuple[int, dict[str, Any]]] = []  # with their numbers
        self.traits = Traits()
        self.images: Records
        self.annotations: Records
        self.image_ids: Codes
        self.names: Codes
        self.keys: Codes
        self.media: NDArray[np.int32]
        self.video_of: Codes | None = None
        self.shots: Codes | None = None
        self.annotation_ids: Codes
        self.image_of: Codes

    @property
    def row_count(self) -> int:
        """How many annotations it holds."""
        return len(self.annotations)

    def forget_ids(self) -> None:
        """Let go of what only the index is made of."""
        none = np.empty(0, dtype=np.int64)
        self.image_ids = self.names = self.keys = self.annotation_ids = self.image_of = none
        self.video_of = self.shots = None

    def origin(self, *parts: str | int) -> Origin:
        """A place in the envelope."""
        return Origin(self.path, "").below(*parts)


def read_document(text: JsonText, split: str, finder: Finder, report: Report, workers: object = None) -> Document:
    """Read a file through, with the help of `workers` (`lading.parallel`) where it is large.

    Raises SourceError and RecordError where it is not whole, or no JSON.
    """
    document = Document(text, split)
    reading = _Reading(document, finder, report)
    scanner = Scanner(text.path, reading.take, reading.decode)
    read_through(text, scanner, lambda: reading.annotations, workers)
    envelope = scanner.finish()
    _tell_envelope(document, scanner.envelope, report)
    document.is_results = isinstance(envelope, list)
    document.envelope = envelope if isinstance(envelope, dict) else {}
    for key in ("images", "annotations"):
        value = document.envelope.get(key, [])
        if not isinstance(value, list):
            found = type(value).__name__
            report.error("coco.malformed-file", f"expected an array, found {found}", document.origin(key))
    document.categories = _categories(document, report)
    arrays = scanner.arrays
    if document.is_results:
        arrays["annotations"] = arrays.pop("", RecordArray("", 0))
    with text.reading() as access:
        for key, column in (("images", reading.images), ("annotations", reading.annotations.column)):
            if key in arrays:
                column.finish(arrays[key], access)
    reading.finish(arrays)
    if document.is_results:
        document.kind = "results"
    else:
        rows = [row for _, row in document.categories]
        document.kind = document.traits.kind(rows, count=len(document.annotations))
    return document


def _tell_envelope(document: Document, envelope: Envelope, report: Report) -> None:
    """What is odd outside the records."""
    for key in envelope.repeated:
        message = f"expected `{key}` once, found it again; the last one counts"
        report.warning("coco.duplicate-key", message, document.origin(key))
    for key in envelope.repeated_below:
        message = f"expected each key of an object once, found {key!r} again; the last one counts"
        report.warning("coco.duplicate-key", message, Origin(document.path))
    if envelope.replaced is not None:
        byte, place = envelope.replaced
        message = f"expected text in UTF-8, found byte 0x{byte:02x} at byte {place}; read with replacement characters"
        report.warning("coco.encoding", message, Origin(document.path))


class _Reading:
    """Takes the records of a file as they are found."""

    def __init__(self, document: Document, finder: Finder, report: Report) -> None:
        self._document = document
        self._finder = finder
        self._report = report
        self._arrays: dict[str, RecordArray] = {}
        self._names: list[Codes] = []
        self._keys: list[Codes] = []
        self._media: list[NDArray[np.int32]] = []
        self._videos: list[Codes] = []
        self._shots: list[Codes] = []
        self._told: set[int] = set()  # rows of images
        self.images = Column(ImageHead, None, lambda row, message: None)
        self.annotations = AnnotationHeads(lambda row, message: None)

    def take(self, piece: Piece) -> None:
        """Take some records of one array."""
        if self._key(piece.array) == "images":
            row = self.images.count
            self._images(row, self.images.take(piece))
        else:
            self.annotations.take(piece)

    def decode(self, array: RecordArray, whole: bytes) -> list[Any] | None:
        """The heads of a list of records of one array, None where there are none."""
        column = self.images if self._key(array) == "images" else self.annotations.column
        return column.decode(whole)

    def _key(self, array: RecordArray) -> str:
        key = array.key or "annotations"
        if self._arrays.get(key) is not array:
            self._start(key, array)
        return key

    def _start(self, key: str, array: RecordArray) -> None:
        """Begin an array; one of the same key before it is forgotten, as JSON parsers do."""
        self._arrays[key] = array

        told: set[int] = set()

        def problem(row: int, message: str) -> None:
            told.add(row)
            self._report.error("coco.malformed-record", message, Origin(self._document.path, array.pointer).below(row))

        if key == "images":
            self.images, self._told = Column(ImageHead, None, problem), told
            self._names, self._keys, self._media, self._videos, self._shots = [], [], [], [], []
        else:
            self.annotations = AnnotationHeads(problem)

    def _images(self, row: int, heads: Sequence[ImageHead]) -> None:
        told = self._told
        names, keys, media = [], [], []
        are_usual = are_safe([head.file_name for head in heads if isinstance(head.file_name, str)])
        for index, head in enumerate(heads):
            url = head.coco_url if isinstance(head.coco_url, str) and head.coco_url else None
            is_named = isinstance(head.file_name, str) and head.file_name
            name = head.file_name if is_named else name_from_url(url)
            number = -1 if name is None else self._finder.find(name, url)
            names.append(hash(name))
            keys.append(hash(name if head.id in (MISSING, None) else str(head.id)))
            media.append(number)
            is_usual = are_usual and is_named and type(head.id) is int and head.id != MISSING
            if not is_usual and row + index not in told:
                self._check_image(row + index, head, name, is_found=number >= 0)
        videos = [head.video_id for head in heads]
        has_none = videos.count(None) == len(videos)
        none = np.full(len(videos), MISSING)
        self._videos.append(none if has_none else codes_of(videos))
        self._shots.append(none if has_none else _shots([head.frame_id for head in heads]))
        self._names.append(np.array(names, dtype=np.int64))
        self._keys.append(np.array(keys, dtype=np.int64))
        self._media.append(np.array(media, dtype=np.int32))

    def _check_image(self, row: int, head: ImageHead, name: str | None, *, is_found: bool) -> None:
        if head.id == MISSING or isinstance(head.id, (list, dict, bool, NoneType)):
            found = "none" if head.id == MISSING else repr(head.id)
            message = f"expected an id that is a number or a text, found {found}"
            self._report.error("coco.bad-id", message, self._image(row))
        if name is None:
            found = "neither" if not head.file_name else repr(head.file_name)
            message = f"expected `file_name` or `coco_url`, found {found}"
            self._report.error("coco.missing-file-name", message, self._image(row))
            return
        reason = unsafe_name(name, self._document.path)
        if reason is None:
            return
        message = f"expected a path within the dataset, found {reason}, {name!r}"
        if is_found:
            message = f"{message}; the file was found by its last parts"
            self._report.warning("coco.unsafe-file-name", message, self._image(row, "file_name"))
        else:
            self._report.error("coco.unsafe-file-name", message, self._image(row, "file_name"))

    def _image(self, row: int, *parts: str) -> Origin:
        relocate = self._document.text.relocate
        if relocate is not None:
            return relocate("/images", row, parts)
        return Origin(self._document.path, "/images").below(row, *parts)

    def finish(self, arrays: Mapping[str, RecordArray]) -> None:
        """Join the pieces."""
        document = self._document
        empty = RecordArray("images", 0), RecordArray("annotations", 0)
        document.images = Records(document.text, arrays.get("images", empty[0]), self.images)
        document.annotations = Records(document.text, arrays.get("annotations", empty[1]), self.annotations.column)
        document.image_ids = self.images.ids()
        document.annotation_ids = self.annotations.column.ids()
        document.names = joined(self._names, np.int64)
        document.keys = joined(self._keys, np.int64)
        document.media = joined(self._media, np.int32)
        videos = joined(self._videos, np.int64)
        if (videos != MISSING).any():
            document.video_of, document.shots = videos, joined(self._shots, np.int64)
        document.image_of = self.annotations.image_of
        document.traits = self.annotations.traits


def name_from_url(url: str | None) -> str | None:
    """What an image without `file_name` is called: the last two parts of its `coco_url` (LVIS v1)."""
    parts = [part for part in (url or "").split("/") if part]
    return "/".join(parts[-2:]) or None


def _shots(values: Sequence[Any]) -> Codes:
    is_number = [type(value) is int and MISSING < value < -MISSING for value in values]
    return np.array([v if known else MISSING for v, known in zip(values, is_number, strict=True)], dtype=np.int64)


def _categories(document: Document, report: Report) -> list[tuple[int, dict[str, Any]]]:
    """The category records that are objects with an id."""
    rows = document.envelope.get("categories", [])
    if rows is None:
        return []
    if not isinstance(rows, list):
        found = json.dumps(rows)[:40]
        report.error("coco.bad-category", f"expected an array, found {found}", document.origin("categories"))
        return []
    kept = []
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or isinstance(row.get("id"), (list, dict, bool, NoneType)):
            message = f"expected a category with an id, found {json.dumps(row)[:60]}"
            report.error("coco.bad-category", message, document.origin("categories", number))
        else:
            kept.append((number, row))
    return kept
