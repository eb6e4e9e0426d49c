"""Rings of many polygons in columns: their points, what bounds them, what they go round."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Points

#: Share of a ring's bounds below which an area counts as none: what rounding makes of points on a line.
NO_AREA = 1e-9

_Number = TypeVar("_Number", bound=np.generic)

#: Share of a ring's bounds that a triangle has to have for its side to be sure: far above what rounding makes.
_SURE = 1e-12
#: Coordinates above which their products, and those of them, may be none that a float can hold.
_HUGE = 1e60
#: How far a point moves that is on the wrong side of an edge, as a share of what it takes.
_STEP = 1.1
#: Bounds below which triangles are lost among the smallest numbers, in square pixels.
_TINY = 1e-200
#: Points of a ring that can be counted in a byte.
_SMALL = 127


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
        which = np.flatnonzero(are_chosen)
        return self.at(which, self.places(which))

    def at(self, which: NDArray[np.intp], places: NDArray[np.intp]) -> Rings:
        """The rings of these numbers, whose points stand at these places."""
        return Rings(self.rows[which], self.parts[which], self.counts[which], np.take(self.points, places, axis=1))

    def places(self, which: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where the points of these rings stand."""
        counts = self.counts[which]
        places: NDArray[np.intp] = np.repeat(self.ends[which] - np.cumsum(counts), counts)
        places += np.arange(len(places))
        return places

    def ring(self, index: int) -> Points:
        """The points of one ring, (N, 2)."""
        return self.points[:, self.starts[index] : self.ends[index]].T

    def of_row(self, row: int) -> Points:
        """The points of all rings of one polygon, (N, 2)."""
        first, last = np.searchsorted(self.rows, (row, row + 1))
        return self.points[:, self.starts[first] : self.ends[last - 1]].T

    def firsts(self) -> NDArray[np.float64]:
        """The first point of each ring, (2, rings)."""
        return np.take(self.points, self.starts, axis=1)

    def each(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each point the value of its ring."""
        return np.repeat(values, self.counts, axis=-1)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the largest x and y of each ring, (2, rings); NaN where it has one. No ring may be empty."""
        low = np.minimum.reduceat(self.points, self.starts, axis=1)
        return low, np.maximum.reduceat(self.points, self.starts, axis=1)

    def shifted(self, values: NDArray[_Number]) -> NDArray[_Number]:
        """For each point, in one row or two, what is that of the next in its ring; the first follows the last."""
        shifted = np.empty_like(values)
        shifted[..., :-1] = values[..., 1:]
        shifted[..., self.ends - 1] = values[..., self.starts]
        return shifted


class Areas:
    """What finite rings go round: once to the left, less what they go round to the right (shoelace).

    Reckoned from the middle of each ring's bounds, so that large offsets cost no digits. `bounds` are areas too. All
    coordinates of `rings` are times the factor of their ring: 1, or what brings those below it of which a float cannot
    hold products.
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
        self._sizes = high - low
        self.bounds: NDArray[np.float64] = self._sizes[0] * self._sizes[1]
        here = rings.points - rings.each(low + self._sizes / 2)
        self._about = Rings(rings.rows, rings.parts, rings.counts, here)
        self._turns = _turns(self._about)
        self._signed = np.add.reduceat(self._turns, rings.starts) / 2
        self.areas: NDArray[np.float64] = np.abs(self._signed)

    def are_stars(self) -> NDArray[np.bool_]:
        """Which rings surely do not cross themselves, for all of each can be seen from one point.

        That is the middle of its bounds, or where this comes to when it moves to the right side of an edge.
        """
        about, turns = self._about, self._turns
        last = about.ends - 1
        begin, end = about.firsts(), np.take(about.points, last, axis=1)
        are_closed = (begin[0] == end[0]) & (begin[1] == end[1])
        if are_closed.any():
            turns = turns.copy()
            turns[last[are_closed]] = np.nan  # the first point again: that edge has no length
        with np.errstate(all="ignore"):
            are_stars = _are_seen(about, turns, self.bounds)
            left = np.flatnonzero(~are_stars)
            if len(left):
                points = about.places(left)
                rings = about.at(left, points)
                signs = np.sign(self._signed[left])
                are_stars[left] = _from_elsewhere(rings, turns[points], np.take(self._sizes, left, axis=1), signs)
        return are_stars & (self.bounds > _TINY)


def _turns(rings: Rings) -> NDArray[np.float64]:
    """How far each edge turns about the point from which all is reckoned: twice the area of the triangle they make."""
    (x, y), last = rings.points, rings.ends - 1
    turns: NDArray[np.float64] = np.empty_like(x)
    np.multiply(x[:-1], y[1:], out=turns[:-1])
    turns[:-1] -= x[1:] * y[:-1]
    begin = rings.firsts()
    turns[last] = x[last] * begin[1] - begin[0] * y[last]
    return turns


def _are_seen(rings: Rings, turns: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rings can be seen from the point about which their edges turn so far; those that turn NaN are left out.

    Seen from there every edge turns the same way, and together they go round once.
    """
    least, most = np.fmin.reduceat(turns, rings.starts), np.fmax.reduceat(turns, rings.starts)
    sure = _SURE * bounds
    are_above = rings.points[1] < 0
    are_borders = are_above != rings.shifted(are_above)
    number = np.int8 if rings.counts.max() <= _SMALL else np.intp
    borders = np.add.reduceat(are_borders.view(np.int8), rings.starts, dtype=number)
    are_seen: NDArray[np.bool_] = ((least > sure) | (most < -sure)) & (borders == 2)
    return are_seen


def _from_elsewhere(
    rings: Rings, turns: NDArray[np.float64], sizes: NDArray[np.float64], signs: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which rings can be seen from within bounds of these sizes, whose middle moves to the right side of an edge.

    That is the edge on whose wrong side it is farthest; `turns` are those about the middle, and `signs` tell which way
    each ring goes round.
    """
    along = np.empty_like(rings.points)
    np.subtract(rings.points[:, 1:], rings.points[:, :-1], out=along[:, :-1])
    last = rings.ends - 1
    along[:, last] = rings.firsts() - np.take(rings.points, last, axis=1)
    lengths = np.sqrt(along[0] * along[0] + along[1] * along[1])
    depths = turns / lengths * rings.each(signs)
    least = np.fmin.reduceat(depths, rings.starts)
    hits = np.append(np.flatnonzero(depths == rings.each(least)), len(depths) - 1)  # one in each ring that has an edge
    farthest = hits[np.searchsorted(hits[:-1], rings.starts)]
    steps = _STEP * np.minimum(least, 0) * signs / lengths[farthest]
    eyes = np.take(along[::-1], farthest, axis=1) * steps
    eyes[1] *= -1
    moved = Rings(rings.rows, rings.parts, rings.counts, rings.points - rings.each(eyes))
    turns = _turns(moved)
    turns[lengths == 0] = np.nan  # a point that is there twice makes no edge
    are_within: NDArray[np.bool_] = (np.abs(eyes) < sizes / 2).all(axis=0)
    return are_within & _are_seen(moved, turns, sizes[0] * sizes[1])
