"""Other formats to VOC: an annotation a picture, an image set a segment; the rest is a loss."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import IO, Any

from lading import Box2D, Data, Dataset, Frame, Keypoints2D, Label, Polygon2D, Report, Segment, Target
from lading.errors import SourceError
from lading.media import probe
from lading.model.naming import RemotePaths, short_hash, wire_path
from lading.plugin.losses import PictureLosses, is_picture
from lading_voc.dialect import WRITTEN
from lading_voc.markup import Node, document, leaf, node, without_forbidden
from lading_voc.shapes import VERBATIM, VOC
from lading_voc.shaping import attributes, shape

_BLANKS = re.compile(r"^\s|\s$")


class Foreign:
    """Writes frames of any dataset: pictures with boxes, polygons and single points."""

    def __init__(self, dataset: Dataset, target: Target, report: Report, pixels: str) -> None:
        self.labels = 0
        self._target = target
        self._report = report
        self._losses = PictureLosses(report)
        self._pixels = VOC if pixels == VOC.name else VERBATIM
        self._database = next(text for text, rule in WRITTEN.items() if rule is self._pixels)
        self._paths = RemotePaths()
        self._ids: set[int] = set()
        self._sets: dict[str, IO[bytes]] = {segment.name: target.scratch() for segment in dataset.segments}
        self._losses.of_dataset(dataset)
        for segment in dataset.segments:
            self._losses.of_segment(segment)

    def add(self, segment: Segment, frame: Frame) -> None:
        """Write the pictures of one frame."""
        self._losses.of_frame(frame)
        for data in frame.data:
            if is_picture(data):
                self._picture(segment, data)
            else:
                self._losses.of_other_file(data)

    def finish(self) -> None:
        """Write the image sets."""
        for name, lines in self._sets.items():
            stem = self._as_text(wire_path(name), "segments", name).replace("/", "%2F")
            lines.seek(0)
            with self._target.create(f"ImageSets/Main/{stem}.txt") as file:
                while chunk := lines.read(1 << 20):
                    file.write(chunk)

    def _picture(self, segment: Segment, data: Data) -> None:
        name = self._as_text(self._paths.assign(data.remote_path, data.path), "files", data.path)
        stem, ending = posixpath.splitext(name)
        own = self._id(_BLANKS.sub("%20", stem), ending)  # blanks at the ends of its lines an image set does not keep
        self._losses.of_data(data)
        self._target.add_media(data.content, f"JPEGImages/{own}{ending}", data.origin)
        objects = [element for group in _grouped(data.labels) for element in self._object(group, data)]
        children = [
            leaf("folder", "JPEGImages"),
            leaf("filename", posixpath.basename(f"{own}{ending}")),
            node("source", [leaf("database", self._database)]),
        ]
        size = _size(data)
        if size:
            children.append(node("size", [leaf(key, str(value)) for key, value in size.items()]))
        with self._target.create(f"Annotations/{own}.xml") as file:
            file.write(document(node("annotation", [*children, *objects])).encode())
        self._sets[segment.name].write(f"{own}\n".encode())

    def _id(self, stem: str, ending: str) -> str:
        """An id that no other picture has: a.png and a.jpg are two."""
        names = chain([stem, f"{stem}{ending.replace('.', '-')}"], (f"{stem}-{n}" for n in count(2)))
        own = next(name for name in names if short_hash(name) not in self._ids)
        self._ids.add(short_hash(own))
        return own

    def _as_text(self, name: str, of: str, where: str) -> str:
        """A name as XML and image sets can hold it: half a surrogate pair, which JSON may have, is replaced."""
        text = without_forbidden(name)
        if text != name:
            self._report.loss(f"characters that XML has not in names of {of}", where)
        return text

    def _object(self, labels: Sequence[Label], data: Data) -> list[Node]:
        shapes: list[Node] = []
        written: list[Label] = []
        for label in labels:
            element = shape(label, self._pixels, {}) if isinstance(label, (Box2D, Polygon2D, Keypoints2D)) else None
            if element is None:
                self._losses.whole_label(label, data)
            else:
                shapes.append(element)
                written.append(label)
                self._losses.of_label(label, data)
        if not written:
            return []
        self.labels += len(written)
        first = written[0]
        where = str(data.locate(first))
        if first.instance is not None:
            self._report.loss("names of instances", where)
        category = first.category
        if category is not None and category != without_forbidden(category).strip():
            self._report.loss("blanks and control characters in names of categories", where)
        given: dict[str, Any] = {name: value for label in reversed(written) for name, value in label.attributes.items()}
        found, lost = attributes(given, is_ours=False)
        for name in lost:
            self._report.loss(f"attributes whose value has no text that reads the same: {name}", where)
        return [node("object", [*([] if category is None else [leaf("name", category)]), *found, *shapes])]


def _grouped(labels: Sequence[Label]) -> list[list[Label]]:
    """Labels of one instance, category and attributes together."""
    groups: dict[Any, list[Label]] = {}
    for number, label in enumerate(labels):
        key: Any = number if label.instance is None else (label.instance, label.category)
        known = groups.get(key)
        if known is not None and (known[0].attributes != label.attributes or label.kind in {k.kind for k in known}):
            key = number
        groups.setdefault(key, []).append(label)
    return list(groups.values())


def _size(data: Data) -> Mapping[str, int]:
    """Width and height as declared, else as the picture has them; nothing where it does not open."""
    width, height = data.width, data.height
    if (width is None or height is None) and data.content is not None:
        try:
            found = probe(data.content)
        except SourceError:
            found = None
        if found is not None and found.width is not None and found.height is not None:
            width, height = found.width, found.height
    return {} if width is None or height is None else {"width": width, "height": height}
