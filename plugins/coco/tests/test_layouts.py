"""Which split a file is about, and where its pictures are found."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest
from lading_coco.layout import split_of
from lading_coco.reader import CocoOptions, CocoReader

from lading import Report, Source

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}


def listed(name: str, **more: Any) -> dict[str, Any]:
    return {"images": [{"id": 1, "file_name": name, "width": 40, "height": 30, **more}], "annotations": []}


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("annotations/instances_val2017.json", "val2017"),
        ("annotations/person_keypoints_train2014.json", "train2014"),
        ("captions_val2014.json.gz", "val2014"),
        ("panoptic_val2017.JSON", "val2017"),
        ("stuff_train2017.json", "train2017"),
        ("image_info_test-dev2017.json", "test-dev2017"),
        ("coco_wholebody_val_v1.0.json", "val_v1.0"),
        ("instances_default.json", "default"),
        ("instances.json", "instances"),
        ("labels.json", "labels"),
        ("train/_annotations.coco.json", "train"),
        ("_annotations.coco.json", "mine"),
        ("lvis_v1_val.json", "val"),
        ("lvis_v0.5_train.json", "train"),
        ("lvis_val_100.json", "val_100"),
        ("lvis_v1.json", "v1"),
    ],
)
def test_a_split_is_named_by_its_file(path: str, split: str) -> None:
    assert split_of(path, "mine") == split


@pytest.mark.parametrize(
    ("annotations", "name", "picture"),
    [
        ("x.json", "a.png", "a.png"),
        ("x.json", "deep/er/a.png", "deep/er/a.png"),
        ("annotations/instances_val.json", "a.png", "images/val/a.png"),
        ("annotations/instances_val.json", "a.png", "val/a.png"),
        ("annotations/instances_val.json", "a.png", "images/a.png"),
        ("annotations/instances_val.json", "val/a.png", "images/val/a.png"),
        ("annotations/instances_val.json", "a.png", "annotations/a.png"),
        ("train/_annotations.coco.json", "a.png", "train/a.png"),
        ("labels.json", "a.png", "data/a.png"),
        ("sets/one/annotations/x.json", "a.png", "sets/one/images/a.png"),
        ("sets/one/x.json", "a.png", "sets/one/images/a.png"),
        ("x.json", "a.png", "A.PNG"),
        ("x.json", "a.jpeg", "images/a.jpg"),
        ("x.json", "images\\a.png", "images/a.png"),
        ("x.json", "home/me/a.png", "images/a.png"),
        ("annotations/x.json", "../images/a.png", "images/a.png"),
        ("x.json", "./images//a.png", "images/a.png"),
        ("x.json", "ä ö.v1.png", "images/a\u0308 o\u0308.v1.png"),
    ],
)
def test_a_picture_is_found(annotations: str, name: str, picture: str, write: Any, opened: Any, tmp_path: Any) -> None:
    root = tmp_path / "s"
    for path, content in ((annotations, json.dumps(listed(name))), (picture, "x")):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    done = opened(root)
    ((frame,),) = done.frames.values()
    data = frame.data[0]
    assert (data.path, data.remote_path, data.is_missing) == (picture, name, False)
    assert done.report.count("error") == 0


def test_the_first_place_wins(read: Any) -> None:
    done = read({"instances_v.json": listed("a.png"), "a.png": "1", "v/a.png": "2"})
    ((frame,),) = done.frames.values()
    assert frame.data[0].path == "a.png"
    assert sorted(f.file or "" for f in done.report.findings) == ["images/a.png"]


@pytest.mark.parametrize("name", ["../a.png", "..\\a.png", "images/../../a.png", "/images/../../a.png"])
def test_a_name_that_climbs_out_has_no_file(name: str, read: Any) -> None:
    done = read({"x.json": listed(name)})
    ((frame,),) = done.frames.values()
    assert frame.data[0].content is None
    assert "coco.unsafe-file-name" in done.rules


def test_one_file_of_several_can_be_chosen(read: Any, write: Any, document: Any, opened: Any) -> None:
    folder = write({"annotations/instances_x.json": document(), "annotations/instances_y.json": document()})
    done = opened(folder / "annotations" / "instances_y.json")
    assert [source.file for source in done.dataset.sources] == ["annotations/instances_y.json"]
    assert list(done.frames) == ["y"]
    assert done.frames["y"][0].data[0].path == "images/a.png"
    assert done.told == []


def test_files_that_are_not_coco_are_left_alone(read: Any, document: Any) -> None:
    files = {
        "x.json": document(),
        "notes.json": {"images": "none"},
        "list.json": [1, 2],
        "rows.json": [{"token": "a"}],
        "text.json": '"hello"',
        "labelme.json": {"version": "5", "shapes": [], "imagePath": "a.png"},
    }
    done = read(files)
    assert [source.file for source in done.dataset.sources] == ["x.json"]
    assert done.told == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no JSON file"),
        ('{"a": 1}', "x.json: no `images`"),
        ("[]", "x.json: an array of other records"),
        ("version https://git-lfs.github.com/spec/v1\n", "x.json: a Git LFS pointer"),
        ('{"videos": [], "annotations": [{"video_id": 1, "bboxes": []}]}', "annotations of whole videos"),
    ],
    ids=["nothing", "another object", "an empty list", "git lfs", "youtube-vis"],
)
def test_no_has_its_reason(content: str | None, reason: str, tmp_path: Any) -> None:
    if content is not None:
        (tmp_path / "x.json").write_text(content)
    match = CocoReader().detect(Source.open(tmp_path))
    assert match.confidence == 0
    assert reason in match.reason


def test_a_long_list_of_categories_in_front_does_not_hide_the_images(read: Any) -> None:
    categories = [{"id": i, "name": f"name {i}", "def": "x" * 100} for i in range(2000)]
    document = {"categories": categories, "images": [IMAGE], "annotations": []}
    assert list(read({"lvis.json": document}).frames) == ["lvis"]


def test_packed_masks_are_read_where_their_archive_is_named(write: Any) -> None:
    segments = [{"id": 3, "category_id": 1}]
    whole = {
        "images": [IMAGE],
        "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": segments}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    folder = write({"annotations/panoptic_x.json": whole})
    with zipfile.ZipFile(folder / "annotations" / "panoptic_x.zip", "w") as archive:
        archive.writestr("panoptic_x/a.png", b"x")
    for paths, told in (([folder], ["coco.packed-masks"]), ([folder, folder / "annotations" / "panoptic_x.zip"], [])):
        report = Report()
        dataset = CocoReader().open(Source.open(*paths), CocoOptions(), report)
        (frame,) = dataset.frames("x")
        (mask,) = frame.data[0].labels
        assert (mask.content is None, [finding.rule for finding in report.findings]) == (bool(told), told)
