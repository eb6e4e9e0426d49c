"""Pictures before the labelled ones: three of each frame."""

from __future__ import annotations

from typing import Any

import pytest

EXPECTED = "expected three pictures before each frame, found fewer before"


def files(kitti: Any, *ends: str, folder: str = "prev_2") -> dict[str, Any]:
    """Frames by what the names of their pictures before them end with."""
    found: dict[str, Any] = {}
    for number, each in enumerate(ends):
        found[f"training/image_2/{number:06}.png"] = kitti.PIXEL
        found |= {f"training/{folder}/{number:06}_0{end}.png": kitti.PIXEL for end in each}
    return found


def told(kitti: Any, files: dict[str, Any], **options: Any) -> list[tuple[str, str | None, str]]:
    found = kitti.read(files, **options).told("kitti.previous-missing")
    assert {one.segment for one in found} <= {"training"}
    return [(one.severity, one.file, one.message) for one in found]


@pytest.mark.parametrize(
    ("ends", "first", "count"),
    [
        (("123", "13", "123"), "000001_02", "1 of 3"),
        (("123", "12", "123", "1"), "000001_03", "2 of 4"),
        (("123", "123", "", "123"), "000002_01", "1 of 4"),
        (("", "12", "", "", ""), "000001_03", "1 of 1"),
    ],
    ids=["the middle one", "the first ones", "a frame without any", "a part of the frames"],
)
def test_frames_that_lack_some_are_told_once(kitti: Any, ends: tuple[str, ...], first: str, count: str) -> None:
    expected = [("warning", f"training/prev_2/{first}.png", f"{EXPECTED} {count} frames")]
    assert told(kitti, files(kitti, *ends)) == expected
    assert told(kitti, {}, previous=True) == expected


def test_each_folder_is_told(kitti: Any) -> None:
    both = files(kitti, "123", "12") | files(kitti, "23", "123", folder="prev_3")
    assert [place for _, place, _ in told(kitti, both)] == [
        "training/prev_2/000001_03.png",
        "training/prev_3/000000_01.png",
    ]


@pytest.mark.parametrize("ends", [("123", "123"), ("", "123", ""), ("", "")])
def test_whole_ones_are_not_told(kitti: Any, ends: tuple[str, ...]) -> None:
    assert told(kitti, files(kitti, *ends)) == []
