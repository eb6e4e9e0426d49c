"""Copies that Roboflow made of one picture, by their names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lading.model.dataset import Dataset
from lading.opening import open_dataset
from lading.validate import validate
from lading.validate.checks import alike, augmented
from lading.validate.checks.augmented import RULE

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


def scenes(folder: Path, names: dict[str, list[str]], seeds: dict[str, int]) -> None:
    """Splits of Roboflow: a picture for each name, of the seed's video, in `valid` mirrored."""
    for split, those in names.items():
        (folder / split).mkdir()
        images = []
        for number, name in enumerate(those):
            file = f"{name}_jpg.rf.{split}{number}.png"
            key = int(name.rpartition("_")[2])
            values = np.random.default_rng((seeds[split], key)).integers(0, 255, (6, 8), dtype=np.uint8)
            picture = Image.fromarray(values).resize((32, 24), Image.Resampling.NEAREST)
            if split == "valid":
                picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            picture.save(folder / split / file)
            images.append({"id": number, "file_name": file, "width": 32, "height": 24})
        rows = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "boat"}]}
        (folder / split / "_annotations.coco.json").write_text(json.dumps(rows))


def counting(*numbers: int) -> list[str]:
    return [f"frame_{number}" for number in numbers]


def leaks(folder: Path, jobs: int = 1) -> list[tuple[str | None, str]]:
    return [(one.segment, one.message) for one in validate(open_dataset(folder), rules=[RULE], jobs=jobs)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_picture_is_held_to_each_earlier_segment_that_has_its_name(jobs: int, tmp_path: Path) -> None:
    """The first of three segments is of another video with the same numbers."""
    names = {split: counting(*range(6)) for split in ("test", "train", "valid")}
    scenes(tmp_path, names, {"test": 1, "train": 2, "valid": 2})
    ((segment, message),) = leaks(tmp_path, jobs)
    assert segment == "valid"
    assert "found those of 6 pictures in an earlier one too, such as 'frame_0_jpg.rf.valid0.png' and, in " in message
    assert message.endswith("in 'train', 'frame_0_jpg.rf.train0.png'")


def test_a_picture_that_two_earlier_segments_have_counts_once(tmp_path: Path) -> None:
    names = {split: ["quay_1", "quay_2"] for split in ("test", "train", "valid")}
    scenes(tmp_path, names, {"test": 1, "train": 1, "valid": 1})
    told = [(segment, re.findall("of [0-9]+ picture|, in '[a-z]+'", message)) for segment, message in leaks(tmp_path)]
    assert told == [("train", ["of 2 picture", ", in 'test'"]), ("valid", ["of 2 picture", ", in 'test'"])]


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_many_names_that_count_it_is_told_how_many_were_looked_at(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of five in each two segments are looked at; of `test`, which is another video, and `valid` none are alike."""
    monkeypatch.setattr(augmented, "_LOOKS", 2)
    names = {"test": counting(*range(5)), "train": [*counting(*range(5)), "quay_9"], "valid": counting(4, 3, 2, 1, 0)}
    names["valid"].append("quay_9")
    scenes(tmp_path, names, {"test": 1, "train": 2, "valid": 2})
    ((segment, message),) = leaks(tmp_path, jobs)
    assert segment == "valid"
    assert "found those of 3 pictures in an earlier one too, such as 'frame_4_jpg.rf.valid0.png' and, in 'tr" in message
    assert message.endswith("; of 5 whose names only count 2 were looked at")


def test_frames_of_segments_without_such_names_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"other": ["quay_1"], "train": counting(1, 2), "valid": counting(1)}
    scenes(tmp_path, names, {"other": 1, "train": 2, "valid": 2})
    found = open_dataset(tmp_path)
    read: list[str] = []
    frames = found.frames
    monkeypatch.setattr(
        found, "frames", lambda name, *given, **named: read.append(name) or frames(name, *given, **named)
    )
    assert len(list(validate(found, rules=[RULE]))) == 1
    assert sorted(read) == ["other", "train", "train", "valid", "valid"]


def road(split: int, number: int, grain: int) -> Image.Image:
    """Sky above and road below, and a car that is elsewhere in each."""
    values = np.zeros((48, 64, 3))
    values[:20], values[20:] = (200, 210, 230), (90, 90, 95)
    values += np.random.default_rng((grain, split, number)).normal(0, 12, values.shape)
    left = (5 + 17 * number + 29 * split) % 50
    values[25:35, left : left + 10] = (200, 30, 30) if split else (30, 30, 200)
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def roads(folder: Path, count: int, copied: frozenset[int]) -> None:
    """Two videos of roads, whose numbers are the same; some of the second are of the first, mirrored and darker."""
    for split, name in enumerate(("train", "valid")):
        (folder / name).mkdir()
        images = []
        for number in range(count):
            picture = road(split, number, 7)
            if split and number in copied:
                mirrored = road(0, number, 7).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
                picture = mirrored.point(lambda value: int(value * 0.8))
            file = f"frame_{number:04d}_jpg.rf.{name}{number}.jpg"
            picture.save(folder / name / file, quality=90)
            images.append({"id": number, "file_name": file, "width": 64, "height": 48})
        rows = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "car"}]}
        (folder / name / "_annotations.coco.json").write_text(json.dumps(rows))


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("count", [1, 2, 6, 60])
def test_videos_of_one_kind_of_scene_are_not_copies(count: int, jobs: int, tmp_path: Path) -> None:
    """Each picture of one is as alike to those of other numbers of the other as to that of its own."""
    roads(tmp_path, count, frozenset())
    assert leaks(tmp_path, jobs) == []


def test_pictures_that_are_equal_but_for_how_numbers_are_rounded_are_no_clearer() -> None:
    one = np.random.default_rng(7).normal(size=(32, 32))
    one /= np.linalg.norm(one)
    assert not alike.are_of_one(one, one * (1 + 1e-12), [(one, one)])
    assert alike.are_of_one(one, one, [(one, np.roll(one, 5))])
    assert not alike.are_of_one(one, one, [])


@pytest.mark.parametrize("copied", [{3}, {0, 2, 5}, set(range(6))])
def test_copies_are_known_among_others_of_one_kind_of_scene(copied: set[int], tmp_path: Path) -> None:
    roads(tmp_path, 6, frozenset(copied))
    ((segment, message),) = leaks(tmp_path)
    assert segment == "valid"
    assert f"found those of {len(copied)} picture" in message
    assert f"such as 'frame_{min(copied):04d}_jpg.rf.valid{min(copied)}.jpg' and" in message
