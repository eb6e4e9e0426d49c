"""Copies that Roboflow made of one picture, by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lading.model.dataset import Dataset
from lading.opening import open_dataset
from lading.validate import validate

from .planted.port import Port


def dataset(folder: Path, train: list[str], val: list[str]) -> Dataset:
    port = Port()
    for rows, names in ((port.train, train), (port.val, val)):
        for image, name in zip(rows["images"], names, strict=True):
            image["file_name"] = name
    port.write(folder)
    return open_dataset(folder)


@pytest.mark.parametrize("jobs", [1, 2])
def test_sources_that_are_in_two_segments_are_counted_once(jobs: int, tmp_path: Path) -> None:
    found = dataset(
        tmp_path,
        ["quay-a_jpg.rf.01.jpg", "quay-b_jpg.rf.02.jpg", "quay-a_jpg.rf.03.jpg"],
        ["quay-b_jpg.rf.04.jpg", "quay-a_jpg.rf.05.jpg"],
    )
    (finding,) = validate(found, jobs=jobs)
    assert (finding.rule, finding.segment, finding.file) == (
        "media.augmented-leak",
        "val",
        "images/val/quay-b_jpg.rf.04.jpg",
    )
    assert finding.message == (
        "expected the copies of a picture in one segment, by their names, found those of 2 pictures in an earlier one "
        "too, such as 'quay-b_jpg.rf.04.jpg' and, in 'train', 'quay-b_jpg.rf.02.jpg'"
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_same_bytes_are_told_as_a_leak_alone(jobs: int, tmp_path: Path) -> None:
    """Of three sources that both splits have, one is in both with its bytes."""
    train = ["quay-a_jpg.rf.01.jpg", "quay-b_jpg.rf.02.jpg", "quay-c_jpg.rf.03.jpg"]
    dataset(tmp_path, train, ["quay-b_jpg.rf.05.jpg", "quay-a_jpg.rf.04.jpg"])
    (tmp_path / "images/val/quay-a_jpg.rf.04.jpg").write_bytes((tmp_path / "images/train" / train[0]).read_bytes())
    leak, augmented = sorted(validate(open_dataset(tmp_path), jobs=jobs), key=lambda one: one.rule, reverse=True)
    assert (leak.rule, leak.file) == ("media.leak", "images/val/quay-a_jpg.rf.04.jpg")
    assert (augmented.rule, augmented.file) == ("media.augmented-leak", "images/val/quay-b_jpg.rf.05.jpg")
    assert "found those of 1 picture in an earlier one too, such as 'quay-b_jpg.rf.05.jpg'" in augmented.message


def test_copies_within_a_segment_and_other_names_are_right(tmp_path: Path) -> None:
    train = ["quay-a_jpg.rf.01.jpg", "quay-a_jpg.rf.02.jpg", "b.jpg"]
    assert list(validate(dataset(tmp_path, train, ["quay-b_jpg.rf.03.jpg", "c.rf_1.jpg"]))) == []


@pytest.mark.parametrize("name", ["frame_0001_jpg", "0007_png", "IMG_20240131_0001_jpeg", "video-3-frame-7_jpg", "12"])
def test_names_that_only_count_say_nothing_of_pictures_that_differ(name: str, tmp_path: Path) -> None:
    others = ["x.jpg", "y.jpg"]
    found = dataset(tmp_path, [f"{name}.rf.01.jpg", *others], [f"{name}.rf.02.jpg", "z.jpg"])
    assert list(validate(found)) == []


def shown(folder: Path, name: str, picture: Image.Image) -> None:
    picture.save(folder / "images" / name, "PNG")


def blocks() -> Image.Image:
    """A picture of 64 x 48 that looks otherwise from each side."""
    values = np.random.default_rng(7).integers(0, 255, (6, 8), dtype=np.uint8)
    return Image.fromarray(values).resize((64, 48), Image.Resampling.NEAREST).convert("RGB")


MIRRORED = [
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_90,
    Image.Transpose.TRANSVERSE,
]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("turn", MIRRORED, ids=lambda turn: turn.name)
def test_copies_whose_names_count_are_known_by_what_they_show(turn: Image.Transpose, jobs: int, tmp_path: Path) -> None:
    """One is turned and darker; the pictures of the other number that both splits have are two."""
    train = ["IMG_0001_jpg.rf.01.png", "IMG_0002_jpg.rf.02.png", "IMG_0003_jpg.rf.03.png"]
    dataset(tmp_path, train, ["IMG_0003_jpg.rf.04.png", "IMG_0002_jpg.rf.05.png"])
    shown(tmp_path, "train/IMG_0002_jpg.rf.02.png", blocks())
    shown(tmp_path, "val/IMG_0002_jpg.rf.05.png", blocks().transpose(turn).point(lambda value: int(value * 0.8)))
    graded: dict[str, Any] = {"media.size-mismatch": "off", "box2d.outside-image": "off"}
    (finding,) = validate(open_dataset(tmp_path), jobs=jobs, severities=graded)
    assert (finding.rule, finding.file) == ("media.augmented-leak", "images/val/IMG_0002_jpg.rf.05.png")
    assert finding.message == (
        "expected the copies of a picture in one segment, by their names, found those of 1 picture in an earlier one "
        "too, such as 'IMG_0002_jpg.rf.05.png' and, in 'train', 'IMG_0002_jpg.rf.02.png'"
    )


def test_pictures_of_one_colour_say_nothing(tmp_path: Path) -> None:
    dataset(tmp_path, ["frame_1_jpg.rf.01.png", "x.png", "y.png"], ["frame_1_jpg.rf.02.png", "z.png"])
    for name, grey in (("train/frame_1_jpg.rf.01.png", 30), ("val/frame_1_jpg.rf.02.png", 40)):
        shown(tmp_path, name, Image.new("RGB", (64, 48), (grey, grey, grey)))
    assert list(validate(open_dataset(tmp_path))) == []
