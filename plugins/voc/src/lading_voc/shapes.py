"""Geometry of objects: corners, points, polygons and turned boxes, under one of the two rules for pixels."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from lading import point_array
from lading.model.label import Points
from lading_voc.document import Element
from lading_voc.leftovers import rest_of, stray_text
from lading_voc.values import number

_CORNERS = ("xmin", "ymin", "xmax", "ymax")
TURNED = ("cx", "cy", "w", "h", "angle")
#: The corners of a turned box as DIOR-R has them, clockwise in the picture.
TURNED_CORNERS = tuple(
    (f"x_{corner}", f"y_{corner}") for corner in ("left_top", "right_top", "right_bottom", "left_bottom")
)


class Pixels(NamedTuple):
    """How numbers of a tree become edges in our continuous plane.

    `edge` is taken from the minimum edges: 1 where pixels are counted from 1 and the maxima are inclusive. `centre`
    is taken from both coordinates of a point, which then is the number of a pixel and stands for its middle.
    """

    name: str
    edge: int
    centre: float


VOC = Pixels("voc", 1, 0.5)
VERBATIM = Pixels("verbatim", 0, 0.0)


class Corners(NamedTuple):
    """A box as it is written; `wrong` names what is no finite number, `rest` is what is no corner.

    NaN stands for what is no number at all.
    """

    xmin: float
    ymin: float
    xmax: float
    ymax: float
    wrong: str | None = None
    rest: Mapping[str, Any] | None = None


def corners(box: Element) -> Corners:
    """The corners of a `bndbox`, whatever the order of its children."""
    try:
        a, b, c, d = box
        texts = {a.tag: a.text, b.tag: b.text, c.tag: c.text, d.tag: d.text}
        left, top, right, bottom = texts["xmin"], texts["ymin"], texts["xmax"], texts["ymax"]
        if left and top and right and bottom and "_" not in left + top + right + bottom and _is_bare(box, a, b, c, d):
            numbers = (float(left), float(top), float(right), float(bottom))
            if math.isfinite(sum(numbers)):
                return Corners(*numbers)
    except (KeyError, ValueError):
        pass  # told below
    return _odd_corners(box)


def _is_bare(box: Element, a: Element, b: Element, c: Element, d: Element) -> bool:
    """Whether there is nothing in a box but the texts of its four elements."""
    is_more = box.keys() or len(a) or len(b) or len(c) or len(d) or a.keys() or b.keys() or c.keys() or d.keys()
    return not is_more and not stray_text(box)


def _odd_corners(box: Element) -> Corners:
    found: dict[str, float] = {}
    read: set[int] = set()
    wrong = None
    for child in box:
        if child.tag not in _CORNERS or child.tag in found:
            continue
        value = number(child.text or "")
        if value is None or not math.isfinite(value):
            wrong = wrong or f"{(child.text or '').strip()!r} as {child.tag}"
        found[child.tag] = math.nan if value is None else value
        if not math.isnan(found[child.tag]):
            read.add(id(child))
    missing = [name for name in _CORNERS if name not in found]
    if missing:
        wrong = wrong or f"no {missing[0]}"
    left, top, right, bottom = (found.get(name, math.nan) for name in _CORNERS)
    return Corners(left, top, right, bottom, wrong, rest_of(box, read))


def point(element: Element, pixels: Pixels) -> Points | None:
    """The point of an `x` and a `y`, or None where one is no number."""
    pair = _pair(element)
    return None if pair is None else point_array([pair]) - pixels.centre


def polygon(element: Element, pixels: Pixels) -> Points | None:
    """The ring of `x1`, `y1`, `x2`, ... or of children with an `x` and a `y`; None where one is no number."""
    numbered = _first_of_each(element)
    pairs: list[tuple[float, float] | None]
    if "x1" in numbered:
        pairs = [_numbers(numbered.get(f"x{n}"), numbered.get(f"y{n}")) for n in _count(numbered)]
    else:
        pairs = [_pair(child) for child in element if child.tag in ("pt", "point")]
    known = [pair for pair in pairs if pair is not None]
    return None if len(known) < len(pairs) or not known else point_array(known) - pixels.centre


def turned_box(element: Element) -> dict[str, float] | None:
    """Centre, size and angle (radians) of a `robndbox`, or None where one is missing or no number."""
    found = {name: number(child.text or "") for name, child in _first_of_each(element).items()}
    values = {name: value for name in TURNED if (value := found.get(name)) is not None}
    return values if len(values) == len(TURNED) else None


def turned_corners(element: Element, pixels: Pixels) -> Points | None:
    """The four corners of a `robndbox` that names them, or None where one is missing or no number."""
    found = _first_of_each(element)
    pairs = [pair for x, y in TURNED_CORNERS if (pair := _numbers(found.get(x), found.get(y))) is not None]
    return None if len(pairs) < len(TURNED_CORNERS) else point_array(pairs) - pixels.centre


def extent(box: dict[str, float], pixels: Pixels) -> tuple[float, float, float, float]:
    """The upright box around a turned one (source-formats.md 5.6)."""
    if not math.isfinite(box["angle"]):
        return (math.nan, math.nan, math.nan, math.nan)
    cosine, sine = abs(math.cos(box["angle"])), abs(math.sin(box["angle"]))
    half_width = (box["w"] * cosine + box["h"] * sine) / 2
    half_height = (box["w"] * sine + box["h"] * cosine) / 2
    x, y = box["cx"] - pixels.centre, box["cy"] - pixels.centre
    return (x - half_width, y - half_height, x + half_width, y + half_height)


def rest_of_shape(element: Element) -> dict[str, Any]:
    """What a `polygon`, `point` or `robndbox` holds beside its numbers; of points with more than those, all."""
    if element.tag == "robndbox":
        is_centred = turned_box(element) is not None
        return rest_of(element, _named(element, TURNED if is_centred else [*sum(TURNED_CORNERS, ())]))
    if element.tag == "point":
        return rest_of(element, _first(element))
    numbered = _first_of_each(element)
    if "x1" in numbered:
        return rest_of(element, _named(element, [f"{axis}{n}" for n in _count(numbered) for axis in "xy"]))
    points = [child for child in element if child.tag in ("pt", "point")]
    return rest_of(element, (), {id(child) for child in points if not rest_of(child, _first(child))})


def _first_of_each(element: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for child in element:
        found.setdefault(child.tag, child)
    return found


def _named(element: Element, names: Collection[str]) -> set[int]:
    return {id(child) for name, child in _first_of_each(element).items() if name in names}


def _first(element: Element) -> set[int]:
    return {id(element.find(axis)) for axis in "xy"}


def _count(numbered: dict[str, Element]) -> Iterator[int]:
    n = 1
    while f"x{n}" in numbered or f"y{n}" in numbered:
        yield n
        n += 1


def _pair(element: Element) -> tuple[float, float] | None:
    return _numbers(element.find("x"), element.find("y"))


def _numbers(x: Element | None, y: Element | None) -> tuple[float, float] | None:
    if x is None or y is None:
        return None
    left, top = number(x.text or ""), number(y.text or "")
    return None if left is None or top is None else (left, top)
