"""A small YouTube-VIS document: two videos, an object in all of one, one in part of it, one in the other."""

from __future__ import annotations

from typing import Any

PETS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
RUN = {"size": [30, 40], "counts": [0, 10, 1190]}
TEXT = {"size": [30, 40], "counts": "0:\\U1"}
PIER = {"id": 7, "file_names": ["pier/0.png", "pier/5.png", "pier/10.png"], "width": 40, "height": 30, "length": 3}
QUAY = {"id": "q", "file_names": ["quay/0.png"], "width": 20, "height": 10, "length": 1}
CAT = {
    "id": 1,
    "video_id": 7,
    "category_id": 2,
    "segmentations": [RUN, None, [[1, 1, 9, 1, 9, 9]]],
    "bboxes": [[0, 0, 1, 10], None, [1, 1, 8, 8]],
    "areas": [10, None, 32.5],
    "iscrowd": 0,
    "length": 1,
    "occlusion": ["no_occlusion", None, "slight_occlusion"],
}
DOG = {
    "id": 2,
    "video_id": 7,
    "category_id": 5,
    "segmentations": [None, TEXT, None],
    "bboxes": [None, [1, 2, 3, 4], None],
}
LONE = {"id": 3, "video_id": "q", "category_id": 5, "bboxes": [[0.5, 1, 2, 3]], "areas": [6]}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "info": {"year": 2021},
        "videos": [PIER, QUAY],
        "annotations": [CAT, DOG, LONE],
        "categories": PETS,
        **changes,
    }
