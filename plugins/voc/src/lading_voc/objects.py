"""Objects of an annotation as labels: boxes, parts, points, polygons, turned boxes, and their attributes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from lading import Box2D, Keypoints2D, Label, Origin, Polygon2D, Report, counted
from lading.model.label import Points
from lading_voc.document import MAX_DEPTH, Document, Element, text_of
from lading_voc.leftovers import add_to, as_json
from lading_voc.names import MOST_PARTS, surplus
from lading_voc.object_contents import Contents, contents_of, name_of
from lading_voc.oddities import CORNERS, ONCE_AN_OBJECT, tell_repeated
from lading_voc.places import Place, Steps
from lading_voc.relative import is_within_a_pixel
from lading_voc.shapes import Pixels, corners, extent, point, polygon, rest_of_shape, turned_box, turned_corners

#: In extras: what a shape that is no `bndbox` holds beside its numbers.
REST = "#shape"
#: In extras: the element that the points of a polygon are of, where that is no `polygon`.
OUTLINE = "#outline"
_POINTS = {"polygon": polygon, "point": point, "robndbox": turned_corners}
#: Elements of shapes that are numbers.
_NUMBER = re.compile(r"[xy][0-9]*|c[xy]|w|h|angle|[xy]_(left|right)_(top|bottom)")


class ObjectReader:
    """Reads the objects of one file, in order; `labels` and `places` grow together."""

    def __init__(
        self, document: Document, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool
    ) -> None:
        self.labels: list[Label] = []
        self.places: list[Place] = []
        self.zero_based: dict[int, Origin] = {}
        self.relative: dict[int, Origin] = {}
        self.further_boxes: list[int] = []
        self.broken_names: list[tuple[str, Origin]] = []
        self.is_whole = True
        self._document = document
        self._path = path
        self._key = key
        self._pixels = pixels
        self._report = report
        self._is_tied = is_tied
        self._steps = Steps()

    def read(self, element: Element, pointer: str, number: str, parent: str | None = None) -> None:
        """One object, or a part of `parent`: its labels, tied by an instance where there are several."""
        known = contents_of(element, pointer)
        if parent is not None:
            known.attributes["parent"] = parent
        if known.category is None and (known.shapes or known.parts):
            message = "expected a `name`, found none or an empty one"
            self._report.error("voc.no-name", message, self._at(known))
            self.is_whole = False
        self._tell_repeated(known)
        self._tell_odd(known)
        if "object" in known.extras:
            message = "expected objects beside each other, found one within another; it is no label and stays in extras"
            self._report.warning("voc.nested-object", message, self._at(known, *element.findall("object")[:1]))
        shapes = known.shapes
        if known.parts or len(shapes) > 1 or self._is_tied:
            known.instance = f"{self._key}#{number}"
            self._tell_several(known)
        for shape in shapes:
            self._shape(shape, known)
        if known.labels == 0:
            self._without_label(known, is_part=parent is not None)
        if len(known.parts) > 1:
            self._tell_parts(known)
        for index, part in enumerate(known.parts, 1):
            if number.count(".") < MAX_DEPTH:
                self.read(part, f"{pointer}/part[{index}]", f"{number}.{index}", known.instance)

    def _tell_repeated(self, known: Contents) -> None:
        """Tell of elements of an object that it has once, and of a second value of an attribute."""
        if not ONCE_AN_OBJECT.isdisjoint(known.extras):
            tell_repeated(known.element, ONCE_AN_OBJECT, lambda child: self._at(known, child), self._report)
        again: dict[str, list[tuple[Element, Element]]] = {}
        for way in known.repeated:
            again.setdefault(name_of(way[1]), []).append(way)
        for name, ways in again.items():
            child = ways[0][1]
            text = ((text_of(child, "value") if len(child) else child.text) or "").strip()
            found = f"another, {text!r}" if len(ways) == 1 else f"{len(ways):,} others, first {text!r}"
            stays = "this one stays" if len(ways) == 1 else "these stay"
            message = f"expected one attribute {name!r}, found {found}; the first counts, {stays} in extras"
            self._report.warning("voc.repeated-element", message, self._at(known, *ways[0]))

    def _tell_odd(self, known: Contents) -> None:
        """Tell of elements of CVAT's attributes that give none, and note a name that is broken over lines."""
        if known.category is not None and "\n" in known.category:
            name = known.element.find("name")
            self.broken_names.append((known.category, self._at(known, *([] if name is None else [name]))))
        for parent, child in known.odd:
            message = f"expected a `name` and a `value` of text, found {as_json(child)!r}; it stays in extras"
            self._report.warning("voc.attribute", message, self._at(known, parent, child))

    def _tell_parts(self, known: Contents) -> None:
        """Tell of the first part beyond those that a person can have of its name."""
        names = [text_of(part, "name") for part in known.parts]
        for name, count in surplus(known.category, names).items():
            most = MOST_PARTS[name]
            beyond = [part for part, own in zip(known.parts, names, strict=True) if own == name][most]
            message = (
                f"expected {counted(most, f'part {name!r}', f'parts {name!r}')} of a person at most, found {count}"
            )
            self._report.warning("voc.parts", message, self._at(known, beyond))

    def _tell_several(self, known: Contents) -> None:
        boxes = [shape for shape in known.shapes if shape.tag == "bndbox"]
        if len(boxes) > 1:
            message = f"expected one `bndbox` in an object, found {len(boxes)}; each becomes a box"
            self._report.warning("voc.several-boxes", message, self._at(known, boxes[1]))

    def _shape(self, shape: Element, known: Contents) -> None:
        """The label of one shape, or a finding where it has none."""
        is_first = known.labels == 0
        label = (self._box if shape.tag == "bndbox" else self._other)(
            shape, known, known.attributes if is_first else {}, known.extras if is_first else {}
        )
        if label is None:
            message = f"expected numbers in `{shape.tag}`, found {as_json(shape)!r}"
            self._report.error("voc.shape", message, self._at(known, shape))
            add_to(known.extras, shape)
            return
        if isinstance(label, Box2D):  # a turned box too, which some tools write beside a `bndbox`
            if known.boxes:
                self.further_boxes.append(len(self.labels))
            known.boxes += 1
        known.labels += 1
        self.labels.append(label)
        way = self._steps.step(known.element, shape) if len(known.shapes) > 1 else shape.tag
        self.places.append(Place(known.pointer, way))

    def _box(self, shape: Element, known: Contents, attributes: dict[str, Any], extras: dict[str, Any]) -> Label:
        """The box of a `bndbox`; a corner that is no number is NaN, so that the object is not lost."""
        xmin, ymin, xmax, ymax, wrong, rest = corners(shape)
        if wrong is not None:
            message = f"expected four finite numbers in `bndbox`, found {wrong}"
            self._report.error("voc.corner", message, self._at(known, shape))
        if rest:
            tell_repeated(shape, CORNERS, lambda corner: self._at(known, shape, corner), self._report)
            extras["bndbox"] = rest
        edge = self._pixels.edge
        if edge and xmax <= 1 and ymax <= 1 and is_within_a_pixel((xmin, ymin, xmax, ymax)):
            self.relative[len(self.labels)] = self._at(known, shape)
        elif edge and (xmin == 0 or ymin == 0):
            self.zero_based[len(self.labels)] = self._at(known, shape)
        return Box2D(
            xmin - edge,
            ymin - edge,
            xmax,
            ymax,
            category=known.category,
            attributes=attributes,
            instance=known.instance,
            extras=extras,
            origin=len(self.labels),
        )

    def _other(
        self, shape: Element, known: Contents, attributes: dict[str, Any], extras: dict[str, Any]
    ) -> Label | None:
        rest = rest_of_shape(shape)
        if rest:
            numbers = frozenset(filter(_NUMBER.fullmatch, rest))
            tell_repeated(shape, numbers, lambda number: self._at(known, shape, number), self._report)
        common: dict[str, Any] = {
            "category": known.category,
            "attributes": attributes,
            "instance": known.instance,
            "extras": {**extras, REST: rest} if rest else extras,
            "origin": len(self.labels),
        }
        if shape.tag == "robndbox" and (turned := turned_box(shape)) is not None:
            common["attributes"] = {**attributes, **turned}
            self._tell_infinite(shape, known, [*turned.values()])
            return Box2D(*extent(turned, self._pixels), **common)
        points = _POINTS[shape.tag](shape, self._pixels)
        if points is None:
            return None
        self._tell_infinite(shape, known, points)
        if shape.tag == "robndbox":
            common["extras"] = {**common["extras"], OUTLINE: shape.tag}
        return Keypoints2D(points, **common) if shape.tag == "point" else Polygon2D(points, **common)

    def _tell_infinite(self, shape: Element, known: Contents, numbers: Points | list[float]) -> None:
        if not np.isfinite(numbers).all():
            message = f"expected finite numbers in `{shape.tag}`, found {as_json(shape)!r}"
            self._report.error("voc.shape", message, self._at(known, shape))

    def _without_label(self, known: Contents, *, is_part: bool) -> None:
        """An object that has no place in the picture is no label: a finding, and a loss."""
        at = self._at(known)
        self.is_whole = False
        if not known.shapes:
            is_bare = known.category is None and not known.parts
            grade = self._report.warning if is_part and not is_bare else self._report.error
            message = (
                "expected a `name` and a `bndbox`, found neither" if is_bare else "expected a `bndbox`, found none"
            )
            grade("voc.no-box", message, at)
        self._report.loss(f"{'part' if is_part else 'object'} without a shape that can be read", str(at))

    def _at(self, known: Contents, *way: Element) -> Origin:
        """The place of an object, or of what is in it: each element of the way lies in the one before."""
        pointer, last = known.pointer, known.element
        for element in way:
            pointer, last = f"{pointer}/{self._steps.step(last, element)}", element
        return Origin(self._path, pointer, self._document.line(last))
