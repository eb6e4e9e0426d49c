"""Real files, against a reader of their XML that shares nothing with ours, and facts published about them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

#: Sample -> what is taken from the minimum edges: 1 in the challenge's own files, nothing in those of tools.
SAMPLES = {
    "voc2012-detection": 1,
    "voc2012-layout-action": 1,
    "voc2012-segmentation": 1,
    "labelimg-bccd": 0,
    "labelimg-raccoon": 0,
    "labelme-export": 0,
}


def lading(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "lading", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def boxes_of(path: Path, shift: int) -> list[tuple[str, list[float]]]:
    """Names and boxes of objects and their parts, in the order of the file."""
    root = ElementTree.parse(path).getroot()
    found = []
    for element in root.iter():
        box = element.find("bndbox")
        if box is not None:
            corners = [float(box.findtext(name) or "") for name in ("xmin", "ymin", "xmax", "ymax")]
            found.append((element.findtext("name") or "", [c - shift * (i < 2) for i, c in enumerate(corners)]))
    return found


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest, samples: Path) -> Path:
    return samples / "voc" / str(request.param)


def test_counts_are_those_of_the_xml(sample: Path) -> None:
    found = json.loads(lading("inspect", sample, "--json"))
    counted = Counter(name for path in sample.rglob("*.xml") for name, _ in boxes_of(path, 0))
    assert found["categories"]["BOX2D"] == dict(sorted(counted.items()))
    assert sum(segment["labels"].get("BOX2D", 0) for segment in found["segments"]) == counted.total()
    assert found["findings"]["error"] == 0
    assert found["rules"]["pixels"].startswith("voc" if SAMPLES[sample.name] else "verbatim")


def test_pixels_are_those_of_the_xml(sample: Path) -> None:
    lines = [json.loads(line) for line in lading("dump", sample).splitlines()]
    files = {path.stem: path for path in sample.rglob("*.xml")}
    seen = set()
    for line in lines:
        if line["kind"] != "frame":
            continue
        (data,) = line["data"]
        stem = Path(data["path"]).stem
        ours = [
            (label["category"], [label["box2d"][name] for name in ("xmin", "ymin", "xmax", "ymax")])
            for label in data["label"].get("BOX2D", [])
        ]
        assert ours == (boxes_of(files[stem], SAMPLES[sample.name]) if stem in files else [])
        assert data["missing"] is not (sample / data["path"]).is_file()
        seen.add(stem)
    assert seen >= files.keys()


def leaves(element: ElementTree.Element, place: str = "") -> Counter[tuple[str, str]]:
    """The texts of all elements and attributes, by where they stand."""
    found: Counter[tuple[str, str]] = Counter()
    for name, text in element.items():
        found[f"{place}/{element.tag}@{name}", text] += 1
    if not len(element):
        text = (element.text or "").strip()
        with contextlib.suppress(ValueError):
            text = repr(float(text))
        found[f"{place}/{element.tag}", text] += 1
    for child in element:
        found += leaves(child, f"{place}/{element.tag}")
    return found


def test_every_text_of_the_xml_comes_back(sample: Path, tmp_path: Path) -> None:
    """What the labels and extras hold, written again: nothing that the XML says is lost on the way."""
    import lading as library

    library.convert(library.open_dataset(sample), tmp_path / "out", to="voc", is_checked=False)
    files = list(sample.rglob("*.xml"))
    for path in files:
        again = tmp_path / "out" / path.relative_to(sample)
        assert leaves(ElementTree.parse(again).getroot()) == leaves(ElementTree.parse(path).getroot())
    assert files


def test_detection_is_sure(sample: Path) -> None:
    found = json.loads(lading("detect", sample, "--json"))
    assert [match["format"] for match in found["matches"]][:1] == ["voc"]


def test_nothing_but_pictures_is_missing(sample: Path) -> None:
    command = [sys.executable, "-m", "lading", "validate", sample, "--json", "--fail-on=never"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rules = {f["rule"] for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"}
    assert rules <= {"media.missing", "box2d.empty"}  # BCCD has two boxes without an area


def test_published_totals(samples: Path) -> None:
    bccd = json.loads(lading("inspect", samples / "voc/labelimg-bccd", "--json"))
    assert bccd["categories"] == {"BOX2D": {"Platelets": 361, "RBC": 4155, "WBC": 372}}
    assert {s["name"]: s["frames"] for s in bccd["segments"]} == {"train": 205, "val": 87, "test": 72}
    raccoon = json.loads(lading("inspect", samples / "voc/labelimg-raccoon", "--json"))
    assert raccoon["categories"] == {"BOX2D": {"raccoon": 217}}
    assert [s["files"] - s["missingFiles"] for s in raccoon["segments"]] == [6]


def test_layout_and_action(samples: Path) -> None:
    lines = [json.loads(line) for line in lading("dump", samples / "voc/voc2012-layout-action").splitlines()]
    data = {Path(d["path"]).stem: d for line in lines if line["kind"] == "frame" for d in line["data"]}
    person, head, *_ = data["2007_000027"]["label"]["BOX2D"]
    assert person["box2d"] == {"xmin": 173, "ymin": 100, "xmax": 349, "ymax": 351}
    assert head["box2d"] == {"xmin": 168, "ymin": 103, "xmax": 209, "ymax": 146}
    assert head["attributes"] == {"parent": person["instance"]}
    jumper = data["2012_004331"]["label"]
    assert [name for name, value in jumper["BOX2D"][0]["attributes"].items() if value is True] == ["jumping"]
    assert jumper["KEYPOINTS2D"][0]["keypoints2d"] == [{"x": 154.5, "y": 118.5}]


@pytest.mark.parametrize("name", ["voc2012-segmentation", "labelme-export"])
def test_mask_values_are_those_of_the_pixels(name: str, samples: Path) -> None:
    folder = samples / "voc" / name
    lines = [json.loads(line) for line in lading("dump", folder).splitlines()]
    count = 0
    for data in (d for line in lines if line["kind"] == "frame" for d in line["data"]):
        for kind, where, key in (
            ("SEMANTIC_MASK", "SegmentationClass", "categoryId"),
            ("INSTANCE_MASK", "SegmentationObject", "instanceId"),
        ):
            mask = data["label"].get(kind)
            if mask is None:
                continue
            (path,) = folder.rglob(f"{where}/{Path(data['path']).stem}.png")
            with Image.open(path) as image:
                assert image.mode == "P"
                values = np.unique(np.asarray(image)).tolist()
            expected = values if kind == "SEMANTIC_MASK" else [v for v in values if v not in (0, 255)]
            assert [item[key] for item in mask["info"]] == expected
            count += 1
    assert count == {"voc2012-segmentation": 3, "labelme-export": 6}[name]


def test_classes_under_objects_of_labelme(samples: Path) -> None:
    import lading as library

    folder = samples / "voc/labelme-export"
    names = (folder / "class_names.txt").read_text().split("\n")
    dataset: Any = library.open_dataset(folder)
    for _, frame in library.all_frames(dataset):
        stem = Path(frame.key).stem
        with (
            Image.open(folder / f"SegmentationClass/{stem}.png") as by_class,
            Image.open(folder / f"SegmentationObject/{stem}.png") as by_object,
        ):
            classes, objects = np.asarray(by_class), np.asarray(by_object)
        (mask,) = [label for label in frame.data[0].labels if label.kind == "INSTANCE_MASK"]
        for item in mask.items:
            under = classes[(objects == item.value) & (classes != 255) & (classes != 0)]
            assert item.category == names[int(np.bincount(under).argmax())]
