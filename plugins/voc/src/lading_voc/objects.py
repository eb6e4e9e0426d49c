"""Objects of an annotation as labels: boxes, parts, points, polygons, turned boxes, and their attributes."""

from __future__ import annotations

from typing import Any

import msgspec

from lading import Box2D, Keypoints2D, Label, Origin, Polygon2D, Report
from lading_voc.document import Element, add_to, as_json
from lading_voc.places import Place
from lading_voc.shapes import Pixels, corners, extent, point, polygon, turned_box
from lading_voc.values import flag, value

#: Elements of an object that are true or false.
FLAGS = frozenset({"truncated", "occluded", "difficult"})
_SHAPES = frozenset({"bndbox", "robndbox", "polygon", "point"})


class _Object(msgspec.Struct):
    """An object or a part as it is read. The first of its labels takes `attributes` and `extras`."""

    element: Element
    pointer: str
    category: str | None = None
    attributes: dict[str, Any] = {}
    extras: dict[str, Any] = {}
    shapes: list[Element] = []
    parts: list[Element] = []
    instance: str | None = None
    labels: int = 0


class ObjectReader:
    """Reads the objects of one file, in order; `labels` and `places` grow together."""

    def __init__(self, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool) -> None:
        self.labels: list[Label] = []
        self.places: list[Place] = []
        self.zero_based: Origin | None = None
        self.zero_based_count = 0
        self._path = path
        self._key = key
        self._pixels = pixels
        self._report = report
        self._is_tied = is_tied

    def read(self, element: Element, pointer: str, number: str, parent: str | None = None) -> None:
        """One object, or a part of `parent`: its labels, tied by an instance where there are several."""
        known = _sorted_out(element, pointer)
        if parent is not None:
            known.attributes["parent"] = parent
        if known.category is None:
            message = "expected a `name`, found none or an empty one"
            self._report.error("voc.no-name", message, self._at(known))
        if known.parts or len(known.shapes) > 1 or self._is_tied:
            known.instance = f"{self._key}#{number}"
        boxes = 0
        for shape in known.shapes:
            boxes += shape.name == "bndbox"
            if shape.name == "bndbox" and boxes == 2:
                message = "expected one `bndbox` in an object, found more; each becomes a box"
                self._report.warning("voc.several-boxes", message, self._at(known, shape))
            self._shape(shape, known)
        if known.labels == 0:
            self._without_label(known, is_part=parent is not None)
        for index, part in enumerate(known.parts, 1):
            self.read(part, f"{pointer}/part[{index}]", f"{number}.{index}", known.instance)

    def _shape(self, shape: Element, known: _Object) -> None:
        """The label of one shape, or a finding where it has none."""
        first = known.labels == 0
        common: dict[str, Any] = {
            "category": known.category,
            "attributes": known.attributes if first else {},
            "instance": known.instance,
            "extras": known.extras if first else {},
            "origin": len(self.labels),
        }
        label = self._box(shape, known, common) if shape.name == "bndbox" else self._other(shape, known, common)
        if label is None:
            message = f"expected numbers in `{shape.name}`, found {as_json(shape)!r}"
            self._report.error("voc.shape", message, self._at(known, shape))
            add_to(known.extras, shape)
            return
        known.labels += 1
        self.labels.append(label)
        lines = {child.name: child.line for child in known.element.children}
        lines[shape.name] = shape.line
        self.places.append(Place(known.pointer, known.element.line, shape.name, lines))

    def _box(self, shape: Element, known: _Object, common: dict[str, Any]) -> Label:
        """The box of a `bndbox`; a corner that is no number is NaN, so that the object is not lost."""
        box = corners(shape, self._pixels)
        if box.wrong is not None:
            message = f"expected four numbers in `bndbox`, found {box.wrong}"
            self._report.error("voc.corner", message, self._at(known, shape))
        for child in box.unknown:
            add_to(common["extras"].setdefault("bndbox", {}), child)
        if box.is_zero_based and self._pixels.edge:
            self.zero_based_count += 1
            self.zero_based = self.zero_based or self._at(known, shape)
        return Box2D(*box.edges, **common)

    def _other(self, shape: Element, known: _Object, common: dict[str, Any]) -> Label | None:
        if shape.name == "robndbox":
            turned = turned_box(shape)
            if turned is None:
                return None
            common["attributes"] = {**common["attributes"], **turned}
            return Box2D(*extent(turned, self._pixels), **common)
        points = polygon(shape, self._pixels) if shape.name == "polygon" else point(shape, self._pixels)
        if points is None:
            return None
        return Polygon2D(points, **common) if shape.name == "polygon" else Keypoints2D(points, **common)

    def _without_label(self, known: _Object, *, is_part: bool) -> None:
        """An object that has no place in the picture is no label: a finding, and a loss."""
        at = self._at(known)
        if not known.shapes:
            grade = self._report.warning if is_part else self._report.error
            grade("voc.no-box", "expected a `bndbox`, found none", at)
        self._report.loss(f"{'part' if is_part else 'object'} without a shape that can be read", str(at))

    def _at(self, known: _Object, shape: Element | None = None) -> Origin:
        if shape is None:
            return Origin(self._path, known.pointer, known.element.line)
        return Origin(self._path, f"{known.pointer}/{shape.name}", shape.line)


def _sorted_out(element: Element, pointer: str) -> _Object:
    """The children of an object by what they are; what VOC does not know goes to the extras."""
    known = _Object(element, pointer)
    attributes, extras = known.attributes, known.extras
    if element.attributes or element.text.strip():
        own = as_json(Element(element.name, element.line, element.attributes, element.text))
        extras.update(own if isinstance(own, dict) else {"#text": own})
    for child in element.children:
        tag = child.name
        if tag in _SHAPES:
            known.shapes.append(child)
        elif tag == "part":
            known.parts.append(child)
        elif tag == "actions":
            _read_actions(child, attributes, extras)
        elif tag == "attributes":
            _read_attributes(child, attributes, extras)
        elif child.attributes or child.children or tag in attributes:
            _read_odd(child, known)
        elif tag in FLAGS:
            attributes[tag] = flag(child.text)
        elif tag == "name" and known.category is None:
            known.category = child.text.strip() or None
        elif tag == "pose":
            attributes[tag] = child.text.strip()
        else:
            add_to(extras, child)
    return known


def _read_odd(child: Element, known: _Object) -> None:
    """An element that has more to it than its text, or is there twice: what is known of it, and all in extras."""
    text = child.text.strip()
    if child.name == "name" and known.category is None:
        known.category = text or None
    elif child.name in FLAGS and child.name not in known.attributes:
        known.attributes[child.name] = flag(text)
    elif child.name == "pose" and child.name not in known.attributes:
        known.attributes[child.name] = text
    add_to(known.extras, child)


def _read_actions(element: Element, attributes: dict[str, Any], extras: dict[str, Any]) -> None:
    """What somebody does: one attribute an action, true or false, or how sure it is (VOC2011 on)."""
    for child in element.children:
        if child.name in attributes or child.children:
            add_to(extras.setdefault("actions", {}), child)
        else:
            attributes[child.name] = flag(child.text)


def _read_attributes(element: Element, attributes: dict[str, Any], extras: dict[str, Any]) -> None:
    """CVAT's attributes: each a `name` and a `value`."""
    for child in element.children:
        name, text = child.text_of("name"), child.child("value")
        if child.name != "attribute" or not name or text is None or text.children or name in attributes:
            add_to(extras.setdefault("attributes", {}), child)
        else:
            attributes[name] = value(text.text)
