"""Instances that are elsewhere for one frame, less far than a jump by itself has to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.label import Box2D, Box3D
from lading.model.report import Origin, OriginList
from lading.model.sensor import Lidar
from lading.validate import engine, validate

from .parts import InOneProcess

TENTH_NS = 100_000_000
Place = tuple[float, float]


@pytest.fixture(params=[1, 2, 3, 8])
def jobs(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    return int(request.param)


def told(
    places: Sequence[Place | None],
    jobs: int,
    step_ns: int = TENTH_NS,
    poses: Sequence[Transform3D] | None = None,
    *,
    is_nominal: bool = True,
) -> list[tuple[str, str | None, int | None, str]]:
    """Frame, file, line and words of what is told of a car that is at these places in the frame of the laser."""
    frames = []
    for number, place in enumerate(places):
        path, time_ns = f"{number}.bin", number * step_ns
        data = Data(path=path, remote_path=path, sensor_name="laser", timestamp_ns=None if is_nominal else time_ns)
        if place is not None:
            data.labels = [Box3D(*place, 0, 4, 2, 1.5, category="Car", instance="7", origin=0)]
            data.origins = OriginList([Origin("0001.txt", line=number + 1)])
        if poses is not None:
            data.ego_pose = poses[number]
        frames.append(Frame(key=str(number), data=[data], nominal_ns=time_ns if is_nominal else None))
    laser = Lidar(name="laser", extrinsics=Transform3D("laser", EGO))
    dataset = MemoryDataset("x", {"drive": frames}, sensors={"drive": [laser]}, is_fusion=True)
    dataset.is_continuous = True
    found = validate(dataset, rules=["instance.jump", "pose.jump"], jobs=jobs)
    return [(one.frame or "", one.file, one.line, one.message) for one in found]


def line(*aside: float, step: float = 1.0) -> list[Place]:
    """Ahead by a step a frame, and so far aside."""
    return [(step * number, y) for number, y in enumerate(aside)]


def off(frame: int, metres: str) -> list[tuple[str, str, int, str]]:
    expected = f"expected instance '7' near where it is in frames '{frame - 1}' and '{frame + 1}'"
    return [(str(frame), "0001.txt", frame + 1, f"{expected}, found it {metres} m off")]


@pytest.mark.parametrize("frame", [1, 2, 3, 4, 5, 6])
def test_a_car_that_is_aside_for_one_frame_is_told_at_that(frame: int, jobs: int) -> None:
    """45 m aside and 1 m ahead a frame: sqrt(45 * 45 + 1) m."""
    places = line(*(45.0 if number == frame else 0.0 for number in range(8)))
    assert told(places, jobs) == off(frame, f"{math.hypot(45, 1):.4g}")


@pytest.mark.parametrize("frame", [2, 3, 4, 5, 6])
def test_the_way_back_is_not_told_where_it_is_a_jump_by_itself(frame: int, jobs: int) -> None:
    """49 m ahead of the frame before, and 51 m ahead of the frame behind, a metre each going back a frame."""
    places = [(-float(number) + (50.0 if number == frame else 0.0), 0.0) for number in range(8)]
    assert told(places, jobs) == off(frame, "49")


def test_a_jump_by_itself_is_told_once(jobs: int) -> None:
    (one,) = told(line(0, 0, 0, 60, 0, 0, 0), jobs)
    assert (one[0], one[3]) == (
        "3",
        f"expected instance '7' within 50 m of frame '2', found it {math.hypot(60, 1):.4g} m off",
    )


@pytest.mark.parametrize(
    "aside",
    [(0, 0, 19.9, 0, 0), (0, 0, 45, 45, 45), (0, 0, 45, 30, 15, 0), (0, 0, 0, 0, 45), (45, 0, 0, 0, 0)],
    ids=["less far", "and stays", "and comes back slowly", "at the end", "at the begin"],
)
def test_others_are_not_told(aside: tuple[float, ...], jobs: int) -> None:
    assert told(line(*aside), jobs) == []


@pytest.mark.parametrize("step", [30.0, -49.0], ids=["goes by at 300 m/s", "comes at 490 m/s"])
def test_what_goes_on_in_a_line_is_not_told(step: float, jobs: int) -> None:
    """As a tenth of the frames has it, numbered anew."""
    assert told(line(0, 0, 0, 0, 0, 0, step=step), jobs) == []


def test_a_car_that_is_not_there_for_a_frame_is_not_told(jobs: int) -> None:
    places: list[Place | None] = [*line(0, 0, 45, 0, 0)]
    places[3] = None
    assert told(places, jobs) == []


def test_the_time_between_counts(jobs: int) -> None:
    """In two seconds each way 40 m are half of 20 m/s^2; in one 10 m are, and 20 the least."""
    assert told(line(0, 0, 39, 0, 0), jobs, 20 * TENTH_NS) == []
    assert told(line(0, 0, 41, 0, 0), jobs, 20 * TENTH_NS) == off(2, f"{math.hypot(41, 1):.4g}")
    assert told(line(0, 0, 21, 0, 0), jobs, 10 * TENTH_NS) == off(2, f"{math.hypot(21, 1):.4g}")


def test_times_of_files_count_as_well(jobs: int) -> None:
    """In half a second 55 m are no jump by themselves."""
    assert told(line(0, 0, 45, 0, 0), jobs, 5 * TENTH_NS, is_nominal=False) == off(2, f"{math.hypot(45, 1):.4g}")


def test_without_any_time_nothing_is_said(jobs: int) -> None:
    assert told(line(0, 0, 45, 0, 0), jobs, 0) == []


def pose(x: float = 0.0, turned: float = 0.0) -> Transform3D:
    half = math.radians(turned) / 2
    return Transform3D(EGO, WORLD, (x, 0, 0), (math.cos(half), 0, 0, math.sin(half)))


@pytest.mark.parametrize("wrong", [pose(45), pose(2, turned=60)], ids=["elsewhere", "turned"])
def test_a_pose_that_is_wrong_for_a_frame_is_none_of_the_car(wrong: Transform3D, jobs: int) -> None:
    """At the same place before the laser throughout; and in the world throughout, brought to the laser by the pose."""
    poses = [pose(number) for number in range(6)]
    poses[2] = wrong
    assert told([(30.0, 5.0)] * 6, jobs, poses=poses) == []
    there = [tuple(each.inverse().apply([[60.0, 5.0, 0.0]])[0, :2].tolist()) for each in poses]
    assert told(there, jobs, poses=poses) == []


def test_a_car_is_told_in_the_world_too(jobs: int) -> None:
    poses = [pose(number) for number in range(6)]
    assert told([(30.0, 45.0 if number == 2 else 0.0) for number in range(6)], jobs, poses=poses) == off(
        2, f"{math.hypot(45, 1):.4g}"
    )


@pytest.mark.parametrize(("moved", "is_told"), [(450, False), (550, True)])
def test_a_picture_of_unknown_size_is_taken_for_one_of_a_diagonal_of_1000(moved: float, is_told: bool) -> None:
    """Half of that is more than five diagonals of a box of 12 by 9."""
    frames = []
    for number, x in enumerate((0, moved)):
        box = Box2D(x, 0, x + 12, 9, category="Car", instance="7")
        frames.append(Frame(key=str(number), data=[Data(path=f"{number}.png", remote_path="", labels=[box])]))
    dataset = MemoryDataset("x", {"drive": frames})
    dataset.is_continuous = True
    assert [one.rule for one in validate(dataset, rules=["instance.jump"])] == ["instance.jump"] * is_told
