"""Where labels stand: the table of a Data that turns a label's number into file, pointer and line."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from lading import File, Origin
from lading.errors import SourceError
from lading_voc.document import Document, Element, parse_document, text_of

#: What of a label is meant -> the element that says it; that of the geometry is named with each label.
_ELEMENTS = {"category": "name"}
_STEP = re.compile(r"(.+?)(?:\[([0-9]+)\])?")


class Place(NamedTuple):
    """The object or part of a label, as a pointer, and the step from there to the element that has the geometry."""

    pointer: str
    geometry: str


class Places:
    """The table `origins` of one annotation file: pointers; lines are looked up in the file when one is asked for."""

    def __init__(self, file: File, places: list[Place]) -> None:
        self._file = file
        self._path = file.path
        self._places = places
        self._document: Document | None = None
        self._alike: dict[tuple[int, str], list[Element]] = {}  # children of one name, by the id of their element

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The element that says what is meant of a label, else the label's own."""
        pointer, geometry = self._places[index]
        element = self._element(pointer)
        if element is None:
            return Origin(self._path, pointer)
        below, child = self._within(element, geometry, subject)
        return Origin(self._path, pointer + below, self._line(child))

    def _element(self, pointer: str) -> Element | None:
        if self._document is None:
            try:
                self._document = parse_document(self._file.read())
            except SourceError:
                return None
        node = self._document.root
        for step in pointer.split("/")[2:]:
            node = None if node is None else self._child(node, step)
        return node

    def _child(self, parent: Element, step: str) -> Element | None:
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        key = (id(parent), match[1])
        if key not in self._alike:
            self._alike[key] = parent.findall(match[1])
        alike, number = self._alike[key], int(match[2] or 1)
        return alike[number - 1] if number <= len(alike) else None

    def _within(self, element: Element, geometry: str, subject: str | None) -> tuple[str, Element]:
        """The element within an object that says what is meant, and the way to it; the object where none does."""
        _, is_attribute, attribute = (subject or "").partition("attributes/")
        if is_attribute:
            return _attribute(element, attribute) or ("", element)
        name = geometry if subject == "geometry" else _ELEMENTS.get(subject or "")
        child = None if name is None else self._child(element, name)
        return ("", element) if child is None else (f"/{name}", child)

    def _line(self, element: Element) -> int | None:
        return None if self._document is None else self._document.line(element)


class Steps:
    """Steps of pointers in one document; the children of an element are numbered once, however many are asked for."""

    def __init__(self) -> None:
        self._numbers: dict[int, dict[int, int]] = {}  # by the id of an element, which its document keeps

    def step(self, parent: Element, child: Element) -> str:
        """From an element to one in it: the name of that, with its number where it is not the first of it."""
        numbers = self._numbers.get(id(parent))
        if numbers is None:
            counts: Counter[str] = Counter()
            numbers = self._numbers[id(parent)] = {}
            for one in parent:
                counts[one.tag] += 1
                numbers[id(one)] = counts[one.tag]
        number = numbers.get(id(child), 1)
        return child.tag if number == 1 else f"{child.tag}[{number}]"


def line_of(file: File, tag: str) -> int | None:
    """The line of the first element of this name below the root of an annotation file."""
    try:
        document = parse_document(file.read())
    except SourceError:
        return None
    element = None if document.root is None else document.root.find(tag)
    return None if element is None else document.line(element)


def _attribute(element: Element, attribute: str) -> tuple[str, Element] | None:
    """The element of an attribute: one of CVAT's `attributes`, its own, or that of an action."""
    listed = element.find("attributes")
    for number, child in enumerate(() if listed is None else listed.findall("attribute"), 1):
        if text_of(child, "name") == attribute:
            return f"/attributes/attribute[{number}]", child
    for way in (attribute, f"actions/{attribute}") if attribute.isidentifier() else ():
        found = element.find(way)
        if found is not None:
            return f"/{way}", found
    return None


class MaskPlaces:
    """The table of a Data with masks: those have negative numbers and stand for whole files, the rest is another's."""

    def __init__(self, masks: list[str], rest: Places | None) -> None:
        self._masks = masks
        self._rest = rest

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The mask's file, whole, or what the other table says."""
        if index < 0 or self._rest is None:
            return Origin(self._masks[-index - 1], "")
        return self._rest.locate(index, kind, subject)
