"""Which frame each annotation is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, code_of, first_places, look_up, other_spelling
from lading_coco.index import Numbers, Split
from lading_coco.often import tell_each_or_once
from lading_coco.orphans import Orphans
from lading_coco.rows import records_at, values_at
from lading_coco.whole_videos import VideoText


class Placing:
    """Finds the frames of the annotations of all documents; what is in none is told.

    `splits` are those that the documents are of, before videos are told apart, `frame_of_image` has by document the
    frame of each of its images, and `ids` are those of the images of all frames.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        splits: Sequence[Split],
        frame_of_image: Mapping[int, Numbers],
        ids: Codes,
        report: Report,
    ) -> None:
        self._documents = documents
        self._splits = splits
        self._frame_of_image = frame_of_image
        self._ids = ids
        self._report = report

    def frames(self) -> list[Numbers]:
        """For each annotation of each document its frame, -1 for none; what is in none is told."""
        placed = []
        orphans = {
            id(split): self._orphans([self._documents[number] for number in split.documents]) for split in self._splits
        }
        for number in range(len(self._documents)):
            split = next(split for split in self._splits if number in split.documents)
            placed.append(self._place(number, split, orphans[id(split)]))
        for each in orphans.values():
            each.tell()
        return placed

    def _orphans(self, documents: Sequence[Document]) -> Orphans:
        others = sum(document.images.stranger_count for document in documents)
        return Orphans([document.without_id for document in documents], others, self._report)

    def _place(self, number: int, split: Split, orphans: Orphans) -> Numbers:
        """The frames of one document: by the images of its own file, then by those of its split."""
        document = self._documents[number]
        ids, first = first_places(document.image_ids)
        frame_of_first = self._frame_of_image[number][first]
        frames = look_up(document.image_of, ids, frame_of_first)
        lost = np.flatnonzero((frames < 0) & (document.image_of != MISSING))
        if len(lost):
            others, first = first_places(self._ids[split.begin : split.end])
            frames[lost] = look_up(document.image_of[lost], others, first + split.begin)
            places = (ids, frame_of_first), (others, first + split.begin)
            self._find_spelled(document, lost[frames[lost] < 0], frames, places, orphans)
        for row in np.flatnonzero(document.image_of == MISSING).tolist():
            (record,) = records_at(document, document.annotations, [row])
            if record is not None:  # what is no record was told when it was found
                key = "video_id" if document.kind == "videos" else "image_id"
                origin = document.annotations.origin(row, "image_id")
                message = f"expected `{key}`, found none; the annotation is in no frame"
                self._report.error("coco.orphan-annotation", message, origin)
                self._report.loss("annotations of no listed image", str(document.annotations.origin(row)))
        return frames

    def _find_spelled(
        self,
        document: Document,
        rows: Numbers,
        frames: Numbers,
        places: Sequence[tuple[Codes, Numbers]],
        orphans: Orphans,
    ) -> None:
        """Find annotations that spell their image's id as text, or a text as a number; the others are orphans.

        `places` are ids of images with their frames: those of the own file, then those of the split.
        """
        lost: dict[int, Any] = {}
        found: list[int] = []  # places in rows
        values = values_at(document, rows.tolist(), "image_id")
        for number, (row, value) in enumerate(zip(rows.tolist(), values, strict=True)):
            spelled = other_spelling(value)
            codes = np.array([code_of(spelled)])
            frames[row] = next((int(at) for known in places for at in look_up(codes, *known) if at >= 0), -1)
            if frames[row] < 0:
                lost[row] = value
            else:
                found.append(number)
        self._tell_spelled(document, rows[found], [values[number] for number in found])
        noun = "an image"
        if isinstance(document.text, VideoText):  # several records are one annotation
            first_of = {document.text.annotation(row): row for row in reversed(lost)}
            ids = document.text.ids
            known = {row: document.text.frame(row)["video_id"] for row in sorted(first_of.values())}
            lost = {row: key for row, key in known.items() if not ids.is_without_pictures(key)}
            for row in known.keys() - lost.keys():  # which is told of the video
                self._report.loss("annotations of no listed image", str(document.annotations.origin(row)))
            noun = "a video"
        at = document.annotations.origin
        orphans.take(lambda row: at(row, "image_id"), at, list(lost), list(lost.values()), noun=noun)

    def _tell_spelled(self, document: Document, rows: Numbers, values: Sequence[Any]) -> None:
        """Tell of annotations of these rows, whose ids of an image are these."""

        def tell(number: int, more: str) -> None:
            value = values[number]
            message = f"expected the id as the image has it, {other_spelling(value)!r}, found {value!r}{more}"
            self._report.warning("coco.id-type", message, document.annotations.origin(int(rows[number]), "image_id"))

        tell_each_or_once(range(len(rows)), len(document.annotations), "annotations", tell)
