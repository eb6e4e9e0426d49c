"""Out and in again: every fixture of every format, through the platform and out of its objects alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lading
from lading.media import read_mask
from lading.model.label import MaskItem
from lading.server.embedded import RunningPlatform, running

from .everything import everything

FIXTURES = [
    "coco", "kitti", "kitti-2d", "kitti-odometry", "kitti-raw", "kitti-semantics", "kitti-tracking",
    "nuimages", "nuscenes", "voc", "voc-flat",
]  # fmt: skip


def brought(dataset: lading.Dataset, name: str, platform: RunningPlatform, ledgers: Path, **how: Any) -> Any:
    place = {"platform": platform.url, "access_key": platform.access_key, "ledgers": ledgers}
    return lading.upload(dataset, name, **(place | how))


def check_parts(dataset: lading.Dataset) -> None:
    """Shares of each segment are the whole, in its order."""
    for segment in dataset.segments:
        whole = [frame.key for frame in dataset.frames(segment.name)]
        for n in (2, 3, 5):
            assert [f.key for k in range(1, n + 1) for f in dataset.frames(segment.name, (k, n))] == whole


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_comes_back_from_the_platform(
    name: str, fixtures: Path, platform: RunningPlatform, tmp_path: Path, command: Callable[..., Any]
) -> None:
    source = lading.open_dataset(fixtures / name)
    report = lading.Report()
    result = brought(source, f"trip-{name}", platform, tmp_path, report=report, verify=True)
    assert result.failures == []
    place = f"{platform.url}/trip-{name}@{result.commit_id}"
    back = lading.open_dataset(place, access_key=platform.access_key)
    assert everything(back) == everything(source)
    assert back.report.findings == []
    heard = lading.Report()
    lading.summarize(source, heard)
    assert report.losses == heard.losses  # the reader's own: the upload loses nothing
    assert [segment.frame_count for segment in back.segments] == [
        sum(1 for _ in source.frames(segment.name)) for segment in source.segments
    ]
    check_parts(back)
    done = command("diff", fixtures / name, place)
    assert (done.code, done.out) == (0, "no difference\n"), done.err


@pytest.mark.parametrize("name", FIXTURES)
def test_without_a_sidecar_a_fixture_is_there_as_far_as_the_wire_says_it(
    name: str, fixtures: Path, platform: RunningPlatform, tmp_path: Path
) -> None:
    """Reading back compares all that went up with the source, whatever the platform has no field for."""
    source = lading.open_dataset(fixtures / name)
    for _ in range(2):  # the second time with nothing to send
        result = brought(source, f"bare-{name}", platform, tmp_path, verify=True, sidecar=False)
        assert result.failures == []
        assert result.commit_id is not None


def slow(name: str) -> Any:
    return pytest.param(name, marks=pytest.mark.slow)


REAL = [
    "coco/captions-train2014-excerpt", "coco/densepose-results", "coco/labelformat-odd-names", "coco/stuff-train2017",
    "coco/val2017-instances-panoptic", "coco/val2017-keypoints", slow("coco/lvis-v0.5-val100"),
    slow("coco/val2014-results"), "kitti/labelformat-odd-names", "kitti/object", slow("kitti/odometry"), "kitti/raw",
    slow("kitti/tracking"), "nuscenes/mini-metadata-partial", "nuscenes/mini-one-keyframe", "nuscenes/t4-synthetic",
    slow("voc/labelimg-bccd"), "voc/labelimg-raccoon", "voc/labelme-export", "voc/voc2012-detection",
    "voc/voc2012-layout-action", "voc/voc2012-segmentation",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_files_come_back_those_that_are_missing_too(
    name: str, samples: Path, platform: RunningPlatform, tmp_path: Path
) -> None:
    source = lading.open_dataset(samples / name)
    dataset = name.replace("/", "-")
    assert brought(source, dataset, platform, tmp_path, allow_missing=True, verify=True).failures == []
    back = lading.open_dataset(f"{platform.url}/{dataset}", access_key=platform.access_key)
    assert everything(back) == everything(source)
    assert list(map(str, lading.diff(source, back))) == []


def test_every_sample_is_among_them(samples: Path) -> None:
    named = {getattr(name, "values", (name,))[0] for name in REAL}
    there = {f"{path.parent.name}/{path.name}" for path in samples.glob("*/*") if path.is_dir()}
    # Image sets alone are no dataset; the same labels and calibrations as in `object`, 7,481 times, bring nothing new.
    assert there - named == {"kitti/splits", "kitti/object-labels-all"}


def with_more(folder: Path, fixtures: Path, name: str) -> None:
    """A fixture with what an option reads beside it: a box that was found, with a score; a picture taken before."""
    shutil.copytree(fixtures / name, folder)
    if name == "kitti":
        pictures = folder / "training" / "image_2"
        (folder / "training" / "prev_2").mkdir()
        shutil.copy(pictures / "000000.png", folder / "training" / "prev_2" / "000000_01.png")
        return
    if name == "coco":
        file = folder / "annotations" / "instances_harbour.json"
        row = json.loads(file.read_text())["annotations"][0]
        found: Any = [{**{key: row[key] for key in ("image_id", "category_id", "bbox")}, "score": 0.123456789}]
    else:
        tables = folder / "v1.0-mini"
        box = json.loads((tables / "sample_annotation.json").read_text())[0]
        row = {key: box[key] for key in ("sample_token", "translation", "size", "rotation")}
        row |= {"velocity": [0.1, 0.2], "detection_name": "car", "detection_score": 0.5, "attribute_name": ""}
        found = {"meta": {"use_lidar": True}, "results": {box["sample_token"]: [row]}}
    (folder / "results.json").write_text(json.dumps(found))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("coco", {"results": "results.json"}),
        ("coco", {"keypoints": "centre"}),
        ("nuscenes", {"results": "results.json"}),
        ("nuscenes", {"sweeps": True}),
        ("kitti", {"previous": True}),
        ("voc", {"pixels": "verbatim"}),
    ],
    ids=str,
)
def test_what_options_bring_comes_back(
    name: str, options: dict[str, Any], fixtures: Path, platform: RunningPlatform, tmp_path: Path
) -> None:
    folder = fixtures / name
    if {"results", "previous"} & options.keys():
        folder = tmp_path / "source"
        with_more(folder, fixtures, name)
    source = lading.open_dataset(folder, options=options)
    dataset = f"option-{name}-{next(iter(options))}"
    assert brought(source, dataset, platform, tmp_path / "ledgers", verify=True).failures == []
    back = lading.open_dataset(f"{platform.url}/{dataset}", access_key=platform.access_key)
    rows = everything(back)
    assert rows == everything(source)
    plain = everything(lading.open_dataset(fixtures / name))
    assert rows != plain  # the option did something
    assert list(map(str, lading.diff(source, back))) == []


def test_fixtures_come_back_from_the_objects_alone(fixtures: Path, tmp_path: Path, command: Callable[..., Any]) -> None:
    sources = {name: lading.open_dataset(fixtures / name) for name in FIXTURES}
    with running(tmp_path / "data") as platform:
        for name, source in sources.items():
            brought(source, name, platform, tmp_path / "ledgers", tag="v1")
    shutil.move(tmp_path / "data" / "objects", tmp_path / "objects")
    shutil.rmtree(tmp_path / "data")
    for name, source in sources.items():
        place = tmp_path / "objects" / f"{name}@v1"
        back = lading.open_dataset(place)
        assert everything(back) == everything(source)
        check_parts(back)
        assert command("diff", fixtures / name, place).out == "no difference\n"
        assert frames_of(command("dump", place)) == frames_of(command("dump", fixtures / name))


def frames_of(dumped: Any) -> list[Any]:
    """The frames of a dump; its first line has the name of the dataset, which is the place's."""
    assert dumped.code in (0, 1), dumped.err
    rows = [json.loads(line) for line in dumped.out.splitlines()]
    return [row for row in rows if row["kind"] != "dataset"]


@pytest.mark.parametrize("name", FIXTURES)
def test_what_comes_back_goes_on_to_another_platform_and_comes_back(
    name: str, fixtures: Path, platform: RunningPlatform, tmp_path: Path
) -> None:
    source = lading.open_dataset(fixtures / name)
    brought(source, f"first-{name}", platform, tmp_path)
    one = lading.open_dataset(f"{platform.url}/first-{name}", access_key=platform.access_key)
    with running(tmp_path / "other") as other:
        result = brought(one, "second", other, tmp_path, verify=True)
        two = lading.open_dataset(f"{other.url}/second", access_key=other.access_key)
        assert result.failures == []
        assert everything(two) == everything(source)
        assert list(map(str, lading.diff(source, two))) == []
        assert brought(one, "second", other, tmp_path).draft_number is None


def test_parts_bring_masks_of_the_source_too(fixtures: Path, platform: RunningPlatform, tmp_path: Path) -> None:
    """One that had to be encoded anew is in a part that does not commit."""
    source = lading.open_dataset(fixtures / "coco")
    results = [brought(source, "trip-parts", platform, tmp_path, part=(k, 3)) for k in (1, 2, 3)]
    assert [result.commit_id is not None for result in results] == [False, False, True]
    back = lading.open_dataset(f"{platform.url}/trip-parts", access_key=platform.access_key)
    assert everything(back) == everything(source)


@pytest.mark.parametrize("name", ["coco", "nuscenes"])
def test_rules_find_and_counts_count_the_same(
    name: str, fixtures: Path, platform: RunningPlatform, tmp_path: Path
) -> None:
    source = lading.open_dataset(fixtures / name)
    brought(source, f"checked-{name}", platform, tmp_path)
    back = lading.open_dataset(f"{platform.url}/checked-{name}", access_key=platform.access_key)

    def found(dataset: lading.Dataset) -> list[tuple[Any, ...]]:
        return sorted((f.rule, f.severity, f.segment or "", f.frame or "", f.message) for f in lading.validate(dataset))

    def counted(dataset: lading.Dataset, jobs: int) -> Any:
        summary = lading.summarize(dataset, lading.Report(), jobs=jobs).to_json()
        return summary["segments"], summary["categories"]

    of_readers = {finding.rule for finding in source.report.findings}
    assert found(back) == [row for row in found(source) if row[0] not in of_readers]
    assert counted(back, 2) == counted(source, 1)


@pytest.mark.parametrize("sidecar", [True, False], ids=["sidecar", "no sidecar"])
def test_masks_of_colours_go_up_by_rank_and_come_back_as_they_were(
    sidecar: bool, platform: RunningPlatform, tmp_path: Path
) -> None:
    """Category ids of 24 bits, in masks and catalog; the second mask has small ones alone."""
    declared = {"road": 0x804080, "sky": 0x4682B4, "edge": 7}
    drawn = {"a.png": [[0x804080, 0x4682B4], [0, 7]], "b.png": [[7, 7], [0, 0]]}
    for name, pixels in drawn.items():
        values = np.array(pixels)
        rgb = np.stack([values & 255, values >> 8 & 255, values >> 16], axis=-1).astype(np.uint8)
        Image.fromarray(rgb).save(tmp_path / name, "PNG")
    files = lading.Source.open(tmp_path)
    frames = []
    for name, pixels in drawn.items():
        items = tuple(MaskItem(value) for value in sorted({*pixels[0], *pixels[1]}))
        mask = lading.SemanticMask(items=items, path=name, content=files.get(name))
        picture = lading.Data(path=f"p/{name}", remote_path=f"p/{name}", content=files.get(name), labels=[mask])
        picture.annotation = "present"
        frames.append(lading.Frame(key=name, data=[picture]))
    categories = [lading.Category(name=name, category_id=value) for name, value in declared.items()]
    catalog = lading.Catalog(subcatalogs={"SEMANTIC_MASK": lading.Subcatalog(categories=categories)})
    source = lading.MemoryDataset("d", {"s": frames}, catalog=catalog)
    dataset = f"colours-{sidecar}"
    for is_first in (True, False):
        result = brought(source, dataset, platform, tmp_path / "ledgers", verify=True, sidecar=sidecar)
        assert (result.failures, result.draft_number is None) == ([], not is_first)
    back = lading.open_dataset(f"{platform.url}/{dataset}", access_key=platform.access_key)
    if sidecar:
        assert everything(back) == everything(source)
        return
    ids = {category.name: category.category_id for category in back.catalog["SEMANTIC_MASK"].categories}
    assert ids == {"road": 3, "sky": 2, "edge": 1}
    for frame, expected in zip(back.frames("s"), ([[3, 2], [0, 1]], [[1, 1], [0, 0]]), strict=True):
        (label,) = frame.data[0].labels
        assert isinstance(label, lading.SemanticMask)
        assert label.content is not None
        assert read_mask(label.content).values.tolist() == expected
        assert all(item.attributes["source_id"] in {0, *declared.values()} for item in label.items or ())
