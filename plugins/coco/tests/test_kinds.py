"""What each kind of COCO file becomes, by values written down here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from lading_coco.regions import regions_of
from PIL import Image

import lading
from lading import infer_catalog, open_dataset, validate
from lading.model.label import MaskItem

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}
RING = [1, 1, 9.5, 1, 9, 9]
PETS = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]


def kinds(done: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for label in done.labels:
        counts[label.kind] = counts.get(label.kind, 0) + 1
    return counts


def source_kind(done: Any) -> str:
    (source,) = done.dataset.sources
    return str(source.kind)


def test_a_row_is_a_box_and_a_polygon_of_one_instance(read: Any) -> None:
    done = read(annotations=[ROW | {"bbox": [1.5, 2.25, 10, 4], "segmentation": [RING]}])
    box, ring = done.labels
    shared = {"category": "cat", "attributes": {"iscrowd": False}, "instance": "5", "extras": {"id": 5, "area": 100}}
    assert box == lading.Box2D(1.5, 2.25, 11.5, 6.25, **shared)
    assert ring == lading.Polygon2D(np.array([[1, 1], [9.5, 1], [9, 9]], dtype=np.float64), **shared)
    assert source_kind(done) == "instances"


def test_several_rings_are_one_label(read: Any) -> None:
    done = read(annotations=[ROW | {"segmentation": [RING, [20, 20, 25, 20, 25, 29]]}])
    (mask,) = [label for label in done.labels if label.kind != "BOX2D"]
    assert [ring.tolist() for ring in mask.rings] == [[[1, 1], [9.5, 1], [9, 9]], [[20, 20], [25, 20], [25, 29]]]
    assert mask.kind == "MULTI_POLYGON"


def test_run_lengths_are_kept_with_their_size_packed_or_not(read: Any) -> None:
    # columns of 3: background 1, foreground 2, background 3; its text by the code of maskApi.c
    for counts in ([1, 2, 3], "123"):
        done = read(annotations=[ROW | {"iscrowd": 1, "segmentation": {"size": [3, 2], "counts": counts}}])
        mask = done.labels[1]
        assert (mask.kind, mask.counts.tolist(), mask.height, mask.width) == ("RLE", [1, 2, 3], 3, 2)
        assert mask.attributes == {"iscrowd": True}
        assert done.told == []


def test_what_is_absent_stays_absent(read: Any) -> None:
    done = read(annotations=[{"id": 1, "image_id": 1, "category_id": 2, "segmentation": [RING]}])
    (ring,) = done.labels
    assert (ring.kind, ring.attributes, ring.extras) == ("POLYGON2D", {}, {"id": 1})


def test_unknown_keys_are_extras_and_known_ones_attributes(read: Any) -> None:
    more = {"score": 0.5, "ignore": 1, "occluded": True, "area": 5.0, "drawn": {"by": ["us"]}}
    done = read(annotations=[ROW | more | {"attributes": {"colour": "red", "parts": {"a": 1}, "sizes": [1, 2.5]}}])
    (box,) = done.labels
    assert box.attributes == {
        "iscrowd": False,
        "score": 0.5,
        "ignore": 1,
        "occluded": True,
        "colour": "red",
        "sizes": [1, 2.5],
    }
    assert box.extras == {
        "id": 5,
        "area": 5.0,
        "drawn": {"by": ["us"]},
        "attributes": {"parts": {"a": 1}},
        "segmentation": [],
    }
    declared = {a.name: a.type for a in done.dataset.catalog["BOX2D"].attributes}
    assert declared == {
        "iscrowd": "boolean",
        "score": "number",
        "ignore": "integer",
        "occluded": "boolean",
        "colour": "string",
        "sizes": "array",
    }
    assert [finding for finding in validate(done.dataset) if finding.severity == "error"] == []


def test_a_score_as_text_is_declared_as_the_number_that_it_is_read_as(read: Any) -> None:
    done = read(annotations=[ROW | {"score": "0.25"}])
    (box,) = done.labels
    assert box.attributes == {"iscrowd": False, "score": 0.25}
    assert {a.name: a.type for a in done.dataset.catalog["BOX2D"].attributes}["score"] == "number"
    assert [finding for finding in validate(done.dataset) if finding.severity == "error"] == []


def test_what_is_declared_is_all_that_is_there(fixtures: Any, opened: Any) -> None:
    dataset = opened(fixtures / "coco").dataset
    assert infer_catalog(dataset) == dataset.catalog


def test_keypoints_keep_their_visibility(read: Any) -> None:
    body = {"id": 2, "name": "person", "keypoints": ["nose", "hand"], "skeleton": [[1, 2]]}
    row = ROW | {"keypoints": [3, 4, 2, 0, 0, 0], "num_keypoints": 1}
    done = read(categories=[body], annotations=[row])
    points = done.labels[1]
    assert (points.points.tolist(), points.visible) == ([[3, 4], [0, 0]], (2, 0))
    (rule,) = done.dataset.catalog["KEYPOINTS2D"].keypoints
    assert (rule.number, rule.names, rule.skeleton, rule.visible) == (2, ["nose", "hand"], [[0, 1]], "TERNARY")
    assert rule.parent_categories == ["person"]
    assert source_kind(done) == "keypoints"
    centred = read(categories=[body], annotations=[row], options={"keypoints": "centre"})
    assert centred.labels[1].points.tolist() == [[3.5, 4.5], [0, 0]]
    assert "half a pixel" in centred.dataset.rules["keypoints"]


def test_a_body_without_labelled_points_has_no_keypoints(read: Any) -> None:
    done = read(annotations=[ROW | {"keypoints": [0, 0, 0], "num_keypoints": 0}])
    (box,) = done.labels
    assert box.extras == {"id": 5, "area": 100, "num_keypoints": 0, "keypoints": [0, 0, 0], "segmentation": []}


def test_captions_are_kept_to_the_letter(read: Any) -> None:
    done = read(annotations=[{"id": 3, "image_id": 1, "caption": "\ta cat \n"}], categories=None)
    (sentence,) = done.labels
    assert sentence == lading.Sentence(sentence=(lading.Word("\ta cat \n"),), extras={"id": 3})
    assert (source_kind(done), done.told) == ("captions", [])
    assert [f for f in validate(done.dataset) if f.severity == "error"] == []


def test_stuff_is_no_instance(read: Any) -> None:
    stuff = [{"id": i, "name": f"s{i}", "supercategory": "all"} for i in (92, 183)]
    files = {
        "annotations/stuff_x.json": {
            "images": [IMAGE],
            "annotations": [ROW | {"category_id": 183, "segmentation": {"size": [3, 2], "counts": "123"}}],
            "categories": stuff,
        },
        "stuff_x_pixelmaps/a.png": b"PNG",
    }
    done = read(files)
    box, rle, pixelmap = done.labels
    assert (box.category, box.instance, rle.instance, source_kind(done)) == ("all.s183", None, None, "stuff")
    assert (pixelmap.path, pixelmap.content.size) == ("stuff_x_pixelmaps/a.png", 3)
    assert pixelmap.items == (MaskItem(value=92, category="all.s92"), MaskItem(value=183, category="all.s183"))
    assert str(done.frames["x"][0].data[0].locate(pixelmap, "geometry")) == "annotations/stuff_x.json#/images/0"
    assert done.told == []


def test_an_id_png_that_was_given_a_palette_is_held_to_its_table(write: Any, opened: Any) -> None:
    segments = [{"id": 70000, "category_id": 2, "iscrowd": 0}, {"id": 300, "category_id": 5, "iscrowd": 0}]
    row = {"image_id": 1, "file_name": "a.png", "segments_info": segments}
    folder = write({"panoptic_x.json": {"images": [IMAGE], "annotations": [row], "categories": PETS}})
    (folder / "panoptic_x").mkdir()
    colours = Image.new("RGB", (40, 30), (0, 0, 0))
    colours.paste((112, 17, 1), (0, 0, 20, 30))  # 112 + 256 * 17 + 65536 = 70000
    colours.paste((44, 1, 0), (20, 0, 40, 15))  # 44 + 256 = 300
    colours.quantize(16, dither=Image.Dither.NONE).save(folder / "panoptic_x" / "a.png")
    with Image.open(folder / "panoptic_x" / "a.png") as image:
        assert image.mode == "P"
    (found,) = [f for f in validate(opened(folder).dataset) if f.rule.startswith("coco.")]
    assert (found.rule, found.severity, found.where) == ("coco.mask-palette", "warning", "panoptic_x/a.png")
    colours.paste((45, 1, 0), (20, 15, 40, 30))
    colours.quantize(16, dither=Image.Dither.NONE).save(folder / "panoptic_x" / "a.png")
    (found,) = [f for f in validate(opened(folder).dataset) if f.rule.startswith("coco.")]
    assert (found.rule, found.where) == ("coco.mask-pixels", "panoptic_x/a.png")


def panoptic(write: Any, count: int, exchanged: int) -> Any:
    """A folder of so many pictures with two segments each; red and blue of the first PNGs are exchanged."""
    images = [{**IMAGE, "id": number, "file_name": f"{number}.png"} for number in range(count)]
    segments = [
        {"id": 70000, "category_id": 2, "iscrowd": 0, "area": 600, "bbox": [0, 0, 20, 30]},
        {"id": 300, "category_id": 5, "iscrowd": 0, "area": 300, "bbox": [20, 0, 20, 15]},
    ]
    rows = [{"image_id": number, "file_name": f"{number}.png", "segments_info": segments} for number in range(count)]
    folder = write({"panoptic_x.json": {"images": images, "annotations": rows, "categories": PETS}})
    (folder / "images" / "a.png").unlink()
    (folder / "panoptic_x").mkdir()
    for number in range(count):
        Image.new("RGB", (40, 30), (number, 0, 9)).save(folder / "images" / f"{number}.png")
        colours = Image.new("RGB", (40, 30), (0, 0, 0))
        colours.paste((112, 17, 1), (0, 0, 20, 30))  # 112 + 256 * 17 + 65536 = 70000
        colours.paste((44, 1, 0), (20, 0, 40, 15))  # 44 + 256 = 300
        if number < exchanged:
            colours = Image.merge("RGB", colours.split()[::-1])
        colours.save(folder / "panoptic_x" / f"{number}.png")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_id_pngs_with_red_and_blue_exchanged_are_told_once(write: Any, jobs: int) -> None:
    found = [f for f in validate(open_dataset(panoptic(write, 4, 3)), jobs=jobs) if f.rule.startswith("coco.")]
    assert [(f.rule, f.severity, f.where, f.message) for f in found] == [
        (
            "coco.mask-channels",
            "error",
            "panoptic_x/0.png",
            "expected ids R + 256 G + 65536 B, found 2 ids of 2 that are listed as B + 256 G + 65536 R, as if red and "
            "blue were exchanged; so it is with 3 id PNGs of 4",
        )
    ]


def test_few_id_pngs_with_red_and_blue_exchanged_are_told_each(write: Any, opened: Any) -> None:
    found = [f for f in validate(opened(panoptic(write, 5, 2)).dataset) if f.rule.startswith("coco.")]
    assert [(f.rule, f.where) for f in found] == [
        ("coco.mask-channels", "panoptic_x/0.png"),
        ("coco.mask-channels", "panoptic_x/1.png"),
    ]


def test_segments_of_exchanged_colours_are_held_to_their_pixels_all_the_same(write: Any, opened: Any) -> None:
    folder = panoptic(write, 1, 1)
    path = folder / "panoptic_x" / "0.png"
    with Image.open(path) as image:
        colours = image.convert("RGB")
    colours.paste((0, 0, 5), (20, 0, 21, 1))  # exchanged this is 5, which is not listed
    colours.save(path)
    found = [f for f in validate(opened(folder).dataset) if f.rule.startswith("coco.")]
    assert sorted((f.rule, f.where) for f in found) == [
        ("coco.mask-channels", "panoptic_x/0.png"),
        ("coco.segment-area", "panoptic_x.json#/annotations/0/segments_info/1/area"),
        ("coco.unlisted-segment", "panoptic_x/0.png"),
    ]


def test_measures_of_segments_are_held_to_their_pixels(write: Any, opened: Any) -> None:
    right = {"id": 70000, "category_id": 2, "iscrowd": 0, "area": 200, "bbox": [20, 5, 10, 20]}
    wrong = {"id": 300, "category_id": 5, "iscrowd": 0, "area": 49, "bbox": [0, 3, 5, 10]}
    bare = {"id": 7, "category_id": 5}
    row = {"image_id": 1, "file_name": "a.png", "segments_info": [right, bare, wrong]}
    folder = write({"panoptic_x.json": {"images": [IMAGE], "annotations": [row], "categories": PETS}})
    (folder / "panoptic_x").mkdir()
    colours = Image.new("RGB", (40, 30), (0, 0, 0))
    colours.paste((112, 17, 1), (20, 5, 30, 25))
    colours.paste((44, 1, 0), (0, 0, 5, 10))
    colours.paste((7, 0, 0), (39, 29, 40, 30))
    colours.save(folder / "panoptic_x" / "a.png")
    told = [(f.rule, f.pointer, f.message) for f in validate(opened(folder).dataset) if f.rule.startswith("coco.")]
    assert told == [
        (
            "coco.segment-area",
            "/annotations/0/segments_info/2/area",
            "expected the number of pixels of segment 300, 50, found 49",
        ),
        (
            "coco.segment-box",
            "/annotations/0/segments_info/2/bbox",
            "expected the box of the pixels of segment 300, [0, 0, 5, 10], found [0, 3, 5, 10]",
        ),
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([("Raccoon", "none"), ("raccoon", "Raccoon")], []),  # as Roboflow declares a project called as its class
        ([("Raccoon", "none"), ("raccoon", "none")], ["/categories/0/name"]),
    ],
)
def test_a_parent_called_as_its_class_is_no_other_spelling(write: Any, opened: Any, names: Any, told: Any) -> None:
    categories = [{"id": key, "name": name, "supercategory": above} for key, (name, above) in enumerate(names)]
    folder = write(
        {"instances_x.json": {"images": [IMAGE], "annotations": [ROW | {"category_id": 1}], "categories": categories}}
    )
    found = validate(opened(folder).dataset)
    assert [one.pointer for one in found if one.rule == "category.two-spellings"] == told


def test_a_pixelmap_has_values_of_listed_categories(write: Any, opened: Any) -> None:
    stuff = [{"id": 92, "name": "sky"}, {"id": 183, "name": "other"}]
    row = {"id": 1, "image_id": 1, "category_id": 92, "iscrowd": 0, "bbox": [0, 0, 40, 15], "area": 600}
    row["segmentation"] = {"size": [30, 40], "counts": [n for _ in range(40) for n in (0, 15, 15)][1:]}
    folder = write({"stuff_x.json": {"images": [IMAGE], "annotations": [row], "categories": stuff}})
    (folder / "stuff_x_pixelmaps").mkdir()
    values = Image.new("L", (40, 30), 0)
    values.paste(92, (0, 0, 40, 15))
    values.paste(183, (0, 15, 9, 20))
    values.paste(255, (9, 15, 20, 20))
    values.save(folder / "stuff_x_pixelmaps" / "a.png")
    assert [f for f in validate(opened(folder).dataset) if f.rule == "coco.unlisted-value"] == []
    values.paste(200, (0, 25, 4, 30))
    values.save(folder / "stuff_x_pixelmaps" / "a.png")
    (found,) = [f for f in validate(opened(folder).dataset) if f.rule == "coco.unlisted-value"]
    assert (found.where, found.pointer) == ("stuff_x_pixelmaps/a.png", None)
    assert found.message == "expected values that are ids of listed categories, found 1 other in 20 pixels: 200"


@given(npst.arrays(np.uint32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 4)))
def test_regions_are_those_that_pixels_one_by_one_make(values: np.ndarray) -> None:
    regions = regions_of(values)
    assert set(regions) == set(values.ravel().tolist())
    for value, region in regions.items():
        places = [(x, y) for y, row in enumerate(values.tolist()) for x, one in enumerate(row) if one == value]
        xs, ys = zip(*places, strict=True)
        assert region == (len(places), (min(xs), min(ys), max(xs) + 1, max(ys) + 1))


def test_a_panoptic_png_is_named_with_the_table_of_its_ids(read: Any) -> None:
    segments = [
        {"id": 70000, "category_id": 2, "iscrowd": 0, "area": 7, "bbox": [0, 0, 1, 7]},
        {"id": 3, "category_id": 5, "iscrowd": 1},
    ]
    row = {"image_id": 1, "file_name": "a.png", "segments_info": segments}
    files = {
        "panoptic_x.json": {
            "images": [IMAGE],
            "annotations": [row],
            "categories": [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}],
        },
        "panoptic_x/a.png": b"PNG",
    }
    done = read(files)
    (mask,) = done.labels
    assert mask.items == (
        MaskItem(70000, 2, {"iscrowd": False}, "cat", "70000", {"area": 7, "bbox": [0, 0, 1, 7]}),
        MaskItem(3, 5, {"iscrowd": True}, "dog", "3"),
    )
    assert (mask.path, mask.content.size, source_kind(done)) == ("panoptic_x/a.png", 3, "panoptic")
    data = done.frames["x"][0].data[0]
    assert str(data.locate(mask, "geometry")) == "panoptic_x.json#/annotations/0/file_name"
    assert (data.path, done.told) == ("images/a.png", [])


def test_lvis_without_file_names_goes_by_the_url(read: Any) -> None:
    image = {"id": 1, "width": 40, "height": 30, "coco_url": "http://x.org/val2017/a.png", "neg_category_ids": [5]}
    row = {key: value for key, value in ROW.items() if key != "iscrowd"} | {"segmentation": [RING]}
    listed = [{"id": 2, "name": "cat", "synset": "cat.n.01"}, {"id": 5, "name": "dog", "synset": "dog.n.01"}]
    done = read(images=[image], annotations=[row], categories=listed)
    data = done.frames["annotations"][0].data[0]
    assert (data.path, data.remote_path) == ("images/a.png", "val2017/a.png")
    assert data.extras["neg_category_ids"] == [5]
    assert (source_kind(done), done.told) == ("lvis", [])
    kept = done.dataset.extras["documents"]["annotations.json"]
    assert kept == {"categories": listed}


def test_a_results_file_alone_is_a_dataset(read: Any) -> None:
    rows = [
        {"image_id": 42, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 0.25},
        {"image_id": 42, "category_id": 18, "keypoints": [1, 2, 0, 3, 4, 0], "score": 0.5},
        {"image_id": "b", "caption": "words"},
    ]
    done = read({"r.json": rows})
    assert [frame.key for frame in done.frames["r"]] == ["42", "b"]
    box, points, words = done.labels
    assert (box.category, box.attributes, box.instance) == ("18", {"score": 0.25}, None)
    assert points.visible == (0, 0)
    assert words.sentence[0].text == "words"
    assert [frame.data[0].is_missing for frame in done.frames["r"]] == [True, True]
    assert str(done.frames["r"][0].data[0].locate(box, "geometry")) == "r.json#/0/bbox"
    assert source_kind(done) == "results"


def test_a_results_file_beside_annotations_is_a_loss_or_read_on_request(read: Any, document: Any) -> None:
    files = {
        "instances_x.json": document(),
        "results/r.json": [{"image_id": 1, "category_id": 5, "bbox": [0, 0, 1, 1], "score": 1}],
    }
    done = read(files)
    (loss,) = done.report.losses
    assert (loss.example, len(done.labels)) == ("results/r.json", 1)
    done = read(files, options={"results": "results/r.json"})
    assert [(label.category, label.attributes) for label in done.labels] == [
        ("cat", {"iscrowd": False}),
        ("dog", {"score": 1}),
    ]
    assert (list(done.frames), done.report.losses, done.told) == (["x"], [], [])


@pytest.mark.parametrize(
    ("changes", "told", "placed"),
    [
        (
            {"image_id": "1"},
            ("coco.id-type", "r.json#/1/image_id", "expected the id as the image has it, 1, found '1'"),
            ["5", None, None],
        ),
        (
            {"category_id": "2"},
            ("coco.id-type", "r.json#/1/category_id", "expected the id as the category has it, 2, found '2'"),
            ["5", None, None],
        ),
        (
            {"category_id": 9},
            ("coco.unknown-category", "r.json#/1/category_id", "expected the id of a category, found 9"),
            ["5", None, None],
        ),
    ],
    ids=["an image id as text", "a category id as text", "an unknown category"],
)
def test_results_read_beside_annotations_are_held_to_their_ids(
    read: Any, document: Any, changes: Any, told: Any, placed: Any
) -> None:
    result = {"image_id": 1, "category_id": 2, "bbox": [2, 3, 4, 5], "score": 0.5}
    done = read({"a.json": document(), "r.json": [result, {**result, **changes}]}, options={"results": "r.json"})
    assert done.told == [told]
    assert [(frame.key, [x.instance for x in frame.data[0].labels]) for frame in done.frames["a"]] == [("1", placed)]


def test_results_within_an_object_are_an_error_of_the_option(read: Any, document: Any) -> None:
    results = {"results": [{"image_id": 1, "category_id": 5, "bbox": [0, 0, 1, 1], "score": 1}]}
    with pytest.raises(lading.LadingError, match=r"-o results: expected an array of results in 'r.json', found none"):
        read({"annotations.json": document(), "r.json": results}, options={"results": "r.json"})


def test_a_results_file_that_is_not_there_is_an_error_of_the_option(read: Any, document: Any) -> None:
    with pytest.raises(lading.LadingError, match=r"-o results: expected a file of the source \(none\), found 'r.json'"):
        read({"a.json": document()}, options={"results": "r.json"})


def test_dense_correspondences_stay_in_extras(read: Any) -> None:
    done = read(annotations=[ROW | {"dp_x": [1.0], "dp_masks": [[]]}])
    assert done.labels[0].extras["dp_x"] == [1.0]
    assert source_kind(done) == "densepose"
    assert [loss.what for loss in done.report.losses] == ["dense correspondences (kept in extras)"]


def test_the_parts_of_a_whole_body(read: Any) -> None:
    row = ROW | {
        "face_kpts": [1, 2, 0.5] * 68,
        "face_box": [1, 1, 2, 3],
        "face_valid": True,
        "lefthand_kpts": [0, 0, 0] * 21,
        "lefthand_box": [0, 0, 0, 0],
        "lefthand_valid": False,
    }
    done = read(annotations=[row])
    made = [(label.kind, label.category, label.instance) for label in done.labels]
    assert made == [("BOX2D", "cat", "5"), ("KEYPOINTS2D", "cat.face", "5"), ("BOX2D", "cat.face", "5")]
    data = done.frames["annotations"][0].data[0]
    assert [str(data.locate(label, "geometry")).rpartition("/")[2] for label in done.labels] == [
        "bbox",
        "face_kpts",
        "face_box",
    ]
    assert source_kind(done) == "wholebody"
    assert [f for f in validate(done.dataset) if f.severity == "error"] == []


def test_scores_of_parts_are_no_visibilities_of_the_body(read: Any) -> None:
    body = {"id": 2, "name": "person", "keypoints": ["nose", "hand"]}
    row = ROW | {"keypoints": [3, 4, 2, 0, 0, 0], "face_kpts": [1, 2, 0.5] * 68, "face_box": [1, 1, 2, 3]}
    done = read(categories=[body], annotations=[row])
    assert [f.message for f in validate(done.dataset) if f.rule.startswith(("keypoints.", "catalog."))] == []
    odd = read(categories=[body], annotations=[row | {"keypoints": [3, 4, 0.5, 0, 0, 0]}])
    (found,) = [f for f in validate(odd.dataset) if f.rule.startswith("keypoints.")]
    assert (found.rule, found.pointer) == ("keypoints.visible", "/annotations/0/keypoints")


def test_tracks_are_instances(read: Any) -> None:
    image = IMAGE | {"video_id": 3, "frame_id": 0}
    done = read(images=[image], annotations=[ROW | {"instance_id": 77}], videos=[{"id": 3, "name": "v"}])
    assert done.labels[0].instance == "77"
    assert done.labels[0].extras["instance_id"] == 77
    assert done.dataset.catalog["BOX2D"].is_tracking
    assert done.frames["annotations-v"][0].data[0].extras == {"id": 1, "video_id": 3, "frame_id": 0}
    assert done.dataset.extras["documents"]["annotations.json"]["videos"] == [{"id": 3, "name": "v"}]


def test_images_without_annotations(read: Any) -> None:
    done = read(annotations=None)
    data = done.frames["annotations"][0].data[0]
    assert (data.annotation, data.labels, source_kind(done)) == ("none", [], "image_info")
    assert read(annotations=[]).frames["annotations"][0].data[0].annotation == "empty"
    assert [c.name for c in done.dataset.catalog["BOX2D"].categories] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("categories", "name", "delimiter"),
    [
        ([{"id": 2, "name": "cat", "supercategory": "animal"}], "animal.cat", "."),
        ([{"id": 2, "name": "cat", "supercategory": "cat"}], "cat", None),
        ([{"id": 2, "name": "cat", "supercategory": ""}], "cat", None),
        ([{"id": 2, "name": "cat", "supercategory": None}], "cat", None),
        ([{"id": 2, "name": "No. 1", "supercategory": "animal"}], "animal/No. 1", "/"),
        ([{"id": 2, "name": "a.b/c", "supercategory": "animal"}], "animal::a.b/c", "::"),
        ([{"id": 2, "name": "cat"}, {"id": 3, "name": "a.b"}], "cat", None),
        ([{"id": 0, "name": "none"}, {"id": 2, "name": "cat", "supercategory": "none"}], "cat", None),
    ],
    ids=["a parent", "equal", "empty", "null", "a dot", "a dot and a slash", "no parents", "none"],
)
def test_names_of_categories(categories: Any, name: str, delimiter: str | None, read: Any) -> None:
    done = read(categories=categories)
    assert done.labels[0].category == name
    assert done.dataset.catalog["BOX2D"].category_delimiter == delimiter


def test_ids_of_any_size_and_type(read: Any) -> None:
    big = 1 << 70
    images = [
        {"id": big, "file_name": "a.png", "width": 1, "height": 1},
        {"id": "1", "file_name": "b.png", "width": 1, "height": 1},
        {"id": 1, "file_name": "c.png", "width": 1, "height": 1},
        {"id": -4, "file_name": "d.png", "width": 1, "height": 1},
    ]
    rows = [
        ROW | {"id": big, "image_id": big},
        ROW | {"id": "x", "image_id": "1", "category_id": "c"},
        ROW | {"id": 0, "image_id": 1},
        ROW | {"id": -1, "image_id": -4},
    ]
    done = read(images=images, annotations=rows, categories=[{"id": 2, "name": "cat"}, {"id": "c", "name": "dog"}])
    found = [(f.key, f.data[0].path, [b.instance for b in f.data[0].labels]) for f in done.frames["annotations"]]
    assert found == [
        (str(big), "images/a.png", [str(big)]),
        ("1", "b.png", ["x"]),
        ("1#2", "c.png", ["0"]),
        ("-4", "d.png", ["-1"]),
    ]
    assert [frame.data[0].extras["id"] for frame in done.frames["annotations"]] == [big, "1", 1, -4]
    assert done.labels[1].category == "dog"


def test_the_order_of_the_file_is_kept(read: Any) -> None:
    images = [IMAGE | {"id": key, "file_name": f"{key}.png"} for key in (9, 2, 30, 4)]
    rows = [ROW | {"id": 100 - i, "image_id": key} for i, key in enumerate((4, 9, 30, 9, 4))]
    done = read(images=images, annotations=rows)
    assert [frame.key for frame in done.frames["annotations"]] == ["9", "2", "30", "4"]
    assert [label.instance for label in done.labels] == ["99", "97", "98", "100", "96"]


def test_a_size_that_contradicts_the_picture_is_kept(read: Any) -> None:
    done = read(images=[IMAGE | {"width": 30, "height": 40.0}])
    data = done.frames["annotations"][0].data[0]
    assert (data.width, data.height) == (30, 40)
    assert "media.size-mismatch" in [finding.rule for finding in validate(done.dataset)]


def test_pictures_stay_as_they_are(read: Any, tmp_path: Any) -> None:
    done = read()
    content = done.frames["annotations"][0].data[0].content
    with content.open() as stream, Image.open(stream) as image:
        assert (image.size, image.getpixel((0, 0))) == ((40, 30), (255, 0, 0))
