"""Boxes in the picture and in space: finite, not turned inside out, of a size, within their picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lading.model.label import Box2D, Box3D, is_finite
from lading.plugin.problem import Problem
from lading.validate.checks.bounds import TOLERANCE_PX, are_finite, is_relative, size_text
from lading.wording import figure, figures

#: How far a quaternion's length may be from 1 (BOX3D-QUAT).
UNIT_TOLERANCE = 1e-3

#: Longer than any tram or aeroplane, and than anything in KITTI and nuScenes (trams of 35 m); 1 m in centimetres.
LARGEST_M = 100.0


def check_box2d(box: Box2D, right: float, bottom: float) -> Sequence[Problem]:
    """A box: its edges finite and in order, none of them outside the picture."""
    xmin, ymin, xmax, ymax = box.xmin, box.ymin, box.xmax, box.ymax
    edges = (xmin, ymin, xmax, ymax)
    if not are_finite(edges):
        return (Problem("label.not-finite", f"expected finite edges, found {figures(edges)}", "geometry"),)
    problems = []
    if xmin > xmax or ymin > ymax:
        message = f"expected xmin < xmax and ymin < ymax, found {figures(edges)}"
        problems.append(Problem("box2d.inverted", message, "geometry"))
    elif xmin == xmax or ymin == ymax:
        message = f"expected a width and a height above 0, found {figure(xmax - xmin)} x {figure(ymax - ymin)}"
        problems.append(Problem("box2d.empty", message, "geometry"))
    is_outside = min(xmin, ymin) < -TOLERANCE_PX or xmax > right or ymax > bottom
    if is_outside and not (xmin > xmax or ymin > ymax):  # an edge that is beyond the opposite one is told as that
        message = f"expected a box within {size_text(right, bottom)}, found {figures(edges)}"
        problems.append(Problem("box2d.outside-image", message, "geometry"))
    if not problems and is_relative(edges, right, bottom):
        found = f"found {figures(edges)}, as if they were parts of the picture of {size_text(right, bottom)}"
        problems.append(Problem("box2d.relative", f"expected edges in pixels, {found}", "geometry"))
    return problems


def check_box3d(box: Box3D, right: float, bottom: float) -> Sequence[Problem]:
    """A box in space: finite, of a size that can be along each axis, turned by a quaternion of length 1."""
    parts = (("centre", box.centre), ("size", box.size_m), ("rotation", box.rotation))
    if not is_finite(box):
        odd = [(name, numbers) for name, numbers in parts if not are_finite(numbers)]
        found = " and ".join(f"{name} {figures(numbers)}" for name, numbers in odd)
        if any(name != "size" and all(map(math.isnan, numbers)) for name, numbers in odd):
            found += ": one NaN in the source is enough for that where boxes are brought into the frame of a sensor"
        subject = f"geometry/{odd[0][0]}" if len(odd) == 1 else "geometry"
        return (Problem("label.not-finite", f"expected finite numbers, found {found}", subject),)
    problems = []
    if min(box.size_m) <= 0:
        message = f"expected a length, width and height above 0, found {figures(box.size_m)}"
        problems.append(Problem("box3d.size", message, "geometry/size"))
    elif max(box.size_m) > LARGEST_M:
        message = f"expected a length, width and height of {LARGEST_M:g} m or less, found {figures(box.size_m)}"
        problems.append(Problem("box3d.too-large", message, "geometry/size"))
    wrong = rotation_problem(box.rotation)
    if wrong is not None:
        is_zero, message = wrong
        problems.append(Problem("box3d.zero-rotation" if is_zero else "box3d.rotation", message, "geometry/rotation"))
    return problems


def rotation_problem(rotation: Sequence[float]) -> tuple[bool, str] | None:
    """What is wrong with the length of a finite quaternion: whether it is 0, and a message."""
    length = math.sqrt(math.fsum(v * v for v in rotation))
    if abs(length - 1) <= UNIT_TOLERANCE:
        return None
    return length == 0, f"expected a quaternion of length 1, found {figures(rotation)} of length {length:.6g}"
