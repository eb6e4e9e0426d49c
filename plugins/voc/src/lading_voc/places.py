"""Where labels stand: the table of a Data that turns a label's number into file, pointer and line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lading import Origin

#: What of a label is meant -> the element of VOC's that says it; geometry is named with each label.
_ELEMENTS = {"category": "name"}


class Place(NamedTuple):
    """The element of a label: pointer, line, the child with its geometry, and its children's lines."""

    pointer: str
    line: int
    geometry: str
    lines: Mapping[str, int]


class Places:
    """The table `origins` of one annotation file."""

    def __init__(self, path: str, places: list[Place]) -> None:
        self._path = path
        self._places = places

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The element that says what is meant of a label, else the label's own."""
        place = self._places[index]
        if subject is None:
            return Origin(self._path, place.pointer, place.line)
        name = subject.partition("/")[2] if subject.startswith("attributes/") else _ELEMENTS.get(subject)
        name = place.geometry if subject == "geometry" else name
        if not name or name not in place.lines:
            return Origin(self._path, place.pointer, place.line)
        return Origin(self._path, f"{place.pointer}/{name}", place.lines[name])


class MaskPlaces:
    """The table of a Data that has masks: those come first and stand for whole files, the rest is another table's."""

    def __init__(self, masks: list[str], rest: Places | None) -> None:
        self._masks = masks
        self._rest = rest

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """The mask's file, whole, or what the other table says."""
        if index < 0:
            return Origin(self._masks[-index - 1], "")
        return Origin(self._masks[0], "") if self._rest is None else self._rest.locate(index, kind, subject)
