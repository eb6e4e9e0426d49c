"""Polygons of many frames at once, all their points in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Points, Polygon2D
from lading.model.report import Finding, Severity
from lading.plugin.problem import Places, Problem
from lading.validate.checks.bounds import TOLERANCE_PX, is_relative, size_text
from lading.validate.checks.crossings import covered, crossings
from lading.validate.checks.needs import is_region
from lading.validate.checks.outlines import Outlines, PolygonLabel
from lading.validate.checks.repeated_rings import repeated_rings
from lading.validate.checks.rings import NO_AREA, Areas, Rings
from lading.wording import counted, figure, figures

POLYGON_RULES = frozenset(
    {
        "label.not-finite",
        "polygon.too-few-points",
        "polygon.empty",
        "polygon.outside-image",
        "polygon.box-mismatch",
        "polygon.self-crossing",
        "polygon.same-part",
    }
)

#: How far a polygon may reach beyond its picture, and beyond or short of its box (design.md section 8), in pixels.
PICTURE_TOLERANCE_PX = 1.0
BOX_TOLERANCE_PX = 2.0

#: About so many points of polygons are judged at once, each polygon for one more: enough for numpy, few enough for
#: their arrays to stay in the cache.
_AT_ONCE = 50_000

_Bounds: TypeAlias = NDArray[np.float64]


def polygon_findings(
    polygons: Outlines, places: Places, limits: NDArray[np.float64], severities: Mapping[str, Severity]
) -> Iterator[tuple[int, Finding]]:
    """What is wrong with polygons, in their order, with the number of the file of each.

    Of each file its place and the limits of its picture.
    """
    wanted = frozenset(severities)
    limits = np.take(limits, polygons.owners, axis=0)
    owners = polygons.owners.tolist()
    for begin, end in _stretches(polygons):
        problems = _judge(polygons.between(begin, end), limits[begin:end].T, wanted)
        for index in sorted(problems):
            owner, label = owners[begin + index], polygons.labels[begin + index]
            for problem in problems[index]:
                finding = places[owner].finding(problem, label)
                if finding is not None:
                    yield owner, finding


def _stretches(polygons: Outlines) -> Iterator[tuple[int, int]]:
    """Where stretches of polygons begin and end that have about as many points, as many as are judged at once."""
    sizes = np.cumsum(1 + np.bincount(polygons.rows, polygons.counts, minlength=len(polygons.labels)))
    count = max(1, round(int(sizes[-1]) / _AT_ONCE))
    bounds = np.searchsorted(sizes, sizes[-1] * np.arange(count + 1) // count, side="right").tolist()
    yield from ((begin, end) for begin, end in pairwise(bounds) if begin < end)


class _Found(dict[int, list[Problem]]):
    """Problems by the number of the polygon, of the rules that are wanted."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__()
        self.wanted = wanted

    def tell(self, row: int, rule: str, message: str, spot: Sequence[float] | None = None) -> None:
        if rule in self.wanted:
            at = None if spot is None else (spot[0], spot[1])
            self.setdefault(row, []).append(Problem(rule, message, "geometry", at))


def _judge(polygons: Outlines, limits: _Bounds, wanted: frozenset[str]) -> _Found:
    found = _Found(wanted)
    for row in np.flatnonzero(np.bincount(polygons.rows, minlength=len(polygons.labels)) == 0).tolist():
        found.tell(row, "polygon.too-few-points", "expected at least 1 part, found none")
    rings = Rings(polygons.rows, polygons.parts, polygons.counts, polygons.points.T.copy())
    are_short = rings.counts < 3
    if are_short.any():
        _short(polygons.labels, rings, np.flatnonzero(are_short).tolist(), found)
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
    _bounds(polygons, limits, rings, (low, high), found)
    if "polygon.same-part" in wanted:
        _same_parts(rings, repeated_rings(rings, low[0]), found)
    if "polygon.self-crossing" in wanted:
        for index, spot in crossings(areas, have_area):
            at = "" if spot is None else f" at {figures(spot)}"
            message = f"expected a ring{_of_part(rings, index)} that does not cross itself, found a crossing{at}"
            found.tell(int(rings.rows[index]), "polygon.self-crossing", message, spot)
    return found


def _same_parts(rings: Rings, repeated: Iterable[tuple[int, int]], found: _Found) -> None:
    """Rings that stand before in their polygon, each with the first such one: of a polygon once, with their number."""
    by_row: dict[int, list[tuple[int, int]]] = {}
    for pair in repeated:
        by_row.setdefault(int(rings.rows[pair[0]]), []).append(pair)
    for row, ((index, first), *others) in by_row.items():
        more = f", and {counted(len(others), 'other')} again" if others else ""
        message = f"expected each part once, found part {rings.parts[first]} again as part "
        message += f"{rings.parts[index]} (counted from 0){more}"
        found.tell(row, "polygon.same-part", message, rings.ring(index)[0].tolist())


def _short(labels: Sequence[PolygonLabel], rings: Rings, which: list[int], found: _Found) -> None:
    for index in which:
        row, points = int(rings.rows[index]), rings.ring(index)
        if not np.isfinite(points).all():
            _tell_not_finite(found, row)
            continue
        label = labels[row]
        is_one = isinstance(label, Polygon2D) or len(label.rings) == 1
        part = "" if is_one else f" in part {rings.parts[index]} (counted from 0)"
        message = f"expected at least 3 points{part}, found {len(points)}"
        found.tell(row, "polygon.too-few-points", message, points[0].tolist() if len(points) else None)


def _of_part(rings: Rings, index: int) -> str:
    """Which ring of its polygon, counted from 0 as pointers do; nothing where the polygon has no other."""
    part, beside = rings.parts[index], rings.rows[max(index - 1, 0) : index + 2]
    is_one = not part and np.count_nonzero(beside == rings.rows[index]) == 1
    return "" if is_one else f" of part {part} (counted from 0)"


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
        which = _of_part(rings, index)
        message = f"expected an area above 0{which}, found none within {figure(width)} x {figure(height)}"
        found.tell(int(rings.rows[index]), "polygon.empty", message, rings.ring(index)[0].tolist())
    return have_area


def _bounds(polygons: Outlines, limits: _Bounds, rings: Rings, bounds: tuple[_Bounds, _Bounds], found: _Found) -> None:
    """Polygons outside their picture, but for those whose boxes, which they fill, are told as that."""
    low, high = bounds
    firsts = np.flatnonzero(np.diff(rings.rows, prepend=-1))
    if len(firsts) < len(rings):
        low, high = np.minimum.reduceat(low, firsts, axis=1), np.maximum.reduceat(high, firsts, axis=1)
    present = rings.rows[firsts]
    if len(present) < len(polygons.labels):
        limits = limits[:, present]
    with np.errstate(over="ignore"):
        is_out = (low < -PICTURE_TOLERANCE_PX).any(axis=0) | (high > limits + PICTURE_TOLERANCE_PX).any(axis=0)
    edges = np.concatenate((low, high))
    if is_out.any():
        of_boxes = polygons.edges[:, present]
        is_out &= ~(_are_outside(of_boxes, limits, found.wanted) & _are_near(edges, of_boxes))
    for at in np.flatnonzero(is_out).tolist():
        expected = f"expected a polygon within {size_text(*limits[:, at].tolist())}"
        message = f"{expected}, found one within {figures(edges[:, at].tolist())}"
        own = rings.of_row(present[at])
        found.tell(int(present[at]), "polygon.outside-image", message, _farthest_out(own, limits[:, at]))
    _boxes(polygons, present, edges, limits, found)


def _farthest_out(points: Points, limits: _Bounds) -> list[float]:
    """The corner of a polygon that lies farthest beyond its picture."""
    with np.errstate(over="ignore"):
        out = np.maximum(-points, points - limits).max(axis=1)
    corner: list[float] = points[out.argmax()].tolist()
    return corner


def _boxes(polygons: Outlines, present: NDArray[np.intp], edges: _Bounds, limits: _Bounds, found: _Found) -> None:
    """Polygons that lie elsewhere than their boxes; where one of both is told already, that is why."""
    if "polygon.box-mismatch" not in found.wanted:
        return
    of_boxes = polygons.edges if len(present) == len(polygons.labels) else polygons.edges[:, present]
    with np.errstate(invalid="ignore", over="ignore"):
        is_off = (np.abs(edges - of_boxes) > BOX_TOLERANCE_PX).any(axis=0)
        if is_off.any():
            is_off &= ~_are_told(of_boxes, limits, found.wanted)
    for at in np.flatnonzero(is_off).tolist():
        row = int(present[at])
        if row in found or is_region(polygons.labels[row]):  # a crowd's box and outline are drawn apart (design.md 8)
            continue
        if "box2d.relative" in found.wanted and is_relative(of_boxes[:, at].tolist(), *limits[:, at].tolist()):
            continue
        message = f"expected a polygon that fills its box {figures(of_boxes[:, at].tolist())}, found one within "
        found.tell(row, "polygon.box-mismatch", message + figures(edges[:, at].tolist()))


def _are_told(edges: _Bounds, limits: _Bounds, wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Which boxes are wrong by themselves: not finite, turned inside out, empty, or outside the picture."""
    low, high = edges[:2], edges[2:]
    is_right: NDArray[np.bool_] = np.logical_and.reduce((low <= high) & np.isfinite(low) & np.isfinite(high))
    is_told = ~is_right
    if "box2d.empty" in wanted:
        is_told |= ~(low < high).all(axis=0)
    return is_told | _are_outside(edges, limits, wanted)


def _are_outside(edges: _Bounds, limits: _Bounds, wanted: frozenset[str]) -> NDArray[np.bool_]:
    """Which boxes are told to be outside the picture; those that are turned inside out are told as that."""
    low, high = edges[:2], edges[2:]
    if "box2d.outside-image" not in wanted:
        return np.zeros(edges.shape[1], dtype=np.bool_)
    is_outside: NDArray[np.bool_] = np.logical_or.reduce((low < -TOLERANCE_PX) | (high > limits))
    return is_outside & (low <= high).all(axis=0) & np.isfinite(edges).all(axis=0)


def _are_near(edges: _Bounds, of_boxes: _Bounds) -> NDArray[np.bool_]:
    """Which polygons fill their boxes."""
    with np.errstate(invalid="ignore", over="ignore"):
        is_near: NDArray[np.bool_] = np.logical_and.reduce(np.abs(edges - of_boxes) <= BOX_TOLERANCE_PX)
    return is_near
