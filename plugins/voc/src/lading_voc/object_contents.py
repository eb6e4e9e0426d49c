"""What an object or a part of an annotation holds, child by child: its name, shapes, parts, attributes and the rest."""

from __future__ import annotations

from typing import Any

import msgspec

from lading_voc.document import Element, text_of
from lading_voc.leftovers import add_to, keep_rest, rest_of, stray_text
from lading_voc.names import ACTIONS
from lading_voc.values import flag, value

#: Elements of an object that are true or false.
FLAGS = frozenset({"truncated", "occluded", "difficult"})
#: Elements that say where an object is.
SHAPES = frozenset({"bndbox", "polygon", "point", "robndbox"})


class Contents(msgspec.Struct, gc=False):
    """An object or a part as it is read. The first of its labels takes `attributes` and `extras`."""

    element: Element
    pointer: str
    attributes: dict[str, Any]
    extras: dict[str, Any]
    shapes: list[Element]
    category: str | None = None
    parts: list[Element] | tuple[()] = ()
    repeated: list[tuple[Element, Element]] | tuple[()] = ()  # an attribute that has a value already, in its element
    odd: list[tuple[Element, Element]] | tuple[()] = ()  # an `attribute` that is none, in its element
    instance: str | None = None
    labels: int = 0
    boxes: int = 0


def name_of(attribute: Element) -> str:
    """The name of an attribute: of CVAT's, which have one within, or of an action."""
    return (text_of(attribute, "name") or "") if len(attribute) else attribute.tag


def contents_of(element: Element, pointer: str) -> Contents:
    """The children of an object by what they are; what VOC does not know goes to the extras."""
    attributes: dict[str, Any] = {}
    extras: dict[str, Any] = {}
    shapes: list[Element] = []
    known = Contents(element, pointer, attributes, extras, shapes)
    for child in element:
        tag = child.tag
        if tag in SHAPES:
            shapes.append(child)
            continue
        if tag in FLAGS and tag not in attributes:
            attributes[tag] = flag(child.text or "")
        elif tag == "name" and known.category is None:
            known.category = (child.text or "").strip() or None
        elif tag == "pose" and tag not in attributes:
            attributes[tag] = (child.text or "").strip()
        else:
            _read_other(child, known)
            continue
        if len(child) or child.keys():  # more than its text
            add_to(extras, child)
    stray = stray_text(element)
    if stray or element.keys():
        extras.update({f"@{name}": text for name, text in element.items()})
        if stray:
            extras["#text"] = stray
    return known


def _read_other(child: Element, known: Contents) -> None:
    """What few objects have; what is unknown, or is there twice, is kept in extras."""
    if child.tag == "part":
        known.parts = known.parts or []
        known.parts.append(child)
    elif child.tag == "actions":
        _read_actions(child, known)
    elif child.tag == "attributes":
        _read_attributes(child, known)
    else:
        add_to(known.extras, child)


def _read_actions(element: Element, known: Contents) -> None:
    """What somebody does: one attribute an action, true or false, or how sure it is (VOC2011 on)."""
    read = set[int]()
    for child in element:
        if len(child) or (child.keys() and child.tag not in ACTIONS):
            continue
        if child.tag in known.attributes:
            known.repeated = known.repeated or []
            known.repeated.append((element, child))
            continue
        read.add(id(child))
        known.attributes[child.tag] = flag(child.text or "")
    keep_rest(element, known.extras, read)


def _read_attributes(element: Element, known: Contents) -> None:
    """CVAT's attributes: each a `name` and a `value`."""
    whole = set[int]()
    for child in element:
        name, found = text_of(child, "name"), child.find("value")
        if child.tag != "attribute" or not name or found is None or len(found):
            if child.tag == "attribute":
                known.odd = known.odd or []
                known.odd.append((element, child))
            continue
        if name in known.attributes:
            known.repeated = known.repeated or []
            known.repeated.append((element, child))
            continue
        known.attributes[name] = value(found.text or "")
        if not rest_of(child, {id(child.find("name")), id(found)}):
            whole.add(id(child))
    keep_rest(element, known.extras, whole=whole)
