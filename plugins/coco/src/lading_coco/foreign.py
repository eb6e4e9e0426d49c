"""Other formats to COCO: a file of objects a segment, one of captions, one of classes; the rest is a loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lading import (
    Box2D,
    Catalog,
    Classification,
    Data,
    Dataset,
    Frame,
    Keypoints2D,
    Label,
    MultiPolygon2D,
    Polygon2D,
    Report,
    Rle,
    Segment,
    Sentence,
    Target,
)
from lading.errors import SourceError
from lading.media import probe
from lading.model.label import Points
from lading.model.naming import RemotePaths, wire_path
from lading.plugin.losses import PictureLosses, is_picture
from lading_coco.records import annotation
from lading_coco.spool import OutFile, encode

_SHAPES = (Box2D, Polygon2D, MultiPolygon2D, Rle, Keypoints2D)
_KEYS = ("info", "images", "annotations", "categories")


class Foreign:
    """Writes frames of any dataset: pictures with boxes, polygons, run lengths, keypoints, captions and classes."""

    def __init__(self, dataset: Dataset, target: Target, report: Report) -> None:
        self.labels = 0
        self._dataset = dataset
        self._target = target
        self._losses = PictureLosses(report)
        self._categories = _Categories(dataset.catalog)
        self._outputs: dict[str, _Output] = {}
        self._images = self._annotations = 0
        self._losses.of_dataset(dataset)

    def add(self, segment: Segment, frame: Frame) -> None:
        """Write the pictures of one frame."""
        output = self._outputs.get(segment.name)
        if output is None:
            output = self._outputs[segment.name] = _Output(segment.name)
            self._losses.of_segment(segment)
        self._losses.of_frame(frame)
        for data in frame.data:
            if is_picture(data):
                self._picture(output, data)
            else:
                self._losses.of_other_file(data)

    def finish(self) -> None:
        """Write the files; a segment without frames has one too."""
        for segment in self._dataset.segments:
            output = self._outputs.setdefault(segment.name, _Output(segment.name))
            for file in (output.objects, output.classes):
                file.envelope["categories"] = self._categories.rows()
            for file in (output.objects, output.captions, output.classes):
                if file is output.objects or file.spools:
                    file.spools.update(output.shared.spools)
                    file.write(self._target)

    def _picture(self, output: _Output, data: Data) -> None:
        self._images += 1
        name = output.paths.assign(data.remote_path, data.path)
        record = {"id": self._images, "file_name": name, "width": data.width, "height": data.height}
        if (data.width is None or data.height is None) and data.content is not None:
            record.update(_size(data))
        record = {key: value for key, value in record.items() if value is not None}
        output.shared.add("images", encode(record), self._images, self._target)
        self._target.add_media(data.content, f"images/{output.name}/{name}", data.origin)
        self._losses.of_data(data)
        for labels in _objects(data.labels):
            self._object(output, labels, data)

    def _object(self, output: _Output, labels: list[Label], data: Data) -> None:
        first = labels[0]
        if isinstance(first, Sentence):
            words = first.sentence or ()
            if len(words) != 1 or first.spell or first.phone or words[0].begin is not None:
                self._losses.whole_label(first, data)
                return
        elif not isinstance(first, _SHAPES) and (not isinstance(first, Classification) or first.category is None):
            self._losses.whole_label(first, data)
            return
        for label in labels:
            self._losses.of_label(label, data)
        self.labels += len(labels)
        self._annotations += 1
        own: dict[str, Any] = {"id": self._annotations}
        if first.instance is not None:
            own["instance_id"] = first.instance
        attributes = {name: value for label in reversed(labels) for name, value in label.attributes.items()}
        record = annotation(
            labels,
            own,
            image_id={"image_id": self._images},
            category_id=None if first.category is None else self._categories.id_of(first.category),
            nested=attributes.keys() - {"iscrowd", "score"},
            attributes=attributes,
        )
        if isinstance(first, Sentence):
            output.captions.add("annotations", encode(record), self._annotations, self._target)
            return
        if isinstance(first, Classification):
            output.classes.add("annotations", encode(record), self._annotations, self._target)
            return
        record.setdefault("iscrowd", 0)
        record["area"] = _area(labels)
        if "keypoints" in record:
            record["num_keypoints"] = sum(v > 0 for v in record["keypoints"][2::3] if isinstance(v, (int, float)))
        output.objects.add("annotations", encode(record), self._annotations, self._target)


class _Output:
    """The files of one segment; each lists all its pictures."""

    def __init__(self, segment: str) -> None:
        self.name = wire_path(segment).replace("/", "%2F")
        self.paths = RemotePaths()
        self.shared = OutFile("", (), {})
        info = {"description": segment}
        self.objects = OutFile(f"annotations/instances_{self.name}.json", _KEYS, {"info": info})
        self.captions = OutFile(f"annotations/captions_{self.name}.json", _KEYS[:-1], {"info": info})
        self.classes = OutFile(f"annotations/labels_{self.name}.json", _KEYS, {"info": info})


class _Categories:
    """Categories numbered from 1: those declared in their order, then others as they are met."""

    def __init__(self, catalog: Catalog) -> None:
        self._ids: dict[str, int] = {}
        self._keypoints: dict[str, dict[str, Any]] = {}
        delimiters: set[str] = set()
        for kind in ("BOX2D", "POLYGON2D", "MULTI_POLYGON", "RLE", "KEYPOINTS2D", "CLASSIFICATION"):
            part = catalog.get(kind)
            if part is None:
                continue
            for category in part.categories:
                self.id_of(category.name)
            delimiters.update(text for text in (part.category_delimiter,) if text)
            for rule in part.keypoints or ():
                form: dict[str, Any] = {"keypoints": rule.names or [str(n) for n in range(1, rule.number + 1)]}
                if rule.skeleton is not None:
                    form["skeleton"] = [[first + 1, second + 1] for first, second in rule.skeleton]
                for name in rule.parent_categories or [category.name for category in part.categories]:
                    self._keypoints[name] = form
        self._delimiter = delimiters.pop() if len(delimiters) == 1 else None

    def id_of(self, name: str) -> int:
        """The id of a category."""
        return self._ids.setdefault(name, len(self._ids) + 1)

    def rows(self) -> list[dict[str, Any]]:
        """The records. Names are split at the delimiter if reading joins them again: where none has three levels."""
        mark = self._delimiter
        is_split = mark is not None and all(_has_two_levels(name, mark) for name in self._ids)
        rows = []
        for name, number in self._ids.items():
            parent, _, own = name.rpartition(mark) if is_split and mark is not None else ("", "", name)
            rows.append({"id": number, "name": own, "supercategory": parent or "none", **self._keypoints.get(name, {})})
        return rows


def _has_two_levels(name: str, delimiter: str) -> bool:
    parts = name.split(delimiter)
    return len(parts) == 1 or (len(parts) == 2 and all(parts) and parts[0] != parts[1])


def _objects(labels: Iterable[Label]) -> list[list[Label]]:
    """Labels of one object together: of one instance and category, each part of a record once."""
    objects: list[list[Label]] = []
    open_ones: dict[tuple[str, str | None], list[Label]] = {}
    for label in labels:
        key = None if label.instance is None or not isinstance(label, _SHAPES) else (label.instance, label.category)
        known = None if key is None else open_ones.get(key)
        if known is not None and _slot(label) not in map(_slot, known):
            known.append(label)
            continue
        objects.append([label])
        if key is not None:
            open_ones[key] = objects[-1]
    return objects


def _slot(label: Label) -> str:
    return label.kind if isinstance(label, (Box2D, Keypoints2D)) else "mask"


def _area(labels: Iterable[Label]) -> float:
    """Of the mask where there is one, else of the box; COCO's tools want it."""
    area = 0.0
    for label in labels:
        if isinstance(label, Rle):
            return int(label.counts[1::2].sum())
        if isinstance(label, Polygon2D):
            return _ring_area(label.points)
        if isinstance(label, MultiPolygon2D):
            return sum(map(_ring_area, label.rings))
        if isinstance(label, Box2D):
            area = (label.xmax - label.xmin) * (label.ymax - label.ymin)
    return area


def _ring_area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _size(data: Data) -> dict[str, int]:
    """Width and height as the picture has them; nothing where it does not open, which is told elsewhere."""
    if data.content is None:
        return {}
    try:
        found = probe(data.content)
    except SourceError:
        return {}
    return {} if found.width is None or found.height is None else {"width": found.width, "height": found.height}
