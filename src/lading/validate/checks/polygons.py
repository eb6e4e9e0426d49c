"""Polygons of many frames at once, all their points in columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Box2D, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.bounds import TOLERANCE_PX, size_text
from lading.validate.checks.crossings import covered, crossings
from lading.validate.checks.plans import is_region
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.rings import NO_AREA, Areas, Rings, outlines_of

PolygonLabel: TypeAlias = Polygon2D | MultiPolygon2D

POLYGON_RULES = frozenset(
    {
        "label.not-finite",
        "polygon.too-few-points",
        "polygon.empty",
        "polygon.outside-image",
        "polygon.box-mismatch",
        "polygon.self-crossing",
    }
)

#: How far a polygon may reach beyond its picture, and beyond or short of its box (design.md section 8), in pixels.
PICTURE_TOLERANCE_PX = 1.0
BOX_TOLERANCE_PX = 2.0

#: Polygons that are judged at once: enough for numpy, few enough for their arrays to stay in the cache.
_ENOUGH = 512

#: What stands for the box of a polygon that has none: no distance from it is large.
_NO_BOX = Box2D(*[float("nan")] * 4)

_Bounds: TypeAlias = NDArray[np.float64]


class _Batch:
    """Polygons that wait, in columns: an object each would keep the garbage collector at work."""

    def __init__(self) -> None:
        self.labels: list[PolygonLabel] = []
        self.edges = array("d")  # four of the box of each polygon: read later, they would have left the cache
        self.places: list[Place] = []
        self.sizes: list[int] = []  # how many polygons each place has
        self.limits: list[tuple[float, float]] = []
        self.rows: list[int] = []  # of each ring the number of its polygon, its own number in that, its points
        self.parts: list[int] = []
        self.outlines: list[bytes] = []
        self.ringless: list[int] = []

    def add_parts(self, labels: Sequence[MultiPolygon2D]) -> None:
        """Take the rings of polygons of several."""
        for row, label in enumerate(labels, len(self.labels)):
            self.rows += [row] * len(label.rings)
            self.parts += range(len(label.rings))
            self.outlines += outlines_of(label.rings)
            if not label.rings:
                self.ringless.append(row)
        self.labels += labels


class Polygons:
    """Gathers polygons and judges them when there are enough of them."""

    def __init__(self, severities: Mapping[str, Severity]) -> None:
        self.is_wanted = bool(severities.keys() & POLYGON_RULES)
        self._wanted = frozenset(severities)
        self._batch = _Batch()

    def add(
        self,
        place: Place,
        single: Sequence[Polygon2D],
        outlines: Sequence[bytes],
        multiple: Sequence[MultiPolygon2D],
        boxes: Mapping[str | None, Box2D],
        limits: tuple[float, float],
    ) -> None:
        """Take the polygons of a file, the boxes by their objects, and the limits of the picture.

        `outlines` are the points of those of one ring, as `outlines_of` gives them.
        """
        batch = self._batch
        first = len(batch.labels)
        batch.rows += range(first, first + len(single))
        batch.parts += [0] * len(single)
        batch.outlines += outlines
        batch.labels += single
        if multiple:
            batch.add_parts(multiple)
        of_labels = [boxes.get(label.instance, _NO_BOX) for label in (*single, *multiple)]
        batch.edges.extend([edge for box in of_labels for edge in (box.xmin, box.ymin, box.xmax, box.ymax)])
        batch.sizes.append(len(single) + len(multiple))
        batch.places.append(place)
        batch.limits.append(limits)

    @property
    def is_full(self) -> bool:
        """Whether enough have gathered."""
        return len(self._batch.labels) >= _ENOUGH

    def flush(self) -> Iterator[Finding]:
        """What is wrong with those that have gathered, in the order in which they came."""
        batch, self._batch = self._batch, _Batch()
        problems = _judge(batch, self._wanted) if batch.labels else {}
        if not problems:
            return
        owners = np.repeat(np.arange(len(batch.sizes)), batch.sizes).tolist()
        for index in sorted(problems):
            for problem in problems[index]:
                finding = batch.places[owners[index]].finding(problem, batch.labels[index])
                if finding is not None:
                    yield finding


class _Found(dict[int, list[Problem]]):
    """Problems by the number of the polygon, of the rules that are wanted."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__()
        self.wanted = wanted

    def tell(self, row: int, rule: str, message: str) -> None:
        if rule in self.wanted:
            self.setdefault(row, []).append(Problem(rule, message, "geometry"))


def _judge(batch: _Batch, wanted: frozenset[str]) -> _Found:
    found = _Found(wanted)
    for row in batch.ringless:
        found.tell(row, "polygon.too-few-points", "expected at least 1 part, found none")
    rings = Rings.of(batch.rows, batch.parts, batch.outlines)
    are_short = rings.counts < 3
    if are_short.any():
        _short(batch, rings, np.flatnonzero(are_short).tolist(), found)
        rings = rings.chosen(~are_short)
    if not len(rings):
        return found
    low, high = rings.bounds()
    are_finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(np.concatenate((low, high))))
    if not are_finite.all():
        for index in np.flatnonzero(~are_finite).tolist():
            _tell_not_finite(found, int(rings.rows[index]))
        rings = rings.chosen(are_finite)
        low, high = low[:, are_finite], high[:, are_finite]
        if not len(rings):
            return found
    areas = Areas(rings, low, high)
    have_area = _have_area(rings, areas, low, high, found)
    _bounds(batch, rings, low, high, found)
    if "polygon.self-crossing" in wanted:
        for index, where in crossings(areas, have_area):
            part = f" of part {rings.parts[index]}" if rings.parts[index] else ""
            message = f"expected a ring{part} that does not cross itself, found a crossing{where}"
            found.tell(int(rings.rows[index]), "polygon.self-crossing", message)
    return found


def _short(batch: _Batch, rings: Rings, which: list[int], found: _Found) -> None:
    for index in which:
        row, points = int(rings.rows[index]), rings.ring(index)
        if not np.isfinite(points).all():
            _tell_not_finite(found, row)
            continue
        label = batch.labels[row]
        is_one = isinstance(label, Polygon2D) or len(label.rings) == 1
        part = "" if is_one else f" in part {rings.parts[index]}"
        found.tell(row, "polygon.too-few-points", f"expected at least 3 points{part}, found {len(points)}")


def _tell_not_finite(found: _Found, row: int) -> None:
    if not any(problem.rule == "label.not-finite" for problem in found.get(row, ())):
        found.tell(row, "label.not-finite", "expected finite coordinates, found NaN or infinity")


def _have_area(rings: Rings, areas: Areas, low: _Bounds, high: _Bounds, found: _Found) -> NDArray[np.bool_]:
    """Which rings go round anything; of a bow that is of two equal halves the area comes out as 0."""
    have_area: NDArray[np.bool_] = areas.areas > NO_AREA * areas.bounds
    for index in np.flatnonzero(~have_area).tolist():
        if covered(areas.rings.ring(index)) > NO_AREA * areas.bounds[index]:
            have_area[index] = True
            continue
        width, height = (float(high[axis, index]) - float(low[axis, index]) for axis in (0, 1))
        which = f" of part {rings.parts[index]}" if rings.parts[index] else ""
        message = f"expected an area above 0{which}, found none within {width:g} x {height:g}"
        found.tell(int(rings.rows[index]), "polygon.empty", message)
    return have_area


def _bounds(batch: _Batch, rings: Rings, low: _Bounds, high: _Bounds, found: _Found) -> None:
    firsts = np.flatnonzero(np.diff(rings.rows, prepend=-1))
    if len(firsts) < len(rings):
        low, high = np.minimum.reduceat(low, firsts, axis=1), np.maximum.reduceat(high, firsts, axis=1)
    present = rings.rows[firsts]
    limits = np.repeat(np.array(batch.limits).T, batch.sizes, axis=1)[:, present]
    with np.errstate(over="ignore"):
        is_out = (low < -PICTURE_TOLERANCE_PX).any(axis=0) | (high > limits + PICTURE_TOLERANCE_PX).any(axis=0)
    edges = np.concatenate((low, high))
    for at in np.flatnonzero(is_out).tolist():
        message = (
            f"expected a polygon within {size_text(*limits[:, at].tolist())}, found one within {_shown(edges[:, at])}"
        )
        found.tell(int(present[at]), "polygon.outside-image", message)
    _boxes(batch, present, edges, limits, found)


def _boxes(batch: _Batch, present: NDArray[np.intp], edges: _Bounds, limits: _Bounds, found: _Found) -> None:
    """Polygons that lie elsewhere than their boxes; where one of both is told already, that is why."""
    if "polygon.box-mismatch" not in found.wanted:
        return
    of_boxes = np.frombuffer(batch.edges).reshape(-1, 4).T[:, present]
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(edges - of_boxes)
        is_off = (apart > BOX_TOLERANCE_PX).any(axis=0) & ~_are_told(of_boxes, limits, found.wanted)
    for at in np.flatnonzero(is_off).tolist():
        row = int(present[at])
        if row in found or is_region(batch.labels[row]):  # a crowd's box and outline are drawn apart (design.md 8)
            continue
        message = f"expected a polygon that fills its box {_shown(of_boxes[:, at])}, found one within "
        found.tell(row, "polygon.box-mismatch", message + _shown(edges[:, at]))


def _are_told(edges: _Bounds, limits: _Bounds, wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Which boxes are wrong by themselves: not finite, turned inside out, empty, or outside the picture."""
    low, high = edges[:2], edges[2:]
    is_told = np.logical_not((low <= high).all(axis=0))
    if "box2d.empty" in wanted:
        is_told |= ~(low < high).all(axis=0)
    if "box2d.outside-image" in wanted:
        is_told |= (low < -TOLERANCE_PX).any(axis=0) | (high > limits).any(axis=0)
    return is_told


def _shown(edges: _Bounds) -> str:
    return f"({', '.join(f'{edge:g}' for edge in edges)})"
