"""One file of a frame on its page: drawn with its labels, seen from above, and told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row

from lading.errors import LadingError, RecordError
from lading.model.codec import decode_labels
from lading.model.label import MASK_TYPES, Box3D, Classification, Label, Sentence
from lading.server.page.above import CLOUD_BYTES, cloud_points, cloud_stride, draw_above
from lading.server.page.drawing import draw
from lading.server.page.html import Html, heading, joined, table
from lading.server.page.picture import HEAD_BYTES, picture_size
from lading.server.services import Services

#: Labels that are told in words at most, each on a line.
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """What all files of a frame are shown with: sensors by name, and the fields of a point in its clouds."""

    platform: Services
    base_url: str
    dataset_id: str
    sensors: Mapping[str, Mapping[str, Any]]
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


def show_file(shown: Shown, row: Row[Any]) -> Html:
    """A file and its labels."""
    title = row.remote_path if not row.frame_id else f"{row.slot}: {row.remote_path}"
    link = Html(f'<p class="dim"><a href="{joined([shown.url(row.checksum)])}">{row.size} bytes</a></p>')
    try:
        labels = decode_labels(msgspec.json.decode(row.text)) if row.text is not None else []
        drawings = [*_picture(shown, row, labels), *_from_above(shown, row, labels)]
    except (RecordError, LadingError) as exc:
        return joined([heading(title), link, Html(f'<p class="error">{joined([str(exc)])}</p>')])
    return joined([heading(title), *drawings, link, _words(labels)])


def _picture(shown: Shown, row: Row[Any], labels: Sequence[Label]) -> Iterable[Html]:
    size = picture_size(shown.read(row.checksum, HEAD_BYTES))
    flat = [label for label in labels if not isinstance(label, (Box3D, Classification, Sentence))]
    if size is not None or flat:
        masks = [shown.url(mask.checksum) for mask in labels if isinstance(mask, MASK_TYPES) and mask.checksum]
        yield draw(size, None if size is None else shown.url(row.checksum), masks, labels)


def _from_above(shown: Shown, row: Row[Any], labels: Sequence[Label]) -> Iterable[Html]:
    stride = cloud_stride(row.remote_path, shown.point_fields)
    boxes = [label for label in labels if isinstance(label, Box3D)]
    if stride is None and not boxes:
        return
    points = [] if stride is None else cloud_points(shown.read(row.checksum, CLOUD_BYTES), stride)
    is_camera = "CAMERA" in str(shown.sensors.get(row.slot, {}).get("type", ""))
    yield draw_above(boxes, points, is_camera=is_camera)


def _words(labels: Sequence[Label]) -> Html:
    counts = Counter(label.kind for label in labels)
    lines = (
        (label.kind, label.category or "", label.instance or "", _attributes(label)) for label in labels[:_MOST_LINES]
    )
    total = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "no labels"
    return joined(
        [Html(f"<p>{total}</p>"), table(("type", "category", "instance", "attributes"), lines) if labels else ""]
    )


def _attributes(label: Label) -> str:
    if isinstance(label, Sentence):
        return " ".join(word.text for word in label.sentence or ())
    return ", ".join(
        f"{name} = {msgspec.json.encode(value).decode()}" for name, value in (label.attributes or {}).items()
    )
