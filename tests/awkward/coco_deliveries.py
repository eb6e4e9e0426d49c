"""Awkward COCO as vendors and scripts deliver it: merged by hand, in other units, in the forms of other libraries."""

from __future__ import annotations

import codecs
import gzip
import json
import unicodedata
from typing import Any

from coco_records import BOTH, BOX, BOX_6, CATS, FILE, IMAGE, PICTURES, ROW, SECOND, coco, document, masked, row
from kind import Awkward, picture, text

COMPOSED = "caf\u00e9.png"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
RED = picture("red")
OF_ROW_6 = "box2d cat 20 10 24 15 @6"
BODY = [{"id": 2, "name": "cat", "keypoints": ["nose", "tail", "ear"], "skeleton": [[1, 2]]}]
LOST = ["annotations without anything that is a label"]
ORPHANS = ["annotations of no listed image"]


def split(number: int, name: str, **changes: Any) -> bytes:
    image = {**IMAGE, "id": number, "file_name": name}
    return text({"images": [image], "annotations": [{**ROW, "image_id": number, **changes}], "categories": CATS})


MERGED = [
    coco(
        "two deliveries in one file, each numbered from 1",
        row(5, bbox=[3, 3, 4, 4], category_id=5),
        images=[IMAGE, {**SECOND, "id": 1}],
        categories=[*CATS, {"id": 2, "name": "car"}],
        pictures=BOTH,
        frames={"x/1": [BOX, "box2d dog 3 3 7 7 @5#2"], "x/1#2": []},
        told=[
            "error coco.duplicate-image-id /images/1/id",
            "error coco.duplicate-annotation-id /annotations/1/id",
            "error coco.duplicate-category-id /categories/2/id",
        ],
    ),
    coco(
        "a list of images pasted twice",
        images=[IMAGE, IMAGE],
        told=["error coco.duplicate-image-id /images/1/id"],
    ),
    Awkward(
        "two splits, each with its own picture of one id and name",
        {
            "annotations/instances_train.json": split(1, "0001.png"),
            "annotations/instances_val.json": split(1, "0001.png", category_id=5),
            "images/train/0001.png": RED,
            "images/val/0001.png": picture("blue"),
        },
        frames={"train/1": ["box2d cat 1 2 11 12 @5"], "val/1": ["box2d dog 1 2 11 12 @5"]},
    ),
    Awkward(
        "two splits, a picture in both under other ids",
        {
            "annotations/instances_train.json": split(1, "a.png"),
            "annotations/instances_val.json": split(7, "a.png"),
            **PICTURES,
        },
        frames={"train/1": [BOX], "val/7": [BOX]},
        told=["warning coco.shared-images annotations/instances_val.json#/images/0"],
    ),
    coco(
        "annotations within the records of images",
        annotations=...,
        images=[{**IMAGE, "annotations": [ROW]}],
        frames={"x/1": []},
        told=["warning coco.no-annotations /images/0/annotations"],
    ),
    coco(
        "an object of annotations within each image, and an empty list of them",
        annotations=[],
        images=[IMAGE, {**SECOND, "label": {"bbox": [1, 2, 3, 4], "name": "cat"}}],
        pictures=BOTH,
        frames={"x/1": [], "x/2": []},
        told=["warning coco.no-annotations /images/1/label"],
    ),
    coco(
        "images with a category of the scene and a box that is null, and no annotations",
        annotations=[],
        images=[{**IMAGE, "scene": {"category_id": 3}, "focus": {"bbox": None}}],
        frames={"x/1": []},
    ),
    coco(
        "two images that are one file, but for capitals",
        images=[{**IMAGE, "file_name": "A.png"}, {**SECOND, "file_name": "a.png"}],
        frames={"x/1": [BOX], "x/2": []},
        told=["warning coco.same-file /images/1"],
    ),
    coco(
        "annotations that name their image by its file, and by its number from 0",
        row(6, image_id="a.png"),
        row(7, image_id=0),
        told=[f"error coco.orphan-annotation /annotations/{number}/image_id" for number in (1, 2)],
        losses=ORPHANS,
    ),
    coco(
        "annotations by their ids",
        annotations={"5": ROW},
        frames={"x/1": []},
        told=["error coco.malformed-file /annotations"],
    ),
    coco(
        "categories numbered from 0, annotations from 1",
        annotations=[{**ROW, "category_id": 1}, row(category_id=2)],
        categories=[{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}],
        frames={"x/1": ["box2d dog 1 2 11 12 @5", "box2d category:2 20 10 24 15 @6"]},
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    coco(
        "categories that are texts",
        annotations=[{**ROW, "category_id": 0}],
        categories=["cat", "dog"],
        frames={"x/1": ["box2d category:0 1 2 11 12 @5"]},
        told=["error coco.bad-category /categories/0", "error coco.bad-category /categories/1"],
    ),
    coco(
        "a category by its name",
        row(category_id="dog"),
        found=["box2d category:dog 20 10 24 15 @6"],
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
]

UNITS = [
    coco(
        "boxes that count from 1, over the far edges by one",
        annotations=[{**ROW, "bbox": [1, 1, 40, 30]}],
        frames={"x/1": ["box2d cat 1 1 41 31 @5"]},
        told=["warning box2d.outside-image /annotations/0/bbox"],
    ),
    coco(
        "boxes by their middle, in parts of the picture, as YOLO has them",
        annotations=[{**ROW, "bbox": [0.5, 0.75, 1, 0.5]}, row(bbox=[0.25, 0.5, 0.5, 1])],
        frames={"x/1": ["box2d cat 0.5 0.75 1.5 1.25 @5", "box2d cat 0.25 0.5 0.75 1.5 @6"]},
        told=["warning coco.relative-boxes /annotations/0/bbox"],
    ),
    coco(
        "keypoints in parts of the picture, boxes in pixels",
        annotations=[{**ROW, "keypoints": [0.25, 0.5, 2, 0.75, 0.5, 2, 0, 0, 0], "num_keypoints": 2}],
        categories=BODY,
        frames={"x/1": [BOX, "keypoints2d cat 0.25 0.5 v2 0.75 0.5 v2 0 0 v0 @5"]},
        told=["warning coco.relative-keypoints /annotations/0/keypoints"],
    ),
    coco(
        "boxes of two corners within the picture, with the area between them",
        annotations=[{**ROW, "bbox": [2, 2, 10, 12], "area": 80}, row(bbox=[4, 5, 12, 10], area=40)],
        frames={"x/1": ["box2d cat 2 2 12 14 @5", "box2d cat 4 5 16 15 @6"]},
        told=["warning coco.corner-boxes /annotations/0/bbox"],
    ),
    coco(
        "boxes of two corners, and one of the whole picture, of which both readings have one area",
        annotations=[
            {**ROW, "bbox": [0, 0, 20, 15], "area": 300},
            row(bbox=[2, 2, 10, 12], area=80),
            row(7, bbox=[4, 5, 12, 10], area=40),
        ],
        frames={"x/1": ["box2d cat 0 0 20 15 @5", "box2d cat 2 2 12 14 @6", "box2d cat 4 5 16 15 @7"]},
        told=["warning coco.corner-boxes /annotations/1/bbox"],
    ),
    coco(
        "boxes of two corners, with the area between them, that are outside the picture otherwise",
        annotations=[{**ROW, "bbox": [20, 15, 30, 25], "area": 100}, row(bbox=[30, 20, 40, 30], area=100)],
        frames={"x/1": ["box2d cat 20 15 50 40 @5", "box2d cat 30 20 70 50 @6"]},
        told=["warning coco.corner-boxes /annotations/0/bbox"],
    ),
    coco(
        "boxes of two corners without areas, two of which are outside the picture otherwise",
        annotations=[
            {**ROW, "bbox": [20, 15, 30, 25]},
            row(bbox=[30, 20, 40, 30], segmentation=[]),
            row(7, bbox=[1, 1, 9, 9], segmentation=None),
        ],
        frames={"x/1": ["box2d cat 20 15 50 40 @5", "box2d cat 30 20 70 50 @6", "box2d cat 1 1 10 10 @7"]},
        told=["warning coco.corner-boxes /annotations/0/bbox"],
    ),
    coco(
        "boxes of two corners, behind which one is outside the picture as corners too",
        annotations=[
            *(row(number, bbox=[30, 20, 32 + number / 8, 30]) for number in range(1, 65)),
            row(65, bbox=[30, 20, 41, 31]),
            row(66, bbox=[30, 20, 5000, 30]),
            row(67, bbox=[30, 20, 25, 9]),
        ],
        frames={
            "x/1": [
                *(f"box2d cat 30 20 {62 + number / 8:g} 50 @{number}" for number in range(1, 65)),
                "box2d cat 30 20 71 51 @65",
                "box2d cat 30 20 5030 50 @66",
                "box2d cat 30 20 55 29 @67",
            ]
        },
        told=[
            "warning coco.corner-boxes /annotations/0/bbox",
            *(f"warning box2d.outside-image /annotations/{number}/bbox" for number in (65, 66)),
        ],
    ),
    coco(
        "boxes that could be corners, one of which is outside the picture",
        annotations=[{**ROW, "bbox": [20, 15, 30, 25]}, row(bbox=[1, 1, 9, 9]), row(7, bbox=[2, 2, 9, 10])],
        frames={"x/1": ["box2d cat 20 15 50 40 @5", "box2d cat 1 1 10 10 @6", "box2d cat 2 2 11 12 @7"]},
        told=["warning box2d.outside-image /annotations/0/bbox"],
    ),
    coco(
        "boxes outside the picture, and one that is no corners",
        annotations=[{**ROW, "bbox": [20, 15, 30, 25]}, row(bbox=[30, 20, 40, 30]), row(7, bbox=[9, 2, 4, 10])],
        frames={"x/1": ["box2d cat 20 15 50 40 @5", "box2d cat 30 20 70 50 @6", "box2d cat 9 2 13 12 @7"]},
        told=[f"warning box2d.outside-image /annotations/{number}/bbox" for number in (0, 1)],
    ),
    coco(
        "a single area that is also that between two corners",
        annotations=[{**ROW, "bbox": [2, 2, 10, 12], "area": 80}],
        frames={"x/1": ["box2d cat 2 2 12 14 @5"]},
    ),
    coco(
        "one area of many that is also that between two corners",
        annotations=[{**ROW, "bbox": [2, 2, 10, 12], "area": 80}, row(area=20)],
        frames={"x/1": ["box2d cat 2 2 12 14 @5", OF_ROW_6]},
    ),
    coco(
        "boxes of eight numbers, of two points, and one level too deep",
        row(6, bbox=[20, 10, 24, 10, 24, 15, 20, 15]),
        row(7, bbox=[[20, 10], [24, 15]]),
        row(8, bbox=[[1, 2, 3, 4]]),
        told=[f"error coco.bad-bbox /annotations/{number}/bbox" for number in (1, 2, 3)],
        losses=LOST,
    ),
    coco(
        "numbers with a comma, with a unit, and of Python and C",
        *(row(6 + n, bbox=[one, 10, 4, 5]) for n, one in enumerate(("20,5", "20px", "0x14"))),
        row(9, area="1,200.5"),
        found=["box2d cat 20 10 24 15 @9"],
        told=[
            *(f"error coco.bad-bbox /annotations/{number}/bbox" for number in (1, 2, 3)),
            "error coco.bad-number /annotations/4/area",
        ],
        losses=LOST,
    ),
    coco(
        "numbers with blanks around them",
        row(bbox=[" 20", "10 ", "4\n", 5]),
        found=[OF_ROW_6],
        told=["warning coco.number-as-text /annotations/1/bbox/0"],
    ),
    coco(
        "nan as text",
        row(bbox=["nan", 10, 4, 5]),
        found=["box2d cat nan 10 nan 15 @6"],
        told=["warning coco.number-as-text /annotations/1/bbox/0", "error label.not-finite /annotations/1/bbox"],
    ),
]

SHAPES = [
    coco(
        "a ring of pairs",
        masked([[[1, 1], [9, 1], [9, 9]]]),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=["warning coco.ring-form /annotations/1/segmentation/0"],
    ),
    coco(
        "a ring that is JSON within JSON",
        masked("[[1,1,9,1,9,9]]"),
        found=[BOX_6],
        told=["error coco.bad-segmentation /annotations/1/segmentation"],
    ),
    coco(
        "a ring with null in it, one that is empty, one of three numbers, and one that is whole",
        masked([[1, 1, None, 1, 9, 9], [], [1, 2, 3], [1, 1, 9, 1, 9, 9]]),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=[f"error coco.bad-polygon /annotations/1/segmentation/{number}" for number in (0, 1, 2)],
    ),
    coco(
        "a ring of y and x",
        row(segmentation=[[10, 20, 10, 24, 15, 24, 15, 20]]),
        found=[OF_ROW_6, "polygon2d cat 10 20 10 24 15 24 15 20 @6"],
        told=["warning polygon.box-mismatch /annotations/1/segmentation"],
    ),
    coco(
        "run lengths as Python prints bytes, and as JSON within JSON",
        masked({"size": [30, 40], "counts": "b'PPYo1'"}),
        row(7, bbox=[5, 5, 2, 2], segmentation={"size": [30, 40], "counts": "[31, 8, 1161]"}),
        found=[BOX_6, "box2d cat 5 5 7 7 @7"],
        told=[f"error coco.bad-rle /annotations/{number}/segmentation/counts" for number in (1, 2)],
    ),
    coco(
        "run lengths of no run, and of one below 0",
        masked({"size": [30, 40], "counts": ""}),
        row(7, bbox=[5, 5, 2, 2], segmentation={"size": [30, 40], "counts": [31, -8, 1177]}),
        found=[BOX_6, "rle cat 30x40 @6", "box2d cat 5 5 7 7 @7", "rle cat 30x40 31 -8 1177 @7"],
        told=["error rle.size /annotations/1/segmentation", "error rle.negative-run /annotations/2/segmentation"],
    ),
    coco(
        "run lengths of a size in floats",
        masked({"size": [30.0, 40.0], "counts": [31, 8, 1161]}),
        found=[BOX_6],
        told=["error coco.bad-rle /annotations/1/segmentation/size"],
    ),
    coco(
        "keypoints in triples, in objects, and as text",
        *(
            row(6 + n, bbox=[5 + n, 5, 2, 2], keypoints=points, num_keypoints=1)
            for n, points in enumerate(([[21, 11, 2], [0, 0, 0], [0, 0, 0]], [{"x": 21, "y": 11, "v": 2}], "21 11 2"))
        ),
        categories=BODY,
        found=[f"box2d cat {5 + n} 5 {7 + n} 7 @{6 + n}" for n in range(3)],
        told=[f"error coco.bad-keypoints /annotations/{number}/keypoints" for number in (1, 2, 3)],
    ),
    coco(
        "keypoints of a larger skeleton",
        row(keypoints=[21, 11, 2] * 4, num_keypoints=4),
        categories=BODY,
        found=[OF_ROW_6, "keypoints2d cat " + " ".join(["21 11 v2"] * 4) + " @6"],
        told=["error keypoints.count /annotations/1/keypoints"],
    ),
    coco(
        "fields in other capitals, and as Java has them",
        row(isCrowd=1, Segmentation=[[20, 10, 24, 10, 24, 15]], numKeypoints=0),
        row(7, bbox=[5, 5, 2, 2], isCrowd=0, iscrowd=0, Colour="red"),
        found=[OF_ROW_6, 'box2d cat 5 5 7 7 @7 {"iscrowd": false}'],
        told=[
            f"warning coco.other-spelling /annotations/1/{key}" for key in ("isCrowd", "Segmentation", "numKeypoints")
        ],
    ),
    coco(
        "a skeleton that counts from 0",
        row(keypoints=[21, 11, 2, 0, 0, 0, 0, 0, 0], num_keypoints=1),
        categories=[{**BODY[0], "skeleton": [[0, 1], [1, 2]]}],
        found=[OF_ROW_6, "keypoints2d cat 21 11 v2 0 0 v0 0 0 v0 @6"],
        told=["warning coco.bad-skeleton /categories/0/skeleton"],
    ),
]

FILES = [
    *(
        coco(
            f"a file name {one} and a file {other}",
            images=[{**IMAGE, "file_name": name}],
            pictures={f"images/{on_disk}": RED},
        )
        for one, name, other, on_disk in (
            ("composed", COMPOSED, "decomposed", DECOMPOSED),
            ("decomposed", DECOMPOSED, "composed", COMPOSED),
        )
    ),
    coco(
        "two files whose names differ by their normal form alone",
        row(image_id=2),
        images=[{**IMAGE, "file_name": COMPOSED}, {**SECOND, "file_name": DECOMPOSED}],
        pictures={f"images/{COMPOSED}": RED, f"images/{DECOMPOSED}": picture("blue")},
        frames={"x/1": [BOX], "x/2": [OF_ROW_6]},
    ),
    coco(
        "a share of Windows, and a bucket",
        images=[
            {**IMAGE, "file_name": "\\\\server\\share\\images\\a.png"},
            {**SECOND, "file_name": "gs://bucket/images/b.png"},
        ],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/2": []},
        told=[f"warning coco.unsafe-file-name /images/{number}/file_name" for number in (0, 1)],
    ),
    *(
        coco(
            f"a picture that is {what}",
            pictures={"images/a.png": content},
            told=["error media.unreadable images/a.png"],
        )
        for what, content in {
            "an HTML page": b"<html>403</html>",
            "empty": b"",
            "cut off": RED[:-14],
            "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
        }.items()
    ),
    Awkward(
        "two documents in one file",
        {FILE: text(document()) * 2, **PICTURES},
        refused=f"{FILE}: expected JSON, found extra data at byte ",
    ),
    Awkward("JSON with a comment before it", {FILE: b"/* ours */ " + text(document())}, refused="'/* ours */ {\"image"),
    Awkward(
        "a packed file that is cut off",
        {f"{FILE}.gz": gzip.compress(text(document(*(row(n) for n in range(6, 400)))))[:-200], **PICTURES},
        refused="expected a whole file, found: Compressed file ended",
    ),
    *(
        Awkward(name, {FILE: content, **PICTURES}, refused=f"{FILE}: expected JSON in UTF-8, found {found}")
        for name, content, found in (
            ("UTF-32", json.dumps(document()).encode("utf-32"), "UTF-32"),
            ("UTF-16 without its mark", json.dumps(document()).encode("utf-16-le"), "UTF-16 without its mark"),
            (
                "UTF-16, the other way round, without its mark",
                json.dumps(document()).encode("utf-16-be"),
                "UTF-16 without",
            ),
            ("a dictionary as Python prints it", repr(document()).encode(), "text between the quotes of Python"),
            ("a packed file whose name does not say so", gzip.compress(text(document())), "a file packed by gzip"),
        )
    ),
    Awkward(
        "UTF-16 with its mark, beside a whole one",
        {
            FILE: text(document()),
            **PICTURES,
            "annotations/instances_y.json": codecs.BOM_UTF16_BE + json.dumps(document()).encode("utf-16-be"),
        },
        frames={"x/1": [BOX]},
        told=["error coco.malformed-file annotations/instances_y.json"],
    ),
]

KINDS = [*MERGED, *UNITS, *SHAPES, *FILES]
