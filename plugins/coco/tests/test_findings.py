"""Every finding of the reader: its rule, its place, its words, and that the rest is read all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lading_coco import origins
from lading_coco.rows import values_at

import lading
from lading import Report

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}
SEGMENT = {"id": 7, "category_id": 2}
SCENES = [{"id": 0, "name": "Clean", "supercategory": "Clean"}, {"id": 3, "name": "Trash", "supercategory": "Trash"}]
SCENE = {"image_id": 1, "background_ids": [3]}
RING = [1, 1, 9, 1, 9, 9]
FILE = "annotations.json#"


def rows(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """A good row, then rows with changes; a value of ... takes a key away."""
    made = [{**ROW, "id": 100 + i, **change} for i, change in enumerate(changes)]
    return [ROW, *({key: value for key, value in row.items() if value is not ...} for row in made)]


CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "an unknown category": (
        {"annotations": rows({"category_id": 55})},
        "coco.unknown-category",
        "/annotations/1/category_id",
        "expected the id of a category, found 55",
    ),
    "the least category id of 64 bits": (
        {"annotations": rows({"category_id": -(1 << 63)})},
        "coco.unknown-category",
        "/annotations/1/category_id",
        "expected the id of a category, found -9223372036854775808",
    ),
    "a category id that is null": (
        {"annotations": rows({"category_id": None})},
        "coco.unknown-category",
        "/annotations/1/category_id",
        "expected the id of a category, found null",
    ),
    "no category id where others have one": (
        {"annotations": rows({"category_id": ...})},
        "coco.unknown-category",
        "/annotations/1/category_id",
        "expected the id of a category, found none",
    ),
    "a category that is neither a thing nor none": (
        {"categories": [{"id": 2, "name": "cat", "isthing": 2}]},
        "coco.bad-number",
        "/categories/0/isthing",
        "expected 0 or 1, found 2",
    ),
    "a video that is called as another": (
        {"images": [IMAGE | {"video_id": 4}], "videos": [{"id": 4, "name": "pier"}, {"id": 5, "name": "pier"}]},
        "coco.duplicate-video-name",
        "/videos/1/name",
        "expected each name of a video once, found 'pier' with the ids 4 and 5",
    ),
    "a file of another ending": (
        {"images": [IMAGE | {"file_name": "a.jpg"}]},
        "coco.file-ending",
        "/images/0/file_name",
        "expected a file of this name to the letter, found 'images/a.png'; so it is with 1 image",
    ),
    "a file name with a blank behind it": (
        {"images": [IMAGE | {"file_name": "a.png "}]},
        "coco.file-ending",
        "/images/0/file_name",
        "expected a file of this name to the letter, found 'images/a.png'; so it is with 1 image",
    ),
    "keypoints that have places and no visibility": (
        {
            "categories": [{"id": 2, "name": "cat", "keypoints": ["a", "b"]}],
            "annotations": rows({"keypoints": [1, 1, 0, 5, 5, 0]}),
        },
        "coco.bad-keypoints",
        "/annotations/1/keypoints",
        "expected a visibility of 1 or 2 of points that have a place, found 0 of all 2; they make no label",
    ),
    "a category id as text": (
        {"annotations": rows({"category_id": "2"})},
        "coco.id-type",
        "/annotations/1/category_id",
        "expected the id as the category has it, 2, found '2'",
    ),
    "an image id as text": (
        {"annotations": rows({"image_id": "1"})},
        "coco.id-type",
        "/annotations/1/image_id",
        "expected the id as the image has it, 1, found '1'",
    ),
    "an orphan": (
        {"annotations": rows({"image_id": 77})},
        "coco.orphan-annotation",
        "/annotations/1/image_id",
        "expected the id of an image, found 77; the annotation is in no frame",
    ),
    "no image id": (
        {"annotations": rows({"image_id": ...})},
        "coco.orphan-annotation",
        "/annotations/1/image_id",
        "expected `image_id`, found none; the annotation is in no frame",
    ),
    "no annotation id": (
        {"annotations": rows({"id": ...})},
        "coco.missing-id",
        "/annotations/1",
        "expected an `id`, found none; its labels have no instance",
    ),
    "an annotation id that is null": (
        {"annotations": rows({"id": None})},
        "coco.missing-id",
        "/annotations/1",
        "expected an `id`, found none; its labels have no instance",
    ),
    "an annotation id again": (
        {"annotations": rows({"id": 5})},
        "coco.duplicate-annotation-id",
        "/annotations/1/id",
        "expected each annotation id once, found 5 again, first at annotations.json#/annotations/0/id; its instance "
        "ends in #2",
    ),
    "an image id again": (
        {"images": [IMAGE, {**IMAGE, "file_name": "b.png"}]},
        "coco.duplicate-image-id",
        "/images/1/id",
        "expected each image id once, found 1 again, first at annotations.json#/images/0/id; annotations go to the "
        "first",
    ),
    "a category id again": (
        {"categories": [{"id": 2, "name": "cat"}, {"id": 2, "name": "dog"}]},
        "coco.duplicate-category-id",
        "/categories/1/id",
        "expected each category id once, found 2 again, first at annotations.json#/categories/0/id, which counts",
    ),
    "a category name again": (
        {"categories": [{"id": 2, "name": "cat"}, {"id": 3, "name": "cat"}]},
        "coco.duplicate-category-name",
        "/categories/1/name",
        "expected each category once, found 'cat' with the ids 2 and 3",
    ),
    "a category without name": (
        {"categories": [{"id": 2, "name": "cat"}, {"id": 3}]},
        "coco.bad-category",
        "/categories/1/name",
        "expected a name, found none; the id takes its place",
    ),
    "a supercategory that is a list": (
        {"categories": [{"id": 2, "name": "cat", "supercategory": ["pet", "animal"]}]},
        "coco.bad-category",
        "/categories/0/supercategory",
        "expected a supercategory that is a text, found ['pet', 'animal']; it stays in extras",
    ),
    "a licence that is not listed": (
        {"images": [{**IMAGE, "license": 3}, {**IMAGE, "id": 7, "license": 3}], "licenses": [{"id": 1}]},
        "coco.stray-id",
        "/images/0/license",
        "expected ids of licences that are listed, found others in 2 images, the first 3",
    ),
    "a labelled keypoint at 0, 0": (
        {
            "categories": [{"id": 2, "name": "cat", "keypoints": ["a", "b"]}],
            "annotations": rows({"keypoints": [1, 1, 2, 0, 0, 1]}),
        },
        "coco.zero-keypoint",
        "/annotations/1/keypoints",
        "expected labelled points where something is to be seen, found 1 at 0, 0",
    ),
    "a category without id": (
        {"categories": [{"id": 2, "name": "cat"}, {"name": "dog"}]},
        "coco.bad-category",
        "/categories/1",
        'expected a category with an id, found {"name": "dog"}',
    ),
    "categories as an object": (
        {"categories": {"2": "cat"}},
        "coco.bad-category",
        "/categories",
        'expected an array, found {"2": "cat"}',
    ),
    "no categories": (
        {"categories": None},
        "coco.no-categories",
        "",
        "expected `categories`, found none; labels are named by the ids of theirs",
    ),
    "keypoint names that are none": (
        {"categories": [{"id": 2, "name": "cat", "keypoints": [1, 2]}], "annotations": rows({"keypoints": [1, 1, 2]})},
        "coco.bad-category",
        "/categories/0/keypoints",
        "expected the names of keypoints, found something else",
    ),
    "a skeleton that counts from 0": (
        {
            "categories": [{"id": 2, "name": "cat", "keypoints": ["a", "b"], "skeleton": [[0, 1]]}],
            "annotations": rows({"keypoints": [1, 1, 2, 3, 3, 2]}),
        },
        "coco.bad-skeleton",
        "/categories/0/skeleton",
        "expected pairs of numbers from 1 to 2, found others; the skeleton stays in extras",
    ),
    "a null box": (
        {"annotations": rows({"bbox": None})},
        "coco.bad-bbox",
        "/annotations/1/bbox",
        "expected 4 numbers, found null",
    ),
    "a box of three": (
        {"annotations": rows({"bbox": [1, 2, 3]})},
        "coco.bad-bbox",
        "/annotations/1/bbox",
        "expected 4 numbers, found 3",
    ),
    "a box as text": (
        {"annotations": rows({"bbox": "1,2,3,4"})},
        "coco.bad-bbox",
        "/annotations/1/bbox",
        "expected 4 numbers, found '1,2,3,4'",
    ),
    "numbers as text": (
        {"annotations": rows({"bbox": ["1", 2, "3.5", 4], "area": 14})},
        "coco.number-as-text",
        "/annotations/1/bbox/0",
        "expected a number, found '1', read as 1",
    ),
    "a width as text": (
        {"images": [{**IMAGE, "width": "40"}]},
        "coco.number-as-text",
        "/images/0/width",
        "expected a number, found '40', read as 40",
    ),
    "no height": (
        {"images": [{k: v for k, v in IMAGE.items() if k != "height"}]},
        "coco.missing-size",
        "/images/0",
        "expected `height` in pixels, found none",
    ),
    "a width and a height of 0": (
        {"images": [{**IMAGE, "width": 0, "height": 0}]},
        "coco.missing-size",
        "/images/0",
        "expected `width` and `height` in pixels, found 0",
    ),
    "a width and a height that no float holds": (
        {"images": [{**IMAGE, "width": 10**400, "height": 10**400}]},
        "coco.missing-size",
        "/images/0",
        f"expected `width` and `height` in pixels, found 1{'0' * 56}...",
    ),
    "a width that no 64 bits hold": (
        {"images": [{**IMAGE, "width": 1 << 63}]},
        "coco.missing-size",
        "/images/0",
        "expected `width` in pixels, found 9223372036854775808",
    ),
    "a width of 0": (
        {"images": [{**IMAGE, "width": 0}]},
        "coco.missing-size",
        "/images/0",
        "expected `width` in pixels, found 0",
    ),
    "an odd ring": (
        {"annotations": rows({"segmentation": [RING, [1, 2, 3]]})},
        "coco.bad-polygon",
        "/annotations/1/segmentation/1",
        "expected pairs of numbers, found 3 numbers; the ring is left out",
    ),
    "a ring of words": (
        {"annotations": rows({"segmentation": [RING, ["a", "b"]]})},
        "coco.bad-polygon",
        "/annotations/1/segmentation/1",
        "expected a ring of numbers, found ['a', 'b']",
    ),
    "one ring without its list": (
        {"annotations": rows({"segmentation": RING})},
        "coco.ring-form",
        "/annotations/1/segmentation",
        "expected a list of rings, found one ring",
    ),
    "a ring of pairs": (
        {"annotations": rows({"segmentation": [[1, 1], [9, 1], [9, 9]]})},
        "coco.ring-form",
        "/annotations/1/segmentation",
        "expected a list of rings, found one ring of points",
    ),
    "rings of pairs": (
        {"annotations": rows({"segmentation": [[[1, 1], [9, 1], [9, 9]]]})},
        "coco.ring-form",
        "/annotations/1/segmentation/0",
        "expected a flat list of numbers, found points",
    ),
    "a segmentation as text": (
        {"annotations": rows({"segmentation": "1 2 3"})},
        "coco.bad-segmentation",
        "/annotations/1/segmentation",
        "expected rings or run lengths, found '1 2 3'",
    ),
    "run lengths without size": (
        {"annotations": rows({"segmentation": {"counts": [1]}})},
        "coco.bad-rle",
        "/annotations/1/segmentation/size",
        "expected `size` to be height and width, found none",
    ),
    "run lengths that are none": (
        {"annotations": rows({"segmentation": {"size": [3, 2], "counts": None}})},
        "coco.bad-rle",
        "/annotations/1/segmentation/counts",
        "expected run lengths or their text, found null",
    ),
    "run lengths of another alphabet": (
        {"annotations": rows({"segmentation": {"size": [3, 2], "counts": "!!"}})},
        "coco.bad-rle",
        "/annotations/1/segmentation/counts",
        "expected characters from '0' to 'o', found '!' at 0",
    ),
    "run lengths beyond integers": (
        {"annotations": rows({"segmentation": {"size": [3, 2], "counts": [1 << 64]}})},
        "coco.bad-rle",
        "/annotations/1/segmentation/counts",
        "expected runs below 2^63, found more",
    ),
    "an empty ring": (
        {"annotations": rows({"segmentation": [[]]})},
        "coco.bad-polygon",
        "/annotations/1/segmentation/0",
        "expected a ring of numbers, found an empty one; it is left out",
    ),
    "run lengths in base64": (
        {"annotations": rows({"segmentation": {"size": [3, 2], "counts": "MTIz"}})},  # base64 of 123
        "coco.rle-form",
        "/annotations/1/segmentation",
        "expected COCO's text of run lengths, found base64 of it",
    ),
    "two thirds of a point": (
        {"annotations": rows({"keypoints": [1, 2]})},
        "coco.bad-keypoints",
        "/annotations/1/keypoints",
        "expected x, y and visibility for each point, found 2 numbers",
    ),
    "keypoints that are words": (
        {"annotations": rows({"keypoints": ["a", 1, 2]})},
        "coco.bad-keypoints",
        "/annotations/1/keypoints",
        "expected numbers, found ['a', 1, 2]",
    ),
    "a miscounted point": (
        {"annotations": rows({"keypoints": [1, 2, 2], "num_keypoints": 3})},
        "coco.keypoint-count",
        "/annotations/1/num_keypoints",
        "expected the number of points with v > 0, 1, found 3",
    ),
    "a crowd of two": (
        {"annotations": rows({"iscrowd": 2})},
        "coco.bad-number",
        "/annotations/1/iscrowd",
        "expected 0 or 1, found 2",
    ),
    "a crowd of minus one": (
        {"annotations": rows({"iscrowd": -1})},
        "coco.bad-number",
        "/annotations/1/iscrowd",
        "expected 0 or 1, found -1",
    ),
    "an area that is none": (
        {"annotations": rows({"area": "large"})},
        "coco.bad-number",
        "/annotations/1/area",
        "expected a number, found 'large'",
    ),
    "a caption that is no text": (
        {"annotations": rows({"caption": 5})},
        "coco.bad-caption",
        "/annotations/1/caption",
        "expected a text, found 5",
    ),
    "a score as text": (
        {"annotations": rows({"score": "0.25"})},
        "coco.number-as-text",
        "/annotations/1/score",
        "expected a number, found '0.25', read as 0.25",
    ),
    "an id that is a list": (
        {"annotations": rows({"id": [1]})},
        "coco.bad-id",
        "/annotations/1/id",
        "expected a whole number or a text, found [1]",
    ),
    "a track id that is a list": (
        {"annotations": rows({"track_id": [1]})},
        "coco.bad-id",
        "/annotations/1/track_id",
        "expected a whole number or a text, found [1]",
    ),
    "an area of NaN": (
        {"annotations": rows({"area": float("nan")})},
        "coco.bad-number",
        "/annotations/1/area",
        "expected a finite number, found nan",
    ),
    "an area below 0 in a plain record": (
        {"annotations": rows({"area": -100.5})},
        "coco.negative-area",
        "/annotations/1/area",
        "expected an area of 0 or more, found -100.5",
    ),
    "an area below 0 in a record of another order": (
        {"annotations": [ROW, {"image_id": 1, "id": 6, "category_id": 2, "bbox": [1, 2, 3, 4], "area": -12}]},
        "coco.negative-area",
        "/annotations/1/area",
        "expected an area of 0 or more, found -12",
    ),
    "an area below 0 in a record with a key of its own": (
        {"annotations": rows({"area": -12, "colour": "red"})},
        "coco.negative-area",
        "/annotations/1/area",
        "expected an area of 0 or more, found -12",
    ),
    "an area below 0 of run lengths": (
        {"annotations": rows({"area": -12, "segmentation": {"size": [30, 40], "counts": [1200]}})},
        "coco.negative-area",
        "/annotations/1/area",
        "expected an area of 0 or more, found -12",
    ),
    "a score in percent": (
        {"annotations": rows({"score": 87.5})},
        "coco.score-range",
        "/annotations/1/score",
        "expected a score from 0 to 1, found 87.5",
    ),
    "a score below 0": (
        {"annotations": rows({"score": -0.25, "colour": "red"})},
        "coco.score-range",
        "/annotations/1/score",
        "expected a score from 0 to 1, found -0.25",
    ),
    "a score that no float holds": (
        {"annotations": rows({"score": 10**400})},
        "coco.score-range",
        "/annotations/1/score",
        f"expected a score from 0 to 1, found {10**400}",
    ),
    "a category id that is a fraction": (
        {"categories": [{"id": 2, "name": "cat"}, {"id": 2.5, "name": "dog"}]},
        "coco.bad-category",
        "/categories/1",
        'expected a category with an id, found {"id": 2.5, "name": "dog"}',
    ),
    "segments of null": (
        {"annotations": [ROW, {"image_id": 1, "file_name": "m.png", "segments_info": None}]},
        "coco.bad-segment",
        "/annotations/1/segments_info",
        "expected an array of segments, found null",
    ),
    "a segment without id": (
        {"annotations": [ROW, {"image_id": 1, "file_name": "m.png", "segments_info": [{"category_id": 2}]}]},
        "coco.bad-segment",
        "/annotations/1/segments_info/0",
        "expected a segment with an integer `id`, found {'category_id': 2}; it is left out",
    ),
    "a segment of an area below 0": (
        {"annotations": [ROW, {"image_id": 1, "file_name": "m.png", "segments_info": [SEGMENT | {"area": -4}]}]},
        "coco.negative-area",
        "/annotations/1/segments_info/0/area",
        "expected an area of 0 or more, found -4",
    ),
    "a segment of an area that is none": (
        {"annotations": [ROW, {"image_id": 1, "file_name": "m.png", "segments_info": [SEGMENT | {"area": "large"}]}]},
        "coco.bad-number",
        "/annotations/1/segments_info/0/area",
        "expected a number, found 'large'",
    ),
    "a segment of a box that is none": (
        {"annotations": [ROW, {"image_id": 1, "file_name": "m.png", "segments_info": [SEGMENT | {"bbox": [1, 2, 3]}]}]},
        "coco.bad-bbox",
        "/annotations/1/segments_info/0/bbox",
        "expected 4 numbers, found [1, 2, 3]",
    ),
    "a segment of a box turned round": (
        {
            "annotations": [
                ROW,
                {"image_id": 1, "file_name": "m.png", "segments_info": [SEGMENT | {"bbox": [9, 2, -3, 4]}]},
            ]
        },
        "coco.bad-bbox",
        "/annotations/1/segments_info/0/bbox",
        "expected a width and a height of 0 or more, found [9, 2, -3, 4]",
    ),
    "a mask without file": (
        {"annotations": [ROW, {"image_id": 1, "segments_info": []}]},
        "coco.missing-file-name",
        "/annotations/1/file_name",
        "expected `file_name`, found none",
    ),
    "an image without file": (
        {"images": [IMAGE, {"id": 2, "width": 40, "height": 30}]},
        "coco.missing-file-name",
        "/images/1",
        "expected `file_name` or `coco_url`, found neither",
    ),
    "an image without id": (
        {"images": [IMAGE, {"file_name": "b.png", "width": 40, "height": 30}]},
        "coco.bad-id",
        "/images/1",
        "expected an id that is a whole number or a text, found none",
    ),
    "an image id that is true": (
        {"images": [IMAGE, {**IMAGE, "file_name": "b.png", "id": True}]},
        "coco.bad-id",
        "/images/1",
        "expected an id that is a whole number or a text, found True",
    ),
    "an image id that is a fraction": (
        {"images": [IMAGE, {**IMAGE, "file_name": "b.png", "id": 2.5}]},
        "coco.bad-id",
        "/images/1",
        "expected an id that is a whole number or a text, found 2.5",
    ),
    "an image that is none": (
        {"images": [IMAGE, [1, 2]]},
        "coco.malformed-record",
        "/images/1",
        "expected an object, found '[1, 2]'",
    ),
    "categories of LVIS that are not there": (
        {"images": [IMAGE | {"neg_category_ids": [5, 77, "5", 78]}]},
        "coco.stray-id",
        "/images/0/neg_category_ids/1",
        "expected ids of categories that are listed, found 3 others, the first 77",
    ),
    "a category of LVIS that is not there": (
        {"images": [IMAGE | {"neg_category_ids": [5], "not_exhaustive_category_ids": [None]}]},
        "coco.stray-id",
        "/images/0/not_exhaustive_category_ids/0",
        "expected ids of categories that are listed, found 1 other, the first null",
    ),
    "a label of a category that LVIS lists as absent": (
        {"images": [IMAGE | {"neg_category_ids": [5, 2]}]},
        "coco.absent-category",
        "/images/0/neg_category_ids/1",
        "expected none of a category that is listed as not in the picture, found 1 annotation, the first of 'cat'",
    ),
    "a licence id again": (
        {"licenses": [{"id": 1}, {"id": 2}, {"id": 1, "name": "MIT"}]},
        "coco.duplicate-licence-id",
        "/licenses/2/id",
        "expected each licence id once, found 1 again, first at annotations.json#/licenses/0/id",
    ),
    "a segment whose box is not finite": (
        {
            "annotations": [
                ROW,
                {
                    "image_id": 1,
                    "file_name": "m.png",
                    "segments_info": [SEGMENT | {"bbox": [1, 2, float("nan"), float("inf")]}],
                },
            ]
        },
        "coco.bad-bbox",
        "/annotations/1/segments_info/0/bbox",
        "expected 4 finite numbers, found [1, 2, nan, inf]",
    ),
    "a size that is null": (
        {"images": [IMAGE | {"width": None, "height": None}]},
        "coco.missing-size",
        "/images/0",
        "expected `width` and `height` in pixels, found null",
    ),
    "a label and its mask of a category that LVIS lists as absent": (
        {
            "images": [IMAGE | {"neg_category_ids": [2]}],
            "annotations": rows({"segmentation": [RING], "bbox": [1, 1, 8, 8], "area": 32}),
        },
        "coco.absent-category",
        "/images/0/neg_category_ids/0",
        "expected none of a category that is listed as not in the picture, found 2 annotations, the first of 'cat'",
    ),
    "licences as true and false": (
        {"images": [{**IMAGE, "license": False}, {**IMAGE, "id": 7, "license": True}], "licenses": [{"id": 1}]},
        "coco.stray-id",
        "/images/0/license",
        "expected ids of licences that are listed, found others in 2 images, the first False",
    ),
    "licences of which each image has its own": (
        {
            "images": [{**IMAGE, "id": n, "license": f"https://x.org/{n}" if n else ""} for n in range(30)],
            "licenses": [{"id": 1}],
        },
        "coco.stray-id",
        "/images/1/license",
        "expected ids of licences that are listed, found others in 29 images, the first 'https://x.org/1'",
    ),
    "licences as an object": (
        {"licenses": {"1": "MIT"}},
        "coco.stray-id",
        "/licenses",
        "expected an array of licences, found an object; their ids lead nowhere",
    ),
    "an empty list of categories": (
        {"categories": []},
        "coco.no-categories",
        "/categories",
        "expected `categories`, found none; labels are named by the ids of theirs",
    ),
    "a file under other capitals": (
        {"images": [IMAGE | {"file_name": "A.png"}]},
        "coco.file-capitals",
        "/images/0/file_name",
        "expected a file of this name to the letter, found 'images/a.png'; so it is with 1 image",
    ),
    "categories of LVIS that are no list": (
        {"images": [IMAGE | {"neg_category_ids": 77}]},
        "coco.stray-id",
        "/images/0/neg_category_ids",
        "expected ids of categories that are listed, found 1 other, the first 77",
    ),
    "scenes of images that are not there": (
        {"scene_annotations": [SCENE, SCENE | {"image_id": 8}, SCENE | {"image_id": 9}], "scene_categories": SCENES},
        "coco.stray-id",
        "/scene_annotations/1/image_id",
        "expected ids of images that are listed, found 2 others, the first 8",
    ),
    "scenes of categories that are not there": (
        {"scene_annotations": [SCENE | {"background_ids": [0, 7]}, SCENE], "scene_categories": SCENES},
        "coco.stray-id",
        "/scene_annotations/0/background_ids/1",
        "expected ids of scene categories that are listed, found 1 other, the first 7",
    ),
    "a way out": (
        {"images": [IMAGE, {**IMAGE, "id": 2, "file_name": "../b.png"}]},
        "coco.unsafe-file-name",
        "/images/1/file_name",
        "expected a path within the dataset, found a path that climbs out of the dataset, '../b.png'",
    ),
    "an absolute path": (
        {"images": [IMAGE, {**IMAGE, "id": 2, "file_name": "/etc/hostname"}]},
        "coco.unsafe-file-name",
        "/images/1/file_name",
        "expected a path within the dataset, found an absolute path, '/etc/hostname'",
    ),
    "an absolute path to what is there": (
        {"images": [{**IMAGE, "file_name": "C:\\data\\a.png"}]},
        "coco.unsafe-file-name",
        "/images/0/file_name",
        "expected a path within the dataset, found an absolute path, 'C:\\\\data\\\\a.png'; the file was found by its "
        "last parts",
    ),
    "no images": (
        {"images": []},
        "coco.no-images",
        "/images",
        "expected `images`, found none; the annotations alone tell of 1 image",
    ),
    "a record that is none": (
        {"annotations": [ROW, None, ROW | {"id": 6}]},
        "coco.malformed-record",
        "/annotations/1",
        "expected an object, found 'null'",
    ),
    "annotations as an object": (
        {"annotations": {"5": ROW}},
        "coco.malformed-file",
        "/annotations",
        "expected an array, found an object",
    ),
    "annotations as text": (
        {"annotations": "none"},
        "coco.malformed-file",
        "/annotations",
        'expected an array, found "none"',
    ),
}


#: What else is then wrong.
FOLLOWS = {"categories as an object": "coco.no-categories", "no images": "coco.unlisted-file"}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_with_its_place(name: str, read: Any) -> None:
    changes, rule, pointer, message = CASES[name]
    done = read(**changes)
    assert (rule, f"{FILE}{pointer}", message) in done.told
    assert done.rules in ([rule], [rule, FOLLOWS.get(name)])
    if ROW in list(changes.get("annotations", [ROW])):
        assert next(label.instance for label in done.labels) == "5"


def test_good_data_gives_no_finding(read: Any) -> None:
    assert read().told == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"id": 7, "image_id": 1, "bbox": [1,, 2]}', "expected a record in JSON, found an error"),
        ("[1, 2]", "expected an object, found '[1, 2]'"),
    ],
    ids=["no JSON", "a list"],
)
def test_one_broken_record_costs_no_other(text: str, told: str, read: Any, document: Any) -> None:
    whole = json.dumps(document(annotations=[ROW, ROW | {"id": 6, "area": 7.5}]))
    second = json.dumps(ROW | {"id": 6, "area": 7.5})
    done = read({"annotations.json": whole.replace(second, f"{text}, {second}")})
    assert [(rule, place) for rule, place, _ in done.told] == [("coco.malformed-record", f"{FILE}/annotations/1")]
    assert told in done.told[0][2]
    assert [label.instance for label in done.labels] == ["5", "6"]


@pytest.mark.parametrize("where", [0, 1, 2], ids=["before", "between", "behind"])
def test_elements_that_are_no_records_are_told_and_counted(where: int, read: Any) -> None:
    elements: list[Any] = [ROW, ROW | {"id": 6, "category_id": 9}]
    elements.insert(where, 42)
    done = read(annotations=elements)
    assert [label.instance for label in done.labels] == ["5", "6"]
    assert done.rules == ["coco.malformed-record", "coco.unknown-category"]
    assert "found '42'" in done.told[0][2]
    assert done.told[1][1] == f"{FILE}/annotations/{elements.index(ROW | {'id': 6, 'category_id': 9})}/category_id"


def test_records_without_a_comma_between_are_told(read: Any, document: Any) -> None:
    whole = json.dumps(document(annotations=[ROW, ROW | {"id": 6}])).replace('}, {"id": 6', '} {"id": 6')
    done = read({"annotations.json": whole})
    assert done.rules == ["coco.malformed-record"]
    assert "expected a comma before this record" in done.told[0][2]


def test_not_a_number_is_read_and_left_to_the_rules(read: Any) -> None:
    done = read(annotations=[ROW | {"bbox": [1, 2, float("nan"), float("inf")]}])
    assert done.told == []
    (box,) = done.labels
    assert (box.xmin, box.ymin, str(box.xmax), box.ymax) == (1.0, 2.0, "nan", float("inf"))


def test_swapped_and_negative_boxes_stay_as_they_are(read: Any) -> None:
    done = read(annotations=[ROW | {"bbox": [10, 20, -3, -4]}, ROW | {"id": 6, "bbox": [30, 25, 40, 30]}])
    assert [(b.xmin, b.ymin, b.xmax, b.ymax) for b in done.labels] == [(10, 20, 7, 16), (30, 25, 70, 55)]
    assert done.told == []


def test_a_key_that_is_there_twice_is_told(read: Any, document: Any) -> None:
    text = json.dumps(document())[:-1] + ', "annotations": [' + json.dumps(ROW | {"id": 9}) + "]}"
    done = read({"annotations.json": text})
    assert done.told == [
        (
            "coco.duplicate-key",
            f"{FILE}/annotations",
            "expected `annotations` once, found it again; the last one counts",
        )
    ]
    assert [label.instance for label in done.labels] == ["9"]


MANY = [json.dumps({**ROW, "id": number, "segmentation": [RING]}) for number in range(100, 400)]
RUNS = '"segmentation": {"counts": "52203", "size": [30, 40]}'
#: A record, what its second key of a name is, and where else it would be taken for none.
TWICE: dict[str, tuple[str, str]] = {
    "of an official file": (MANY[7][:-1] + ', "iscrowd": 0}', "iscrowd"),
    "written tightly": (MANY[7].replace(" ", "")[:-1] + ',"area":9}', "area"),
    "with an escape": (MANY[7][:-1] + ', "i\\u0064": 107}', "id"),
    "beside run lengths": (MANY[7].replace(f'"segmentation": [{RING}]', RUNS)[:-1] + ', "area": 9}', "area"),
    "within run lengths": (MANY[7].replace(f'"segmentation": [{RING}]', RUNS[:-1] + ', "size": [30, 40]}'), "size"),
    "without a field": (MANY[7].replace('"area": 100, ', "")[:-1] + ', "id": 107}', "id"),
    "with other fields": (MANY[7][:-1] + ', "note": "a: b", "note": "c"}', "note"),
    "in attributes": (MANY[7][:-1] + ', "attributes": {"a": 1, "a": 2}}', "a"),
    **{
        f"with {name} before its colon": (MANY[7][:-1] + f', "note": 1, "id"{white}: 107}}', "id")
        for name, white in {"a space": " ", "a tab": "\t", "a line's end": "\n", "a return": "\r\n"}.items()
    },
}


@pytest.mark.parametrize("chunk", [1 << 20, 1 << 10], ids=["in one chunk", "in many"])
@pytest.mark.parametrize(("record", "key"), TWICE.values(), ids=TWICE)
def test_a_key_that_is_there_twice_in_a_record_is_told(
    record: str, key: str, chunk: int, read: Any, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lading_coco.text.CHUNK", chunk)
    whole = json.dumps(document(annotations=[]))
    rows = [*MANY[:7], record, *MANY[8:]]
    done = read({"annotations.json": whole.replace('"annotations": []', f'"annotations": [{", ".join(rows)}]')})
    message = f"expected each key of an object once, found {key!r} again; the last one counts"
    assert [told for told in done.told if told[0] == "coco.duplicate-key"] == [
        ("coco.duplicate-key", f"{FILE}/annotations/7", message)
    ]
    assert {label.instance for label in done.labels} == {str(number) for number in range(100, 400)}


def test_a_key_that_is_there_twice_in_an_image_is_told(read: Any, document: Any) -> None:
    image = json.dumps(IMAGE | {"coco_url": "http://x/a.png"})
    done = read(
        {
            "annotations.json": json.dumps(document(annotations=[ROW])).replace(
                json.dumps(IMAGE), image[:-1] + ', "width": 40}'
            )
        }
    )
    message = "expected each key of an object once, found 'width' again; the last one counts"
    assert done.told == [("coco.duplicate-key", f"{FILE}/images/0", message)]


@pytest.mark.parametrize("chunk", [1 << 20, 64], ids=["in one chunk", "in many"])
def test_what_is_wrong_before_an_image_hides_nothing_of_it(
    chunk: int, read: Any, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lading_coco.text.CHUNK", chunk)
    images = f'[{json.dumps(IMAGE)},, {{"id": 2, "width": 40, "height": 30}}]'
    whole = json.dumps(document(annotations=[]))
    done = read({"annotations.json": whole.replace(json.dumps([IMAGE]), images)})
    assert sorted(done.told) == [
        ("coco.malformed-record", f"{FILE}/images/1", "expected a comma before this record, found ',,'"),
        ("coco.missing-file-name", f"{FILE}/images/1", "expected `file_name` or `coco_url`, found neither"),
    ]


@pytest.mark.parametrize("chunk", [1 << 20, 64, 7], ids=["in one chunk", "in many", "in very many"])
def test_places_count_elements_that_are_no_records(
    chunk: int, read: Any, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lading_coco.text.CHUNK", chunk)
    twice = json.dumps(ROW | {"id": 6})[:-1] + ', "id": 7}'
    far = json.dumps({**IMAGE, "id": 3, "file_name": "../b.png"})
    images = f'[null, 5, {json.dumps(IMAGE)}, "}}, a", {{"id": 2, "width": 40, "height": 30}}, {far}, 9]'
    rows = f'[true, {json.dumps(ROW)}, 3, [4], {{"id": }}, null, null, {twice}, {json.dumps(ROW)} 0]'
    whole = json.dumps(document(images=[], annotations=[]))
    whole = whole.replace('"images": []', f'"images": {images}').replace('"annotations": []', f'"annotations": {rows}')
    done = read({"annotations.json": whole})
    told = {(rule, where.removeprefix(FILE)): message for rule, where, message in done.told}
    record, missing = "expected an object, found ", "expected `file_name` or `coco_url`, found neither"
    climbs = "expected a path within the dataset, found a path that climbs out of the dataset, '../b.png'"
    again = "expected each annotation id once, found 5 again, first at annotations.json#/annotations/1/id; its "
    again += "instance ends in #2"
    key = "expected each key of an object once, found 'id' again; the last one counts"
    error = "expected a record in JSON, found an error (Expecting value: line 1 column 8 (char 7))"
    assert told == {
        ("coco.malformed-record", "/images/0"): f"{record}'null' and 1 more",
        ("coco.malformed-record", "/images/3"): f"{record}'\"}}, a\"'",
        ("coco.missing-file-name", "/images/4"): missing,
        ("coco.unsafe-file-name", "/images/5/file_name"): climbs,
        ("coco.malformed-record", "/images/6"): f"{record}'9'",
        ("coco.malformed-record", "/annotations/0"): f"{record}'true'",
        ("coco.malformed-record", "/annotations/2"): f"{record}'3'",
        ("coco.malformed-record", "/annotations/3"): f"{record}'[4]'",
        ("coco.malformed-record", "/annotations/4"): error,
        ("coco.malformed-record", "/annotations/5"): f"{record}'null' and 1 more",
        ("coco.duplicate-key", "/annotations/7"): key,
        ("coco.malformed-record", "/annotations/8"): "expected a comma between elements, found none",
        ("coco.malformed-record", "/annotations/9"): f"{record}'0'",
        ("coco.duplicate-annotation-id", "/annotations/8/id"): again,
    }


@pytest.mark.parametrize("counts", ["0:4:", '\\": \\"', [1200]], ids=["colons", "what looks like a key", "numbers"])
def test_colons_within_strings_are_no_keys(counts: Any, read: Any, document: Any) -> None:
    runs = json.dumps({"counts": counts, "size": [30, 40]})
    rows = [MANY[0].replace(json.dumps([RING]), runs), *MANY[1:]]
    assert runs in rows[0]
    whole = json.dumps(document(annotations=[]))
    done = read({"annotations.json": whole.replace('"annotations": []', f'"annotations": [{", ".join(rows)}]')})
    assert "coco.duplicate-key" not in done.rules


@pytest.mark.parametrize("key", ["images", "annotations"])
def test_an_empty_array_counts_where_it_is_the_last_of_its_key(key: str, read: Any, document: Any) -> None:
    done = read({"annotations.json": json.dumps(document(annotations=[ROW]))[:-1] + f', "{key}": []}}'})
    told = {"images": ["coco.no-images", "coco.unlisted-file"], "annotations": []}
    assert done.rules == ["coco.duplicate-key", *told[key]]
    assert [label.instance for label in done.labels] == (["5"] if key == "images" else [])


def test_a_broken_file_beside_a_whole_one_is_told(read: Any, document: Any) -> None:
    files = {"annotations.json": document(), "other.json": json.dumps(document())[:-30]}
    done = read(files)
    assert [(rule, place) for rule, place, _ in done.told] == [("coco.malformed-file", "other.json")]
    assert done.told[0][2].startswith("expected whole JSON, found the end of the file at byte ")
    assert len(done.labels) == 1


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("instances_z.json", "error"),
        ("annotations/z.json", "error"),
        ("valid/_annotations.coco.json", "error"),
        ("package.json", "warning"),
        ("images/a.json", "warning"),
    ],
)
def test_a_file_that_is_no_json_is_an_error_where_it_is_named_as_annotations(
    path: str, level: str, read: Any, document: Any
) -> None:
    done = read({"annotations.json": document(), path: ""})
    found = [(f.severity, f.where, f.message) for f in done.report.findings]
    assert found == [(level, path, "expected JSON in UTF-8, found an empty file")]


def test_text_outside_the_records_in_another_encoding_costs_nothing_else(read: Any, document: Any) -> None:
    pets = [{"id": 2, "name": "caf\u00e9"}]
    data = json.dumps(document(categories=pets), ensure_ascii=False).encode("latin-1")
    done = read({"annotations.json": data})
    place = data.index(b"\xe9")
    message = f"expected text in UTF-8, found byte 0xe9 at byte {place}; read with replacement characters"
    assert done.told == [("coco.encoding", "annotations.json", message)]
    assert [label.category for label in done.labels] == ["caf\ufffd"]


def test_keys_that_are_there_twice_outside_the_records_are_told(read: Any, document: Any) -> None:
    text = json.dumps(document()).replace('"name": "cat"', '"name": "cow", "name": "cat"')
    text = text[:-1] + ', "info": {"year": 1}, "info": {"year": 2}}'
    done = read({"annotations.json": text})
    assert done.told == [
        ("coco.duplicate-key", "annotations.json#/info", "expected `info` once, found it again; the last one counts"),
        (
            "coco.duplicate-key",
            "annotations.json",
            "expected each key of an object once, found 'name' again; the last one counts",
        ),
    ]
    assert [label.category for label in done.labels] == ["cat"]


def test_a_3d_box_of_a_camera_is_a_loss(read: Any) -> None:
    done = read(annotations=[ROW | {"bbox_cam3d": [1, 2, 3, 4, 5, 6, 7]}])
    (loss,) = done.report.losses
    assert (loss.what, loss.count) == ("3D boxes of a camera, `bbox_cam3d` (kept in extras)", 1)
    assert done.labels[0].extras["bbox_cam3d"] == [1, 2, 3, 4, 5, 6, 7]


def test_a_name_in_the_spelling_of_addresses_finds_its_picture(read: Any, write: Any) -> None:
    image = IMAGE | {"file_name": "my%20a.png"}
    done = read({"annotations.json": {"images": [image], "annotations": []}, "images/my a.png": b"x"})
    (frame,) = next(iter(done.frames.values()))
    assert (frame.data[0].path, frame.data[0].remote_path) == ("images/my a.png", "my%20a.png")


def test_a_file_that_git_lfs_did_not_fetch_is_told(read: Any, document: Any) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    done = read({"annotations.json": document(), "other.json": pointer})
    assert done.told == [("coco.lfs-pointer", "other.json", "expected a COCO file, found a Git LFS pointer")]


def test_pictures_that_nothing_lists_are_counted(read: Any, document: Any) -> None:
    done = read({"annotations.json": document(), "images/b.png": b"x", "images/c.jpg": b"x", "notes.txt": "x"})
    message = "expected pictures that an annotation file lists, found 2 others, such as this one"
    assert done.told == [("coco.unlisted-file", "images/b.png", message)]


@pytest.mark.parametrize("kind", ["cut", "cut in its first record", "not fetched"])
def test_pictures_that_a_file_may_list_which_cannot_be_read_are_not_told(kind: str, read: Any, document: Any) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    others = {
        "cut": json.dumps(document())[:-30],
        "cut in its first record": '{"images": [{"id": 1, "fi',
        "not fetched": pointer,
    }
    done = read({"annotations.json": document(), "instances_b.json": others[kind], "images/b.png": b"x"})
    ((rule, place, _),) = done.told
    assert (rule, place) == ("coco.lfs-pointer" if kind == "not fetched" else "coco.malformed-file", "instances_b.json")


def test_annotations_that_are_nothing_are_a_loss(read: Any) -> None:
    done = read(annotations=[{"id": 1, "image_id": 1}])
    (loss,) = done.report.losses
    assert (loss.what, loss.count, loss.example) == (
        "annotations without anything that is a label",
        1,
        f"{FILE}/annotations/0",
    )


@pytest.mark.parametrize("ids", [(True, 1), (1, True), (False, 0.0)], ids=str)
def test_a_number_that_equals_true_or_false_is_told_for_itself(ids: Any, read: Any) -> None:
    done = read(annotations=[ROW | {"id": number, "category_id": key} for number, key in enumerate(ids)], categories=[])
    assert sorted(label.category or "" for label in done.labels) == ["", f"category:{int(ids[1])}"]
    assert [rule for rule in done.rules if rule == "coco.bad-id"] == ["coco.bad-id"]


def test_images_without_an_id_tell_of_the_annotations_that_may_be_theirs(read: Any) -> None:
    images = [IMAGE, *({"file_name": name, "width": 40, "height": 30} for name in ("b.png", "c.png"))]
    for others, consequence in (
        ([7, 7], "; in no frame are therefore annotations of the id 7, which none has: 2"),
        ([7, "x", 7], "; in no frame are therefore annotations of 2 ids that none has: 3"),
        ([], ""),
    ):
        done = read(images=images, annotations=rows(*({"image_id": key} for key in others)))
        message = f"expected an id that is a whole number or a text, found none{consequence}"
        told = [finding for finding in done.told if finding[0] != "coco.unlisted-file"]
        assert told == [("coco.bad-id", f"{FILE}/images/{n}", message) for n in (1, 2)]
        assert [(loss.what, loss.count) for loss in done.report.losses] == (
            [("annotations of no listed image", len(others))] if others else []
        )
    done = read(images=images, annotations=rows(*({"image_id": key} for key in (7, 8, 9))))
    assert [rule for rule in done.rules if rule == "coco.orphan-annotation"] == ["coco.orphan-annotation"] * 3


def test_categories_without_an_id_tell_what_the_labels_that_may_be_theirs_are_called(read: Any) -> None:
    categories = [{"id": 2, "name": "cat"}, {"name": "dog"}, {"name": "cow"}]
    for others, consequence in (
        ([7, 7], "; labels of the id 7, which none has, are 'category:7'"),
        ([7, "x", 7], "; labels of 2 ids that none has are 'category:7' and so on"),
    ):
        done = read(categories=categories, annotations=rows(*({"category_id": key} for key in others)))
        told = [finding for finding in done.told if finding[0] != "coco.unlisted-file"]
        assert told == [
            (
                "coco.bad-category",
                f"{FILE}/categories/{number}",
                f'expected a category with an id, found {{"name": "{name}"}}{consequence}',
            )
            for number, name in ((1, "dog"), (2, "cow"))
        ]
        assert [label.category for label in done.labels] == ["cat", *(f"category:{key}" for key in others)]


def test_a_visibility_that_is_none_is_told_by_its_count_where_no_rule_tells_it(read: Any) -> None:
    points = {"keypoints": [1, 1, 2, 3, 3, -1], "num_keypoints": 2}
    assert "coco.keypoint-count" in read(annotations=rows(points)).rules


@pytest.mark.parametrize("score", [0, 1, 1.0, 0.5, None])
def test_a_score_from_0_to_1_is_none_to_tell_of(score: Any, read: Any) -> None:
    assert "coco.score-range" not in read(annotations=rows({"score": score})).rules


def test_a_score_of_a_pose_may_be_a_sum_over_its_points(read: Any) -> None:
    assert "coco.score-range" not in read(annotations=rows({"score": 2.75, "keypoints": [1, 1, 2]})).rules


@pytest.mark.parametrize("area", [0, 0.0, None])
def test_an_area_of_nothing_is_none_to_tell_of(area: Any, read: Any) -> None:
    assert "coco.negative-area" not in read(annotations=rows({"area": area}, {"area": area, "colour": "red"})).rules


def test_scenes_and_lists_of_categories_that_lead_somewhere_are_none_to_tell_of(read: Any) -> None:
    image = IMAGE | {"neg_category_ids": [5], "not_exhaustive_category_ids": []}
    done = read(images=[image], scene_annotations=[SCENE, {"image_id": 1}], scene_categories=SCENES)
    assert done.told == []
    assert "coco.stray-id" not in read(images=[image], categories=[]).rules


@pytest.mark.parametrize("parts", [1, 3])
def test_what_is_wrong_with_records_is_told_in_the_turn_of_their_frame(write: Any, opened: Any, parts: int) -> None:
    """Records of many frames are read together: most here are plain, two and an image are no text in UTF-8."""
    images = [{**IMAGE, "id": i, "file_name": f"{i}.png"} for i in range(200)]
    rows = [{**ROW, "id": i, "image_id": i, "area": -1 if i in (3, 61, 150) else 100} for i in range(200)]
    images[20]["note"] = rows[60]["note"] = rows[199]["note"] = "fog"
    folder = write(images=images, annotations=rows)
    file = folder / "annotations.json"
    file.write_bytes(file.read_bytes().replace(b'"fog"', b'"f\xffg"'))
    dataset = opened(folder).dataset
    told = []
    for part in range(1, parts + 1):
        report = Report()
        known = 0
        for frame in dataset.frames("annotations", (part, parts), report):
            told += [(frame.key, finding.rule, finding.pointer) for finding in report.findings[known:]]
            known = len(report.findings)
    assert told == [
        ("3", "coco.negative-area", "/annotations/3/area"),
        ("20", "coco.encoding", "/images/20"),
        ("60", "coco.encoding", "/annotations/60"),
        ("61", "coco.negative-area", "/annotations/61/area"),
        ("150", "coco.negative-area", "/annotations/150/area"),
        ("199", "coco.encoding", "/annotations/199"),
    ]


def test_what_lvis_lists_as_absent_is_about_its_own_annotations(read: Any) -> None:
    """COCO may have a cat where LVIS, whose cats are of another definition, says that there is none."""
    own = [{**ROW, "id": 1, "category_id": 9}]
    files = {
        "instances_val.json": {"images": [IMAGE], "annotations": [ROW], "categories": [{"id": 2, "name": "cat"}]},
        "lvis_v1_val.json": {
            "images": [IMAGE | {"neg_category_ids": [1]}],
            "annotations": own,
            "categories": [{"id": 1, "name": "cat"}, {"id": 9, "name": "dog"}],
        },
    }
    done = read({f"annotations/{name}": content for name, content in files.items()})
    assert [label.category for label in done.frames["val"][0].data[0].labels] == ["cat", "dog"]
    assert "coco.absent-category" not in done.rules


VIDEO_ROW = {**ROW, "video_id": 4, "instance_id": 1}
WHOLE: dict[str, list[dict[str, Any]]] = {
    "images": [{**IMAGE, "video_id": 4, "frame_id": 0, "license": 1, "neg_category_ids": [5]}],
    "annotations": [
        {**VIDEO_ROW, "segmentation": {"size": [30, 40], "counts": [1200]}},
        {**VIDEO_ROW, "id": 6, "keypoints": [1, 1, 2], "num_keypoints": 1, "attributes": {}, "score": 0.5},
        {"id": 7, "image_id": 1, "caption": "x"},
        {"id": 8, "image_id": 1, "file_name": "m.png", "segments_info": [{**SEGMENT, "bbox": [0, 0, 1, 1], "area": 1}]},
    ],
    "categories": [{"id": 2, "name": "cat", "supercategory": "pet", "keypoints": ["a"], "skeleton": [], "isthing": 1}],
    "videos": [{"id": 4, "name": "pier"}, {"id": 5, "file_names": ["b.png"], "width": 40, "height": 30, "length": 1}],
    "licenses": [{"id": 1, "name": "x"}],
}


def null_or_absent() -> list[Any]:
    """A whole file in which one value is null or its key absent, for each."""
    made = []

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            made.append((*path, key))
            if isinstance(inner, (dict, list)):
                walk(inner, (*path, key))

    walk(WHOLE, ())
    return [
        pytest.param(path, how, id=f"{'/'.join(map(str, path))} {how}") for path in made for how in ("null", "absent")
    ]


@pytest.mark.parametrize(("path", "how"), null_or_absent())
def test_what_is_null_or_absent_is_called_so(path: tuple[Any, ...], how: str, write: Any) -> None:
    changed = json.loads(json.dumps(WHOLE))
    *inner, key = path
    parent = changed
    for each in inner:
        parent = parent[each]
    if how == "null":
        parent[key] = None
    else:
        del parent[key]
    dataset = lading.open_dataset(write({"annotations.json": changed}))
    messages = [finding.message for finding in lading.validate(dataset)]
    assert [message for message in messages if "None" in message] == []


@pytest.mark.parametrize("categories", [[{"id": 2, "name": "cat"}], []], ids=["listed", "not listed"])
def test_boxes_of_a_file_in_which_none_has_a_category_are_of_none(categories: Any, write: Any) -> None:
    made = [{key: value for key, value in row.items() if key != "category_id"} for row in rows({"id": 6})]
    dataset = lading.open_dataset(write(annotations=made, categories=categories))
    assert "coco.unknown-category" not in {finding.rule for finding in lading.validate(dataset)}


@pytest.mark.parametrize("thing", [0, 1, True, False, None], ids=repr)
def test_a_category_is_a_thing_or_not(thing: Any, read: Any) -> None:
    assert read(categories=[{"id": 2, "name": "cat", "isthing": thing}]).told == []


def test_keypoints_that_are_not_labelled_may_have_places_beside_others(read: Any) -> None:
    body = {"keypoints": [1, 1, 2, 5, 5, 0], "num_keypoints": 1}
    done = read(annotations=[ROW | body], categories=[{"id": 2, "name": "cat", "keypoints": ["a", "b"]}])
    assert (done.told, done.labels[1].visible) == ([], (2, 0))


def test_images_of_other_endings_are_counted_apart_from_those_of_other_capitals(read: Any, document: Any) -> None:
    names = ["A.PNG", "b.jpeg", "c", "d.png"]
    images = [IMAGE | {"id": number, "file_name": name} for number, name in enumerate(names, 1)]
    files = {f"images/{name}.png": name.encode() for name in "bcd"}
    told = read({"annotations.json": document(images=images), **files}).told
    found = "expected a file of this name to the letter, found 'images/{}.png'; so it is with {}"
    assert sorted(told) == [
        ("coco.file-capitals", f"{FILE}/images/0/file_name", found.format("a", "1 image")),
        ("coco.file-ending", f"{FILE}/images/1/file_name", found.format("b", "2 images")),
    ]


@pytest.mark.parametrize(
    ("categories", "pointer"),
    [
        ([{"id": 2, "name": "cat"}], "/categories/0"),
        ([{"id": 2, "name": "cat"}, {"id": 3, "name": "dog"}], "/categories"),
    ],
    ids=["one category", "two"],
)
def test_where_the_number_of_keypoints_should_stand_is_told(categories: Any, pointer: str, write: Any) -> None:
    made = [ROW | {"keypoints": [1, 1, 2, 5, 5, 2], "num_keypoints": 2}]
    dataset = lading.open_dataset(write(annotations=made, categories=categories))
    (finding,) = (finding for finding in lading.validate(dataset) if finding.rule == "catalog.keypoints-missing")
    assert (finding.file, finding.pointer) == ("annotations.json", pointer)


def test_segments_behind_one_without_an_id_are_told_at_their_places(write: Any) -> None:
    segments = [{"category_id": 2}, {"id": "7", "category_id": 2}, {"id": 8, "category_id": 99}, {"id": 8}]
    made = [{"image_id": 1, "file_name": "m.png", "segments_info": segments}]
    found = lading.validate(lading.open_dataset(write(annotations=made)))
    told = sorted((one.rule, one.pointer or "") for one in found if one.rule.startswith(("mask.", "coco.")))
    at = "/annotations/0/segments_info"
    assert told == [
        ("coco.bad-segment", f"{at}/0"),
        ("coco.number-as-text", f"{at}/1/id"),
        ("mask.duplicate-id", f"{at}/3"),
        ("mask.unknown-id", f"{at}/2/category_id"),
        ("mask.unknown-id", f"{at}/3/category_id"),
    ]


def test_a_record_of_many_segments_is_read_once_for_the_places_of_all_that_is_told(
    write: Any, monkeypatch: Any
) -> None:
    segments = [{"id": number, "category_id": 90 + number} for number in range(1, 21)]
    made = [{"image_id": 1, "file_name": "m.png", "segments_info": segments}]
    read: list[Any] = []
    monkeypatch.setattr(origins, "values_at", lambda *given: (read.append(given), values_at(*given))[1])
    found = lading.validate(lading.open_dataset(write(annotations=made)))
    told = [one.pointer for one in found if one.rule == "mask.unknown-id"]
    assert told == [f"/annotations/0/segments_info/{number}/category_id" for number in range(20)]
    assert len(read) == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_count_of_keypoints_is_not_told_beside_visibilities_that_it_follows_from(count: int, read: Any) -> None:
    body = {"keypoints": [1, 1, 0, 5, 5, 0], "num_keypoints": count}
    done = read(annotations=[ROW | body], categories=[{"id": 2, "name": "cat", "keypoints": ["a", "b"]}])
    assert done.rules == ["coco.bad-keypoints"]
    nowhere = body | {"keypoints": [0] * 6}
    done = read(annotations=[ROW | nowhere], categories=[{"id": 2, "name": "cat", "keypoints": ["a", "b"]}])
    assert done.rules == (["coco.keypoint-count"] if count else [])
