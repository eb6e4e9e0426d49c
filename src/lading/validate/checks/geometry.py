"""The geometry of one label of any type but keypoints and polygons, which are judged many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from lading.model.label import (
    Cuboid2D,
    Label,
    MultiPolyline2D,
    Points,
    Polyline2D,
    Rle,
    is_finite,
)
from lading.plugin.problem import Problem
from lading.validate.checks.bounds import size_of
from lading.validate.checks.boxes import check_box2d, check_box3d

#: Checks the geometry of a label against the right and the lower limit of its picture, in pixels.
GeometryCheck: TypeAlias = Callable[[Any, float, float], Sequence[Problem]]

_NOT_FINITE = (Problem("label.not-finite", "expected finite coordinates, found NaN or infinity", "geometry"),)


def check_finite(label: Label, right: float, bottom: float) -> Sequence[Problem]:
    """Any label: its coordinates are finite."""
    return () if is_finite(label) else _NOT_FINITE


def check_polyline(label: Polyline2D, right: float, bottom: float) -> Sequence[Problem]:
    """A line: finite, two points or more, a letter a point where there are letters."""
    wrong = check_finite(label, right, bottom) or _enough((label.points,), 2, "polyline.too-few-points")
    letters = label.bezier_point_types
    if letters is None or len(letters) == len(label.points):
        return wrong
    message = f"expected a letter for each of {len(label.points)} points, found {len(letters)}"
    return (*wrong, Problem("polyline.bezier-types", message, "geometry"))


def check_multi_polyline(label: MultiPolyline2D, right: float, bottom: float) -> Sequence[Problem]:
    """Several lines: finite, two points or more in each."""
    return check_finite(label, right, bottom) or _enough(label.lines, 2, "polyline.too-few-points")


def check_cuboid(label: Cuboid2D, right: float, bottom: float) -> Sequence[Problem]:
    """A cuboid: finite, four corners to a face, the corners of both faces in the same order."""
    wrong = check_finite(label, right, bottom)
    if wrong:
        return wrong
    counts = [len(label.front), len(label.back)]
    if counts != [4, 4]:
        message = f"expected 4 corners in front and 4 in back, found {counts[0]} and {counts[1]}"
        return (Problem("cuboid2d.corners", message, "geometry"),)
    front, back = _signed_area(label.front), _signed_area(label.back)
    if front * back < 0:
        message = "expected the corners of front and back in the same order, found one clockwise and one not"
        return (Problem("cuboid2d.faces-differ", message, "geometry"),)
    return ()


def check_rle(label: Rle, right: float, bottom: float) -> Sequence[Problem]:
    """Run lengths: none negative, only the first may be 0, together as many as pixels."""
    counts = label.counts
    if len(counts) and int(counts.min()) < 0:
        message = f"expected run lengths of 0 and more, found {int(counts.min())}"
        return (Problem("rle.negative-run", message, "geometry"),)
    problems = []
    empty = int(np.count_nonzero(counts[1:] == 0))
    if empty:
        message = f"expected no run of length 0 behind the first, found {empty}"
        problems.append(Problem("rle.empty-run", message, "geometry"))
    width, height = size_of(right, bottom)
    own = (label.width, label.height)
    if None not in own and None not in (width, height) and own != (width, height):
        message = f"expected the size of its picture, {width} x {height}, found {own[0]} x {own[1]}"
        problems.append(Problem("rle.other-size", message, "geometry"))
    sizes = [(w, h) for w, h in (own, (width, height)) if w is not None and h is not None]
    total = int(counts.sum())
    # of a size that is not the picture's, runs that fill one of both say nothing more
    if sizes and total not in (w * h for w, h in sizes):
        w, h = sizes[0]
        message = f"expected runs that fill {w} x {h} pixels, {w * h}, found {total}"
        problems.append(Problem("rle.size", message, "geometry"))
    return problems


def _signed_area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    with np.errstate(over="ignore", invalid="ignore"):
        return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _enough(parts: Sequence[Points], least: int, rule: str) -> Sequence[Problem]:
    if not parts:
        return (Problem(rule, "expected at least 1 part, found none", "geometry"),)
    problems = []
    for index, part in enumerate(parts):
        if len(part) < least:
            which = f" in part {index} (counted from 0)" if len(parts) > 1 else ""
            problems.append(Problem(rule, f"expected at least {least} points{which}, found {len(part)}", "geometry"))
    return problems


#: The check of a label type's geometry; the other types have only to be finite. That of keypoints names them as the
#: catalog does: lading.validate.checks.keypoints.
GEOMETRY: dict[str, GeometryCheck | None] = {
    "BOX2D": check_box2d,
    "BOX3D": check_box3d,
    "POLYGON2D": None,  # lading.validate.checks.polygons
    "MULTI_POLYGON": None,
    "POLYLINE2D": check_polyline,
    "MULTI_POLYLINE2D": check_multi_polyline,
    "CUBOID2D": check_cuboid,
    "RLE": check_rle,
    "CLASSIFICATION": None,
    "SEMANTIC_MASK": None,
    "INSTANCE_MASK": None,
    "PANOPTIC_MASK": None,
}
