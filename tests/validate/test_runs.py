"""Instances that are elsewhere for some frames: a run is told once, with its first and last frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D, Box3D, Label
from lading.model.report import Origin, OriginList
from lading.validate import engine, validate

from .parts import InOneProcess


@pytest.fixture(params=[1, 2, 3, 8])
def jobs(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    return int(request.param)


def drive(frames: Sequence[Sequence[Label]], **fields: Any) -> MemoryDataset:
    """Half a second apart."""
    made = []
    for number, labels in enumerate(frames):
        path = f"{number}.bin"
        data = Data(path=path, remote_path=path, sensor_name="lidar", timestamp_ns=number * 500_000_000)
        data.labels = [msgspec.structs.replace(label, origin=place) for place, label in enumerate(labels)]
        data.origins = OriginList([Origin("tracks.txt", line=10 * number + place) for place in range(len(labels))])
        for name, make in fields.items():
            setattr(data, name, make(path))
        made.append(Frame(key=str(number), data=[data]))
    return MemoryDataset("x", {"drive": made}, is_fusion=True)


def told(frames: Sequence[Sequence[Label]], jobs: int) -> list[tuple[str, int | None, str]]:
    """Frame, line and last words of each jump in a segment of these labels."""
    found = validate(drive(frames), rules=["instance.jump"], jobs=jobs)
    return [(one.frame or "", one.line, one.message.partition(", found it ")[2]) for one in found]


def car(x: float, instance: str = "7") -> Box3D:
    return Box3D(x, 0, 0, 4, 2, 1.5, category="car", instance=instance)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0, 5, 300, 15, 20, 25, 30, 35], [("2", "295 m off")]),
        ([0, 5, 300, 305, 20, 25, 30, 35], [("2", "295 m off, and so up to frame '3'")]),
        ([0, 5, 65, 70, 12, 15, 20, 25], [("2", "60 m off, and so up to frame '3'")]),
        ([0, 300, 305, 310, 315, 320, 325, 35], [("1", "300 m off, and so up to frame '6'")]),
        ([0, 5, 300, 305, 310, 315, 320, 325], [("2", "295 m off")]),
        ([0, 5, 300, 305, 700, 705, 710, 715], [("2", "295 m off"), ("4", "395 m off")]),
        ([0, 5, 300, 305, 20, 25, 900, 35], [("2", "295 m off, and so up to frame '3'"), ("6", "875 m off")]),
        ([0, 300, None, 15, 20, 25, 300, 305], [("1", "300 m off"), ("6", "275 m off")]),
    ],
    ids=[
        "for one frame",
        "for two",
        "for two, no farther than it gets in their time",
        "for all but the first and last",
        "and stays there",
        "and on to a third place",
        "twice",
        "and back where it is not seen",
    ],
)
def test_an_instance_that_is_elsewhere_and_back_is_told_once(
    places: Sequence[float | None], expected: list[tuple[str, str]], jobs: int
) -> None:
    """Half a second apart, 55 m are as far as it gets."""
    found = told([[] if x is None else [car(x)] for x in places], jobs)
    assert sorted(found) == [(frame, 10 * int(frame), words) for frame, words in expected]


def test_of_several_instances_each_is_told(jobs: int) -> None:
    """An exchange of two ids for three frames, and a third that is always there."""
    frames = [[car(10 * n), car(500 - 10 * n, "8"), car(90, "9")] for n in range(8)]
    for n in (3, 4, 5):
        frames[n][:2] = [car(500 - 10 * n), car(10 * n, "8")]
    words = "450 m off, and so up to frame '5'"  # of 20 m in frame 2 and 480 m there: the others are 470 and 30 in 3
    assert sorted(told(frames, jobs)) == [("3", 30, words), ("3", 31, words)]


def test_boxes_in_the_picture_are_told_once_as_well(jobs: int) -> None:
    places = [100, 110, 900, 910, 140, 150, 160, 170]
    boxes = [[Box2D(x, 50, x + 40, 80, category="car", instance="7")] for x in places]
    assert told(boxes, jobs) == [("2", 20, "790 pixels off, and so up to frame '3'")]


def test_jumps_are_told_behind_files_however_many_parts_there_are(jobs: int, content: Any) -> None:
    """Of both it is known at the end alone: of the second file that it has the bytes of the first."""
    frames = [[car(x)] for x in (0, 5, 300, 305, 20, 25, 30, 35)]
    dataset = drive(frames, content=lambda path: content(path, b"same" if path < "2" else path.encode()))
    found = validate(dataset, rules=["media.duplicate", "instance.jump"], jobs=jobs)
    assert [(one.rule, one.frame) for one in found] == [("media.duplicate", "1"), ("instance.jump", "2")]
