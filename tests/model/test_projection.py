"""Boxes in cameras: corners, lenses and ways against formulas written out here."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from lading.model.geometry import EGO, Transform3D
from lading.model.label import Box3D
from lading.model.projection import boxes_in_camera, corners_of, edges_in_camera, project, way_between
from lading.model.sensor import CameraMatrix, Intrinsics

sys.path.append(str(Path(__file__).parents[1] / "validate" / "corpus"))
cargo = importlib.import_module("cargo")


def lens(**distortion: float) -> Intrinsics:
    return Intrinsics(camera_matrix=CameraMatrix(fx=100, fy=200, cx=50, cy=40, skew=3), distortion=distortion or None)


def test_corners_of_a_box_that_is_not_turned():
    corners = corners_of(Box3D(10, 20, 30, 4, 2, 1))
    assert sorted(map(tuple, corners.tolist())) == sorted(
        (10 + sx * 2.0, 20 + sy * 1.0, 30 + sz * 0.5) for sx in (1, -1) for sy in (1, -1) for sz in (1, -1)
    )
    assert (corners[:4, 0] == 12).all()  # the first four are the front


def test_corners_turn_with_the_box():
    half = math.sqrt(0.5)  # a quarter turn to the left about z: forward is y
    corners = corners_of(Box3D(0, 0, 0, 4, 2, 1, qw=half, qz=half))
    assert np.allclose(corners[:4, 1], 2)
    assert np.allclose(np.abs(corners[:, 0]), 1)


def test_projection_of_a_pinhole_is_the_matrix():
    points = np.array([[1.0, 2.0, 4.0], [-1.0, 0.5, 2.0]])
    matrix = np.array([[100, 3, 50], [0, 200, 40], [0, 0, 1.0]])
    homogeneous = points @ matrix.T
    assert np.allclose(project(points, lens(), is_fisheye=False), homogeneous[:, :2] / homogeneous[:, 2:])


def test_distortion_is_the_formula_of_the_platform():
    x, y = 0.3, -0.2
    r2 = x * x + y * y
    k1, k2, p1, p2 = 0.1, -0.05, 0.01, 0.02
    radial = 1 + k1 * r2 + k2 * r2**2
    dx = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    dy = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    (pixel,) = project(np.array([[x * 5, y * 5, 5.0]]), lens(k2=k2, k1=k1, p1=p1, p2=p2), is_fisheye=False)
    assert pixel.tolist() == pytest.approx([100 * dx + 3 * dy + 50, 200 * dy + 40])


def test_fisheye_counts_in_the_angle():
    theta = math.atan(1.0)
    scale = theta * (1 + 0.1 * theta**2)
    (pixel,) = project(np.array([[2.0, 0.0, 2.0]]), lens(k1=0.1), is_fisheye=True)
    assert pixel.tolist() == pytest.approx([100 * scale + 50, 40])
    (middle,) = project(np.array([[0.0, 0.0, 1.0]]), lens(k1=0.1), is_fisheye=True)
    assert middle.tolist() == pytest.approx([50, 40])


def camera():
    return cargo.drive().sensors["drive"][1]


def test_edges_behind_the_camera_are_cut():
    ahead, behind = corners_of(Box3D(0, 0, 10, 2, 2, 2)), corners_of(Box3D(0, 0, -10, 2, 2, 2))
    around = corners_of(Box3D(0, 0, 0, 2, 2, 20))
    assert len(list(edges_in_camera(ahead, camera()))) == 12
    assert list(edges_in_camera(behind, camera())) == []
    assert 0 < len(list(edges_in_camera(around, camera()))) < 12


def test_the_way_from_lidar_to_camera_goes_over_the_world():
    made = cargo.drive()
    dataset = made.dataset()
    segment, frame = dataset.segments[0], made.frames["drive"][2]
    lidar, left = made.data("drive", 2, "lidar"), made.data("drive", 2, "left")
    way = way_between(segment, frame, lidar, left)
    assert way is not None
    # camera at (1.5, 0.5, 1.5), z forward; the lidar 1.8 m up: a point 10 m ahead of it
    (point,) = way.apply([[10.0, 0.5, 0.0]])
    assert point.tolist() == pytest.approx([0.0, -0.3, 8.5])
    left.ego_pose = Transform3D(EGO, "world", (21.0, 0.0, 0.0))  # the camera fired a metre later
    way = way_between(segment, frame, lidar, left)
    assert way is not None
    assert way.apply([[10.0, 0.5, 0.0]])[0].tolist() == pytest.approx([0.0, -0.3, 7.5])


def test_boxes_without_a_way_or_a_place_are_left_out():
    made = cargo.drive()
    dataset = made.dataset()
    segment, frame = dataset.segments[0], made.frames["drive"][2]
    lidar, left = made.data("drive", 2, "lidar"), made.data("drive", 2, "left")
    sound = Box3D(10.0, 0.5, 0.0, 4, 2, 1)
    lidar.labels = [Box3D(0, 0, 0, 1, 1, 1, qw=0.0), sound, Box3D(math.nan, 0, 0, 1, 1, 1)]
    left.labels = []
    ((data, index, corners),) = boxes_in_camera(segment, frame, left)
    assert (data, index) == (lidar, 1)
    assert corners.mean(axis=0).tolist() == pytest.approx([0.0, -0.3, 8.5])  # as the test above has its centre
    left.sensor_name = "another"
    assert list(boxes_in_camera(segment, frame, left)) == []
