"""Rings that cross themselves, against a search of all pairs of edges."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lading.model.label import Polygon2D


def side(a: Any, b: Any, c: Any) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def crosses(points: list[tuple[float, float]]) -> bool:
    """Whether two edges meet in a point that is inside of both."""
    edges = list(zip(points, [*points[1:], points[0]], strict=True))
    return any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for index, (a, b) in enumerate(edges)
        for c, d in edges[index + 1 :]
    )


@pytest.mark.parametrize("seed", range(8))
def test_rings_at_random_agree_with_all_pairs_of_edges(found: Callable[..., Any], seed: int) -> None:
    rng = random.Random(seed)
    rings = [[(rng.uniform(1, 99), rng.uniform(1, 79)) for _ in range(rng.randint(3, 9))] for _ in range(100)]
    told = found(*(Polygon2D(np.array(ring), origin=index) for index, ring in enumerate(rings)))
    assert {finding.rule for finding in told} == {"polygon.self-crossing"}
    assert {int(finding.pointer.split("/")[2]) for finding in told} == {i for i, r in enumerate(rings) if crosses(r)}


@pytest.mark.parametrize(
    "ring",
    [
        [(10, 10), (30, 10), (30, 30), (10, 30), (10, 20), (5, 20)],
        [(10, 10), (30, 10), (30, 30), (20, 10), (10, 30)],
        [(10, 10), (30, 10), (50, 10), (30, 10), (30, 30), (10, 30)],
        [(12, 10), (30, 10), (30, 30), (10, 30), (10, 10), (18, 10)],  # so closes annotation 1955557 of COCO val2017
    ],
    ids=["a notch", "a corner that touches an edge", "a spike", "an end that goes beyond its beginning"],
)
def test_a_ring_that_touches_itself_is_let_be(found: Callable[..., Any], ring: list[tuple[float, float]]) -> None:
    assert not crosses(ring)
    assert found(Polygon2D(np.array(ring, dtype=float))) == []


@pytest.mark.parametrize(
    "ring",
    [
        [(10, 10), (30, 30), (30, 10), (10, 30)],
        [(10, 10), (30, 10), (30, 30), (10, 30), (10, 10), (30, 10), (30, 30), (10, 30)],
        [(10, 10), (50, 10), (50, 50), (10, 50), (10, 20), (40, 20), (40, 40), (5, 40), (5, 10)],
    ],
    ids=["two equal halves", "twice round", "over its own edge"],
)
def test_a_ring_that_goes_over_itself_is_told(found: Callable[..., Any], ring: list[tuple[float, float]]) -> None:
    assert [finding.rule for finding in found(Polygon2D(np.array(ring, dtype=float)))] == ["polygon.self-crossing"]


@pytest.mark.parametrize("size", [1e6, 1e120, 1e200, 1.7e308])
@pytest.mark.parametrize(
    ("ring", "rules"),
    [
        ([(0, 0), (1, 1), (1, 0), (0, 1)], ["polygon.outside-image", "polygon.self-crossing"]),
        ([(-1, -1), (1, 1), (1, -1), (-1, 1)], ["polygon.outside-image", "polygon.self-crossing"]),
        ([(0, 0), (0.7, 0.5), (1, 0.1), (0.2, 0.9)], ["polygon.outside-image", "polygon.self-crossing"]),
        ([(-1, -1), (1, -1), (1, 1), (-1, 1)], ["polygon.outside-image"]),
        ([(0, 0), (0.5, 0.5), (1, 1), (0.5, 0.5)], ["polygon.empty", "polygon.outside-image"]),
    ],
    ids=["two equal halves", "two halves about nought", "a bow", "a square", "a line"],
)
def test_coordinates_too_large_for_their_products_are_judged_like_any(
    found: Callable[..., Any], ring: list[tuple[float, float]], rules: list[str], size: float
) -> None:
    told = found(Polygon2D(np.array(ring, dtype=float) * size))
    assert [finding.rule for finding in told] == rules


def test_a_crossing_of_large_coordinates_is_told_where_it_is(found: Callable[..., Any]) -> None:
    told = found(Polygon2D(np.array([(0, 0), (8e200, 8e200), (8e200, 0), (0, 8e200)], dtype=float)))
    assert told[-1].message == "expected a ring that does not cross itself, found a crossing at (4e+200, 4e+200)"


FAR = 1e300


@pytest.mark.parametrize(
    ("ring", "crosses_itself"),
    [
        ([(50, 10), (0, 30), (10, -FAR), (10, 20), (10, 0)], False),
        ([(40, 1e-14), (0, 0), (-FAR, 40), (FAR, 20), (-FAR, 20), (30, 30), (10, 10), (30, 30), (50, 10)], True),
    ],
    ids=["a spike out and back", "an edge over another"],
)
def test_coordinates_that_dwarf_the_others_are_no_warning_of_shapely(
    found: Callable[..., Any], ring: list[tuple[float, float]], crosses_itself: bool
) -> None:
    rules = [finding.rule for finding in found(Polygon2D(np.array(ring, dtype=float)))]
    assert rules == ["polygon.outside-image", *["polygon.self-crossing"] * crosses_itself]
