"""Labels: equality that knows arrays and NaN, and a `repr` that fits on a line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lading.errors import GeometryError
from lading.model.label import (
    LABEL_TYPES,
    Box2D,
    Keypoints2D,
    Polygon2D,
    Rle,
    SemanticMask,
    is_finite,
    point_array,
    same,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (True, True, True),
        (NAN, NAN, True),
        (NAN, 0.0, False),
        ("1", 1, False),
        ([1, NAN], (1, NAN), True),
        ([1], [1, 2], False),
        ({"a": [NAN]}, {"a": [NAN]}, True),
        ({"a": 1}, {"b": 1}, False),
        (np.array([1.0, NAN]), np.array([1.0, NAN]), True),
        (np.zeros((0, 2)), np.zeros((2, 0)), False),
        (np.array([1.0]), [1.0], False),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_same_compares_values_and_kinds(a: Any, b: Any, is_same: bool) -> None:
    assert same(a, b) is is_same
    assert same(b, a) is is_same


def box(**changes: Any) -> Box2D:
    values = {"xmin": 1.0, "ymin": 2.0, "xmax": 3.0, "ymax": NAN, "category": "car", "instance": "7", **changes}
    return Box2D(**values)


@pytest.mark.parametrize(
    "change",
    [{"xmin": 1.5}, {"category": "bus"}, {"instance": None}, {"attributes": {"a": 1}}, {"extras": {"id": 4}}],
    ids=str,
)
def test_a_label_differs_where_what_it_says_differs(change: dict[str, Any]) -> None:
    assert box() == box()
    assert box() != box(**change)


def test_where_a_label_was_found_is_not_what_it_says() -> None:
    assert box(origin=1) == box(origin=2)


def test_labels_of_two_types_are_never_equal() -> None:
    points = point_array([[1, 2]])
    assert Polygon2D(points=points) != Keypoints2D(points=points)


def test_a_label_is_not_hashable() -> None:
    with pytest.raises(TypeError):
        hash(box())


def test_repr_fits_on_one_line_and_leaves_defaults_away() -> None:
    text = repr(Box2D(xmin=1.0, ymin=2.0, xmax=3.0, ymax=4.0, category="car"))
    assert text == "Box2D(xmin=1.0, ymin=2.0, xmax=3.0, ymax=4.0, category='car')"


@pytest.mark.parametrize(
    ("points", "shape"), [([], (0, 2)), ([[1, 2]], (1, 2)), (np.ones((3, 2)), (3, 2))], ids=["none", "one", "three"]
)
def test_points_are_an_array_of_two_columns(points: Any, shape: tuple[int, int]) -> None:
    array = point_array(points)
    assert (array.shape, array.dtype) == (shape, np.float64)


@pytest.mark.parametrize("points", [[1, 2], [[1, 2, 3]], [[[1, 2]]]], ids=["flat", "three columns", "nested"])
def test_points_of_another_shape_are_refused(points: Any) -> None:
    with pytest.raises(GeometryError, match=r"points: expected shape \(N, 2\), found"):
        point_array(points)


def test_finite_means_every_coordinate() -> None:
    assert not is_finite(box())
    assert is_finite(box(ymax=4.0))
    assert not is_finite(Polygon2D(points=point_array([[0, math.inf]])))
    assert is_finite(Rle(counts=np.array([1, 2])))


def test_there_are_the_seeds_eight_types_and_six_more() -> None:
    assert list(LABEL_TYPES) == [
        *("CLASSIFICATION", "BOX2D", "BOX3D", "POLYGON2D", "POLYLINE2D", "KEYPOINTS2D", "CUBOID2D", "SENTENCE"),
        *("MULTI_POLYGON", "MULTI_POLYLINE2D", "RLE", "SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK"),
    ]
    assert LABEL_TYPES["SEMANTIC_MASK"] is SemanticMask
