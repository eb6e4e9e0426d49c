"""Rotations and transforms: the laws they obey, by property, and a few values by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import GeometryError
from lading.model.geometry import (
    Quaternion,
    Transform3D,
    matrix_from_quaternion,
    multiply_quaternions,
    nearest_rotation,
    quaternion_from_matrix,
    unit_quaternion,
)

metres = st.floats(-1e4, 1e4)
vectors = st.tuples(metres, metres, metres)
part = st.floats(-1, 1)
quaternions = st.tuples(part, part, part, part).filter(lambda q: math.hypot(*q) > 1e-3)


def transforms(source: str, target: str) -> st.SearchStrategy[Transform3D]:
    return st.builds(Transform3D, st.just(source), st.just(target), vectors, quaternions)


def same_rotation(a: Quaternion, b: Quaternion) -> bool:
    """A quaternion and its negative turn the same way."""
    return min(math.dist(a, b), math.dist(a, tuple(-v for v in b))) < 1e-9


@given(transforms("lidar", "ego"), st.lists(vectors, min_size=1, max_size=5))
def test_there_and_back_is_where_it_was(motion: Transform3D, points: list[tuple[float, float, float]]) -> None:
    back = motion.inverse()
    assert (back.source, back.target) == ("ego", "lidar")
    np.testing.assert_allclose(back.apply(motion.apply(points)), points, atol=1e-8)


@given(transforms("lidar", "ego"), transforms("ego", "world"), vectors)
def test_composing_is_applying_one_after_the_other(first: Transform3D, second: Transform3D, point: object) -> None:
    both = second @ first
    assert (both.source, both.target) == ("lidar", "world")
    np.testing.assert_allclose(both.apply([point]), second.apply(first.apply([point])), atol=1e-8)
    np.testing.assert_allclose(both.matrix, second.matrix @ first.matrix, atol=1e-8)


@given(transforms("a", "b"), transforms("b", "c"), transforms("c", "d"))
def test_composition_is_associative(a: Transform3D, b: Transform3D, c: Transform3D) -> None:
    np.testing.assert_allclose(((c @ b) @ a).matrix, (c @ (b @ a)).matrix, atol=1e-7)


def test_frames_that_do_not_meet_are_named() -> None:
    lidar_to_ego, camera_to_ego = Transform3D("lidar", "ego"), Transform3D("camera", "ego")
    with pytest.raises(GeometryError, match=r"lidar -> ego with camera -> ego.*found 'ego' and 'camera'"):
        camera_to_ego @ lidar_to_ego
    assert (camera_to_ego.inverse() @ lidar_to_ego).target == "camera"


@given(quaternions)
def test_a_matrix_of_a_quaternion_is_a_rotation_and_gives_it_back(q: Quaternion) -> None:
    matrix = matrix_from_quaternion(q)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)
    back = quaternion_from_matrix(matrix)
    assert back[0] >= 0
    assert same_rotation(back, unit_quaternion(q))


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.6, 0.8, 0), (0.6, 0, -0.8)], ids=str)
@pytest.mark.parametrize("angle", [math.pi, math.pi - 1e-9, math.pi / 2, 1e-9, 0.0], ids=lambda a: f"{a:.9f}")
def test_half_turns_lose_nothing(axis: tuple[float, float, float], angle: float) -> None:
    sine = math.sin(angle / 2)
    q = (math.cos(angle / 2), *(sine * v for v in axis))
    assert same_rotation(quaternion_from_matrix(matrix_from_quaternion(q)), q)


def test_a_quarter_turn_about_z_takes_x_to_y() -> None:
    root = math.sqrt(0.5)
    turn = Transform3D("box", "ego", (10.0, 0.0, 1.0), (root, 0.0, 0.0, root))
    np.testing.assert_allclose(turn.apply([[2.0, 0.0, 0.0]]), [[10.0, 2.0, 1.0]], atol=1e-12)


@given(quaternions, quaternions)
def test_the_product_of_quaternions_is_that_of_their_matrices(a: Quaternion, b: Quaternion) -> None:
    product = multiply_quaternions(unit_quaternion(a), unit_quaternion(b))
    expected = matrix_from_quaternion(a) @ matrix_from_quaternion(b)
    np.testing.assert_allclose(matrix_from_quaternion(product), expected, atol=1e-12)


@given(quaternions, st.floats(0.1, 50))
def test_the_length_of_a_quaternion_is_kept_and_does_not_matter(q: Quaternion, scale: float) -> None:
    longer = tuple(scale * v for v in q)
    motion = Transform3D("a", "b", rotation=longer)
    assert motion.rotation == longer
    np.testing.assert_allclose(motion.rotation_matrix, matrix_from_quaternion(q), atol=1e-12)


@given(transforms("camera", "ego"))
def test_a_matrix_gives_its_transform(motion: Transform3D) -> None:
    for matrix in (motion.matrix, motion.matrix[:3]):
        again = Transform3D.from_matrix("camera", "ego", matrix)
        np.testing.assert_allclose(again.matrix, motion.matrix, atol=1e-9)


@given(quaternions, st.integers(0, 2**31))
def test_what_is_nearly_a_rotation_gives_the_nearest(q: Quaternion, seed: int) -> None:
    rotation = matrix_from_quaternion(q)
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=(3, 3))
    nearest = nearest_rotation(rotation + noise)
    np.testing.assert_allclose(nearest @ nearest.T, np.eye(3), atol=1e-12)
    assert np.linalg.norm(nearest - rotation - noise) <= np.linalg.norm(noise) + 1e-12


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.eye(2), r"matrix: expected shape \(3, 4\) or \(4, 4\), found \(2, 2\)"),
        (np.diag([1.0, 1.0, -1.0, 1.0]), "expected a right-handed matrix"),
        (np.zeros((4, 4)), "expected a right-handed matrix"),
        (np.full((4, 4), math.nan), "expected a right-handed matrix"),
    ],
    ids=["wrong shape", "a mirror", "flat", "not a number"],
)
def test_what_is_no_rotation_is_refused(matrix: object, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        Transform3D.from_matrix("a", "b", matrix)


@pytest.mark.parametrize("q", [(0, 0, 0, 0), (math.nan, 0, 0, 1), (math.inf, 0, 0, 0)], ids=["zero", "nan", "infinite"])
def test_a_quaternion_without_a_direction_is_refused(q: Quaternion) -> None:
    with pytest.raises(GeometryError, match="expected a quaternion of finite length above 0"):
        unit_quaternion(q)


def test_points_have_three_columns() -> None:
    with pytest.raises(GeometryError, match=r"points: expected shape \(N, 3\), found \(2,\)"):
        Transform3D("a", "b").apply([1.0, 2.0])
