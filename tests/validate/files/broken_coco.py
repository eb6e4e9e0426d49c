"""COCO files of which one field is broken."""

from __future__ import annotations

import math
from typing import Any

from broken import Broken, Change, Place, both, copied, cut, edited, filled, redrawn, removed

A = "annotations/"
HARBOUR, QUAY, PANOPTIC = A + "instances_harbour.json", A + "instances_quay.json", A + "panoptic_harbour.json"
EMPTY = A + "image_info_empty.json"
POINTS = A + "person_keypoints_harbour.json"
PICTURES = "images/harbour/"
MASK = A + "panoptic_harbour/a b.c.png"


def row(index: int, file: str = HARBOUR, **fields: Any) -> Change:
    return edited(file, lambda value: value["annotations"][index].update(fields))


def category(index: int, file: str, **fields: Any) -> Change:
    return edited(file, lambda value: value["categories"][index].update(fields))


def again(index: int, file: str = HARBOUR, **fields: Any) -> Change:
    """The same annotation once more, at the end."""
    return edited(file, lambda value: value["annotations"].append(value["annotations"][index] | fields))


def ring(*numbers: float) -> Change:
    """The only ring of the first annotation, whose box is (2.5, 3.25, 12.5, 9.75)."""
    return row(0, segmentation=[list(numbers)])


def runs(counts: list[int], size: tuple[int, int] = (24, 32)) -> Change:
    """The mask of the crowd: 98, 4, 20, 4, 20, 4, 20, 4, 594 in a picture of 32 x 24."""
    return row(4, segmentation={"size": list(size), "counts": counts})


def at(*tokens: str | int, file: str = HARBOUR) -> list[Place]:
    return [(file, "".join(f"/{token}" for token in tokens), None)]


def whole(file: str) -> list[Place]:
    return [(file, None, None)]


def coco(rule: str, change: Change, places: list[Place], name: str = "") -> Broken:
    return Broken(rule, "coco", change, places, name)


BOX, RING = at("annotations", 5, "bbox"), at("annotations", 0, "segmentation")
CROWD = at("annotations", 4, "segmentation")
BODY = at("annotations", 0, "keypoints", file=POINTS)
SEGMENTS = ("annotations", 0, "segments_info")

BROKEN = [
    coco("box2d.outside-image", row(5, bbox=[1, 1, 40, 20]), BOX),
    coco("box2d.outside-image", row(5, bbox=[-5, -5, 60, 50]), BOX, "larger than its picture"),
    coco("box2d.outside-image", row(0, bbox=[2.5, 3.25, 30, 6.5]), at("annotations", 0, "bbox"), "beside a polygon"),
    coco("box2d.empty", row(5, bbox=[1, 1, 0, 20]), BOX),
    coco("box2d.empty", row(0, bbox=[2.5, 3.25, 10, 0]), at("annotations", 0, "bbox"), "beside a polygon"),
    coco("box2d.inverted", row(5, bbox=[10, 1, -4, 20]), BOX),
    coco("label.not-finite", row(5, bbox=[1, 1, math.nan, 20]), BOX),
    coco("label.not-finite", row(0, score=math.inf), at("annotations", 0, "score"), "a score of box and polygon"),
    coco("label.not-finite", edited(QUAY, lambda v: v["annotations"][0]["attributes"].update(crew=math.nan)),
         at("annotations", 0, "attributes", "crew", file=QUAY), "an attribute"),
    coco("label.not-finite", ring(2.5, math.nan, 12.5, 3.25, 12.5, 9.75, 2.5, 9.75), RING, "a ring"),
    coco("label.duplicate", again(5, id=77), at("annotations", 6)),
    coco("label.duplicate", again(0, id=77), at("annotations", 6), "with a polygon"),
    coco("polygon.self-crossing", ring(2.5, 3.25, 12.5, 9.75, 12.5, 3.25, 2.5, 9.75), RING, "two equal halves"),
    coco("polygon.self-crossing", ring(2.5, 3.25, 12.5, 9.75, 12.5, 3.25, 4, 9.75), RING),
    coco("polygon.self-crossing",
         row(1, segmentation=[[14, 2, 18, 2, 18, 10, 14, 10], [22, 4, 26, 8, 26, 4, 22, 8]]),
         at("annotations", 1, "segmentation"), "in the second ring"),
    coco("polygon.empty", ring(2.5, 3.25, 12.5, 9.75, 7.5, 6.5), RING),
    coco("polygon.empty", ring(2.5, 3.25, 12.5, 3.25, 7.5, 3.25), RING, "flat"),
    coco("polygon.too-few-points", ring(2.5, 3.25, 12.5, 9.75), RING),
    coco("polygon.too-few-points", ring(2.5, 3.25), RING, "one"),
    coco("polygon.outside-image", ring(2.5, 3.25, 40, 3.25, 40, 9.75, 2.5, 9.75), RING),
    coco("polygon.box-mismatch", ring(2.5, 3.25, 7.5, 3.25, 7.5, 9.75, 2.5, 9.75), RING),
    coco("coco.bad-polygon", ring(2.5, 3.25, 12.5, 3.25, 12.5), at("annotations", 0, "segmentation", 0), "odd"),
    coco("coco.bad-polygon", ring(), at("annotations", 0, "segmentation", 0), "empty"),
    coco("rle.size", runs([98, 4, 20, 4, 20, 4, 20, 4, 500]), CROWD),
    coco("rle.negative-run", runs([98, -4, 20, 4, 20, 4, 20, 4, 602]), CROWD),
    coco("rle.empty-run", runs([98, 4, 20, 4, 20, 0, 4, 20, 4, 594]), CROWD),
    coco("rle.other-size", runs([98, 4, 20, 4, 20, 4, 20, 4, 594], (32, 24)), CROWD, "swapped"),
    coco("rle.other-size", runs([98, 4, 20, 4, 20, 4, 20, 4, 594], (24, 30)), CROWD),
    coco("coco.crowd-polygon", row(0, iscrowd=1), at("annotations", 0, "iscrowd")),
    coco("coco.file-ending", edited(PANOPTIC, lambda v: v["annotations"][0].update(file_name="a b.c.jpg")),
         at("annotations", 0, "file_name", file=PANOPTIC), "of a mask"),
    coco("coco.file-capitals", edited(PANOPTIC, lambda v: v["annotations"][0].update(file_name="A b.c.png")),
         at("annotations", 0, "file_name", file=PANOPTIC), "of a mask"),
    coco("coco.bad-rle", row(3, segmentation={"size": [24, 32], "counts": "j7:>00000`40`K0V"}),
         at("annotations", 3, "segmentation", "counts"), "cut"),
    coco("keypoints.outside-image", row(0, POINTS, keypoints=[22, 11, 2, 20, 160, 1, 0, 0, 0]), BODY),
    coco("keypoints.visible", row(0, POINTS, keypoints=[22, 11, 3, 20, 16, 1, 0, 0, 0]), BODY),
    coco("keypoints.count", row(0, POINTS, keypoints=[22, 11, 2, 20, 16, 1]), BODY, "too few"),
    coco("keypoints.count", row(0, POINTS, keypoints=[22, 11, 2, 20, 16, 1, 0, 0, 0, 0, 0, 0]), BODY, "too many"),
    coco("coco.keypoint-count", row(0, POINTS, num_keypoints=3), at("annotations", 0, "num_keypoints", file=POINTS)),
    coco("coco.bad-skeleton", category(0, POINTS, skeleton=[[0, 1], [1, 2]]),
         at("categories", 0, "skeleton", file=POINTS), "counted from 0"),
    coco("coco.unknown-category", row(5, category_id=99), at("annotations", 5, "category_id")),
    coco("coco.unknown-category", edited(HARBOUR, lambda v: v["annotations"][5].pop("category_id")),
         at("annotations", 5, "category_id"), "none"),
    coco("category.two-spellings", category(1, QUAY, name="Boat"), at("categories", 1, "name", file=QUAY)),
    coco("category.two-spellings", category(0, QUAY, name="Person"), at("categories", 0, "name", file=QUAY),
         "below its own parent"),
    coco("category.two-spellings",
         edited(HARBOUR, lambda v: v["categories"].append({"id": 50, "name": "Container ", "supercategory": "none"})),
         at("categories", 4, "name"), "of which one is used"),
    coco("category.two-spellings",
         edited(HARBOUR, lambda v: v["categories"].extend(
             [{"id": 50, "name": "life boat"}, {"id": 51, "name": "life_boat"}])),
         at("categories", 5, "name"), "of which none is used"),
    coco("coco.duplicate-category-name",
         edited(HARBOUR, lambda v: v["categories"].append({"id": 50, "name": "container", "supercategory": "none"})),
         at("categories", 4, "name")),
    coco("coco.duplicate-category-id",
         edited(HARBOUR, lambda v: v["categories"].append({"id": 7, "name": "crane", "supercategory": "none"})),
         at("categories", 4, "id")),
    coco("coco.orphan-annotation", row(5, image_id=4711), at("annotations", 5, "image_id")),
    coco("coco.duplicate-image-id", edited(QUAY, lambda v: v["images"].append(v["images"][1])),
         at("images", 2, "id", file=QUAY)),
    coco("path.duplicate", edited(QUAY, lambda v: v["images"].append(v["images"][1] | {"id": "3f2a-03"})),
         at("images", 2, file=QUAY)),
    coco("segment.empty", both(removed("images/empty/empty.png"), edited(EMPTY, lambda v: v.update(images=[]))),
         whole(EMPTY)),
    coco("media.missing", removed("quay/day.png"), at("images", 1, file=QUAY)),
    coco("media.unreadable", filled(PICTURES + "no labels.png", b""), whole(PICTURES + "no labels.png"), "empty"),
    coco("media.unreadable", cut(PICTURES + "no labels.png", 0.7), whole(PICTURES + "no labels.png"), "cut"),
    coco("media.unreadable", filled(PICTURES + "no labels.png", b"hello"), whole(PICTURES + "no labels.png")),
    coco("media.size-mismatch", edited(QUAY, lambda v: v["images"][1].update(width=64)), at("images", 1, file=QUAY)),
    coco("media.duplicate", copied(PICTURES + "no labels.png", PICTURES + "crowd.PNG"), whole(PICTURES + "crowd.PNG")),
    coco("media.leak", copied(PICTURES + "crowd.PNG", "quay/day.png"), whole("quay/day.png")),
    coco("mask.duplicate-id", edited(PANOPTIC, lambda v: v["annotations"][0]["segments_info"].append(
         dict(v["annotations"][0]["segments_info"][0]))), at(*SEGMENTS, 2, file=PANOPTIC)),
    coco("mask.unknown-id", edited(PANOPTIC, lambda v: v["annotations"][0]["segments_info"][1].update(category_id=99)),
         at(*SEGMENTS, 1, "category_id", file=PANOPTIC)),
    coco("media.missing", removed(MASK), at("annotations", 0, "file_name", file=PANOPTIC), "a mask"),
    coco("mask.not-png", redrawn(MASK, lambda image: image.convert("RGB"), "JPEG"), whole(MASK)),
    coco("mask.size-mismatch", redrawn(MASK, lambda image: image.crop((0, 0, 32, 20))), whole(MASK)),
]  # fmt: skip
