"""Pictures that are in two splits, and those that only look so."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import lading
from lading import Report

CATS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
COLOURS = ("red", "green", "blue", "white")
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}


def image(key: int, name: str) -> dict[str, Any]:
    return {"id": key, "file_name": name, "width": 40, "height": 30}


def file(*images: dict[str, Any], rows: Any = (), categories: Any = CATS) -> dict[str, Any]:
    return {"images": list(images), "annotations": list(rows), "categories": categories}


def picture(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def frames_of(done: Any) -> dict[str, list[tuple[str, str, list[str]]]]:
    """By segment the frames: key, path of the file, categories of the labels."""
    return {
        name: [(f.key, f.data[0].path, [label.category for label in f.data[0].labels]) for f in frames]
        for name, frames in done.frames.items()
    }


def told_of(done: Any) -> list[tuple[str, str]]:
    """Rule and place of what a validation tells, without files that are missing."""
    found = lading.validate(lading.open_dataset(done.source.label), report=Report())
    return [(each.rule, each.where or "") for each in found if each.rule != "media.missing"]


OWN_FOLDERS = {
    "as Roboflow writes them": ("train/_annotations.coco.json", "val/_annotations.coco.json"),
    "beside one folder of annotations": ("annotations/instances_train.json", "annotations/instances_val.json"),
    "with a file of one name in each": ("train/labels.json", "val/labels.json"),
}


@pytest.mark.parametrize("key", [1, 7], ids=["under the same id", "under other ids"])
@pytest.mark.parametrize("paths", OWN_FOLDERS.values(), ids=OWN_FOLDERS)
def test_pictures_of_one_name_in_folders_of_their_own_are_two(paths: tuple[str, str], key: int, read: Any) -> None:
    other = ROW | {"image_id": key, "category_id": 5}
    done = read(
        {
            paths[0]: file(image(1, "0001.png"), rows=[ROW]),
            paths[1]: file(image(key, "0001.png"), rows=[other]),
            "train/0001.png": picture("green"),
            "val/0001.png": picture("blue"),
        }
    )
    frames = [frame for segment in frames_of(done).values() for frame in segment]
    assert frames == [("1", "train/0001.png", ["cat"]), (str(key), "val/0001.png", ["dog"])]
    due: set[str] = set()
    if paths[0].endswith("labels.json"):  # both are of one split, by their name
        due = {"coco.other-picture"} if key == 1 else {"path.duplicate"}
    assert {rule for rule, _ in told_of(done)} - {"coco.unlisted-file"} == due


def test_a_file_that_is_another_for_the_same_id_and_name_is_named(read: Any) -> None:
    done = read(
        {
            "train/labels.json": file(image(1, "0001.png")),
            "val/labels.json": file(image(1, "0001.png")),
            "train/0001.png": picture("green"),
            "val/0001.png": picture("blue"),
        }
    )
    assert list(done.frames) == ["labels", "labels-2"]
    ((place, message),) = [told[1:] for told in done.told if told[0] == "coco.other-picture"]
    assert place == "val/labels.json#/images/0/file_name"
    assert message.startswith(
        "expected the picture that train/labels.json has under this id, 'train/0001.png', found 'val/0001.png', and"
    )


def test_without_pictures_the_folder_of_a_split_parts_its_names_from_others(read: Any) -> None:
    done = read(
        {
            "train/_annotations.coco.json": file(image(1, "0001.png"), rows=[ROW]),
            "val/_annotations.coco.json": file(
                image(1, "0001.png"), image(2, "0002.png"), rows=[ROW | {"category_id": 5}]
            ),
        }
    )
    assert {name: [frame[::2] for frame in frames] for name, frames in frames_of(done).items()} == {
        "train": [("1", ["cat"])],
        "val": [("1", ["dog"]), ("2", [])],
    }
    assert {rule for rule, _ in told_of(done)} == {"coco.unlisted-file"}


def test_a_second_file_of_a_split_goes_to_its_own_pictures(read: Any) -> None:
    caption = {"id": 1, "image_id": 1, "caption": "a cat"}
    done = read(
        {
            "annotations/instances_train.json": file(image(1, "0001.png"), rows=[ROW]),
            "annotations/instances_val.json": file(image(1, "0001.png"), rows=[ROW | {"category_id": 5}]),
            "annotations/captions_val.json": {"images": [image(1, "0001.png")], "annotations": [caption]},
            "train/0001.png": picture("green"),
            "val/0001.png": picture("blue"),
        }
    )
    assert [[label.kind for label in done.frames[name][0].data[0].labels] for name in ("train", "val")] == [
        ["BOX2D"],
        ["SENTENCE", "BOX2D"],
    ]


@pytest.mark.parametrize("name", ["b.png", "./b.png", "https://example.org/x/b.png"], ids=["name", "path", "address"])
def test_one_file_in_two_splits_under_other_ids_is_told_at_the_first(name: str, read: Any) -> None:
    done = read(
        {
            "annotations/instances_train.json": file(image(1, "b.png"), image(2, "c.png")),
            "annotations/instances_val.json": file(image(11, "d.png"), image(12, name), image(13, "c.png")),
            **{
                f"images/{each}.png": picture(colour)
                for each, colour in zip("bcd", ("green", "blue", "grey"), strict=True)
            },
        }
    )
    assert [len(frames) for frames in done.frames.values()] == [2, 3]
    told = [each for each in told_of(done) if each[0] in ("coco.shared-images", "media.leak")]
    assert told == [("coco.shared-images", "annotations/instances_val.json#/images/1")]
    ((_, message),) = [told[1:] for told in done.told if told[0] == "coco.shared-images"]
    assert message == (
        "expected splits that share no image, found 2 of 3 images of 'val' in an earlier split under another id or name"
    )


def test_without_pictures_names_alone_are_no_sign_of_one_in_two_splits(read: Any) -> None:
    """Each of two folders may have had its `frame_000000.png`."""
    done = read(
        {
            "annotations/instances_train.json": file(image(1, "frame_000000.png"), image(2, "frame_000001.png")),
            "annotations/instances_val.json": file(image(3, "frame_000000.png"), image(4, "frame_000001.png")),
        }
    )
    assert "coco.shared-images" not in done.rules
    assert {name: [frame[0] for frame in frames] for name, frames in frames_of(done).items()} == {
        "train": ["1", "2"],
        "val": ["3", "4"],
    }


def test_names_are_no_sign_where_only_one_split_has_its_pictures(read: Any) -> None:
    done = read(
        {
            "annotations/instances_train.json": file(image(1, "b.png")),
            "annotations/instances_val.json": file(image(11, "b.png")),
            "images/train/b.png": picture("green"),
        }
    )
    assert "coco.shared-images" not in done.rules


def test_images_of_two_splits_are_told_at_the_first_of_each_kind(read: Any) -> None:
    done = read(
        {
            "annotations/instances_train.json": file(image(1, "b.png"), image(2, "c.png"), image(3, "d.png")),
            "annotations/instances_val.json": file(
                image(11, "e.png"), image(2, "c.png"), image(12, "b.png"), image(3, "d.png")
            ),
            **{f"images/{name}.png": picture(colour) for name, colour in zip("bcde", COLOURS, strict=True)},
        }
    )
    told = [(where, message) for rule, where, message in done.told if rule == "coco.shared-images"]
    start = "expected splits that share no image, found"
    assert told == [
        (
            "annotations/instances_val.json#/images/1",
            f"{start} 2 of 4 images of 'val' in an earlier split; their labels are read there",
        ),
        (
            "annotations/instances_val.json#/images/2",
            f"{start} 1 of 4 images of 'val' in an earlier split under another id or name",
        ),
    ]


def test_the_category_of_a_record_in_two_splits_is_compared_by_its_name(read: Any) -> None:
    done = read(
        {
            "instances_train.json": file(image(1, "a.png"), rows=[ROW]),
            "instances_val.json": file(
                image(1, "a.png"), rows=[ROW | {"category_id": 9}], categories=[{"id": 9, "name": "cat"}]
            ),
        }
    )
    assert told_of(done) == [("coco.shared-images", "instances_val.json#/images/0")]
    assert [label.category for label in done.labels] == ["cat", "cat"]


def test_a_record_of_one_id_and_another_category_is_another_object(read: Any) -> None:
    done = read(
        {
            "instances_train.json": file(image(1, "a.png"), rows=[ROW]),
            "instances_val.json": file(image(1, "a.png"), rows=[ROW], categories=[{"id": 2, "name": "cow"}]),
        }
    )
    assert [rule for rule, _ in told_of(done)] == [
        "coco.shared-images",
        "coco.other-category",
        "coco.shared-annotation-id",
    ]


def test_a_record_that_is_twice_in_the_later_split_is_told_as_that(read: Any) -> None:
    done = read(
        {
            "instances_train.json": file(image(1, "a.png"), rows=[ROW]),
            "instances_val.json": file(image(1, "a.png"), rows=[ROW, ROW]),
        }
    )
    assert told_of(done) == [
        ("coco.shared-images", "instances_val.json#/images/0"),
        ("coco.duplicate-annotation-id", "instances_val.json#/annotations/1/id"),
    ]
    assert [label.instance for label in done.labels] == ["5", "5#2", "5#3"]


def test_a_copy_of_a_file_in_another_folder_is_told_as_that_once_a_record(read: Any) -> None:
    done = read(
        {
            "annotations/instances_x.json": file(image(1, "a.png"), rows=[ROW]),
            "old/instances_x.json": file(
                image(1, "a.png"), rows=[ROW, ROW | {"id": 6, "bbox": [9, 9, 3, 3], "area": 9}]
            ),
        }
    )
    assert [label.instance for label in done.labels] == ["5", "5#2", "6"]
    assert told_of(done) == [("label.duplicate", "old/instances_x.json#/annotations/0")]


@pytest.mark.parametrize(
    ("name", "more", "rules"),
    [
        ("old/instances_x.json", {}, ["label.duplicate"]),
        ("old/instances_x.json", {"iscrowd": 1}, ["coco.shared-annotation-id"]),
        ("old/instances_x.json", {"bbox": [1, 2, 10, 11]}, ["coco.shared-annotation-id"]),
        ("person_keypoints_x.json", {"keypoints": [3, 4, 2], "num_keypoints": 1}, ["label.duplicate"]),
        ("person_keypoints_x.json", {"keypoints": [3, 4, 2], "iscrowd": 1}, ["coco.shared-annotation-id"]),
    ],
    ids=["copy", "copy as a crowd", "another", "copy in another task", "copy as a crowd in another task"],
)
def test_a_copy_of_another_object_under_an_id_that_is_taken_is_told_once(
    name: str, more: dict[str, Any], rules: list[str], read: Any
) -> None:
    second = ROW | {"id": 6, "bbox": [9, 9, 3, 3], "area": 9}
    categories = [CATS[0] | {"keypoints": ["nose"]}] if "keypoints" in more else CATS
    done = read(
        {
            "instances_x.json": file(image(1, "a.png"), rows=[ROW, second]),
            name: file(image(1, "a.png"), rows=[ROW | {"id": 6} | more], categories=categories),
        }
    )
    assert {label.instance for label in done.labels} == {"5", "6", "6#2"}
    assert [rule for rule, _ in told_of(done)] == rules


def test_a_copy_of_a_file_in_which_an_object_is_a_crowd_is_told_as_another_object(read: Any) -> None:
    done = read(
        {
            "instances_x.json": file(image(1, "a.png"), rows=[ROW]),
            "old/instances_x.json": file(image(1, "a.png"), rows=[ROW | {"iscrowd": 1}]),
        }
    )
    assert told_of(done) == [("coco.shared-annotation-id", "old/instances_x.json#/annotations/0/id")]


def test_tasks_of_one_split_that_number_their_categories_otherwise_have_one_object(read: Any) -> None:
    points = ROW | {"category_id": 1, "keypoints": [3, 4, 2], "num_keypoints": 1}
    body = [{"id": 1, "name": "cat", "keypoints": ["nose"]}]
    done = read(
        {
            "instances_x.json": file(image(1, "a.png"), rows=[ROW]),
            "person_keypoints_x.json": file(image(1, "a.png"), rows=[points], categories=body),
        }
    )
    assert [(label.kind, label.instance) for label in done.labels] == [("BOX2D", "5"), ("KEYPOINTS2D", "5")]
    assert done.told == []
