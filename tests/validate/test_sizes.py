"""Sizes of pictures that differ from what is declared: each, or once a segment where most differ alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lading import open_dataset, validate

Size = tuple[int, int]


def write(root: Path, sizes: list[tuple[Size, Size]], boxes: list[list[float]] | None = None) -> Path:
    """A picture for each pair of what is declared and what is true; the boxes are in the first."""
    images = [
        {"id": n, "file_name": f"{n}.png", "width": width, "height": height}
        for n, ((width, height), _) in enumerate(sizes)
    ]
    rows = [{"id": n, "image_id": 0, "category_id": 1, "bbox": box} for n, box in enumerate(boxes or [])]
    text = json.dumps({"images": images, "annotations": rows, "categories": [{"id": 1, "name": "cat"}]})
    (root / "instances_train.json").write_text(text)
    for n, (_, size) in enumerate(sizes):
        Image.new("L", size, n).save(root / f"{n}.png")
    return root


def told(root: Path, jobs: int = 1) -> list[tuple[str, str | None, str]]:
    return [(one.rule, one.pointer, one.message) for one in validate(open_dataset(root), jobs=jobs)]


HALVED: list[tuple[Size, Size]] = [((101, 81), (50, 40)), ((120, 90), (60, 45)), ((90, 121), (45, 60))]
RIGHT: list[tuple[Size, Size]] = [((64, 48), (64, 48)), ((65, 48), (65, 48))]


@pytest.mark.parametrize("jobs", [1, 2])
def test_pictures_that_were_halved_are_told_once_where_most_are(jobs: int, tmp_path: Path) -> None:
    ((rule, pointer, message),) = told(write(tmp_path, [*RIGHT, *HALVED]), jobs)
    assert (rule, pointer) == ("media.size-mismatch", "/images/2")
    assert message == (
        "expected 101 x 81 pixels as declared, found 50 x 40 in '2.png', 0.5 times as many each way; so it is with 3 "
        "pictures of 5"
    )


def test_few_pictures_of_another_size_are_told_each(tmp_path: Path) -> None:
    found = told(write(tmp_path, [*HALVED, *RIGHT, ((66, 48), (66, 48))]))
    assert [one[:2] for one in found] == [("media.size-mismatch", f"/images/{n}") for n in range(3)]


def test_few_pictures_of_several_factors_are_told_each(tmp_path: Path) -> None:
    right: list[tuple[Size, Size]] = [((64 + n, 48), (64 + n, 48)) for n in range(3)]
    found = told(write(tmp_path, [HALVED[0], ((60, 45), (120, 90)), ((70, 50), (70, 51)), *right]))
    assert [message.rpartition(", ")[2] for *_, message in found] == [
        "0.5 times as many each way",
        "2 times as many each way",
        "found 70 x 51 in '2.png'",
    ]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("sizes", "kinds"),
    [([(400, 300), (500, 400), (800, 600), (640, 480)], 4), ([(800, 600), (400, 300)] * 2, 2)],
    ids=["a factor each", "two factors"],
)
def test_pictures_of_many_sizes_that_were_made_as_long_are_told_once(
    sizes: list[Size], kinds: int, jobs: int, tmp_path: Path
) -> None:
    """All have a longest side of 320: factors of 0.8, 0.64, 0.4 and 0.5."""
    resized = [(size, (320, round(320 * size[1] / size[0]))) for size in sizes]
    ((rule, pointer, message),) = told(write(tmp_path, [RIGHT[0], *resized]), jobs)
    assert (rule, pointer) == ("media.size-mismatch", "/images/1")
    factor = {400: "0.8", 800: "0.4"}[sizes[0][0]]
    assert message == (
        f"expected {sizes[0][0]} x {sizes[0][1]} pixels as declared, found 320 x 240 in '1.png', {factor} times as "
        f"many each way; so it is with 4 pictures of 5, of {kinds} kinds of difference"
    )


@pytest.mark.parametrize(
    ("declared", "found", "factor"),
    [
        ((400, 300), (410, 308), "1.02"),
        ((100, 50), (1250, 625), "12.5"),
        ((10, 10), (1250, 1250), "125"),
        ((1000, 1000), (4, 4), "0.004"),
        ((1000, 700), (333, 233), "0.33"),
        ((101, 81), (50, 40), "0.5"),
        ((400, 300), (404, 303), None),
    ],
)
def test_a_factor_is_told_as_it_is(declared: Size, found: Size, factor: str | None, tmp_path: Path) -> None:
    ((*_, message),) = told(write(tmp_path, [(declared, found)]))
    assert message == (
        f"expected {declared[0]} x {declared[1]} pixels as declared, found {found[0]} x {found[1]} in '0.png'"
        + (f", {factor} times as many each way" if factor else "")
    )


def test_pictures_that_were_made_one_size_are_told_once(tmp_path: Path) -> None:
    sizes: list[tuple[Size, Size]] = [((90 + 10 * n, 120), (64, 64)) for n in range(3)]
    ((rule, pointer, message),) = told(write(tmp_path, sizes))
    assert (rule, pointer) == ("media.size-mismatch", "/images/0")
    assert message == ("expected 90 x 120 pixels as declared, found 64 x 64 in '0.png'; so it is with 3 pictures of 3")


@pytest.mark.parametrize(
    ("declared", "box", "is_told"),
    [
        ((240, 360), [300, 10, 50, 40], False),
        ((240, 360), [10, 300, 40, 50], False),
        ((240, 360), [300, 10, 70, 40], True),
        ((240, 400), [300, 10, 50, 40], False),
        ((240, 360), [260, 260, 50, 50], True),
        ((180, 120), [200, 130, 50, 50], False),
        ((480, 320), [400, 250, 50, 50], False),
    ],
    ids=[
        "right for the picture",
        "right as declared",
        "outside both",
        "wider than declared",
        "within the width of one and the height of the other",
        "right for a larger picture",
        "right for a larger size",
    ],
)
def test_a_box_that_the_picture_holds_is_right_where_its_size_is_told(
    declared: Size, box: list[float], is_told: bool, tmp_path: Path
) -> None:
    found: list[Any] = [rule for rule, *_ in told(write(tmp_path, [(declared, (360, 240))], [box]))]
    assert sorted(found) == ["box2d.outside-image"] * is_told + ["media.size-mismatch"]
