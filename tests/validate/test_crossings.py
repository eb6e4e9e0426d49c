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
