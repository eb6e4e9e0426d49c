"""Rings of many polygons in columns: their points, what bounds them, what they go round."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Points

#: Share of a ring's bounds below which an area counts as none: what rounding makes of points on a line.
NO_AREA = 1e-9

_DOUBLE = np.dtype(np.float64)
_POINT_BYTES = 16

#: Share of a ring's bounds that a triangle has to have for its side to be sure: far above what rounding makes.
_SURE = 1e-12
#: Coordinates above which their products, and those of them, may be none that a float can hold.
_HUGE = 1e60
#: How far a point moves that is on the wrong side of an edge, as a share of what it takes.
_STEP = 1.25
#: Bounds below which triangles are lost among the smallest numbers, in square pixels.
_TINY = 1e-200


class Rings:
    """Rings and their points, all x and all y in a row each.

    `rows` are the numbers of their polygons, `parts` their own within them.
    """

    def __init__(
        self, rows: NDArray[np.intp], parts: NDArray[np.intp], counts: NDArray[np.intp], points: NDArray[np.float64]
    ) -> None:
        self.rows = rows
        self.parts = parts
        self.counts = counts
        self.points = points
        self.ends = np.cumsum(counts)
        self.starts = self.ends - counts

    def __len__(self) -> int:
        return len(self.rows)

    def chosen(self, are_chosen: NDArray[np.bool_]) -> Rings:
        """Some of the rings."""
        points = np.take(self.points, np.flatnonzero(np.repeat(are_chosen, self.counts)), axis=1)
        return Rings(self.rows[are_chosen], self.parts[are_chosen], self.counts[are_chosen], points)

    def ring(self, index: int) -> Points:
        """The points of one ring, (N, 2)."""
        return self.points[:, self.starts[index] : self.ends[index]].T

    def each(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each point the value of its ring."""
        return np.repeat(values, self.counts, axis=-1)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the largest x and y of each ring, (2, rings); NaN where it has one. No ring may be empty."""
        low = np.minimum.reduceat(self.points, self.starts, axis=1)
        return low, np.maximum.reduceat(self.points, self.starts, axis=1)

    def shifted(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each point, in two rows, what is that of the next in its ring; the first follows the last."""
        shifted = np.empty_like(values)
        shifted[:, :-1] = values[:, 1:]
        shifted[:, self.ends - 1] = values[:, self.starts]
        return shifted


class Areas:
    """What finite rings go round: once to the left, less what they go round to the right (shoelace).

    Reckoned from each ring's own corner, so that large offsets cost no digits. `bounds` are areas too. `rings` has all
    coordinates times the factor of their ring: 1, or what brings those below it of which a float cannot hold products.
    """

    def __init__(self, rings: Rings, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        largest = np.maximum(-low, high).max(axis=0)
        self.factors: NDArray[np.float64] = np.ones(len(rings))
        is_huge = largest > _HUGE
        if is_huge.any():
            self.factors[is_huge] = np.ldexp(1.0, -np.frexp(largest[is_huge])[1])
            points = rings.points * rings.each(self.factors)
            rings = Rings(rings.rows, rings.parts, rings.counts, points)
            low, high = low * self.factors, high * self.factors
        self.rings = rings
        self.bounds: NDArray[np.float64] = np.prod(high - low, axis=0)
        self._here = rings.points - rings.each(low)
        self._there = rings.shifted(self._here)
        self._turns = _turns(self._here, self._there)
        self._signed = np.add.reduceat(self._turns, rings.starts) / 2
        self.areas: NDArray[np.float64] = np.abs(self._signed)

    def are_stars(self) -> NDArray[np.bool_]:
        """Which rings surely do not cross themselves, for all of each can be seen from one point.

        That is the middle of its area, or where that comes to when it moves to the right side of an edge.
        """
        with np.errstate(all="ignore"):
            middles = np.add.reduceat((self._here + self._there) * self._turns, self.rings.starts, axis=1)
            middles /= 6 * self._signed
            are_stars, turns = self._seen_from(middles)
            if not are_stars.all():
                others, turns = self._without(are_stars, turns)
                are_stars[~are_stars] = others._seen_from(others._moved(middles[:, ~are_stars], turns))[0]
        return are_stars & (self.bounds > _TINY)

    def _without(self, are_known: NDArray[np.bool_], turns: NDArray[np.float64]) -> tuple[Areas, NDArray[np.float64]]:
        """The other rings, and the turns of their edges."""
        points = np.flatnonzero(np.repeat(~are_known, self.rings.counts))
        others = copy(self)
        others.rings = self.rings.chosen(~are_known)
        others.bounds, others._signed = self.bounds[~are_known], self._signed[~are_known]
        others._here, others._there = np.take(self._here, points, axis=1), np.take(self._there, points, axis=1)
        return others, turns[points]

    def _seen_from(self, eyes: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which rings can be seen from these points, and how far each edge turns; NaN where it has no length.

        Seen from there every edge turns the same way, and together they go round once.
        """
        rings = self.rings
        offsets = rings.each(eyes)
        here, there = self._here - offsets, self._there - offsets
        turns = _turns(here, there)
        turns[(here == there).all(axis=0)] = np.nan  # a point that is there twice makes no edge
        sure = _SURE * self.bounds
        least, most = np.fmin.reduceat(turns, rings.starts), np.fmax.reduceat(turns, rings.starts)
        borders = np.add.reduceat((here[1] < 0) != (there[1] < 0), rings.starts, dtype=np.intp)
        are_seen: NDArray[np.bool_] = ((least > sure) | (most < -sure)) & (borders == 2)
        return are_seen, turns

    def _moved(self, eyes: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points, each moved over the line of the edge on whose wrong side it is farthest."""
        rings = self.rings
        along = self._there - self._here
        lengths = np.sqrt(along[0] * along[0] + along[1] * along[1])
        depths = turns / lengths * rings.each(np.sign(self._signed))
        least = np.fmin.reduceat(depths, rings.starts)
        count = len(depths)
        which = np.where(depths == rings.each(least), np.arange(count), count - 1)
        first = np.minimum.reduceat(which, rings.starts)
        inward = np.stack((-along[1], along[0]))[:, first] / lengths[first] * np.sign(self._signed)
        moved: NDArray[np.float64] = eyes - _STEP * least * inward
        return moved


def _turns(here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    turns: NDArray[np.float64] = here[0] * there[1] - there[0] * here[1]
    return turns
