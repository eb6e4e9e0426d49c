"""Awkward COCO files: encodings, what is around the records, and what the tools of the world export."""

from __future__ import annotations

import codecs
import gzip
import json
from typing import Any

from coco_records import BOX, CATS, FILE, IMAGE, PICTURES, RING, ROW, SECOND, document, row
from kind import Awkward, mask, picture, text, zipped

WHOLE = text(document())
BARE = {"x/1": [BOX]}
PANOPTIC = "annotations/panoptic_x.json"
PNG = "annotations/panoptic_x/a.png"
THINGS = [{"id": 2, "name": "cat", "isthing": 1}, {"id": 5, "name": "dog", "isthing": 1}]


def one(name: str, content: bytes, path: str = FILE, frames: Any = BARE, **ends: Any) -> Awkward:
    return Awkward(name, {path: content, **PICTURES}, frames=frames, **ends)


def panoptic(name: str, png: bytes | None, segments: Any, items: str, path: str = PNG, **ends: Any) -> Awkward:
    """A panoptic file of one picture of 4 x 2 pixels."""
    image = {"id": 1, "file_name": "a.jpg", "width": 4, "height": 2}
    whole = {
        "images": [image],
        "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": segments}],
        "categories": THINGS,
    }
    files = {PANOPTIC: text(whole), "x/a.jpg": picture(size=(4, 2), kind="JPEG")}
    if png is not None:
        files[path] = png
    return Awkward(name, files, frames={"x/1": [f"panoptic_mask {items}"]}, **ends)


def segment(number: int, category: int = 2, **more: Any) -> dict[str, Any]:
    return {"id": number, "category_id": category, "iscrowd": 0, **more}


DEEP = text(document(row(deep="HERE"))).replace(b'"HERE"', b"[" * 5000 + b"]" * 5000)

ENCODINGS = [
    one("a byte order mark", codecs.BOM_UTF8 + WHOLE),
    one("lines of Windows", json.dumps(document(), indent=2).replace("\n", "\r\n").encode()),
    one(
        "a comma before the first image, and behind the last annotation",
        WHOLE.replace(b'"images": [', b'"images": [,').replace(b'], "categories"', b',\n], "categories"'),
        told=[f"error coco.malformed-record {FILE}#/annotations/0", f"error coco.malformed-record {FILE}#/images/0"],
    ),
    one("packed by gzip", gzip.compress(WHOLE), f"{FILE}.gz"),
    one("an ending in capitals", WHOLE, "annotations/instances_x.JSON"),
    one(
        "UTF-16, as PowerShell redirects",
        json.dumps(document()).encode("utf-16"),
        refused=f"{FILE}: expected JSON in UTF-8, found UTF-16",
    ),
    one(
        "Latin-1 in a caption",
        text(document(row(caption="caf?", bbox=...))).replace(b"caf?", "café".encode("latin-1")),
        frames={"x/1": [BOX, "sentence 'caf\ufffd'"]},
        told=[f"warning coco.encoding {FILE}#/annotations/1"],
    ),
    one(
        "Latin-1 in an image's date",
        text(document(images=[{**IMAGE, "date_captured": "mai?"}])).replace(b"mai?", "août".encode("latin-1")),
        told=[f"warning coco.encoding {FILE}#/images/0"],
    ),
    one(
        "an image with an integer of more digits than Python reads",
        text(document(images=[{**IMAGE, "license": "HERE"}])).replace(b'"HERE"', b"9" * 5000),
        told=[
            f"error coco.malformed-record {FILE}#/images/0",
            f"warning coco.missing-size {FILE}#/images/0",
        ],
    ),
    one("cut off", WHOLE[:-60], refused=f"{FILE}: expected whole JSON, found the end of the file at byte "),
    one("empty", b"", refused="an empty file"),
    one("NUL bytes, as a copy that broke off leaves them", b"\0" * 300, refused="annotations/instances_x.json"),
    Awkward(
        "Latin-1 in a category",
        {FILE: text(document()).replace(b"dog", b"d\xf6g"), **PICTURES},
        frames={"x/1": [BOX]},
        told=[f"warning coco.encoding {FILE}"],
    ),
    Awkward(
        "keys twice, at the top and in a category",
        {
            FILE: text(document())[:-1].replace(b'"cat"', b'"cow", "name": "cat"') + b', "info": 1, "info": 2}',
            **PICTURES,
        },
        frames={"x/1": [BOX]},
        told=[f"warning coco.duplicate-key {FILE}", f"warning coco.duplicate-key {FILE}#/info"],
    ),
    Awkward(
        "JSON of tools beside, some of it broken",
        {
            FILE: text(document()),
            **PICTURES,
            "dataset_info.json": b"{}",
            "images/a.json": text({"shapes": [{"label": "cat", "points": [[1, 1], [5, 5]]}], "imagePath": "a.png"}),
            "settings.json": b"// ours",
        },
        frames={"x/1": [BOX]},
        told=["warning coco.malformed-file settings.json", "warning coco.other-json dataset_info.json"],
    ),
    Awkward(
        "an empty file beside a whole one",
        {FILE: WHOLE, "annotations/instances_y.json": b"", **PICTURES},
        frames=BARE,
        told=["error coco.malformed-file annotations/instances_y.json"],
    ),
    Awkward(
        "a file of NUL bytes beside a whole one",
        {FILE: WHOLE, "annotations/instances_y.json": b"\0" * 300, **PICTURES},
        frames=BARE,
        told=["error coco.malformed-file annotations/instances_y.json"],
    ),
    Awkward(
        "a file of UTF-16 beside a whole one",
        {FILE: WHOLE, "annotations/instances_y.json": json.dumps(document()).encode("utf-16"), **PICTURES},
        frames=BARE,
        told=["error coco.malformed-file annotations/instances_y.json"],
    ),
    Awkward(
        "a Git LFS pointer beside a whole one",
        {FILE: WHOLE, "annotations/instances_y.json": b"version https://git-lfs.github.com/spec/v1\n", **PICTURES},
        frames=BARE,
        told=["error coco.lfs-pointer annotations/instances_y.json"],
    ),
    one(
        "a value nested deeper than any parser goes",
        DEEP,
        told=[f"error coco.malformed-record {FILE}#/annotations/1"],
    ),
    one(
        "an integer of more digits than Python reads",
        text(document(row(area="HERE"))).replace(b'"HERE"', b"9" * 5000),
        told=[f"error coco.malformed-record {FILE}#/annotations/1"],
    ),
    one(
        "a number beyond all floats",
        text(document(row(area="HERE"))).replace(b'"HERE"', b"1e999"),
        frames={"x/1": [BOX, "box2d cat 20 10 24 15 @6"]},
        told=[f"warning coco.bad-number {FILE}#/annotations/1/area"],
    ),
]

AROUND = [
    one(
        "info and licenses as tools leave them",
        text(
            document(
                info={"description": "", "url": "", "version": "", "year": None, "date_created": ""},
                licenses=[{"id": 0, "name": "", "url": ""}],
                images=[{**IMAGE, "license": None, "date_captured": 0, "flickr_url": ""}],
            )
        ),
    ),
    one("info of text, licenses of null", text(document(info="mine", licenses=None))),
    one(
        "no categories",
        text(document(categories=...)),
        frames={"x/1": ["box2d category:2 1 2 11 12 @5"]},
        told=[f"warning coco.no-categories {FILE}#"],
    ),
    one(
        "annotations of null",
        text(document(annotations=None)),
        frames={"x/1": []},
        told=[f"error coco.malformed-file {FILE}#/annotations"],
    ),
    one("images without annotations", text(document(annotations=...)), frames={"x/1": []}),
    one("annotations in front of images", text({"annotations": [ROW], "categories": CATS, "images": [IMAGE]})),
    Awkward(
        "a picture that no file names",
        {FILE: WHOLE, **PICTURES, "images/b.png": picture("blue")},
        frames=BARE,
        told=["warning coco.unlisted-file images/b.png"],
    ),
    Awkward(
        "a list of results alone",
        {"results.json": text([{"image_id": 42, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 0.5}])},
        frames={"results/42": ['box2d 18 1 2 4 6 {"score": 0.5}']},
        told=["error media.missing results.json#/0/image_id"],
    ),
    Awkward(
        "a list of results beside annotations",
        {
            FILE: WHOLE,
            **PICTURES,
            "results.json": text([{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 1}]),
        },
        frames=BARE,
        losses=["results files beside annotations (`-o results=FILE` reads one)"],
    ),
]

BOX_OF_VIDEO = "box2d cat 1 2 4 6 @1"
VIDEO: dict[str, Any] = {
    "videos": [{"id": 1, "file_names": ["v/0.jpg"], "width": 40, "height": 30, "length": 1}],
    "annotations": [{"id": 1, "video_id": 1, "category_id": 2, "segmentations": [None], "bboxes": [[1, 2, 3, 4]]}],
    "categories": CATS,
}

KINDS_OF_COCO = [
    one(
        "LVIS: no file name, no iscrowd, names of what is not there",
        text(
            {
                "images": [
                    {
                        "id": 1,
                        "width": 40,
                        "height": 30,
                        "coco_url": "http://images.cocodataset.org/x/a.png",
                        "neg_category_ids": [5],
                        "not_exhaustive_category_ids": [],
                    }
                ],
                "annotations": [row(5, bbox=[1, 1, 8, 8], segmentation=[RING], area=32.0)],
                "categories": [
                    {"id": 2, "name": "cat", "synset": "cat.n.01", "frequency": "f"},
                    {"id": 5, "name": "dog", "synset": "dog.n.01", "frequency": "f"},
                ],
            }
        ),
        "annotations/lvis_v1_x.json",
        frames={"x/1": ["box2d cat 1 1 9 9 @5", "polygon2d cat 1 1 9 1 9 9 @5"]},
    ),
    one(
        "WholeBody: hands that are not valid",
        text(
            document()
            | {
                "annotations": [
                    row(
                        5,
                        bbox=[1, 2, 10, 10],
                        face_kpts=[2, 3, 1.0] * 68,
                        face_box=[2, 3, 4, 4],
                        face_valid=True,
                        lefthand_kpts=[0, 0, 0] * 21,
                        lefthand_box=[0, 0, 0, 0],
                        lefthand_valid=False,
                    )
                ]
            }
        ),
        "annotations/coco_wholebody_x.json",
        frames={
            "x/1": [BOX, "keypoints2d cat.face " + " ".join(["2 3 v1.0"] * 68) + " @5", "box2d cat.face 2 3 6 7 @5"]
        },
    ),
    Awkward(
        "CocoVID: frames of two videos in turns, instances that count anew",
        {
            FILE: text(
                document(
                    row(6, image_id=2, instance_id=1),
                    row(7, image_id=3, instance_id=1, bbox=[1, 1, 3, 3]),
                    images=[
                        {**IMAGE, "video_id": 1, "frame_id": 0},
                        {**SECOND, "video_id": 2, "frame_id": 0},
                        {**SECOND, "id": 3, "file_name": "c.png", "video_id": 1, "frame_id": 1},
                    ],
                    videos=[{"id": 1, "name": "pier"}, {"id": 2, "name": "quay"}],
                )
            ),
            **PICTURES,
            "images/b.png": picture("blue"),
            "images/c.png": picture("green"),
        },
        frames={"x-pier/1": [BOX], "x-pier/3": ["box2d cat 1 1 4 4 @1"], "x-quay/2": ["box2d cat 20 10 24 15 @1"]},
        told=[f"warning coco.missing-track {FILE}#/annotations/0"],  # which has no instance, as the others have
    ),
    Awkward(
        "YouTube-VIS alone",
        {"instances.json": text(VIDEO), "v/0.jpg": picture(kind="JPEG")},
        frames={"instances-v/1/0": [BOX_OF_VIDEO]},
    ),
    Awkward(
        "YouTube-VIS: entries beyond the last frame, and an object that is never seen",
        {
            "instances.json": text(
                {
                    **VIDEO,
                    "annotations": [
                        *VIDEO["annotations"],
                        {"id": 2, "video_id": 1, "category_id": 2, "segmentations": [None], "bboxes": [None]},
                        {"id": 3, "video_id": 1, "category_id": 2, "bboxes": [[5, 5, 2, 2], [9, 9, 1, 1]]},
                    ],
                }
            ),
            "v/0.jpg": picture(kind="JPEG"),
        },
        frames={"instances-v/1/0": [BOX_OF_VIDEO, "box2d cat 5 5 7 7 @3"]},
        told=["error coco.video-length instances.json#/annotations/2/bboxes"],
        losses=["annotations without anything that is a label", "entries behind the last frame of a video"],
    ),
    Awkward(
        "YouTube-VIS beside COCO",
        {FILE: WHOLE, **PICTURES, "annotations/videos.json": text(VIDEO), "v/0.jpg": picture("blue", kind="JPEG")},
        frames={**BARE, "videos-v/1/0": [BOX_OF_VIDEO]},
    ),
]

PANOPTICS = [
    panoptic(
        "panoptic: ids beyond 65535",
        mask([[70000, 70000, 3, 3], [0, 70000, 3, 3]]),
        [segment(70000), segment(3, 5)],
        f"{PNG} 70000=cat 3=dog",
    ),
    panoptic(
        "panoptic: no PNG",
        None,
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error media.missing {PANOPTIC}#/annotations/0/file_name"],
    ),
    panoptic(
        "panoptic: an id that the table has not",
        mask([[3, 3, 9, 9], [0, 3, 9, 9]]),
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error coco.unlisted-segment {PNG}"],
    ),
    panoptic(
        "panoptic: segments without pixels, behind one without id",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]]),
        [{"category_id": 2}, segment(3), segment(4), segment(70000, 5)],
        f"{PNG} 3=cat 4=cat 70000=dog",
        told=[
            f"error coco.bad-segment {PANOPTIC}#/annotations/0/segments_info/0",
            f"warning coco.empty-segment {PANOPTIC}#/annotations/0/segments_info/2/id",
            f"warning coco.empty-segment {PANOPTIC}#/annotations/0/segments_info/3/id",
        ],
        losses=["segments of a mask without an integer id"],
    ),
    panoptic(
        "panoptic: void as a segment, and no pixel of it",
        mask([[3, 3, 3, 3], [3, 3, 3, 3]]),
        [segment(3), segment(0)],
        f"{PNG} 3=cat 0=cat",
        told=[f"error coco.bad-segment {PANOPTIC}#/annotations/0/segments_info/1/id"],
    ),
    panoptic(
        "panoptic: a segment twice, of a category that no one has",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]]),
        [segment(3), segment(3, 99)],
        f"{PNG} 3=cat 3=category:99",
        told=[
            f"error mask.duplicate-id {PANOPTIC}#/annotations/0/segments_info/1",
            f"error mask.unknown-id {PANOPTIC}#/annotations/0/segments_info/1/category_id",
        ],
    ),
    panoptic(
        "panoptic: a palette",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]], "P"),
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error coco.mask-pixels {PNG}"],
    ),
    panoptic(
        "panoptic: void as a segment",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]]),
        [segment(3), segment(0)],
        f"{PNG} 3=cat 0=cat",
        told=[f"error coco.bad-segment {PANOPTIC}#/annotations/0/segments_info/1/id"],
    ),
    panoptic(
        "panoptic: a crowd of 2",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]]),
        [segment(3) | {"iscrowd": 2}],
        f"{PNG} 3=cat",
        told=[f"error coco.bad-number {PANOPTIC}#/annotations/0/segments_info/0/iscrowd"],
    ),
    panoptic("panoptic: alpha", mask([[3, 3, 3, 3], [0, 3, 3, 3]], "RGBA"), [segment(3)], f"{PNG} 3=cat"),
    panoptic(
        "panoptic: a JPEG by another name",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]], kind="JPEG"),
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error mask.not-png {PNG}"],
    ),
    panoptic(
        "panoptic: a PNG that is cut off",
        mask([[3, 3, 3, 3], [0, 3, 3, 3]])[:-20],
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error media.unreadable {PNG}"],
    ),
    panoptic(
        "panoptic: another size than the picture's",
        mask([[3, 3], [0, 3]]),
        [segment(3)],
        f"{PNG} 3=cat",
        told=[f"error mask.size-mismatch {PNG}"],
    ),
    panoptic(
        "panoptic: PNGs in a zip below annotations",
        zipped({"panoptic_x/a.png": mask([[3, 3, 3, 3], [0, 3, 3, 3]])}),
        [segment(3)],
        f"{PNG} 3=cat",
        path="annotations/panoptic_x.zip",
    ),
]

TOOLS = [
    Awkward(
        "Roboflow: a placeholder category of id 0",
        {
            "train/_annotations.coco.json": text(
                {
                    "info": {"year": "2024", "version": "1", "description": "Exported from roboflow.com"},
                    "licenses": [{"id": 1, "url": "", "name": "CC BY 4.0"}],
                    "categories": [
                        {"id": 0, "name": "animals", "supercategory": "none"},
                        {"id": 1, "name": "cat", "supercategory": "animals"},
                    ],
                    "images": [
                        {
                            "id": 0,
                            "license": 1,
                            "file_name": "a_png.rf.5f0c.jpg",
                            "height": 30,
                            "width": 40,
                            "date_captured": "2024-01-01T00:00:00+00:00",
                            "extra": {"name": "a.png"},
                        }
                    ],
                    "annotations": [
                        {
                            "id": 0,
                            "image_id": 0,
                            "category_id": 1,
                            "bbox": [1, 2, 10.5, 10],
                            "area": 105,
                            "segmentation": [],
                            "iscrowd": 0,
                        }
                    ],
                }
            ),
            "train/a_png.rf.5f0c.jpg": picture(kind="JPEG"),
            "README.roboflow.txt": b"animals\n",
        },
        frames={"train/0": ['box2d animals.cat 1 2 11.5 12 @0 {"iscrowd": false}']},
    ),
    Awkward(
        "CVAT: licence 0, attributes, a rotated box",
        {
            "annotations/instances_default.json": text(
                {
                    "licenses": [{"name": "", "id": 0, "url": ""}],
                    "info": {
                        "contributor": "",
                        "date_created": "",
                        "description": "",
                        "url": "",
                        "version": "",
                        "year": "",
                    },
                    "categories": [{"id": 1, "name": "cat", "supercategory": ""}],
                    "images": [
                        {
                            "id": 1,
                            "width": 40,
                            "height": 30,
                            "file_name": "a.png",
                            "license": 0,
                            "flickr_url": "",
                            "coco_url": "",
                            "date_captured": 0,
                        }
                    ],
                    "annotations": [
                        {
                            "id": 1,
                            "image_id": 1,
                            "category_id": 1,
                            "segmentation": [],
                            "area": 100.0,
                            "bbox": [1.0, 2.0, 10.0, 10.0],
                            "iscrowd": 0,
                            "attributes": {"occluded": False, "rotation": 12.5, "colour": "black"},
                        }
                    ],
                }
            ),
            "images/default/a.png": picture(),
        },
        frames={
            "default/1": [
                'box2d cat 1 2 11 12 @1 {"occluded": false, "rotation": 12.5, "colour": "black", "iscrowd": false}'
            ]
        },
    ),
    Awkward(
        "Label Studio: names with folders of its own, `ignore`",
        {
            "result.json": text(
                {
                    "images": [{"width": 40, "height": 30, "id": 0, "file_name": "images\\0b1c-a.png"}],
                    "categories": [{"id": 0, "name": "cat"}],
                    "annotations": [
                        {
                            "id": 0,
                            "image_id": 0,
                            "category_id": 0,
                            "segmentation": [],
                            "bbox": [1, 2, 10, 10],
                            "ignore": 0,
                            "iscrowd": 0,
                            "area": 100,
                        }
                    ],
                    "info": {
                        "year": 2024,
                        "version": "1.0",
                        "description": "",
                        "contributor": "Label Studio",
                        "url": "",
                        "date_created": "",
                    },
                }
            ),
            "images/0b1c-a.png": picture(),
        },
        frames={"result/0": ['box2d cat 1 2 11 12 @0 {"iscrowd": false, "ignore": 0}']},
        told=["warning path.forbidden result.json#/images/0"],
    ),
    Awkward(
        "labelme: a background of id 0, pictures below JPEGImages",
        {
            "annotations.json": text(
                {
                    "info": {
                        "description": None,
                        "url": None,
                        "version": None,
                        "year": 2024,
                        "contributor": None,
                        "date_created": "2024-01-01 00:00:00",
                    },
                    "licenses": [{"url": None, "id": 0, "name": None}],
                    "images": [
                        {
                            "license": 0,
                            "url": None,
                            "file_name": "JPEGImages/a b.v1.jpg",
                            "height": 30,
                            "width": 40,
                            "date_captured": None,
                            "id": 0,
                        }
                    ],
                    "type": "instances",
                    "annotations": [
                        {
                            "id": 0,
                            "image_id": 0,
                            "category_id": 1,
                            "segmentation": [[1.0, 1.0, 9.0, 1.0, 9.0, 9.0]],
                            "area": 32.0,
                            "bbox": [1.0, 1.0, 8.0, 8.0],
                            "iscrowd": 0,
                        }
                    ],
                    "categories": [
                        {"supercategory": None, "id": 0, "name": "_background_"},
                        {"supercategory": None, "id": 1, "name": "cat"},
                    ],
                }
            ),
            "JPEGImages/a b.v1.jpg": picture(kind="JPEG"),
            "Visualization/a b.v1.jpg": picture("blue", kind="JPEG"),
        },
        frames={
            "annotations/0": [
                'box2d cat 1 1 9 9 @0 {"iscrowd": false}',
                'polygon2d cat 1 1 9 1 9 9 @0 {"iscrowd": false}',
            ]
        },
        told=["warning coco.unlisted-file Visualization/a b.v1.jpg"],
    ),
    Awkward(
        "FiftyOne: labels.json beside data",
        {
            "labels.json": text(
                {
                    "info": {
                        "year": "",
                        "version": "",
                        "description": "Exported from FiftyOne",
                        "contributor": "",
                        "url": "https://voxel51.com/fiftyone",
                        "date_created": "2024-01-01T00:00:00",
                    },
                    "licenses": [],
                    "categories": [{"id": 0, "name": "cat", "supercategory": None}],
                    "images": [
                        {"id": 1, "file_name": "a.png", "height": 30, "width": 40, "license": None, "coco_url": None}
                    ],
                    "annotations": [
                        {
                            "id": 1,
                            "image_id": 1,
                            "category_id": 0,
                            "bbox": [1, 2, 10, 10],
                            "area": 100,
                            "iscrowd": 0,
                            "score": 0.9,
                        }
                    ],
                }
            ),
            "data/a.png": picture(),
        },
        frames={"labels/1": ['box2d cat 1 2 11 12 @1 {"iscrowd": false, "score": 0.9}']},
    ),
    Awkward(
        "TACO: batches, ids that repeat, scenes",
        {
            "data/annotations.json": text(
                {
                    "info": {
                        "year": 2019,
                        "version": None,
                        "description": "TACO",
                        "contributor": None,
                        "url": None,
                        "date_created": "2019-12-19T16:11:15",
                    },
                    "images": [
                        {
                            "id": 0,
                            "width": 40,
                            "height": 30,
                            "file_name": "batch_1/000006.jpg",
                            "license": None,
                            "flickr_url": "https://example.org/a.png",
                            "coco_url": None,
                            "date_captured": None,
                            "flickr_640_url": "https://example.org/a_z.jpg",
                        },
                        {
                            "id": 1,
                            "width": 30,
                            "height": 40,
                            "file_name": "batch_2/000006.JPG",
                            "license": None,
                            "flickr_url": None,
                            "coco_url": None,
                            "date_captured": None,
                            "flickr_640_url": None,
                        },
                    ],
                    "annotations": [
                        {
                            "id": 1,
                            "image_id": 0,
                            "category_id": 0,
                            "segmentation": [[1, 1, 9, 1, 9, 9], [20, 20, 25, 20, 25, 25]],
                            "area": 44.5,
                            "bbox": [1.0, 1.0, 24.0, 24.0],
                            "iscrowd": 0,
                        },
                        {
                            "id": 1,
                            "image_id": 1,
                            "category_id": 1,
                            "segmentation": [[1, 1, 9, 1, 9, 9]],
                            "area": 1.0,
                            "bbox": [1.0, 1.0, 8.0, 8.0],
                            "iscrowd": 0,
                        },
                    ],
                    "scene_annotations": [{"image_id": 0, "background_ids": [2, 4]}],
                    "licenses": [],
                    "categories": [
                        {"supercategory": "Bottle", "id": 0, "name": "Bottle"},
                        {"supercategory": "Bottle", "id": 1, "name": "Clear plastic bottle"},
                    ],
                    "scene_categories": [
                        {"name": name, "id": key} for key, name in ((0, "Clean"), (2, "Road"), (4, "Sand"))
                    ],
                }
            ),
            "data/batch_1/000006.jpg": picture(kind="JPEG"),
            "data/batch_2/000006.JPG": picture("blue", kind="JPEG", orientation=6),
        },
        frames={
            "annotations/0": [
                'box2d Bottle 1 1 25 25 @1 {"iscrowd": false}',
                'multi_polygon Bottle 1 1 9 1 9 9 | 20 20 25 20 25 25 @1 {"iscrowd": false}',
            ],
            "annotations/1": [
                'box2d Bottle.Clear plastic bottle 1 1 9 9 @1#2 {"iscrowd": false}',
                'polygon2d Bottle.Clear plastic bottle 1 1 9 1 9 9 @1#2 {"iscrowd": false}',
            ],
        },
        told=[
            "error coco.duplicate-annotation-id data/annotations.json#/annotations/1/id",
            "warning media.size-mismatch data/annotations.json#/images/1",
        ],
    ),
    Awkward(
        "several folders of one tool, each with a file of the same name",
        {
            "train/_annotations.coco.json": text(document()),
            "train/a.png": picture("red"),
            "valid/_annotations.coco.json": text(document(images=[{**SECOND, "id": 1}])),
            "valid/b.png": picture("blue"),
        },
        frames={"train/1": [BOX], "valid/1": [BOX]},
    ),
]

KINDS = [*ENCODINGS, *AROUND, *KINDS_OF_COCO, *PANOPTICS, *TOOLS]
