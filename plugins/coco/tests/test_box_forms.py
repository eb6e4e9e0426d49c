"""Boxes of another form than COCO's: told once, with nothing of what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as oracle

import lading
from lading import Report

#: The corners of objects in a picture of 40 x 30 pixels.
OBJECTS = ((20, 10, 28, 16), (2, 4, 12, 10), (30, 18, 40, 30), (5, 15, 11, 25))


def ring(xmin: int, ymin: int, xmax: int, ymax: int) -> list[list[int]]:
    return [[xmin, ymin, xmax, ymin, xmax, ymax, xmin, ymax]]


def runs(xmin: int, ymin: int, xmax: int, ymax: int) -> dict[str, Any]:
    pixels = np.zeros((30, 40), dtype=np.uint8, order="F")
    pixels[ymin:ymax, xmin:xmax] = 1
    made = oracle.encode(pixels)
    return {"size": [30, 40], "counts": made["counts"].decode()}


def centre(xmin: int, ymin: int, xmax: int, ymax: int) -> list[float]:
    return [(xmin + xmax) / 2, (ymin + ymax) / 2, xmax - xmin, ymax - ymin]


def rows(form: Any, mask: Any = ring, objects: Any = OBJECTS) -> list[dict[str, Any]]:
    """Annotations of these objects, whose boxes are in a form; their areas say nothing of it."""
    base = {"image_id": 1, "category_id": 2, "iscrowd": 0, "area": 9}
    return [
        {**base, "id": number, "bbox": list(form(*each)), "segmentation": mask(*each)}
        for number, each in enumerate(objects, 1)
    ]


def told(read: Any, annotations: Any) -> list[tuple[str, str]]:
    """Rule and place of what is told of reading and of boxes, polygons and run lengths."""
    done = read(annotations=annotations)
    wanted = ["box2d.outside-image", "polygon.box-mismatch", "coco.rle-box"]
    rules = [
        finding for finding in lading.validate(done.dataset, report=Report(), rules=wanted) if finding.rule in wanted
    ]
    return [each[:2] for each in done.told] + [(each.rule, each.where or "") for each in rules]


def test_boxes_by_their_middle_are_told_once_where_the_polygons_prove_it(read: Any) -> None:
    assert told(read, rows(centre)) == [("coco.centre-boxes", "annotations.json#/annotations/0/bbox")]
    assert [each[2] for each in read(annotations=rows(centre)).told] == [
        "expected x, y, width and height, found [24.0, 13.0, 8, 6]; as a middle and a size 4 of 4 boxes looked at are "
        "those of their polygons, and 4 are not otherwise; read as a corner, width and height"
    ]


def test_boxes_of_two_corners_are_told_by_their_polygons_too(read: Any) -> None:
    near = ((2, 4, 12, 10), (3, 3, 9, 9), (4, 5, 14, 12))  # within the picture also as width and height
    assert told(read, rows(lambda *corners: corners, objects=near)) == [
        ("coco.corner-boxes", "annotations.json#/annotations/0/bbox")
    ]


def test_what_does_not_follow_from_the_form_is_still_told(read: Any) -> None:
    others = rows(centre, objects=((2, 4, 12, 10),) * 20)
    others = [{**row, "id": number} for number, row in enumerate(others, 20)]
    own = rows(centre)
    own[1]["segmentation"] = ring(2, 4, 12, 20)  # ten pixels below its box
    own[2]["bbox"] = [39, 24, 10, 12]  # out of the picture by four pixels, and off its polygon by as many
    assert sorted(told(read, own + others)) == [
        ("box2d.outside-image", "annotations.json#/annotations/2/bbox"),
        ("coco.centre-boxes", "annotations.json#/annotations/0/bbox"),
        ("polygon.box-mismatch", "annotations.json#/annotations/1/segmentation"),
    ]


def test_run_lengths_of_boxes_in_another_form_are_not_told_either(read: Any) -> None:
    crowd = {**rows(centre, runs, OBJECTS[:1])[0], "id": 9, "iscrowd": 1}
    assert told(read, [*rows(centre), crowd]) == [("coco.centre-boxes", "annotations.json#/annotations/0/bbox")]


@pytest.mark.parametrize(
    "annotations",
    [
        rows(lambda *edges: (edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1])),
        rows(lambda *edges: (edges[0] + 1, edges[1] + 1, 4, 4), objects=((5, 5, 9, 9),) * 2 + ((20, 10, 23, 13),) * 2),
    ],
    ids=["boxes as COCO has them", "small ones that fit both ways"],
)
def test_boxes_that_polygons_fit_are_well(annotations: Any, read: Any) -> None:
    numbered = [{**row, "id": number} for number, row in enumerate(annotations, 1)]
    assert told(read, numbered) == []


def test_two_boxes_by_their_middle_are_too_few_to_tell_of_the_file(read: Any) -> None:
    assert [rule for rule, _ in told(read, rows(centre, objects=OBJECTS[:2]))] == ["polygon.box-mismatch"] * 2
