"""Which split a file is about, and where its pictures are found."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.layout import are_safe, split_of, unsafe_name
from lading_coco.mask_places import mask_place
from lading_coco.reader import CocoReader
from PIL import Image

from lading import Match, Source, open_dataset, validate

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
        ("cocovid_train.json", "train"),
        ("half-train_cocoformat.json", "half-train"),
        ("_cocoformat.json", "_cocoformat"),
    ],
)
def test_a_split_is_named_by_its_file(path: str, split: str) -> None:
    assert split_of(path, "mine") == split


@pytest.mark.parametrize(
    ("annotations", "name", "picture"),
    [
        ("x.json", "a.png", "a.png"),
        ("x.json", "scan", "images/scan"),
        ("annotations/instances_val.json", "tile.jp2", "val/tile.jp2"),
        ("annotations/instances_val.json", "ct/0001.DCM", "val/ct/0001.DCM"),
        ("x.json", "deep/er/a.png", "deep/er/a.png"),
        ("x.json", "https://x.org/v0/o/a.png?alt=media&token=1/2", "a.png"),
        ("x.json", "https://x.org/v0/o/quay%2Fa%20b.png?alt=media", "quay/a b.png"),
        ("x.json", "https://x.org/show?of=a.png", "show?of=a.png"),
        ("annotations/instances_val.json", "a.png", "images/val/a.png"),
        ("annotations/instances_val.json", "a.png", "val/a.png"),
        ("annotations/instances_val.json", "a.png", "images/a.png"),
        ("annotations/instances_val.json", "val/a.png", "images/val/a.png"),
        ("annotations/instances_val.json", "a.png", "val/images/a.png"),
        ("val.json", "a.png", "val_images/a.png"),
        ("ann/instances.json", "a.png", "img/a.png"),
        ("sets/one/annotations/x.json", "a.png", "sets/one/imgs/a.png"),
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


def test_files_that_are_not_coco_are_told_and_left_alone(read: Any, document: Any) -> None:
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
    message = (
        "expected COCO, found 5 JSON files of another kind, such as this one: the shapes of one picture, as labelme"
    )
    assert done.told == [("coco.other-json", "labelme.json", f"{message} itself keeps them")]


OTHERS = {
    "the categories that panopticapi has": ("panoptic_coco_categories.json", [{"id": 1, "name": "cat", "isthing": 1}]),
    "the same as an object": ("panoptic_coco_categories.json", {"categories_of": [{"id": 1, "name": "cat"}]}),
    "the words of captions": ("captions_vocab.json", {"cat": 1}),
    "results that are none": ("instances_val_results.json", []),
    "results that are none, named as annotations": ("instances_val2017.json", []),
    "what is learned of a split": ("instances_val_statistics.json", {"mean": 1}),
}


@pytest.mark.parametrize(("name", "content"), OTHERS.values(), ids=OTHERS)
def test_lists_of_others_are_no_annotations_though_a_task_is_in_their_name(
    name: str, content: Any, read: Any, document: Any
) -> None:
    done = read({"annotations/instances_train.json": document(), f"annotations/{name}": content})
    assert [(rule, file) for rule, file, _ in done.told] == [("coco.other-json", f"annotations/{name}")]


@pytest.mark.parametrize("split", ["train", "val2017", "test-dev2015", "minival2014", "2014", "aerial"])
def test_an_object_of_others_that_is_named_as_a_split_is_an_error(split: str, read: Any, document: Any) -> None:
    """`aerial` has a folder of pictures."""
    name = f"annotations/person_keypoints_{split}.json"
    done = read({"annotations/instances_x.json": document(), name: {"image": []}, "aerial/images/b.png": b"\x89PNG"})
    assert ("coco.malformed-file", name) in [(rule, file) for rule, file, _ in done.told]


def test_a_document_within_an_array_is_told(read: Any, document: Any) -> None:
    done = read({"annotations/instances_x.json": document(), "annotations/any.json": [document()]})
    message = "expected an object with `images`, found an array of such"
    assert done.told == [("coco.malformed-file", "annotations/any.json", message)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no JSON file"),
        ('{"a": 1}', "x.json: no `images`"),
        ("[]", "x.json: an array without records"),
        ('[{"a": 1}]', "x.json: an array of other records"),
        ('{"images": []}', "x.json: an array `images`, but neither `annotations` nor `categories`"),
        ('{"shapes": [], "imagePath": "a.png"}', "x.json: the shapes of one picture, as labelme itself keeps them"),
        ("version https://git-lfs.github.com/spec/v1\n", "x.json: a Git LFS pointer"),
        ('[{"video_id": 1, "segmentations": []}]', "x.json: an array of results of whole videos (YouTube-VIS)"),
    ],
    ids=[
        "nothing",
        "another object",
        "an empty list",
        "another list",
        "images alone",
        "labelme",
        "git lfs",
        "youtube-vis results",
    ],
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


@pytest.mark.parametrize("key", ["images", "annotations"])
def test_nothing_in_front_is_long_enough_to_hide_the_images(key: str, read: Any) -> None:
    document = {"categories": [{"id": 1, "name": "cat", "synonyms": ["x" * 1000] * 9500}], "videos": []}
    rows = {"images": [IMAGE], "annotations": [{"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}
    done = read({"x.json": {**document, key: rows[key], **rows}})
    assert done.told == []
    assert [label.instance for label in done.labels] == ["7"]


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(
    "front", [{"note": "x" * 9_000_000}, {"runs": [[{"images": [{}]}]] * 9000}], ids=["text", "arrays"]
)
def test_keys_of_others_in_front_do_not_hide_the_images(front: Any, ending: str, read: Any) -> None:
    row = {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    document = {**front, "images": [IMAGE], "annotations": [row], "categories": [{"id": 1, "name": "cat"}]}
    text = json.dumps(document).encode()
    done = read({f"x.json{ending}": gzip.compress(text, 1) if ending else text})
    assert done.told == []
    assert [label.instance for label in done.labels] == ["7"]


def test_a_first_result_of_any_length_is_a_result(tmp_path: Any) -> None:
    row = {"image_id": 1, "category_id": 1, "score": 0.5, "segmentation": [[0.125] * 60_000]}
    (tmp_path / "x.json").write_text(json.dumps([row]))
    assert CocoReader().detect(Source.open(tmp_path)) == Match(0.6, "x.json: an array of records with `image_id`")


def test_a_long_file_of_others_is_none_of_ours(tmp_path: Any) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"info": {}, "features": ["x" * 1000] * 9500}))
    assert CocoReader().detect(Source.open(tmp_path)) == Match(0.0, "x.json: no `images`")


PACKED = {
    "images": [IMAGE],
    "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": [{"id": 3, "category_id": 1}]}],
    "categories": [{"id": 1, "name": "cat"}],
}


def id_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (3, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("member", ["panoptic_x/a.png", "a.png"])
@pytest.mark.parametrize("is_packed_whole", [False, True], ids=["in a folder", "in another archive"])
def test_masks_in_the_archive_of_the_official_download_are_read(
    write: Any, opened: Any, tmp_path: Any, member: str, is_packed_whole: bool
) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(member, id_png())
        archive.writestr("__MACOSX/panoptic_x/._a.png", b"x")
    folder = write({"annotations/panoptic_x.json": PACKED, "annotations/panoptic_x.zip": inner.getvalue()})
    if is_packed_whole:
        whole = tmp_path / "panoptic_annotations.zip"
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("annotations/panoptic_x.json", "annotations/panoptic_x.zip", "images/a.png"):
                archive.write(folder / name, name)
        folder = whole
    done = opened(folder)
    (mask,) = done.labels
    path = f"annotations/{member}"
    assert (mask.path, mask.content.path, mask.content.read(), done.told) == (path, path, id_png(), [])
    again = pickle.loads(pickle.dumps(done.dataset))
    ((frame,),) = [list(again.frames(segment.name)) for segment in again.segments]
    assert frame.data[0].labels[0].content.read() == id_png()
    assert [finding for finding in validate(done.dataset) if finding.severity == "error"] == []


def test_an_archive_of_masks_that_does_not_open_or_has_none_is_told(write: Any, opened: Any) -> None:
    folder = write({"annotations/panoptic_x.json": PACKED, "annotations/panoptic_x.zip": b"PK"})
    done = opened(folder)
    assert done.labels[0].content is None
    ((rule, place, message),) = done.told
    assert (rule, place) == ("coco.packed-masks", "annotations/panoptic_x.zip")
    assert message.startswith("expected a whole zip archive, found a broken one")
    with zipfile.ZipFile(folder / "annotations" / "panoptic_x.zip", "w") as archive:
        archive.writestr("other/a.txt", b"x")
    assert opened(folder).told == [
        (
            "coco.packed-masks",
            "annotations/panoptic_x.zip",
            "expected the PNGs of annotations/panoptic_x.json, found none where they would be unpacked to",
        )
    ]


def unlisted_masks(count: str, path: str = "annotations/panoptic_x.json") -> str:
    return f"expected masks that {path} names, found {count}, such as this one"


@pytest.mark.parametrize("home", ["", "annotations/"], ids=["beside the pictures", "in a folder of annotations"])
def test_masks_that_no_annotation_names_are_counted(read: Any, home: str) -> None:
    folder = f"{home}panoptic_x"
    files = {f"{home}panoptic_x.json": PACKED, f"{folder}/a.png": id_png(), f"{folder}/notes.txt": "x"}
    assert read(files).told == []
    done = read({**files, f"{folder}/b.png": id_png(), f"{folder}/c/a.PNG": id_png()})
    message = unlisted_masks("2 others", f"{home}panoptic_x.json")
    assert done.told == [("coco.unlisted-file", f"{folder}/b.png", message)]
    assert len(done.labels) == 1


def test_masks_that_one_of_two_files_names_are_named(read: Any) -> None:
    image, (row,) = IMAGE | {"id": 2, "file_name": "b.png"}, PACKED["annotations"]
    other = {**PACKED, "images": [image], "annotations": [row | {"image_id": 2, "file_name": "b.png"}]}
    files = {"annotations/panoptic_x.json": PACKED, "annotations/x.json": other, "images/b.png": id_png()}
    masks = {f"annotations/panoptic_x/{name}.png": id_png() for name in "ab"}
    assert [told for told in read(files | masks).told if told[0] == "coco.unlisted-file"] == []


@pytest.mark.parametrize("name", [None, "", 5], ids=repr)
def test_a_mask_that_may_be_of_an_annotation_without_a_name_is_not_told_again(read: Any, name: Any) -> None:
    (row,) = PACKED["annotations"]
    files = {"panoptic_x.json": {**PACKED, "annotations": [row | {"file_name": name}]}, "panoptic_x/a.png": id_png()}
    assert read(files).rules == ["coco.missing-file-name"]
    done = read({**files, "panoptic_x/b.png": id_png()})
    assert sorted(done.rules) == ["coco.missing-file-name", "coco.unlisted-file"]


ENDING, CAPITALS = "coco.file-ending", "coco.file-capitals"


@pytest.mark.parametrize(
    ("name", "file", "rule"),
    [
        ("a.jpg", "a.png", ENDING),
        ("a", "a.png", ENDING),
        ("a.jpg", "A.PNG", ENDING),
        ("a.png", "a.jpg", ENDING),
        ("a.PNG", "a.png", CAPITALS),
        ("a.png", "A.PNG", CAPITALS),
        ("./a.png", "a.png", None),
        ("panoptic_x/a.png", "a.png", None),
        ("panoptic_x\\a.png", "a.png", None),
        ("panoptic_x/a.png", "a.PNG", CAPITALS),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True], ids=["in a folder", "in an archive"])
def test_a_mask_is_found_under_another_spelling_of_its_name(
    read: Any, name: str, file: str, rule: str | None, is_packed: bool
) -> None:
    (row,) = PACKED["annotations"]
    files = {"panoptic_x.json": {**PACKED, "annotations": [row | {"file_name": name}]}}
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"panoptic_x/{file}", id_png())
    files |= {"panoptic_x.zip": inner.getvalue()} if is_packed else {f"panoptic_x/{file}": id_png()}
    done = read(files)
    path = f"panoptic_x/{file}"
    assert [(one.path, one.content.path) for one in done.labels] == [(path, path)]
    message = f"expected a file of this name to the letter, found {path!r}"
    place = "panoptic_x.json#/annotations/0/file_name"
    assert done.told == ([] if rule is None else [(rule, place, message)])
    assert [one.rule for one in validate(done.dataset) if one.rule == "media.missing"] == []


@pytest.mark.parametrize("name", ["../a.png", "/a.png", "b.png", "x/b.png"])
def test_a_mask_of_another_name_or_out_of_its_folder_is_missing(read: Any, name: str) -> None:
    (row,) = PACKED["annotations"]
    files = {"panoptic_x.json": {**PACKED, "annotations": [row | {"file_name": name}]}, "panoptic_x/a.png": id_png()}
    assert read(files).rules == []  # that it is missing is told by a rule
    assert [one.rule for one in validate(read(files).dataset) if one.severity == "error"] == ["media.missing"]


def test_pictures_are_no_masks_of_another_ending_where_both_lie_in_one_folder(read: Any) -> None:
    (row,) = PACKED["annotations"]
    image = {**IMAGE, "file_name": "a.jpg"}
    document = {**PACKED, "images": [image], "annotations": [row | {"file_name": "a.png"}]}
    done = read({"x/panoptic.json": document, "x/a.jpg": id_png(), "x/b.png": id_png()})
    assert [one.content for one in done.labels] == [None]


def of_pictures(count: int, ending: str) -> dict[str, Any]:
    """A panoptic file of so many pictures of an ending in a folder that has its name, and of masks elsewhere."""
    (row,) = PACKED["annotations"]
    images = [{**IMAGE, "id": number, "file_name": f"{number}.{ending}"} for number in range(count)]
    rows = [row | {"image_id": number, "file_name": f"{number}.png"} for number in range(count)]
    pictures = {f"train/{number}.{ending}": id_png() for number in range(count)}
    return {"train.json": {**PACKED, "images": images, "annotations": rows}, **pictures}


@pytest.mark.parametrize(("folder", "ending"), [("", "jpg"), ("panoptic_train/", "jpg"), ("panoptic_train/", "png")])
def test_masks_are_found_where_a_folder_of_pictures_has_the_name_of_their_file(
    read: Any, folder: str, ending: str
) -> None:
    done = read({**of_pictures(5, ending), **{f"{folder}{number}.png": id_png() for number in range(5)}})
    assert [one.content.path for one in done.labels] == [f"{folder}{number}.png" for number in range(5)]
    assert [told[:2] for told in done.told] == [("coco.unlisted-file", "images/a.png")]  # which lies there always


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_pictures_are_not_taken_for_masks_that_were_not_sent(read: Any, ending: str) -> None:
    done = read({**of_pictures(5, ending), f"train/more.{ending}": id_png()})
    found = [one for one in validate(done.dataset) if one.severity == "error"]
    assert [one.rule for one in found] == ["media.missing"] * 5
    assert [one.content for one in done.labels] == [None] * 5
    assert [rule for rule in done.rules if rule != "coco.unlisted-file"] == []


def test_masks_are_found_that_lie_among_png_pictures(read: Any) -> None:
    """They have names of their own there."""
    files = of_pictures(5, "png")
    document = files["train.json"]
    rows = [row | {"file_name": row["file_name"].replace(".png", "_mask.png")} for row in document["annotations"]]
    files["train.json"] = {**document, "annotations": rows}
    done = read(files | {f"train/{number}_mask.png": id_png() for number in range(5)})
    assert [one.content.path for one in done.labels] == [f"train/{number}_mask.png" for number in range(5)]
    assert [told[:2] for told in done.told] == [("coco.unlisted-file", "images/a.png")]


def test_masks_are_looked_for_under_those_endings_alone_that_their_folder_has(write: Any) -> None:
    folder = write({"panoptic_x.json": PACKED, "panoptic_x/a.png": id_png(), "panoptic_x/b.txt": "x"})
    place = mask_place(Source.open(folder), "panoptic_x.json", "x")
    assert place is not None
    assert (place.folder, place.endings) == ("panoptic_x", (".png",))
    write({"panoptic_x/c.JPG": id_png(), "other/d.bmp": id_png()})
    place = mask_place(Source.open(folder), "panoptic_x.json", "x")
    assert place is not None
    assert place.endings == (".png", ".jpg")


@pytest.mark.parametrize("jobs", [1, 2])
def test_masks_of_another_ending_are_told_once_where_more_than_two_are_such(write: Any, jobs: int) -> None:
    (row,) = PACKED["annotations"]
    images = [{**IMAGE, "id": number, "file_name": f"{number}.jpg"} for number in range(8)]
    rows = [row | {"image_id": n, "file_name": f"{n}.{'jpg' if n > 4 else 'png'}"} for n in range(8)]
    files = {"panoptic_x.json": {**PACKED, "images": images, "annotations": rows}}
    folder = write(files | {f"panoptic_x/{n}.png": id_png() for n in range(8)})
    found = [one for one in validate(open_dataset(folder), jobs=jobs) if one.rule == ENDING]
    assert [(one.severity, one.pointer, one.message) for one in found] == [
        (
            "warning",
            "/annotations/5/file_name",
            "expected a file of this name to the letter, found 'panoptic_x/5.png'; so it is with 3 annotations of 8",
        )
    ]


@pytest.mark.parametrize("name", [None, "c.png"])
def test_the_mask_that_an_annotation_lacks_is_the_one_called_as_its_picture(read: Any, name: Any) -> None:
    (row,) = PACKED["annotations"]
    files = {"panoptic_x.json": {**PACKED, "annotations": [row | {"file_name": name}]}, "panoptic_x/a.png": id_png()}
    told = read({**files, "panoptic_x/Z.png": id_png()}).told
    message = unlisted_masks("1 other", "panoptic_x.json")
    assert [one for one in told if one[0] == "coco.unlisted-file"] == [
        ("coco.unlisted-file", "panoptic_x/Z.png", message)
    ]


def test_pictures_beside_masks_that_nothing_lists_are_pictures(read: Any) -> None:
    done = read({"x/panoptic.json": PACKED, "x/a.png": id_png(), "x/b.png": id_png()})
    message = "expected pictures that an annotation file lists, found 1 other, such as this one"
    assert done.told == [("coco.unlisted-file", "x/b.png", message)]


def test_pixelmaps_of_no_listed_picture_are_counted(read: Any) -> None:
    row = {"id": 1, "image_id": 1, "category_id": 92, "bbox": [1, 2, 3, 4], "iscrowd": 0}
    url = {"id": 2, "file_name": None, "coco_url": "http://x.org/val2017/b.jpg", "width": 40, "height": 30}
    document = {"images": [IMAGE, url], "annotations": [row], "categories": [{"id": 92, "name": "wall"}]}
    files = {"annotations/stuff_x.json": document, "images/b.jpg": id_png()}
    maps = {f"annotations/stuff_x_pixelmaps/{name}.png": id_png() for name in "abcd"}
    message = "expected pixelmaps of pictures that annotations/stuff_x.json lists, found 2 others, such as this one"
    assert read(files | maps).told == [("coco.unlisted-file", "annotations/stuff_x_pixelmaps/c.png", message)]


def test_masks_in_an_archive_that_no_annotation_names_are_counted(write: Any, opened: Any) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name in ("a", "b"):
            archive.writestr(f"panoptic_x/{name}.png", id_png())
    folder = write({"annotations/panoptic_x.json": PACKED, "annotations/panoptic_x.zip": inner.getvalue()})
    assert opened(folder).told == [("coco.unlisted-file", "annotations/panoptic_x/b.png", unlisted_masks("1 other"))]


@given(st.lists(st.text(alphabet="a./\\:\n", max_size=6), max_size=4))
def test_names_that_are_safe_at_one_look_are_safe_one_by_one(names: list[str]) -> None:
    if are_safe(names):
        assert all(unsafe_name(name, "annotations/a.json") is None for name in names)


def test_usual_names_are_safe_at_one_look() -> None:
    assert are_safe(["000000000139.jpg", "val2017/a.b.jpg"])
    assert not are_safe(["000000000139.jpg", "/a.jpg"])
