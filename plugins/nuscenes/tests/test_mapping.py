"""What the tables say, and where it stands in the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lading
from lading import Camera, FisheyeCamera, Lidar, Radar, Report, Transform3D


def table(root: Path, name: str) -> dict[str, Any]:
    return {row["token"]: row for row in json.loads((root / "v1.0-mini" / f"{name}.json").read_text("utf-8"))}


def test_scenes_are_segments_with_what_belongs_to_them(case: Any) -> None:
    dataset = case.open().dataset
    first, second = dataset.segments
    assert [first.name, second.name] == ["scene-0001", "scene 0002.möwe"]
    assert [first.description, second.description] == ["Quay, turn left, cones", ""]
    scene, log = case.rows("scene")[0], case.rows("log")[0]
    assert first.extras["scene"] == scene
    assert first.extras["log"] == log
    assert first.extras["maps"] == [case.rows("map")[0]["filename"]]
    assert first.extras["can_bus"] == ["can_bus/scene-0001_pose.json"]
    assert "can_bus" not in second.extras
    assert first.extras["calibrated_sensors"]["LIDAR_TOP"] == {
        "token": case.rows("calibrated_sensor")[3]["token"],
        "sensor_token": case.rows("sensor")[3]["token"],
    }


def test_sensors_are_verbatim_and_each_scenes_own(case: Any) -> None:
    dataset = case.open().dataset
    rows = case.rows("calibrated_sensor")
    sensors = [sensor for segment in dataset.segments for sensor in segment.sensors]
    assert [type(sensor) for sensor in sensors[:4]] == [Camera, Camera, Radar, Lidar]
    for row, sensor in zip(rows, sensors, strict=True):
        assert sensor.extrinsics == Transform3D(sensor.name, "ego", tuple(row["translation"]), tuple(row["rotation"]))
        if isinstance(sensor, Camera):
            assert sensor.intrinsics is not None
            matrix = sensor.intrinsics.camera_matrix
            assert [[matrix.fx, matrix.skew, matrix.cx], [0, matrix.fy, matrix.cy], [0, 0, 1]] == row[
                "camera_intrinsic"
            ]
            assert sensor.intrinsics.distortion is None


def test_files_have_their_own_time_and_pose(case: Any) -> None:
    files, poses = table(case.root, "sample_data"), table(case.root, "ego_pose")
    data = case.open().data
    assert len(data) == 24
    for part in data:
        row = files[part.extras["token"]]
        pose = poses[row["ego_pose_token"]]
        assert part.timestamp_ns == row["timestamp"] * 1000
        assert part.ego_pose == Transform3D("ego", "world", tuple(pose["translation"]), tuple(pose["rotation"]))
        assert part.path == part.remote_path == row["filename"]
        assert (part.width, part.height) == ((64, 36) if row["fileformat"] == "jpg" else (None, None))
        for key in ("calibrated_sensor_token", "ego_pose_token", "fileformat", "is_key_frame", "prev", "next"):
            assert part.extras[key] == row[key]
    assert data[0].origin is not None
    assert str(data[0].origin) == "v1.0-mini/sample_data.json#/0"


def test_frames_are_samples_in_the_order_of_the_chain(case: Any) -> None:
    samples = case.rows("sample")
    case.edit("sample", lambda rows: rows[::-1])
    frames = case.open().frames
    assert [frame.key for frame in frames] == [row["token"] for row in samples]
    assert frames[0].extras == {
        "timestamp_ns": samples[0]["timestamp"] * 1000,
        "prev": "",
        "next": samples[1]["token"],
    }
    assert [part.sensor_name for part in frames[0].data] == ["CAM_FRONT", "CAM_BACK", "RADAR_FRONT", "LIDAR_TOP"]
    ids = [frame.frame_id for frame in frames[:3]]
    assert ids == sorted(ids)


def test_boxes_lie_on_the_lidar_and_keep_the_rows_numbers(case: Any) -> None:
    rows = table(case.root, "sample_annotation")
    instances, categories = table(case.root, "instance"), table(case.root, "category")
    attributes, levels = table(case.root, "attribute"), table(case.root, "visibility")
    found = [(part, label) for part in case.open().data for label in part.labels]
    assert len(found) == 12
    assert {part.sensor_name for part, _ in found} == {"LIDAR_TOP"}
    for part, label in found:
        row = rows[label.extras["token"]]
        assert {key: row[key] for key in ("translation", "size", "rotation", "prev", "next")} | {
            "token": row["token"]
        } == label.extras
        assert label.instance == row["instance_token"]
        assert label.category == categories[instances[row["instance_token"]]["category_token"]]["name"]
        assert label.size_m == (row["size"][1], row["size"][0], row["size"][2])
        assert label.attributes["attribute"] == [attributes[token]["name"] for token in row["attribute_tokens"]]
        assert label.attributes["num_lidar_pts"] == row["num_lidar_pts"]
        assert label.attributes["num_radar_pts"] == row["num_radar_pts"]
        level = levels[row["visibility_token"]]["level"] if row["visibility_token"] else None
        assert label.attributes.get("visibility") == level
        origin = part.locate(label)
        assert case.rows("sample_annotation")[int((origin.pointer or "")[1:])] == row


def test_findings_of_rules_stand_at_the_column(case: Any) -> None:
    (part, label) = next((part, label) for part in case.open().data for label in part.labels)
    for subject, column in {
        "attributes/visibility": "/visibility_token",
        "attributes/num_lidar_pts": "/num_lidar_pts",
        "category": "/instance_token",
        "geometry": "",
    }.items():
        assert str(part.locate(label, subject)) == f"v1.0-mini/sample_annotation.json#/0{column}"


def test_annotation_says_whether_a_sample_was_looked_at(case: Any) -> None:
    case.edit("sample_annotation", lambda rows: rows[:3])  # the car, in each sample of the first scene
    frames = case.open().frames
    assert [frame.data[-1].annotation for frame in frames] == ["present"] * 3 + ["empty"] * 3
    assert {part.annotation for frame in frames for part in frame.data[:-1]} == {"none"}
    case.edit("sample_annotation", lambda rows: [])  # as in a test set, where they are withheld
    assert {part.annotation for part in case.open().data} == {"none"}


def test_velocity_is_taken_from_the_neighbours(case: Any) -> None:
    rows = case.rows("sample_annotation")
    samples = table(case.root, "sample")
    centres = [np.array(row["translation"]) for row in rows[:3]]
    assert [row["prev"] for row in rows[:3]] == ["", rows[0]["token"], rows[1]["token"]]
    found = {label.extras["token"]: label.attributes.get("velocity") for label in case.open().labels}
    for row, first, last in zip(rows[:3], (0, 0, 1), (1, 2, 2), strict=True):
        microseconds = (
            samples[rows[last]["sample_token"]]["timestamp"] - samples[rows[first]["sample_token"]]["timestamp"]
        )
        np.testing.assert_allclose(
            found[row["token"]], (centres[last] - centres[first]) / (microseconds / 1e6), rtol=1e-12
        )
    assert found[rows[5]["token"]] is None  # a cone that is seen once


@pytest.mark.parametrize(
    ("apart_us", "is_defined"),
    [(1_500_000, True), (1_500_001, False), (0, False), (-500_000, False)],
    ids=["a second and a half", "longer", "no time at all", "backwards"],
)
def test_velocity_is_absent_where_the_rule_has_none(case: Any, apart_us: int, is_defined: bool) -> None:
    samples = case.rows("sample")
    case.set("sample", 1, timestamp=samples[0]["timestamp"] + apart_us)
    token = case.rows("sample_annotation")[0]["token"]
    (label,) = (label for label in case.open().labels if label.extras["token"] == token)
    assert ("velocity" in label.attributes) is is_defined


def test_a_velocity_that_the_row_has_is_taken(case: Any) -> None:
    case.set("sample_annotation", 0, velocity=[1, 2.5, 0]).set("sample_annotation", 1, velocity=None)
    labels = sorted(case.open().labels, key=lambda label: label.origin)
    assert labels[0].attributes["velocity"] == [1.0, 2.5, 0.0]
    assert labels[0].extras["velocity"] == [1, 2.5, 0]
    assert len(labels[1].attributes["velocity"]) == 3


def test_keys_that_the_schema_has_not_are_kept(case: Any) -> None:
    for name in ("scene", "log", "sample", "sample_data", "ego_pose", "calibrated_sensor", "instance", "category"):
        case.set(name, 0, more={"of": name})
    case.set("sample_annotation", 0, more=1, less=None)
    opened = case.open()
    assert opened.told == []
    segment, frame = opened.dataset.segments[0], opened.frames[0]
    assert segment.extras["scene"]["more"] == {"of": "scene"}
    assert segment.extras["log"]["more"] == {"of": "log"}
    assert segment.extras["calibrated_sensors"]["CAM_FRONT"]["more"] == {"of": "calibrated_sensor"}
    assert frame.extras["more"] == {"of": "sample"}
    assert frame.data[0].extras["more"] == {"of": "sample_data"}
    assert frame.data[0].extras["ego_pose"] == {"more": {"of": "ego_pose"}}
    label = frame.data[-1].labels[0]
    assert (label.extras["more"], label.extras["less"]) == (1, None)
    assert label.extras["instance"] == {"more": {"of": "instance"}}
    assert opened.dataset.extras["category"][0]["more"] == {"of": "category"}


def test_a_calibration_that_changes_within_a_scene_is_the_frames_own(case: Any) -> None:
    rows = case.rows("calibrated_sensor")
    moved = {**rows[0], "token": "moved", "translation": [9.0, 8.0, 7.0]}
    same = {**rows[3], "token": "same"}
    case.edit("calibrated_sensor", lambda rows: [*rows, moved, same])
    keys = [i for i, row in enumerate(case.rows("sample_data")) if row["is_key_frame"]]
    case.set("sample_data", keys[1], calibrated_sensor_token="moved")
    lidar = next(i for i in keys if "LIDAR" in case.rows("sample_data")[i]["filename"])
    case.set("sample_data", lidar, calibrated_sensor_token="same")
    opened = case.open()
    first, second, third = opened.frames[:3]
    assert first.calibration is None
    assert third.calibration is None
    assert second.calibration is not None
    assert list(second.calibration) == ["CAM_FRONT"]
    extrinsics = second.calibration["CAM_FRONT"].extrinsics
    assert extrinsics is not None
    assert extrinsics.translation == (9.0, 8.0, 7.0)


def test_sweeps_make_frames_between_the_samples_and_no_labels(case: Any) -> None:
    opened = case.open(sweeps=True)
    whole = {frame.key: frame for frame in case.open().frames}
    assert "files that are no key frames (`-o sweeps=true` reads them)" not in opened.losses()
    assert len(opened.frames) == 6 + 16
    rows = table(case.root, "sample_data")
    for frame in opened.frames:
        if frame.key in whole:
            assert [len(part.labels) for part in frame.data] == [len(part.labels) for part in whole[frame.key].data]
            continue
        (part,) = frame.data
        assert frame.key == part.extras["token"]
        assert not part.labels
        assert part.annotation == "none"
        assert part.extras["is_key_frame"] is False
        assert frame.extras == {"sample_token": rows[frame.key]["sample_token"]}
        assert part.ego_pose is not None
        assert part.content is not None
    for segment in opened.dataset.segments:
        frames = list(opened.dataset.frames(segment.name))
        times = [frame.extras.get("timestamp_ns") or frame.data[0].timestamp_ns for frame in frames]
        assert times == sorted(times)
        assert [frame.frame_id for frame in frames] == sorted(frame.frame_id or "" for frame in frames)


def test_sweeps_of_one_moment_are_one_frame(case: Any) -> None:
    rows = case.rows("sample_data")
    sweeps = [i for i, row in enumerate(rows) if not row["is_key_frame"]][:3:2]
    case.set("sample_data", sweeps[1], timestamp=rows[sweeps[0]]["timestamp"])
    frames = case.open(sweeps=True).frames
    assert len(frames) == 6 + 15
    assert [part.sensor_name for frame in frames for part in frame.data if len(frame.data) == 2] == [
        "CAM_FRONT",
        "CAM_BACK",
    ]


def test_the_header_has_catalog_notes_and_sources(case: Any) -> None:
    dataset = case.open().dataset
    catalog = dataset.catalog["BOX3D"]
    assert [(category.name, category.description) for category in catalog.categories] == [
        (row["name"], row["description"]) for row in case.rows("category")
    ]
    assert catalog.category_delimiter == "."
    assert catalog.is_tracking
    types = {attribute.name: (attribute.type, attribute.enum) for attribute in catalog.attributes}
    assert types == {
        "attribute": ("array", None),
        "visibility": ("string", ["v0-40", "v40-60", "v60-80", "v80-100"]),
        "num_lidar_pts": ("integer", None),
        "num_radar_pts": ("integer", None),
        "velocity": ("array", None),
    }
    items = catalog.attributes[0].items
    assert items is not None
    assert items.enum == [row["name"] for row in case.rows("attribute")]
    assert dataset.is_fusion
    assert dataset.is_continuous
    assert list(dataset.bin_point_cloud_fields or ()) == ["X", "Y", "Z", "Intensity", "Ring"]
    assert {source.kind: source.rows for source in dataset.sources} == {
        file.stem: len(json.loads(file.read_text("utf-8"))) for file in (case.root / "v1.0-mini").iterdir()
    }
    assert dataset.extras["version"] == "v1.0-mini"
    assert dataset.extras["map"] == case.rows("map")


def test_point_labels_are_named_with_their_lidar(case: Any) -> None:
    opened = case.open()
    names = {row["sample_data_token"]: row["filename"] for row in case.rows("lidarseg")}
    assert {part.extras["token"]: part.extras["lidarseg"] for part in opened.data if "lidarseg" in part.extras} == names
    (what,) = (what for what in opened.losses() if what.startswith("point labels of lidarseg"))
    assert opened.losses()[what] == 3


def test_logs_of_nuimages_are_segments_and_samples_have_one_picture(images: Any) -> None:
    opened = images.open()
    assert opened.told == []
    assert [segment.name for segment in opened.dataset.segments] == [row["logfile"] for row in images.rows("log")]
    assert [len(frame.data) for frame in opened.frames] == [1, 1]
    assert opened.frames[0].extras["key_camera_token"] == opened.data[0].extras["token"]
    assert opened.data[0].extras["ego_pose"] == {
        "rotation_rate": [0.0, 0.0, 0.1],
        "acceleration": [0.2, 0.0, 9.8],
        "speed": 6.0,
    }
    assert not opened.dataset.is_continuous
    assert opened.dataset.bin_point_cloud_fields is None
    assert sorted(opened.dataset.catalog.subcatalogs) == ["BOX2D", "RLE"]
    front, back = (segment.sensors[0] for segment in opened.dataset.segments)
    assert (type(front), type(back)) == (Camera, FisheyeCamera)
    lenses = [row["camera_distortion"] for row in images.rows("calibrated_sensor")]
    assert isinstance(front, Camera)
    assert isinstance(back, Camera)
    assert front.intrinsics is not None
    assert back.intrinsics is not None
    assert front.intrinsics.distortion == dict(zip(["k1", "k2", "p1", "p2", "k3"], lenses[0], strict=True))
    assert back.intrinsics.distortion == dict(zip(["k1", "k2", "p1", "p2", "k3", "k4"], lenses[1], strict=True))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with numpy 2
def test_boxes_and_masks_of_an_object_have_one_instance(images: Any) -> None:
    from base64 import b64decode

    from pycocotools import mask as coco_mask

    from lading.model.rle import mask_from_counts

    part = images.open().data[0]
    car, person, ground = (images.rows("object_ann")[0], images.rows("object_ann")[1], images.rows("surface_ann")[0])
    kinds = [(label.kind, label.category, label.instance) for label in part.labels]
    assert kinds == [
        ("BOX2D", "vehicle.car", car["token"]),
        ("RLE", "vehicle.car", car["token"]),
        ("BOX2D", "human.pedestrian.adult", person["token"]),
        ("RLE", "flat.driveable_surface", None),
    ]
    box: Any = part.labels[0]
    assert [box.xmin, box.ymin, box.xmax, box.ymax] == car["bbox"]
    assert box.attributes == {"attribute": ["vehicle.parked"]}
    for label, row in ((part.labels[1], car), (part.labels[3], ground)):
        rle: Any = label
        expected = coco_mask.decode({"size": row["mask"]["size"], "counts": b64decode(row["mask"]["counts"])})
        assert (mask_from_counts(rle.counts, rle.height, rle.width) == expected.astype(bool)).all()
    assert str(part.locate(part.labels[1], "geometry")) == "v1.0-mini/object_ann.json#/0/mask"
    assert str(part.locate(part.labels[0], "geometry")) == "v1.0-mini/object_ann.json#/0/bbox"
    assert part.annotation == "present"


def test_rows_on_pictures_are_read_where_they_stand_and_where_json_is_none(images: Any) -> None:
    whole = images.open().lines[1:]
    text = images.path("object_ann").read_text("utf-8")
    images.path("object_ann").write_text("\ufeff " + text.replace('"bbox"', '"flag": [NaN],\n"bbox"', 1), "utf-8")
    opened = images.open()
    flag = opened.labels[0].extras.pop("flag")
    assert np.isnan(flag[0])
    assert [label.kind for label in opened.labels] == [label.kind for label in images.open().labels]
    assert len(opened.lines[1:]) == len(whole)


def test_upload_counts_what_the_wire_has_not(case: Any, tmp_path: Path) -> None:
    with lading.local_platform(tmp_path / "platform") as platform:
        result = lading.upload(
            lading.open_dataset(case.root, report=Report()),
            "boxes",
            platform=platform.url,
            access_key=platform.access_key,
        )
    assert (result.frames, result.labels) == (6, 12)


def test_a_dataset_can_be_given_to_another_process(case: Any, images: Any) -> None:
    import pickle

    for opened in (case.open(sweeps=True), images.open()):
        copy = pickle.loads(pickle.dumps(opened.dataset))
        assert list(lading.dump(copy, Report())) == opened.lines
