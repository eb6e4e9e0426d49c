"""Real files: published totals, lidar points within boxes, boxes on their pictures, and what faults do to both."""

from __future__ import annotations

import json
import math
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

import lading
from lading import Box2D, Box3D, Report, Transform3D, all_frames, open_dataset

CATEGORIES = {
    "Car": 28742,
    "DontCare": 11295,
    "Pedestrian": 4487,
    "Van": 2914,
    "Cyclist": 1627,
    "Truck": 1094,
    "Misc": 973,
    "Tram": 511,
    "Person_sitting": 222,
}
PICTURES = {
    "Car": 6684,
    "DontCare": 5365,
    "Van": 2145,
    "Pedestrian": 1779,
    "Cyclist": 1141,
    "Truck": 1036,
    "Misc": 778,
    "Tram": 349,
    "Person_sitting": 99,
}


@pytest.fixture
def sample(samples: Path) -> Path:
    folder = samples / "kitti"
    if not folder.is_dir():
        pytest.skip(f"KITTI's samples are not at {folder}")
    return folder


def points_of(data: lading.Data) -> np.ndarray:
    with data.content.open() as stream:
        return np.frombuffer(stream.read(), "<f4").reshape(-1, 4)[:, :3].astype(float)


def inside(box: Box3D, points: np.ndarray) -> int:
    local = Transform3D("box", "sensor", box.centre, box.rotation).inverse().apply(points)
    return int((np.abs(local) <= np.array(box.size_m) / 2).all(axis=1).sum())


def overlap(flat: Box2D, solid: Box3D, camera: lading.Camera) -> float:
    """Intersection over union of a labelled 2D box and the projection of its 3D box."""
    half = np.array(solid.size_m) / 2
    corners = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)]) * half
    points = Transform3D("box", "ego", solid.centre, solid.rotation).apply(corners)
    seen = camera.extrinsics.inverse().apply(points)
    matrix = camera.intrinsics.camera_matrix
    pixels = seen[:, :2] / seen[:, 2:] * [matrix.fx, matrix.fy] + [matrix.cx, matrix.cy]
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    a, b = np.array([flat.xmin, flat.ymin]), np.array([flat.xmax, flat.ymax])
    shared = np.prod(np.clip(np.minimum(b, high) - np.maximum(a, low), 0, None))
    return float(shared / (np.prod(b - a) + np.prod(high - low) - shared))


def test_the_oracles_of_two_official_frames(sample: Path) -> None:
    """source-formats.md 3.4: centres, sizes, quaternions and points within."""
    dataset = open_dataset(sample / "object", format="kitti")
    first, second = dataset.frames("training")
    (pedestrian,) = first.data[2].labels
    assert pedestrian.centre == pytest.approx((8.7364, -1.8681, -0.6548), abs=5e-5)
    assert pedestrian.size_m == (1.20, 0.48, 1.89)
    points = points_of(first.data[2])
    assert len(points) == 115384
    assert inside(pedestrian, points) == 376
    expected = {
        "Truck": ((69.7099, -0.4626, 0.5835), (12.34, 2.63, 2.85), (0.99996, 0.00531, -0.00520, -0.00531)),
        "Car": ((58.7721, 16.5508, -0.8412), (3.69, 1.87, 1.67), (0.00049, 0.00523, 0.00528, -0.99997)),
        "Cyclist": ((46.1156, -4.5819, -0.0316), (2.02, 0.60, 1.86), (0.99992, 0.00534, -0.00517, -0.01031)),
    }
    assert second.data[2].is_missing
    for box in second.data[2].labels:
        centre, size, rotation = expected[box.category]
        assert box.centre == pytest.approx(centre, abs=5e-5)
        assert box.size_m == size
        assert box.rotation == pytest.approx(rotation, abs=5e-6)
    sensors = {sensor.name: sensor for sensor in dataset.segment("training").sensors}
    assert sensors["image_2"].extrinsics.translation == pytest.approx((0.327300, 0.038381, -0.062677), abs=1e-6)
    assert sensors["image_2"].extrinsics.rotation == pytest.approx((0.501488, -0.497706, 0.504910, -0.495847), abs=1e-6)
    own = second.calibration["image_2"]
    assert own.extrinsics.translation == pytest.approx((0.270147, 0.057880, -0.072040), abs=1e-6)
    assert own.intrinsics.camera_matrix.fx == 721.5377
    assert first.calibration is None


def test_boxes_lie_on_their_pictures(sample: Path) -> None:
    """The 2D box was labelled apart from the 3D one, so they agree, but not exactly."""
    seen = []
    for segment, frame in all_frames(open_dataset(sample / "object", format="kitti")):
        sensors = {sensor.name: sensor for sensor in segment.sensors} | dict(frame.calibration or {})
        flats = {label.instance: label for label in frame.data[0].labels}
        seen += [overlap(flats[box.instance], box, sensors["image_2"]) for box in frame.data[2].labels]
    assert len(seen) == 4
    assert min(seen) > 0.75


def bottom_centre(box: Box3D) -> Box3D:
    return msgspec.structs.replace(box, z=box.z - box.height / 2)


def swapped_sides(box: Box3D) -> Box3D:
    return msgspec.structs.replace(box, width=box.length, length=box.width)


def other_yaw(box: Box3D) -> Box3D:
    """The yaw with its sign turned: about the velodyne's z, -yaw for yaw."""
    w, x, y, z = box.rotation
    yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    turn = Transform3D("a", "b", rotation=(math.cos(-yaw), 0.0, 0.0, math.sin(-yaw)))
    qw, qx, qy, qz = (turn @ Transform3D("box", "a", rotation=box.rotation)).rotation
    return msgspec.structs.replace(box, qw=qw, qx=qx, qy=qy, qz=qz)


def other_pose(box: Box3D) -> Box3D:
    """The pose of another frame: the car went a metre and turned by two degrees in between."""
    pose = Transform3D("ego", "ego", (1.0, 0.0, 0.0), (math.cos(0.0175), 0.0, 0.0, math.sin(0.0175)))
    moved = pose @ Transform3D("box", "ego", box.centre, box.rotation)
    (x, y, z), (qw, qx, qy, qz) = moved.translation, moved.rotation
    return msgspec.structs.replace(box, x=x, y=y, z=z, qw=qw, qx=qx, qy=qy, qz=qz)


#: Below this, in the velodyne's frame, points may be of the road (the velodyne sits at 1.73 m).
GROUND_M = -1.4

FAULTS = {
    "the box on its bottom centre": bottom_centre,
    "width and length swapped": swapped_sides,
    "the sign of yaw": other_yaw,
    "the pose of another frame": other_pose,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_leaves_fewer_points_in_the_boxes(sample: Path, fault: Callable[[Box3D], Box3D]) -> None:
    right = wrong = 0
    found = []
    for name, segment in (("object", "training"), ("tracking", "0001")):
        dataset = open_dataset(sample / name, format="kitti")
        frame = next(iter(dataset.frames(segment)))
        lidar = frame.data[-1]
        points = points_of(lidar)
        points = points[points[:, 2] > GROUND_M]
        camera = dataset.segment(segment).sensors[0]
        flats = {label.instance: label for label in frame.data[0].labels}
        for box in lidar.labels:
            faulty = fault(box)
            right += inside(box, points)
            wrong += inside(faulty, points)
            found.append((overlap(flats[box.instance], box, camera), overlap(flats[box.instance], faulty, camera)))
    # most cars here stand along the road, where a yaw and its opposite are alike; every fault shows all the same
    assert right == 1882
    assert wrong < right
    assert np.mean([good for good, _ in found]) > np.mean([bad for _, bad in found]) + 0.03


def test_the_tracking_sequence(sample: Path) -> None:
    report = Report()
    dataset = open_dataset(sample / "tracking", format="kitti")
    rows = [line.split() for line in (sample / "tracking/training/label_02/0001.txt").read_text().splitlines()]
    flats, solids, count = Counter(), Counter(), 0
    instances: dict[str, set[str]] = {}
    for frame in dataset.frames("0001", report=report):
        count += 1
        own = [row for row in rows if int(row[0]) == int(frame.key)]
        labels = frame.data[0].labels
        assert [label.category for label in labels] == [row[2] for row in own]
        assert [(label.xmin, label.ymin, label.xmax, label.ymax) for label in labels] == [
            tuple(map(float, row[6:10])) for row in own
        ]
        assert [box.extras["location"] for box in frame.data[2].labels] == [
            list(map(float, row[13:16])) for row in own if row[2] != "DontCare"
        ]
        flats.update(label.category for label in labels)
        solids.update(label.category for label in frame.data[2].labels)
        for box in frame.data[2].labels:
            instances.setdefault(box.instance, set()).add(box.category)
        assert frame.data[2].ego_pose is not None
    assert count == 447
    assert flats == Counter(row[2] for row in rows)
    assert sum(solids.values()) == sum(row[2] != "DontCare" for row in rows)
    assert instances == {f"0001:{row[1]}": {row[2]} for row in rows if row[2] != "DontCare"}
    assert report.count("error") == 0


def test_the_raw_drive(sample: Path) -> None:
    dataset = open_dataset(sample / "raw", format="kitti")
    (segment,) = dataset.segments
    assert (segment.name, segment.frame_count) == ("2011_09_26_drive_0001_sync", 108)
    boxes = [(int(frame.key), box) for frame in dataset.frames(segment.name) for box in frame.data[0].labels]
    assert len(boxes) == 572
    assert len({box.instance for _, box in boxes}) == 15
    assert max(number for number, _ in boxes) == 107
    assert Counter(box.attributes["state"] for _, box in boxes) == {1: 395, 2: 177}
    assert Counter(box.attributes["occlusion"] for _, box in boxes) == {0: 355, 1: 124, 2: 93}
    # the first pose of the first tracklet, as it stands in the file
    number, first = min(boxes, key=lambda pair: (pair[0], int(pair[1].instance)))
    assert (number, first.category) == (0, "Car")
    assert first.centre == (25.212516037456261, 8.6033915444744817, -1.7921571450416216 + 2.1672349 / 2)
    assert first.size_m == (4.3293562, 1.7057118, 2.1672349)
    turn = math.remainder(-3.1842001424562025, math.tau)
    assert math.atan2(2 * first.qw * first.qz, 1 - 2 * first.qz**2) == pytest.approx(turn, abs=1e-12)
    assert {rule: count for (rule, _), count in dataset.report.counts.items()} == {"media.missing": 1}


def test_odometry(sample: Path) -> None:
    dataset = open_dataset(sample / "odometry", format="kitti")
    assert {segment.name: segment.frame_count for segment in dataset.segments} == {"00": 4541, "04": 271}
    assert [(f.rule, f.file) for f in dataset.report.findings] == [
        ("media.missing", f"dataset/sequences/{name}/velodyne") for name in ("00", "04")
    ]
    report = Report()
    frames = list(dataset.frames("04", report=report))
    assert [finding.rule for finding in report.findings] == ["kitti.ego-pose"]
    assert all(data.ego_pose is None for frame in frames for data in frame.data)


def test_2d_of_a_tool(sample: Path) -> None:
    dataset = open_dataset(sample / "labelformat-odd-names", format="kitti")
    assert not dataset.is_fusion
    found = {frame.key: frame.data[0] for _, frame in all_frames(dataset)}
    assert all(not data.is_missing for data in found.values())
    rows = {
        path.stem: [line.rsplit(None, 14)[0] for line in path.read_text().splitlines() if line.strip()]
        for path in (sample / "labelformat-odd-names/labels").iterdir()
    }
    assert {key: [label.category for label in data.labels] for key, data in found.items()} == rows
    names = {category.name for category in dataset.catalog["BOX2D"].categories}
    assert names == {"dog", "person", "bench", "bicycle with space", "snowboard"}


@pytest.mark.slow
def test_all_training_labels(sample: Path) -> None:
    """All 7,481 files against the published totals, and row by row against the text itself."""
    dataset = open_dataset(sample / "object-labels-all", format="kitti")
    with tarfile.open(sample / "object-labels-all/label_2.tar.xz") as archive:
        texts = {
            member.name[8:14]: [line.split() for line in archive.extractfile(member).read().decode().splitlines()]
            for member in archive
            if member.isfile()
        }
    categories, pictures, occluded = Counter(), Counter(), Counter()
    report = Report()
    behind = frames = own = 0
    for frame in dataset.frames("all", report=report):
        frames += 1
        own += frame.calibration is not None
        labels = frame.data[0].labels
        flats = [label for label in labels if label.kind == "BOX2D"]
        solids = {label.instance: label for label in labels if label.kind == "BOX3D"}
        categories.update(label.category for label in flats)
        pictures.update({label.category for label in flats})
        for number, (label, row) in enumerate(zip(flats, texts[frame.key], strict=True)):
            numbers = [*map(float, row[1:])]
            assert (label.category, label.instance) == (row[0], f"{frame.key}:{number}")
            assert [label.xmin, label.ymin, label.xmax, label.ymax] == numbers[3:7]
            solid = solids.get(label.instance)
            if solid is None:
                assert row[0] == "DontCare"
                continue
            occluded[label.attributes["occluded"]] += 1
            assert [label.attributes[name] for name in ("truncated", "occluded", "alpha")] == numbers[:3]
            assert [solid.height, solid.width, solid.length, *solid.extras["location"]] == numbers[7:13]
            assert solid.attributes["rotation_y"] == numbers[13]
            behind += numbers[12] < 0
    assert frames == 7481
    assert categories == CATEGORIES
    assert pictures == PICTURES
    assert occluded == {0: 19181, 1: 11090, 2: 8101, 3: 2198}
    assert behind == 8
    assert own in (7481 - 6057, 7481 - 770, 7481 - 358, 7481 - 296)  # by the first frame's recording day
    assert report.count("error") == 0
    assert Counter(finding.rule for finding in report.findings) == {"kitti.label-alpha": 5, "kitti.label-behind": 8}
    assert "label_2/002465.txt" in {finding.file for finding in report.findings if finding.rule == "kitti.label-alpha"}
    assert "label_2/000301.txt" in {finding.file for finding in report.findings if finding.rule == "kitti.label-behind"}


def test_the_split_of_chen(sample: Path) -> None:
    dataset = open_dataset(sample / "object", sample / "splits", format="kitti")
    sets = Counter(name for frame in dataset.frames("training") for name in frame.extras["image_sets"])
    assert sets == {"train": 3712, "val": 3769}


def test_a_dump_is_json(sample: Path) -> None:
    lines = [json.loads(json.dumps(line)) for line in lading.dump(open_dataset(sample / "object", format="kitti"))]
    assert [line["kind"] for line in lines] == ["dataset", "segment", "frame", "frame"]
