"""Where labels stand: the table of a Data that turns a label's number into file, pointer and line."""

from __future__ import annotations

import re
from typing import NamedTuple

from lading import File, Origin
from lading.errors import SourceError
from lading_voc.document import Document, Element, parse_document

#: What of a label is meant -> the element that says it; that of the geometry is named with each label.
_ELEMENTS = {"category": "name"}
_STEP = re.compile(r"(.+?)(?:\[([0-9]+)\])?")


class Place(NamedTuple):
    """The object or part of a label, as a pointer, and the name of the element in it that has the geometry."""

    pointer: str
    geometry: str


class Places:
    """The table `origins` of one annotation file: pointers; lines are looked up in the file when one is asked for."""

    def __init__(self, file: File, places: list[Place]) -> None:
        self._file = file
        self._path = file.path
        self._places = places
        self._document: Document | None = None

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The element that says what is meant of a label, else the label's own."""
        pointer, geometry = self._places[index]
        element = self._element(pointer)
        if element is None:
            return Origin(self._path, pointer)
        name = geometry if subject == "geometry" else _name_of(subject)
        child = None if name is None else element.find(name)
        if child is None:
            return Origin(self._path, pointer, self._line(element))
        return Origin(self._path, f"{pointer}/{name}", self._line(child))

    def _element(self, pointer: str) -> Element | None:
        if self._document is None:
            try:
                self._document = parse_document(self._file.read())
            except SourceError:
                return None
        node = self._document.root
        for step in pointer.split("/")[2:]:
            match = _STEP.fullmatch(step)
            if node is None or match is None:
                return None
            alike = node.findall(match[1])
            number = int(match[2] or 1)
            node = alike[number - 1] if number <= len(alike) else None
        return node

    def _line(self, element: Element) -> int | None:
        return None if self._document is None else self._document.line(element)


def _name_of(subject: str | None) -> str | None:
    """The element of what is meant; an attribute of no element of its own stands for the object."""
    if subject is None:
        return None
    _, is_attribute, name = subject.partition("attributes/")
    return name if is_attribute and name.isidentifier() else _ELEMENTS.get(subject)


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
