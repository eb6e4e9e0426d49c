"""VOC back to VOC: each annotation under its path, image sets, masks and pictures where they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading import Data, Dataset, Frame, InstanceMask, Label, Report, Segment, SemanticMask, Target
from lading.model.content import Content
from lading_voc.contents import read_content
from lading_voc.image_sets import entries_of
from lading_voc.layout import folder_of
from lading_voc.markup import Node, document, joined, leaf, nodes_of
from lading_voc.namespaces import leave
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
            if data.origin is not None and data.origin.pointer is not None and data.annotation != "none":
                self._note(data.origin.file)
                root = folder_of(data.origin.file.rpartition("/")[0]).root
                pixels = VOC if self._pixels.get(root) == VOC.name else VERBATIM
                objects = _objects(marks, pixels, self._report, data)
                text = document(leave(("annotation", *_annotation(data, objects)), data.extras))
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
    sizes = _sizes(data, extras.get("size"))
    place = next((at for at, name in enumerate(extras) if name in ("size", "segmented")), len(extras))
    root: dict[str, str] = {}
    children: list[Node] = []
    for number, (name, value) in enumerate(extras.items()):
        children += sizes if number == place else []
        if name != "size":
            attributes, children = joined(children, {name: value})
            root.update(attributes)
    return root, [*children, *(sizes if place == len(extras) else []), *objects]


def _sizes(data: Data, kept: Any) -> list[Node]:
    """Width and height with what else the file said; a file may have more than one `size`."""
    rest, *others = kept if isinstance(kept, list) else [kept]  # None where nothing is left of it, or there is none
    numbers = [("width", data.width), ("height", data.height)]
    attributes, children = joined([leaf(key, str(n)) for key, n in numbers if n is not None], rest or {})
    own: list[Node] = [("size", attributes, children)] if attributes or children or rest is not None else []
    return [*own, *nodes_of("size", others)]


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
    for at, (name, _, inner) in enumerate(children):
        if name in ("actions", "attributes") and isinstance(inner, list) and isinstance(extras.get(name), dict):
            children[at] = (name, *joined(inner, extras.pop(name)))  # what could not be read of it goes to the rest
    return joined(children, {name: value for name, value in extras.items() if name != "bndbox"})[1]
