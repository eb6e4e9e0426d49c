"""nuImages: a sample is one camera's, with shots before and after its key frame, and samples have no order (4.5)."""

from __future__ import annotations

from typing import Any

import pytest

import lading
from lading import Finding

#: The fixture has pictures that are alike.
ALIKE = ("media.duplicate", "media.leak", "media.burst", "segment.forbidden-name")


def judged(case: Any, **options: Any) -> list[Finding]:
    found = lading.validate(lading.open_dataset(case.root, options=options))
    return [one for one in found if one.rule not in ALIKE]


def joined(case: Any) -> Any:
    """Both samples, of the front and the back camera, in one log; the files of the second are named after no other."""
    case.set("log", 1, logfile="none")
    log = case.rows("sample")[0]["log_token"]
    return case.edit("sample", lambda rows: [row | {"log_token": log} for row in rows])


@pytest.mark.parametrize("sweeps", [False, True], ids=["key frames", "all files"])
def test_samples_of_a_log_are_of_one_camera_each(images: Any, sweeps: bool) -> None:
    opened = joined(images).open(sweeps=sweeps)
    assert [sensor.name for sensor in opened.dataset.segments[0].sensors] == ["CAM_FRONT", "CAM_BACK"]
    assert judged(images, sweeps=sweeps) == []


def test_shots_come_before_and_after_the_key_frame(images: Any) -> None:
    rows = joined(images).rows("sample_data")
    shot = next(row for row in rows if not row["is_key_frame"])
    key = next(row for row in rows if row["is_key_frame"] and row["sample_token"] == shot["sample_token"])
    late = 2 * key["timestamp"] - shot["timestamp"]
    name = shot["filename"].replace(str(shot["timestamp"]), str(late))
    (images.root / shot["filename"]).rename(images.root / name)
    at = rows.index(shot)
    images.set("sample_data", at, timestamp=late, filename=name, prev=key["token"], next="")
    images.set("sample_data", rows.index(key), prev="", next=shot["token"])
    pose = next(n for n, row in enumerate(images.rows("ego_pose")) if row["token"] == shot["ego_pose_token"])
    images.set("ego_pose", pose, timestamp=late)
    assert judged(images, sweeps=True) == []


def test_samples_of_a_log_have_no_order(images: Any) -> None:
    joined(images)
    rigs = [row["calibrated_sensor_token"] for row in images.rows("sample_data") if row["is_key_frame"]]
    assert len(set(rigs)) == 2
    front = images.rows("sample_data")[0]["calibrated_sensor_token"]
    images.edit("sample_data", lambda rows: [row | {"calibrated_sensor_token": front} for row in rows])
    images.edit("sample", lambda rows: rows[::-1])
    assert "timestamp.backwards" not in {one.rule for one in judged(images)}
