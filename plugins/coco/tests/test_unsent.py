"""Splits whose pictures were not sent, beside others that have pictures of the same ids and names."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import lading
from lading import Report

CATS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}
OTHER = ROW | {"bbox": [3, 3, 20, 20], "area": 400, "category_id": 5}
#: By the place of the pictures of the split `{}`.
FOLDERS = {"beside annotations": "{}/", "below images": "images/{}/", "with images behind": "{}/images/"}


def image(key: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "file_name": name, "width": 40, "height": 30, **more}


def file(*images: dict[str, Any], rows: Any = (), categories: Any = CATS) -> dict[str, Any]:
    return {"images": list(images), "annotations": list(rows), "categories": categories}


def picture(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def one(name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {f"annotations/instances_{name}.json": file(image(1, "1.png"), rows=rows)}


def two(name: str, *rows: dict[str, Any], second: str = "2.png") -> dict[str, Any]:
    return {f"annotations/instances_{name}.json": file(image(1, "1.png"), image(2, second), rows=rows)}


def seen(done: Any) -> dict[str, list[tuple[str, str | None, list[str]]]]:
    """By segment the frames: key, path of the file that is there, categories of the labels."""
    return {
        name: [
            (f.key, f.data[0].path if f.data[0].content else None, [label.category for label in f.data[0].labels])
            for f in frames
        ]
        for name, frames in done.frames.items()
    }


def told_of(done: Any) -> list[tuple[str, str]]:
    """Rule and place of what a validation tells but for files that nothing lists."""
    found = lading.validate(lading.open_dataset(done.source.label), report=Report())
    return [(each.rule, each.where or "") for each in found if each.rule != "coco.unlisted-file"]


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_pictures_that_were_not_sent_are_missing_beside_others_of_their_ids_and_names(folder: str, read: Any) -> None:
    train = folder.format("train")
    pictures = {f"{train}1.png": picture("green"), f"{train}2.png": picture("blue")}
    done = read({**two("train", ROW), **one("val", OTHER), **pictures})
    assert seen(done) == {
        "train": [("1", f"{train}1.png", ["cat"]), ("2", f"{train}2.png", [])],
        "val": [("1", None, ["dog"])],
    }
    assert told_of(done) == [("media.missing", "annotations/instances_val.json#/images/0")]


def test_it_is_so_with_the_split_that_is_read_first(read: Any) -> None:
    done = read({**two("train", ROW), **one("val", OTHER), "val/1.png": picture("green")})
    assert seen(done) == {"train": [("1", None, ["cat"]), ("2", None, [])], "val": [("1", "val/1.png", ["dog"])]}
    place = "annotations/instances_train.json#/images/{}"
    assert told_of(done) == [("media.missing", place.format(0)), ("media.missing", place.format(1))]


def test_it_is_so_where_only_some_of_its_images_have_ids_and_names_of_others(read: Any) -> None:
    """Nothing is said of either that could be compared."""
    done = read({**one("train"), **two("val"), "train/1.png": picture("green")})
    assert seen(done) == {"train": [("1", "train/1.png", [])], "val": [("1", None, []), ("2", None, [])]}


def test_a_picture_that_a_split_lacks_is_not_that_of_one_whose_pictures_were_not_sent(read: Any) -> None:
    done = read(
        {**two("train", ROW), **two("val", OTHER, OTHER | {"id": 6, "image_id": 2}), "train/1.png": picture("green")}
    )
    assert {name: [frame[0] for frame in frames] for name, frames in seen(done).items()} == {
        "train": ["1", "2"],
        "val": ["1", "2"],
    }
    places = [("train", 1), ("val", 0), ("val", 1)]
    due = [("media.missing", f"annotations/instances_{name}.json#/images/{row}") for name, row in places]
    assert told_of(done) == due


def test_pictures_that_two_splits_with_folders_lack_are_two(read: Any) -> None:
    pictures = {"train/1.png": picture("green"), "val/1.png": picture("blue")}
    done = read({**two("train", ROW), **two("val", OTHER), **pictures})
    assert [len(frames) for frames in done.frames.values()] == [2, 2]
    assert [rule for rule, _ in told_of(done)] == ["media.missing", "media.missing"]


SUBSETS = {
    "its annotations are those of the whole": ("part", [ROW]),
    "it has no annotations": ("part", []),
    "its name has the name of the whole, and it was annotated again": ("val2014_gold", [OTHER]),
}


@pytest.mark.parametrize(("name", "rows"), SUBSETS.values(), ids=SUBSETS)
def test_a_list_of_some_pictures_of_another_split_has_those(name: str, rows: list[Any], read: Any) -> None:
    pictures = {"val2014/1.png": picture("green"), "val2014/2.png": picture("blue")}
    done = read({**two("val2014", ROW), **one(name, *rows), **pictures})
    paths = {frame[0]: frame[1] for frames in seen(done).values() for frame in frames}
    assert paths == {"1": "val2014/1.png", "2": "val2014/2.png"}
    ((rule, _),) = [told for told in told_of(done) if told[0] != "coco.shared-annotation-id"]
    assert rule == "coco.shared-images"


REFINED = {
    "boxes drawn anew": {"bbox": [1.5, 2, 9.5, 10], "segmentation": [[1, 2, 11, 2, 11, 12]]},
    "boxes of a detector": {"bbox": [1, 2.5, 11, 9.5], "score": 0.9},
}


@pytest.mark.parametrize("change", REFINED.values(), ids=REFINED)
@pytest.mark.parametrize("name", ["val_rem", "again"], ids=["read after it", "read before it"])
def test_a_list_with_boxes_that_are_drawn_anew_has_the_pictures_too(name: str, change: Any, read: Any) -> None:
    """Of 100 and 95 pixels they share 95, of 100 and 104.5 they share 95: 0.95 and 0.87 of what both cover."""
    done = read({**one("val2017", ROW), **one(name, ROW | {"id": 77} | change), "val2017/1.png": picture("green")})
    assert [frame[:2] for frames in seen(done).values() for frame in frames] == [("1", "val2017/1.png")]
    assert [rule for rule, _ in told_of(done)] == ["coco.shared-images"]


@pytest.mark.parametrize(
    "box", [[1, 2, 10, 5], [11, 2, 10, 10], [1, 2, 1e-200, 1e-200], [1, 2, 1e308, 1e308], [1, 2, 10]]
)
def test_boxes_that_have_little_in_common_are_of_other_pictures(box: list[float], read: Any) -> None:
    """The first covers half of the other: 50 of 100 pixels."""
    done = read({**one("val2017", ROW), **one("train", ROW | {"bbox": box}), "val2017/1.png": picture("green")})
    assert seen(done)["train"][0][:2] == ("1", None)


def sized(name: str, sizes: list[tuple[int, int]], box: list[int]) -> dict[str, Any]:
    """A split of pictures of these sizes, each with this box."""
    images = [image(n, f"{n}.png") | {"width": w, "height": h} for n, (w, h) in enumerate(sizes, 1)]
    rows = [ROW | {"id": n, "image_id": n, "bbox": box} for n in range(1, len(sizes) + 1)]
    return {f"annotations/instances_{name}.json": file(*images, rows=rows)}


SIZES = {
    "all alike, and many": ([(40 + n, 30) for n in range(12)], [(40 + n, 30) for n in range(12)], True),
    "one is another": ([(40 + n, 30) for n in range(12)], [(41, 31), *((40 + n, 30) for n in range(1, 12))], False),
    "all of one size": ([(40, 30)] * 12, [(40, 30)] * 12, False),
    "too few to tell": ([(40, 30), (50, 30)], [(40, 30), (50, 30)], False),
}


@pytest.mark.parametrize(("ours", "theirs", "are_those"), SIZES.values(), ids=SIZES)
def test_sizes_tell_of_labels_of_something_else_whose_pictures_they_are(
    ours: list[Any], theirs: list[Any], are_those: bool, read: Any
) -> None:
    """Two of 12 pictures of 12 sizes have one size by a chance of 1 / 12, all 12 by 1 / 12 ** 12."""
    split, other = sized("val2017", ours, [1, 2, 10, 10]), sized("parts", theirs, [20, 15, 4, 4])
    done = read({**split, **other, "val2017/1.png": picture("green")})
    assert ("coco.shared-images" in done.rules) is are_those
    assert sum(map(len, done.frames.values())) == (12 if are_those else 2 * len(ours))


def test_a_list_that_is_read_before_that_of_its_folder_has_the_pictures_too(read: Any) -> None:
    pictures = {"val2014/1.png": picture("green"), "val2014/2.png": picture("blue")}
    done = read({**one("minival2014", ROW), **two("val2014", ROW), **pictures})
    assert seen(done) == {
        "minival2014": [("1", "val2014/1.png", ["cat", "cat"])],
        "val2014": [("2", "val2014/2.png", [])],
    }
    assert told_of(done) == [("coco.shared-images", "annotations/instances_val2014.json#/images/0")]


def test_a_list_of_two_splits_has_the_pictures_that_are_there(read: Any) -> None:
    second = ROW | {"id": 6, "image_id": 2}
    val = {"annotations/instances_val.json": file(image(2, "2.png"), rows=[second])}
    pictures = {"train/1.png": picture("green"), "val/2.png": picture("blue")}
    done = read({**one("train", ROW), **two("trainval", ROW, second), **val, **pictures})
    paths = {frame[0]: frame[1] for frames in seen(done).values() for frame in frames}
    assert paths == {"1": "train/1.png", "2": "val/2.png"}
    assert {rule for rule, _ in told_of(done)} == {"coco.shared-images"}


def test_of_a_list_of_two_splits_those_of_the_one_are_missing_that_was_not_sent(read: Any) -> None:
    second = ROW | {"id": 6, "image_id": 2}
    done = read({**one("train", ROW), **two("trainval", ROW, second), "train/1.png": picture("green")})
    assert {frame[0]: frame[1] for frames in seen(done).values() for frame in frames} == {"1": "train/1.png", "2": None}
    assert told_of(done) == [
        ("coco.shared-images", "annotations/instances_trainval.json#/images/0"),
        ("media.missing", "annotations/instances_trainval.json#/images/1"),
    ]


@pytest.mark.parametrize("folder", ["images/", ""], ids=["below images", "at the root"])
def test_pictures_in_a_folder_of_no_split_are_those_of_all_that_name_them(folder: str, read: Any) -> None:
    done = read(
        {
            **two("train", ROW),
            **one("val", OTHER),
            f"{folder}1.png": picture("green"),
            f"{folder}2.png": picture("blue"),
        }
    )
    assert {frame[1] for frames in seen(done).values() for frame in frames} == {f"{folder}1.png", f"{folder}2.png"}
    assert "coco.shared-images" in done.rules


def test_two_splits_that_were_not_sent_are_as_where_no_picture_is_there(read: Any) -> None:
    """The same names are then no sign of other pictures, as in `minival2014` and `val2014` without theirs."""
    lists = {
        f"annotations/instances_{name}.json": file(*(image(key, f"v{key}.png") for key in keys), rows=[])
        for name, keys in (("minival2014", [7]), ("val2014", [7, 8]))
    }
    done = read({**one("train2014", ROW), **lists, "train2014/1.png": picture("green")})
    assert {name: [frame[0] for frame in frames] for name, frames in seen(done).items()} == {
        "minival2014": ["7"],
        "train2014": ["1"],
        "val2014": ["8"],
    }
    assert "coco.shared-images" in done.rules
