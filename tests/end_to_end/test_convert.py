"""From every format to every other: what is written reads as it was, and all the rest is told."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pycocotools.coco import COCO

import lading
from lading import Report
from lading.media import is_image_name

SOURCES = ("coco", "voc", "voc-flat", "kitti", "kitti-2d", "kitti-tracking", "nuscenes", "nuimages")
#: What each format has a place for.
WRITTEN = {
    "coco": {"BOX2D", "POLYGON2D", "MULTI_POLYGON", "RLE", "KEYPOINTS2D", "SENTENCE"},
    "voc": {"BOX2D", "POLYGON2D"},
}


def others(*names: str) -> list[tuple[str, str]]:
    """Fixtures with each format to write them in but their own, which is held in its plugin's tests."""
    return [(name, to) for name in names for to in WRITTEN if name.partition("-")[0] != to]


def labels(dataset: lading.Dataset) -> Iterable[tuple[lading.Data, lading.Label]]:
    for segment in dataset.segments:
        for frame in dataset.frames(segment.name, report=Report()):
            for data in frame.data:
                for label in data.labels:
                    yield data, label


def said(label: lading.Label) -> str:
    """A label's type, category and numbers; COCO writes whole keypoints as integers, which read the same."""
    numbers = [getattr(part, "tolist", lambda part=part: part)() for part in label.coordinates()]
    text = label.sentence if isinstance(label, lading.Sentence) else ""
    counts = label.counts.tolist() if isinstance(label, lading.Rle) else ""
    return f"{label.kind} {label.category} {numbers} {text} {counts}"


@pytest.mark.parametrize(("name", "to"), others(*SOURCES))
def test_labels_read_as_they_were_and_the_rest_is_a_loss(fixtures: Path, tmp_path: Path, name: str, to: str) -> None:
    dataset = lading.open_dataset(fixtures / name)
    assert dataset.format != to
    report = Report()
    done = lading.convert(dataset, tmp_path / "out", to=to, is_checked=False, report=report)
    again = lading.open_dataset(tmp_path / "out", format=to)
    before: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for data, label in labels(dataset):
        if is_image_name(data.path) and label.kind in WRITTEN[to]:
            before[said(label)] += 1
        else:
            gone[label.kind] += 1
    assert Counter(said(label) for _, label in labels(again)) == before
    losses = {loss.what.removeprefix("labels of type "): loss.count for loss in report.losses}
    assert {kind: losses.get(kind) for kind in gone} == dict(gone)
    assert done.labels == before.total()
    assert report.count("error") == sum(
        data.is_missing and is_image_name(data.path)
        for segment in dataset.segments
        for frame in dataset.frames(segment.name, report=Report())
        for data in frame.data
    ) + dataset.report.count("error")


@pytest.mark.parametrize(("name", "to"), others("kitti", "nuimages", "voc-flat"))
def test_attributes_of_boxes_keep_their_types(fixtures: Path, tmp_path: Path, name: str, to: str) -> None:
    dataset = lading.open_dataset(fixtures / name)
    assert dataset.format != to
    report = Report()
    lading.convert(dataset, tmp_path / "out", to=to, is_checked=False, report=report)
    lost = {loss.what.rpartition(": ")[2] for loss in report.losses if loss.what.startswith("attributes")}
    again = lading.open_dataset(tmp_path / "out", format=to)

    def attributes(source: lading.Dataset) -> list[str]:
        return sorted(
            repr(sorted((key, repr(value)) for key, value in label.attributes.items() if key not in (*lost, "iscrowd")))
            for data, label in labels(source)
            if label.kind == "BOX2D" and is_image_name(data.path)
        )

    assert attributes(again) == attributes(dataset)


def test_one_picture_of_every_sensor_is_written(fixtures: Path, tmp_path: Path) -> None:
    dataset = lading.open_dataset(fixtures / "nuscenes")
    pictures = [
        (fixtures / "nuscenes" / data.content.path).read_bytes()
        for segment in dataset.segments
        for frame in dataset.frames(segment.name, report=Report())
        for data in frame.data
        if data.content is not None and is_image_name(data.path)
    ]
    for to in WRITTEN:
        lading.convert(dataset, tmp_path / to, to=to, is_checked=False)
        written = [path.read_bytes() for path in (tmp_path / to).rglob("*") if is_image_name(path.name)]
        assert sorted(written) == sorted(pictures)


def objects_of(folder: Path) -> Counter[tuple[str, str, float, float, float, float]]:
    """Every box of a VOC tree, by ElementTree alone: the picture's name, the object's, and the corners."""
    found: Counter[tuple[str, str, float, float, float, float]] = Counter()
    for file in folder.rglob("Annotations/**/*.xml"):
        root = ElementTree.parse(file).getroot()
        for element in root.iter():
            box = element.find("bndbox")
            if box is not None:
                corners = [float(box.findtext(name) or "nan") for name in ("xmin", "ymin", "xmax", "ymax")]
                found[(file.stem, element.findtext("name") or "", *corners)] += 1
    return found


@pytest.mark.parametrize("name", ["voc2012-detection", "voc2012-layout-action"])
def test_pycocotools_finds_the_boxes_of_real_voc_files(samples: Path, tmp_path: Path, name: str) -> None:
    source = samples / "voc" / name
    lading.convert(lading.open_dataset(source), tmp_path / "out", to="coco", is_checked=False)
    found: Counter[tuple[str, str, float, float, float, float]] = Counter()
    for file in (tmp_path / "out" / "annotations").iterdir():
        with contextlib.redirect_stdout(None):
            coco = COCO(str(file))
        for row in coco.loadAnns(coco.getAnnIds(iscrowd=False)):
            x, y, width, height = row["bbox"]
            image, category = coco.loadImgs([row["image_id"]])[0], coco.loadCats([row["category_id"]])[0]
            # Counted from 1, maxima inclusive (source-formats.md 5.7).
            found[(Path(image["file_name"]).stem, category["name"], x + 1, y + 1, x + width, y + height)] += 1
            assert row["area"] == width * height
    assert found == objects_of(source)
    assert found.total() > 0


@pytest.mark.parametrize(("pixels", "first"), [("verbatim", 0), ("voc", 1)])
def test_elementtree_finds_the_boxes_of_real_coco_files(samples: Path, tmp_path: Path, pixels: str, first: int) -> None:
    source = samples / "coco" / "val2017-instances-panoptic" / "annotations" / "instances_val2017_with_crowd_rle.json"
    out = tmp_path / "out"
    lading.convert(
        lading.open_dataset(source), out, to="voc", is_checked=False, media="none", options={"pixels": pixels}
    )
    document = json.loads(source.read_text())
    names = {row["id"]: row for row in document["categories"]}
    stems = {row["id"]: Path(row["file_name"]).stem for row in document["images"]}
    expected: Counter[tuple[str, str, float, float, float, float]] = Counter()
    for row in document["annotations"]:
        category = names[row["category_id"]]
        parent = category["supercategory"]
        full = category["name"] if parent == category["name"] else f"{parent}.{category['name']}"
        x, y, width, height = row["bbox"]
        corners = (x + first, y + first, x + width, y + height)
        expected[(stems[row["image_id"]], full, *corners)] += 1
    assert objects_of(out) == expected
    listed = [line for file in (out / "ImageSets" / "Main").iterdir() for line in file.read_text().splitlines()]
    assert sorted(listed) == sorted(stems.values())
