"""Keypoints held to the box of their own object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lading import open_dataset, validate

NAMES = [f"p{number}" for number in range(4)]
HERE = [20, 20, 40, 60]
#: Four points of a body that is 40 wide and 60 high, counted from its corner.
POINTS = [(5, 5), (35, 5), (5, 55), (35, 55)]
FAR = 40 + 6 + 0.5
"""Just beyond the box and a tenth of its longer side, from its corner."""


def points(box: list[int], places: list[tuple[float, float]] = POINTS, *, seen: int = 2) -> list[float]:
    """Keypoints at these places, counted from the corner of a box."""
    return [value for x, y in places for value in (box[0] + x, box[1] + y, seen)]


def write(root: Path, rows: list[dict[str, Any]], images: int = 1) -> Path:
    pictures = [{"id": n, "file_name": f"{n}.png", "width": 200, "height": 160} for n in range(images)]
    made = [{"id": n, "image_id": 0, "category_id": 1, "bbox": HERE} | row for n, row in enumerate(rows)]
    kind = {"id": 1, "name": "person", "keypoints": NAMES, "skeleton": []}
    text = json.dumps({"images": pictures, "annotations": made, "categories": [kind]})
    (root / "person_keypoints_train.json").write_text(text)
    for n in range(images):
        Image.new("L", (200, 160), n).save(root / f"{n}.png")
    return root


def told(root: Path, jobs: int = 1) -> list[tuple[str, str | None, str]]:
    return [(one.rule, one.pointer, one.message) for one in validate(open_dataset(root), jobs=jobs)]


def test_two_objects_with_each_others_keypoints_are_told_each(tmp_path: Path) -> None:
    there = [120, 40, 40, 60]
    rows: list[dict[str, Any]] = [
        {"bbox": HERE, "keypoints": points(there)},
        {"bbox": there, "keypoints": points(HERE)},
        {"bbox": [20, 90, 40, 60], "keypoints": points([20, 90], [(1, 2), (30, 2), (3, 30), (30, 40)])},
        *({"image_id": n, "keypoints": points(HERE)} for n in (1, 2)),
    ]
    first, second = told(write(tmp_path, rows, images=3))
    assert first[:2] == ("keypoints.outside-box", "/annotations/0/keypoints")
    assert second[:2] == ("keypoints.outside-box", "/annotations/1/keypoints")
    assert first[2] == ("expected keypoints in the box of their object, (20, 20, 60, 80), found 4 of 4 far outside it")


def test_the_box_is_told_as_it_is_written(tmp_path: Path) -> None:
    there = [100.1234, 20.1, 40.2, 60]
    (found,) = (one for one in told(write(tmp_path, [{"bbox": there, "keypoints": points(HERE)}])) if "key" in one[0])
    assert "(100.1234, 20.1, 140.3234, 80.1), found 4 of 4" in found[2]


@pytest.mark.parametrize("jobs", [1, 2])
def test_keypoints_that_count_from_their_boxes_are_told_once(jobs: int, tmp_path: Path) -> None:
    """The odd ones are 5 of 6."""
    rows = [
        {"image_id": n, "bbox": [100, 60 + n, 40, 60], "keypoints": points([0, 0, 40, 60], [(n, 5), *POINTS[1:]])}
        for n in range(5)
    ]
    rows.append({"image_id": 5, "keypoints": points(HERE)})
    ((rule, pointer, message),) = told(write(tmp_path, rows, images=6), jobs)
    assert (rule, pointer) == ("keypoints.outside-box", "/annotations/0/keypoints")
    assert message == (
        "expected keypoints in the box of their object, (100, 60, 140, 120), found 4 of 4 far outside it, which would "
        "be within it if they counted from its corner; so it is with 5 objects of 6"
    )


@pytest.mark.parametrize(
    "row",
    [
        {"keypoints": points(HERE, [(FAR, 5), (FAR, 9), *POINTS[2:]])},
        {"keypoints": points(HERE, [(FAR - 1, 5), (FAR - 1, 9), (FAR - 1, 12), (-5, 50)])},
        {"keypoints": points(HERE, [(FAR, 5), (FAR, 9), (FAR, 12), (FAR, 50)], seen=0), "num_keypoints": 0},
        {"keypoints": [*points(HERE, [(FAR, 5), (FAR, 9)]), 0, 0, 0, 0, 0, 0]},
        {"keypoints": points(HERE, [(FAR, 5), (FAR, 9), (FAR, 12), (FAR, 50)]), "iscrowd": 1},
        {"keypoints": points(HERE, [(FAR, 5), (FAR, 9), (FAR, 12), (FAR, 50)]), "bbox": []},
    ],
    ids=["half", "near", "none labelled", "two labelled", "crowd", "without a box"],
)
def test_few_points_outside_and_those_near_the_box_are_right(row: dict[str, Any], tmp_path: Path) -> None:
    found = [rule for rule, *_ in told(write(tmp_path, [row])) if rule.startswith("keypoints.")]
    assert found == []


def test_the_feet_of_a_body_are_not_held_to_its_box(tmp_path: Path) -> None:
    """A face is: it has a box of its own."""
    away = points(HERE, [(FAR, 5), (FAR, 9), (FAR, 12), (FAR, 50)])
    parts = {"foot_valid": True, "foot_kpts": away, "face_valid": True, "face_kpts": away, "face_box": [20, 20, 9, 9]}
    root = write(tmp_path, [{"keypoints": points(HERE), **parts}])
    found = [one for one in told(root) if one[0].startswith("keypoints.outside")]
    assert [one[1] for one in found] == ["/annotations/0/face_kpts"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"keypoints": points([300, 20, 40, 60])}, "keypoints.outside-image"),
        ({"keypoints": points(HERE), "bbox": [150, 20, 80, 60]}, "box2d.outside-image"),
        ({"keypoints": [0, 0, 2] * 4}, "coco.zero-keypoint"),
        ({"keypoints": [0.1, 0.2, 2, 0.3, 0.4, 2, 0.1, 0.5, 2, 0.3, 0.6, 2]}, "coco.relative-keypoints"),
    ],
    ids=["outside the picture", "a box outside the picture", "nowhere", "in parts of the picture"],
)
def test_what_is_told_otherwise_is_not_told_again(row: dict[str, Any], rule: str, tmp_path: Path) -> None:
    assert {one[0] for one in told(write(tmp_path, [row]))} == {rule}
