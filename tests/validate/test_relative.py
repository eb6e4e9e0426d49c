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
