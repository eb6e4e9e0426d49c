"""Awkward COCO files of one defect each, which is told once, where its cause is."""

from __future__ import annotations

from typing import Any

from coco_records import BOTH, BOX, CATS, FILE, IMAGE, PICTURES, ROW, SECOND, coco, document, row
from kind import Awkward, mask, picture, text

LOST = ["annotations of no listed image"]
FOURTH = {"id": 4, "file_name": "d.png", "width": 40, "height": 30}
THIRD = {"id": 3, "file_name": "c.png", "width": 40, "height": 30}
ALL = {**BOTH, "images/c.png": picture("green")}
BODY = [{"id": 2, "name": "cat", "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}]


def without(record: dict[str, Any], key: str = "id") -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


IMAGES_WITHOUT_ID = [
    coco(
        "an image without id, and an annotation of it",
        row(image_id=2),
        images=[IMAGE, without(SECOND)],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/b.png": []},
        told=["error coco.bad-id /images/1"],
        losses=LOST,
    ),
    coco(
        "an image without id, and annotations of two unknown ones",
        row(image_id=2),
        row(7, image_id=3),
        images=[IMAGE, without(SECOND)],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/b.png": []},
        told=[
            "error coco.bad-id /images/1",
            "error coco.orphan-annotation /annotations/1/image_id",
            "error coco.orphan-annotation /annotations/2/image_id",
        ],
        losses=LOST,
    ),
    coco(
        "images without id, and annotations of one of them",
        row(image_id=2),
        images=[IMAGE, without(SECOND), {**THIRD, "id": None}],
        pictures=ALL,
        frames={"x/1": [BOX], "x/b.png": [], "x/c.png": []},
        told=["error coco.bad-id /images/1", "error coco.bad-id /images/2"],
        losses=LOST,
    ),
    coco(
        "an image without id, and an annotation without image",
        row(image_id=...),
        images=[IMAGE, without(SECOND)],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/b.png": []},
        told=["error coco.bad-id /images/1", "error coco.orphan-annotation /annotations/1/image_id"],
        losses=LOST,
    ),
]

CATEGORIES = [
    coco(
        "a category without id, and annotations of it",
        row(category_id=5),
        row(7, category_id=5, bbox=[1, 1, 5, 5]),
        categories=[CATS[0], without(CATS[1])],
        found=["box2d category:5 20 10 24 15 @6", "box2d category:5 1 1 6 6 @7"],
        told=["error coco.bad-category /categories/1"],
    ),
    coco(
        "a category without id, and annotations of two unknown ones",
        row(category_id=5),
        row(7, category_id=9, bbox=[1, 1, 5, 5]),
        categories=[CATS[0], without(CATS[1])],
        found=["box2d category:5 20 10 24 15 @6", "box2d category:9 1 1 6 6 @7"],
        told=[
            "error coco.bad-category /categories/1",
            "error coco.unknown-category /annotations/1/category_id",
            "error coco.unknown-category /annotations/2/category_id",
        ],
    ),
    coco(
        "no category with an id",
        categories=[without(CATS[0])],
        frames={"x/1": ["box2d category:2 1 2 11 12 @5"]},
        told=["error coco.bad-category /categories/0"],
    ),
    *(
        coco(
            f"a category id that is {name}",
            row(category_id=value),
            found=["box2d 20 10 24 15 @6"],
            told=["error coco.bad-id /annotations/1/category_id"],
        )
        for name, value in (("true", True), ("a list", [2]), ("a fraction", 2.5))
    ),
    coco(
        "a category id that is null",
        row(category_id=None),
        found=["box2d 20 10 24 15 @6"],
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    coco(
        "a category id that is null beside keypoints",
        row(category_id=None, keypoints=[21, 11, 2, 23, 14, 1], num_keypoints=2),
        categories=[{"id": 2, "name": "cat", "keypoints": ["nose", "tail"]}],
        found=["box2d 20 10 24 15 @6", "keypoints2d 21 11 v2 23 14 v1 @6"],
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    Awkward(
        "categories in the file of one split alone",
        {
            FILE: text(document()),
            **BOTH,
            "annotations/instances_y.json": text(
                document(images=[SECOND], annotations=[row(image_id=2)], categories=...)
            ),
        },
        frames={"x/1": [BOX], "y/2": ["box2d cat 20 10 24 15 @6"]},
        told=["warning coco.no-categories annotations/instances_y.json#"],
    ),
    coco(
        "a category id of text with a dot that no category has",
        row(category_id="a.b"),
        found=["box2d category:a.b 20 10 24 15 @6"],
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    coco(
        "a category id of text with a dot, below a parent that others have: no name may be parted at it",
        row(category_id="a.b"),
        categories=[{**one, "supercategory": "pet"} for one in CATS],
        frames={"x/1": ["box2d pet/cat 1 2 11 12 @5", "box2d category:a.b 20 10 24 15 @6"]},
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    coco(
        "a category id of text with a dot that a category has",
        row(category_id="a.b"),
        categories=[*CATS, {"id": "a.b", "name": "bird"}],
        found=["box2d bird 20 10 24 15 @6"],
    ),
]

CAPTIONS = [
    coco(
        f"a caption that is {name}",
        annotations=[{"id": 5, "image_id": 1, "caption": value}, {"id": 6, "image_id": 1, "caption": "a cat"}],
        categories=...,
        frames={"x/1": [*found, "sentence 'a cat'"]},
        told=[f"{level} coco.bad-caption /annotations/0/caption"],
        losses=losses,
    )
    for name, value, level, found, losses in (
        ("empty", "", "warning", ["sentence ''"], ()),
        ("blank", " \n", "warning", ["sentence ' \\n'"], ()),
        ("null", None, "error", [], ["annotations without anything that is a label"]),
        ("a list", ["a"], "error", [], ["annotations without anything that is a label"]),
    )
]

POINTS = [
    coco(
        "a visibility below 0, of a point that is counted",
        row(keypoints=[21, 11, 2, 23, 14, -1], num_keypoints=2),
        categories=BODY,
        found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 21 11 v2 23 14 v-1 @6"],
        told=["error keypoints.visible /annotations/1/keypoints"],
    ),
    coco(
        "a visibility of 3, of a point that is not counted",
        row(keypoints=[21, 11, 2, 23, 14, 3], num_keypoints=1),
        categories=BODY,
        found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 21 11 v2 23 14 v3 @6"],
        told=["error keypoints.visible /annotations/1/keypoints"],
    ),
    coco(
        "a crowd that has a polygon",
        row(iscrowd=1, segmentation=[[20, 10, 24, 10, 24, 15, 20, 15]]),
        found=[
            'box2d cat 20 10 24 15 @6 {"iscrowd": true}',
            'polygon2d cat 20 10 24 10 24 15 20 15 @6 {"iscrowd": true}',
        ],
        told=["warning coco.crowd-polygon /annotations/1/iscrowd"],
    ),
    coco(
        "labelled keypoints at 0, 0, where there is nothing",
        row(keypoints=[21, 11, 2, 0, 0, 1], num_keypoints=2),
        row(7, bbox=[0, 0, 4, 5], keypoints=[0, 0, 0, 0, 3, 2], num_keypoints=1),
        categories=BODY,
        found=[
            "box2d cat 20 10 24 15 @6",
            "keypoints2d cat 21 11 v2 0 0 v1 @6",
            "box2d cat 0 0 4 5 @7",
            "keypoints2d cat 0 0 v0 0 3 v2 @7",
        ],
        told=["warning coco.zero-keypoint /annotations/1/keypoints"],
    ),
    coco(
        "visibilities below 0 alone",
        row(keypoints=[21, 11, -1, 23, 14, -1]),
        categories=BODY,
        found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 21 11 v-1 23 14 v-1 @6"],
        told=["error keypoints.visible /annotations/1/keypoints"],
    ),
]

FILES = [
    # Two findings, since each is at another file: one lacks its picture, and the other has a name that nobody knows.
    coco(
        "a picture that was renamed",
        pictures={"images/z.png": PICTURES["images/a.png"]},
        told=["error media.missing /images/0", "warning coco.unlisted-file images/z.png"],
    ),
]

HIDDEN = [
    coco(
        "a picture whose name is hidden, beside what macOS leaves",
        images=[{**IMAGE, "file_name": ".a.png"}],
        pictures={
            "images/.a.png": picture("red"),
            "images/._b.png": b"\0\5\x16\7",
            "images/.c.png": b"",
            ".d.png": b"",
        },
    ),
    Awkward(
        "annotations whose name is hidden, beside others",
        {
            FILE: text(document()),
            **PICTURES,
            "annotations/.instances_y.json": text(document()),
            "annotations/._instances_x.json": b"\0\5\x16\7",
            ".eslintrc.json": b"{}",
        },
        frames={"x/1": [BOX]},
        told=["warning coco.hidden-file annotations/.instances_y.json"],
    ),
    Awkward(
        "annotations whose name is hidden, alone",
        {"train/.annotations.coco.json": text(document()), "train/a.png": picture("red")},
        refused="train/.annotations.coco.json is hidden",
    ),
    Awkward(
        "arrays of masks, as labelme's scripts write them",
        {FILE: text(document()), **PICTURES, "SegmentationClass/a.npy": b"\x93NUMPY", "b.NPZ": b"PK"},
        frames={"x/1": [BOX]},
        losses=["arrays that no annotation file lists, which are not read"],
    ),
]

LICENCES = [
    Awkward(
        "the annotations of one split within a list",
        {FILE: text(document()), "annotations/instances_y.json": text([document()]), **PICTURES},
        frames={"x/1": [BOX]},
        told=["error coco.malformed-file annotations/instances_y.json"],
    ),
    coco(
        "licences that are not listed, of several images",
        images=[
            {**IMAGE, "license": 1},
            {**SECOND, "license": 9},
            {**THIRD, "license": 9},
            {**FOURTH, "license": "MIT"},
        ],
        licenses=[{"id": 1, "name": "CC0", "url": ""}],
        pictures={**ALL, "images/d.png": picture("white")},
        frames={"x/1": [BOX], "x/2": [], "x/3": [], "x/4": []},
        told=["warning coco.stray-id /images/1/license"],
    ),
    coco(
        "licences that say that there is none",
        images=[{**IMAGE, "license": 0}, {**SECOND, "license": None}, {**THIRD, "license": ""}],
        licenses=[{"id": 1, "name": "CC0", "url": ""}],
        pictures=ALL,
        frames={"x/1": [BOX], "x/2": [], "x/3": []},
    ),
    coco("a licence where none is listed", images=[{**IMAGE, "license": 3}], licenses=[]),
]

NAMES = [*BODY[0]["keypoints"], "ear"]
OTHERS = [
    coco(
        "keypoints without a visibility",
        row(keypoints=[21, 11, 23, 14, 22, 13], num_keypoints=3),
        categories=[{**BODY[0], "keypoints": NAMES}],
        found=["box2d cat 20 10 24 15 @6"],
        told=["error coco.bad-keypoints /annotations/1/keypoints"],
    ),
    *(
        coco(
            f"names of keypoints that are {what}",
            row(keypoints=[21, 11, 2, 23, 14, 1], num_keypoints=2),
            categories=[{**BODY[0], "keypoints": names}],
            found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 21 11 v2 23 14 v1 @6"],
            told=["error coco.bad-category /categories/0/keypoints"],
        )
        for what, names in (("an object", {"nose": 1, "tail": 2}), ("numbers", [1, 2]))
    ),
    *(
        coco(
            f"an absolute file name, {'found' if pictures else 'not found'}",
            images=[{**IMAGE, "file_name": "/data/x/a.png"}],
            pictures=pictures,
            told=[f"{'warning' if pictures else 'error'} coco.unsafe-file-name /images/0/file_name"],
        )
        for pictures in (PICTURES, {})
    ),
    coco(
        "box and polygon over the edge of their picture",
        row(bbox=[30, 20, 20, 9], segmentation=[[30, 20, 50, 20, 50, 29, 30, 29]]),
        found=["box2d cat 30 20 50 29 @6", "polygon2d cat 30 20 50 20 50 29 30 29 @6"],
        told=["warning box2d.outside-image /annotations/1/bbox"],
    ),
    coco(
        "boxes that are parts of their picture",
        annotations=[{**ROW, "bbox": [0.125, 0.25, 0.5, 0.25]}, {**ROW, "id": 6, "bbox": [0.25, 0.5, 0.5, 0.5]}],
        frames={"x/1": ["box2d cat 0.125 0.25 0.625 0.5 @5", "box2d cat 0.25 0.5 0.75 1 @6"]},
        told=["warning coco.relative-boxes /annotations/0/bbox"],
    ),
    coco(
        "one box within the first pixel, among others", row(bbox=[0, 0, 0.5, 0.5]), found=["box2d cat 0 0 0.5 0.5 @6"]
    ),
    coco(
        "run lengths of three sizes",
        row(segmentation={"size": [30, 40, 1], "counts": [1200]}),
        found=["box2d cat 20 10 24 15 @6"],
        told=["error coco.bad-rle /annotations/1/segmentation/size"],
    ),
    coco(
        "an annotation pasted twice",
        row(6),
        row(6),
        found=["box2d cat 20 10 24 15 @6", "box2d cat 20 10 24 15 @6#2"],
        told=["error coco.duplicate-annotation-id /annotations/2/id"],
    ),
    coco(
        "an annotation pasted twice, and its id corrected",
        row(6),
        row(7),
        found=["box2d cat 20 10 24 15 @6", "box2d cat 20 10 24 15 @7"],
        told=["warning label.duplicate /annotations/2"],
    ),
    coco(
        "attributes that are a list",
        row(attributes=["red"]),
        found=["box2d cat 20 10 24 15 @6"],
        told=["error coco.bad-attributes /annotations/1/attributes"],
    ),
    coco(
        "attributes that are an empty list, as some exports have no attributes",
        row(attributes=[]),
        found=["box2d cat 20 10 24 15 @6"],
    ),
    coco(
        "an image that is null, and an annotation of it",
        row(image_id=2),
        images=[IMAGE, None],
        told=["error coco.malformed-record /images/1"],
        losses=LOST,
    ),
    coco(
        "images that are an object",
        images={"1": IMAGE},
        pictures={},
        told=["error coco.malformed-file /images", "error media.missing /annotations/0/image_id"],
    ),
    coco(
        "categories that are an object",
        categories={"2": "cat"},
        frames={"x/1": ["box2d category:2 1 2 11 12 @5"]},
        told=["error coco.bad-category /categories"],
    ),
    Awkward(
        "annotations under another key",
        {FILE: text({**document(annotations=...), "annotation": document()["annotations"]}), **PICTURES},
        frames={"x/1": []},
        told=[f"warning coco.no-annotations {FILE}#/annotation"],
    ),
    Awkward(
        "a result without a score, among others",
        {
            "r.json": text(
                [
                    {"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5},
                    {"image_id": 1, "category_id": 2, "bbox": [2, 2, 3, 4]},
                ]
            )
        },
        frames={"r/1": ['box2d 2 1 2 4 6 {"score": 0.5}', "box2d 2 2 2 5 6"]},
        told=["warning coco.missing-score r.json#/1", "error media.missing r.json#/0/image_id"],
    ),
]


def shots(*rows: Any, **changes: Any) -> bytes:
    images = [{**IMAGE, "video_id": 7, "frame_id": 0}, {**SECOND, "video_id": 7, "frame_id": 1}]
    made = [{"id": 8 + number, "category_id": 2, "bbox": [1, 2, 10, 10], **one} for number, one in enumerate(rows)]
    whole = {"images": images, "annotations": made, "categories": CATS, "videos": [{"id": 7, "name": "pier"}]}
    return text({**whole, **changes})


TRACK = [{"image_id": 1, "track_id": 1}, {"image_id": 2, "track_id": 1}]
TRACKED = {"x-pier/1": ["box2d cat 1 2 11 12 @1"], "x-pier/2": ["box2d cat 1 2 11 12 @1"]}
VIDEOS = [
    Awkward("a video and a track", {FILE: shots(*TRACK), **BOTH}, frames=TRACKED),
    Awkward(
        "an annotation without its track",
        {FILE: shots(TRACK[0], {"image_id": 2}), **BOTH},
        frames={**TRACKED, "x-pier/2": ["box2d cat 1 2 11 12 @9"]},
        told=[f"warning coco.missing-track {FILE}#/annotations/1"],
    ),
    Awkward(
        "an annotation that names another video than its image does",
        {FILE: shots({**TRACK[0], "video_id": 7}, {**TRACK[1], "video_id": 8}), **BOTH},
        frames=TRACKED,
        told=[f"warning coco.other-video {FILE}#/annotations/1/video_id"],
    ),
    Awkward(
        "annotations that name their video as text",
        {FILE: shots(*({**row, "video_id": "7"} for row in TRACK)), **BOTH},
        frames=TRACKED,
        told=[f"warning coco.id-type {FILE}#/annotations/{number}/video_id" for number in (0, 1)],
    ),
    Awkward(
        "an annotation of the video 7 as text, where that is another one",
        {
            FILE: shots(
                {**TRACK[0], "video_id": "7"}, TRACK[1], videos=[{"id": 7, "name": "pier"}, {"id": "7", "name": "sea"}]
            ),
            **BOTH,
        },
        frames=TRACKED,
        told=[f"warning coco.other-video {FILE}#/annotations/0/video_id"],
    ),
    Awkward(
        "an image of a video that is not listed, and an annotation of one that is",
        {
            FILE: shots(
                TRACK[0],
                {**TRACK[1], "video_id": 7},
                images=[{**IMAGE, "video_id": 7, "frame_id": 0}, {**SECOND, "video_id": 8, "frame_id": 0}],
            ),
            **BOTH,
        },
        frames={"x-pier/1": TRACKED["x-pier/1"], "x-8/2": TRACKED["x-pier/2"]},
        told=[f"warning coco.unknown-video {FILE}#/images/1/video_id"],
    ),
    Awkward(
        "a track of null",
        {FILE: shots(TRACK[0], {**TRACK[1], "track_id": None}), **BOTH},
        frames={**TRACKED, "x-pier/2": ["box2d cat 1 2 11 12 @9"]},
        told=[f"warning coco.missing-track {FILE}#/annotations/1"],
    ),
    Awkward(
        "a video without its id",
        {FILE: shots(*TRACK, videos=[{"name": "pier"}]), **BOTH},
        frames={key.replace("pier", "7"): labels for key, labels in TRACKED.items()},
        told=[f"error coco.bad-id {FILE}#/videos/0"],
    ),
    Awkward(
        "a video id again",
        {FILE: shots(*TRACK, videos=[{"id": 7, "name": "pier"}, {"id": 7, "name": "quay"}]), **BOTH},
        frames=TRACKED,
        told=[f"error coco.duplicate-video-id {FILE}#/videos/1/id"],
    ),
]

PNG = "annotations/panoptic_x/a.png"
SEGMENTS = [{"id": 1, "category_id": 2, "area": 600}, {"id": "3", "category_id": 5, "area": 600}]
PANOPTICS = [
    Awkward(
        "a segment whose id is a text",
        {
            "annotations/panoptic_x.json": text(
                document(annotations=[{"image_id": 1, "file_name": "a.png", "segments_info": SEGMENTS}])
            ),
            PNG: mask([[1] * 40] * 15 + [[3] * 40] * 15),
            **PICTURES,
        },
        frames={"x/1": [f"panoptic_mask {PNG} 1=cat 3=dog"]},
        told=["warning coco.number-as-text annotations/panoptic_x.json#/annotations/0/segments_info/1/id"],
    ),
]

KINDS = [
    *OTHERS,
    *VIDEOS,
    *PANOPTICS,
    *HIDDEN,
    *IMAGES_WITHOUT_ID,
    *CATEGORIES,
    *LICENCES,
    *CAPTIONS,
    *POINTS,
    *FILES,
]
