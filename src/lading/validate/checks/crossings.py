"""Rings that cross themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Points
from lading.validate.checks.rings import NO_AREA, Areas, Rings

#: Share of a coordinate that is lost where shapely prints it.
_PRINTED = 1e-12

#: What shapely says of a polygon, and where it says that something is wrong.
_VALID = "Valid Geometry"
_AT = re.compile(r"\[(\S+) (\S+)\]")


def crossings(areas: Areas, have_area: NDArray[np.bool_]) -> Iterator[tuple[int, tuple[float, float] | None]]:
    """Rings that cross themselves, and where; those that touch themselves, or go out and back on a line, do not."""
    rings = areas.rings
    are_doubtful = have_area & (rings.counts > 3)
    are_doubtful &= ~areas.are_stars()
    doubtful = rings.chosen(are_doubtful)
    if not len(doubtful):
        return
    import shapely  # 0.1 s to import, where there is something to ask it

    numbers = np.repeat(np.arange(len(doubtful)), doubtful.counts)
    with np.errstate(all="ignore"):  # shapely divides by what is 0 where some coordinates dwarf the others
        reasons = shapely.is_valid_reason(shapely.polygons(shapely.linearrings(doubtful.points.T, indices=numbers)))
    are_odd: NDArray[np.bool_] = reasons != _VALID
    indexes = np.flatnonzero(are_doubtful)[are_odd].tolist()
    points = [_point(reason) for reason in reasons[are_odd]]
    meet_in_corners = _have_point(doubtful.chosen(are_odd), points)
    for index, point, meets_in_corner in zip(indexes, points, meet_in_corners, strict=True):
        if meets_in_corner and not _changes_side(rings.ring(index), float(areas.areas[index])):
            continue
        factor = float(areas.factors[index])
        yield index, None if point is None else (point[0] / factor, point[1] / factor)


def covered(points: Points) -> float:
    """The area of what a ring goes round an odd number of times."""
    import shapely

    with np.errstate(all="ignore"):
        return float(shapely.make_valid(shapely.polygons(points)).area)


def _point(reason: str) -> tuple[float, float] | None:
    place = _AT.search(reason)
    return None if place is None else (float(place[1]), float(place[2]))


def _have_point(rings: Rings, points: Sequence[tuple[float, float] | None]) -> list[bool]:
    """Whether each ring has a point where it is said to meet itself, but for what is lost in printing; or it may."""
    if not points:
        return []
    there = np.array([(np.nan, np.nan) if point is None else point for point in points]).T
    apart = np.abs(rings.points - rings.each(there))
    is_near = ~(apart > rings.each(_PRINTED * np.abs(there))).any(axis=0)
    have_point: list[bool] = np.logical_or.reduceat(is_near, rings.starts).tolist()
    return have_point


def _changes_side(points: Points, area: float) -> bool:
    """Whether a ring whose edges meet in one of its points goes over to its other side, or only touches itself.

    What it covers is not what the shoelace says if it does. That costs much, and such rings are few; edges that meet
    where none of them ends cross in any case.
    """
    return not abs(covered(points) - area) <= NO_AREA * float(np.prod(np.ptp(points, axis=0)))
