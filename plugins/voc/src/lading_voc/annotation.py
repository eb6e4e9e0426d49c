"""One annotation file as labels, with what has no place among them in extras, and what is wrong in findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lading import Box2D, Label, Origin, Report
from lading_voc.document import Document, Element, Trouble, objects_of, parse_document, root_name, text_of
from lading_voc.leftovers import add_to, keep_rest, rest_of, stray_text
from lading_voc.namespaces import Namespace
from lading_voc.objects import ObjectReader
from lading_voc.oddities import ONCE_A_FILE, At, holds_boxes, tell_other_capitals, tell_other_objects, tell_repeated
from lading_voc.places import Place, Steps
from lading_voc.relative import Seen, box_of
from lading_voc.shapes import Pixels
from lading_voc.sized import Size, is_sized, size_of
from lading_voc.values import pixels as whole_pixels

#: What the root of other formats says they are.
_OTHERS = {"annotations": "`annotations`, one XML for many pictures as CVAT for images writes it"}


class Annotation(msgspec.Struct, kw_only=True):
    """What one file says. `is_read` is False where nothing of it could be read.

    `object_count` is None where the file ends too early to tell. `is_whole` is False where an object is told to be
    without a name or a place, or to be cut off: what is missing then says nothing. `zero_based` are the labels, by
    their number, that have a 0 among minima that count from 1, each with its place, and `relative`
    those that are within 0 and 1 where pixels count from 1. `further_boxes` are labels of boxes of objects that have
    one already, by their number; `broken_names` are names over several lines, with their places.
    """

    is_read: bool = False
    is_whole: bool = True
    object_count: int | None = 0
    labels: list[Label] = []
    places: list[Place] = []
    extras: dict[str, Any] = {}
    width: int | None = None
    height: int | None = None
    size_line: int | None = None
    filename: str | None = None
    database: str | None = None
    zero_based: dict[int, Origin] = {}
    relative: dict[int, Origin] = {}
    further_boxes: list[int] = []
    broken_names: list[tuple[str, Origin]] = []


def read_annotation(
    data: bytes, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool = False
) -> Annotation:
    """Read one file; `key` names its frame. What is wrong goes to `report`, the rest is read.

    With `is_tied` every object has an instance, because a mask beside it numbers them.
    """
    return read_document(parse_document(data), path, key, pixels, report, is_tied=is_tied)


def read_document(
    document: Document, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool = False
) -> Annotation:
    """As `read_annotation`, of a file that is parsed."""
    if document.trouble is not None:
        _tell(document.trouble, path, report)
    root = document.root
    if root is None or root.tag != "annotation":
        if root is not None and document.trouble is None:
            found = _OTHERS.get(root.tag, repr(root.tag))
            message = f"expected a root `annotation`, found {found}"
            report.error("voc.not-annotation", message, Origin(path, f"/{root.tag}", document.line(root)))
        return Annotation()
    result = Annotation(is_read=True)
    if document.namespace is not None:
        _tell_namespace(document.namespace, Origin(path, "/annotation", document.line(root)), report)
    result.extras = _header(document, root, path, result, report)
    reader = ObjectReader(document, path, key, pixels, report, is_tied=is_tied)
    count = 0
    for count, (element, pointer, number) in enumerate(objects_of(root), 1):  # noqa: B007
        reader.read(element, pointer, number)
    is_cut = document.trouble is not None and not document.trouble.is_read
    result.object_count = None if is_cut else count
    result.is_whole = reader.is_whole and not is_cut
    result.labels, result.places = reader.labels, reader.places
    result.zero_based, result.relative, result.further_boxes = reader.zero_based, reader.relative, reader.further_boxes
    result.broken_names = reader.broken_names
    return result


def told_of(found: Annotation, *, is_relative: bool) -> list[tuple[str, int]]:
    """What rules need not tell again: further boxes of an object, boxes within 0 and 1, others outside by a 0 alone.

    Of boxes that are parts of their picture, and told to be (`is_relative`), that they are outside as pixels.
    """
    further = set(found.further_boxes)
    told = [("label.instance-twice", number) for number in found.further_boxes]
    told += [("label.duplicate", number) for number in _again(found) if number in further]
    told += [(rule, number) for number in found.relative for rule in ("box2d.relative", "box2d.outside-image")]
    if is_relative:
        told += [("box2d.relative", number) for number in range(len(found.labels))]
    if found.width is None or found.height is None:
        return told
    boxes = [
        (number, found.labels[number]) for number in (range(len(found.labels)) if is_relative else found.zero_based)
    ]
    return told + [
        ("box2d.outside-image", number)
        for number, box in boxes
        if isinstance(box, Box2D) and (min(box.xmin, box.ymin) == -1 or (is_relative and _is_part(box)))
        if box.xmax <= found.width and box.ymax <= found.height
    ]


def sized_boxes(found: Annotation, edge: int) -> Iterator[int]:
    """The numbers of boxes that are within their picture by a width and a height; `edge` was taken from minima."""
    if found.width is not None and found.height is not None:
        size = (found.width, found.height)
        for number, box in enumerate(found.labels):
            if isinstance(box, Box2D) and is_sized(box, edge, size):
                yield number


def _is_part(box: Box2D) -> bool:
    """Whether a box from which a pixel may have been taken is within 0 and 1."""
    return min(box.xmin, box.ymin) >= -1 and max(box.coordinates()) <= 1


def _again(found: Annotation) -> Iterator[int]:
    """The numbers of boxes that an earlier label of their object has."""
    seen: set[object] = set()
    for number, box in enumerate(found.labels if found.further_boxes else ()):
        if isinstance(box, Box2D):
            known = (box.instance, *box.coordinates())
            if known in seen:
                yield number
            seen.add(known)


def _in_root(document: Document, path: str, root: Element) -> At:
    steps = Steps()
    return lambda child: Origin(path, f"/annotation/{steps.step(root, child)}", document.line(child))


def _tell(trouble: Trouble, path: str, report: Report) -> None:
    message = f"expected {trouble.expected}, found {trouble.found}"
    if trouble.is_read:
        report.warning("voc.encoding", message, Origin(path, line=trouble.line))
    else:
        report.error("voc.unreadable", message, Origin(path, line=trouble.line))


def _tell_namespace(namespace: Namespace, at: Origin, report: Report) -> None:
    message = f"expected elements in no XML namespace, found them in {namespace.name!r}; read as VOC's"
    report.warning("voc.namespace", message, at)
    if namespace.strangers:
        report.loss("that an element has not the namespace of its file", str(at), namespace.strangers)


def _header(document: Document, root: Element, path: str, result: Annotation, report: Report) -> dict[str, Any]:
    """Everything beside the objects: size and file name into `result`, all that has no place of its own returned."""
    extras: dict[str, Any] = {f"@{name}": value for name, value in root.items()}
    is_sized = is_odd = False
    for child in root:
        name = child.tag
        if name == "object":
            continue
        if name == "size" and not is_sized:
            is_sized = True
            _read_size(document, child, path, result, extras, report)
        elif name == "objects":
            for part in child:
                if part.tag != "object":
                    is_odd = True
                    add_to(extras, part)
            keep_rest(child, extras, whole={id(part) for part in child})
        elif not len(child) and name not in extras and not child.keys():
            extras[name] = (child.text or "").strip()
        else:
            if name == "source" and name not in extras:
                result.database = text_of(child, "database")
            is_odd = is_odd or name in extras or name == "size" or not name.islower() or holds_boxes(child)
            if name == "size":
                extras.setdefault(name, {})  # what the first one holds beside width and height
            add_to(extras, child)
    if is_odd:
        at = _in_root(document, path, root)
        tell_repeated(root, ONCE_A_FILE, at, report)
        tell_other_capitals(root, at, report)
        tell_other_objects(root, at, report)
    stray = stray_text(root)
    if stray:
        extras["#text"] = stray
    if document.namespace is not None:
        extras.update(document.namespace.note())
    result.filename = _filename(extras)
    return extras


def _filename(extras: Mapping[str, Any]) -> str | None:
    filename = extras.get("filename")
    if isinstance(filename, list):  # the first of several
        filename = filename[0]
    return filename if isinstance(filename, str) else None


def _read_size(
    document: Document, size: Element, path: str, result: Annotation, extras: dict[str, Any], report: Report
) -> None:
    """Width and height where they are pixels; labelImg writes 0 for pictures that it could not open (5.8)."""
    read: set[int] = set()
    for child in size:
        name = child.tag
        value = whole_pixels(child.text) if name in ("width", "height") else None
        if value is not None and getattr(result, name) is None:
            setattr(result, name, value)
            read.add(id(child))
    result.size_line = document.line(size)
    rest = rest_of(size, read)
    for name in ("width", "height"):
        if name in rest and getattr(result, name) is None:
            element = size.find(name)
            line = None if element is None else document.line(element)
            message = f"expected a {name} in pixels, found {rest[name]!r}; the picture itself tells it"
            report.warning("voc.size", message, Origin(path, f"/annotation/size/{name}", line))
    absent = [name for name in ("width", "height") if getattr(result, name) is None and name not in rest]
    if absent:
        message = f"expected {' and '.join(absent)} in pixels, found none; the picture itself tells it"
        report.warning("voc.size", message, Origin(path, "/annotation/size", result.size_line))
    if rest or not len(size):
        extras["size"] = rest


class Peek(msgspec.Struct, frozen=True):
    """What a first look at a file tells of who wrote it."""

    database: str | None
    names: frozenset[str]
    tags: frozenset[str]
    filename: str | None
    boxes: tuple[Seen, ...] = ()
    size: Size | None = None


def peek(data: bytes) -> Peek | None:
    """A first look at a file that may be no annotation, or broken; nothing is reported."""
    if root_name(data) != "annotation":
        return None
    document = parse_document(data)
    root = document.root
    if root is None:
        return None
    source = root.find("source")
    objects = [element for element, _, _ in objects_of(root)]
    boxes = (box_of(document, element, pointer) for element, pointer, _ in objects_of(root))
    return Peek(
        database=None if source is None else text_of(source, "database"),
        names=frozenset(name for element in objects if (name := text_of(element, "name"))),
        tags=frozenset(child.tag for element in (root, *objects) for child in element),
        filename=text_of(root, "filename"),
        boxes=tuple(box for box in boxes if box is not None),
        size=size_of(root),
    )
