"""One annotation file, read through once: its envelope, and where its images and annotations stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report, counted
from lading_coco.envelope import Envelope
from lading_coco.gathering import AnnotationHeads, Rows
from lading_coco.heads import Column
from lading_coco.ids import MISSING, Codes, is_id
from lading_coco.layout import Finder
from lading_coco.listing import ImageHeads
from lading_coco.orphans import WithoutId
from lading_coco.repeated import REPEATED
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

    @property
    def stranger_count(self) -> int:
        """How many elements of the array are no records, or such as cannot be read."""
        return self._strangers.count + len(self.broken)

    def __len__(self) -> int:
        return len(self.places)

    def origin(self, row: int, *parts: str | int) -> Origin:
        """Where a record stands, or a part of it."""
        if self._relocate is not None:
            return self._relocate(self.pointer, row, parts)
        if not self._strangers and not parts:
            return Origin(self.path, f"{self.pointer}/{row}")
        return Origin(self.path, self.pointer).below(self._strangers.element(row), *parts)


class Document:
    """One annotation file.

    Of its images, `names` are hashes of their file names, `keys` numbers for what their frames are called, `media` the
    numbers of their files, and `video_of` the codes of their videos' ids, None where none has one; with these `shots`
    are their numbers within the videos, `MISSING` where there is no whole number. `licences` are the codes of their
    licences' ids. Of its annotations, `masks` are hashes of the names of their files where they are masks, that of None
    for no name, and `videos_named` are the rows that name a video, with the codes of its id;
    `without_video` are those where that is no id.
    """

    def __init__(self, text: JsonText, split: str) -> None:
        self.text = text
        self.path = text.path
        self.split = split
        self.is_results = False
        self.box_form = ""  # in which its boxes are told to be, where that is another than COCO's
        self.has_parts = False  # its boxes are told to be parts of the picture
        self.kind = ""
        self.envelope: dict[str, Any] = {}
        self.categories: list[tuple[int, dict[str, Any]]] = []  # with their numbers
        self.idless: list[tuple[int, str]] = []  # categories without an id: their numbers, and what is there
        self.traits = Traits()
        self.images: Records
        self.annotations: Records
        self.image_ids: Codes
        self.names: Codes
        self.keys: Codes
        self.media: NDArray[np.int32]
        self.without_id: WithoutId
        self.licences: Codes
        self.video_of: Codes | None = None
        self.shots: Codes | None = None
        self.annotation_ids: Codes
        self.image_of: Codes
        self.masks: Codes
        self.videos_named: tuple[Rows, Codes]
        self.without_video: list[int]

    @property
    def row_count(self) -> int:
        """How many annotations it holds."""
        return len(self.annotations)

    def forget_ids(self) -> None:
        """Let go of what only the index is made of."""
        none = np.empty(0, dtype=np.int64)
        del self.without_id
        self.image_ids = self.names = self.keys = self.annotation_ids = self.image_of = self.licences = none
        self.masks = none
        self.videos_named = none, none
        self.without_video = []
        self.video_of = self.shots = None

    def origin(self, *parts: str | int) -> Origin:
        """A place in the envelope."""
        return Origin(self.path, "").below(*parts)


def read_document(text: JsonText, split: str, finder: Finder, report: Report, workers: object = None) -> Document:
    """Read a file through, with the help of `workers` (`lading.workers`) where it is large.

    Raises SourceError and RecordError where it is not whole, or no JSON.
    """
    document = Document(text, split)
    reading = _Reading(document, finder, report)
    scanner = Scanner(text.path, reading.take, lambda array, whole: reading.column(array).decode(whole))
    read_through(text, scanner, lambda: reading.annotations, workers)
    envelope = scanner.finish()
    _tell_envelope(document, scanner.envelope, report)
    document.is_results = isinstance(envelope, list)
    document.envelope = envelope if isinstance(envelope, dict) else {}
    for key in ("images", "annotations"):
        value = document.envelope.get(key, [])
        if not isinstance(value, list):
            found = "an object" if isinstance(value, dict) else json.dumps(value)[:40]
            report.error("coco.malformed-file", f"expected an array, found {found}", document.origin(key))
    document.categories = _categories(document, report)
    arrays = scanner.arrays
    if document.is_results:
        arrays["annotations"] = arrays.pop("", RecordArray("", 0))
    with text.reading() as access:
        for key in ("images", "annotations"):
            if key in arrays:
                reading.column(arrays[key]).finish(arrays[key], access)
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
        report.warning("coco.duplicate-key", REPEATED.format(key), Origin(document.path))
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
        self.images = self._new_images()
        self.annotations = self._new_annotations("/annotations")

    def take(self, piece: Piece) -> None:
        """Take some records of one array."""
        self._at(piece.array).take(piece)

    def column(self, array: RecordArray) -> Column:
        """The records of an array; one of the same key before it is forgotten, as JSON parsers do."""
        return self._at(array).column

    def _at(self, array: RecordArray) -> ImageHeads | AnnotationHeads:
        key = array.key or "annotations"
        if self._arrays.get(key) is not array:
            if key in self._arrays:
                (self.images if key == "images" else self.annotations).column.waiting.tell()
            self._arrays[key] = array
            if key == "images":
                self.images = self._new_images()
            else:
                self.annotations = self._new_annotations(array.pointer)
        return self.images if key == "images" else self.annotations

    def _new_images(self) -> ImageHeads:
        return ImageHeads(self._document.path, self._finder, self._report, self._image)

    def _new_annotations(self, pointer: str) -> AnnotationHeads:
        at, report = Origin(self._document.path, pointer), self._report
        return AnnotationHeads(
            lambda row, message: report.error("coco.malformed-record", message, at.below(row)),
            lambda row, key: report.warning("coco.duplicate-key", REPEATED.format(key), at.below(row)),
        )

    def _image(self, row: int, *parts: str) -> Origin:
        relocate = self._document.text.relocate
        if relocate is not None:
            return relocate("/images", row, parts)
        return Origin(self._document.path, "/images").below(row, *parts)

    def finish(self, arrays: Mapping[str, RecordArray]) -> None:
        """Join the pieces."""
        document = self._document
        empty = RecordArray("images", 0), RecordArray("annotations", 0)
        document.images = Records(document.text, arrays.get("images", empty[0]), self.images.column)
        document.annotations = Records(document.text, arrays.get("annotations", empty[1]), self.annotations.column)
        document.image_ids = self.images.column.ids()
        document.annotation_ids = self.annotations.column.ids()
        document.names, document.keys = self.images.names, self.images.keys
        document.media = self.images.media
        document.without_id = self.images.without_id
        document.licences = self.images.licences
        for code, (row, count) in self.images.misnamed.items():
            self._tell_name(code, row, count)
        videos, shots = self.images.videos
        if (videos != MISSING).any():
            document.video_of, document.shots = videos, shots
        document.image_of = self.annotations.image_of
        document.masks = self.annotations.masks
        document.videos_named = self.annotations.videos
        document.without_video = self.annotations.without_video
        document.traits = self.annotations.traits

    def _tell_name(self, code: str, row: int, count: int) -> None:
        document = self._document
        if count == 1 and (document.media == document.media[row]).sum() > 1:
            return  # two images of one file, which is told
        path = self._finder.path(int(document.media[row]))
        message = f"expected a file of this name to the letter, found {path!r}; so it is with {counted(count, 'image')}"
        self._report.warning(code, message, document.images.origin(row, "file_name"))


def _categories(document: Document, report: Report) -> list[tuple[int, dict[str, Any]]]:
    """The category records that are objects with an id; the others are noted, to be told when it is known who asks."""
    rows = document.envelope.get("categories", [])
    if rows is None:
        return []
    if not isinstance(rows, list):
        found = json.dumps(rows)[:40]
        report.error("coco.bad-category", f"expected an array, found {found}", document.origin("categories"))
        return []
    kept = []
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not is_id(row.get("id")):
            document.idless.append((number, json.dumps(row)[:60]))
        else:
            kept.append((number, row))
    return kept
