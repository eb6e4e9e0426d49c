"""The geometry of one label: finite, not turned inside out, within its picture, of enough points."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from lading.model.label import (
    Box2D,
    Label,
    MultiPolygon2D,
    MultiPolyline2D,
    Points,
    Polygon2D,
    Polyline2D,
    is_finite,
)
from lading.validate.checks.problem import Problem

#: How far beyond the picture is still a matter of rounding: sources write x and width with two decimals each, so
#: that their sum is off by as much as 0.01 pixel.
TOLERANCE_PX = 0.01

#: Right and lower limit, in pixels, where the size of the picture is not known: every finite number.
UNLIMITED = sys.float_info.max

#: Checks the geometry of a label against the right and the lower limit of its picture, in pixels.
GeometryCheck: TypeAlias = Callable[[Any, float, float], Sequence[Problem]]

_NOT_FINITE = (Problem("label.not-finite", "expected finite coordinates, found NaN or infinity", "geometry"),)


def limits(width: int | None, height: int | None) -> tuple[float, float]:
    """The right and the lower limit of a picture of this size."""
    return (
        UNLIMITED if width is None else width + TOLERANCE_PX,
        UNLIMITED if height is None else height + TOLERANCE_PX,
    )


def check_box2d(box: Box2D, right: float, bottom: float) -> Sequence[Problem]:
    """A box: its edges finite and in order, none of them outside the picture."""
    xmin, ymin, xmax, ymax = box.xmin, box.ymin, box.xmax, box.ymax
    if -TOLERANCE_PX <= xmin < xmax <= right and -TOLERANCE_PX <= ymin < ymax <= bottom:
        return ()
    edges = (xmin, ymin, xmax, ymax)
    if not all(-UNLIMITED <= edge <= UNLIMITED for edge in edges):
        return (Problem("label.not-finite", f"expected finite edges, found {_shown(edges)}", "geometry"),)
    problems = []
    if xmin > xmax or ymin > ymax:
        message = f"expected xmin < xmax and ymin < ymax, found {_shown(edges)}"
        problems.append(Problem("box2d.inverted", message, "geometry"))
    elif xmin == xmax or ymin == ymax:
        message = f"expected a width and a height above 0, found {xmax - xmin!r} x {ymax - ymin!r}"
        problems.append(Problem("box2d.empty", message, "geometry"))
    if min(xmin, xmax, ymin, ymax) < -TOLERANCE_PX or max(xmin, xmax) > right or max(ymin, ymax) > bottom:
        message = f"expected a box within {_size(right, bottom)}, found {_shown(edges)}"
        problems.append(Problem("box2d.outside-image", message, "geometry"))
    return problems


def check_finite(label: Label, right: float, bottom: float) -> Sequence[Problem]:
    """Any label: its coordinates are finite."""
    return () if is_finite(label) else _NOT_FINITE


def check_polygon(label: Polygon2D, right: float, bottom: float) -> Sequence[Problem]:
    """A polygon: finite, three points or more."""
    return check_finite(label, right, bottom) or _enough((label.points,), 3, "polygon.too-few-points")


def check_multi_polygon(label: MultiPolygon2D, right: float, bottom: float) -> Sequence[Problem]:
    """A polygon of several parts: finite, three points or more in each."""
    return check_finite(label, right, bottom) or _enough(label.rings, 3, "polygon.too-few-points")


def check_polyline(label: Polyline2D, right: float, bottom: float) -> Sequence[Problem]:
    """A line: finite, two points or more."""
    return check_finite(label, right, bottom) or _enough((label.points,), 2, "polyline.too-few-points")


def check_multi_polyline(label: MultiPolyline2D, right: float, bottom: float) -> Sequence[Problem]:
    """Several lines: finite, two points or more in each."""
    return check_finite(label, right, bottom) or _enough(label.lines, 2, "polyline.too-few-points")


def _enough(parts: Sequence[Points], least: int, rule: str) -> Sequence[Problem]:
    if not parts:
        return (Problem(rule, "expected at least 1 part, found none", "geometry"),)
    problems = []
    for index, part in enumerate(parts):
        if len(part) < least:
            which = f" in part {index}" if len(parts) > 1 else ""
            problems.append(Problem(rule, f"expected at least {least} points{which}, found {len(part)}", "geometry"))
    return problems


def _shown(edges: Sequence[float]) -> str:
    return f"({', '.join(repr(edge) for edge in edges)})"


def _size(right: float, bottom: float) -> str:
    known = [None if limit == UNLIMITED else round(limit - TOLERANCE_PX) for limit in (right, bottom)]
    if known == [None, None]:
        return "its picture"
    return f"{' x '.join('?' if size is None else str(size) for size in known)} pixels"


#: The check of a label type's geometry; the other types have only to be finite.
GEOMETRY: dict[str, GeometryCheck] = {
    "BOX2D": check_box2d,
    "POLYGON2D": check_polygon,
    "MULTI_POLYGON": check_multi_polygon,
    "POLYLINE2D": check_polyline,
    "MULTI_POLYLINE2D": check_multi_polyline,
}
