"""Real files, counted by pycocotools and by the standard library."""

from __future__ import annotations

import contextlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lading_coco.index import Index
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

import lading
from lading.model.rle import mask_from_counts

#: pycocotools 2.0 speaks to numpy as numpy 1 wanted it.
OLD_NUMPY = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"

FILES = [
    "captions-train2014-excerpt/captions_train2014_excerpt.json",
    "labelformat-odd-names/instance_segmentation/instances.json",
    "labelformat-odd-names/instance_segmentation/instances_with_binary_mask.json",
    "labelformat-odd-names/train.json",
    "lvis-v0.5-val100/lvis_val_100.json",
    "stuff-train2017/annotations/stuff_examples.json",
    "val2017-instances-panoptic/annotations/instances_val2017.json",
    "val2017-instances-panoptic/annotations/instances_val2017_with_crowd_rle.json",
    "val2017-instances-panoptic/annotations/panoptic_val2017.json",
    "val2017-keypoints/annotations/person_keypoints_val2017.json",
]
RESULTS = [
    "densepose-results/example_results.json",
    "val2014-results/captions_val2014_fakecap_results.json",
    "val2014-results/instances_val2014_fakebbox100_results.json",
    "val2014-results/person_keypoints_val2014_fakekeypoints100_results.json",
]


def expected_kinds(rows: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts["BOX2D"] += bool(row.get("bbox"))
        counts["SENTENCE"] += "caption" in row
        counts["PANOPTIC_MASK"] += "segments_info" in row
        counts["KEYPOINTS2D"] += "keypoints" in row and row.get("num_keypoints", 1) > 0
        mask = row.get("segmentation")
        if mask:
            counts["RLE" if isinstance(mask, dict) else "POLYGON2D" if len(mask) == 1 else "MULTI_POLYGON"] += 1
    return +counts


@pytest.mark.parametrize("name", FILES)
def test_counts_agree_with_the_file(name: str, samples: Path, opened: Any) -> None:
    document = json.loads((samples / "coco" / name).read_text())
    done = opened(samples / "coco" / name)
    assert Counter(label.kind for label in done.labels) == expected_kinds(document["annotations"])
    (source,) = done.dataset.sources
    assert source.rows == len(document["annotations"])
    ((frames),) = done.frames.values()
    if document["images"]:
        assert [frame.key for frame in frames] == [str(image["id"]) for image in document["images"]]
        assert [f.data[0].remote_path for f in frames] == [image["file_name"] for image in document["images"]]
        assert [(f.data[0].width, f.data[0].height) for f in frames] == [
            (image["width"], image["height"]) for image in document["images"]
        ]
    assert done.report.count("error") == 0


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_read_row_by_row(name: str, samples: Path, opened: Any) -> None:
    rows = json.loads((samples / "coco" / name).read_text())
    done = opened(samples / "coco" / name)
    assert Counter(label.kind for label in done.labels) == expected_kinds(rows)
    ((frames),) = done.frames.values()
    assert [frame.key for frame in frames] == list(dict.fromkeys(str(row["image_id"]) for row in rows))
    scores = [label.attributes.get("score") for frame in frames for label in frame.data[0].labels]
    assert Counter(scores) == Counter(row.get("score") for row in rows)


@pytest.mark.parametrize("name", [name for name in FILES if "captions" not in name and "panoptic" not in name])
def test_every_row_is_as_pycocotools_has_it(name: str, samples: Path, opened: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(samples / "coco" / name))
    done = opened(samples / "coco" / name)
    for frame in next(iter(done.frames.values())):
        theirs = coco.imgToAnns[int(frame.key)]
        boxes = [label for label in frame.data[0].labels if label.kind == "BOX2D"]
        assert [box.extras["id"] for box in boxes] == [row["id"] for row in theirs]
        for box, row in zip(boxes, theirs, strict=True):
            x, y, w, h = row["bbox"]
            assert (box.xmin, box.ymin, box.xmax, box.ymax) == (x, y, x + w, y + h)
            assert box.category.split(".", 1)[-1] == coco.cats[row["category_id"]]["name"]
            assert box.attributes == ({"iscrowd": bool(row["iscrowd"])} if "iscrowd" in row else {})
            assert box.extras["area"] == row["area"]


@pytest.mark.filterwarnings(OLD_NUMPY)
def test_run_lengths_decode_to_the_pixels_of_pycocotools(samples: Path, opened: Any) -> None:
    names = [name for name in FILES if "stuff" in name or "rle" in name or "binary" in name]
    seen = 0
    for name in names:
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(samples / "coco" / name))
        done = opened(samples / "coco" / name)
        for label in done.labels:
            if label.kind == "RLE":
                ours = mask_from_counts(label.counts, label.height, label.width)
                assert (ours == coco.annToMask(coco.anns[label.extras["id"]]).astype(bool)).all()
                seen += 1
    assert seen == 28  # 17 of stuff, 10 crowds, 1 binary mask


@pytest.mark.filterwarnings(OLD_NUMPY)
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("val2017-instances-panoptic/annotations/instances_val2017.json", 62),
        ("val2017-instances-panoptic/annotations/instances_val2017_with_crowd_rle.json", 221),
        ("val2017-keypoints/annotations/person_keypoints_val2017.json", 14),
        ("lvis-v0.5-val100/lvis_val_100.json", 977),
    ],
)
def test_polygons_decode_to_the_pixels_of_pycocotools(name: str, count: int, samples: Path, opened: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(samples / "coco" / name))
    done = opened(samples / "coco" / name)
    seen = 0
    for frame in next(iter(done.frames.values())):
        data = frame.data[0]
        for label in data.labels:
            if label.kind in ("POLYGON2D", "MULTI_POLYGON"):
                rings = [label.points] if label.kind == "POLYGON2D" else label.rings
                coded = coco_mask.frPyObjects([ring.ravel().tolist() for ring in rings], data.height, data.width)
                ours = coco_mask.merge(coded)
                theirs = coco.annToRLE(coco.anns[label.extras["id"]])
                assert (ours["counts"], int(coco_mask.area(ours))) == (theirs["counts"], int(coco_mask.area(theirs)))
                seen += 1
    assert seen == count


@pytest.mark.filterwarnings(OLD_NUMPY)
def test_crowds_are_kept_as_the_makers_left_them(samples: Path, opened: Any) -> None:
    """Their boxes are a pixel short, 7 of 10 areas are not those of their masks (source-formats.md 1.2, 2.11)."""
    done = opened(samples / "coco/val2017-instances-panoptic/annotations/instances_val2017_with_crowd_rle.json")
    boxes = {label.instance: label for label in done.labels if label.kind == "BOX2D"}
    crowds = [label for label in done.labels if label.kind == "RLE"]
    assert all(label.attributes == {"iscrowd": True} and len(label.instance) == 12 for label in crowds)
    other_areas = 0
    for label in crowds:
        rle = coco_mask.frPyObjects(
            {"size": [label.height, label.width], "counts": label.counts.tolist()}, label.height, label.width
        )
        x, y, width, height = coco_mask.toBbox(rle).tolist()
        box = boxes[label.instance]
        assert (box.xmin, box.ymin, box.xmax, box.ymax) == (x, y, x + width - 1, y + height - 1)
        other_areas += int(coco_mask.area(rle)) != label.extras["area"]
    assert (len(crowds), other_areas) == (10, 7)


def test_lists_of_lvis_are_kept(samples: Path, opened: Any) -> None:
    path = samples / "coco/lvis-v0.5-val100/lvis_val_100.json"
    document = json.loads(path.read_text())
    done = opened(path)
    names = [category.name for category in done.dataset.catalog["BOX2D"].categories]
    assert (len(names), len({label.category for label in done.labels})) == (1230, 190)
    ((frames),) = done.frames.values()
    for frame, image in zip(frames, document["images"], strict=True):
        extras = frame.data[0].extras
        for key in ("neg_category_ids", "not_exhaustive_category_ids", "coco_url"):
            assert extras[key] == image[key]
    kept = done.dataset.extras["documents"]["lvis_val_100.json"]["categories"]
    assert Counter(row["frequency"] for row in kept) == {"r": 454, "c": 461, "f": 315}


def test_keypoints_are_as_the_file_has_them(samples: Path, opened: Any) -> None:
    path = samples / "coco" / "val2017-keypoints"
    rows = {
        row["id"]: row
        for row in json.loads((path / "annotations" / "person_keypoints_val2017.json").read_text())["annotations"]
    }
    done = opened(path)
    points = [label for label in done.labels if label.kind == "KEYPOINTS2D"]
    assert len(points) == 12
    for label in points:
        flat = [v for (x, y), seen in zip(label.points.tolist(), label.visible, strict=True) for v in (x, y, seen)]
        assert flat == rows[label.extras["id"]]["keypoints"]
    (rule,) = done.dataset.catalog["KEYPOINTS2D"].keypoints
    assert (rule.number, rule.names[0], rule.skeleton[0]) == (17, "nose", [15, 13])


def test_panoptic_pngs_hold_the_ids_of_the_table(samples: Path, opened: Any) -> None:
    done = opened(samples / "coco" / "val2017-instances-panoptic")
    masks = [label for label in done.labels if label.kind == "PANOPTIC_MASK"]
    assert len(masks) == 20
    assert sum(len(mask.items) for mask in masks) == 369
    assert sum(item.attributes["iscrowd"] for mask in masks for item in mask.items) == 9
    for mask in masks:
        with mask.content.open() as stream, Image.open(stream) as image:
            pixels = np.asarray(image.convert("RGB"), dtype=np.int64) @ [1, 256, 65536]
        values, counts = np.unique(pixels[pixels > 0], return_counts=True)
        assert dict(zip(values.tolist(), counts.tolist(), strict=True)) == {
            item.value: item.extras["area"] for item in mask.items
        }


def test_several_files_of_a_folder_are_one_dataset(samples: Path, opened: Any) -> None:
    done = opened(samples / "coco" / "val2017-instances-panoptic")
    assert {name: len(frames) for name, frames in done.frames.items()} == {"val2017": 20}
    assert Counter(label.kind for label in done.labels) == {
        "BOX2D": 62 + 231,
        "POLYGON2D": 262,
        "MULTI_POLYGON": 21,
        "RLE": 10,
        "PANOPTIC_MASK": 20,
    }
    assert not any(frame.data[0].is_missing for frame in done.frames["val2017"])
    assert isinstance(done.dataset._index, Index)


def test_detections_join_the_pictures_they_are_about(samples: Path, opened: Any) -> None:
    path = samples / "coco" / "val2017-keypoints"
    done = opened(path, results="results/person_detection_results.json")
    scored = [label for label in done.labels if "score" in label.attributes]
    assert (len(scored), {label.category for label in scored}) == (118, {"person"})
    assert len(done.frames["val2017"]) == 4


def test_id_pngs_agree_with_their_tables(samples: Path) -> None:
    """As panopticapi's rgb2id decodes them: each id is listed, each segment has as many pixels as its `area`."""
    path = samples / "coco" / "val2017-instances-panoptic" / "annotations" / "panoptic_val2017.json"
    dataset = lading.open_dataset(path)
    rules = ["coco.mask-pixels", "coco.unlisted-segment", "coco.empty-segment", "coco.segment-area"]
    rules += ["coco.segment-box", "coco.mask-palette", "coco.mask-channels"]
    assert [finding.rule for finding in lading.validate(dataset, rules=rules)] == []
    seen = 0
    for row in json.loads(path.read_text())["annotations"]:
        with Image.open(path.parent / "panoptic_val2017" / row["file_name"]) as image:
            colours = np.array(image, dtype=np.uint32)
        ids = colours[:, :, 0] + 256 * colours[:, :, 1] + 256 * 256 * colours[:, :, 2]
        for segment in row["segments_info"]:
            rows, columns = np.nonzero(ids == segment["id"])
            assert len(rows) == segment["area"]
            x, y = int(columns.min()), int(rows.min())
            assert segment["bbox"] == [x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y]
            seen += 1
    assert seen == 369
