"""What is wrong in the tables is told with its place, and the rest is read all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import lading
from lading.errors import DetectionError

NOWHERE = "f" * 32
BOX = "v1.0-mini/sample_annotation.json#/0"
FILE = "v1.0-mini/sample_data.json#/0"


def change(table: str, index: int, **values: Any) -> Callable[[Any], None]:
    return lambda case: case.set(table, index, **values)


#: Name -> (what is changed, what is told of it, how many labels are left of 12).
DEFECTS: dict[str, tuple[Callable[[Any], None], list[str], int]] = {
    "a sample that is not there": (
        change("sample_annotation", 0, sample_token=NOWHERE),
        [f"error nuscenes.dangling-token {BOX}/sample_token: expected a token of sample.json, found {NOWHERE!r}"],
        11,
    ),
    "an instance that is not there": (
        change("sample_annotation", 0, instance_token="x"),
        [
            f"error nuscenes.dangling-token {BOX}/instance_token: expected a token of instance.json, found 'x'",
        ],
        12,
    ),
    "a visibility that is not there": (
        change("sample_annotation", 0, visibility_token="9"),
        [f"error nuscenes.dangling-token {BOX}/visibility_token: expected a token of visibility.json, found '9'"],
        12,
    ),
    "an attribute that is not there": (
        change("sample_annotation", 0, attribute_tokens=["x"]),
        [f"error nuscenes.dangling-token {BOX}/attribute_tokens/0: expected a token of attribute.json, found 'x'"],
        12,
    ),
    "a chain of annotations that breaks": (
        change("sample_annotation", 0, next=NOWHERE),
        [
            f"warning nuscenes.broken-chain {BOX}/next: "
            f"expected a token of sample_annotation.json or none, found {NOWHERE!r}"
        ],
        12,
    ),
    "a quaternion that is too long": (
        change("sample_annotation", 0, rotation=[2.0, 0.0, 0.0, 0.0]),
        [
            f"warning nuscenes.rotation-length {BOX}/rotation: "
            "expected a unit quaternion, found one of length 2.0; its direction counts"
        ],
        12,
    ),
    "a rotation as a matrix": (
        change("sample_annotation", 0, rotation=[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        [
            f"warning nuscenes.rotation-matrix {BOX}/rotation: "
            "expected a quaternion, found a matrix; the quaternion of the nearest rotation is used"
        ],
        12,
    ),
    "a rotation of three numbers": (
        change("sample_annotation", 5, rotation=[1.0, 0.0, 0.0]),
        [
            "error nuscenes.bad-record v1.0-mini/sample_annotation.json#/5/rotation: expected `array` of length 4, "
            "found 3 (token 'TOKEN'); the row is left out",
        ],
        11,
    ),
    "a token that is a number": (
        change("sample_annotation", 0, visibility_token=4),
        [f"warning nuscenes.token-type {BOX}/visibility_token: expected a token as a string, found the number 4"],
        12,
    ),
    "a velocity that is no number": (
        change("sample_annotation", 0, velocity=[float("nan"), 0.0, 0.0]),
        [
            f"warning nuscenes.velocity {BOX}/velocity: expected finite numbers, found [nan, 0.0, 0.0]; "
            "taken from the neighbours where there are some"
        ],
        12,
    ),
    "an instance without a category": (
        change("instance", 1, category_token=""),
        [
            "error nuscenes.dangling-token v1.0-mini/instance.json#/1/category_token: "
            "expected a token of category.json, found ''"
        ],
        12,
    ),
    "an instance that counts wrong": (
        change("instance", 1, nbr_annotations=7, last_annotation_token="gone"),
        [
            "warning nuscenes.broken-chain v1.0-mini/instance.json#/1/last_annotation_token: "
            "expected a token of sample_annotation.json or none, found 'gone'",
            "warning nuscenes.count-mismatch v1.0-mini/instance.json#/1/nbr_annotations: "
            "expected 7 annotations as declared, found 2",
        ],
        12,
    ),
    "a scene that is not there": (
        change("sample", 5, scene_token="x"),
        [
            "error nuscenes.dangling-token v1.0-mini/sample.json#/5/scene_token: "
            "expected a token of scene.json, found 'x'",
        ],
        12,
    ),
    "a chain of samples that breaks": (
        change("sample", 0, next=NOWHERE),
        [
            "warning nuscenes.broken-chain v1.0-mini/sample.json#/0/next: "
            f"expected a token of sample.json or none, found {NOWHERE!r}",
        ],
        12,
    ),
    "a scene that begins nowhere": (
        change("scene", 0, first_sample_token="x", nbr_samples=4),
        [
            "warning nuscenes.broken-chain v1.0-mini/scene.json#/0/first_sample_token: "
            "expected a token of sample.json or none, found 'x'",
            "warning nuscenes.count-mismatch v1.0-mini/scene.json#/0/nbr_samples: "
            "expected 4 samples as declared, found 3",
        ],
        12,
    ),
    "a log that is not there": (
        change("scene", 0, log_token="x"),
        ["error nuscenes.dangling-token v1.0-mini/scene.json#/0/log_token: expected a token of log.json, found 'x'"],
        12,
    ),
    "two scenes of one name": (
        change("scene", 1, name="scene-0001"),
        [
            "warning nuscenes.duplicate-name v1.0-mini/scene.json#/1/name: "
            "expected a name of its own, found 'scene-0001' again; the segment is called 'scene-0001-2'"
        ],
        12,
    ),
    "a file of no sample": (
        change("sample_data", 0, sample_token="x"),
        [f"error nuscenes.dangling-token {FILE}/sample_token: expected a token of sample.json, found 'x'"],
        12,
    ),
    "a file of no sensor": (
        change("sample_data", 0, calibrated_sensor_token=""),
        [
            f"error nuscenes.dangling-token {FILE}/calibrated_sensor_token: "
            "expected a token of calibrated_sensor.json, found ''"
        ],
        12,
    ),
    "a file without an ego pose": (
        change("sample_data", 0, ego_pose_token=""),
        [f"error nuscenes.dangling-token {FILE}/ego_pose_token: expected a token of ego_pose.json, found ''"],
        12,
    ),
    "a file whose neighbour is not there": (
        change("sample_data", 0, next="x"),
        [
            f"warning nuscenes.broken-chain {FILE}/next: expected a token of sample_data.json or none, found 'x'",
        ],
        12,
    ),
    "a time in seconds": (
        change("sample_data", 0, timestamp=1700000060.012345),
        [
            f"warning nuscenes.timestamp {FILE}/timestamp: "
            "expected microseconds since the epoch, found 1700000060.012345; read as seconds"
        ],
        12,
    ),
    "a time in nanoseconds": (
        change("sample", 0, timestamp=1700000060000000000),
        [
            "warning nuscenes.timestamp v1.0-mini/sample.json#/0/timestamp: "
            "expected microseconds since the epoch, found 1700000060000000000; read as nanoseconds"
        ],
        12,
    ),
    "a sensor of another kind": (
        change("sensor", 2, modality="imu"),
        [
            "warning nuscenes.modality v1.0-mini/sensor.json#/2/modality: "
            "expected a sensor of modality camera, lidar or radar, found 'imu'; its files are left out"
        ],
        12,
    ),
    "a sensor of no kind": (
        change("sensor", 2, modality=None),
        [
            "error nuscenes.modality v1.0-mini/sensor.json#/2/modality: "
            "expected a sensor of modality camera, lidar or radar, found None"
        ],
        12,
    ),
    "numbers of points below 0": (
        change("sample_annotation", 0, num_lidar_pts=-1, num_radar_pts=-7),
        [
            f"warning nuscenes.point-count {BOX}/num_lidar_pts: expected a number of points, 0 or more, found -1",
            f"warning nuscenes.point-count {BOX}/num_radar_pts: expected a number of points, 0 or more, found -7",
        ],
        12,
    ),
    "a calibration of no sensor": (
        change("calibrated_sensor", 0, sensor_token="x"),
        [
            "error nuscenes.dangling-token v1.0-mini/calibrated_sensor.json#/0/sensor_token: "
            "expected a token of sensor.json, found 'x'"
        ],
        12,
    ),
    "a camera with a part of a matrix": (
        change("calibrated_sensor", 0, camera_intrinsic=[[1.0, 2.0]]),
        [
            "warning nuscenes.camera v1.0-mini/calibrated_sensor.json#/0/camera_intrinsic: "
            "expected a 3 x 3 matrix, found [[1.0, 2.0]]"
        ],
        12,
    ),
    "a camera with another last row": (
        change("calibrated_sensor", 0, camera_intrinsic=[[9, 0, 5], [0, 9, 5], [0, 0, 2]]),
        [
            "warning nuscenes.camera v1.0-mini/calibrated_sensor.json#/0/camera_intrinsic: expected 0 below the "
            "diagonal and 1 at its end, found [[9.0, 0.0, 5.0], [0.0, 9.0, 5.0], [0.0, 0.0, 2.0]]; these are left out"
        ],
        12,
    ),
    "a camera with seven coefficients": (
        change("calibrated_sensor", 0, camera_distortion=[0.0] * 7),
        [
            "warning nuscenes.camera v1.0-mini/calibrated_sensor.json#/0/camera_distortion: "
            "expected one of 4, 5, 6, 8 numbers, found 7"
        ],
        12,
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_told_with_its_place_and_the_rest_is_read(case: Any, name: str) -> None:
    alter, expected, labels = DEFECTS[name]
    alter(case)
    opened = case.open()
    token = case.rows("sample_annotation")[5]["token"]
    assert opened.told == [line.replace("TOKEN", token) for line in expected]
    assert len(opened.labels) == labels
    assert len(opened.frames) == 6


def test_labels_of_no_sample_are_counted(case: Any) -> None:
    opened = case.set("sample_annotation", 0, sample_token=NOWHERE).open()
    assert opened.losses()["rows of sample_annotation that belong to no sample, or repeat a token"] == 1


def test_a_label_without_a_category_keeps_its_instance(case: Any) -> None:
    opened = case.set("sample_annotation", 0, instance_token="x").open()
    (label,) = (label for label in opened.labels if label.category is None)
    assert label.instance == "x"
    assert label.extras["translation"] == case.rows("sample_annotation")[0]["translation"]


def test_tokens_that_point_nowhere_are_kept_with_the_label(case: Any) -> None:
    case.set("sample_annotation", 0, visibility_token="9", attribute_tokens=["x"], next=NOWHERE)
    token = case.rows("sample_annotation")[0]["token"]
    (label,) = (label for label in case.open().labels if label.extras["token"] == token)
    assert label.extras["visibility_token"] == "9"
    assert label.extras["attribute_tokens"] == ["x"]
    assert label.extras["next"] == NOWHERE
    assert "visibility" not in label.attributes


@pytest.mark.parametrize("table", ["sample_annotation", "sample_data", "ego_pose", "instance", "sample", "sensor"])
def test_a_token_that_comes_twice_is_told_and_the_first_row_counts(case: Any, table: str) -> None:
    whole = case.open()
    rows = case.rows(table)
    case.edit(table, lambda rows: [*rows, rows[0]])
    opened = case.open()
    (finding,) = opened.of("duplicate-token")
    assert finding.file == f"v1.0-mini/{table}.json"
    assert finding.pointer == f"/{len(rows)}/token"
    expected = f"expected a token of its own, found {rows[0]['token']!r} of row 0 again; the first row counts"
    assert finding.message == expected
    assert finding.severity == "error"
    assert opened.lines == whole.lines


@pytest.mark.parametrize("options", [{}, {"sweeps": True}], ids=["key frames alone", "sweeps as well"])
def test_two_ego_poses_of_a_sweep_with_one_token_are_told(case: Any, options: dict[str, Any]) -> None:
    """Row 1 is the pose of a file that is no key frame; another pose takes its token."""
    rows = case.rows("ego_pose")
    sweep = next(row for row in case.rows("sample_data") if row["ego_pose_token"] == rows[1]["token"])
    assert not sweep["is_key_frame"]
    case.edit("ego_pose", lambda rows: [*rows[:5], rows[1] | {"translation": [1.0, 2.0, 3.0]}, *rows[5:]])
    (finding,) = case.open(**options).of("duplicate-token")
    assert (finding.severity, finding.file, finding.pointer) == ("error", "v1.0-mini/ego_pose.json", "/5/token")
    expected = f"expected a token of its own, found {rows[1]['token']!r} of row 1 again; the first row counts"
    assert finding.message == expected


def test_ego_poses_without_a_token_are_told_as_that_and_not_as_twice_the_same(case: Any) -> None:
    case.set("ego_pose", 1, token="").set("ego_pose", 3, token="")
    assert case.open().of("duplicate-token") == []


@pytest.mark.parametrize(
    ("date", "is_odd"),
    [
        *(("2018-07-24", False), ("2018-07-24-11-22-45", False), ("2018-07-24T11:22:45+08:00", False)),
        *(("2018-07-24 11:22", False), ("2018-07-24T112245Z", False), ("", False), (None, False)),
        *(("20180724T112245", True), ("20180724", True), ("2018-07-24x", True), ("2018-07-24T", True)),
        *(("2018-W30-2", True), ("2018-07-245", True), ("2018-07-2", True)),
        *(("24/07/2018", True), ("2018-13-24", True), ("2018-02-30", True), ("July 24", True)),
    ],
)
def test_a_date_of_a_log_that_is_no_day_is_told_and_kept(case: Any, date: str | None, is_odd: bool) -> None:
    opened = case.set("log", 0, date_captured=date).open()
    line = f"v1.0-mini/log.json#/0/date_captured: expected a day as YYYY-MM-DD, found {date!r}"
    assert [str(found) for found in opened.of("log-date")] == [line] * is_odd
    assert opened.dataset.segments[0].extras["log"].get("date_captured") == date


def test_dates_of_most_logs_that_are_no_days_are_told_once(case: Any) -> None:
    log = case.rows("log")[0]
    more = [log | {"token": f"{n:032x}", "date_captured": f"{n}.7.2018"} for n in range(1, 5)]
    case.edit("log", lambda rows: [rows[0], *more])
    (line,) = [str(found) for found in case.open().of("log-date")]
    expected = "expected a day as YYYY-MM-DD, found '1.7.2018'; so it is in 3 more rows of 5"
    assert line == f"v1.0-mini/log.json#/1/date_captured: {expected}"


def test_a_missing_table_is_told_and_the_others_are_read(case: Any) -> None:
    case.path("ego_pose").unlink()
    opened = case.open()
    assert opened.told == [
        "error nuscenes.missing-table v1.0-mini/ego_pose.json: expected the table 'ego_pose', found no such file"
    ]
    assert [data.ego_pose for data in opened.data] == [None] * 24
    assert opened.losses()["boxes of samples without a sensor that has a pose"] == 12


def test_a_row_that_is_gone_is_told_once_with_how_many_name_it(case: Any) -> None:
    gone = case.rows("sample")[1]["token"]
    case.edit("sample", lambda rows: [row for row in rows if row["token"] != gone])
    opened = case.open()
    # four files of key frames, four between samples, three annotations, `prev` and `next` of its neighbours
    assert opened.told == [
        "error nuscenes.dangling-token v1.0-mini/sample_data.json#/2/sample_token: "
        f"expected a token of sample.json, found {gone!r}; 12 more rows name it"
    ]


def test_a_link_that_is_a_slip_hides_no_count_and_no_order_that_is_wrong(case: Any) -> None:
    slip = "0123456789abcdef" * 2
    first, last = (case.rows("sample")[place]["token"] for place in (0, 2))
    case.edit("sample_annotation", lambda rows: [row | {"prev": slip} if n == 1 else row for n, row in enumerate(rows)])
    case.edit("instance", lambda rows: [row | {"nbr_annotations": 3} if n == 1 else row for n, row in enumerate(rows)])
    case.edit(
        "sample",
        lambda rows: [
            row | {"next": last} if row["token"] == first else row | {"prev": slip} if row["token"] == last else row
            for row in rows
        ],
    )
    opened = case.open()
    assert [finding.pointer for finding in opened.of("count-mismatch")] == ["/1/nbr_annotations"]
    chains = [f"{one.file} {one.pointer}" for one in opened.of("broken-chain")]
    assert sorted(chains) == [
        "v1.0-mini/sample.json /0/next",
        "v1.0-mini/sample.json /2/prev",
        "v1.0-mini/sample_annotation.json /1/prev",
    ]
    assert opened.of("sample-order") == []  # it is so for the first of these


def test_two_rows_that_name_nothing_are_two_defects(case: Any) -> None:
    case.edit(
        "sample_data", lambda rows: [{**row, "sample_token": ""} if n in (0, 5) else row for n, row in enumerate(rows)]
    )
    assert [finding.pointer for finding in case.open().of("dangling-token")] == ["/0/sample_token", "/5/sample_token"]


def test_boxes_of_samples_without_any_pose_are_left_out(case: Any) -> None:
    case.path("ego_pose").write_text("[]")
    opened = case.open()
    (first, *others) = opened.of("unplaced-boxes")
    assert str(first) == (
        "v1.0-mini/sample.json#/0: expected a sensor with a pose to carry 2 boxes, found none; they are left out"
    )
    assert first.segment == "scene-0001"
    assert len(others) == 5
    assert opened.losses()["boxes of samples without a sensor that has a pose"] == 12


def test_boxes_ride_on_another_sensor_where_the_lidar_has_no_pose(case: Any) -> None:
    lidar = next(row for row in case.rows("sample_data") if "LIDAR_TOP" in row["filename"])
    case.edit("ego_pose", lambda rows: [row for row in rows if row["token"] != lidar["ego_pose_token"]])
    opened = case.open()
    by_sensor = {data.sensor_name: len(data.labels) for data in opened.frames[0].data}
    assert by_sensor == {"CAM_FRONT": 0, "CAM_BACK": 0, "RADAR_FRONT": 2, "LIDAR_TOP": 0}
    assert [finding.rule for finding in opened.report.findings] == ["nuscenes.dangling-token"]
    assert opened.losses()["boxes of samples whose usual sensor has no pose, on another one"] == 2


def test_git_lfs_pointers_are_told_apart_from_tables(case: Any) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    case.path("sample_annotation").write_text(pointer)
    opened = case.open()
    assert opened.told[0] == (
        "error nuscenes.lfs-pointer v1.0-mini/sample_annotation.json: "
        "expected a table, found a Git LFS pointer: it is not downloaded"
    )
    assert opened.labels == []
    for file in (case.root / "v1.0-mini").iterdir():
        file.write_text(pointer)
    with pytest.raises(DetectionError, match="all tables are Git LFS pointers: they are not downloaded"):
        case.open()


def test_a_table_that_is_cut_gives_what_comes_before(case: Any) -> None:
    text = case.path("sample_annotation").read_text("utf-8")
    case.path("sample_annotation").write_text(text[: text.index('"num_lidar_pts"', len(text) // 2)], "utf-8")
    opened = case.open()
    told = [str(finding) for finding in opened.of("broken-table")]
    assert told == ["v1.0-mini/sample_annotation.json: expected `]` at the end of the table, found it cut"]
    assert len(opened.labels) == 6


@pytest.mark.parametrize(
    ("text", "found"), [("", "an empty file"), ('{"a": 1}', "'{\"a\": 1}'"), ("<html>", "'<html>'")]
)
def test_a_table_that_is_no_array_is_told(case: Any, text: str, found: str) -> None:
    case.path("sample_annotation").write_text(text)
    (finding,) = case.open().of("broken-table")
    assert str(finding) == f"v1.0-mini/sample_annotation.json: expected a JSON array, found {found}"


def test_a_broken_row_in_the_middle_costs_that_row_alone(case: Any) -> None:
    rows = case.rows("sample_annotation")
    texts = [json.dumps(row) for row in rows]
    texts[3] = texts[3].replace('"size":', '"size"')
    case.path("sample_annotation").write_text("[" + ", ".join(texts) + "]", "utf-8")
    opened = case.open()
    (finding,) = opened.of("broken-table")
    assert finding.pointer == "/3"
    assert [label.extras["token"] for label in sorted(opened.labels, key=lambda label: label.origin)] == [
        row["token"] for row in rows[:3] + rows[4:]
    ]


def test_bytes_that_are_no_utf8_are_told(case: Any) -> None:
    content = case.path("category").read_bytes()
    case.path("category").write_bytes(content.replace("ö".encode(), b"\xf6"))
    opened = case.open()
    (finding,) = opened.of("broken-table")
    assert str(finding) == "v1.0-mini/category.json: expected UTF-8, found byte 0xf6 after row 0"
    assert len(opened.labels) == 12


@pytest.mark.parametrize(("row", "what"), [([1], "array"), (None, "null"), ("x", "string")])
def test_a_row_that_is_no_object_is_told(case: Any, row: Any, what: str) -> None:
    opened = case.edit("visibility", lambda rows: [*rows, row]).open()
    (finding,) = opened.of("bad-record")
    assert str(finding) == f"v1.0-mini/visibility.json#/4: expected an object, found {what}; the row is left out"


def test_times_from_zero_stay_microseconds(case: Any) -> None:
    for table in ("sample", "sample_data", "ego_pose"):
        case.edit(table, lambda rows: [row | {"timestamp": row["timestamp"] - 1_700_000_060_000_000} for row in rows])
    opened = case.open()
    assert opened.told == []
    assert [frame.data[-1].timestamp_ns for frame in opened.frames[:3]] == [0, 500_000_000, 1_000_000_000]


def test_missing_media_keep_their_place_and_their_labels(case: Any) -> None:
    whole = case.open()
    lidar = sorted((case.root / "samples" / "LIDAR_TOP").iterdir())
    for file in (*lidar[1:3], *(case.root / "samples" / "CAM_BACK").glob("n001*")):
        file.unlink()
    opened = case.open()
    assert [data.path for data in opened.data] == [data.path for data in whole.data]
    assert [data.labels for data in opened.data] == [data.labels for data in whole.data]
    assert sum(data.is_missing for data in opened.data) == 5


def test_a_lidars_file_that_is_cut_is_told(case: Any) -> None:
    file = next((case.root / "samples" / "LIDAR_TOP").iterdir())
    file.write_bytes(file.read_bytes()[:-3])
    (finding,) = case.open().of("point-cloud-size")
    size = file.stat().st_size
    assert finding.message == f"expected a multiple of 20 bytes, found {size}: it is cut, or has other columns"
    assert (finding.file, finding.sensor) == (f"samples/LIDAR_TOP/{file.name}", "LIDAR_TOP")


def test_a_lidars_file_that_only_stands_for_one_is_told_by_the_rules_of_media(case: Any) -> None:
    file = next((case.root / "samples" / "LIDAR_TOP").iterdir())
    file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 999\n")
    assert case.open().of("point-cloud-size") == []
    (finding,) = (found for found in lading.validate(lading.open_dataset(case.root)) if found.severity == "error")
    assert (finding.rule, finding.sensor) == ("media.unreadable", "LIDAR_TOP")


def test_a_radars_file_that_is_cut_is_told_by_the_rules_of_media(case: Any) -> None:
    file = next((case.root / "samples" / "RADAR_FRONT").iterdir())
    file.write_bytes(file.read_bytes()[:-20])
    (finding,) = (found for found in lading.validate(lading.open_dataset(case.root)) if found.severity == "error")
    assert (finding.rule, finding.sensor) == ("media.unreadable", "RADAR_FRONT")
    expected = "expected 1 point of 43 bytes, found 24 bytes behind the header: it is cut"
    assert finding.message == expected


def test_files_of_sensors_that_the_model_has_not_are_losses_and_hold_no_upload(case: Any) -> None:
    opened = case.set("sensor", 2, modality="imu").open()
    assert opened.losses()["files of sensors that are no camera, lidar or radar"] == 6
    assert [[data.sensor_name for data in frame.data] for frame in opened.frames] == [
        ["CAM_FRONT", "CAM_BACK", "LIDAR_TOP"]
    ] * 6
    assert not [found for found in lading.validate(opened.dataset) if found.severity == "error"]


def test_a_second_file_of_a_sensor_in_a_sample_is_told(case: Any) -> None:
    rows = case.rows("sample_data")
    other = next(index for index, row in enumerate(rows) if index and row["is_key_frame"])
    opened = case.set("sample_data", other, sample_token=rows[0]["sample_token"]).open()
    (finding,) = opened.of("second-file")
    assert finding.message == "expected one file of CAM_FRONT in a sample, found another"
    assert finding.pointer == f"/{other}"


def test_files_that_no_row_lists_are_counted(case: Any) -> None:
    (case.root / "samples" / "CAM_BACK" / "stray.jpg").write_bytes(b"x")
    (case.root / "sweeps" / "more").mkdir()
    (case.root / "sweeps" / "more" / "a.jpg").write_bytes(b"x")
    (case.root / "sweeps" / "more" / "b.jpg").write_bytes(b"x")
    assert [str(finding) for finding in case.open().of("unlisted-files")] == [
        "samples/CAM_BACK/stray.jpg: expected files that sample_data.json lists, found 1 other",
        "sweeps/more/a.jpg: expected files that sample_data.json lists, found 2 others",
    ]


def test_files_that_no_table_names_are_losses_wherever_they_lie(case: Any) -> None:
    before = case.open().losses().get("files that no table names", 0)
    for name in ("maps/expansion/quay.json", "results.json", "panoptic/v1.0-mini/a_panoptic.npz", "maps/LICENSE"):
        (case.root / name).parent.mkdir(parents=True, exist_ok=True)
        (case.root / name).write_bytes(b"{}")
    opened = case.open()
    assert opened.losses()["files that no table names"] == before + 3
    (loss,) = [loss for loss in opened.report.losses if loss.what == "files that no table names"]
    assert loss.example == "maps/expansion/quay.json"


def test_files_of_another_layout_are_known_by_their_rows(case: Any) -> None:
    (case.root / "samples").rename(case.root / "data")
    case.edit(
        "sample_data",
        lambda rows: [{**row, "filename": row["filename"].replace("samples/", "data/")} for row in rows],
    )
    (case.root / "data" / "CAM_BACK" / "stray.jpg").write_bytes(b"x")
    before = ["make.py"] if (case.root / "make.py").exists() else []
    assert case.open().losses()["files that no table names"] == len(before) + 1


def test_tables_that_the_schema_has_not_are_losses(case: Any) -> None:
    (case.root / "v1.0-mini" / "vehicle_state.json").write_text("[]")
    assert case.open().losses()["table 'vehicle_state', which is not in the schema"] == 1


@pytest.mark.parametrize(
    ("mask", "found"),
    [
        ({"size": [36, 64], "counts": "%%"}, "run lengths in base64, found '%%'"),
        ({"size": [36, 64], "counts": "MDA"}, "run lengths in base64, found 'MDA'"),
        ({"size": [36, 64], "counts": "ä"}, "run lengths in base64, found 'ä'"),
        ({"size": [36, 64], "counts": [4, 2300]}, "run lengths in base64, found [4, 2300]"),
        ({"size": [36, 64]}, "an object with `size` and `counts`, found {'size': [36, 64]}"),
        ({"size": [36], "counts": "MDA="}, "a size of two whole numbers, found [36]"),
        (
            {"size": [36, 64], "counts": "fw=="},
            "run lengths in base64, found counts: expected characters from '0' to 'o', found '\\x7f' at 0",
        ),
        ("no mask", "an object with `size` and `counts`, found 'no mask'"),
    ],
)
def test_a_mask_that_is_none_is_told_and_the_box_stays(images: Any, mask: Any, found: str) -> None:
    opened = images.set("object_ann", 0, mask=mask).open()
    (finding,) = opened.of("mask")
    assert str(finding) == f"v1.0-mini/object_ann.json#/0/mask: expected {found}; the mask is left out"
    kinds = [label.kind for label in opened.data[0].labels]
    assert kinds == ["BOX2D", "BOX2D", "RLE"]
    assert opened.labels[0].extras["mask"] == mask


def test_rows_without_a_box_or_a_mask_are_counted(images: Any) -> None:
    whole = len(images.open().labels)
    images.set("object_ann", 0, bbox=None, mask=None).set("surface_ann", 0, mask=None)
    opened = images.open()
    assert opened.losses()["rows of object_ann without a box or a mask"] == 1
    assert opened.losses()["rows of surface_ann without a box or a mask"] == 1
    assert len(opened.labels) == whole - 3


def test_a_mask_with_a_size_that_is_no_number_is_told(images: Any) -> None:
    opened = images.set("object_ann", 0, mask={"size": ["36", 64], "counts": "MDA="}).open()
    (finding,) = opened.of("mask")
    assert finding.message == "expected a size of two whole numbers, found ['36', 64]; the mask is left out"


def test_rows_on_pictures_that_are_not_read_are_counted(images: Any) -> None:
    other = images.rows("sample_data")[0]
    assert not other["is_key_frame"]
    images.set("object_ann", 1, sample_data_token=other["token"]).set("object_ann", 2, sample_data_token="x")
    opened = images.open()
    assert opened.told == [
        "error nuscenes.dangling-token v1.0-mini/object_ann.json#/2/sample_data_token: "
        "expected a token of sample_data.json, found 'x'",
        "warning nuscenes.not-key-frame v1.0-mini/object_ann.json#/1/sample_data_token: "
        "expected the token of a key frame, found that of a file that is none; `-o sweeps=true` reads it",
    ]
    assert opened.losses()["rows of object_ann on files that are no key frames"] == 1
    assert [label.extras["token"] for label in images.open(sweeps=True).data[0].labels] == [
        images.rows("object_ann")[1]["token"]
    ]


def test_rows_of_point_labels_on_files_that_are_no_key_frames_are_told_once(case: Any) -> None:
    others = [row["token"] for row in case.rows("sample_data") if not row["is_key_frame"]]
    case.set("lidarseg", 0, sample_data_token=others[0]).set("lidarseg", 2, sample_data_token=others[1])
    (finding,) = case.open().of("not-key-frame")
    assert str(finding) == (
        "v1.0-mini/lidarseg.json#/0/sample_data_token: expected the token of a key frame, found that of a file that is "
        "none; `-o sweeps=true` reads it, and those of 1 more row"
    )


def test_point_labels_of_a_camera_and_of_a_file_that_has_some_are_told(case: Any) -> None:
    labelled = case.rows("lidarseg")[1]["sample_data_token"]
    camera = next(row for row in case.rows("sample_data") if row["is_key_frame"] and row["width"])
    case.set("lidarseg", 0, sample_data_token=camera["token"])
    case.edit("lidarseg", lambda rows: [*rows, rows[1] | {"token": "f0" * 16, "filename": "other.bin"}])
    opened = case.open()
    assert [str(found) for found in opened.of("labelled-file")] == [
        f"v1.0-mini/lidarseg.json#/{len(case.rows('lidarseg')) - 1}/sample_data_token: "
        "expected a file that no other row labels, found that of row 1 again",
        "v1.0-mini/lidarseg.json#/0/sample_data_token: "
        "expected a file of a lidar, whose points have labels, found one of CAM_FRONT",
    ]
    (lidar,) = [data for data in opened.data if data.extras["token"] == labelled]
    assert lidar.extras["lidarseg"] == case.rows("lidarseg")[1]["filename"]


def test_point_labels_of_a_lidar_that_is_said_to_be_a_radar_are_told_once(case: Any) -> None:
    (index,) = [number for number, row in enumerate(case.rows("sensor")) if row["modality"] == "lidar"]
    (finding,) = case.set("sensor", index, modality="radar").open().of("labelled-file")
    assert str(finding) == (
        "v1.0-mini/lidarseg.json#/0/sample_data_token: expected a file of a lidar, whose points have labels, "
        "found one of LIDAR_TOP; so are those of 2 more rows"
    )


INDEX = "v1.0-mini/category.json#/{}/index: expected an index"


def test_categories_without_the_index_that_point_labels_name_are_told(case: Any) -> None:
    """source-formats.md 4.8, 8."""
    case.edit("category", lambda rows: rows[3].pop("index") and rows[4].update(index=1))
    assert {found.severity for found in case.open().of("category-index")} == {"warning"}  # it is read all the same
    assert [str(found) for found in case.open().of("category-index")] == [
        f"{INDEX.format(3)}, as other categories have one, found none",
        f"{INDEX.format(4)} of its own, found 1 of row 1 again",
    ]


def test_a_table_of_categories_without_any_index_is_told_once_where_points_have_labels(case: Any) -> None:
    case.edit("category", lambda rows: [{key: row[key] for key in ("token", "name")} for row in rows])
    assert [str(found) for found in case.open().of("category-index")] == [
        "v1.0-mini/category.json: expected an index, which labels of points name, found none in 5 rows"
    ]
    case.path("lidarseg").unlink()
    assert case.open().of("category-index") == []


KEY_CAMERA = "warning nuscenes.key-camera v1.0-mini/sample.json#/0/key_camera_token: "


def test_a_key_camera_that_is_not_there_is_told(images: Any) -> None:
    assert images.set("sample", 0, key_camera_token="deadbeef" * 4).open().told == [
        "error nuscenes.dangling-token v1.0-mini/sample.json#/0/key_camera_token: "
        f"expected a token of sample_data.json, found '{'deadbeef' * 4}'"
    ]


def test_a_key_camera_that_is_no_key_frame_or_another_sample_s_is_told(images: Any) -> None:
    other = images.rows("sample")[1]["key_camera_token"]
    assert images.set("sample", 0, key_camera_token=other).open().told == [
        f"{KEY_CAMERA}expected the token of a key frame of the sample, found that of a file of another sample"
    ]
    sweep = images.rows("sample_data")[0]
    assert not sweep["is_key_frame"]
    told = f"{KEY_CAMERA}expected the token of a key frame of the sample, found that of a file that is no key frame"
    images.set("sample", 0, key_camera_token=sweep["token"])
    assert images.open().told == images.open(sweeps=True).told == [told]


@pytest.mark.parametrize("is_key", [False, None], ids=["false", "null"])
def test_a_key_frame_that_does_not_say_so_is_told_once(images: Any, is_key: bool | None) -> None:
    own = images.rows("sample")[0]["key_camera_token"]
    (index,) = [number for number, row in enumerate(images.rows("sample_data")) if row["token"] == own]
    assert own in [row["sample_data_token"] for row in images.rows("object_ann")]
    opened = images.set("sample_data", index, is_key_frame=is_key).open()
    assert [str(found).split(": ")[0] for found in opened.report.findings] == [
        f"v1.0-mini/sample_data.json#/{index}/is_key_frame" if is_key is None else KEY_CAMERA.split(" ")[2][:-1]
    ]


def test_numbers_that_are_not_finite_stay_and_reach_no_other_box(case: Any) -> None:
    whole = {label.extras["token"]: label for label in case.open().labels}
    case.set("sample_annotation", 0, translation=[float("nan"), 1.0, 2.0], rotation=[float("nan"), 0.0, 0.0, 0.0])
    for label in case.open().labels:
        if label.origin == 0:
            assert np.isnan([label.x, label.qw]).all()
            assert label.length == whole[label.extras["token"]].length
        elif label.instance != whole[label.extras["token"]].instance:
            assert label == whole[label.extras["token"]]


def test_validate_finds_what_the_reader_keeps(case: Any) -> None:
    case.set("sample_annotation", 0, translation=[float("inf"), 1.0, 2.0])
    found = {finding.rule for finding in lading.validate(lading.open_dataset(case.root))}
    assert "label.not-finite" in found


@pytest.mark.parametrize("sweeps", ["false", "true"])
def test_a_sample_lacks_no_file_whose_row_does_not_say_whether_it_is_of_a_key_frame(case: Any, sweeps: str) -> None:
    def told() -> set[tuple[str, str | None]]:
        dataset = lading.open_dataset(case.root, options={"sweeps": sweeps})
        return {(one.rule, one.pointer) for one in lading.validate(dataset)}

    before = told()
    case.set("sample_data", 0, is_key_frame="yes")
    assert told() - before == {("nuscenes.bad-record", "/0/is_key_frame")}


def test_a_sweep_outside_of_its_samples_is_told(case: Any) -> None:
    rows = case.rows("sample_data")
    sweeps = [index for index, row in enumerate(rows) if not row["is_key_frame"]]
    case.set("sample_data", sweeps[0], timestamp=rows[sweeps[0]]["timestamp"] + 2_000_000)
    assert case.open().told == []
    assert case.open(sweeps=True).told == [
        f"warning nuscenes.sweep-time v1.0-mini/sample_data.json#/{sweeps[0]}/timestamp: "
        "expected a time between those of the samples around it, found one outside"
    ]


def test_a_pose_that_is_wanted_and_is_none_is_told(case: Any) -> None:
    rows = case.rows("ego_pose")
    case.set("ego_pose", 0, rotation=[1.0, 0.0]).set("ego_pose", 2, rotation=[[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    opened = case.open()
    assert opened.told == [
        "error nuscenes.bad-record v1.0-mini/ego_pose.json#/0/rotation: expected `array` of length 4, found 2 "
        f"(token {rows[0]['token']!r}); the row is left out",
        "warning nuscenes.rotation-matrix v1.0-mini/ego_pose.json#/2/rotation: "
        "expected a quaternion, found a matrix; the quaternion of the nearest rotation is used",
    ]
    assert opened.data[0].ego_pose is None
    pose = opened.frames[1].data[0].ego_pose
    assert pose is not None
    assert pose.rotation == (1.0, 0.0, 0.0, 0.0)
    assert opened.frames[1].data[0].extras["ego_pose"] == {"rotation": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
    assert len(opened.labels) == 12


@pytest.mark.parametrize("name", ["nuscenes", "nuimages"])
def test_no_value_of_another_type_and_no_key_that_lacks_stops_the_reader(case: Any, images: Any, name: str) -> None:
    whole = case if name == "nuscenes" else images
    for table in sorted(file.stem for file in (whole.root / "v1.0-mini").iterdir()):
        text = whole.path(table).read_text("utf-8")
        for number, key in enumerate(sorted(whole.rows(table)[0])):
            if number % 2:
                another = {key: {"of": [{"another": "kind"}, {}]}}
                whole.edit(table, lambda rows, another=another: rows[0].update(another))
            else:
                whole.edit(table, lambda rows, key=key: rows[0].pop(key) and None)
            opened = whole.open(sweeps=True)
            assert opened.lines[1:]
            whole.path(table).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("sample_data", "width"),
        ("sample_data", "height"),
        ("sample_data", "timestamp"),
        ("ego_pose", "timestamp"),
        ("sample", "timestamp"),
        ("sample_annotation", "num_lidar_pts"),
        ("sample_annotation", "num_radar_pts"),
        ("scene", "nbr_samples"),
        ("instance", "nbr_annotations"),
    ],
)
@pytest.mark.parametrize(
    "number", [10**20, -(10**20), 2**63, 10**4000], ids=["long", "negative", "2^63", "4,000 digits"]
)
def test_a_whole_number_that_no_column_holds_is_told(case: Any, table: str, key: str, number: int) -> None:
    case.set(table, 0, **{key: number})
    opened = case.open()
    (told, *_) = opened.told
    assert f" v1.0-mini/{table}.json#/0" in told
    assert f"/{key}: expected " in told
    assert len(opened.frames) == 6


@pytest.mark.parametrize(
    ("table", "rule", "place"),
    [
        ("ego_pose", "nuscenes.not-finite", "/0/{key}"),
        ("calibrated_sensor", "sensor.not-finite", "/0/{key}"),
        ("sample_annotation", "label.not-finite", "/0/{key}"),
    ],
)
@pytest.mark.parametrize("key", ["translation", "rotation"])
def test_a_number_beyond_those_of_64_bits_is_infinite(case: Any, table: str, rule: str, place: str, key: str) -> None:
    case.set(table, 0, **{key: [-12345.5, 0.0, 0.0, 0.0][: 3 + (key == "rotation")]})
    text = case.path(table).read_text("utf-8")
    case.path(table).write_text(text.replace("-12345.5", "1e999"), "utf-8")
    found = [f for f in lading.validate(lading.open_dataset(case.root)) if f.file == f"v1.0-mini/{table}.json"]
    assert [(f.severity, f.rule, f.pointer) for f in found] == [("error", rule, place.format(key=key))]


def test_a_number_of_more_digits_than_python_reads_is_put_aside(case: Any) -> None:
    case.set("sample_annotation", 0, num_lidar_pts=-12345)
    text = case.path("sample_annotation").read_text("utf-8")
    case.path("sample_annotation").write_text(text.replace("-12345", "9" * 5000), "utf-8")
    opened = case.open()
    assert opened.told[0].startswith(
        "error nuscenes.bad-record v1.0-mini/sample_annotation.json#/0/num_lidar_pts: expected "
    )
    assert len(opened.labels) == 12
    assert opened.labels[0].extras["num_lidar_pts"] == float("inf")


@pytest.mark.parametrize("value", ["3", 3.5, [3], {"a": 3}, True])
def test_a_value_that_a_row_can_do_without_costs_no_label(case: Any, value: Any) -> None:
    """source-formats.md 6, 3: a label is dropped only when it cannot be placed at all."""
    opened = case.set("sample_annotation", 0, num_lidar_pts=value, num_radar_pts=value).open()
    found = [finding for finding in opened.of("bad-record") if finding.message.endswith("the value is left out")]
    assert [finding.pointer for finding in found] == ["/0/num_lidar_pts", "/0/num_radar_pts"]
    label = opened.labels[0]
    assert "num_lidar_pts" not in label.attributes
    assert label.extras["num_lidar_pts"] == label.extras["num_radar_pts"] == value
    assert len(opened.labels) == 12


def test_a_camera_matrix_of_another_form_costs_no_sensor(case: Any) -> None:
    matrix = [70.0, 0.0, 32.0, 0.0, 70.0, 18.0, 0.0, 0.0, 1.0]
    opened = case.set("calibrated_sensor", 0, camera_intrinsic=matrix).open()
    (finding,) = opened.of("bad-record")
    assert finding.pointer == "/0/camera_intrinsic/0"
    assert opened.of("camera") == []
    front = opened.dataset.segments[0].sensors[0]
    assert (front.intrinsics, front.extrinsics is None) == (None, False)
    assert opened.dataset.segments[0].extras["calibrated_sensors"][front.name]["camera_intrinsic"] == matrix
    assert len(opened.labels) == 12


def test_half_of_a_surrogate_pair_is_told_and_replaced(case: Any) -> None:
    opened = case.set("scene", 0, description="\ud800!").open()
    assert opened.told == [
        "error nuscenes.broken-table v1.0-mini/scene.json#/0: "
        "expected text, found half of a surrogate pair; a `?` stands in its place"
    ]
    assert opened.dataset.segments[0].description == "?!"


def test_samples_without_a_time_keep_their_place(case: Any) -> None:
    keys = [frame.key for frame in case.open().frames]
    opened = case.set("sample", 1, timestamp=None).open(sweeps=True)
    assert opened.told == [
        "warning nuscenes.timestamp v1.0-mini/sample.json#/1/timestamp: "
        "expected microseconds since the epoch, found none; the row has no time"
    ]
    assert [frame.key for frame in opened.frames if "prev" in frame.extras] == keys


def test_tables_without_times_are_told_once(case: Any) -> None:
    for index in range(6):
        case.set("sample", index, timestamp=None)
    assert case.open().told == [
        "warning nuscenes.timestamp v1.0-mini/sample.json: expected a time of each row, found none in any of 6"
    ]


def test_files_of_a_table_that_are_not_there_at_all_are_a_loss(case: Any) -> None:
    for file in (*case.root.glob("maps/*"), *case.root.glob("lidarseg/*/*")):
        file.unlink()
    opened = case.open()
    assert opened.told == []
    assert opened.losses()["files that rows of map name (none is there)"] == 1
    assert opened.losses()["files that rows of lidarseg name (none is there)"] == 3
