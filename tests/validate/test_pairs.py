"""Pictures of two cameras of one matrix: their sizes are compared as they were seen, and each is opened once."""

from __future__ import annotations

from typing import Any

import pytest

from lading import Camera, CameraMatrix, Frame, Intrinsics
from lading.model.dataset import MemoryDataset
from lading.validate import validate

#: The rules that read files.
OFF: dict[str, Any] = dict.fromkeys(
    ("media.unreadable", "media.size-mismatch", "media.other-format", "media.duplicate", "media.leak"), "off"
)


def lens(fx: float) -> Intrinsics:
    return Intrinsics(camera_matrix=CameraMatrix(fx=fx, fy=90, cx=50, cy=40))


def drive(frames: list[Frame], focal: tuple[float, float] = (90, 90)) -> MemoryDataset:
    """Frames of the pictures of a left and a right camera; `focal` are the lengths of both."""
    cameras = [Camera(name=name, intrinsics=lens(fx)) for name, fx in zip(("left", "right"), focal, strict=True)]
    return MemoryDataset("cargo", {"drive": frames}, sensors={"drive": cameras}, is_fusion=True)


@pytest.fixture
def frames(data: Any, content: Any, picture: Any) -> Any:
    """A frame for each pair of sizes; every picture has bytes of its own."""

    def make(*pairs: tuple[tuple[int, int], tuple[int, int]], **fields: Any) -> list[Frame]:
        made = []
        for number, pair in enumerate(pairs):
            files = []
            for name, size in zip(("left", "right"), pair, strict=True):
                path = f"{name}/{number}.png"
                file = content(path, picture(*size) + path.encode())
                bare: dict[str, Any] = {"width": None, "height": None, "origin": None}
                files.append(data(path=path, content=file, sensor_name=name, **(bare | fields)))
            made.append(Frame(key=str(number), data=files))
        return made

    return make


def told(dataset: MemoryDataset, **given: Any) -> list[tuple[Any, ...]]:
    return [
        (one.frame, one.sensor, one.file, one.message)
        for one in validate(dataset, **given)
        if one.rule == "media.pair-size"
    ]


LARGE, SMALL = (124, 37), (122, 37)
MESSAGE = "expected the size of left beside it, 124 x 37, found 122 x 37"


def test_each_odd_picture_of_a_few_is_told(frames: Any) -> None:
    pairs = [(LARGE, LARGE)] * 2 + [(LARGE, SMALL)] * 2
    assert told(drive(frames(*pairs))) == [
        ("2", "right", "right/2.png", MESSAGE),
        ("3", "right", "right/3.png", MESSAGE),
    ]


def test_most_of_a_folder_are_told_once_with_their_number(frames: Any) -> None:
    pairs = [(LARGE, LARGE), (LARGE, SMALL), (SMALL, LARGE)]
    message = f"{MESSAGE}; 2 of 3 pictures of its folder differ"
    assert told(drive(frames(*pairs))) == [("1", "right", "right/1.png", message)]


def test_other_matrices_and_declared_sizes_are_let_be(frames: Any) -> None:
    pair = (LARGE, SMALL)
    assert told(drive(frames(pair), focal=(90, 91))) == []
    assert told(drive(frames(pair, width=124, height=37))) == []
    turned = frames(pair)
    turned[0].calibration = {"right": Camera(name="right", intrinsics=lens(91))}
    assert told(drive(turned)) == []


@pytest.mark.parametrize(("graded", "opened"), [({}, 1), (OFF, 1), ({**OFF, "media.pair-size": "off"}, 0)])
def test_a_picture_is_opened_at_most_once(frames: Any, graded: dict[str, Any], opened: int) -> None:
    pairs = frames((LARGE, LARGE), (LARGE, (125, 37)))
    assert len(told(drive(pairs), severities=graded)) == opened
    assert [data.content.opened for frame in pairs for data in frame.data] == [opened] * 4


def test_sizes_are_not_read_for_one_camera_alone(frames: Any) -> None:
    (frame,) = frames((LARGE, SMALL))
    del frame.data[1]
    alone = MemoryDataset("cargo", {"drive": [frame]}, sensors={"drive": [Camera(name="left", intrinsics=lens(90))]})
    assert told(alone, severities=OFF) == []
    assert frame.data[0].content.opened == 0
