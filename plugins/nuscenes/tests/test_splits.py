"""Labels in a test set, and scenes that two versions share."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

import lading
from lading import Report

CODES = ("nuscenes.test-labels", "nuscenes.shared-samples")


def told(root: Path, **options: Any) -> list[str]:
    report = Report()
    lading.open_dataset(root, format="nuscenes", options=options, report=report)
    return [f"{one.severity} {one.rule} {one}" for one in report.findings if one.rule in CODES]


def named(case: Any, name: str) -> Path:
    """The tables under another name."""
    folder: Path = case.root / name
    (case.root / "v1.0-mini").rename(folder)
    return folder


def test_annotations_of_a_test_set_are_told_once(case: Any) -> None:
    named(case, "v1.0-test")
    assert told(case.root) == [
        "warning nuscenes.test-labels v1.0-test/sample_annotation.json: "
        "expected no labels in a test set, found 12 rows; nobody should know them"
    ]


def test_labels_in_pictures_of_a_test_set_are_told(images: Any) -> None:
    number = len(images.rows("object_ann"))
    named(images, "v1.0-test")
    assert told(images.root) == [
        "warning nuscenes.test-labels v1.0-test/object_ann.json: "
        f"expected no labels in a test set, found {number} rows; nobody should know them"
    ]


def test_a_test_set_without_labels_and_other_versions_are_not_told(case: Any) -> None:
    assert told(case.root) == []
    case.edit("sample_annotation", lambda rows: [])
    named(case, "v1.0-test")
    assert told(case.root) == []


def beside(case: Any, name: str, other: str) -> None:
    folder = named(case, name)
    shutil.copytree(folder, case.root / other)
    for version in (name, other):
        if version.endswith("test"):
            (case.root / version / "sample_annotation.json").write_text("[]")


@pytest.mark.parametrize("version", ["v1.0-test", "v1.0-trainval"])
def test_scenes_of_a_test_set_that_are_trained_on_are_told_whichever_is_read(case: Any, version: str) -> None:
    beside(case, "v1.0-test", "v1.0-trainval")
    assert told(case.root, version=version) == [
        "warning nuscenes.shared-samples v1.0-test/scene.json#/0/token: "
        "expected none of the scenes of v1.0-trainval, found that of its row 0; so it is with 1 more row of 2"
    ]


def test_samples_are_told_where_scenes_have_other_tokens(case: Any) -> None:
    beside(case, "v1.0-val", "v1.0-train")
    (case.root / "v1.0-val" / "scene.json").write_text("[]")
    samples = case.root / "v1.0-train" / "sample.json"
    samples.write_text(json.dumps(json.loads(samples.read_text("utf-8"))[:1]))
    assert told(case.root, version="v1.0-val") == [
        "warning nuscenes.shared-samples v1.0-val/sample.json#/0/token: "
        "expected none of the samples of v1.0-train, found that of its row 0"
    ]


@pytest.mark.parametrize(("name", "other"), [("v1.0-mini", "v1.0-trainval"), ("v1.0-train", "v1.0-trainval")])
def test_a_version_may_be_a_part_of_another(case: Any, name: str, other: str) -> None:
    beside(case, name, other)
    assert told(case.root) == []


DAMAGE = {
    "cut": b"[",
    "nested": b"[" * 200_000 + b"]" * 200_000,
    "no objects": b"[1]",
    "pointer": b"version https://git-lfs.github.com/spec/v1\n",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_table_of_another_version_that_cannot_be_read_is_told_once(case: Any, damage: str) -> None:
    beside(case, "v1.0-test", "v1.0-trainval")
    for table in ("scene", "sample"):
        (case.root / "v1.0-trainval" / f"{table}.json").write_bytes(DAMAGE[damage])
    assert told(case.root, version="v1.0-test") == [
        "warning nuscenes.shared-samples v1.0-trainval/scene.json: "
        "expected a table that can be read, to see that no scene is in v1.0-test too, found none"
    ]


def test_samples_are_compared_where_the_scenes_of_another_version_cannot_be_read(case: Any) -> None:
    beside(case, "v1.0-test", "v1.0-trainval")
    (case.root / "v1.0-test" / "scene.json").write_bytes(b"[")
    number = len(json.loads((case.root / "v1.0-test" / "sample.json").read_text()))
    assert told(case.root, version="v1.0-trainval") == [
        "warning nuscenes.shared-samples v1.0-test/sample.json#/0/token: expected none of the samples of "
        f"v1.0-trainval, found that of its row 0; so it is with {number - 1} more rows of {number}"
    ]


def test_a_table_of_another_version_with_bad_bytes_in_an_archive_is_told(case: Any, tmp_path: Path) -> None:
    beside(case, "v1.0-test", "v1.0-trainval")
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(case.root.rglob("*.json")):
            archive.write(file, file.relative_to(case.root).as_posix())
    with zipfile.ZipFile(path) as archive:
        start = [archive.getinfo(f"v1.0-test/{table}.json").header_offset for table in ("scene", "sample")]
    data = bytearray(path.read_bytes())
    for offset in start:
        begin = offset + 30 + len("v1.0-test/.json") + (5 if offset == start[0] else 6)
        data[begin : begin + 20] = b"\xff" * 20
    path.write_bytes(data)
    assert told(path, version="v1.0-trainval") == [
        "warning nuscenes.shared-samples v1.0-test/scene.json: "
        "expected a table that can be read, to see that no scene is in v1.0-trainval too, found none"
    ]
