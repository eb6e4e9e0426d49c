"""Awkward COCO files: what is wrong with records."""

from __future__ import annotations

from typing import Any

from kind import Awkward, picture, text

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
SECOND = {"id": 2, "file_name": "b.png", "width": 40, "height": 30}
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10]}
BOX = "box2d cat 1 2 11 12 @5"
BOX_6 = "box2d cat 1 1 9 9 @6"  # of a row with a mask
CATS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
RING = [1, 1, 9, 1, 9, 9]
FILE = "annotations/instances_x.json"
PICTURES = {"images/a.png": picture("red")}
BOTH = {**PICTURES, "images/b.png": picture("blue")}


def document(*rows: Any, **changes: Any) -> dict[str, Any]:
    whole = {"images": [IMAGE], "annotations": [ROW, *rows], "categories": CATS, **changes}
    return {key: value for key, value in whole.items() if value is not ...}


def coco(name: str, *rows: Any, pictures: Any = PICTURES, found: Any = (), told: Any = (), **more: Any) -> Awkward:
    """One file of a whole row and the awkward ones behind it; `found` are the labels behind those of the whole row."""
    ends = {key: more.pop(key) for key in ("frames", "losses", "refused") if key in more}
    frames = ends.pop("frames", {"x/1": [BOX, *found]})
    return Awkward(
        name,
        {FILE: text(document(*rows, **more)), **pictures},
        frames=frames,
        told=[line.replace(" /", f" {FILE}#/") for line in told],
        **ends,
    )


def row(number: int = 6, **changes: Any) -> dict[str, Any]:
    made = {**ROW, "id": number, "bbox": [20, 10, 4, 5], **changes}
    return {key: value for key, value in made.items() if value is not ...}


def masked(segmentation: Any) -> dict[str, Any]:
    """A row of a mask and its box, which some readers want of every row."""
    return row(bbox=[1, 1, 8, 8], segmentation=segmentation)


KINDS = [
    coco("nothing awkward"),
    # Ids.
    coco(
        "an image id again",
        images=[IMAGE, {**SECOND, "id": 1}],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/1#2": []},
        told=["error coco.duplicate-image-id /images/1/id"],
    ),
    coco(
        "an annotation id again",
        row(5, bbox=[3, 3, 4, 4]),
        found=["box2d cat 3 3 7 7 @5#2"],
        told=["error coco.duplicate-annotation-id /annotations/1/id"],
    ),
    coco(
        "an image id that no image has",
        row(image_id=99),
        told=["error coco.orphan-annotation /annotations/1/image_id"],
        losses=["annotations of no listed image"],
    ),
    coco(
        "a category id that no category has",
        row(category_id=55),
        found=["box2d category:55 20 10 24 15 @6"],
        told=["error coco.unknown-category /annotations/1/category_id"],
    ),
    coco(
        "a category name again",
        row(category_id=9, bbox=[3, 3, 4, 4]),
        categories=[*CATS, {"id": 9, "name": "cat"}],
        found=["box2d cat 3 3 7 7 @6"],
        told=["warning coco.duplicate-category-name /categories/2/name"],
    ),
    coco(
        "ids of 0",
        row(0, image_id=0, category_id=0),
        images=[IMAGE, {**SECOND, "id": 0}],
        categories=[*CATS, {"id": 0, "name": "background"}],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/0": ["box2d background 20 10 24 15 @0"]},
    ),
    coco(
        "ids with gaps and below 0",
        row(900100184324, image_id=-7, category_id=90),
        images=[IMAGE, {**SECOND, "id": -7}],
        categories=[*CATS, {"id": 90, "name": "toothbrush"}],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/-7": ["box2d toothbrush 20 10 24 15 @900100184324"]},
    ),
    coco(
        "ids that are text",
        row("b7", image_id="e1f0", category_id="c3"),
        images=[IMAGE, {**SECOND, "id": "e1f0"}],
        categories=[*CATS, {"id": "c3", "name": "bird"}],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/e1f0": ["box2d bird 20 10 24 15 @b7"]},
    ),
    coco(
        "ids beyond 2^53, neighbours",
        row(2**53 + 1, image_id=2**53 + 1),
        row(2**53, image_id=2**53),
        row(2**80, image_id=1),
        images=[IMAGE, {**SECOND, "id": 2**53}, {**SECOND, "id": 2**53 + 1, "file_name": "c.png"}],
        pictures={**BOTH, "images/c.png": picture("green")},
        frames={
            "x/1": [BOX, f"box2d cat 20 10 24 15 @{2**80}"],
            f"x/{2**53}": [f"box2d cat 20 10 24 15 @{2**53}"],
            f"x/{2**53 + 1}": [f"box2d cat 20 10 24 15 @{2**53 + 1}"],
        },
    ),
    coco(
        "ids that are whole floats",
        row(6.0, image_id=1.0, category_id=2.0),
        found=["box2d cat 20 10 24 15 @6"],
    ),
    coco(
        "an id as text where the other is a number",
        row(image_id="1", category_id="2"),
        found=["box2d cat 20 10 24 15 @6"],
        told=[
            "warning coco.id-type /annotations/1/image_id",
            "warning coco.id-type /annotations/1/category_id",
        ],
    ),
    # Boxes.
    coco(
        "a box of NaN",
        row(bbox=[float("nan"), 2, 3, 4]),
        found=["box2d cat nan 2 nan 6 @6"],
        told=["error label.not-finite /annotations/1/bbox"],
    ),
    coco(
        "a box of infinity",
        row(bbox=[1, 2, float("inf"), 4]),
        found=["box2d cat 1 2 inf 6 @6"],
        told=["error label.not-finite /annotations/1/bbox"],
    ),
    coco(
        "a box of null",
        row(bbox=None),
        told=["error coco.bad-bbox /annotations/1/bbox"],
        losses=["annotations without anything that is a label"],
    ),
    coco(
        "a box with null in it",
        row(bbox=[1, None, 3, 4]),
        told=["error coco.bad-bbox /annotations/1/bbox"],
        losses=["annotations without anything that is a label"],
    ),
    coco(
        "a box of negative width",
        row(bbox=[20, 20, -5, 4]),
        found=["box2d cat 20 20 15 24 @6"],
        told=["error box2d.inverted /annotations/1/bbox"],
    ),
    coco(
        "a box without height, as annotation 918 of train2017",
        row(bbox=[20, 20, 1.03, 0.0]),
        found=["box2d cat 20 20 21.03 20 @6"],
        told=["error box2d.empty /annotations/1/bbox"],
    ),
    coco(
        "a box of numbers as text",
        row(bbox=["1", "2", "3.5", "4"]),
        found=["box2d cat 1 2 4.5 6 @6"],
        told=["warning coco.number-as-text /annotations/1/bbox/0"],
    ),
    coco(
        "a box of two corners",
        row(bbox=[20, 10, 38, 28]),
        found=["box2d cat 20 10 58 38 @6"],
        told=["warning box2d.outside-image /annotations/1/bbox"],
    ),
    coco(
        "a box off the picture",
        row(bbox=[100, 100, 5, 5]),
        found=["box2d cat 100 100 105 105 @6"],
        told=["warning box2d.outside-image /annotations/1/bbox"],
    ),
    coco(
        "a box of no numbers beside a ring", row(bbox=[], segmentation=[RING]), found=["polygon2d cat 1 1 9 1 9 9 @6"]
    ),
    coco(
        "an integer that no float holds",
        row(bbox=[1, 2, 10**400, 4]),
        told=["error coco.bad-bbox /annotations/1/bbox"],
        losses=["annotations without anything that is a label"],
    ),
    # Polygons and masks.
    coco(
        "a ring of an odd number of numbers",
        masked([RING, [1, 2, 3, 4, 5]]),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=["error coco.bad-polygon /annotations/1/segmentation/1"],
    ),
    coco(
        "a ring of two points",
        masked([[1, 1, 9, 9]]),
        found=[BOX_6, "polygon2d cat 1 1 9 9 @6"],
        told=["error polygon.too-few-points /annotations/1/segmentation"],
    ),
    coco(
        "a ring that crosses itself",
        masked([[1, 1, 9, 9, 9, 1, 1, 7]]),
        found=[BOX_6, "polygon2d cat 1 1 9 9 9 1 1 7 @6"],
        told=["warning polygon.self-crossing /annotations/1/segmentation"],
    ),
    coco(
        "a ring outside its list",
        masked(RING),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=["warning coco.ring-form /annotations/1/segmentation"],
    ),
    coco(
        "a ring of points that are objects",
        masked([[{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]]),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=["warning coco.ring-form /annotations/1/segmentation/0"],
    ),
    coco(
        "rings one level too deep",
        masked([[RING]]),
        found=[BOX_6, "polygon2d cat 1 1 9 1 9 9 @6"],
        told=["warning coco.ring-form /annotations/1/segmentation/0"],
    ),
    coco("an empty segmentation beside a box", row(segmentation=[]), found=["box2d cat 20 10 24 15 @6"]),
    coco("a segmentation of null beside a box", row(segmentation=None), found=["box2d cat 20 10 24 15 @6"]),
    coco(
        "run lengths that fill too little",
        masked({"size": [30, 40], "counts": [100, 50]}),
        found=[BOX_6, "rle cat 30x40 100 50 @6"],
        told=["error rle.size /annotations/1/segmentation"],
    ),
    coco(
        "run lengths of width and height",
        masked({"size": [40, 30], "counts": [100, 1100]}),
        found=[BOX_6, "rle cat 40x30 100 1100 @6"],
        told=["error rle.other-size /annotations/1/segmentation"],
    ),
    coco(
        "a crowd in run lengths beside polygons",
        row(bbox=..., iscrowd=1, segmentation={"size": [30, 40], "counts": [100, 50, 1050]}),
        row(7, bbox=..., iscrowd=0, segmentation=[RING]),
        found=[
            'rle cat 30x40 100 50 1050 @6 {"iscrowd": true}',
            'polygon2d cat 1 1 9 1 9 9 @7 {"iscrowd": false}',
        ],
    ),
    # Images.
    coco(
        "no width and no height",
        images=[{"id": 1, "file_name": "a.png"}],
        told=["warning coco.missing-size /images/0"],
    ),
    coco(
        "a width of text and a height of 0",
        images=[{**IMAGE, "width": "40", "height": 0}],
        told=["warning coco.number-as-text /images/0/width", "warning coco.missing-size /images/0"],
    ),
    coco(
        "width and height swapped",
        images=[{**IMAGE, "width": 30, "height": 40}],
        told=["warning media.size-mismatch /images/0"],
    ),
    coco(
        "a picture that EXIF turns, its size as it is shown",
        images=[{**IMAGE, "file_name": "a.jpg", "width": 30, "height": 40}],
        pictures={"images/a.jpg": picture(kind="JPEG", orientation=6)},
        told=["warning media.size-mismatch /images/0"],
    ),
    coco(
        "a picture that EXIF turns, its size as it is stored",
        images=[{**IMAGE, "file_name": "a.jpg"}],
        pictures={"images/a.jpg": picture(kind="JPEG", orientation=6)},
    ),
    coco(
        "a picture that is not there",
        row(image_id=2),
        images=[IMAGE, SECOND],
        frames={"x/1": [BOX], "x/2": ["box2d cat 20 10 24 15 @6"]},
        told=["error media.missing /images/1"],
    ),
    coco(
        "a file name again under another id",
        images=[IMAGE, {**IMAGE, "id": 2}],
        frames={"x/1": [BOX], "x/2": []},
        told=["warning path.duplicate /images/1"],
    ),
    coco(
        "file names of Windows, and absolute ones",
        images=[{**IMAGE, "file_name": "images\\a.png"}, {**SECOND, "file_name": "C:\\Users\\me\\b.png"}],
        pictures=BOTH,
        frames={"x/1": [BOX], "x/2": []},
        told=[
            "warning coco.unsafe-file-name /images/1/file_name",
            "warning path.forbidden /images/0",
        ],
    ),
    coco(
        "no file name and no id",
        images=[IMAGE, {"width": 40, "height": 30}],
        told=["error coco.bad-id /images/1", "error coco.missing-file-name /images/1"],
    ),
    coco(
        "a text with half a surrogate, and one with a NUL",
        images=[IMAGE, {**SECOND, "file_name": "b\ud800.png"}, {**SECOND, "id": 3, "file_name": "c\0.png"}],
        frames={"x/1": [BOX], "x/2": [], "x/3": []},
        told=["error media.missing /images/1", "error media.missing /images/2", "warning path.forbidden /images/2"],
    ),
    coco(
        "a category of half a surrogate",
        row(category_id=7),
        categories=[*CATS, {"id": 7, "name": "cat\udc80"}],
        found=["box2d cat\udc80 20 10 24 15 @6"],
    ),
    coco(
        "3D boxes of a camera, as mmdetection3d exports them",
        row(bbox_cam3d=[1, 2, 3, 4, 5, 6, 7], velo_cam3d=[0, 0]),
        found=["box2d cat 20 10 24 15 @6"],
        losses=["3D boxes of a camera, `bbox_cam3d` (kept in extras)"],
    ),
    # Whole records.
    coco(
        "annotations that are no objects",
        None,
        7,
        "x",
        row(9),
        found=["box2d cat 20 10 24 15 @9"],
        told=["error coco.malformed-record /annotations/1"],
    ),
    coco(
        "annotations with nothing in them",
        {},
        told=["error coco.orphan-annotation /annotations/1/image_id"],
        losses=["annotations of no listed image"],
    ),
    # Keypoints, captions, stuff.
    coco(
        "fewer points than the category has names",
        row(keypoints=[3, 4, 2], num_keypoints=1),
        categories=[{**CATS[0], "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}],
        found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 3 4 v2 @6"],
        told=["error keypoints.count /annotations/1/keypoints"],
    ),
    coco(
        "points that are counted wrong, and points of two numbers",
        row(keypoints=[3, 4, 2, 0, 0, 0], num_keypoints=2),
        row(7, bbox=[5, 5, 2, 2], keypoints=[3, 4, 5, 6]),
        categories=[{**CATS[0], "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}],
        found=["box2d cat 20 10 24 15 @6", "keypoints2d cat 3 4 v2 0 0 v0 @6", "box2d cat 5 5 7 7 @7"],
        told=[
            "warning coco.keypoint-count /annotations/1/num_keypoints",
            "error coco.bad-keypoints /annotations/2/keypoints",
        ],
    ),
    coco(
        "a body of which no point is labelled",
        row(keypoints=[0, 0, 0, 0, 0, 0], num_keypoints=0),
        categories=[{**CATS[0], "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}],
        found=["box2d cat 20 10 24 15 @6"],
    ),
    coco(
        "a caption of blanks and lines, and one that is a number",
        row(bbox=..., category_id=..., caption="  a cat\n\ton a mat \n"),
        row(7, bbox=..., category_id=..., caption=5),
        found=["sentence '  a cat\\n\\ton a mat \\n'"],
        told=["error coco.bad-caption /annotations/2/caption"],
        losses=["annotations without anything that is a label"],
    ),
    # Values of other types.
    coco(
        "flags and areas of other types",
        row(iscrowd="0", area=None),
        row(7, bbox=[5, 5, 2, 2], iscrowd=True, area="12.5"),
        row(8, bbox=[6, 6, 2, 2], iscrowd=7),
        found=[
            'box2d cat 20 10 24 15 @6 {"iscrowd": false}',
            'box2d cat 5 5 7 7 @7 {"iscrowd": true}',
            "box2d cat 6 6 8 8 @8",
        ],
        told=[
            "warning coco.number-as-text /annotations/1/iscrowd",
            "warning coco.number-as-text /annotations/2/area",
            "error coco.bad-number /annotations/3/iscrowd",
        ],
    ),
    coco(
        "boxes of five numbers, of an object, and of text",
        row(bbox=[1, 2, 3, 4, 0.5]),
        row(7, bbox={"x": 1, "y": 2, "width": 3, "height": 4}),
        row(8, bbox="1 2 3 4", segmentation=[RING]),
        found=["polygon2d cat 1 1 9 1 9 9 @8"],
        told=[
            "error coco.bad-bbox /annotations/1/bbox",
            "error coco.bad-bbox /annotations/2/bbox",
            "error coco.bad-bbox /annotations/3/bbox",
        ],
        losses=["annotations without anything that is a label"],
    ),
    coco(
        "run lengths in a list, and without size",
        masked([{"size": [30, 40], "counts": [100, 1100]}]),
        row(7, bbox=[5, 5, 2, 2], segmentation={"counts": [100, 1100]}),
        found=[BOX_6, "box2d cat 5 5 7 7 @7"],
        told=[
            "error coco.bad-polygon /annotations/1/segmentation/0",
            "error coco.bad-rle /annotations/2/segmentation/size",
        ],
    ),
    coco(
        "Open Images: hexadecimal ids, groups, flags",
        row("8a0f", image_id="00f3", category_id="/m/01yrx", IsGroupOf=1, IsOccluded=0, IsInside=-1),
        images=[IMAGE, {**SECOND, "id": "00f3"}],
        categories=[*CATS, {"id": "/m/01yrx", "name": "Cat"}],
        pictures=BOTH,
        frames={
            "x/1": [BOX],
            "x/00f3": ['box2d Cat 20 10 24 15 @8a0f {"IsGroupOf": 1, "IsOccluded": 0, "IsInside": -1}'],
        },
        told=["warning category.two-spellings /categories/2/name"],
    ),
    coco(
        "Objects365: folders in names that the pictures lack",
        row(isfake=0, isreflected=1),
        images=[{**IMAGE, "file_name": "images/v2/patch16/a.png"}],
        found=['box2d cat 20 10 24 15 @6 {"isfake": 0, "isreflected": 1}'],
    ),
    # Names of pictures and categories.
    coco(
        "names in other capitals, of other endings, and as a URL",
        images=[
            {**IMAGE, "file_name": "A.PNG"},
            {**SECOND, "file_name": "b.jpeg"},
            {**SECOND, "id": 3, "file_name": "https://example.org/x/c.png"},
        ],
        pictures={**PICTURES, "images/b.jpg": picture("blue", kind="JPEG"), "images/c.png": picture("green")},
        frames={"x/1": [BOX], "x/2": [], "x/3": []},
        told=[
            "warning coco.unsafe-file-name /images/2/file_name",
            "warning coco.file-capitals /images/0/file_name",
            "warning coco.file-ending /images/1/file_name",
        ],
    ),
    coco(
        "a name of %20 for a blank",
        images=[{**IMAGE, "file_name": "a%20b.png"}],
        pictures={"images/a b.png": picture("red")},
        told=["warning path.forbidden /images/0"],
    ),
    coco(
        "categories without name, without id, of the same id",
        row(category_id=7),
        categories=[*CATS, {"id": 7}, {"name": "bird"}, {"id": 5, "name": "wolf"}],
        found=["box2d 7 20 10 24 15 @6"],
        told=[
            "warning coco.bad-category /categories/2/name",
            "error coco.bad-category /categories/3",
            "error coco.duplicate-category-id /categories/4/id",
        ],
    ),
]
