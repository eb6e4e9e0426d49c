"""Polygons of many frames at once: numpy over all their points, shapely for rings that cross themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Box2D, MultiPolygon2D, Points, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.bounds import TOLERANCE_PX, size_text
from lading.validate.checks.problem import Place, Problem

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

#: Share of a ring's bounds below which its area counts as none: what rounding makes of points on a line.
_NO_AREA = 1e-9
#: Share of a coordinate that is lost where shapely prints it.
_PRINTED = 1e-12
#: Polygons that are judged at once: enough for numpy, few enough for their arrays to stay in the cache.
_ENOUGH = 512
_POINT_BYTES = 16

_Bounds: TypeAlias = NDArray[np.float64]
_AT = re.compile(r"\[(\S+) (\S+)\]")


class _Batch:
    """Polygons that wait, in columns: an object each would keep the garbage collector at work."""

    def __init__(self) -> None:
        self.labels: list[PolygonLabel] = []
        self.boxes: list[Box2D | None] = []
        self.owners: list[int] = []  # the number of the file
        self.places: list[Place] = []
        self.limits: list[tuple[float, float]] = []

    def size(self) -> int:
        return len(self.labels)


class _Rings:
    """Rings of three points or more, all points in two columns."""

    def __init__(self) -> None:
        self.rows: list[int] = []  # the number of the polygon
        self.parts: list[int] = []
        self.points: list[bytes] = []  # joining bytes is quicker than concatenating small arrays

    def add(self, row: int, part: int, points: Points) -> None:
        self.rows.append(row)
        self.parts.append(part)
        self.points.append((points if points.dtype.char == "d" else points.astype(np.float64)).tobytes())

    def columns(self) -> None:
        """Lay the points out; once all rings are there."""
        self.counts = np.fromiter(map(len, self.points), np.intp, len(self.points)) // _POINT_BYTES
        self.ends = np.cumsum(self.counts)
        self.starts = self.ends - self.counts
        joined = np.frombuffer(b"".join(self.points)).reshape(-1, 2)
        self.x, self.y = np.ascontiguousarray(joined[:, 0]), np.ascontiguousarray(joined[:, 1])

    def has_point(self, index: int, point: tuple[float, float]) -> bool:
        """Whether a ring has a point there, but for what is lost in printing it."""
        part = slice(self.starts[index], self.ends[index])
        near = (abs(self.x[part] - point[0]) <= _PRINTED * abs(point[0])) & (
            abs(self.y[part] - point[1]) <= _PRINTED * abs(point[1])
        )
        return bool(near.any())

    def ring(self, index: int) -> Points:
        """The points of one ring."""
        part = slice(self.starts[index], self.ends[index])
        return np.stack((self.x[part], self.y[part]), axis=1)


class Polygons:
    """Gathers polygons and judges them when there are enough of them."""

    def __init__(self, severities: Mapping[str, Severity]) -> None:
        self.is_wanted = bool(severities.keys() & POLYGON_RULES)
        self._wanted = frozenset(severities)
        self._batch = _Batch()

    def add(
        self, place: Place, labels: Sequence[PolygonLabel], boxes: Sequence[Box2D | None], right: float, bottom: float
    ) -> None:
        """Take the polygons of a file, the box of the object of each, and the limits of the picture."""
        batch = self._batch
        batch.owners += [len(batch.places)] * len(labels)
        batch.places.append(place)
        batch.limits.append((right, bottom))
        batch.labels += labels
        batch.boxes += boxes

    @property
    def is_full(self) -> bool:
        """Whether enough have gathered."""
        return self._batch.size() >= _ENOUGH

    def flush(self) -> Iterator[Finding]:
        """What is wrong with those that have gathered, in the order in which they came."""
        batch, self._batch = self._batch, _Batch()
        if not batch.labels:
            return
        problems = _judge(batch, self._wanted)
        for index in sorted(problems):
            for problem in problems[index]:
                finding = batch.places[batch.owners[index]].finding(problem, batch.labels[index])
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
    rings = _rings(batch.labels, found)
    if not rings.rows:
        return found
    rings.columns()
    if not (np.isfinite(rings.x).all() and np.isfinite(rings.y).all()):
        rings = _finite(rings, found)
        if not rings.rows:
            return found
        rings.columns()
    columns = (rings.x, rings.y)
    low = np.stack([np.minimum.reduceat(column, rings.starts) for column in columns], axis=1)
    high = np.stack([np.maximum.reduceat(column, rings.starts) for column in columns], axis=1)
    areas = _areas(rings, low)
    has_area = _have_area(rings, areas, high - low, found)
    _bounds(batch, rings, low, high, found)
    if "polygon.self-crossing" in wanted:
        _crossings(rings, areas, has_area, found)
    return found


def _rings(labels: Sequence[PolygonLabel], found: _Found) -> _Rings:
    rings = _Rings()
    for index, label in enumerate(labels):
        if isinstance(label, Polygon2D):
            points = label.points
            if len(points) >= 3:
                rings.add(index, 0, points)
            else:
                _tell_short(found, index, points, "")
            continue
        if not label.rings:
            found.tell(index, "polygon.too-few-points", "expected at least 1 part, found none")
        for number, points in enumerate(label.rings):
            if len(points) >= 3:
                rings.add(index, number, points)
            else:
                _tell_short(found, index, points, f" in part {number}" if len(label.rings) > 1 else "")
    return rings


def _tell_short(found: _Found, row: int, points: Points, which: str) -> None:
    if np.isfinite(points).all():
        message = f"expected at least 3 points{which}, found {len(points)}"
        found.tell(row, "polygon.too-few-points", message)
    else:
        _tell_not_finite(found, row)


def _tell_not_finite(found: _Found, row: int) -> None:
    if not any(problem.rule == "label.not-finite" for problem in found.get(row, ())):
        found.tell(row, "label.not-finite", "expected finite coordinates, found NaN or infinity")


def _finite(rings: _Rings, found: _Found) -> _Rings:
    """The rings that are finite."""
    kept = _Rings()
    for row, part, data in zip(rings.rows, rings.parts, rings.points, strict=True):
        points = np.frombuffer(data).reshape(-1, 2)
        if np.isfinite(points).all():
            kept.add(row, part, points)
        else:
            _tell_not_finite(found, row)
    return kept


def _areas(rings: _Rings, low: _Bounds) -> NDArray[np.float64]:
    """What rings go round, once to the left and less what they go round to the right (shoelace).

    From each ring's own corner, so that large offsets cost no digits.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        x = rings.x - np.repeat(low[:, 0], rings.counts)
        y = rings.y - np.repeat(low[:, 1], rings.counts)
        terms = np.empty_like(x)
        terms[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
        last, first = rings.ends - 1, rings.starts
        terms[last] = x[last] * y[first] - x[first] * y[last]
        areas: NDArray[np.float64] = np.abs(np.add.reduceat(terms, rings.starts)) / 2
    return areas


def _have_area(rings: _Rings, areas: NDArray[np.float64], extent: _Bounds, found: _Found) -> NDArray[np.bool_]:
    """Which rings go round anything; of a bow that is of two equal halves the area comes out as 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        has_area: NDArray[np.bool_] = ~(areas <= _NO_AREA * np.prod(extent, axis=1))  # what is too large to tell has
    for index in np.flatnonzero(~has_area).tolist():
        width, height = extent[index].tolist()
        if _covered(rings.ring(index)) > _NO_AREA * width * height:
            has_area[index] = True
            continue
        which = f" of part {rings.parts[index]}" if rings.parts[index] else ""
        message = f"expected an area above 0{which}, found none within {width:g} x {height:g}"
        found.tell(rings.rows[index], "polygon.empty", message)
    return has_area


def _covered(points: Points) -> float:
    """The area of what a ring goes round an odd number of times."""
    import shapely  # 0.1 s to import, for rings alone that are odd

    return float(shapely.make_valid(shapely.polygons(points)).area)


def _bounds(batch: _Batch, rings: _Rings, low: _Bounds, high: _Bounds, found: _Found) -> None:
    owner = np.array(rings.rows)
    firsts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    if len(firsts) < len(owner):
        low, high = np.minimum.reduceat(low, firsts), np.maximum.reduceat(high, firsts)
    present = owner[firsts]
    limits = np.array(batch.limits)[np.array(batch.owners)[present]]
    with np.errstate(over="ignore"):
        is_out = (low < -PICTURE_TOLERANCE_PX).any(axis=1) | (high > limits + PICTURE_TOLERANCE_PX).any(axis=1)
    for at in np.flatnonzero(is_out).tolist():
        message = f"expected a polygon within {size_text(*limits[at].tolist())}, found one within "
        found.tell(int(present[at]), "polygon.outside-image", message + _edges(low[at], high[at]))
    _boxes(batch, present.tolist(), low, high, limits, found)


def _boxes(batch: _Batch, present: list[int], low: _Bounds, high: _Bounds, limits: _Bounds, found: _Found) -> None:
    """Polygons that lie elsewhere than their boxes; where one of both is told already, that is why."""
    which = [at for at, row in enumerate(present) if batch.boxes[row] is not None and row not in found]
    if not which:
        return
    boxes = [box for box in (batch.boxes[present[at]] for at in which) if box is not None]
    columns = ([b.xmin for b in boxes], [b.ymin for b in boxes], [b.xmax for b in boxes], [b.ymax for b in boxes])
    edges = np.stack([np.array(column, dtype=np.float64) for column in columns], axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(np.hstack((low[which], high[which])) - edges)
        is_off = (apart > BOX_TOLERANCE_PX).any(axis=1) & ~_are_told(edges, limits[which], found.wanted)
    for number in np.flatnonzero(is_off).tolist():
        at, box = which[number], boxes[number]
        shown = f"({box.xmin:g}, {box.ymin:g}, {box.xmax:g}, {box.ymax:g})"
        message = f"expected a polygon that fills its box {shown}, found one within {_edges(low[at], high[at])}"
        found.tell(present[at], "polygon.box-mismatch", message)


def _are_told(edges: _Bounds, limits: _Bounds, wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Which boxes are wrong by themselves: not finite, turned inside out, empty, or outside the picture."""
    low, high = edges[:, :2], edges[:, 2:]
    is_told = np.logical_not((low <= high).all(axis=1))
    if "box2d.empty" in wanted:
        is_told |= ~(low < high).all(axis=1)
    if "box2d.outside-image" in wanted:
        is_told |= (low < -TOLERANCE_PX).any(axis=1) | (high > limits).any(axis=1)
    return is_told


def _edges(low: _Bounds, high: _Bounds) -> str:
    return f"({low[0]:g}, {low[1]:g}, {high[0]:g}, {high[1]:g})"


def _crossings(rings: _Rings, areas: NDArray[np.float64], has_area: NDArray[np.bool_], found: _Found) -> None:
    """Rings that cross themselves; one that touches itself, or goes out and back on one line, is let be."""
    import shapely

    is_one = has_area & (rings.counts > 3)
    candidates = np.flatnonzero(is_one)
    if not len(candidates):
        return
    chosen = np.repeat(is_one, rings.counts)
    points = np.stack((rings.x[chosen], rings.y[chosen]), axis=1)
    numbers = np.repeat(np.arange(len(candidates)), rings.counts[candidates])
    shapes = shapely.polygons(shapely.linearrings(points, indices=numbers))
    for at in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        ring = int(candidates[at])
        place = _AT.search(shapely.is_valid_reason(shapes[at]))
        point = None if place is None else (float(place[1]), float(place[2]))
        if (point is None or rings.has_point(ring, point)) and not _changes_side(rings.ring(ring), areas[ring]):
            continue
        where = "" if point is None else f" at ({point[0]:g}, {point[1]:g})"
        part = f" of part {rings.parts[ring]}" if rings.parts[ring] else ""
        message = f"expected a ring{part} that does not cross itself, found a crossing{where}"
        found.tell(rings.rows[ring], "polygon.self-crossing", message)


def _changes_side(points: Points, area: float) -> bool:
    """Whether a ring whose edges meet in one of its points goes over to its other side, or only touches itself.

    What it covers is not what the shoelace says if it does. That costs much, and such rings are few; edges that meet
    where none of them ends cross in any case.
    """
    return not abs(_covered(points) - area) <= _NO_AREA * float(np.prod(np.ptp(points, axis=0)))
