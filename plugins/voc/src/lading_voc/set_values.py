"""What lines of image sets hold behind an id, and what an annotation says of it: classes, objects, actions."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from lading import Label, counted
from lading_voc.annotation import Annotation
from lading_voc.image_sets import ImageSet

#: A line of a set without a column is null, with one a number, with more a list. Layout and Action list objects: a
#: list of those.
Value: TypeAlias = Any

_INTEGER = re.compile(r"-?[0-9]{1,9}")
#: There, only difficult ones, not there (source-formats.md 5.4).
SAID = (1, 0, -1)


class Difference(NamedTuple):
    """What a set says of a frame and its annotation does not: `value` is that of the line, `first` the words for it."""

    rule: str
    found: ImageSet
    expected: str
    first: str
    value: Value


class Said(NamedTuple):
    """What a set says of a class or an action, and what the annotation `has`, both as in `SAID`."""

    found: ImageSet
    name: str
    said: int
    has: int

    def difference(self, whose: str, value: Value) -> Difference:
        """As it is told; `value` is that of the line."""
        first = f"{self.said} of {whose}, where its annotation gives {self.has} for {self.name!r}"
        return Difference("voc.set-differs", self.found, "the values that the annotations give", first, value)


class OfObjects(NamedTuple):
    """A set of Layout or Action that lists a frame: the action, where it is one of one, and the values of its lines.

    `is_numbered` where some line of the set has a number: sets of Layout of VOC2007 list pictures alone.
    """

    found: ImageSet
    action: str
    values: Sequence[Value]
    is_numbered: bool = True


def value_of(columns: Sequence[str]) -> Value:
    """The texts behind an id."""
    values = [int(text) if _INTEGER.fullmatch(text) else text for text in columns]
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def problem(kind: str, value: Value, known: Container[str], *, is_by_class: bool) -> str | None:
    """What should stand behind an id where something else does; of columns of a plain set only other ids are wrong."""
    if kind == "Main" and is_by_class:
        return None if value in SAID else "-1, 0 or 1"
    if kind == "Action" and is_by_class:
        is_right = isinstance(value, list) and len(value) == 2 and _is_number(value[0]) and value[1] in SAID
        return None if is_right else "the number of an object, and -1, 0 or 1"
    if kind in ("Layout", "Action") and value is not None and not _is_number(value):
        return "the number of an object"
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    return "no other id" if not is_by_class and any(text in known for text in texts) else None


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and value > 0


def differing_objects(key: str, listed: Iterable[OfObjects], annotation: Annotation) -> Iterator[Difference]:
    """Lines of Layout and Action that do not fit the objects of an annotation, which is whole."""
    first: Mapping[str, Label] | None = None
    for found, action, values, is_numbered in listed:
        for value in values:
            number = (value[0] if isinstance(value, list) else None) if action else value
            is_bare = number is None and found.kind == "Layout" and is_numbered and _has_parts(annotation)
            if is_bare or (isinstance(number, int) and number > (annotation.object_count or 0)):
                objects = "parts" if is_bare else counted(annotation.object_count or 0, "object")
                words = f"{'none' if is_bare else number} behind {key!r}, whose annotation has {objects}"
                yield Difference("voc.set-object", found, "numbers of objects of the annotations", words, value)
            elif action and isinstance(value, list) and problem(found.kind, value, (), is_by_class=True) is None:
                first = _first_labels(annotation) if first is None else first
                does = first[str(number)].attributes.get(action) if str(number) in first else None
                if isinstance(does, bool) and value[1] == (-1 if does else 1):
                    said = Said(found, action, value[1], -value[1])
                    yield said.difference(f"object {number} of {key!r}", value)


def _has_parts(annotation: Annotation) -> bool:
    return any("parent" in label.attributes for label in annotation.labels)


def _first_labels(annotation: Annotation) -> dict[str, Label]:
    """The first label of each object, which has its attributes, by the number of the object."""
    labels: dict[str, Label] = {}
    for label, place in zip(annotation.labels, annotation.places, strict=True):
        number = _OBJECT.fullmatch(place.pointer)
        if number is not None:
            labels.setdefault(number[1], label)
    return labels


_OBJECT = re.compile(r"/annotation/(?:objects/)?object\[([0-9]+)\]")
