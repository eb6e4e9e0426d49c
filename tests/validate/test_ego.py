"""Poses of the ego that jump: one that jumps and comes back is told once, in its place, in however many parts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lading.model.dataset import MemoryDataset, all_frames
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.label import Box3D
from lading.model.report import Finding, Origin
from lading.model.sensor import Lidar
from lading.validate import engine, validate

from .parts import InOneProcess

#: Every fifth of a second: at 100 m/s and with a wobble of 5 m, 25 m are still right.
STEP_NS = 200_000_000


def drive(places: Sequence[float | None], **fields: Any) -> MemoryDataset:
    """A drive with the ego at these places along x, a lidar, and in its frame a box 10 m ahead that keeps there."""
    frames = []
    for number, x in enumerate(places):
        path = f"{number}.pcd"
        data = Data(
            path=path,
            remote_path=path,
            sensor_name="lidar",
            timestamp_ns=number * STEP_NS,
            ego_pose=None if x is None else Transform3D(EGO, WORLD, (x, 0.0, 0.0)),
            posed=Origin("poses.txt", line=number + 1),
            labels=[Box3D(10, 0, 0, 4, 2, 1.5, category="car", instance="7")],
        )
        for name, value in fields.items():
            setattr(data, name, value(number) if callable(value) else value)
        frames.append(Frame(key=str(number), data=[data]))
    lidar = Lidar(name="lidar", extrinsics=Transform3D("lidar", EGO, (0, 0, 1.8)))
    dataset = MemoryDataset("x", {"drive": frames}, sensors={"drive": [lidar]}, is_fusion=True)
    dataset.is_continuous = True
    return dataset


def found(dataset: MemoryDataset, jobs: int = 1) -> list[Finding]:
    return list(validate(dataset, rules=["pose.jump", "instance.jump"], jobs=jobs))


@pytest.fixture(params=[1, 2, 3, 6])
def jobs(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    return int(request.param)


@pytest.mark.parametrize(
    ("places", "lines"),
    [
        ([0, 25, 50, 75, 100, 125], []),
        ([0, 20, 45.1, 60, 80, 100], [3]),
        ([0, 2, 900, 6, 8, 10], [3]),
        ([0, 2, 4, 900, 8, 10], [4]),
        ([0, 2, 900, 902, 904, 906], [3]),
        ([0, 2, 900, 902, 8, 10], [3]),
        ([0, 2, 900, 902, 904, 10], [3]),
        ([0, 900, 902, 904, 500, 502], [2, 5]),
        ([0, 2, 4, 6, 8, 900], [6]),
        ([900, 2, 4, 6, 8, 10], [2]),
        ([0, 2, None, 900, 902, 904], []),
        ([0, float("nan"), 4, 6, 8, 10], []),
    ],
    ids=[
        "as fast as can be",
        "a little faster",
        "and back",
        "and back, of another part",
        "and goes on",
        "and back from the second",
        "and back from the third",
        "and on to a third place",
        "at the end",
        "at the start, where either may be wrong",
        "over a gap",
        "not finite",
    ],
)
def test_a_pose_that_jumps_is_told_at_its_own_place(
    places: Sequence[float | None], lines: list[int], jobs: int
) -> None:
    """The box, which moves with the ego, is not told as well."""
    told = [(one.rule, one.severity, one.file, one.line) for one in found(drive(places), jobs)]
    assert told == [("pose.jump", "warning", "poses.txt", line) for line in lines]


def test_it_is_said_how_far_and_in_what_time() -> None:
    (one,) = found(drive([0, 2, 1_254, 6]))
    assert one.message == "expected an ego pose near that of frame '1', 0.2 s before, found one 1,252.0 m off"
    assert (one.segment, one.frame, one.sensor) == ("drive", "2", "lidar")


def test_it_is_said_how_long_a_run_of_wrong_poses_is(jobs: int) -> None:
    places: list[float | None] = [2 * number for number in range(20)]
    places[5:8], places[12:14] = [900, 902, 904], [-900, -900]
    first, second = found(drive(places), jobs)
    assert (first.line, second.line) == (6, 13)
    assert first.message.endswith("found one 892.0 m off, and so up to frame '7'")
    assert second.message.endswith("found one 922.0 m off, and so up to frame '13'")


def test_jumps_of_most_frames_are_told_at_the_first(jobs: int) -> None:
    """Millimetres, as it seems."""
    (one,) = found(drive([0, 2_000, 4_000, 6_000, 8_000, 10_000]), jobs)
    assert one.line == 2
    assert one.message.endswith("found one 2,000.0 m off, and such jumps in 5 of 6 frames")


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp_ns": None},
        {"timestamp_ns": 5},
        {"timestamp_ns": lambda number: -number * STEP_NS},
        {"told": lambda number: [("pose.jump", None)] if number == 2 else ()},
    ],
    ids=["without times", "at one time", "of times that go back", "that is told"],
)
def test_nothing_is_said_of_a_pose(fields: dict[str, Any]) -> None:
    told = found(drive([0, 2, 900, 6, 8, 10], **fields))
    assert [one.rule for one in told if one.rule == "pose.jump"] == []


def test_a_track_is_told_where_the_rule_of_poses_is_not_wanted() -> None:
    (one,) = validate(drive([0, 2, 900, 6]), rules=["instance.jump"])
    assert (one.rule, one.frame) == ("instance.jump", "2")


def test_frames_that_do_not_follow_each_other_in_time_are_let_be() -> None:
    dataset = drive([0, 2, 900, 6])
    dataset.is_continuous = False
    assert [one.rule for one in found(dataset)] == ["instance.jump"]


@pytest.mark.parametrize("seed", range(60))
def test_however_it_jumps_to_and_fro_parts_find_what_the_whole_finds(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The ego and a box in its frame, of which now and then one, or both, are elsewhere or not there."""
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    chance = random.Random(seed)
    count = chance.randint(4, 10)
    places = [chance.choice([0, 0, 900, 900 if seed % 2 else 1_800, None if seed % 3 else 0]) for _ in range(count)]
    aheads = [chance.choice([10, 10, 500, 500 if seed % 2 else 1_500, None if seed % 3 else 10]) for _ in range(count)]

    def box(number: int) -> list[Box3D]:
        ahead = aheads[number]
        return [] if ahead is None else [Box3D(ahead, 0, 0, 4, 2, 1.5, category="car", instance="7")]

    dataset = drive(places, labels=box)
    whole = Counter(found(dataset))
    assert [Counter(found(dataset, jobs)) for jobs in (2, 3, 4)] == [whole] * 3


def test_one_that_keeps_jumping_to_and_fro_is_told_each_time_it_leaves(jobs: int) -> None:
    places = [0, 0, *[900, 0] * 4, *[0] * 8]
    assert [one.line for one in found(drive(places), jobs)] == [3, 5, 7, 9]


@pytest.mark.parametrize("number", [0, 1], ids=["of the first file", "of another"])
def test_a_wrong_time_of_one_file_is_not_told_as_a_wrong_pose(number: int, jobs: int) -> None:
    """A millisecond after the frame before, 20 m from there."""
    dataset = drive([0, 20, 40, 60, 80, 100])
    for _, frame in all_frames(dataset):
        (lidar,) = frame.data
        for name in ("front", "rear"):
            frame.data.append(msgspec.structs.replace(lidar, path=f"{frame.key}.{name}", sensor_name=name, labels=[]))
        if frame.key == "3":
            frame.data[number].timestamp_ns = 2 * STEP_NS + 1_000_000
    assert found(dataset, jobs) == []
