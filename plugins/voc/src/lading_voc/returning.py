"""VOC back to VOC: each annotation under its path, image sets, masks and pictures where they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading import Data, Dataset, Frame, InstanceMask, Label, Report, Segment, SemanticMask, Target
from lading.model.content import Content
from lading_voc.contents import read_content
from lading_voc.image_sets import entries_of
from lading_voc.layout import folder_of
from lading_voc.markup import Node, document, leaf, node, nodes_of
from lading_voc.shapes import TURNED, VERBATIM, VOC, Pixels
from lading_voc.shaping import attributes, is_turned, shape


class Returning:
    """Writes frames that our reader made."""

    def __init__(self, dataset: Dataset, target: Target, report: Report) -> None:
        self.labels = 0
        self._target = target
        self._report = report
        self._pixels: Mapping[str, str] = dataset.extras["pixels"]
        self._lists: Mapping[str, Content] = dataset.companions
        self._ids: dict[str, set[str]] = {}

    def add(self, segment: Segment, frame: Frame) -> None:
        """Write one frame's annotation and bring its files."""
        for data in frame.data:
            self._target.add_media(data.content, data.path, data.origin)
            marks = [label for label in data.labels if not isinstance(label, (SemanticMask, InstanceMask))]
            for label in data.labels:
                if isinstance(label, (SemanticMask, InstanceMask)) and label.path is not None:
                    self._note(label.path)
                    self._target.add_media(label.content, label.path, data.locate(label))
            self.labels += len(data.labels)
            self._note(data.path)
            if data.origin is not None and data.annotation != "none":
                self._note(data.origin.file)
                root = folder_of(data.origin.file.rpartition("/")[0]).root
                pixels = VOC if self._pixels.get(root) == VOC.name else VERBATIM
                objects = _objects(marks, pixels, self._report, data)
                text = document(("annotation", *_annotation(data, objects)))
                with self._target.create(data.origin.file) as file:
                    file.write(text.encode())

    def finish(self) -> None:
        """Write the image sets, with the lines of frames that were written, and the files of names."""
        for path, file in self._lists.items():
            root = folder_of(path.rpartition("/")[0]).root
            data = read_content(file, self._target.report)
            if data is None:
                continue
            if folder_of(path.rpartition("/")[0]).role == "sets":
                data = _kept(data, self._ids.get(root, set()))
            with self._target.create(path) as out:
                out.write(data)

    def _note(self, path: str) -> None:
        """Keep the id of a file that was written: image sets list those."""
        directory, _, name = path.rpartition("/")
        folder = folder_of(directory)
        self._ids.setdefault(folder.root, set()).add(folder.below + name.rpartition(".")[0])


def _kept(data: bytes, ids: set[str]) -> bytes:
    """The lines of an image set whose ids are among these, as they are; a set that keeps all of them is the same."""
    lines = data.splitlines(keepends=True)
    listed = {entry.line: entry.id in ids for entry in entries_of(data, ids)}
    return b"".join(line for number, line in enumerate(lines, 1) if listed.get(number, True))


def _annotation(data: Data, objects: Iterable[Node]) -> tuple[dict[str, str], list[Node]]:
    """Attributes and elements of the root; the size where it stood, else before what follows it in VOC."""
    extras = dict(data.extras)
    root = {key[1:]: text for key, text in extras.items() if key.startswith("@")}
    size = [
        leaf(key, str(value)) for key, value in (("width", data.width), ("height", data.height)) if value is not None
    ]
    rest = extras.get("size", {})
    if isinstance(rest, dict):
        size += [child for key, value in rest.items() for child in nodes_of(key, value)]
    children: list[Node] = []
    for key, value in extras.items():
        if key.startswith("@"):
            continue
        if size and key in ("size", "segmented"):
            children.append(node("size", size))
            size = []
        if key != "size":
            children += nodes_of(key, value)
    if size:
        children.append(node("size", size))
    return root, [*children, *objects]


def _objects(labels: Sequence[Label], pixels: Pixels, report: Report, data: Data) -> list[Node]:
    """Objects in their order, labels of one instance together, parts within their objects."""
    groups: dict[Any, list[Label]] = {}
    for number, label in enumerate(labels):
        groups.setdefault(number if label.instance is None else label.instance, []).append(label)
    known: dict[Any, list[Node]] = {}
    objects: list[Node] = []
    for key, group in groups.items():
        first = group[0]
        parent = known.get(first.attributes.get("parent"))
        known[key] = _object(group, pixels, report, data, is_part=parent is not None)
        text = {name[1:]: value for name, value in first.extras.items() if name.startswith("@")}
        if parent is None:
            objects.append(("object", text, known[key]))
        else:
            parent.append(("part", text, known[key]))
    return objects


def _object(group: Sequence[Label], pixels: Pixels, report: Report, data: Data, *, is_part: bool) -> list[Node]:
    first = group[0]
    extras = dict(first.extras)
    own = {name: value for name, value in first.attributes.items() if not (is_part and name == "parent")}
    if is_turned(first):
        own = {name: value for name, value in own.items() if name not in TURNED}
    children = [] if first.category is None else [leaf("name", first.category)]
    found, lost = attributes(own, is_ours=True)
    for name in lost:
        report.loss(f"attributes that XML cannot hold: {name}", str(data.locate(first)))
    children += found
    for label in group:
        element = shape(label, pixels, label.extras)
        if element is None:
            report.loss(f"labels of type {label.kind}", str(data.locate(label)))
        else:
            children.append(element)
    for name, value in extras.items():
        if name == "#text":
            children.insert(0, ("", {}, value))
        elif not name.startswith("@") and name != "bndbox":
            _merge(children, name, value)
    return children


def _merge(children: list[Node], name: str, value: Any) -> None:
    """Add what extras hold; what of `actions` and `attributes` could not be read goes to the rest of it."""
    known = next((child for child in children if child[0] == name and name in ("actions", "attributes")), None)
    if known is not None and isinstance(known[2], list) and isinstance(value, dict):
        known[2].extend(part for key, one in value.items() for part in nodes_of(key, one))
        return
    children += nodes_of(name, value)
