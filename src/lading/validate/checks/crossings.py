"""Rings that cross themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Points
from lading.validate.checks.rings import NO_AREA, Areas, Rings

#: Share of a coordinate that is lost where shapely prints it.
_PRINTED = 1e-12

_AT = re.compile(r"\[(\S+) (\S+)\]")


def crossings(rings: Rings, areas: Areas, have_area: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
    """Rings that cross themselves, and where; those that touch themselves, or go out and back on a line, do not."""
    import shapely  # 0.1 s to import

    are_doubtful = have_area & (rings.counts > 3)
    are_doubtful &= ~areas.are_stars()
    candidates = np.flatnonzero(are_doubtful)
    if not len(candidates):
        return
    doubtful = rings.chosen(are_doubtful)
    numbers = np.repeat(np.arange(len(candidates)), doubtful.counts)
    shapes = shapely.polygons(shapely.linearrings(doubtful.points.T, indices=numbers))
    for at in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        ring = doubtful.ring(at)
        place = _AT.search(shapely.is_valid_reason(shapes[at]))
        point = None if place is None else (float(place[1]), float(place[2]))
        area = float(areas.areas[candidates[at]])
        if (point is None or _has_point(ring, point)) and not _changes_side(ring, area):
            continue
        yield int(candidates[at]), "" if point is None else f" at ({point[0]:g}, {point[1]:g})"


def covered(points: Points) -> float:
    """The area of what a ring goes round an odd number of times."""
    import shapely

    return float(shapely.make_valid(shapely.polygons(points)).area)


def _has_point(points: Points, point: tuple[float, float]) -> bool:
    """Whether a ring has a point there, but for what is lost in printing it."""
    return bool((np.abs(points - point) <= _PRINTED * np.abs(point)).all(axis=1).any())


def _changes_side(points: Points, area: float) -> bool:
    """Whether a ring whose edges meet in one of its points goes over to its other side, or only touches itself.

    What it covers is not what the shoelace says if it does. That costs much, and such rings are few; edges that meet
    where none of them ends cross in any case.
    """
    return not abs(covered(points) - area) <= NO_AREA * float(np.prod(np.ptp(points, axis=0)))
