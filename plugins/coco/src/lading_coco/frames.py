"""Frames out of the index: blocks of neighbouring images, their records read together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import msgspec

from lading import Data, Frame, Label, Report, Source
from lading_coco.categories import Names
from lading_coco.document import Document, Records, name_from_url
from lading_coco.forms import number_of
from lading_coco.index import Index, Split
from lading_coco.labels import LabelBuilder
from lading_coco.layout import MaskPlace
from lading_coco.masks import MaskBuilder
from lading_coco.merging import FrameLabels, RowsOfFrame
from lading_coco.origins import STEP, RowOrigins
from lading_coco.rows import UNSET, AnyRow, ImageRow, Loose, PlainRow, Row, RowReader, TellRow, values_at

#: Frames that are read together: records that are neighbours in the file are read at once, and what a block holds on
#: the way still fits into a cache near the core.
BLOCK = 32

#: Records of annotations.
Found = Sequence[AnyRow | None]
#: An image's record: the row of its document, and what stands there.
_Image = tuple[int, int, ImageRow | Loose]


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
    ) -> None:
        self._documents = documents
        self._index = index
        self._source = source
        self._files = source.names()
        self._origins = origins
        self._pixelmaps = pixelmaps
        self._report = report
        self._has_annotations = [document.is_results or "annotations" in document.envelope for document in documents]
        self._labels = [
            LabelBuilder(document, names, origins.base(number), STEP, shift=shift, report=report)
            for number, document in enumerate(documents)
        ]
        self._masks = [
            MaskBuilder(document, names, source, place=masks.get(number), report=report)
            for number, document in enumerate(documents)
        ]
        self._merging = FrameLabels(documents, self._labels, self._masks, index.second, origins, report)

    def frames(self, split: Split, begin: int, end: int) -> Iterator[Frame]:
        """The frames of a split from `begin` to `end`, counted through the dataset."""
        with ExitStack() as stack:
            readers: dict[int, tuple[RowReader[ImageRow], RowReader[Row]]] = {}
            for start in range(begin, end, BLOCK):
                yield from self._block(split, start, min(start + BLOCK, end), readers, stack)

    def _block(
        self,
        split: Split,
        begin: int,
        end: int,
        readers: dict[int, tuple[RowReader[ImageRow], RowReader[Row]]],
        stack: ExitStack,
    ) -> Iterator[Frame]:
        images: list[list[_Image]] = [[] for _ in range(end - begin)]
        records: list[list[RowsOfFrame]] = [[] for _ in range(end - begin)]
        for number, document in enumerate(self._documents):
            image_frames, image_rows = self._index.images[number].slice(begin, end)
            frames, rows = self._index.annotations[number].slice(begin, end)
            if not len(image_rows) and not len(rows):
                continue
            if number not in readers:
                access = stack.enter_context(document.text.reading())
                of_images = RowReader(document.images, ImageRow, access, self._teller(document.images))
                of_rows = RowReader(document.annotations, Row, access, self._teller(document.annotations), PlainRow)
                readers[number] = (of_images, of_rows)
            wanted = image_rows.tolist()
            for frame, row, image in zip(
                image_frames.tolist(), wanted, readers[number][0].rows(image_rows), strict=True
            ):
                if image is not None:
                    images[frame - begin].append((number, row, image))
            found = readers[number][1].rows(rows)
            self._group(number, begin, frames.tolist(), rows.tolist(), found, records)
        for offset in range(end - begin):
            yield self._frame(split, begin + offset, images[offset], records[offset])

    def _teller(self, records: Records) -> TellRow:
        def tell(rule: str, row: int, message: str, warn: bool) -> None:
            take = self._report.warning if warn else self._report.error
            take(rule, message, records.origin(row))

        return tell

    def _group(
        self,
        number: int,
        begin: int,
        frames: list[int],
        rows: list[int],
        found: Found,
        into: list[list[RowsOfFrame]],
    ) -> None:
        start = 0
        for i in range(1, len(frames) + 1):
            if i == len(frames) or frames[i] != frames[start]:
                into[frames[start] - begin].append((number, rows[start:i], found[start:i]))
                start = i

    def _frame(self, split: Split, frame: int, images: list[_Image], records: list[RowsOfFrame]) -> Frame:
        own = images[0] if len(images) == 1 else self._own(frame, images)
        labels = self._merging.labels(records)
        if own is None:
            return self._bare(frame, labels)
        data = self._data(own, labels, is_listed=any(self._has_annotations[n] for n, _, _ in images))
        if len(images) > 1:
            self._take_others(data, own, images)
        for number, folder in self._pixelmaps.items():
            listed = next((image for image in images if image[0] == number), None)
            if listed is not None:
                origin = self._origins.image(number, listed[1])
                mask = self._masks[number].pixelmap(folder, data.remote_path, origin)
                if mask is not None:
                    data.labels.append(mask)
        if data.labels or records:
            data.annotation = "present"
        key = data.extras.get("id")
        text = data.remote_path if key is None else str(key)
        return Frame(key=self._key(frame, text), data=[data], extras=self._documents_of(images))

    def _documents_of(self, images: list[_Image]) -> dict[str, Any]:
        """Where an image is listed, if in more than one file: the row by the file's path, for who writes it back."""
        if len(images) < 2:
            return {}
        rows: dict[str, int] = {}
        for number, row, _ in images:
            rows.setdefault(self._documents[number].path, row)
        return {"documents": rows} if len(rows) > 1 else {}

    def _key(self, frame: int, text: str) -> str:
        again = self._index.repeated.get(frame)
        return text if again is None else f"{text}#{again + 1}"

    def _own(self, frame: int, images: list[_Image]) -> _Image | None:
        """The record of an image that its frame was made for, where several files have one."""
        home, row = int(self._index.home[frame]), int(self._index.row[frame])
        return next((image for image in images if image[:2] == (home, row)), None)

    def _bare(self, frame: int, labels: list[Label]) -> Frame:
        """A frame of which nothing is known but the id that annotations give its image."""
        number, row = self._index.bare[frame]
        document = self._documents[number]
        (key,) = values_at(document, [row], "image_id")
        text = str(key)
        data = Data(
            path=text,
            remote_path=text,
            annotation="present",
            labels=labels,
            extras={"id": key},
            origin=document.annotations.origin(row, "image_id"),
            origins=self._origins,
        )
        return Frame(key=self._key(frame, text), data=[data])

    def _data(self, image: _Image, labels: list[Label], *, is_listed: bool) -> Data:
        number, row, record = image
        extras = _fields(record)
        name = extras.pop("file_name", None)
        if not isinstance(name, str) or not name:
            extras["file_name"] = name
            url = extras.get("coco_url")
            name = name_from_url(url if isinstance(url, str) else None) or str(extras.get("id", row))
        width, height = extras.pop("width", UNSET), extras.pop("height", UNSET)
        if not (type(width) is int and width > 0):
            width = self._size(width, "width", number, row, extras)
        if not (type(height) is int and height > 0):
            height = self._size(height, "height", number, row, extras)
        media = self._documents[number].media[row]
        path = self._files[media] if media >= 0 else name
        return Data(
            path=path,
            remote_path=name,
            content=None if media < 0 else self._source.get(path),
            width=width,
            height=height,
            annotation="empty" if is_listed else "none",
            labels=labels,
            extras=extras,
            origin=self._documents[number].images.origin(row),
            origins=self._origins,
        )

    def _size(self, value: Any, key: str, number: int, row: int, extras: dict[str, Any]) -> int | None:
        """A picture's width or height where it is not a whole number above 0; what is none stays in extras."""
        images = self._documents[number].images
        read = number_of(value)
        if read is not None and math.isfinite(read) and read > 0 and read == int(read):
            if isinstance(value, str):
                message = f"expected a number, found {value!r}, read as {int(read)}"
                self._report.warning("coco.number-as-text", message, images.origin(row, key))
            return int(read)
        if value is not UNSET:
            extras[key] = value
        message = f"expected `{key}` in pixels, found {'none' if value is UNSET else repr(value)}"
        self._report.warning("coco.missing-size", message, images.origin(row))
        return None

    def _take_others(self, data: Data, own: _Image, images: list[_Image]) -> None:
        """What other files say of the same image: keys that are new go to extras, other values are told."""
        known = _fields(own[2])
        for number, row, record in images:
            if (number, row) == own[:2]:
                continue
            for key, value in _fields(record).items():
                if key not in known:
                    known[key] = data.extras[key] = value
                elif known[key] != value:
                    at = self._documents[number].images.origin(row, key)
                    self._report.loss(f"another `{key}` of the same image in a second file", str(at))
                    if key in ("width", "height"):
                        home = self._documents[own[0]].path
                        message = f"expected the {known[key]!r} that {home} has of this image, found {value!r}"
                        self._report.warning("coco.other-size", message, at)


def _fields(record: ImageRow | Loose) -> dict[str, Any]:
    if isinstance(record, dict):
        return dict(record)
    fields = msgspec.structs.asdict(record)
    if UNSET in fields.values():
        return {key: value for key, value in fields.items() if value is not UNSET}
    return fields
