"""Rows of sample_data that are not read are held to what they name all the same."""

from __future__ import annotations

from typing import Any

import pytest

import lading

ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")
FILES = "v1.0-mini/sample_data.json"
GONE = "0123456789abcdef" * 2


def judged(case: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_ego_pose_of_a_sweep_that_is_gone_is_told(case: Any, jobs: int) -> None:
    token = case.rows("sample_data")[16]["ego_pose_token"]
    case.edit("ego_pose", lambda rows: [row for row in rows if row["token"] != token])
    found = lading.validate(lading.open_dataset(case.root), jobs=jobs)
    assert [f"{one.rule} {one}" for one in found if one.rule not in ALIKE] == [
        f"nuscenes.dangling-token {FILES}#/16/ego_pose_token: expected a token of ego_pose.json, found {token!r}"
    ]


def test_ego_poses_of_key_frames_alone_are_told_once(case: Any) -> None:
    files = case.rows("sample_data")
    keys = {row["ego_pose_token"] for row in files if row["is_key_frame"]}
    case.edit("ego_pose", lambda rows: [row for row in rows if row["token"] in keys])
    assert judged(case) == [
        f"error nuscenes.dangling-token {FILES}#/1/ego_pose_token: expected a token of ego_pose.json, "
        f"found {files[1]['ego_pose_token']!r}; so it is with 15 more rows of 16 that are no key frames"
    ]


def test_rows_without_a_pose_and_with_that_of_a_key_frame_lack_none(case: Any) -> None:
    case.set("sample_data", 16, ego_pose_token=case.rows("sample_data")[17]["ego_pose_token"])
    case.set("sample_data", 18, ego_pose_token="")
    assert judged(case) == []


@pytest.mark.parametrize(
    ("column", "rule", "expected"),
    [
        ("sample_token", "error nuscenes.dangling-token", "a token of sample.json"),
        ("calibrated_sensor_token", "error nuscenes.dangling-token", "a token of calibrated_sensor.json"),
        ("prev", "warning nuscenes.broken-chain", "a token of sample_data.json or none"),
        ("next", "warning nuscenes.broken-chain", "a token of sample_data.json or none"),
    ],
)
def test_a_token_of_a_sweep_that_leads_nowhere_is_told(case: Any, column: str, rule: str, expected: str) -> None:
    case.set("sample_data", 16, **{column: GONE})
    assert judged(case) == [f"{rule} {FILES}#/16/{column}: expected {expected}, found {GONE!r}"]


def test_a_sweep_on_a_sample_of_another_scene_is_told(case: Any) -> None:
    case.set("sample_data", 16, sample_token=case.rows("sample_data")[37]["sample_token"])
    assert judged(case) == [
        f"warning nuscenes.broken-chain {FILES}#/16/sample_token: "
        "expected a sample of the scene of the rows before and after, found one of another"
    ]
    case.set("sample_data", 16, sample_token=case.rows("sample_data")[15]["sample_token"])
    assert judged(case) == []
