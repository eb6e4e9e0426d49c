"""Boxes of one picture that another one has as well."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lading.model.report import Finding
from lading.opening import open_dataset
from lading.validate import validate

from .planted.port import TRAIN, Port


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[Finding]]:
    """What is told of pictures that have these boxes, by their numbers in a list of random ones."""

    def run(
        *pictures: str,
        jobs: int = 1,
        name: str = "{}.png",
        change: Callable[[Path], Any] = lambda root: None,
        **fields: list[int],
    ) -> list[Finding]:
        dice = random.Random(8)
        known = {letter: [dice.uniform(1, 20) for _ in range(4)] for letter in "abcdefghijklmnopqrstuvwxyz"}
        port = Port()
        port.train["images"] = [
            {"id": number, "file_name": name.format(number), "width": 64, "height": 48}
            for number in range(len(pictures))
        ]
        boxes = [(number, letter) for number, letters in enumerate(pictures) for letter in letters]
        port.train["annotations"] = [
            {"id": row, "image_id": number, "category_id": 1, "bbox": known[letter], "iscrowd": 0}
            | {key: values[row] for key, values in fields.items()}
            for row, (number, letter) in enumerate(boxes)
        ]
        port.files.append(change)
        port.write(tmp_path)
        return [one for one in validate(open_dataset(tmp_path), jobs=jobs) if one.rule == "label.pasted"]

    return run


@pytest.mark.parametrize("jobs", [1, 2])
def test_pictures_with_the_boxes_of_others_are_told_once_in_any_order(jobs: int, told: Callable[..., Any]) -> None:
    (finding,) = told("abc", "def", "cab", "ghij", "fde", "klm", jobs=jobs)
    assert (finding.file, finding.pointer, finding.severity) == (TRAIN, "/annotations/6", "warning")
    assert finding.message == (
        "expected boxes of its own in 'images/train/2.png', found the 3 of 'images/train/0.png' again, "
        "equal to the last digit; so it is with 1 more file of the segment"
    )


@pytest.mark.parametrize(
    "pictures",
    [("ab", "ab", "cdef"), ("abc", "abcd", "efg"), ("abc", "abd", "efg"), ("", "", "")],
    ids=["too few to tell", "one more", "another one", "no boxes"],
)
def test_pictures_that_share_some_boxes_are_right(pictures: tuple[str, ...], told: Callable[..., Any]) -> None:
    assert told(*pictures) == []


def test_where_most_pictures_share_their_boxes_it_is_the_scene(told: Callable[..., Any]) -> None:
    others = ["def", "ghi", "jkl", "mno", "pqr", "stu", "vwx", "yza"]
    assert len(told(*["abc"] * 4, *others)) == 1
    assert told(*["abc"] * 5, *others) == []
    assert len(told("abc", "abc", "def")) == 1
    assert told("abc", "abc") == []


def test_tracks_may_stand_still(told: Callable[..., Any]) -> None:
    assert told("abc", "abc", "def", track_id=[1, 2, 3, 1, 2, 3, 4, 5, 6]) == []


def test_of_two_copies_of_a_picture_other_rules_speak(told: Callable[..., Any]) -> None:
    def copy(root: Path) -> None:
        shutil.copy(root / "images/train/0.png", root / "images/train/1.png")

    assert told("abc", "abc", "def", change=copy) == []


def test_two_files_of_one_name_may_be_one_picture(told: Callable[..., Any]) -> None:
    assert told("abc", "abc", "def", name="{}/x.png") == []
    assert len(told("abc", "abc", "def", name="{}/x{0}.png".replace("{}", "{0}"))) == 1
