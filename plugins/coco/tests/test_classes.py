"""Annotations of a category alone: the classes of pictures, and objects whose shape is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lading
from lading import Classification, Report, infer_catalog, open_dataset, validate
from lading.model.dump import dump

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
SECOND = {"id": 2, "file_name": "b.png", "width": 40, "height": 30}
PETS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
CAT = {"id": 7, "image_id": 1, "category_id": 2}
DOG = {"id": 8, "image_id": 1, "category_id": 5}
BOX = {"id": 9, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10]}
FILE = "labels_x.json"
LOST = "annotations without anything that is a label"


def document(*rows: Any, images: Any = (IMAGE,)) -> dict[str, Any]:
    return {"images": list(images), "annotations": list(rows), "categories": PETS}


def told(done: Any) -> list[tuple[str, str]]:
    return [(f.rule, f.where.partition("#")[2]) for f in done.report.findings]


def test_a_category_alone_is_the_class_of_the_picture(read: Any) -> None:
    row = {**CAT, "iscrowd": 0, "score": 0.5, "attributes": {"sure": True}, "area": 3, "by": "me"}
    done = read({FILE: document(row, DOG)})
    assert done.labels == [
        Classification(
            category="cat",
            attributes={"sure": True, "iscrowd": False, "score": 0.5},
            extras={"id": 7, "area": 3, "by": "me"},
        ),
        Classification(category="dog", extras={"id": 8}),
    ]
    (frame,) = done.frames["x"]
    assert str(frame.data[0].locate(done.labels[1], "category")) == f"{FILE}#/annotations/1/category_id"
    assert [source.kind for source in done.dataset.sources] == ["classification"]
    assert list(done.dataset.catalog.subcatalogs) == ["CLASSIFICATION"]
    assert done.dataset.catalog["CLASSIFICATION"].is_tracking in (None, False)
    assert infer_catalog(done.dataset) == done.dataset.catalog
    assert (told(done), done.report.losses) == ([], [])
    assert [finding.rule for finding in validate(done.dataset)] == ["label.more-than-one"]


def test_results_of_classification_have_scores(read: Any) -> None:
    done = read({"x.json": [{"image_id": 1, "category_id": 2, "score": 0.25}]})
    assert done.labels == [Classification(category="2", attributes={"score": 0.25}, extras={"category_id": 2})]
    assert done.rules == ["coco.unlisted-file"]  # results name no pictures
    assert done.report.losses == []


def test_among_boxes_a_category_alone_is_told(read: Any) -> None:
    done = read({"instances_x.json": document(BOX, CAT)})
    assert [(label.kind, label.category) for label in done.labels] == [("BOX2D", "cat"), ("CLASSIFICATION", "cat")]
    assert told(done) == [("coco.no-shape", "/annotations/1")]
    assert list(done.dataset.catalog.subcatalogs) == ["BOX2D", "CLASSIFICATION"]
    assert done.report.losses == []


@pytest.mark.parametrize(
    "empty",
    [
        {"segmentation": []},
        {"bbox": []},
        {"segmentation": None},
        {"bbox": [], "segmentation": [], "area": 0, "iscrowd": 0},
        {"keypoints": []},
        {"caption": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("others", [(), (BOX,)], ids=["alone", "beside a box"])
def test_an_object_with_an_empty_shape_is_no_class_and_told(empty: Any, others: Any, read: Any) -> None:
    done = read({"instances_x.json": document(*others, {**CAT, **empty})})
    assert [label.kind for label in done.labels] == ["BOX2D"] * len(others)
    assert told(done) == [("coco.no-shape", f"/annotations/{len(others)}")]
    assert [(loss.what, loss.count) for loss in done.report.losses] == [(LOST, 1)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"bbox": None}, "coco.bad-bbox"),
        ({"bbox": [1, 2, 3]}, "coco.bad-bbox"),
        ({"segmentation": "x"}, "coco.bad-segmentation"),
        ({"segmentation": [[1, 2, 3]]}, "coco.bad-polygon"),
        ({"keypoints": [1]}, "coco.bad-keypoints"),
        ({"caption": 5}, "coco.bad-caption"),
        ({"category_id": None}, "coco.no-shape"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_shape_is_told_once(change: Any, rule: str, read: Any) -> None:
    done = read({"instances_x.json": document({**CAT, **change})})
    assert done.labels == []
    assert [found for found, _ in told(done)] == [rule]
    assert [(loss.what, loss.count) for loss in done.report.losses] == [(LOST, 1)]


def test_points_of_which_none_is_labelled_are_no_defect(read: Any) -> None:
    done = read({"x.json": document({**CAT, "keypoints": [0, 0, 0], "num_keypoints": 0})})
    assert (done.labels, told(done)) == ([], [])
    assert [loss.what for loss in done.report.losses] == [LOST]


def test_shapes_of_unknown_keys_are_told(read: Any) -> None:
    done = read({"x.json": document({**CAT, "obb": [1, 2, 3, 4, 5]}, {**DOG, "bbox_cam3d": [1] * 7})})
    assert done.labels == [Classification(category="cat", extras={"id": 7, "obb": [1, 2, 3, 4, 5]})]
    assert told(done) == [("coco.no-shape", "/annotations/0/obb")]
    losses = {loss.what: loss.example for loss in done.report.losses}
    assert losses == {
        "`obb` of annotations without box and mask (kept in extras)": "x.json#/annotations/0",
        "3D boxes of a camera, `bbox_cam3d` (kept in extras)": "x.json#/annotations/1",
        LOST: "x.json#/annotations/1",
    }


def test_classes_join_the_boxes_of_their_split_and_share_no_ids_with_them(read: Any) -> None:
    done = read({"instances_x.json": document(BOX), FILE: document({**DOG, "id": 9})})
    assert [(x.kind, x.category, x.instance) for x in done.labels] == [
        ("BOX2D", "cat", "9"),
        ("CLASSIFICATION", "dog", None),
    ]
    assert list(done.frames) == ["x"]
    assert told(done) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_classes_come_back_as_they_were(jobs: int, write: Any, tmp_path: Path) -> None:
    row = {**CAT, "score": 0.5, "attributes": {"sure": True}, "by": "me", "iscrowd": 0}
    before = {FILE: document(row, DOG, images=(IMAGE, SECOND)), "instances_y.json": document(BOX, CAT)}
    report = Report()
    dataset = open_dataset(write(before))
    lading.convert(dataset, tmp_path / "out", to="coco", is_checked=False, report=report, media="none", jobs=jobs)
    after = {name: json.loads((tmp_path / "out" / name).read_text("utf-8")) for name in before}
    assert after == before
    assert report.losses == []


def test_a_second_class_that_a_dump_has_no_place_for_is_a_loss(read: Any) -> None:
    done = read({FILE: document(CAT, DOG)})
    report = Report()
    *_, line = dump(done.dataset, report)
    assert line["data"][0]["label"] == {"CLASSIFICATION": {"category": "cat"}}
    (loss,) = report.losses
    told = (loss.what, loss.count, loss.example)
    assert told == ("second CLASSIFICATION of a file, into its line", 1, f"{FILE}#/annotations/1")


def test_classes_of_other_formats_have_a_file_of_their_own(write: Any, tmp_path: Path) -> None:
    dataset = open_dataset(write({"x.json": document(BOX, CAT, {**DOG, "score": 0.5})}))
    dataset.extras = {}  # now it is of no format that knows how it was written
    lading.convert(dataset, tmp_path / "out", to="coco", is_checked=False, report=Report(), media="none")
    folder = tmp_path / "out" / "annotations"
    assert sorted(path.name for path in folder.iterdir()) == ["instances_x.json", "labels_x.json"]
    objects, classes = (json.loads((folder / f"{kind}_x.json").read_text("utf-8")) for kind in ("instances", "labels"))
    assert classes["annotations"] == [
        {"id": 2, "image_id": 1, "category_id": 1},
        {"id": 3, "image_id": 1, "category_id": 2, "score": 0.5},
    ]
    assert classes["categories"] == objects["categories"]
    assert classes["images"] == objects["images"]
    assert [row["bbox"] for row in objects["annotations"]] == [[1, 2, 10, 10]]
    again = open_dataset(tmp_path / "out")
    (frame,) = again.frames("x")
    assert [(x.kind, x.category) for x in frame.data[0].labels] == [
        ("BOX2D", "cat"),
        ("CLASSIFICATION", "cat"),
        ("CLASSIFICATION", "dog"),
    ]
