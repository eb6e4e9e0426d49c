"""One annotation file as labels, with what has no place among them in extras, and what is wrong in findings."""

from __future__ import annotations

from typing import Any

import msgspec

from lading import Label, Origin, Report
from lading_voc.document import Element, Trouble, add_to, objects_of, parse_document, root_name
from lading_voc.objects import ObjectReader
from lading_voc.places import Place
from lading_voc.shapes import Pixels
from lading_voc.values import pixels as whole_pixels

#: What the root of other formats says they are.
_OTHERS = {"annotations": "`annotations`, one XML for many pictures as CVAT for images writes it"}


class Annotation(msgspec.Struct, kw_only=True):
    """What one file says. `is_read` is False where nothing of it could be read."""

    is_read: bool = False
    line: int | None = None
    object_count: int = 0
    labels: list[Label] = []
    places: list[Place] = []
    extras: dict[str, Any] = {}
    width: int | None = None
    height: int | None = None
    filename: str | None = None
    filename_line: int | None = None
    database: str | None = None
    zero_based: Origin | None = None
    zero_based_count: int = 0


def read_annotation(
    data: bytes, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool = False
) -> Annotation:
    """Read one file; `key` names its frame. What is wrong goes to `report`, the rest is read.

    With `is_tied` every object has an instance, because a mask beside it numbers them.
    """
    document = parse_document(data)
    if document.trouble is not None:
        _tell(document.trouble, path, report)
    root = document.root
    if root is None or root.name != "annotation":
        if root is not None and document.trouble is None:
            found = _OTHERS.get(root.name, repr(root.name))
            message = f"expected a root `annotation`, found {found}"
            report.error("voc.not-annotation", message, Origin(path, f"/{root.name}", root.line))
        return Annotation()
    result = Annotation(is_read=True, line=root.line)
    result.extras = _header(root, path, result, report)
    reader = ObjectReader(path, key, pixels, report, is_tied=is_tied)
    for element, pointer, number in objects_of(root):
        reader.read(element, pointer, number)
        result.object_count += 1
    result.labels, result.places = reader.labels, reader.places
    result.zero_based, result.zero_based_count = reader.zero_based, reader.zero_based_count
    return result


def _tell(trouble: Trouble, path: str, report: Report) -> None:
    message = f"expected {trouble.expected}, found {trouble.found}"
    if trouble.is_read:
        report.warning("voc.encoding", message, Origin(path, line=trouble.line))
    else:
        report.error("voc.unreadable", message, Origin(path, line=trouble.line))


def _header(root: Element, path: str, result: Annotation, report: Report) -> dict[str, Any]:
    """Everything beside the objects: size and file name into `result`, all that has no place of its own returned."""
    extras: dict[str, Any] = {f"@{name}": value for name, value in root.attributes.items()}
    is_sized = False
    for child in root.children:
        name = child.name
        if name == "object":
            continue
        if name == "objects":
            for part in child.children:
                if part.name != "object":
                    add_to(extras, part)
            continue
        if name == "size" and not is_sized:
            is_sized = True
            _read_size(child, path, result, extras, report)
            continue
        if name == "filename" and result.filename is None:
            result.filename, result.filename_line = child.text.strip(), child.line
        elif name == "source":
            result.database = child.text_of("database")
        add_to(extras, child)
    return extras


def _read_size(size: Element, path: str, result: Annotation, extras: dict[str, Any], report: Report) -> None:
    """Width and height where they are pixels; labelImg writes 0 for pictures that it could not open (5.8)."""
    rest: dict[str, Any] = {}
    for child in size.children:
        value = whole_pixels(child.text) if child.name in ("width", "height") else None
        if value is None:
            add_to(rest, child)
        elif child.name == "width" and result.width is None:
            result.width = value
        elif child.name == "height" and result.height is None:
            result.height = value
        else:
            add_to(rest, child)
    for name in ("width", "height"):
        if name in rest and getattr(result, name) is None:
            message = f"expected a {name} in pixels, found {rest[name]!r}; the picture itself tells it"
            report.warning("voc.size", message, Origin(path, f"/annotation/size/{name}", size.line))
    if rest:
        extras["size"] = rest


class Peek(msgspec.Struct, frozen=True):
    """What a first look at a file tells of who wrote it."""

    database: str | None
    names: frozenset[str]
    part_names: frozenset[str]
    tags: frozenset[str]
    filename: str | None


def peek(data: bytes) -> Peek | None:
    """A first look at a file that may be no annotation, or broken; nothing is reported."""
    if root_name(data) != "annotation":
        return None
    root = parse_document(data).root
    if root is None:
        return None
    source = root.child("source")
    objects = [element for element, _, _ in objects_of(root)]
    parts = [child for element in objects for child in element.children if child.name == "part"]
    return Peek(
        database=None if source is None else source.text_of("database"),
        names=frozenset(name for element in objects if (name := element.text_of("name"))),
        part_names=frozenset(name for part in parts if (name := part.text_of("name"))),
        tags=frozenset(child.name for element in (root, *objects) for child in element.children),
        filename=root.text_of("filename"),
    )
