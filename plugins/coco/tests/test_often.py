"""What most records of a file have wrong alike is told once, with their number; what few have, of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lading

FILE = "annotations.json#"
IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
CATEGORIES = [{"id": 2, "name": "cat"}, {"id": "7", "name": "dog"}]
VIDEOS = [{"id": 4, "name": "pier"}, {"id": 5, "name": "quay"}]
AS_THE_IMAGE = "expected the id as the image has it, 1, found '1'"
AS_THE_CATEGORY = "expected the id as the category has it, 2, found '2'"
AS_THE_VIDEO = "expected the id as the video has it, 4, found '4'"
ANOTHER = "expected 4, the video of its image, found 5"


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": number + 1, "image_id": 1, "category_id": 2, "bbox": [1 + number, 2, 10, 10], **changes}


def rows(count: int, odd: int, **changes: Any) -> list[dict[str, Any]]:
    """So many rows, of which so many, not the first, are changed."""
    return [row(number, **(changes if 1 <= number <= odd else {})) for number in range(count)]


@pytest.mark.parametrize(
    ("changes", "rule", "message"),
    [
        ({"image_id": "1"}, "coco.id-type", AS_THE_IMAGE),
        ({"category_id": "2"}, "coco.id-type", AS_THE_CATEGORY),
        ({"category_id": 7}, "coco.id-type", "expected the id as the category has it, '7', found 7"),
        ({"video_id": "4"}, "coco.id-type", AS_THE_VIDEO),
        ({"video_id": 5}, "coco.other-video", ANOTHER),
        ({"video_id": 9}, "coco.other-video", "expected 4, the video of its image, found 9"),
    ],
    ids=str,
)
@pytest.mark.parametrize("odd", [1, 2, 4, 5, 8])
def test_ids_that_lead_astray_are_told_once_where_most_do(
    read: Any, changes: dict[str, Any], rule: str, message: str, odd: int
) -> None:
    (key,) = changes
    made = rows(9, odd, **changes)
    made = [{"video_id": 4, **one} for one in made] if key == "video_id" else made
    images = [{**IMAGE, "video_id": 4}] if key == "video_id" else [IMAGE]
    done = read(annotations=made, images=images, categories=CATEGORIES, videos=VIDEOS)
    due = [(rule, f"{FILE}/annotations/{number}/{key}", message) for number in range(1, odd + 1)]
    if odd > 4:
        due = [(*due[0][:2], f"{message}; so it is with {odd} annotations of 9")]
    assert done.told == due
    assert [label.category for label in done.labels] == ["dog" if one["category_id"] == 7 else "cat" for one in made]


def test_two_defects_of_one_key_are_counted_apart(read: Any) -> None:
    made = [row(number, video_id=key) for number, key in enumerate([5, "4", "4", 5, 5, 5, 4])]
    done = read(annotations=made, images=[{**IMAGE, "video_id": 4}], categories=CATEGORIES, videos=VIDEOS)
    at = f"{FILE}/annotations/{{}}/video_id"
    assert sorted(done.told) == [
        ("coco.id-type", at.format(1), AS_THE_VIDEO),
        ("coco.id-type", at.format(2), AS_THE_VIDEO),
        ("coco.other-video", at.format(0), f"{ANOTHER}; so it is with 4 annotations of 7"),
    ]


def test_annotations_without_a_video_do_not_count(read: Any) -> None:
    made = [row(number, **({"video_id": 5} if number < 3 else {})) for number in range(40)]
    done = read(annotations=made, images=[{**IMAGE, "video_id": 4}], categories=CATEGORIES, videos=VIDEOS)
    assert done.told == [
        ("coco.other-video", f"{FILE}/annotations/0/video_id", f"{ANOTHER}; so it is with 3 annotations of 3")
    ]


def test_an_annotation_may_name_the_video_that_another_file_gives_its_image(read: Any, document: Any) -> None:
    other = document(images=[{**IMAGE, "video_id": 4}], annotations=[], videos=VIDEOS)
    whole = document(annotations=[row(0, video_id=4), row(1, video_id=5)], images=[IMAGE], videos=VIDEOS)
    done = read({"annotations/instances_x.json": whole, "annotations/captions_x.json": other})
    assert done.told == [("coco.other-video", "annotations/instances_x.json#/annotations/1/video_id", ANOTHER)]


@pytest.mark.parametrize("odd", [1, 2, 4, 5])
def test_segments_that_spell_their_category_otherwise_are_told_once_where_most_do(read: Any, odd: int) -> None:
    segments = [{"id": 1 + number, "category_id": "2" if number < odd else 2} for number in range(9)]
    made = [
        {"image_id": 1, "file_name": "m.png", "segments_info": segments[:5]},
        {"image_id": 2, "file_name": "n.png", "segments_info": segments[5:]},
    ]
    images = [IMAGE, {**IMAGE, "id": 2, "file_name": "b.png"}]
    done = read(annotations=made, images=images, categories=CATEGORIES)
    at = f"{FILE}/annotations/0/segments_info/{{}}/category_id"
    due = [("coco.id-type", at.format(number), AS_THE_CATEGORY) for number in range(odd)]
    if odd > 4:
        due = [(*due[0][:2], f"{AS_THE_CATEGORY}; so it is with 5 segments of 9")]
    assert done.told == due
    assert [item.category for mask in done.labels for item in mask.items] == ["cat"] * 9


def test_videos_that_annotations_of_whole_videos_spell_otherwise_are_told_once(read: Any) -> None:
    video = {"id": 4, "file_names": ["a.png"], "width": 40, "height": 30, "length": 1}
    made = [
        {"id": 1 + number, "video_id": "4" if number else 4, "category_id": 2, "bboxes": [[1 + number, 2, 9, 9]]}
        for number in range(5)
    ]
    done = read({"annotations.json": {"videos": [video], "annotations": made, "categories": CATEGORIES}})
    message = f"{AS_THE_VIDEO}; so it is with 4 annotations of 5"
    assert done.told == [("coco.id-type", f"{FILE}/annotations/1/video_id", message)]


def test_a_category_of_a_whole_video_is_one_annotations_though_many_frames_say_it(read: Any) -> None:
    names = [f"{number}.png" for number in range(6)]
    video = {"id": 4, "file_names": names, "width": 40, "height": 30, "length": 6}
    made = [
        {
            "id": 1 + number,
            "video_id": 4,
            "category_id": "2" if number < 2 else 2,
            "bboxes": [[1, 2 + number, 9, 9]] * 6,
        }
        for number in range(5)
    ]
    done = read({"annotations.json": {"videos": [video], "annotations": made, "categories": CATEGORIES}})
    told = [one for one in done.told if one[0] == "coco.id-type"]
    assert told == [("coco.id-type", f"{FILE}/annotations/{number}/category_id", AS_THE_CATEGORY) for number in (0, 1)]


def test_several_processes_tell_the_same(tmp_path: Path) -> None:
    images = [{**IMAGE, "id": number, "file_name": f"{number}.png", "video_id": 4} for number in range(60)]
    made = [
        row(number, image_id=number % 60, category_id="2" if number % 3 else 2, video_id=5 if number % 4 else 4)
        for number in range(600)
    ]
    whole = {"images": images, "annotations": made, "categories": CATEGORIES, "videos": VIDEOS}
    (tmp_path / "a.json").write_text(json.dumps(whole), encoding="utf-8")
    told = []
    for jobs in (1, 2):
        findings = lading.validate(lading.open_dataset(tmp_path), jobs=jobs)
        found = [f for f in findings if f.rule in ("coco.id-type", "coco.other-video")]
        told.append(sorted((f.rule, f.pointer or "", f.message) for f in found))
    assert (
        told[0]
        == told[1]
        == [
            ("coco.id-type", "/annotations/1/category_id", f"{AS_THE_CATEGORY}; so it is with 400 annotations of 600"),
            ("coco.other-video", "/annotations/1/video_id", f"{ANOTHER}; so it is with 450 annotations of 600"),
        ]
    )


@pytest.mark.parametrize("odd", [1, 2, 4, 5, 8])
@pytest.mark.parametrize("key", [[4], {"id": 4}, True, 4.5], ids=repr)
def test_what_is_no_id_of_a_video_is_told_and_counted(read: Any, key: Any, odd: int) -> None:
    made = [{"video_id": 4, **one} for one in rows(9, odd, video_id=key)]
    done = read(annotations=made, images=[{**IMAGE, "video_id": 4}], categories=CATEGORIES, videos=VIDEOS)
    message = f"expected a whole number or a text, found {key!r}"
    due = [("coco.bad-id", f"{FILE}/annotations/{number}/video_id", message) for number in range(1, odd + 1)]
    if odd > 4:
        due = [(*due[0][:2], f"{message}; so it is with {odd} annotations of 9")]
    assert done.told == due


@pytest.mark.parametrize("odd", [1, 2, 4, 5, 8])
def test_names_that_videos_share_are_told_once_where_most_do(read: Any, odd: int) -> None:
    videos = [{"id": number, "name": "pier" if number <= odd else f"quay {number}"} for number in range(9)]
    images = [{**IMAGE, "video_id": 0}]
    done = read(annotations=[row(0)], images=images, categories=CATEGORIES, videos=videos)
    message = "expected each name of a video once, found 'pier' with the ids 0 and {}"
    at = f"{FILE}/videos/{{}}/name"
    due = [("coco.duplicate-video-name", at.format(n), message.format(n)) for n in range(1, odd + 1)]
    if odd > 4:
        due = [(*due[0][:2], f"{due[0][2]}; so it is with {odd} videos of 9")]
    assert done.told == due


UNSEEN = {"keypoints": [1, 1, 0, 5, 5, 0], "num_keypoints": 0}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"category_id": None}, ("coco.unknown-category", "category_id", "expected the id of a category, found null")),
        (
            UNSEEN,
            (
                "coco.bad-keypoints",
                "keypoints",
                "expected a visibility of 1 or 2 of points that have a place, found 0 of all 2; they make no label",
            ),
        ),
    ],
    ids=["no category", "no visibility"],
)
@pytest.mark.parametrize("odd", [1, 2, 4, 5, 8])
@pytest.mark.parametrize("parts", [1, 2])
def test_what_most_records_of_a_segment_lack_is_told_once(
    write: Any, changes: dict[str, Any], told: tuple[str, str, str], odd: int, parts: int
) -> None:
    rule, key, message = told
    names = {number: {**IMAGE, "id": number, "file_name": f"{number}.png"} for number in range(9)}
    made = [{**one, "image_id": number} for number, one in enumerate(rows(9, odd, **changes))]
    dataset = lading.open_dataset(write(annotations=made, images=[*names.values()], categories=CATEGORIES))
    found = [one for one in lading.validate(dataset, jobs=parts) if one.rule == rule]
    due = [(f"/annotations/{number}/{key}", message) for number in range(1, odd + 1)]
    if odd > 4:
        due = [(due[0][0], f"{message}; so it is with {odd} annotations of 9")]
    assert [(one.pointer, one.message) for one in found] == due


def test_of_boxes_in_parts_it_is_told_how_many_were_looked_at(read: Any) -> None:
    made = [row(number, bbox=[0.25, 0.5, 0.125, 0.25]) for number in range(64)]
    done = read(annotations=[*made, *(row(number) for number in range(64, 100))], images=[IMAGE], categories=CATEGORIES)
    (message,) = (text for rule, _, text in done.told if rule == "coco.relative-boxes")
    assert "nothing beyond 1 in the first 64 boxes of 100 annotations, as if " in message


def unknown(write: Any, keys: list[Any], jobs: int) -> list[tuple[str, str]]:
    """What is told of annotations of these ids of categories, each in a picture of its own."""
    images = [{**IMAGE, "id": number, "file_name": f"{number}.png"} for number in range(len(keys))]
    made = [row(number, image_id=number, category_id=key) for number, key in enumerate(keys)]
    dataset = lading.open_dataset(write(annotations=made, images=images, categories=CATEGORIES))
    found = [one for one in lading.validate(dataset, jobs=jobs) if one.rule == "coco.unknown-category"]
    assert {one.severity for one in found} == {"error"}
    return [(one.pointer or "", one.message) for one in found]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_id_of_no_category_is_told_once_where_more_than_two_annotations_have_it(write: Any, jobs: int) -> None:
    keys: list[Any] = [2] * 40
    keys[3:6], keys[10], keys[12], keys[20] = [9, 9, 9], 8, 8, "x"
    expected = "expected the id of a category, found"
    assert unknown(write, keys, jobs) == [
        ("/annotations/3/category_id", f"{expected} 9; so it is with 3 annotations of 40"),
        ("/annotations/10/category_id", f"{expected} 8"),
        ("/annotations/12/category_id", f"{expected} 8"),
        ("/annotations/20/category_id", f"{expected} 'x'"),
    ]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("keys", "more"),
    [
        ([2, *range(20, 24)], "; so it is with 4 annotations of 5, of 4 ids"),
        ([2] * 300 + [*range(20, 121)], "; so it is with 101 annotations of 401, of more than 100 ids"),
        ([2] * 300 + [*range(20, 171)] * 2, "; so it is with 302 annotations of 602, of more than 100 ids"),
    ],
    ids=["most annotations", "many ids", "many ids again"],
)
def test_ids_of_no_category_are_told_as_one_where_they_are_many(
    write: Any, keys: list[Any], more: str, jobs: int
) -> None:
    place = f"/annotations/{keys.index(20)}/category_id"
    assert unknown(write, keys, jobs) == [(place, f"expected the id of a category, found 20{more}")]


def test_of_a_whole_video_annotations_are_counted_not_their_frames(read: Any) -> None:
    names = [f"{number}.png" for number in range(6)]
    video = {"id": 4, "file_names": names, "width": 40, "height": 30, "length": 6}
    made = [
        {"id": 1 + n, "video_id": 4, "category_id": 9 if n < 3 else 2, "bboxes": [[1, 2 + n, 9, 9]] * 6}
        for n in range(7)
    ]
    done = read({"annotations.json": {"videos": [video], "annotations": made, "categories": CATEGORIES}})
    told = [one for one in done.told if one[0] == "coco.unknown-category"]
    message = "expected the id of a category, found 9; so it is with 3 annotations of 7"
    assert told == [("coco.unknown-category", f"{FILE}/annotations/0/category_id", message)]


@pytest.mark.parametrize("odd", [1, 3])
def test_of_areas_of_a_whole_video_entries_are_counted(read: Any, odd: int) -> None:
    """Of 4 annotations in 7 frames, 28 entries: 7 are told each, 21 once."""
    names = [f"{number}.png" for number in range(7)]
    video = {"id": 4, "file_names": names, "width": 200, "height": 30, "length": 7}
    made = [
        {"id": 1 + n, "video_id": 4, "category_id": 2, "bboxes": [[1 + 20 * n, 2, 10, 10]] * 7}
        | {"areas": [500 if n < odd else 100] * 7}
        for n in range(4)
    ]
    done = read({"annotations.json": {"videos": [video], "annotations": made, "categories": CATEGORIES}})
    told = [one for one in done.told if one[0] == "coco.large-area"]
    message = "expected an area no larger than that of its box, 10 x 10, found 500"
    due = [("coco.large-area", f"{FILE}/annotations/0/areas/{frame}", message) for frame in range(7)]
    if odd == 3:
        due = [(*due[0][:2], f"{message}; so it is with 21 entries of 28")]
    assert told == due


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("is_whole", [True, False], ids=["whole videos", "pictures of videos"])
def test_ids_of_no_category_are_counted_over_all_videos_of_a_file(write: Any, is_whole: bool, jobs: int) -> None:
    """Of 5 videos of 2 annotations each one has an id of no category in both, the others in one."""
    keys = [2, 9, 2, 9, 9, 9, 2, 9, 2, 9]
    boxes = [[1 + 20 * (n % 2), 2, 10, 10] for n in range(10)]
    if is_whole:
        videos = [{"id": v, "file_names": [f"{v}.png"], "width": 40, "height": 30, "length": 1} for v in range(5)]
        made = [{"id": 1 + n, "video_id": n // 2, "category_id": k, "bboxes": [boxes[n]]} for n, k in enumerate(keys)]
        document = {"videos": videos, "annotations": made, "categories": CATEGORIES}
    else:
        videos = [{"id": v, "name": f"v{v}"} for v in range(5)]
        images = [{**IMAGE, "id": v, "file_name": f"{v}.png", "video_id": v, "frame_id": 0} for v in range(5)]
        made = [row(n, image_id=n // 2, category_id=k, bbox=boxes[n], instance_id=n) for n, k in enumerate(keys)]
        document = {"videos": videos, "images": images, "annotations": made, "categories": CATEGORIES}
    dataset = lading.open_dataset(write({"annotations.json": document}))
    assert len(dataset.segments) == 5
    report = lading.Report()
    found = [*lading.validate(dataset, jobs=jobs, report=report)]
    message = "expected the id of a category, found 9; so it is with 6 annotations of 10"
    assert [(one.severity, one.pointer, one.message) for one in found if one.rule == "coco.unknown-category"] == [
        ("error", "/annotations/1/category_id", message)
    ]


PARTS = [0.25, 0.5, 0.125, 0.25]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("count", "is_once"), [(1, False), (3, False), (70, True)])
def test_boxes_in_pixels_behind_the_first_ones_in_parts_are_told_too(
    write: Any, count: int, is_once: bool, jobs: int
) -> None:
    images = [{**IMAGE, "id": number, "file_name": f"{number}.png"} for number in range(64 + count)]
    made = [row(n, image_id=n, bbox=PARTS if n < 64 else [1.1, 2.3, 10.4, 10.7]) for n in range(64 + count)]
    dataset = lading.open_dataset(write(annotations=made, images=images, categories=CATEGORIES))
    found = [one for one in lading.validate(dataset, jobs=jobs) if "box" in one.rule]
    first, *others = [(one.rule, one.severity, one.pointer, one.message) for one in found]
    assert first[:3] == ("coco.relative-boxes", "warning", "/annotations/0/bbox")
    message = "expected a box in parts of its picture, as the first of its file, found (1.1, 2.3, 10.4, 10.7)"
    due = [("coco.mixed-boxes", "warning", f"/annotations/{64 + n}/bbox", message) for n in range(count)]
    if is_once:
        due = [(*due[0][:3], f"{message}; so it is with {count} boxes of {64 + count}")]
    assert others == due


def test_boxes_and_keypoints_in_parts_are_both_told(read: Any) -> None:
    body = [{"id": 2, "name": "cat", "keypoints": ["nose", "tail"]}]
    made = [row(n, bbox=PARTS, keypoints=[0.25, 0.5, 2, 0.375, 0.75, 2 - n % 2], num_keypoints=2) for n in range(3)]
    done = read(annotations=made, images=[IMAGE], categories=body)
    assert [(rule, place) for rule, place, _ in done.told] == [
        ("coco.relative-boxes", f"{FILE}/annotations/0/bbox"),
        ("coco.relative-keypoints", f"{FILE}/annotations/0/keypoints"),
    ]


RING = [[1, 2, 11, 2, 11, 12]]
RUNS = {"size": [30, 40], "counts": [0, 1200]}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("is_plain", [True, False])
@pytest.mark.parametrize("odd", [1, 2, 3, 20])
def test_crowds_of_polygons_are_told_and_once_where_more_than_two_are_such(
    write: Any, odd: int, is_plain: bool, jobs: int
) -> None:
    images = [{**IMAGE, "id": number, "file_name": f"{number}.png"} for number in range(40)]
    made = [
        {
            "segmentation": RING if n < 38 else RUNS,
            "area": 50,
            "iscrowd": int(5 <= n < 5 + odd or n > 38),
            "image_id": n,
            "bbox": [1, 2, 10, 10] if n < 38 else [0, 0, 40, 30],
            "category_id": 2,
            "id": n,
            **({} if is_plain else {"attributes": {"by": "hand"}}),
        }
        for n in range(40)
    ]
    dataset = lading.open_dataset(write(annotations=made, images=images, categories=CATEGORIES))
    found = [one for one in lading.validate(dataset, jobs=jobs) if one.rule == "coco.crowd-polygon"]
    message = "expected run lengths of a crowd, found polygons"
    due = [(f"/annotations/{5 + n}/iscrowd", message) for n in range(odd)]
    if odd > 2:
        due = [(due[0][0], f"{message}; so it is with {odd} annotations of 40")]
    assert [(one.pointer, one.message) for one in found] == due
    assert {one.severity for one in found} == {"warning"}
    labels = [label for frame in dataset.frames("annotations") for label in frame.data[0].labels]
    kinds = [label.kind for label in labels if label.attributes["iscrowd"]]
    assert kinds == ["BOX2D", "POLYGON2D"] * odd + ["BOX2D", "RLE"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iscrowd": 0, "segmentation": RING},
        {"segmentation": RING},
        {"iscrowd": 1, "segmentation": []},
        {"iscrowd": 1},
        {"iscrowd": 0, "segmentation": RUNS, "bbox": [0, 0, 40, 30]},
    ],
    ids=["polygons of one object", "no flag", "an empty mask", "a box alone", "run lengths of one object"],
)
def test_what_is_no_crowd_of_polygons_is_not_told(read: Any, changes: dict[str, Any]) -> None:
    assert read(annotations=[row(0, **changes)], images=[IMAGE], categories=CATEGORIES).told == []


def test_results_and_segments_of_masks_are_no_crowds_of_polygons(read: Any) -> None:
    result = [{"image_id": 1, "category_id": 2, "segmentation": RING, "score": 0.5, "iscrowd": 1}]
    assert "coco.crowd-polygon" not in read({"r.json": result}).rules
    made = [{"image_id": 1, "file_name": "m.png", "segments_info": [{"id": 1, "category_id": 2, "iscrowd": 1}]}]
    assert read(annotations=made, images=[IMAGE], categories=CATEGORIES).told == []


PLAIN = {"segmentation": [[1, 2, 11, 2, 11, 12]], "area": 50, "iscrowd": 0}
"""What makes a row plain, with an area within its box of 10 x 10."""


@pytest.mark.parametrize("more", [{}, PLAIN, {"colour": "red"}], ids=["box alone", "plain", "key of its own"])
@pytest.mark.parametrize("odd", [1, 4, 5])
def test_areas_larger_than_the_box_are_told_once_where_most_are(read: Any, more: dict[str, Any], odd: int) -> None:
    """122.3 is more than 11 x 11 by a little more than 1 %."""
    made = [{**one, **more, "area": 122.3 if 1 <= number <= odd else 50} for number, one in enumerate(rows(9, 0))]
    done = read(annotations=made, images=[IMAGE], categories=CATEGORIES)
    message = "expected an area no larger than that of its box, 10 x 10, found 122.3"
    due = [("coco.large-area", f"{FILE}/annotations/{number}/area", message) for number in range(1, odd + 1)]
    if odd > 4:
        due = [(*due[0][:2], f"{message}; so it is with {odd} annotations of 9")]
    assert done.told == due


def test_the_box_of_an_area_is_told_as_it_is_written(read: Any) -> None:
    made = [row(0, bbox=[1, 2, 1234.5678, 10.25], area=5e6)]
    ((rule, _, message),) = read(annotations=made, images=[IMAGE], categories=CATEGORIES).told
    assert (rule, "1234.5678 x 10.25, found 5000000.0" in message) == ("coco.large-area", True), message


def test_an_area_that_no_float_holds_is_too_large_as_well(read: Any) -> None:
    made = [{**row(number), **PLAIN, "area": 10**400 if number == 1 else 50} for number in range(3)]
    ((rule, place, message),) = read(annotations=made, images=[IMAGE], categories=CATEGORIES).told
    assert (rule, place) == ("coco.large-area", f"{FILE}/annotations/1/area")
    assert len(message) < 200


@pytest.mark.parametrize(
    "changes",
    [
        {"area": 122.2},
        {"area": 500, "iscrowd": 1, "segmentation": {"size": [30, 40], "counts": [0, 1200]}},
        {"area": 500, "bbox": [1, 2, 10, 0]},
        {"area": 500, "bbox": [11, 12, -10, -10]},
        {"area": 500, "bbox": [0.25, 0.5, 0.125, 0.25]},
        {"area": 500, "bbox": []},
    ],
    ids=["rounded", "crowd", "no height", "inverted", "parts of the picture", "no box"],
)
@pytest.mark.parametrize("more", [PLAIN, {"colour": "red"}], ids=["plain", "key of its own"])
def test_what_says_nothing_of_its_area_is_not_told(read: Any, more: dict[str, Any], changes: dict[str, Any]) -> None:
    made = [{**row(number), **more, **(changes if number == 1 else {"area": 50})} for number in range(3)]
    done = read(annotations=made, images=[IMAGE], categories=CATEGORIES)
    assert "coco.large-area" not in {rule for rule, *_ in done.told}


@pytest.mark.parametrize(("again", "is_once"), [(2, False), (3, True)], ids=["a tenth", "more"])
def test_ids_that_are_there_again_are_told_once_where_files_were_joined(read: Any, again: int, is_once: bool) -> None:
    made = [row(number) for number in range(20)]
    for number in range(again):
        made[-again + number]["id"] = number + 1
    done = read(annotations=made)
    due = [
        (
            "coco.duplicate-annotation-id",
            f"{FILE}/annotations/{20 - again + number}/id",
            f"expected each annotation id once, found {number + 1} again, first at {FILE}/annotations/{number}/id; "
            f"its instance ends in #2",
        )
        for number in range(again)
    ]
    if is_once:
        due = [(*due[0][:2], f"{due[0][2]}; so it is with {again} annotations of 20")]
    assert done.told == due
    assert [label.instance for label in done.labels][-again:] == [f"{number + 1}#2" for number in range(again)]
