"""Ego poses of one sample are not farther from each other than a vehicle gets meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

import lading

ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")
PLACE = "warning nuscenes.ego-place v1.0-mini/ego_pose.json#/{}/translation: "
OFF = "expected a place near those of the other files of its sample, found one {} m off"


def judged(case: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def freeze(case: Any, first: int, rows: range) -> None:
    """Give some rows of ego_pose the place of another one."""
    at = case.rows("ego_pose")[first]["translation"]
    for row in rows:
        case.set("ego_pose", row, translation=at)


def test_a_sensor_whose_poses_stand_still_is_told(case: Any) -> None:
    """The vehicle goes 4.05 m from one sample to the next (of z 0.05 m)."""
    freeze(case, 15, range(16, 20))
    assert [line.split(" found one ")[0] for line in judged(case) if "ego-place" in line] == [
        (PLACE + OFF).format(row, 4).split(" found one ")[0] for row in (17, 19)
    ]


def test_what_comes_of_a_misplaced_lidar_is_not_told_again(case: Any) -> None:
    freeze(case, 15, range(16, 20))
    for row in range(12):
        case.set("sample_annotation", row, num_lidar_pts=12)
    lines = [line for line in judged(case) if "lidar-points" in line]
    assert all(f"#/{row}/" not in line for line in lines for row in (1, 2, 4, 5))


def test_poses_that_are_off_in_both_scenes_are_told_once_a_sensor(case: Any) -> None:
    for row in range(15, 20):
        for scene in (0, 20):
            x, y, z = case.rows("ego_pose")[row + scene]["translation"]
            case.set("ego_pose", row + scene, translation=[x, y + 30, z])
    (line,) = [line for line in judged(case) if "ego-place" in line]
    assert line.startswith(PLACE.format(15))
    assert "; so it is with 5 more files of its sensor, " in line


@pytest.mark.parametrize("metres", [0.9, -0.9])
def test_poses_a_little_apart_are_as_near_as_they_are_measured(case: Any, metres: float) -> None:
    for row in range(15, 20):
        x, y, z = case.rows("ego_pose")[row]["translation"]
        case.set("ego_pose", row, translation=[x, y + metres, z])
    assert [line for line in judged(case) if "ego-place" in line] == []


@pytest.mark.parametrize(("speed", "off", "count"), [(33, 0, 0), (0, 0, 0), (33, 6, 1), (10, 3, 1), (0, 1.5, 1)])
def test_files_that_all_have_the_time_of_their_sample_are_as_far_apart_as_the_vehicle_goes_meanwhile(
    case: Any, speed: float, off: float, count: int
) -> None:
    """Places are those of the true times, some 50 ms apart, but for that of the lidar in the second sample."""
    samples = {row["token"]: row["timestamp"] for row in case.rows("sample")}
    files = case.rows("sample_data")
    seconds = {row["ego_pose_token"]: (row["timestamp"] - min(samples.values())) / 1e6 for row in files}
    own = {row["ego_pose_token"]: samples[row["sample_token"]] for row in files if row["is_key_frame"]}
    odd = [row["ego_pose_token"] for row in files if row["is_key_frame"] and "LIDAR_TOP" in row["filename"]][1]
    case.edit("sample_data", lambda rows: [
        row | {"timestamp": own.get(row["ego_pose_token"], row["timestamp"])} for row in rows
    ])  # fmt: skip
    case.edit("ego_pose", lambda rows: [
        row | {
            "timestamp": own.get(row["token"], row["timestamp"]),
            "translation": [1000 + speed * seconds[row["token"]] + off * (row["token"] == odd), 500, 0],
        } for row in rows
    ])  # fmt: skip
    assert len([line for line in judged(case) if "ego-place" in line]) == count
