"""Pictures of a rectified pair have one size."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import lading

PAIR = (
    "P2: 72 0 60 4.2 0 72 18 0 0 0 1 0\nP3: 72 0 60 -33 0 72 18 0 0 0 1 0\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
    "Tr_velo_to_cam: 0 -1 0 -0.02 0 0 -1 -0.06 1 0 0 -0.33\n"
)


def png(width: int, height: int, shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), shade).save(out, "PNG")
    return out.getvalue()


def told(
    kitti: Any, calibration: str, *sizes: tuple[tuple[int, int], tuple[int, int]], jobs: int = 1
) -> list[tuple[Any, ...]]:
    files: dict[str, Any] = {}
    for number, pair in enumerate(sizes):
        for camera, size in zip((2, 3), pair, strict=True):
            files[f"training/image_{camera}/{number:06d}.png"] = png(*size, 10 * number + camera)
        files[f"training/calib/{number:06d}.txt"] = calibration
    found = lading.validate(lading.open_dataset(kitti.tree(files)), jobs=jobs)
    return [(one.rule, one.severity, one.file, one.message) for one in found if "size" in one.rule]


def test_a_right_picture_of_another_size_is_told_at_it(kitti: Any) -> None:
    large, small = (124, 37), (122, 37)
    assert told(kitti, PAIR, (large, large), (large, small), (small, small)) == [
        (
            "media.pair-size",
            "warning",
            "training/image_3/000001.png",
            "expected the size of image_2 beside it, 124 x 37, found 122 x 37",
        )
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_of_which_most_pictures_disagree_is_told_once(kitti: Any, jobs: int) -> None:
    large, small = (124, 37), (122, 37)
    assert told(kitti, PAIR, (large, large), (large, small), (large, (62, 18)), jobs=jobs) == [
        (
            "media.pair-size",
            "warning",
            "training/image_3/000001.png",
            "expected the size of image_2 beside it, 124 x 37, found 122 x 37; 2 of 3 pictures of its folder differ",
        )
    ]


def test_a_header_that_is_broken_gives_no_size(kitti: Any) -> None:
    told(kitti, PAIR, ((124, 37), (124, 37)))
    path = kitti.root / "training/image_3/000000.png"
    data = bytearray(path.read_bytes())
    data[19] ^= 2  # of the width, which the checksum behind it does not match then
    path.write_bytes(data)
    found = lading.validate(lading.open_dataset(kitti.root))
    assert [one.rule for one in found if one.file == "training/image_3/000000.png"] == ["media.unreadable"]


@pytest.mark.parametrize(
    "calibration", [PAIR.replace("P3: 72 0 60", "P3: 72 0 30"), PAIR[PAIR.index("R0") :], PAIR.replace("P3", "Q3")]
)
def test_cameras_of_matrices_of_their_own_have_sizes_of_their_own(kitti: Any, calibration: str) -> None:
    assert told(kitti, calibration, ((124, 37), (62, 37))) == []
