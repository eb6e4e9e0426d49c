"""The real files, against what other programs make of them."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import lading
from lading import Report
from lading.model.rle import mask_from_counts


@pytest.fixture
def root(samples: Path) -> Path:
    return samples / "nuscenes"


def rows(folder: Path, table: str) -> Any:
    return json.loads((folder / f"{table}.json").read_text("utf-8"))


def opened(root: Path) -> tuple[lading.Dataset, list[lading.Frame], Report]:
    report = Report()
    dataset = lading.open_dataset(root, report=report)
    assert dataset.format == "nuscenes"
    return dataset, [frame for _, frame in lading.all_frames(dataset)], report


def test_the_keyframe_is_whole(root: Path) -> None:
    folder = root / "mini-one-keyframe"
    tables = folder / "v1.0-mini"
    dataset, (frame,), report = opened(folder)
    assert report.findings == []
    assert frame.key == "ca9a282c9e77460f8360f564131a8af5"
    assert {data.path for data in frame.data} == {row["filename"] for row in rows(tables, "sample_data")}
    assert not any(data.is_missing for data in frame.data)
    (lidar,) = (data for data in frame.data if data.labels)
    assert lidar.sensor_name == "LIDAR_TOP"
    categories = {row["token"]: row["name"] for row in rows(tables, "category")}
    of_instance = {row["token"]: categories[row["category_token"]] for row in rows(tables, "instance")}
    annotations = rows(tables, "sample_annotation")
    assert [label.category for label in lidar.labels] == [of_instance[row["instance_token"]] for row in annotations]
    points = [label.attributes["num_lidar_pts"] for label in lidar.labels]
    assert points == [row["num_lidar_pts"] for row in annotations]
    assert [category.name for category in dataset.catalog["BOX3D"].categories] == list(categories.values())


def test_the_published_pedestrian_is_where_it_was_published(root: Path) -> None:
    _, (frame,), _ = opened(root / "mini-one-keyframe")
    (lidar,) = (data for data in frame.data if data.labels)
    label: Any = lidar.labels[0]
    assert label.extras["token"] == "ef63a697930c4b20a6b9791f423351da"
    assert label.category == "human.pedestrian.adult"
    assert label.extras["translation"] == [373.256, 1130.419, 0.8]
    assert label.extras["size"] == [0.621, 0.669, 1.642]
    assert label.size_m == (0.669, 0.621, 1.642)
    front = next(data for data in frame.data if data.sensor_name == "CAM_FRONT")
    assert front.ego_pose is not None
    assert front.ego_pose.translation == (411.4199861830012, 1181.197175631848, 0.0)


def test_missing_tables_are_listed_and_the_others_read(root: Path) -> None:
    tables = root / "mini-metadata-partial" / "v1.0-mini"
    dataset, frames, report = opened(root / "mini-metadata-partial")
    assert [str(finding) for finding in report.findings] == [
        f"v1.0-mini/{table}.json: expected the table {table!r}, found no such file"
        for table in ("calibrated_sensor", "sample_data", "ego_pose", "sample_annotation")
    ]
    expected = {row["name"]: row["nbr_samples"] for row in rows(tables, "scene")}
    assert {segment.name: segment.frame_count for segment in dataset.segments} == expected
    assert sum(expected.values()) == len(frames) == 404
    samples = {row["token"]: row for row in rows(tables, "sample")}
    for segment in dataset.segments:
        keys = [frame.key for frame in dataset.frames(segment.name)]
        scene = segment.extras["scene"]
        assert (keys[0], keys[-1]) == (scene["first_sample_token"], scene["last_sample_token"])
        assert [samples[key]["next"] for key in keys] == [*keys[1:], ""]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with numpy 2
def test_masks_and_boxes_of_t4_are_those_of_its_tables(root: Path) -> None:
    from pycocotools import mask as coco_mask

    tables = root / "t4-synthetic" / "annotation"
    dataset, frames, report = opened(root / "t4-synthetic")
    # a quaternion of four digits, and sizes with the length first: those of its cars are [4.5, 2.0, 1.8]
    assert sorted(finding.rule for finding in report.findings) == ["nuscenes.rotation-length", "nuscenes.size-order"]
    assert [row["size"] for row in rows(tables, "sample_annotation")[:2]] == [[4.5, 2.0, 1.8]] * 2
    labels = [(data, label) for frame in frames for data in frame.data for label in data.labels]
    kinds = Counter(label.kind for _, label in labels)
    objects, surfaces = rows(tables, "object_ann"), rows(tables, "surface_ann")
    assert kinds == {"BOX3D": 4, "BOX2D": len(objects), "RLE": len(objects) + len(surfaces)}
    by_token = {row["token"]: row for row in objects + surfaces}
    files = {row["token"]: row["filename"] for row in rows(tables, "sample_data")}
    instances = {row["token"] for row in rows(tables, "instance")}
    for data, label in labels:
        if label.kind == "BOX3D":
            continue
        row = by_token[label.extras["token"]]
        assert data.path == files[row["sample_data_token"]]
        found: Any = label
        if label.kind == "BOX2D":
            assert [found.xmin, found.ymin, found.xmax, found.ymax] == row["bbox"]
            assert label.instance in instances  # T4 ties a box in a picture to the box in the world
        else:
            expected = coco_mask.decode({"size": row["mask"]["size"], "counts": b64decode(row["mask"]["counts"])})
            assert (mask_from_counts(found.counts, found.height, found.width) == expected.astype(bool)).all()
    assert dataset.bin_point_cloud_fields is not None


@pytest.mark.parametrize(("turned", "more"), [(1, ""), (3, "; so it is with 3 scenes of 3")])
def test_scenes_that_go_back_in_time_are_told_once_where_most_do(case: Any, turned: int, more: str) -> None:
    """Three scenes of four samples."""
    first = case.rows("scene")[0]
    scenes, samples = [], []
    for number in range(3):
        names = [f"sample-{number}-{place}" for place in range(4)]
        times = dict(zip(names, range(1_700_000_000_000_000, 1_700_000_002_000_000, 500_000), strict=True))
        chain = names[::-1] if number < turned else names
        own = {"token": f"scene-{number}", "name": f"scene-{number}", "nbr_samples": 4}
        scenes.append(first | own | {"first_sample_token": chain[0], "last_sample_token": chain[-1]})
        for before, token, after in zip(["", *chain], chain, [*chain[1:], ""], strict=False):
            links = {"token": token, "prev": before, "next": after}
            samples.append(links | {"scene_token": f"scene-{number}", "timestamp": times[token]})
    case.edit("scene", lambda _: scenes).edit("sample", lambda _: samples)
    for table in ("sample_data", "sample_annotation", "instance", "ego_pose"):
        case.edit(table, lambda _: [])
    assert [line for line in case.open().told if "sample-order" in line] == [
        "warning nuscenes.sample-order v1.0-mini/scene.json#/0/first_sample_token: "
        f"expected samples forward in time, found 3 steps back in 4, the first to row 1{more}"
    ]
