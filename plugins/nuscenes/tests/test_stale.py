"""Rows that name what is another row's: its file, its ego pose, its log, its sensor; told at themselves, once."""

from __future__ import annotations

from typing import Any

import pytest

import lading

FILES = "v1.0-mini/sample_data.json#"
LOGS = ["n001-2023-11-14-22-13-20+0800", "n002-2023-11-14-22-13-20+0800"]

#: What the fixture shows of its pictures of one colour.
MEDIA: dict[str, Any] = dict.fromkeys(("media.duplicate", "media.leak", "segment.forbidden-name"), "off")


def judged(case: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root), severities=MEDIA)
    return [f"{one.severity} {one.rule} {one}".partition(": expected")[0] for one in found]


def copied(case: Any, table: str, row: int, other: int, column: str) -> None:
    case.set(table, row, **{column: case.rows(table)[other][column]})


def exchanged(case: Any, table: str, row: int, other: int, column: str) -> None:
    one, two = (case.rows(table)[place][column] for place in (row, other))
    case.set(table, row, **{column: two})
    case.set(table, other, **{column: one})


@pytest.mark.parametrize(("row", "other"), [(2, 7), (7, 2)])
def test_a_file_of_another_sensor_is_told_where_it_is_not_its_own(case: Any, row: int, other: int) -> None:
    """The rows 2 and 7 are of two cameras in one sample."""
    copied(case, "sample_data", row, other, "filename")
    assert judged(case) == [f"warning nuscenes.name-channel {FILES}/{row}/filename"]


@pytest.mark.parametrize(("row", "other"), [(2, 4), (4, 2)])
def test_a_file_of_another_sample_is_told_where_it_is_not_its_own(case: Any, row: int, other: int) -> None:
    copied(case, "sample_data", row, other, "filename")
    assert judged(case) == [f"warning nuscenes.name-time {FILES}/{row}/filename"]


def test_a_file_of_another_sensor_by_its_calibration_is_told_once(case: Any) -> None:
    copied(case, "sample_data", 2, 7, "calibrated_sensor_token")
    assert judged(case) == [f"error nuscenes.second-file {FILES}/2"]


@pytest.mark.parametrize(("row", "other"), [(2, 7), (7, 2), (4, 2), (2, 4)])
def test_the_ego_pose_of_another_file_is_told(case: Any, row: int, other: int) -> None:
    """Of another camera in one sample, and of the sample before or behind."""
    copied(case, "sample_data", row, other, "ego_pose_token")
    assert judged(case) == [f"warning nuscenes.ego-pose {FILES}/{row}/ego_pose_token"]


def test_ego_poses_that_are_exchanged_are_told_at_both_files(case: Any) -> None:
    exchanged(case, "sample_data", 2, 7, "ego_pose_token")
    assert judged(case) == [f"warning nuscenes.ego-pose {FILES}/{row}/ego_pose_token" for row in (2, 7)]


def test_files_that_share_the_pose_of_their_sample_are_not_told(case: Any) -> None:
    """As others have it: one ego pose a sample, that of the lidar."""
    rows = case.rows("sample_data")
    lidars = {row["sample_token"]: row["ego_pose_token"] for row in rows if "LIDAR" in row["filename"]}
    case.edit("sample_data", lambda rows: [row | {"ego_pose_token": lidars[row["sample_token"]]} for row in rows])
    assert judged(case) == []


def test_the_log_of_another_scene_is_told(case: Any) -> None:
    copied(case, "scene", 1, 0, "log_token")
    (line,) = [line for line in case.open().told if "name-log" in line]
    assert line == (
        "warning nuscenes.name-log v1.0-mini/scene.json#/1/log_token: "
        f"expected the log that its files are named after, {LOGS[1]!r}, found {LOGS[0]!r}"
    )


def test_logs_of_samples_of_nuimages_that_are_exchanged_are_told(images: Any) -> None:
    exchanged(images, "sample", 0, 1, "log_token")
    assert [line.partition(": expected")[0] for line in images.open().told] == [
        f"warning nuscenes.name-log v1.0-mini/sample.json#/{row}/log_token" for row in (0, 1)
    ]


def third_scene(case: Any, **log: Any) -> None:
    """A scene more, with a log of its own and the last sample of the second one."""
    sample = case.rows("sample")[5]["token"]
    case.set("sample", 4, next="")
    case.set("sample", 5, prev="", scene_token="1a" * 16)
    case.set("scene", 1, nbr_samples=2, last_sample_token=case.rows("sample")[4]["token"])
    ends = {"first_sample_token": sample, "last_sample_token": sample, "nbr_samples": 1}
    added = {"token": "1a" * 16, "name": "third", "log_token": "1b" * 16} | ends
    case.edit("scene", lambda rows: [*rows, rows[1] | added])
    case.edit("log", lambda rows: [*rows, rows[1] | {"token": "1b" * 16} | log])
    case.edit("map", lambda rows: [row | {"log_tokens": [*row["log_tokens"], "1b" * 16]} for row in rows])


def test_a_log_that_is_called_otherwise_than_its_files_is_told_where_others_are_not(case: Any) -> None:
    third_scene(case)
    assert [line for line in case.open().told if "name-log" in line] == []
    case.set("log", 1, logfile="n009")
    case.set("log", 2, logfile="n009-b")
    assert [line for line in case.open().told if "name-log" in line] == []  # of most: others' names say nothing
    case.set("log", 1, logfile=LOGS[1])
    case.set("log", 2, logfile=LOGS[1])
    case.set("log", 0, logfile="n009")
    assert [line for line in case.open().told if "name-log" in line] == [
        "warning nuscenes.name-log v1.0-mini/log.json#/0/logfile: "
        f"expected what its files are named after, {LOGS[0]!r}, found 'n009'"
    ]


def test_a_key_frame_that_is_said_to_be_none_is_told_once(case: Any) -> None:
    case.set("sample_data", 2, is_key_frame=False)
    assert judged(case) == [f"warning nuscenes.no-key-frame {FILES}/2/is_key_frame"]


def test_a_sensor_may_have_files_between_samples_where_key_frames_are(case: Any) -> None:
    """Of one of four sensors."""
    rows = case.rows("sample_data")
    moved = [place for place, row in enumerate(rows) if row["filename"].startswith("sweeps/LIDAR_TOP")]
    names = [rows[place]["filename"].replace("sweeps/", "samples/") for place in moved]
    for place, name in zip(moved, names, strict=True):
        (case.root / rows[place]["filename"]).rename(case.root / name)
        case.set("sample_data", place, filename=name)
    assert len(moved) * 3 < sum(row["is_key_frame"] for row in rows)
    assert case.open().told == []


def test_files_between_samples_may_be_where_key_frames_are(case: Any) -> None:
    """As others have it: one folder for all files."""
    rows = case.rows("sample_data")
    for row in rows:
        (case.root / row["filename"]).rename(case.root / row["filename"].replace("sweeps/", "samples/"))
    case.edit("sample_data", lambda rows: [
        row | {"filename": row["filename"].replace("sweeps/", "samples/")} for row in rows
    ])  # fmt: skip
    assert case.open().told == []


def test_annotations_that_stand_alone_and_have_each_others_instances_are_told(case: Any) -> None:
    exchanged(case, "sample_annotation", 5, 11, "instance_token")
    assert case.open().told == [
        f"warning nuscenes.broken-chain v1.0-mini/sample_annotation.json#/{row}/instance_token: "
        "expected the instance whose first and last annotation it is, found another"
        for row in (5, 11)
    ]


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        ("object_ann", "flat.driveable_surface", "expected the category of an object, found"),
        ("surface_ann", "vehicle.car", "expected the category of a surface, found"),
    ],
)
def test_surfaces_among_objects_are_told_and_objects_among_surfaces(
    images: Any, table: str, name: str, message: str
) -> None:
    (token,) = (row["token"] for row in images.rows("category") if row["name"] == name)
    images.set(table, 0, category_token=token, **({"attribute_tokens": []} if table == "object_ann" else {}))
    (line,) = images.open().told
    assert line.startswith(f"warning nuscenes.surface-category v1.0-mini/{table}.json#/0/category_token: {message}")
    images.edit("category", lambda rows: [row | {"name": f"my.{row['name']}"} for row in rows])
    assert images.open().told == []
