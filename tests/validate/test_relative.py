"""Boxes in parts of their picture: told by the reader where all of a file are, else by the rule; once either way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from lading import open_dataset, validate

PARTS, PIXELS = (0.25, 0.5, 0.75, 0.9), (10, 20, 30, 40)


def coco(root: Path, *boxes: tuple[float, ...]) -> None:
    """One picture of 100 x 80 with these boxes, given by their edges."""
    rows = [
        {"id": n, "image_id": 1, "category_id": 1, "bbox": [x, y, round(right - x, 6), round(bottom - y, 6)]}
        for n, (x, y, right, bottom) in enumerate(boxes)
    ]
    images = [{"id": 1, "file_name": "a.png", "width": 100, "height": 80}]
    text = json.dumps({"images": images, "annotations": rows, "categories": [{"id": 1, "name": "cat"}]})
    (root / "instances_train.json").write_text(text)
    Image.new("L", (100, 80)).save(root / "a.png")


def voc(root: Path, *boxes: tuple[float, ...]) -> None:
    """The same in XML."""
    things = "".join(
        f"<object><name>cat</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
        "</bndbox></object>"
        for x, y, right, bottom in boxes
    )
    size = "<size><width>100</width><height>80</height><depth>1</depth></size>"
    (root / "Annotations").mkdir()
    (root / "JPEGImages").mkdir()
    text = f"<annotation><filename>a.png</filename>{size}{things}</annotation>"
    (root / "Annotations/a.xml").write_text(text)
    Image.new("L", (100, 80)).save(root / "JPEGImages/a.png")


def kitti(root: Path, *boxes: tuple[float, ...]) -> None:
    """The same in rows, which declare no size of the picture."""
    for folder in ("label_2", "image_2"):
        (root / "training" / folder).mkdir(parents=True)
    rows = [f"Car 0 0 -10 {' '.join(map(str, box))} -1 -1 -1 -1000 -1000 -1000 -10\n" for box in boxes]
    (root / "training/label_2/000000.txt").write_text("".join(rows))
    Image.new("L", (100, 80)).save(root / "training/image_2/000000.png")


@pytest.mark.parametrize("write", [coco, voc, kitti], ids=lambda write: write.__name__)
def test_boxes_in_parts_of_their_picture_are_told_once(write: Callable[..., None], tmp_path: Path) -> None:
    write(tmp_path, PARTS, (0.1, 0.2, 0.3, 0.4))
    assert Counter(one.rule for one in validate(open_dataset(tmp_path))) == {f"{write.__name__}.relative-boxes": 1}


@pytest.mark.parametrize("write", [coco, voc, kitti], ids=lambda write: write.__name__)
def test_boxes_in_parts_among_others_in_pixels_are_told_once(write: Callable[..., None], tmp_path: Path) -> None:
    write(tmp_path, PIXELS, PARTS, (0.1, 0.2, 0.3, 0.4))
    (found,) = validate(open_dataset(tmp_path))
    assert (found.rule, found.severity) == ("box2d.relative", "warning")
    assert found.message.endswith(
        "as if they were parts of the picture of 100 x 80 pixels, and such in 1 more of its boxes"
    )


def pictures(count: int, odd: int) -> list[list[tuple[float, ...]]]:
    """The boxes of so many pictures: of every second one two in parts of the picture, so long as these are `odd`."""
    boxes: list[list[tuple[float, ...]]] = []
    for number in range(count):
        is_odd = number % 2 == 1 and number // 2 < odd
        boxes.append([PARTS, (0.1, 0.2, 0.3, 0.4)] if is_odd else [(10 + number, 20, 60, 70)])
    return boxes


def coco_set(root: Path, boxes: list[list[tuple[float, ...]]]) -> None:
    """Pictures of 100 x 80 with these boxes, in one file."""
    images = [{"id": n, "file_name": f"{n}.png", "width": 100, "height": 80} for n in range(len(boxes))]
    placed = [(n, box) for n, each in enumerate(boxes) for box in each]
    rows = [
        {"id": i, "image_id": n, "category_id": 1, "bbox": [x, y, round(right - x, 6), round(bottom - y, 6)]}
        for i, (n, (x, y, right, bottom)) in enumerate(placed)
    ]
    text = json.dumps({"images": images, "annotations": rows, "categories": [{"id": 1, "name": "cat"}]})
    (root / "instances_train.json").write_text(text)
    for n in range(len(boxes)):
        Image.new("L", (100, 80), n).save(root / f"{n}.png")


def voc_set(root: Path, boxes: list[list[tuple[float, ...]]]) -> None:
    """The same, a file a picture."""
    (root / "Annotations").mkdir()
    (root / "JPEGImages").mkdir()
    for n, each in enumerate(boxes):
        things = "".join(
            f"<object><name>cat</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax>"
            f"<ymax>{bottom}</ymax></bndbox></object>"
            for x, y, right, bottom in each
        )
        size = "<size><width>100</width><height>80</height><depth>1</depth></size>"
        text = f"<annotation><filename>{n:02}.png</filename>{size}{things}</annotation>"
        (root / f"Annotations/{n:02}.xml").write_text(text)
        Image.new("L", (100, 80), n).save(root / f"JPEGImages/{n:02}.png")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("write", "places"),
    [
        (coco_set, [f"instances_train.json#/annotations/{n}/bbox" for n in (1, 4, 7)]),
        (voc_set, [f"Annotations/0{n}.xml#/annotation/object[1]/bndbox" for n in (1, 3, 5)]),
    ],
    ids=["coco", "voc"],
)
@pytest.mark.parametrize(
    ("count", "odd", "is_once"),
    [(20, 10, True), (20, 3, True), (40, 10, True), (30, 3, False), (20, 2, False), (4, 2, False), (6, 3, True)],
)
def test_boxes_in_parts_are_told_once_a_segment_where_more_than_two_and_a_tenth_of_its_pictures_have_such(
    write: Callable[..., None],
    places: list[str],
    count: int,
    odd: int,
    is_once: bool,
    jobs: int,
    tmp_path: Path,
) -> None:
    write(tmp_path, pictures(count, odd))
    found = list(validate(open_dataset(tmp_path), jobs=jobs))
    assert {one.rule for one in found} == {"box2d.relative"}
    one_more = "parts of the picture of 100 x 80 pixels, and such in 1 more of its boxes"
    assert [one.where for one in found] == (places[:1] if is_once else places[:odd])
    end = f"{one_more}; so it is with {odd} pictures of {count}" if is_once else one_more
    assert all(one.message.endswith(end) for one in found)


def test_each_segment_tells_its_own_boxes_in_parts(tmp_path: Path) -> None:
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
        coco_set(tmp_path / split, pictures(20, 10))
        (tmp_path / split / "instances_train.json").rename(tmp_path / f"instances_{split}.json")
    found = [one for one in validate(open_dataset(tmp_path)) if one.rule == "box2d.relative"]
    assert [(one.segment, one.frame, one.file) for one in found] == [
        ("train", "1", "instances_train.json"),
        ("val", "1", "instances_val.json"),
    ]


def kitti_set(root: Path, boxes: list[list[tuple[float, ...]]]) -> None:
    """The same, a file of rows a picture."""
    for folder in ("label_2", "image_2"):
        (root / "training" / folder).mkdir(parents=True)
    for n, each in enumerate(boxes):
        rows = [f"Car 0 0 -10 {' '.join(map(str, box))} -1 -1 -1 -1000 -1000 -1000 -10\n" for box in each]
        (root / f"training/label_2/{n:06}.txt").write_text("".join(rows))
        Image.new("L", (100, 80), n).save(root / f"training/image_2/{n:06}.png")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("count", "odd", "is_once"), [(20, 10, True), (30, 3, False), (20, 2, False)])
def test_frames_of_kitti_with_boxes_in_parts_alone_are_told_once_a_segment_where_they_are_many(
    count: int, odd: int, is_once: bool, jobs: int, tmp_path: Path
) -> None:
    kitti_set(tmp_path, pictures(count, odd))
    found = list(validate(open_dataset(tmp_path), jobs=jobs))
    assert {one.rule for one in found} == {"kitti.relative-boxes"}
    places = [f"training/label_2/00000{n}.txt:1" for n in (1, 3, 5)]
    assert [one.where for one in found] == (places[:1] if is_once else places[:odd])
    one_more = "parts of the picture, and such in 1 more; read as pixels"
    end = f"{one_more}; so it is with {odd} frames of {count}" if is_once else one_more
    assert all(one.message.endswith(end) for one in found)
