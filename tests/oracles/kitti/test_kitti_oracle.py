"""The reader against numbers that pykitti and the devkit's formulas gave on real files (README.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lading

HERE = Path(__file__).resolve().parent
CORNERS_M = 1e-6
PIXELS = 1e-3
LEAST_DEPTH_M = 2.0


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((HERE / "expected.json").read_text("utf-8"))


def corners(box: lading.Box3D) -> np.ndarray:
    """The corners of a box in its sensor's frame, in the devkit's order."""
    length, width, height = box.size_m
    local = np.array(
        [
            [length / 2, length / 2, -length / 2, -length / 2] * 2,
            [width / 2, -width / 2, -width / 2, width / 2] * 2,
            [-height / 2] * 4 + [height / 2] * 4,
        ]
    ).T
    return lading.Transform3D("box", "sensor", box.centre, box.rotation).apply(local)


def pixels(points_velo: np.ndarray, camera: lading.Camera) -> np.ndarray:
    matrix = camera.intrinsics.camera_matrix
    seen = camera.extrinsics.inverse().apply(points_velo)
    return seen[:, :2] / seen[:, 2:] * [matrix.fx, matrix.fy] + [matrix.cx, matrix.cy]


def sensors_of(segment: lading.Segment, frame: lading.Frame) -> dict[str, Any]:
    return {sensor.name: sensor for sensor in segment.sensors} | dict(frame.calibration or {})


def compare(boxes: list[tuple[lading.Box3D, np.ndarray]], camera: lading.Camera, expected: list[Any]) -> int:
    """Hold boxes, with their corners in the velodyne's frame, to what is expected; how many were projected."""
    assert [box.category for box, _ in boxes] == [one["category"] for one in expected]
    projected = 0
    for (_, points), one in zip(boxes, expected, strict=True):
        np.testing.assert_allclose(points, one["corners_velo"], rtol=0, atol=CORNERS_M)
        if one["least_depth"] >= LEAST_DEPTH_M:
            np.testing.assert_allclose(pixels(points, camera), one["pixels"], rtol=0, atol=PIXELS)
            projected += 1
    return projected


def boxes_of(data: lading.Data) -> list[lading.Box3D]:
    return [label for label in data.labels if isinstance(label, lading.Box3D)]


def test_boxes_of_the_object_benchmark(samples: Path, expected: Any) -> None:
    dataset = lading.open_dataset(samples / "kitti" / "object", format="kitti")
    projected = 0
    for segment, frame in lading.all_frames(dataset):
        (lidar,) = [data for data in frame.data if data.sensor_name == "velodyne"]
        camera = sensors_of(segment, frame)["image_2"]
        boxes = [(box, corners(box)) for box in boxes_of(lidar)]
        projected += compare(boxes, camera, expected["object"][frame.key])
    assert projected == 4


def test_centres_of_cameras(samples: Path, expected: Any) -> None:
    dataset = lading.open_dataset(samples / "kitti" / "object", format="kitti")
    for segment, frame in lading.all_frames(dataset):
        for name, centre in expected["cameras"][frame.key].items():
            found = sensors_of(segment, frame)[name].extrinsics.translation
            np.testing.assert_allclose(found, centre, rtol=0, atol=1e-9)


@pytest.mark.slow
def test_boxes_of_every_recording_day(samples: Path, expected: Any, tmp_path: Path) -> None:
    """One cloud laid over the labels makes the velodyne their sensor."""
    (tmp_path / "velodyne").mkdir()
    (tmp_path / "velodyne" / "000000.bin").write_bytes(bytes(16))
    dataset = lading.open_dataset(samples / "kitti" / "object-labels-all", tmp_path, format="kitti")
    projected = 0
    for segment, frame in lading.all_frames(dataset):
        if frame.key in expected["all-labels"]:
            camera = sensors_of(segment, frame)["image_2"]
            (lidar,) = [data for data in frame.data if data.sensor_name == "velodyne"]
            boxes = [(box, corners(box)) for box in boxes_of(lidar)]
            projected += compare(boxes, camera, expected["all-labels"][frame.key])
    assert projected > 30


def test_boxes_and_poses_of_tracking(samples: Path, expected: Any) -> None:
    dataset = lading.open_dataset(samples / "kitti" / "tracking", format="kitti")
    (segment,) = dataset.segments
    projected = 0
    for frame in dataset.frames(segment.name):
        number = str(int(frame.key))
        if number not in expected["tracking"]["boxes"]:
            continue
        (lidar,) = [data for data in frame.data if data.sensor_name == "velodyne"]
        boxes = [(box, corners(box)) for box in boxes_of(lidar)]
        projected += compare(boxes, sensors_of(segment, frame)["image_02"], expected["tracking"]["boxes"][number])
        assert lidar.ego_pose is not None
        np.testing.assert_allclose(lidar.ego_pose.matrix, expected["tracking"]["poses"][number], rtol=0, atol=1e-6)
    assert projected == 20


def test_poses_and_times_of_odometry(samples: Path, expected: Any) -> None:
    dataset = lading.open_dataset(samples / "kitti" / "odometry", format="kitti")
    for frame in dataset.frames("00"):
        number = str(int(frame.key))
        if number in expected["odometry"]["poses"]:
            (data,) = frame.data
            assert data.ego_pose is not None
            assert data.timestamp_ns is not None
            # the text of poses has seven digits, so their rotations are orthonormal to 1e-6 alone
            np.testing.assert_allclose(data.ego_pose.matrix, expected["odometry"]["poses"][number], rtol=0, atol=5e-6)
            assert data.timestamp_ns / 1e9 == pytest.approx(expected["odometry"]["times_s"][number], abs=1e-6)


def test_boxes_of_tracklets(samples: Path, expected: Any) -> None:
    dataset = lading.open_dataset(samples / "kitti" / "raw", format="kitti")
    found = {
        f"{int(frame.key)}/{box.instance}": corners(box)
        for _, frame in lading.all_frames(dataset)
        for data in frame.data
        for box in boxes_of(data)
    }
    assert len(found) == 572
    for key, points in expected["tracklets"].items():
        np.testing.assert_allclose(found[key], points, rtol=0, atol=CORNERS_M)
