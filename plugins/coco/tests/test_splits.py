"""Several files: tasks of one split become one frame an image, splits become segments."""

from __future__ import annotations

from typing import Any

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
    assert done.told[0][1:] == ("instances_mini.json#/images", f"{message} are read there")


def test_the_same_name_for_other_pictures_is_another_segment(read: Any) -> None:
    done = read(
        {
            "one/instances_x.json": file([IMAGE], [ROW]),
            "two/instances_x.json": file([IMAGE | {"file_name": "b.png"}], [ROW | {"category_id": 5}]),
        }
    )
    found = {name: [label.category for label in frames[0].data[0].labels] for name, frames in done.frames.items()}
    assert found == {"x": ["cat"], "x-2": ["dog"]}


def test_what_two_files_say_of_one_image_is_kept_or_told(read: Any) -> None:
    more = IMAGE | {"neg": [1], "width": 41}
    done = read({"captions_x.json": file([IMAGE], []), "instances_x.json": file([more], [])})
    data = done.frames["x"][0].data[0]
    assert (data.width, data.extras) == (40, {"id": 1, "neg": [1]})
    (loss,) = done.report.losses
    assert loss.what == "another `width` of the same image in a second file"
    assert loss.example == "instances_x.json#/images/0/width"


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
