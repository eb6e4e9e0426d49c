"""YouTube-VIS: annotations of whole videos, an entry a frame, null where an object is not seen."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from typing import Any

import pytest

from lading import Report, open_dataset, validate
from plugins.coco.tests.video_documents import CAT, LONE, PIER, QUAY, RUN, document


def written(read: Any, **changes: Any) -> Any:
    return read({"train/instances.json": document(**changes)})


def test_a_frame_is_a_picture_and_null_is_no_label(read: Any) -> None:
    done = written(read)
    found = {
        f"{name}/{frame.key}": [(x.kind, x.category, x.instance) for x in frame.data[0].labels]
        for name, frames in done.frames.items()
        for frame in frames
    }
    assert found == {
        "train-pier/7/0": [("BOX2D", "cat", "1"), ("RLE", "cat", "1")],
        "train-pier/7/1": [("BOX2D", "dog", "2"), ("RLE", "dog", "2")],
        "train-pier/7/2": [("BOX2D", "cat", "1"), ("POLYGON2D", "cat", "1")],
        "train-quay/q/0": [("BOX2D", "dog", "3")],
    }
    first, _second, third = done.frames["train-pier"]
    data = first.data[0]
    assert (data.remote_path, data.width, data.height) == ("pier/0.png", 40, 30)
    assert data.extras == {"id": "7/0", "video_id": 7, "frame_id": 0}
    box, run = data.labels
    assert (box.xmin, box.ymin, box.xmax, box.ymax) == (0, 0, 1, 10)
    assert (run.counts.tolist(), run.height, run.width) == ([0, 10, 1190], 30, 40)
    assert box.attributes == {"iscrowd": False}
    assert box.extras["area"] == 10
    assert box.extras["occlusion"] == "no_occlusion"
    polygon = third.data[0].labels[1]
    assert polygon.points.tolist() == [[1, 1], [9, 1], [9, 9]]
    assert (polygon.extras["area"], polygon.extras["occlusion"]) == (32.5, "slight_occlusion")
    assert done.dataset.catalog["BOX2D"].is_tracking
    assert [s.kind for s in done.dataset.sources] == ["videos"]
    assert done.dataset.extras["documents"]["train/instances.json"]["info"] == {"year": 2021}
    assert [rule for rule in done.rules if rule != "coco.unlisted-file"] == []
    assert done.report.losses == []


def test_places_are_those_of_the_file(read: Any) -> None:
    done = written(read)
    third = done.frames["train-pier"][2].data[0]
    box, polygon = third.labels
    at = "train/instances.json#/annotations/0"
    assert str(third.origin) == "train/instances.json#/videos/0/file_names/2"
    assert str(third.locate(box, "geometry")) == f"{at}/bboxes/2"
    assert str(third.locate(polygon, "geometry")) == f"{at}/segmentations/2"
    assert str(third.locate(box, "category")) == f"{at}/category_id"
    assert str(third.locate(box, "instance")) == f"{at}/id"


def test_what_is_wrong_is_told_at_its_place(read: Any) -> None:
    bad = [
        CAT | {"segmentations": [RUN, RUN], "bboxes": [None, None, [1, 2, 3], [9, 9, 9, 9]], "areas": 5},
        CAT | {"id": 4, "segmentations": [None] * 3, "bboxes": [None] * 3},
        CAT | {"id": 5, "video_id": 8},
        CAT | {"id": 6, "category_id": 77, "bboxes": [None, [float("nan"), 1, 2, 3], None], "segmentations": None},
    ]
    short = QUAY | {"length": 4, "width": 0}
    done = written(read, annotations=bad, videos=[PIER, short, {"id": 9, "name": "x"}])
    told = {
        (rule, where.removeprefix("train/instances.json#")): message for rule, where, message in reversed(done.told)
    }
    expected = {
        ("coco.video-length", "/videos/1/length"): "expected the number of its `file_names`, 1, found 4",
        ("coco.bad-video", "/videos/2"): "expected `file_names` of a video, found {'id': 9, 'name': 'x'}",
        ("coco.video-length", "/annotations/0/segmentations"): "expected 3 entries, one a frame of its video, found 2",
        ("coco.video-length", "/annotations/0/bboxes"): "expected 3 entries, one a frame of its video, found 4",
        ("coco.video-entries", "/annotations/0/areas"): "expected an entry a frame, found 5",
        ("coco.bad-bbox", "/annotations/0/bboxes/2"): "expected 4 numbers, found [1, 2, 3]",
        ("coco.orphan-annotation", "/annotations/2/video_id"): (
            "expected the id of a video, found 8; the annotation is in no frame"
        ),
        ("coco.unknown-category", "/annotations/3/category_id"): "expected the id of a category, found 77",
        ("coco.missing-size", "/videos/1/file_names/0"): "expected `width` in pixels, found 0",
    }
    assert {key: told.get(key) for key in expected} == expected
    losses = {loss.what: (loss.count, loss.example) for loss in done.report.losses}
    assert losses == {
        "entries behind the last frame of a video": (1, "train/instances.json#/annotations/0"),
        "annotations without anything that is a label": (2, "train/instances.json#/annotations/1"),
        "annotations of no listed image": (1, "train/instances.json#/annotations/2"),
    }
    kinds = [[x.kind for x in frame.data[0].labels] for frame in done.frames["train-pier"]]
    assert kinds == [["RLE"], ["RLE", "BOX2D"], []]


def test_videos_of_the_ids_7_and_text_7_are_two(read: Any) -> None:
    done = written(read, videos=[PIER, QUAY | {"id": "7"}], annotations=[CAT, LONE | {"video_id": "7"}])
    found = {
        name: [(frame.key, [x.instance for x in frame.data[0].labels]) for frame in frames]
        for name, frames in done.frames.items()
    }
    cat = ["1", "1"]
    assert found == {
        "train-pier": [("7/0", cat), ("7/1", []), ("7/2", cat)],
        "train-quay": [('"7"/0', ["3"])],
    }
    assert [rule for rule in done.rules if rule != "coco.unlisted-file"] == []


@pytest.mark.parametrize(
    ("changes", "told", "lost"),
    [
        ({"videos": [PIER, QUAY | {"id": None}]}, ("coco.bad-id", "/videos/1"), 1),
        ({"videos": [PIER, QUAY | {"id": [4]}]}, ("coco.bad-id", "/videos/1"), 1),
        ({"videos": [PIER | {"id": None}, QUAY | {"id": None}]}, ("coco.bad-id", "/videos/0", "/videos/1"), 3),
        ({"videos": [PIER, QUAY, QUAY | {"id": 7}]}, ("coco.duplicate-video-id", "/videos/2/id"), 0),
        ({"videos": [PIER, {"id": "q", "name": "quay"}]}, ("coco.bad-video", "/videos/1"), 1),
        ({"videos": [PIER]}, ("coco.orphan-annotation", "/annotations/2/video_id"), 1),
        ({"annotations": [CAT | {"video_id": None}]}, ("coco.orphan-annotation", "/annotations/0/video_id"), 1),
        ({"annotations": [CAT | {"video_id": "7"}]}, ("coco.id-type", "/annotations/0/video_id"), 0),
    ],
    ids=["null", "a list", "both", "again", "no pictures", "not listed", "null of an annotation", "text"],
)
def test_an_id_of_a_video_that_is_wrong_is_told_once(read: Any, changes: Any, told: Any, lost: int) -> None:
    done = written(read, **changes)
    found = [(rule, where.removeprefix("train/instances.json#")) for rule, where, _ in done.told]
    rule, *places = told
    assert [one for one in found if one[0] != "coco.unlisted-file"] == [(rule, place) for place in places]
    assert sum(loss.count for loss in done.report.losses) == lost


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"category_id": 9}, ("coco.unknown-category", "/annotations/0/category_id")),
        ({"category_id": "2"}, ("coco.id-type", "/annotations/0/category_id")),
        ({"category_id": [2]}, ("coco.bad-id", "/annotations/0/category_id")),
        ({"category_id": None}, ("coco.unknown-category", "/annotations/0/category_id")),
        ({"id": None}, ("coco.missing-id", "/annotations/0")),
        ({"iscrowd": 2}, ("coco.bad-number", "/annotations/0/iscrowd")),
        ({"attributes": ["x"]}, ("coco.bad-attributes", "/annotations/0/attributes")),
        ({"score": [0.5, 0.5, "x"]}, ("coco.bad-number", "/annotations/0/score")),
        ({"areas": [10, 1, "x"]}, ("coco.bad-number", "/annotations/0/areas/2")),
        ({"areas": [10, 1, -2]}, ("coco.negative-area", "/annotations/0/areas/2")),
        ({"score": 50}, ("coco.score-range", "/annotations/0/score")),
    ],
    ids=str,
)
def test_what_all_frames_of_an_annotation_say_is_told_once(write: Any, changes: Any, told: Any) -> None:
    def findings(annotation: dict[str, Any]) -> Counter[tuple[str, str | None]]:
        folder = write({"train/instances.json": document(annotations=[annotation, LONE])})
        return Counter((f.rule, f.pointer) for f in validate(open_dataset(folder)))

    before = findings(CAT)
    assert findings(CAT | changes) - before == Counter([told])


def test_an_annotation_id_again_is_told_once(write: Any) -> None:
    folder = write({"train/instances.json": document(annotations=[CAT, CAT | {"bboxes": [[9, 9, 3, 3], None, None]}])})
    found = Counter((f.rule, f.pointer) for f in validate(open_dataset(folder)))
    assert found[("coco.duplicate-annotation-id", "/annotations/1/id")] == 1
    assert "label.instance-twice" not in {rule for rule, _ in found}


def test_the_size_of_a_video_is_told_once(read: Any) -> None:
    done = written(read, videos=[PIER | {"width": None, "height": "30"}, QUAY])
    told = [(rule, where.removeprefix("train/instances.json#")) for rule, where, _ in done.told]
    assert sorted(one for one in told if one[0] != "coco.unlisted-file") == [
        ("coco.missing-size", "/videos/0/file_names/0"),
        ("coco.number-as-text", "/videos/0/height"),
    ]
    assert {frame.data[0].height for frame in done.frames["train-pier"]} == {30}


def test_records_that_are_none_keep_the_places_of_the_others(read: Any) -> None:
    text = json.dumps(document(annotations=[CAT])).replace('"annotations": [', '"annotations": [null, 5, {"id": }, ')
    done = read({"train/instances.json": text})
    at = "train/instances.json#/annotations"
    assert [rule for rule in done.rules if rule == "coco.malformed-record"] == ["coco.malformed-record"] * 2
    data = done.frames["train-pier"][0].data[0]
    assert str(data.locate(data.labels[0], "geometry")) == f"{at}/3/bboxes/0"


def test_videos_without_annotations_are_frames(read: Any) -> None:
    for nothing in ({"annotations": None}, {"annotations": []}):
        done = written(read, **nothing)
        assert {name: len(frames) for name, frames in done.frames.items()} == {"train-pier": 3, "train-quay": 1}
        assert done.labels == []


@pytest.mark.parametrize(
    ("value", "found"), [({"1": PIER}, "an object"), (-1, "-1"), (None, "null"), ("none", '"none"')]
)
@pytest.mark.parametrize("key", ["videos", "annotations"])
def test_what_is_no_array_is_told(key: str, value: Any, found: str, read: Any) -> None:
    done = written(read, **{key: value})
    told = ("coco.malformed-file", f"train/instances.json#/{key}", f"expected an array, found {found}")
    assert told in done.told


def test_splits_are_told_by_folder_and_by_name(read: Any) -> None:
    one = document(videos=[PIER], annotations=[])
    other = document(videos=[QUAY], annotations=[])
    done = read({"valid/instances.json": one, "annotations/youtube_vis_2021_train.json": other})
    assert list(done.frames) == ["train-quay", "valid-pier"]


def test_pictures_below_the_folder_of_the_split_are_found(read: Any) -> None:
    done = read({"train/instances.json": document(), "train/JPEGImages/pier/5.png": b"x"})
    paths = [frame.data[0].path for frame in done.frames["train-pier"]]
    assert paths == ["pier/0.png", "train/JPEGImages/pier/5.png", "pier/10.png"]


def test_shares_and_other_processes_read_the_same(read: Any) -> None:
    done = written(read)
    again = pickle.loads(pickle.dumps(done.dataset))
    for name, frames in done.frames.items():
        parts = [frame for k in (1, 2) for frame in again.frames(name, (k, 2), report=Report())]
        assert [(f.key, f.data[0].labels) for f in parts] == [(f.key, f.data[0].labels) for f in frames]
