"""The formulas against the devkit's, against the spec's oracles, and there and back by property."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_kitti import geometry
from lading_kitti.calibration_files import calibration_of

from lading import Transform3D
from lading.errors import GeometryError

# The official numbers of training frame 000000, as source-formats.md 3.5 has them.
TEXT = b"""\
P0: 707.0493 0 604.0814 0 0 707.0493 180.5066 0 0 0 1 0
P1: 707.0493 0 604.0814 -379.7842 0 707.0493 180.5066 0 0 0 1 0
P2: 707.0493 0 604.0814 45.75831 0 707.0493 180.5066 -0.3454157 0 0 1 0.004981016
P3: 707.0493 0 604.0814 -334.1081 0 707.0493 180.5066 2.33066 0 0 1 0.003201153
R0_rect: 0.9999128 0.01009263 -0.008511932 -0.01012729 0.9999406 -0.004037671 0.008470675 0.004123522 0.9999556
Tr_velo_to_cam: 0.006927964 -0.9999722 -0.002757829 -0.02457729 -0.001162982 0.002749836 -0.9999955 -0.06127237 \
0.9999753 0.006931141 -0.001143899 -0.3321029
Tr_imu_to_velo: 0.9999976 0.0007553071 -0.002035826 -0.8086759 -0.0007854027 0.9998898 -0.01482298 0.3195559 \
0.002024406 0.01482454 0.9998881 -0.7997231
"""

places = st.tuples(
    st.floats(-80, 80, allow_nan=False), st.floats(-5, 5, allow_nan=False), st.floats(-5, 120, allow_nan=False)
)
sizes = st.floats(0.1, 20)
angles = st.floats(-math.pi, math.pi, exclude_min=True)


@pytest.fixture(scope="module")
def calibration():
    return calibration_of(TEXT)


def devkit_corners(h: float, w: float, length: float, place: tuple[float, float, float], ry: float) -> np.ndarray:
    """computeBox3D.m, (8, 3) in rectified camera 0."""
    c, s = math.cos(ry), math.sin(ry)
    box = [
        [length / 2, length / 2, -length / 2, -length / 2] * 2,
        [0, 0, 0, 0, -h, -h, -h, -h],
        [w / 2, -w / 2, -w / 2, w / 2] * 2,
    ]
    return (np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array(box)).T + np.array(place)


def box_corners(centre, size, rotation) -> np.ndarray:
    length, width, height = size
    local = np.array(
        [
            [length / 2, length / 2, -length / 2, -length / 2] * 2,
            [width / 2, -width / 2, -width / 2, width / 2] * 2,
            [-height / 2] * 4 + [height / 2] * 4,
        ]
    ).T
    return Transform3D("box", "sensor", centre, rotation).apply(local)


@given(place=places, h=sizes, ry=angles)
def test_a_box_comes_back_from_the_velodyne(place, h, ry) -> None:
    calibration = calibration_of(TEXT)
    centre, rotation = geometry.box_in_sensor(calibration.lidar_placement, place, h, ry)
    location, turned = geometry.box_in_camera(calibration.lidar_to_rect, centre, h, rotation)
    np.testing.assert_allclose(location, place, rtol=0, atol=1e-12 * 200)
    assert abs(geometry.wrapped(turned - ry)) < 1e-12
    assert rotation[0] >= 0
    assert math.fsum(v * v for v in rotation) == pytest.approx(1, abs=1e-14)


@given(place=places, h=sizes, w=sizes, length=sizes, ry=angles)
def test_its_corners_are_the_devkits(place, h, w, length, ry) -> None:
    calibration = calibration_of(TEXT)
    centre, rotation = geometry.box_in_sensor(calibration.lidar_placement, place, h, ry)
    ones = np.hstack([devkit_corners(h, w, length, place, ry), np.ones((8, 1))])
    expected = (ones @ np.linalg.inv(calibration.lidar_to_rect).T)[:, :3]
    # the text is orthonormal to 1e-7, so that is how far the nearest rotation may turn a corner 17 m off its middle
    np.testing.assert_allclose(box_corners(centre, (length, w, h), rotation), expected, rtol=0, atol=2e-6)


@given(place=places, h=sizes, ry=angles)
def test_a_box_in_the_cameras_own_frame_is_exact(place, h, ry) -> None:
    placement = calibration_of(TEXT).camera_placement(0)
    centre, rotation = geometry.box_in_sensor(placement, place, h, ry)
    np.testing.assert_allclose(
        box_corners(centre, (4, 2, h), rotation), devkit_corners(h, 2, 4, place, ry), rtol=0, atol=1e-12 * 200
    )


# source-formats.md 3.4: label, centre in the velodyne's frame, quaternion (frame 000000 is the first).
def test_the_oracle_of_frame_000000(calibration) -> None:
    centre, rotation = geometry.box_in_sensor(calibration.lidar_placement, (1.84, 1.47, 8.41), 1.89, 0.01)
    assert centre == pytest.approx((8.7364, -1.8681, -0.6548), abs=5e-5)
    assert rotation == pytest.approx((0.70299, 0.00264, 0.00642, -0.71117), abs=5e-6)


def test_the_oracle_of_baselines(calibration) -> None:
    expected = {
        0: (0, 0, 0),
        1: (-0.537140, 0, 0),
        2: (0.060462, -0.001760, 0.004981),
        3: (-0.475274, 0.002479, 0.003201),
    }
    for camera, offset in expected.items():
        assert calibration.baselines[camera] == pytest.approx(offset, abs=1e-6)


def test_a_turn_by_infinity_has_no_rotation_and_does_not_raise(calibration) -> None:
    for turn in (math.nan, math.inf, -math.inf):
        _, rotation = geometry.box_in_sensor(calibration.lidar_placement, (0, 0, 10), 1.5, turn)
        assert all(map(math.isnan, rotation))


def test_a_mirror_is_no_placement() -> None:
    with pytest.raises(GeometryError, match="expected a right-handed matrix"):
        geometry.Placement.from_matrix(np.diag([1.0, 1.0, -1.0, 1.0]))


@given(st.floats(-1e6, 1e6))
def test_wrapping_keeps_the_angle(angle) -> None:
    turned = geometry.wrapped(angle)
    assert -math.pi < turned <= math.pi
    assert math.cos(turned) == pytest.approx(math.cos(angle), abs=1e-6)
    assert math.sin(turned) == pytest.approx(math.sin(angle), abs=1e-6)


def test_wrapping_of_what_is_no_angle() -> None:
    assert math.isnan(geometry.wrapped(math.inf))
    assert geometry.wrapped(-math.pi) == math.pi


def test_alpha_is_the_turn_less_the_bearing() -> None:
    # 000001's Truck: rotation_y -1.56, location 0.47, 1.49, 69.44, alpha -1.57 in the label
    assert geometry.alpha_of((0.47, 1.49, 69.44), -1.56) == pytest.approx(-1.57, abs=0.005)


@given(angles, st.floats(-1.5, 1.5), angles)
def test_yaw_pitch_and_roll_are_turned_in_that_order(yaw, pitch, roll) -> None:
    def about(axis: int, angle: float) -> np.ndarray:
        q = [math.cos(angle / 2), 0.0, 0.0, 0.0]
        q[1 + axis] = math.sin(angle / 2)
        return Transform3D("a", "b", rotation=tuple(q)).rotation_matrix

    found = Transform3D("a", "b", rotation=geometry.yaw_pitch_roll(yaw, pitch, roll)).rotation_matrix
    np.testing.assert_allclose(found, about(2, yaw) @ about(1, pitch) @ about(0, roll), atol=1e-12)


def test_yaw_of_infinity_has_no_rotation() -> None:
    assert all(map(math.isnan, geometry.yaw_pitch_roll(math.inf, 0, 0)))
