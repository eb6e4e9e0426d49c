"""The fixtures read as they were drawn: boxes hold their points, poses and times stand on their frames."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from lading import Box3D, Transform3D, infer_catalog, validate


def points_of(path: Path) -> np.ndarray:
    return np.fromfile(path, dtype="<f4").reshape(-1, 4)[:, :3].astype(float)


def inside(box: Box3D, points: np.ndarray) -> int:
    """How many points lie within a box."""
    local = Transform3D("box", "sensor", box.centre, box.rotation).inverse().apply(points)
    return int((np.abs(local) <= np.array(box.size_m) / 2).all(axis=1).sum())


def test_boxes_hold_the_points_that_were_drawn_into_them(fixtures: Path, reading: Any) -> None:
    counts = []
    for name in ("kitti", "kitti-tracking"):
        found = reading(fixtures / name)
        for frames in found.frames.values():
            for frame in frames.values():
                lidar = frame.data[-1]
                points = points_of(fixtures / name / lidar.path)
                counts += [inside(box, points) for box in lidar.labels]
    assert counts == [20] * 8


def turned(box: Box3D, angle: float) -> Box3D:
    """A box turned about its own up axis, which for one that stands on the road turns its yaw."""
    qw, qx, qy, qz = (
        Transform3D("a", "sensor", rotation=box.rotation)
        @ Transform3D("box", "a", rotation=(math.cos(angle / 2), 0.0, 0.0, math.sin(angle / 2)))
    ).rotation
    return msgspec.structs.replace(box, qw=qw, qx=qx, qy=qy, qz=qz)


FAULTS: dict[str, Callable[[Box3D], Box3D]] = {
    "the box on its bottom centre": lambda box: msgspec.structs.replace(box, z=box.z - box.height / 2),
    "width and length swapped": lambda box: msgspec.structs.replace(box, width=box.length, length=box.width),
    # yaw = -rotation_y - pi/2 (3.4); its opposite is a turn by twice as much the other way
    "the sign of yaw": lambda box: turned(box, 2 * (box.attributes["rotation_y"] + math.pi / 2)),
    "the pose of another frame": lambda box: msgspec.structs.replace(box, x=box.x + 1.5, y=box.y - 0.2),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_leaves_points_outside(fixtures: Path, reading: Any, fault: Callable[[Box3D], Box3D]) -> None:
    """The truck of 000001 stands askew to the road."""
    lidar = reading(fixtures / "kitti").data("training", "000001", "velodyne")
    points = points_of(fixtures / "kitti" / lidar.path)
    (truck,) = lidar.labels
    assert inside(truck, points) == 20
    assert inside(fault(truck), points) <= 17


def test_the_object_fixture(fixtures: Path, reading: Any) -> None:
    found = reading(fixtures / "kitti")
    assert [finding.rule for finding in found.report.findings] == ["kitti.label-missing"]
    training = found.frames["training"]
    assert [frame.data[0].annotation for frame in training.values()] == ["present", "present", "none", "empty"]
    assert [frame.calibration is None for frame in training.values()] == [True, False, True, True]
    assert set(training["000001"].calibration) == {"image_2", "image_3"}
    assert training["000001"].extras["calibration"]["P2"][0] == 70.7
    assert training["000003"].extras == {"image_sets": ["val"]}
    assert found.frames["testing"]["000000"].extras == {"image_sets": ["test"]}
    dont_care = training["000000"].data[0].labels[2]
    assert (dont_care.category, dont_care.attributes, dont_care.instance) == ("DontCare", {"ignore": True}, "000000:2")
    assert found.dataset.segment("training").extras["calibration"]["P2"][0] == 72.15


def test_ids_of_frames_are_stable_and_differ(fixtures: Path, reading: Any) -> None:
    runs = [
        [frame.frame_id for frames in reading(fixtures / "kitti").frames.values() for frame in frames.values()]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 5


def test_the_tracking_fixture(fixtures: Path, reading: Any) -> None:
    found = reading(fixtures / "kitti-tracking")
    assert found.report.findings == []
    for sequence, frames in found.frames.items():
        for number, frame in enumerate(frames.values()):
            ignored, car = frame.data[0].labels
            assert (ignored.category, ignored.instance, ignored.extras) == ("DontCare", None, {})
            assert (car.instance, frame.data[0].locate(car).line) == (f"{sequence}:0", 2 * number + 2)
            assert frame.data[0].timestamp_ns is None
            assert len(frame.extras["oxts"]) == 30
    # both sequences have the same numbers under different keys
    first, second = (found.dataset.segment(name).sensors for name in ("0000", "0001"))
    assert first == second


def test_the_raw_fixture(fixtures: Path, reading: Any) -> None:
    found = reading(fixtures / "kitti-raw")
    assert found.report.findings == []
    (lost,) = [loss for loss in found.report.losses if "lost" in loss.what]
    times = "2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/timestamps.txt"
    assert (lost.what, lost.count) == ("frame that a sensor lost, by an empty line of its times", 1)
    assert lost.example == f"{times}:3"
    frames = found.frames["2011_09_26_drive_0001_sync"]
    assert [[len(data.labels) for data in frame.data] for frame in frames.values()] == [[0, 1], [0, 2], [0]]
    lidar = frames["0000000001"].data[1]
    assert [label.instance for label in lidar.labels] == ["0", "1"]
    # 2011-09-26 13:02:25.964389445 counted as UTC, 3 ns on for the velodyne, 100 ns a frame
    assert lidar.timestamp_ns == 1317042145_964389445 + 103
    assert lidar.extras == {
        "timestamp_end_ns": 1317042145_964389445 + 105,
        "timestamp_start_ns": 1317042145_964389445 + 101,
    }
    assert frames["0000000001"].extras["oxts_timestamp_ns"] == 1317042145_964389445 + 107
    assert frames["0000000001"].frame_id[:10] < frames["0000000001"].frame_id
    assert [label.category for label in lidar.labels] == ["Car", "Person (sitting)"]
    assert [(data.width, data.height) for data in frames["0000000001"].data] == [(124, 37), (None, None)]
    assert "calib_cam_to_cam.txt" in found.dataset.segments[0].extras["calibration"]


def test_the_odometry_fixture(fixtures: Path, reading: Any) -> None:
    found = reading(fixtures / "kitti-odometry")
    assert found.report.findings == []
    first, second = found.frames["00"].values()
    assert [data.timestamp_ns for data in (*first.data, *second.data)] == [0, 0, 103735900, 103735900]
    assert found.losses == {"labels of points": 2}
    step = np.subtract(second.data[0].ego_pose.translation, first.data[0].ego_pose.translation)
    assert np.linalg.norm(step) == pytest.approx(np.hypot(0.1, 1.5), abs=0.01)


@pytest.mark.parametrize(
    "name", ["kitti", "kitti-tracking", "kitti-raw", "kitti-odometry", "kitti-semantics", "kitti-2d"]
)
def test_fixtures_have_no_errors(name: str, fixtures: Path, reading: Any) -> None:
    dataset = reading(fixtures / name).dataset
    assert [str(f) for f in validate(dataset) if f.severity == "error"] == []
    assert infer_catalog(dataset) == dataset.catalog


def test_a_part_tells_what_is_wrong_with_its_own_frames(kitti: Any) -> None:
    from lading import Report

    bad = {f"label_2/{n}.txt": "Car 1\n" for n in range(4)}
    dataset = kitti.read(bad).dataset
    told = []
    for k in (1, 2):
        report = Report()
        list(dataset.frames("all", (k, 2), report))
        told.append([finding.file for finding in report.findings])
    assert told == [["label_2/0.txt", "label_2/1.txt"], ["label_2/2.txt", "label_2/3.txt"]]


def test_the_fixtures_are_what_their_script_draws(fixtures: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("make_fixtures.py")
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    for path in sorted(tmp_path.rglob("*")):
        ours = fixtures / path.relative_to(tmp_path)
        if path.suffix == ".bin":  # other machines may round the last bit elsewhere
            np.testing.assert_allclose(points_of(ours), points_of(path), rtol=1e-6)
        elif path.suffix == ".txt":
            drawn, kept = (one.read_text("utf-8").split() for one in (path, ours))
            assert [as_number(word) for word in kept] == [pytest.approx(as_number(word), abs=1e-9) for word in drawn]


def as_number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word
