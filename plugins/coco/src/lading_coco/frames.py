"""Frames out of the index: blocks of neighbouring images, their records read together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading import Box2D, Data, Frame, Label, Origin, Report, Source, figures
from lading.model.recurring import Recurring
from lading_coco.box_forms import follows
from lading_coco.categories import Names
from lading_coco.document import Document, Records
from lading_coco.images import Image, ImageBuilder
from lading_coco.index import Index, Split
from lading_coco.labels import LabelBuilder
from lading_coco.mask_places import MaskPlace
from lading_coco.masks import MaskBuilder
from lading_coco.merging import FrameLabels, RowsOfFrames
from lading_coco.origins import STEP, RowOrigins
from lading_coco.rows import ImageRow, PlainImage, PlainRow, Row, RowReader, TellRow, values_at
from lading_coco.telling import RowTeller, entries_of
from lading_coco.units import is_in_parts
from lading_coco.whole_videos import VideoText

#: What is told of a record: how, the rule, the message, and where.
_Told: TypeAlias = tuple[Callable[[str, str, Origin], None], str, str, Origin]

#: Frames that are read together: records that are neighbours in the file are read at once, and what a block holds on
#: the way still fits into a cache near the core.
BLOCK = 64
#: What follows where the file of a picture is told to be in an earlier split as well.
_LEAK = ("media.leak", None)


class FrameReader:
    """Reads frames of one dataset; made once a pass, since it reports to one report."""

    def __init__(
        self,
        documents: Sequence[Document],
        index: Index,
        names: Names,
        source: Source,
        origins: RowOrigins,
        *,
        masks: Mapping[int, MaskPlace],
        pixelmaps: Mapping[int, str],
        shift: float,
        report: Report,
        recurring: Recurring,
    ) -> None:
        self._documents = documents
        self._index = index
        self._images = ImageBuilder(documents, names, source, origins, report)
        self._origins = origins
        self._pixelmaps = pixelmaps
        self._forms = {document.path: document.box_form for document in documents if document.box_form}
        self._relative = frozenset(document.path for document in documents if document.has_parts)
        self._report = report
        self._recurring = recurring
        tellers = [RowTeller(document, report, recurring) for document in documents]
        self._labels = [
            LabelBuilder(document, names, origins.base(number), STEP, tellers[number], shift=shift)
            for number, document in enumerate(documents)
        ]
        self._masks = [
            MaskBuilder(document, names, source, tellers[number], place=masks.get(number))
            for number, document in enumerate(documents)
        ]
        self._reading: tuple[NDArray[np.int32], NDArray[np.int32]]  # the frames and rows of the block that is read
        self._frame_of: dict[int, int] | None = None  # by row, made where it is asked for
        self._held: dict[int, list[_Told]] = {}  # by the frame that has to come first
        self._merging = FrameLabels(documents, self._labels, self._masks, index.second, origins, report)

    def frames(self, split: Split, begin: int, end: int) -> Iterator[Frame]:
        """The frames of a split from `begin` to `end`, counted through the dataset."""
        with ExitStack() as stack:
            readers: dict[int, tuple[RowReader[ImageRow], RowReader[Row]]] = {}
            for start in range(begin, end, BLOCK):
                yield from self._block(start, min(start + BLOCK, end), readers, stack)
        self._report.gather(self._recurring)

    def _block(
        self,
        begin: int,
        end: int,
        readers: dict[int, tuple[RowReader[ImageRow], RowReader[Row]]],
        stack: ExitStack,
    ) -> Iterator[Frame]:
        images: list[list[Image]] = [[] for _ in range(end - begin)]
        parts: list[RowsOfFrames] = []
        annotated: set[int] = set()
        for number, document in enumerate(self._documents):
            image_frames, image_rows = self._index.images[number].slice(begin, end)
            frames, rows = self._index.annotations[number].slice(begin, end)
            if not len(image_rows) and not len(rows):
                continue
            if number not in readers:
                access = stack.enter_context(document.text.reading())
                of_images = RowReader(document.images, ImageRow, PlainImage, access, self._teller(document.images))
                of_rows = RowReader(document.annotations, Row, PlainRow, access, self._teller(document.annotations))
                readers[number] = (of_images, of_rows)
            wanted = image_rows.tolist()
            self._reading, self._frame_of = (image_frames, image_rows), None
            for frame, row, image in zip(
                image_frames.tolist(), wanted, readers[number][0].rows(image_rows), strict=True
            ):
                if image is not None:
                    images[frame - begin].append((number, row, image))
            if len(rows):
                self._saw(document, rows)
                bounds = np.searchsorted(frames, np.arange(begin, end + 1, dtype=frames.dtype)).tolist()
                self._reading, self._frame_of = (frames, rows), None
                parts.append((number, bounds, rows.tolist(), readers[number][1].rows(rows)))
                annotated.update(frames.tolist())
        made = self._merging.labels(parts, end - begin)
        for frame, own in enumerate(images, begin):
            for take, rule, message, origin in self._held.pop(frame, ()):
                take(rule, message, origin)
            yield self._frame(frame, own, next(made), is_annotated=frame in annotated)

    def _saw(self, document: Document, rows: NDArray[np.int32]) -> None:
        """Count the annotations: of one of a whole video its first frame counts, and each of its entries apart."""
        text = document.text
        if isinstance(text, VideoText):
            self._recurring.saw(entries_of(document), len(rows))
            self._recurring.saw(document.path, sum(map(text.is_first, rows.tolist())))
        else:
            self._recurring.saw(document.path, len(rows))

    def _teller(self, records: Records) -> TellRow:
        def tell(rule: str, row: int, message: str, warn: bool) -> None:
            if self._frame_of is None:
                frames, rows = self._reading
                self._frame_of = dict(zip(reversed(rows.tolist()), reversed(frames.tolist()), strict=True))
            take = self._report.warning if warn else self._report.error
            held = self._held.setdefault(self._frame_of[row], [])
            held.append((take, rule, message, records.origin(row)))

        return tell

    def _frame(self, frame: int, images: list[Image], labels: list[Label], *, is_annotated: bool) -> Frame:
        own = images[0] if len(images) == 1 else self._own(frame, images)
        if own is None:
            return self._bare(frame, labels)
        told = self._told()
        data = self._images.data(images, own, labels)
        for number, folder in self._pixelmaps.items():
            listed = next((image for image in images if image[0] == number), None)
            if listed is not None:
                origin = self._origins.image(number, listed[1])
                mask = self._masks[number].pixelmap(folder, data.remote_path, origin)
                if mask is not None:
                    data.labels.append(mask)
        if frame in self._index.leaks:
            told.append(_LEAK)
        if self._forms:
            boxes = [(label, self._forms[path]) for label, path in self._boxes(data, self._forms)]
            told += follows(data, boxes)
        if self._relative:
            told += self._told_of_parts(data)
        if told:
            data.told = [*data.told, *told]
        if is_annotated or data.labels:
            data.annotation = "present"
        key = data.extras.get("id")
        text = data.remote_path if key is None else str(key)
        listings = self._images.listings(images) if len(images) > 1 else {}
        return Frame(key=self._key(frame, text), data=[data], extras=listings)

    def _told(self) -> list[tuple[str, int | None]]:
        """What was told of the labels that were made last."""
        told = [one for builder in self._labels for one in builder.told]
        if told:
            for builder in self._labels:
                builder.told.clear()
        return told

    def _told_of_parts(self, data: Data) -> Iterator[tuple[str, int | None]]:
        """What is told for boxes of files whose first ones are told to be in parts; of others of these it is told here.

        A box that is not in parts may still be the right one.
        """
        for label, path in self._boxes(data, self._relative):
            yield "box2d.relative", label.origin
            group = f"boxes of {path}"
            self._recurring.saw(group, 1)
            if not is_in_parts(label):
                found = figures((label.xmin, label.ymin, label.xmax - label.xmin, label.ymax - label.ymin))
                message = f"expected a box in parts of its picture, as the first of its file, found {found}"
                at = data.locate(label, "geometry")
                self._recurring.take("warning", "coco.mixed-boxes", message, at, group=group, noun="boxes")

    def _boxes(self, data: Data, paths: Collection[str]) -> Iterator[tuple[Box2D, str]]:
        """The boxes of a picture that are of these files, each with its file."""
        for label in data.labels:
            if isinstance(label, Box2D) and label.origin is not None:
                record = self._origins.record(label.origin)
                if record is not None and record[0] in paths:
                    yield label, record[0]

    def _key(self, frame: int, text: str) -> str:
        again = self._index.repeated.get(frame)
        return text if again is None else f"{text}#{again + 1}"

    def _own(self, frame: int, images: list[Image]) -> Image | None:
        """The record of an image that its frame was made for, where several files have one."""
        home, row = int(self._index.home[frame]), int(self._index.row[frame])
        return next((image for image in images if image[:2] == (home, row)), None)

    def _bare(self, frame: int, labels: list[Label]) -> Frame:
        """A frame of which nothing is known but the id that annotations give its image."""
        number, row = self._index.bare[frame]
        document = self._documents[number]
        (key,) = values_at(document, [row], "image_id")
        text = str(key)
        of_video = document.text.frame(row) if isinstance(document.text, VideoText) else {}
        data = Data(
            path=text,
            remote_path=text,
            annotation="present",
            labels=labels,
            told=self._told(),
            extras={"id": key, **of_video},
            origin=document.annotations.origin(row, "image_id"),
            origins=self._origins,
        )
        return Frame(key=self._key(frame, text), data=[data])
