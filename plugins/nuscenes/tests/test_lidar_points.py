"""Boxes that have points by `num_lidar_pts`, and none or few in the cloud."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lading

RULE = "nuscenes.lidar-points"
BOX = "v1.0-mini/sample_annotation.json"


def told(case: Any, **given: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root), rules=[RULE], **given)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule == RULE]


def pose(row: Any) -> Any:
    """The matrix of a row with a translation and a rotation, by the formula of rotated basis vectors."""
    w, x, y, z = row["rotation"]
    axis = np.array([x, y, z])
    turned = [v + 2 * np.cross(axis, np.cross(axis, v) + w * v) for v in np.eye(3)]
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = np.array(turned).T, row["translation"]
    return matrix


def one(case: Any, table: str, **values: Any) -> Any:
    (found,) = [row for row in case.rows(table) if values.items() <= row.items()]
    return found


def lidar_of(case: Any, box: Any) -> tuple[Any, Any]:
    """The file of the lidar of a box's sample, and what brings global points into it."""
    files = case.rows("sample_data")
    (file,) = [row for row in files if row["sample_token"] == box["sample_token"]
               and row["is_key_frame"] and "LIDAR_TOP" in row["filename"]]  # fmt: skip
    ego = pose(one(case, "ego_pose", token=file["ego_pose_token"]))
    own = pose(one(case, "calibrated_sensor", token=file["calibrated_sensor_token"]))
    return file, np.linalg.inv(ego @ own)


def put(case: Any, row: int, share: Any, others: int = 0, times: int = 24) -> None:
    """Give a box's sample a cloud of one point so many times, behind others.

    It is at a share of half of the box's length, width and height.
    """
    box = case.rows("sample_annotation")[row]
    width, length, height = box["size"]
    file, into = lidar_of(case, box)
    place = into @ pose(box) @ [*(np.array(share) * (length, width, height) / 2), 1]
    points = np.full((others + times, 5), 400, dtype="<f4")
    points[others:, :3] = place[:3]
    (case.root / file["filename"]).write_bytes(points.tobytes())


def count(case: Any, rows: list[int], points: int) -> None:
    for row in rows:
        case.set("sample_annotation", row, num_lidar_pts=points)


CORNERS = [(0, 0, 0), (1, 1, 1), (-1, 1, 1), (1, -1, -1), (-1, -1, 1)]


@pytest.mark.parametrize("others", [0, 1, 3, 4])
@pytest.mark.parametrize("share", CORNERS)
@pytest.mark.parametrize("row", [1, 7])
def test_a_box_that_has_a_point_is_not_told(case: Any, row: int, share: Any, others: int) -> None:
    count(case, [row], 12)
    case.set("sample_annotation", row, rotation=[0.8, 0.0, 0.0, 0.6])
    put(case, row, share, others)
    assert told(case) == []


@pytest.mark.parametrize("share", [(1.2, 0, 0), (0, -1.2, 0), (0, 0, 1.2), (-1.5, 1, 1), (0.5, 3, 0)])
@pytest.mark.parametrize("row", [1, 7])
def test_a_box_that_has_no_point_is_told_at_its_number(case: Any, row: int, share: Any) -> None:
    count(case, [row], 12)
    case.set("sample_annotation", row, rotation=[0.8, 0.0, 0.0, 0.6])
    put(case, row, share)
    (line,) = told(case)
    where, expected = f"warning {RULE} {BOX}#/{row}/num_lidar_pts", "expected points of the cloud in a box"
    assert line == f"{where}: {expected} that has 12 of them, found none"


def test_boxes_of_the_fixture_have_the_points_that_they_count(case: Any) -> None:
    for path in (case.root / "samples" / "LIDAR_TOP").iterdir():
        points = np.frombuffer(path.read_bytes(), "<f4").reshape(-1, 5)
        path.write_bytes(np.repeat(points, 20, axis=0).tobytes())
    count(case, [row for row, box in enumerate(case.rows("sample_annotation")) if box["num_lidar_pts"]], 20)
    assert told(case) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_boxes_without_points_are_told_once_a_scene(case: Any, jobs: int) -> None:
    count(case, list(range(12)), 10)
    for path in (case.root / "samples" / "LIDAR_TOP").iterdir():
        points = np.frombuffer(path.read_bytes(), "<f4").reshape(-1, 5) * np.float32([-1, -1, 1, 1, 1])
        path.write_bytes(points.tobytes())
    expected = "expected points of the cloud in a box that has 10 of them, found none; so it is with 5 more boxes of 6"
    assert told(case, jobs=jobs) == [
        f"warning {RULE} {BOX}#/{row}/num_lidar_pts: {expected} in its scene that have 10 or more" for row in (0, 6)
    ]


@pytest.mark.parametrize("points", [9, 0, -1])
def test_boxes_of_few_points_are_not_judged(case: Any, points: int) -> None:
    count(case, [1], points)
    put(case, 1, (3, 0, 0))
    assert told(case) == []


@pytest.mark.parametrize(("metres", "is_told"), [(3, True), (200, True), (290, True), (400, False)])
def test_a_box_is_judged_at_any_distance_where_that_is_not_told(case: Any, metres: float, is_told: bool) -> None:
    count(case, [1], 12)
    put(case, 1, (0, 0, 0))
    x, y, z = case.rows("sample_annotation")[1]["translation"]
    case.set("sample_annotation", 1, translation=[x + metres, y, z])
    assert len(told(case)) == is_told
    assert len(case.open().of("box-place")) == (not is_told)


@pytest.mark.parametrize(("points", "is_told"), [(1, True), (9, True), (10, False), (20, False)])
@pytest.mark.parametrize("others", [0, 3])
def test_a_box_with_less_than_half_of_its_points_is_told(case: Any, points: int, is_told: bool, others: int) -> None:
    count(case, [1], 20)
    put(case, 1, (0, 0, 0), others, times=points)
    expected = "expected points of the cloud in a box that has 20 of them, found"
    assert told(case) == [f"warning {RULE} {BOX}#/1/num_lidar_pts: {expected} {points}"] * is_told


def scattered(case: Any, points: list[int]) -> None:
    """A cloud for each of some boxes, of samples of their own, with so many points of 20."""
    seen: set[str] = set()
    for row, box in enumerate(case.rows("sample_annotation")):
        if box["sample_token"] not in seen and len(seen) < len(points):
            put(case, row, (0, 0, 0) if points[len(seen)] else (3, 0, 0), times=points[len(seen)] or 1)
            count(case, [row], 20)
            seen.add(box["sample_token"])
        else:
            count(case, [row], 0)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("points", "found"),
    [
        (
            [14, 14, 14],
            "14; so it is with 2 more boxes of 3 in its scene that have 10 or more and less than three quarters",
        ),
        (
            [9, 14, 14],
            "9; so it is with 2 more boxes of 3 in its scene that have 10 or more and less than three quarters",
        ),
        ([15, 14, 14], None),
        ([9, 20, 20], "9"),
        ([15, 15, 15], None),
    ],
)
def test_boxes_that_mostly_have_too_few_points_are_told_once_a_scene(
    case: Any, points: list[int], found: str | None, jobs: int
) -> None:
    scattered(case, points)
    expected = [] if found is None else [f"expected points of the cloud in a box that has 20 of them, found {found}"]
    assert [line.split(": ", 1)[1] for line in told(case, jobs=jobs)] == expected


def test_of_boxes_with_few_points_nothing_is_told_where_others_have_none(case: Any) -> None:
    scattered(case, [9, 14, 0])
    (line,) = told(case)
    assert line.endswith("that has 20 of them, found none")


@pytest.mark.parametrize("content", [b"", b"12345", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_cloud_that_is_told_to_be_none_is_not_judged(case: Any, content: bytes) -> None:
    count(case, [1], 12)
    file, _ = lidar_of(case, case.rows("sample_annotation")[1])
    (case.root / file["filename"]).write_bytes(content)
    assert told(case) == []


def test_numbers_of_several_lidars_may_be_sums(case: Any) -> None:
    count(case, [1], 12)
    put(case, 1, (3, 0, 0))
    assert len(told(case)) == 1
    radar = next(row for row, one in enumerate(case.rows("sensor")) if one["channel"] == "RADAR_FRONT")
    case.set("sensor", radar, modality="lidar")
    assert told(case) == []


def test_where_no_sensor_has_a_place_boxes_are_not_judged(case: Any) -> None:
    count(case, [1], 12)
    put(case, 1, (3, 0, 0))
    for row in range(len(case.rows("calibrated_sensor"))):
        case.set("calibrated_sensor", row, translation=[0, 0, 0], rotation=[1, 0, 0, 0])
    assert told(case) == []


@pytest.mark.parametrize(("near", "count"), [(0, 0), (1, 0), (2, 1)])
def test_a_cloud_in_another_unit_is_told_by_its_points_alone(case: Any, near: int, count: int) -> None:
    """A hundred points of which so many are within a kilometre."""
    case.set("sample_annotation", 1, num_lidar_pts=12)
    file, _ = lidar_of(case, case.rows("sample_annotation")[1])
    points = np.full((100, 5), 60_000, dtype="<f4")
    points[:near] = 400
    (case.root / file["filename"]).write_bytes(points.tobytes())
    assert len(told(case)) == count


def test_boxes_whose_sizes_are_told_to_be_in_another_order_are_not_judged(case: Any) -> None:
    count(case, [1], 12)
    put(case, 1, (3, 0, 0))
    assert len(told(case)) == 1
    case.edit("sample_annotation", lambda rows: [row | {"size": [row["size"][n] for n in (1, 0, 2)]} for row in rows])
    assert len(case.open().of("size-order")) == 1
    assert told(case) == []


def test_boxes_of_quaternions_in_another_order_are_told_by_these_alone(case: Any) -> None:
    count(case, [1], 12)
    put(case, 1, (3, 0, 0))
    assert len(told(case)) == 1
    turned = [0.0, 0.0, 0.6, 0.8]
    case.edit("sample_annotation", lambda rows: [row | {"rotation": turned} for row in rows])
    assert len(case.open().of("quaternion-order")) == 1
    assert told(case) == []


def test_boxes_of_a_cloud_whose_pose_is_told_to_be_elsewhere_are_not_judged(case: Any) -> None:
    count(case, [1], 12)
    file, _ = lidar_of(case, case.rows("sample_annotation")[1])
    (row,) = [row for row, pose in enumerate(case.rows("ego_pose")) if pose["token"] == file["ego_pose_token"]]
    x, y, z = case.rows("ego_pose")[row]["translation"]
    case.set("ego_pose", row, translation=[x + 80, y, z])
    assert len(case.open().of("ego-place")) == 1
    assert told(case) == []


def give_scenes(case: Any, wrong: int) -> None:
    """A scene for each of six samples, with three boxes; the clouds of the last ones have no point in them."""
    samples, scene = case.rows("sample"), case.rows("scene")[0]
    alone = [row | {"scene_token": f"5c{n:030x}", "prev": "", "next": ""} for n, row in enumerate(samples)]
    ends = ("first_sample_token", "last_sample_token")
    scenes = [scene | {"token": row["scene_token"], "name": f"s{n}", "nbr_samples": 1}
              | dict.fromkeys(ends, row["token"]) for n, row in enumerate(alone)]  # fmt: skip
    boxes = {box["sample_token"]: box | {"num_lidar_pts": 20, "prev": "", "next": ""}
             for box in case.rows("sample_annotation")}  # fmt: skip
    rows = [
        boxes[row["token"]] | {"token": f"{n:02x}{again:030x}"} for n, row in enumerate(samples) for again in range(3)
    ]
    case.edit("sample", lambda _: alone).edit("scene", lambda _: scenes).edit("sample_annotation", lambda _: rows)
    for row in range(0, len(rows), 3):
        put(case, row, (0, 0, 0) if row < len(rows) - 3 * wrong else (3, 0, 0))


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("wrong", "rows"), [(0, []), (2, [12, 15]), (3, [9, 12, 15]), (4, [6]), (6, [0])])
def test_boxes_without_points_in_most_scenes_are_told_once(case: Any, wrong: int, rows: list[int], jobs: int) -> None:
    give_scenes(case, wrong)
    expected = "expected points of the cloud in a box that has 20 of them, found none; so it is with"
    more = "2 more boxes of 3 in its scene"
    if wrong > 3:
        more = f"{3 * wrong - 1} more boxes of {3 * wrong} in {wrong} scenes of 6"
    assert told(case, jobs=jobs) == [
        f"warning {RULE} {BOX}#/{row}/num_lidar_pts: {expected} {more} that have 10 or more" for row in rows
    ]
