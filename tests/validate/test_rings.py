"""Columns of rings: what they keep of each, and which rings can be seen from one point, in exact arithmetic."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from lading.validate.checks.columns import joined
from lading.validate.checks.rings import Areas, Rings

SQUARE = [(10, 10), (30, 10), (30, 30), (10, 30)]


def rings_of(*rings: Any) -> Rings:
    arrays = [np.array(ring, dtype=np.float64).reshape(-1, 2) for ring in rings]
    counts, points = joined(arrays)
    return Rings(np.arange(len(rings)), np.zeros(len(rings), np.intp), counts, points.T.copy())


def areas_of(*rings: Any) -> Areas:
    columns = rings_of(*rings)
    return Areas(columns, *columns.bounds())


def side(a: Any, b: Any, c: Any) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def meet(a: Any, b: Any, c: Any, d: Any) -> bool:
    """Whether two edges have a point in common."""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def is_simple(ring: Any) -> bool:
    """Whether no two edges meet but neighbours at their corner; points that are there twice left out."""
    finest = max(float(edge).as_integer_ratio()[1] for point in ring for edge in point)
    exact = [tuple(n * finest // d for n, d in (float(edge).as_integer_ratio() for edge in point)) for point in ring]
    points = [point for index, point in enumerate(exact) if point != exact[index - 1]]
    count = len(points)
    edges = [(points[i], points[(i + 1) % count]) for i in range(count)]
    for i in range(count):
        before, here, after = points[i - 1], *edges[i]
        if (
            side(before, here, after) == 0
            and sum((h - b) * (a - h) for b, h, a in zip(before, here, after, strict=True)) < 0
        ):
            return False  # back on the same line
        for j in range(i + 2, count - (i == 0)):
            if meet(*edges[i], *edges[j]):
                return False
    return True


def some_ring(dice: random.Random) -> list[tuple[float, float]]:
    count = dice.randint(4, 12)
    kind = dice.randrange(3)
    if kind == 0:
        points = [(float(dice.randint(0, 9)), float(dice.randint(0, 9))) for _ in range(count)]
    elif kind == 1:
        angles = sorted(dice.uniform(0, 2 * math.pi) for _ in range(count))
        points = [(math.cos(a) * dice.uniform(3, 9), math.sin(a) * dice.uniform(3, 9)) for a in angles]
    else:  # nearly on a line
        points = [(float(i), i * 3 + dice.choice([-1e-9, 1e-9, 1e-3])) for i in range(count)]
    points = [points[0], *points] if dice.random() < 0.2 else points
    return [*points, points[0]] if dice.random() < 0.3 else points


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e7])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e60])
def test_a_ring_that_is_seen_from_one_point_never_meets_itself(offset: float, scale: float) -> None:
    dice = random.Random(f"{offset} {scale}")
    rings = [np.array(some_ring(dice)) * scale + offset for _ in range(300)]
    stars = areas_of(*rings).are_stars()
    assert stars.sum() > 15
    assert all(is_simple(ring) for ring, is_star in zip(rings, stars, strict=True) if is_star)


@pytest.mark.parametrize(
    "ring",
    [
        SQUARE,
        SQUARE[::-1],
        [*SQUARE, SQUARE[0]],
        [SQUARE[0], *SQUARE],
        [(0, 0), (1.7e308, 0), (1.7e308, 1.7e308), (0, 1.7e308)],
        [(10, 10), (20, 18), (30, 10), (22, 20), (30, 30), (20, 22), (10, 30), (18, 20)],
        [(0, 0), (10, 0), (10, 2), (2, 2), (2, 3), (0, 3)],
        [(0, 3), (2, 3), (2, 2), (10, 2), (10, 0), (10, 0), (0, 0)],
    ],
    ids=[
        "a square",
        "the other way",
        "closed",
        "a point twice",
        "as large as can be",
        "a star of four points",
        "from beside the middle of its area alone",
        "the same, the other way and a point twice",
    ],
)
def test_a_plain_ring_is_seen_from_one_point(ring: Any) -> None:
    assert areas_of(ring).are_stars().tolist() == [True]


@pytest.mark.parametrize(
    "ring",
    [
        [(10, 10), (30, 30), (30, 10), (10, 30)],
        SQUARE * 2,
        SQUARE * 129,
        [(math.cos(4 * math.pi * i / 5), math.sin(4 * math.pi * i / 5)) for i in range(5)],
        [(0, 0), (5, 0), (10, 0)],
        [(0, 0), (0, 0), (0, 0)],
        [(0, 0), (1e-160, 0), (1e-160, 1e-160), (0, 1e-160)],
    ],
    ids=[
        "two halves",
        "twice round",
        "more often round than a byte counts",
        "a pentagram",
        "a line",
        "a point",
        "too small to tell",
    ],
)
def test_a_ring_that_crosses_itself_or_is_out_of_the_ordinary_is_not(ring: Any) -> None:
    assert areas_of(ring).are_stars().tolist() == [False]


def test_points_are_joined_however_they_lie_in_memory() -> None:
    many = np.arange(24.0).reshape(6, 4)
    rings = [many[:3, :2], many[::2, 1:3], np.asfortranarray(many[:, :2]), many[:0, :2], many[1:2, :2].astype(np.int8)]
    counts, points = joined(rings)
    assert counts.tolist() == [3, 3, 6, 0, 1]
    assert points.tolist() == [point for ring in rings for point in ring.tolist()]


def test_columns_keep_each_ring() -> None:
    triangle, far = [(0, 0), (4, 0), (0, 3)], [(1e6, 1e6), (1e6 + 2, 1e6), (1e6 + 2, 1e6 + 1), (1e6, 1e6 + 1)]
    counts, points = joined([np.array(triangle), np.array(SQUARE, np.float32), np.array(far)])
    columns = Rings(np.array([4, 7, 7]), np.array([0, 0, 1]), counts, points.T.copy())
    assert [columns.ring(i).tolist() for i in range(3)] == [np.array(ring).tolist() for ring in (triangle, SQUARE, far)]
    low, high = columns.bounds()
    assert low.T.tolist() == [[0, 0], [10, 10], [1e6, 1e6]]
    assert high.T.tolist() == [[4, 3], [30, 30], [1e6 + 2, 1e6 + 1]]
    assert Areas(columns, low, high).areas.tolist() == [6, 400, 2]
    assert Areas(columns, low, high).bounds.tolist() == [12, 400, 2]
    some = columns.chosen(np.array([True, False, True]))
    assert (some.rows.tolist(), some.parts.tolist(), some.counts.tolist()) == ([4, 7], [0, 1], [3, 4])
    assert some.ring(1).tolist() == np.array(far).tolist()
