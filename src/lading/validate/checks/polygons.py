"""Polygons of many frames at once: numpy over all their points, shapely for rings that cross themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Box2D, MultiPolygon2D, Points, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.bounds import size_text
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
#: Rings that are judged at once.
_ENOUGH = 4096

_Bounds: TypeAlias = NDArray[np.float64]
_AT = re.compile(r"\[(\S+) (\S+)\]")


#: Place, polygon, the box of the same object, and the limits of their picture; a tuple, made for every polygon.
_Row: TypeAlias = tuple[Place, PolygonLabel, Box2D | None, float, float]


#: Number of the polygon, number of the part, points.
_Ring: TypeAlias = tuple[int, int, Points]


class Polygons:
    """Gathers polygons and judges them when there are enough of them."""

    def __init__(self, severities: Mapping[str, Severity]) -> None:
        self.is_wanted = bool(severities.keys() & POLYGON_RULES)
        self._wants_crossing = "polygon.self-crossing" in severities
        self._rows: list[_Row] = []
        self._count = 0

    def add(self, place: Place, label: PolygonLabel, box: Box2D | None, right: float, bottom: float) -> None:
        """Take a polygon, the box of the same object, and the limits of their picture."""
        self._rows.append((place, label, box, right, bottom))
        self._count += 1 if isinstance(label, Polygon2D) else len(label.rings)

    @property
    def is_full(self) -> bool:
        """Whether enough have gathered."""
        return self._count >= _ENOUGH

    def flush(self) -> Iterator[Finding]:
        """What is wrong with those that have gathered, in the order in which they came."""
        rows, self._rows, self._count = self._rows, [], 0
        if not rows:
            return
        problems = _judge(rows, wants_crossing=self._wants_crossing)
        for index in sorted(problems):
            place, label, _, _, _ = rows[index]
            for problem in problems[index]:
                finding = place.finding(problem, label)
                if finding is not None:
                    yield finding


class _Found(dict[int, list[Problem]]):
    """Problems by the number of the polygon."""

    def tell(self, row: int, rule: str, message: str) -> None:
        self.setdefault(row, []).append(Problem(rule, message, "geometry"))


def _judge(rows: list[_Row], *, wants_crossing: bool) -> _Found:
    found = _Found()
    rings = list(_rings(rows, found))
    if not rings:
        return found
    counts = np.fromiter((len(ring[2]) for ring in rings), np.intp, len(rings))
    points = np.concatenate([ring[2] for ring in rings])
    if not np.isfinite(points).all():
        rings, counts, points = _finite(rings, counts, points, found)
        if not rings:
            return found
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    has_area = _areas(rings, points, starts, counts, low, high, found)
    _bounds(rows, rings, low, high, found)
    if wants_crossing:
        _crossings(rings, points, counts, has_area, found)
    return found


def _rings(rows: list[_Row], found: _Found) -> Iterator[_Ring]:
    for index, row in enumerate(rows):
        label = row[1]
        parts = (label.points,) if isinstance(label, Polygon2D) else label.rings
        if not parts:
            found.tell(index, "polygon.too-few-points", "expected at least 1 part, found none")
        for number, points in enumerate(parts):
            if len(points) >= 3:
                yield index, number, points
                continue
            if np.isfinite(points).all():
                which = f" in part {number}" if len(parts) > 1 else ""
                message = f"expected at least 3 points{which}, found {len(points)}"
                found.tell(index, "polygon.too-few-points", message)
            else:
                _tell_not_finite(found, index)


def _tell_not_finite(found: _Found, row: int) -> None:
    if not any(problem.rule == "label.not-finite" for problem in found.get(row, ())):
        found.tell(row, "label.not-finite", "expected finite coordinates, found NaN or infinity")


def _finite(
    rings: list[_Ring], counts: NDArray[np.intp], points: Points, found: _Found
) -> tuple[list[_Ring], NDArray[np.intp], Points]:
    """The rings that are finite, with their counts and points."""
    is_finite = [bool(np.isfinite(ring[2]).all()) for ring in rings]
    for ring, is_good in zip(rings, is_finite, strict=True):
        if not is_good:
            _tell_not_finite(found, ring[0])
    kept = [ring for ring, is_good in zip(rings, is_finite, strict=True) if is_good]
    return kept, counts[is_finite], points[np.repeat(is_finite, counts)]


def _areas(
    rings: list[_Ring],
    points: Points,
    starts: NDArray[np.intp],
    counts: NDArray[np.intp],
    low: _Bounds,
    high: _Bounds,
    found: _Found,
) -> NDArray[np.bool_]:
    """Which rings have an area (shoelace, from each ring's own corner so that large offsets cost no digits)."""
    with np.errstate(over="ignore"):
        local = points - np.repeat(low, counts, axis=0)
    following = np.arange(1, len(points) + 1)
    following[starts + counts - 1] = starts
    x, y = local[:, 0], local[:, 1]
    with np.errstate(over="ignore", invalid="ignore"):
        doubled = np.abs(np.add.reduceat(x * y[following] - x[following] * y, starts))
        extent = np.prod(high - low, axis=1)
        has_area: NDArray[np.bool_] = ~(doubled <= _NO_AREA * extent)  # what is too large to tell has one
    for index in np.flatnonzero(~has_area).tolist():
        which = f" of part {rings[index][1]}" if rings[index][1] else ""
        width, height = (high[index] - low[index]).tolist()
        message = f"expected an area above 0{which}, found none within {width:g} x {height:g}"
        found.tell(rings[index][0], "polygon.empty", message)
    return has_area


def _bounds(rows: list[_Row], rings: list[_Ring], low: _Bounds, high: _Bounds, found: _Found) -> None:
    owner = np.fromiter((ring[0] for ring in rings), np.intp, len(rings))
    firsts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    whole_low, whole_high = np.minimum.reduceat(low, firsts), np.maximum.reduceat(high, firsts)
    present = owner[firsts].tolist()
    limits = np.array([rows[index][3:] for index in present])
    with np.errstate(over="ignore"):
        is_out = (whole_low < -PICTURE_TOLERANCE_PX).any(axis=1) | (whole_high > limits + PICTURE_TOLERANCE_PX).any(1)
    for at in np.flatnonzero(is_out).tolist():
        right, bottom = rows[present[at]][3:]
        message = f"expected a polygon within {size_text(right, bottom)}, found one within "
        found.tell(present[at], "polygon.outside-image", message + _edges(whole_low[at], whole_high[at]))
    _boxes(rows, present, whole_low, whole_high, found)


def _boxes(rows: list[_Row], present: list[int], low: _Bounds, high: _Bounds, found: _Found) -> None:
    boxed = [(at, box) for at, index in enumerate(present) if (box := rows[index][2]) is not None]
    if not boxed:
        return
    which = [at for at, _ in boxed]
    edges = np.array([(box.xmin, box.ymin, box.xmax, box.ymax) for _, box in boxed], dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(np.hstack((low[which], high[which])) - edges)
        # a box of NaN or one that is turned inside out is told as such
        is_off = (apart > BOX_TOLERANCE_PX).any(axis=1) & (edges[:, :2] <= edges[:, 2:]).all(axis=1)
    for number in np.flatnonzero(is_off).tolist():
        at, box = boxed[number]
        shown = f"({box.xmin:g}, {box.ymin:g}, {box.xmax:g}, {box.ymax:g})"
        message = f"expected a polygon that fills its box {shown}, found one within {_edges(low[at], high[at])}"
        found.tell(present[at], "polygon.box-mismatch", message)


def _edges(low: _Bounds, high: _Bounds) -> str:
    return f"({low[0]:g}, {low[1]:g}, {high[0]:g}, {high[1]:g})"


def _crossings(
    rings: list[_Ring],
    points: Points,
    counts: NDArray[np.intp],
    has_area: NDArray[np.bool_],
    found: _Found,
) -> None:
    """Rings that cross themselves; one that only touches itself is let be."""
    import shapely  # 0.1 s to import, for this rule alone

    candidates = np.flatnonzero(has_area & (counts > 3))
    if not len(candidates):
        return
    is_one = np.zeros(len(rings), dtype=bool)
    is_one[candidates] = True
    chosen = points[np.repeat(is_one, counts)]
    numbers = np.repeat(np.arange(len(candidates)), counts[candidates])
    shapes = shapely.polygons(shapely.linearrings(chosen, indices=numbers))
    for at in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        reason = shapely.is_valid_reason(shapes[at])
        if not reason.startswith("Self-intersection"):
            continue
        row, number, _ = rings[candidates[at]]
        place = _AT.search(reason)
        where = "" if place is None else f" at ({float(place[1]):g}, {float(place[2]):g})"
        part = f" of part {number}" if number else ""
        message = f"expected a ring{part} that does not cross itself, found a crossing{where}"
        found.tell(row, "polygon.self-crossing", message)
