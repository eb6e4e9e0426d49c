"""Several files: tasks of one split become one frame an image, splits become segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.ids import MISSING
from lading_coco.videos import by_first

import lading
from lading import Report

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
OTHER = {"id": 2, "file_name": "b.png", "width": 40, "height": 30}
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}
PETS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
RING = [[1, 1, 9, 1, 9, 9]]


def file(images: Any, rows: Any, categories: Any = PETS) -> dict[str, Any]:
    return {"images": images, "annotations": rows, "categories": categories}


def kinds(frame: Any) -> list[str]:
    return [label.kind for label in frame.data[0].labels]


def test_the_same_annotation_in_two_tasks_is_one_object(read: Any) -> None:
    row = ROW | {"segmentation": RING}
    points = row | {"keypoints": [3, 4, 2], "num_keypoints": 1}
    body = [{"id": 2, "name": "cat", "keypoints": ["nose"]}]
    done = read(
        {
            "annotations/instances_x.json": file([IMAGE, OTHER], [row, ROW | {"id": 6, "image_id": 2}]),
            "annotations/person_keypoints_x.json": file([IMAGE, OTHER], [points], body),
        }
    )
    first, second = done.frames["x"]
    assert kinds(first) == ["BOX2D", "POLYGON2D", "KEYPOINTS2D"]
    assert kinds(second) == ["BOX2D"]
    box, _, nose = first.data[0].labels
    assert {label.instance for label in first.data[0].labels} == {"5"}
    assert box.extras["num_keypoints"] == 1
    data = first.data[0]
    assert str(data.locate(box, "geometry")) == "annotations/instances_x.json#/annotations/0/bbox"
    assert str(data.locate(nose, "geometry")) == "annotations/person_keypoints_x.json#/annotations/0/keypoints"
    assert done.told == []


def test_what_two_files_say_otherwise_of_one_object_is_a_loss(read: Any) -> None:
    row = ROW | {"note": "a", "area": 100.0, "only": 1}
    points = ROW | {"note": "b", "iscrowd": 1, "keypoints": [3, 4, 2], "num_keypoints": 1}
    done = read({"instances_x.json": file([IMAGE], [row]), "person_keypoints_x.json": file([IMAGE], [points])})
    assert [(label.kind, label.attributes) for label in done.labels] == [
        ("BOX2D", {"iscrowd": False}),
        ("KEYPOINTS2D", {"iscrowd": True}),
    ]
    place = "person_keypoints_x.json#/annotations/0"
    assert [(loss.what, loss.count, loss.example) for loss in done.report.losses] == [
        ("another `note` of the same object in a second file", 1, place),
        ("other attributes of the same object in a second file", 1, place),
    ]


def test_another_object_under_the_same_id_is_kept_and_told(read: Any) -> None:
    done = read(
        {
            "instances_x.json": file([IMAGE], [ROW]),
            "person_keypoints_x.json": file([IMAGE], [ROW | {"bbox": [0, 0, 1, 1], "keypoints": [1, 1, 2]}]),
        }
    )
    assert [label.instance for label in done.labels] == ["5", "5#2", "5#2"]
    assert done.rules == ["coco.shared-annotation-id"]
    assert done.told[0][1] == "person_keypoints_x.json#/annotations/0/id"
    assert "expected another id than in instances_x.json, found 5 for another object" in done.told[0][2]


@pytest.mark.parametrize(
    ("rows", "rules"),
    [
        ([ROW], []),
        ([ROW | {"id": 77}], []),
        ([ROW | {"colour": "red"}], []),
        ([ROW | {"id": 77}, ROW | {"id": 78}], ["label.duplicate"]),
        ([ROW | {"bbox": [0, 0, 1, 1]}], ["coco.shared-annotation-id"]),
        ([ROW | {"id": 77, "bbox": [0, 0, 1, 1]}], []),
    ],
    ids=[
        "the same",
        "the same under another id",
        "the same with a key of its own",
        "the same and again",
        "another of its id",
        "another",
    ],
)
def test_annotations_of_an_image_of_two_splits_are_told_with_it(
    rows: list[dict[str, Any]], rules: list[str], read: Any
) -> None:
    done = read({"instances_train.json": file([IMAGE], [ROW]), "instances_val.json": file([IMAGE], rows)})
    told = {(finding.rule, finding.where) for finding in lading.validate(done.dataset, report=Report())}
    assert sorted(rule for rule, _ in told) == sorted(["coco.shared-images", *rules])
    assert len(done.labels) == 1 + len(rows)


def test_the_parts_of_a_body_in_two_splits_are_told_with_its_image(read: Any) -> None:
    body = {"keypoints": [1, 2, 2], "num_keypoints": 1, "face_box": [2, 3, 4, 4], "face_kpts": [2, 3, 1] * 68}
    files = {f"coco_wholebody_{name}.json": file([IMAGE], [ROW | body]) for name in ("train", "val")}
    done = read(files)
    rules = [finding.rule for finding in lading.validate(done.dataset, report=Report())]
    assert "label.duplicate" not in rules
    assert rules.count("coco.shared-images") == 1
    assert len({kind for frames in done.frames.values() for frame in frames for kind in kinds(frame)}) > 1


def test_captions_join_and_have_ids_of_their_own(read: Any) -> None:
    done = read(
        {
            "captions_x.json": {"images": [IMAGE], "annotations": [{"id": 5, "image_id": 1, "caption": "a cat"}]},
            "instances_x.json": file([IMAGE], [ROW]),
        }
    )
    ((frame,),) = done.frames.values()
    assert kinds(frame) == ["SENTENCE", "BOX2D"]
    assert [label.instance for label in done.labels] == [None, "5"]
    assert done.told == []


def test_annotations_without_images_find_those_of_their_split(read: Any) -> None:
    done = read(
        {
            "captions_x.json": {"images": [], "annotations": [{"id": 5, "image_id": 1, "caption": "a cat"}]},
            "instances_x.json": file([IMAGE], []),
        }
    )
    ((frame,),) = done.frames.values()
    assert (kinds(frame), frame.data[0].path, done.told) == (["SENTENCE"], "images/a.png", [])


def test_splits_are_segments_under_one_catalog(read: Any) -> None:
    done = read(
        {
            "instances_train.json": file([IMAGE], [ROW]),
            "instances_val.json": file([OTHER], [ROW | {"image_id": 2, "category_id": 1}], [{"id": 1, "name": "dog"}]),
        }
    )
    assert {name: [frame.key for frame in frames] for name, frames in done.frames.items()} == {
        "train": ["1"],
        "val": ["2"],
    }
    assert [label.category for label in done.labels] == ["cat", "dog"]
    assert [category.name for category in done.dataset.catalog["BOX2D"].categories] == ["cat", "dog"]


def test_an_id_that_stands_for_other_categories_in_other_files_is_told(read: Any) -> None:
    swapped = [{"id": 2, "name": "dog"}, {"id": 7, "name": "cow"}, {"id": 5, "name": "cat"}]
    done = read(
        {
            "instances_train.json": file([IMAGE], [ROW]),
            "instances_val.json": file([OTHER], [ROW | {"image_id": 2}], swapped),
            "instances_z.json": file([OTHER | {"id": 3, "file_name": "c.png"}], [], [{"id": 7, "name": "cow"}]),
        }
    )
    assert [label.category for label in done.labels] == ["cat", "dog"]
    assert done.told == [
        (
            "coco.other-category",
            "instances_val.json#/categories/0/name",
            "expected 'cat', for which the id 2 stands in instances_train.json, found 'dog'; "
            "so it is with 2 ids, and names count",
        )
    ]


def test_a_file_that_numbers_the_categories_of_another_anew_is_told_once(read: Any) -> None:
    anew = [{"id": 2, "name": "cat"}, {"id": 3, "name": "dog"}, {"id": 4, "name": "cow"}]
    three = [*PETS, {"id": 9, "name": "cow"}]
    done = read(
        {
            "instances_train.json": file([IMAGE], [ROW], three),
            "instances_val.json": file([OTHER], [ROW | {"image_id": 2, "category_id": 4}], anew),
            "instances_z.json": file([OTHER | {"id": 3, "file_name": "c.png"}], [ROW | {"image_id": 3}], three),
        }
    )
    assert [label.category for label in done.labels] == ["cat", "cow", "cat"]
    assert done.told == [
        (
            "coco.other-category-id",
            "instances_val.json#/categories/1/id",
            "expected 5, the id of 'dog' in instances_train.json, found 3; so it is with 2 categories, and names count",
        )
    ]


@pytest.mark.parametrize(
    ("name", "categories", "record"),
    [
        ("instances_val.json", [{"id": 5, "name": "dog"}, {"id": 7, "name": "cow"}], {"category_id": 5}),
        ("instances_val.json", [{"id": 4, "name": "dog"}, {"id": 5, "name": "dog"}], {"category_id": 5}),
        ("instances_val.json", [{"id": 11, "name": "dog"}, {"id": 12, "name": "cat"}], {"category_id": 12}),
        (
            "person_keypoints_val.json",
            [{"id": 3, "name": "cat", "keypoints": ["nose"]}],
            {"category_id": 3, "keypoints": [3, 4, 2]},
        ),
    ],
    ids=["the same id and a new category", "one of two ids", "a numbering of its own", "another task"],
)
def test_other_categories_that_contradict_no_file_are_well(
    name: str, categories: Any, record: dict[str, Any], read: Any
) -> None:
    files = {
        "instances_train.json": file([IMAGE], [ROW]),
        name: file([OTHER], [ROW | {"image_id": 2, **record}], categories),
    }
    assert set(read(files).rules) - {"coco.duplicate-category-name"} == set()


def test_pictures_that_two_files_of_one_split_have_under_other_ids_are_in_no_earlier_split(
    read: Any, write: Any
) -> None:
    folder = write({})
    (folder / "images" / "b.png").write_bytes((folder / "images" / "a.png").read_bytes() + b" ")
    swapped = [{**IMAGE, "id": 2}, {**OTHER, "id": 1}]
    caption = [{"id": 1, "image_id": 1, "caption": "a cat"}]
    done = read(
        {
            "captions_x.json": {"images": [IMAGE, OTHER], "annotations": caption},
            "instances_x.json": file(swapped, [ROW]),
            "instances_y.json": file([{**OTHER, "id": 7}], [ROW | {"image_id": 7}]),
        }
    )
    assert [told[:2] for told in done.told] == [
        ("coco.other-picture", "instances_x.json#/images/0/file_name"),
        ("coco.shared-images", "instances_y.json#/images/0"),  # that one is another split
    ]


def test_an_image_of_two_splits_is_in_the_first_alone(read: Any) -> None:
    done = read(
        {
            "instances_all.json": file([IMAGE, OTHER], [ROW]),
            "instances_mini.json": file([IMAGE], [ROW | {"id": 8, "category_id": 5}]),
        }
    )
    assert {name: [frame.key for frame in frames] for name, frames in done.frames.items()} == {"all": ["1", "2"]}
    assert [label.category for label in done.frames["all"][0].data[0].labels] == ["cat", "dog"]
    message = "expected splits that share no image, found 1 of 1 images of 'mini' in an earlier split; their labels"
    assert done.rules == ["coco.shared-images"]
    assert done.told[0][1:] == ("instances_mini.json#/images/0", f"{message} are read there")


def test_the_same_name_for_other_pictures_is_another_segment(read: Any) -> None:
    done = read(
        {
            "one/instances_x.json": file([IMAGE], [ROW]),
            "two/instances_x.json": file([IMAGE | {"file_name": "b.png"}], [ROW | {"category_id": 5}]),
        }
    )
    found = {name: [label.category for label in frames[0].data[0].labels] for name, frames in done.frames.items()}
    assert found == {"x": ["cat"], "x-2": ["dog"]}
    ((place, message),) = [told[1:] for told in done.told if told[0] == "coco.other-picture"]
    assert place == "two/instances_x.json#/images/0/file_name"
    assert (
        "that one/instances_x.json has under this id, 'a.png', found 'b.png', and others for 1 of 1 images" in message
    )


def test_the_file_that_names_another_picture_than_most_is_told(read: Any) -> None:
    images = [IMAGE, OTHER]
    captions = {"images": [IMAGE | {"file_name": "z.png"}, OTHER], "annotations": []}
    done = read(
        {
            "captions_x.json": captions,
            "instances_x.json": file(images, [ROW]),
            "person_keypoints_x.json": file(images, [ROW | {"id": 6, "bbox": [3, 3, 4, 4], "area": 16}]),
        }
    )
    assert {name: [frame.key for frame in frames] for name, frames in done.frames.items()} == {
        "x": ["1", "2"],
        "x-2": ["1"],
    }
    ((rule, place, message),) = [told for told in done.told if told[0] != "coco.unlisted-file"]
    assert (rule, place) == ("coco.other-picture", "captions_x.json#/images/0/file_name")
    assert message.startswith("expected the picture that instances_x.json has under this id, 'a.png', found 'z.png'")


def test_what_two_files_say_of_one_image_is_kept_or_told(read: Any) -> None:
    more = IMAGE | {"neg": [1], "width": 41}
    done = read({"captions_x.json": file([IMAGE], []), "instances_x.json": file([more], [])})
    data = done.frames["x"][0].data[0]
    assert (data.width, data.extras) == (40, {"id": 1, "neg": [1]})
    (loss,) = done.report.losses
    assert loss.what == "another `width` of the same image in a second file"
    assert loss.example == "instances_x.json#/images/0/width"
    message = "expected the 40 that captions_x.json has of this image, found 41"
    assert done.told == [("coco.other-size", "instances_x.json#/images/0/width", message)]


def test_the_size_that_most_files_say_counts_and_the_other_is_told(read: Any) -> None:
    turned = IMAGE | {"width": 30, "height": 40}
    files = {f"{name}_x.json": file([IMAGE], []) for name in ("instances", "person_keypoints")}
    done = read({"captions_x.json": file([turned], []), **files})
    data = done.frames["x"][0].data[0]
    assert (data.width, data.height) == (40, 30)
    message = "expected the 40 x 30 that instances_x.json has of this image, found 30 x 40"
    assert done.told == [("coco.other-size", "captions_x.json#/images/0/width", message)]
    places = [f"captions_x.json#/images/0/{key}" for key in ("width", "height")]
    assert [(loss.count, loss.example) for loss in done.report.losses] == [(1, place) for place in places]


def test_of_two_sizes_that_as_many_files_say_the_first_counts(read: Any) -> None:
    turned = IMAGE | {"width": 30, "height": 40}
    done = read({"captions_x.json": file([turned], []), "instances_x.json": file([IMAGE], [])})
    data = done.frames["x"][0].data[0]
    assert (data.width, data.height) == (30, 40)
    message = "expected the 30 x 40 that captions_x.json has of this image, found 40 x 30"
    assert done.told == [("coco.other-size", "instances_x.json#/images/0/width", message)]


def test_a_size_that_only_the_second_file_has_is_that_of_the_image(read: Any) -> None:
    first = {key: value for key, value in IMAGE.items() if key != "width"}
    done = read({"captions_x.json": file([first], []), "instances_x.json": file([IMAGE], [])})
    ((frame,),) = done.frames.values()
    assert (frame.data[0].width, frame.data[0].height, frame.data[0].extras) == (40, 30, {"id": 1})
    assert [(rule, where) for rule, where, _ in done.told] == [("coco.missing-size", "captions_x.json#/images/0")]
    assert done.report.losses == []


def test_ids_that_repeat_in_other_splits_are_other_frames(read: Any) -> None:
    done = read(
        {
            "train/_annotations.coco.json": file([IMAGE | {"file_name": "t.png"}], [ROW]),
            "valid/_annotations.coco.json": file([IMAGE | {"file_name": "v.png"}], [ROW | {"category_id": 5}]),
        }
    )
    found = {name: [label.category for label in frames[0].data[0].labels] for name, frames in done.frames.items()}
    assert found == {"train": ["cat"], "valid": ["dog"]}
    assert done.report.count("error") == 0


VIDEOS = [{"id": 7, "name": "pier/img1"}, {"id": "b", "name": "quay"}]


def shot(key: int, video: Any) -> dict[str, Any]:
    image = {"id": key, "file_name": f"{key}.png", "width": 40, "height": 30}
    return image if video is None else {**image, "video_id": video}


def test_videos_are_segments_in_the_order_of_the_file(read: Any) -> None:
    images = [shot(4, "b"), shot(9, 7), shot(2, "b"), shot(1, None), shot(3, 7)]
    rows = [ROW | {"id": 100 + image["id"], "image_id": image["id"]} for image in reversed(images)]
    whole = {"images": images, "annotations": rows, "categories": PETS, "videos": VIDEOS}
    captions = {"images": images[:2], "annotations": [{"id": 1, "image_id": 9, "caption": "a pier"}]}
    done = read({"annotations/instances_x.json": whole, "annotations/captions_x.json": captions})
    found = {name: [(f.key, [x.instance for x in f.data[0].labels]) for f in done.frames[name]] for name in done.frames}
    assert found == {
        "x-quay": [("4", ["104"]), ("2", ["102"])],
        "x-pier/img1": [("9", [None, "109"]), ("3", ["103"])],
        "x": [("1", ["101"])],
    }
    assert [segment.frame_count for segment in done.dataset.segments] == [2, 2, 1]
    assert [rule for rule in done.rules if rule != "coco.unlisted-file"] == []
    for segment in done.dataset.segments:
        parts = [f.key for k in (1, 2) for f in done.dataset.frames(segment.name, (k, 2))]
        assert parts == [key for key, _ in found[segment.name]]


@pytest.mark.parametrize("listed", [[1, 2, 3, 4], [4, 2], []], ids=["all", "some", "none"])
def test_a_video_counts_whichever_file_of_the_split_names_it(read: Any, listed: list[int]) -> None:
    captions = {
        "images": [shot(key, None) for key in listed],
        "annotations": [{"id": 1, "image_id": 4, "caption": "a pier"}],
    }
    images = [shot(1, "b"), shot(2, 7) | {"frame_id": 1}, shot(3, "b"), shot(4, 7) | {"frame_id": 0}]
    whole = {"images": images, "annotations": [], "categories": PETS, "videos": VIDEOS}
    done = read({"annotations/captions_x.json": captions, "annotations/instances_x.json": whole})
    frames = {name: sorted(frame.key for frame in frames) for name, frames in done.frames.items()}
    assert frames == {"x-quay": ["1", "3"], "x-pier/img1": ["2", "4"]}
    assert [len(f.data[0].labels) for frames in done.frames.values() for f in frames if f.key == "4"] == [1]
    # Frames are in the order of the file that lists them first: the second has 4 before 2, as their numbers go.
    order = ["coco.frame-order"] if listed != [4, 2] else []
    assert [rule for rule in done.rules if rule != "coco.unlisted-file"] == order


def test_videos_of_the_ids_7_and_text_7_are_two(read: Any) -> None:
    videos = [{"id": 7}, {"id": "7"}]
    done = read(images=[shot(1, 7), shot(2, "7"), shot(3, 7.0)], annotations=[ROW], videos=videos)
    found = {name: [frame.key for frame in frames] for name, frames in done.frames.items()}
    assert found == {"annotations-7": ["1", "3"], "annotations-7-2": ["2"]}


def test_numbers_of_frames_that_are_odd_are_told_once_a_video(read: Any) -> None:
    numbers = [(7, 0), (7, 1), (7, 3), (7, 3), (7, 2), (7, None), (7, 9), ("b", 0), ("b", 5), ("b", 10)]
    images = [shot(key, video) | {"frame_id": number} for key, (video, number) in enumerate(numbers)]
    del images[5]["frame_id"]
    done = read(images=images, annotations=[], videos=VIDEOS)
    assert [frame.key for frame in done.frames["annotations-pier/img1"]] == ["0", "1", "2", "3", "4", "5", "6"]
    place = "annotations.json#/images/{}/frame_id"
    assert done.told[:4] == [
        (
            "coco.bad-frame-id",
            place.format(5),
            "expected a whole number, as other frames of the video have, found none",
        ),
        ("coco.duplicate-frame-id", place.format(3), "expected each `frame_id` once in a video, found 3 again"),
        (
            "coco.frame-order",
            place.format(4),
            "expected frames in the order of their `frame_id`, kept as they come, found 2",
        ),
        ("coco.frame-gap", place.format(6), "expected 4 behind 3, as in other steps, found 9"),
    ]
    assert [rule for rule in done.rules if "frame" in rule][4:] == []


@pytest.mark.parametrize(
    ("numbers", "due"),
    [
        ([0, 1, 1, 3], {"duplicate-frame-id": 2}),
        ([0, 2, 2, 3], {"duplicate-frame-id": 2}),
        ([0, 1, 2, 0, 4], {"duplicate-frame-id": 3}),
        ([0, 1, 5, 3, 4, 5], {"duplicate-frame-id": 2}),
        ([0, 1, 2, 0, 1, 2], {"duplicate-frame-id": 3}),
        ([0, 1, "x", 3, 4], {"bad-frame-id": 2}),
        ([0, 1, 9, 3, 4], {"frame-order": 2}),
        ([0, 2, 1, 3], {"frame-order": 2}),
        ([5, 4, 3, 2, 1], {"frame-order": 1}),
        ([0, 10, 10, 30, 40], {"duplicate-frame-id": 2}),
        ([0, 1, 1, 5, 6], {"duplicate-frame-id": 2, "frame-gap": 3}),
        ([0, 1, 1, 2, 4], {"duplicate-frame-id": 2, "frame-gap": 4}),
        ([9, 8, 4, 3, 2], {"frame-order": 1, "frame-gap": 1}),
    ],
    ids=repr,
)
def test_a_frame_of_another_number_is_told_once_and_the_number_that_it_should_have_is_no_gap(
    numbers: list[Any], due: dict[str, int], read: Any
) -> None:
    images = [shot(key, 7) | {"frame_id": number} for key, number in enumerate(numbers)]
    done = read(images=images, annotations=[], videos=VIDEOS)
    told = {rule: where for rule, where, _ in done.told if "frame" in rule}
    assert told == {f"coco.{rule}": f"annotations.json#/images/{row}/frame_id" for rule, row in due.items()}


def test_a_video_that_is_not_listed_names_its_segment_by_its_id(read: Any) -> None:
    done = read(images=[shot(1, 7), shot(2, 8)], annotations=[ROW], videos=VIDEOS)
    assert list(done.frames) == ["annotations-pier/img1", "annotations-8"]
    told = [finding for finding in done.told if finding[0] == "coco.unknown-video"]
    message = "expected the id of a video, found 8; its segment is named by it"
    assert told == [("coco.unknown-video", "annotations.json#/images/1/video_id", message)]


def test_no_video_takes_the_name_of_another_segment(read: Any) -> None:
    one = file([shot(1, 2)], [ROW]) | {"videos": [{"id": 2, "name": "2"}]}
    other = file([IMAGE | {"file_name": "b.png"}], [ROW | {"id": 6}])
    done = read({"annotations/instances_x.json": one, "annotations/person_keypoints_x.json": other})
    found = {name: [x.instance for f in frames for x in f.data[0].labels] for name, frames in done.frames.items()}
    assert found == {"x-2-2": ["5"], "x-2": ["6"]}
    assert len(done.dataset.segments) == len({segment.name for segment in done.dataset.segments})


def test_an_image_id_again_in_another_video_is_told_and_keeps_its_name(read: Any) -> None:
    images = [shot(1, 7), shot(1, "b") | {"file_name": "other.png"}]
    done = read(images=images, annotations=[ROW], videos=VIDEOS)
    assert {name: [f.key for f in frames] for name, frames in done.frames.items()} == {
        "annotations-pier/img1": ["1"],
        "annotations-quay": ["1"],
    }
    assert "coco.duplicate-image-id" in done.rules


@given(st.lists(st.sampled_from([-1, 0, 3, 9, MISSING]), min_size=1, max_size=30))
def test_frames_of_one_video_come_together_and_none_is_lost(videos: list[int]) -> None:
    order, first = by_first(np.array(videos, dtype=np.int64))
    expected = [i for video in dict.fromkeys(videos) for i, other in enumerate(videos) if other == video]
    assert order.tolist() == expected
    assert first == [(videos.index(video), videos.count(video)) for video in dict.fromkeys(videos)]


@pytest.mark.parametrize(
    ("names", "difference"),
    [
        (["tail", "nose", "ear"], "in another order: 'nose' where this has 'tail'"),
        (["nose", "tail", "paw"], "others: 'paw' is in one alone"),
    ],
)
def test_keypoints_of_a_category_that_are_others_in_another_file_are_told_there(
    names: list[str], difference: str, read: Any
) -> None:
    def body(*points: str) -> list[dict[str, Any]]:
        return [{"id": 5, "name": "dog"}, {"id": 2, "name": "cat", "keypoints": list(points)}]

    points = {"keypoints": [3, 4, 2, 5, 6, 2, 7, 8, 2], "num_keypoints": 3}
    done = read(
        {
            "person_keypoints_train.json": file([IMAGE], [ROW | points], body("nose", "tail", "ear")),
            "person_keypoints_val.json": file([OTHER], [ROW | points | {"image_id": 2}], body(*names)),
        }
    )
    (found,) = lading.validate(done.dataset, report=Report(), rules=["catalog.keypoints-overlap"])
    assert found.where == "person_keypoints_val.json#/categories/1/keypoints"
    assert found.message == (
        f"expected one rule of keypoints a category, found rule 0 for 'cat' as well, whose names are {difference}"
    )
