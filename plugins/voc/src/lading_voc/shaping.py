"""Labels as elements of an object: the way back of `objects.py`, `shapes.py` and `values.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lading import Box2D, Keypoints2D, Label, Polygon2D
from lading_voc.markup import Node, joined, leaf, node
from lading_voc.names import ACTIONS
from lading_voc.object_contents import FLAGS
from lading_voc.objects import OUTLINE, REST
from lading_voc.shapes import TURNED, TURNED_CORNERS, Pixels
from lading_voc.values import flag, value

_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def shape(label: Label, pixels: Pixels, extras: Mapping[str, Any]) -> Node | None:
    """The element of a label's geometry, in numbers of the rule; None where VOC has none for it."""
    if isinstance(label, Box2D):
        if is_turned(label):
            turned = [leaf(name, repr(label.attributes[name])) for name in TURNED]
            return ("robndbox", *joined(turned, extras.get(REST, {})))
        return _bndbox(label, pixels, extras.get("bndbox", {}))
    if isinstance(label, Polygon2D):
        if OUTLINE in extras and len(label.points) == len(TURNED_CORNERS):
            return (extras[OUTLINE], *joined(_named_corners(label, pixels), extras.get(REST, {})))
        points = [_point(point, pixels, str(number)) for number, point in enumerate(label.points.tolist(), 1)]
        return ("polygon", *joined([part for pair in points for part in pair], extras.get(REST, {})))
    if isinstance(label, Keypoints2D) and len(label.points) == 1:
        return ("point", *joined(_point(label.points[0].tolist(), pixels), extras.get(REST, {})))
    return None


def _named_corners(label: Polygon2D, pixels: Pixels) -> list[Node]:
    pairs = zip(TURNED_CORNERS, label.points.tolist(), strict=True)
    return [
        leaf(name, _written(at, pixels.centre)) for names, point in pairs for name, at in zip(names, point, strict=True)
    ]


def _point(point: Sequence[float], pixels: Pixels, number: str = "") -> list[Node]:
    return [leaf(f"{axis}{number}", _written(at, pixels.centre)) for axis, at in zip("xy", point, strict=True)]


def is_turned(label: Label) -> bool:
    """Whether a box is the extent of a turned one."""
    return isinstance(label, Box2D) and all(isinstance(label.attributes.get(name), float) for name in TURNED)


def _bndbox(box: Box2D, pixels: Pixels, extras: Mapping[str, Any]) -> Node:
    """The corners; one that was no number is as it was written, one that was not there is left out."""
    shifts = (pixels.edge, pixels.edge, 0, 0)
    corners = zip(_CORNERS, box.coordinates(), shifts, strict=True)
    children = [leaf(name, _written(at, shift)) for name, at, shift in corners if not math.isnan(at)]
    return ("bndbox", *joined(children, extras))


def _written(at: float, shift: float) -> str:
    """The number of the fewest decimals that the rule turns into this coordinate; whole ones as integers."""
    number = float(at + shift)
    if math.isfinite(number):
        for decimals in range(16):
            rounded = round(number, decimals)
            if rounded - shift == at:
                number = rounded
                break
    return repr(int(number)) if math.isfinite(number) and number.is_integer() else repr(number)


def attributes(found: Mapping[str, Any], *, is_ours: bool) -> tuple[list[Node], list[str]]:
    """Elements of an object's attributes, and the names of those that do not come back as they are.

    With `is_ours` they are what our reader made of VOC's flags and actions; else only true and false are.
    """
    plain: list[Node] = []
    actions: list[Node] = []
    others: list[Node] = []
    lost = []
    for name, given in found.items():
        if name == "pose" and isinstance(given, str) and given == given.strip():
            plain.append(leaf(name, given))
        elif (name in FLAGS or (is_ours and name in ACTIONS)) and _comes_back(given, flag, _flag_text):
            (plain if name in FLAGS else actions).append(leaf(name, _flag_text(given)))
        elif _comes_back(given, value, _value_text) and name and name == name.strip():
            others.append(node("attribute", [leaf("name", name), leaf("value", _value_text(given))]))
        else:
            lost.append(name)
    if actions:
        plain.append(node("actions", actions))
    if others:
        plain.append(node("attributes", others))
    return plain, lost


def _comes_back(given: Any, read: Any, written: Any) -> bool:
    if not isinstance(given, (bool, int, float, str)):
        return False
    again = read(written(given))
    return type(again) is type(given) and again == given


def _flag_text(given: Any) -> str:
    return str(int(given)) if isinstance(given, bool) else str(given)


def _value_text(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)
