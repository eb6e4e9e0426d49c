"""The awkward datasets as panlabel sees them (expected.json, by make_expected.py) and as lading does."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import lading
from lading import Report

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))
peer = importlib.import_module("make_expected")
KINDS: dict[str, tuple[str, Any]] = peer.kinds()
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text("utf-8"))
MASKS = {"POLYGON2D", "MULTI_POLYGON", "RLE", "KEYPOINTS2D", "SENTENCE", "PANOPTIC_MASK"}

#: Where it says something, or lets something go, about one record or more.
TOLD = [name for name, said in EXPECTED.items() if any(line.startswith("[") for line in said["says"])]
REFUSED = [name for name, said in EXPECTED.items() if any(line.startswith("Error:") for line in said["says"])]
CONVERTED = [name for name, said in EXPECTED.items() if said["convert"] == 0 and name.startswith("coco")]
#: Too deep for the parser that counts here.
CONVERTED.remove("coco: a value nested deeper than any parser goes")


def read(name: str, folder: Path) -> tuple[list[Any], list[Any]]:
    """Our findings and labels."""
    dataset = lading.open_dataset(KINDS[name][1].write(folder))
    findings = list(lading.validate(dataset, report=Report()))
    frames = [frame for segment in dataset.segments for frame in dataset.frames(segment.name, report=Report())]
    return findings, [label for frame in frames for data in frame.data for label in data.labels]


def test_it_was_asked_about_these_datasets() -> None:
    assert EXPECTED.keys() == KINDS.keys()


@pytest.mark.parametrize("name", TOLD)
def test_where_it_finds_something_we_do(name: str, tmp_path: Path) -> None:
    findings, _ = read(name, tmp_path)
    assert findings
    assert all(finding.file is not None and (finding.pointer or finding.line) for finding in findings)


@pytest.mark.parametrize("name", CONVERTED)
def test_shapes_that_it_drops_with_exit_code_0_are_labels_or_told(name: str, tmp_path: Path) -> None:
    (path, *_) = (path for path in KINDS[name][1].files if path.lower().endswith(".json"))
    rows = json.loads(KINDS[name][1].files[path])["annotations"]
    shapes = sum(bool(row.get("segmentation")) for row in rows)
    findings, labels = read(name, tmp_path)
    pointers = [finding.pointer or "" for finding in findings if finding.rule.startswith("coco.")]
    told = {pointer.partition("/segmentation")[0] for pointer in pointers if "/segmentation" in pointer}
    assert EXPECTED[name]["segmentations"] == 0  # it never has any
    assert sum(label.kind in MASKS for label in labels) + len(told) >= shapes


def test_it_refuses_what_we_read() -> None:
    ours = {name for name, (_, one) in KINDS.items() if one.refused is not None}
    assert ours < set(REFUSED)
    assert len(ours) * 8 < len(REFUSED)


@pytest.mark.slow
def test_it_still_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("panlabel") is None:
        pytest.skip("panlabel is not there; .ci/full installs it (requirements.txt)")
    peer.main(tmp_path / "expected.json")
    assert json.loads((tmp_path / "expected.json").read_text("utf-8")) == EXPECTED
