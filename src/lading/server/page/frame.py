"""The files of a frame on its page: drawn with their labels, seen from above, and told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row

from lading.errors import LadingError, RecordError
from lading.model.catalog import Catalog
from lading.model.codec import decode_labels
from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.label import MASK_TYPES, Box3D, Classification, Label, Sentence
from lading.model.sensor import Camera
from lading.server.page.above import CLOUD_BYTES, cloud_points, cloud_stride, draw_above
from lading.server.page.drawing import draw
from lading.server.page.html import Html, folded, heading, joined, table
from lading.server.page.picture import HEAD_BYTES, picture_size
from lading.server.page.projected import draw_boxes
from lading.server.services import Services

#: Labels that are told in words at most, each on a line.
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """What all files of a frame are shown with: the segment with its sensors, the catalog, the fields of a point."""

    platform: Services
    base_url: str
    dataset_id: str
    segment: Segment
    catalog: Catalog
    point_fields: Sequence[str] | None

    def url(self, checksum: str) -> str:
        """The signed address of an object."""
        return self.platform.url(self.base_url, self.dataset_id, checksum)

    def read(self, checksum: str, most: int) -> bytes:
        """The first bytes of an object."""
        content = bytearray()
        for piece in self.platform.objects.read_object(self.dataset_id, checksum):
            content += piece
            if len(content) >= most:
                break
        return bytes(content[:most])


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its labels, or what is wrong with them."""

    row: Row[Any]
    data: Data
    problem: str | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> _File:
        data = Data(path=row.remote_path, remote_path=row.remote_path, sensor_name=row.slot if row.frame_id else None)
        try:
            data.labels = decode_labels(msgspec.json.decode(row.text)) if row.text is not None else []
        except RecordError as exc:
            return cls(row, data, str(exc))
        return cls(row, data)


def show_files(shown: Shown, rows: Sequence[Row[Any]]) -> Html:
    """The files of a frame with their labels: one alone, or several side by side."""
    files = [_File.of(row) for row in rows]
    frame = Frame(key="", data=[file.data for file in files])
    sections = [_show(shown, frame, file, is_alone=len(files) == 1) for file in files]
    return joined(sections) if len(files) == 1 else joined([Html('<div class="files">'), *sections, Html("</div>")])


def _show(shown: Shown, frame: Frame, file: _File, *, is_alone: bool) -> Html:
    row, name = file.row, file.data.sensor_name
    title = [heading(row.remote_path if name is None else name)]
    path = [] if name is None else [row.remote_path, " "]
    link = Html(f'<a href="{joined([shown.url(row.checksum)])}">{row.size:,} bytes</a>')
    place = joined([Html('<p class="dim">'), *path, link, Html("</p>")])
    try:
        drawings = [*_picture(shown, frame, file), *_from_above(shown, file)]
    except LadingError as exc:
        drawings = [_error(str(exc))]
    words = _words(file.data.labels, is_open=is_alone) if file.problem is None else _error(file.problem)
    return joined([Html("<section>"), *title, *drawings, place, words, Html("</section>")])


def _error(message: str) -> Html:
    return Html(f'<p class="error">{joined([message])}</p>')


def _picture(shown: Shown, frame: Frame, file: _File) -> Iterable[Html]:
    labels = file.data.labels
    size = picture_size(shown.read(file.row.checksum, HEAD_BYTES))
    flat = [label for label in labels if not isinstance(label, (Box3D, Classification, Sentence))]
    if size is not None or flat:
        masks = [shown.url(mask.checksum) for mask in labels if isinstance(mask, MASK_TYPES) and mask.checksum]
        boxes = "" if size is None else draw_boxes(shown.segment, frame, file.data, size)
        url = None if size is None else shown.url(file.row.checksum)
        yield draw(size, url, masks, labels, boxes=boxes, catalog=shown.catalog)


def _from_above(shown: Shown, file: _File) -> Iterable[Html]:
    stride = cloud_stride(file.row.remote_path, shown.point_fields)
    boxes = [label for label in file.data.labels if isinstance(label, Box3D)]
    if stride is None and not boxes:
        return
    points = [] if stride is None else cloud_points(shown.read(file.row.checksum, CLOUD_BYTES), stride)
    sensor = next((sensor for sensor in shown.segment.sensors if sensor.name == file.data.sensor_name), None)
    yield draw_above(boxes, points, is_camera=isinstance(sensor, Camera))


def _words(labels: Sequence[Label], *, is_open: bool) -> Html:
    if not labels:
        return Html("<p>no labels</p>")
    counts = Counter(label.kind for label in labels)
    lines = (
        (label.kind, label.category or "", label.instance or "", _attributes(label)) for label in labels[:_MOST_LINES]
    )
    total = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    more = f"and {len(labels) - _MOST_LINES:,} more" if len(labels) > _MOST_LINES else ""
    return folded(total, table(("type", "category", "instance", "attributes"), lines), more, is_open=is_open)


def _attributes(label: Label) -> str:
    if isinstance(label, Sentence):
        return " ".join(word.text for word in label.sentence or ())
    return ", ".join(
        f"{name} = {msgspec.json.encode(value).decode()}" for name, value in (label.attributes or {}).items()
    )
