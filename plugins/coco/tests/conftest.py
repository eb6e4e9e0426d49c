"""Small COCO datasets, written by a test and opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from lading_coco.reader import CocoReader
from PIL import Image

import lading
from lading import Dataset, Frame, Report, Source
from lading.plugin.contracts import parse_options

IMAGE = {"id": 1, "file_name": "a.png", "width": 40, "height": 30}
CATEGORIES = [{"id": 2, "name": "cat"}, {"id": 5, "name": "dog"}]
ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}


class Opened:
    """A dataset with what was said while it was opened and read."""

    def __init__(self, folder: Path, options: Mapping[str, str], source: Source | None = None) -> None:
        self.report = Report()
        self.source = source if source is not None else Source.open(folder)
        parsed = parse_options("coco", CocoReader.Options, options)
        self.dataset: Dataset = CocoReader().open(self.source, parsed, self.report)
        self.dataset.report = self.report
        self.frames: dict[str, list[Frame]] = {s.name: list(self.dataset.frames(s.name)) for s in self.dataset.segments}

    @property
    def labels(self) -> list[lading.Label]:
        return [x for frames in self.frames.values() for frame in frames for data in frame.data for x in data.labels]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Rule, place and message of every finding."""
        return [(f.rule, f.where or "", f.message) for f in self.report.findings]

    @property
    def rules(self) -> list[str]:
        return [finding.rule for finding in self.report.findings]


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """A document of one image and one box, with changes; None takes a key away."""

    def make(**changes: Any) -> dict[str, Any]:
        whole = {"images": [IMAGE], "annotations": [ROW], "categories": CATEGORIES, **changes}
        return {key: value for key, value in whole.items() if value is not None}

    return make


@pytest.fixture
def write(tmp_path: Path, document: Callable[..., dict[str, Any]]) -> Callable[..., Path]:
    """Writes files below a folder: text, bytes, or documents as JSON; `images/a.png` is there."""

    def make(files: Mapping[str, Any] | None = None, **changes: Any) -> Path:
        folder = tmp_path / "d"
        (folder / "images").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), "red").save(folder / "images" / "a.png")
        for name, content in (files if files is not None else {"annotations.json": document(**changes)}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[..., Opened]:
    """Writes a dataset and opens it."""

    def make(
        files: Mapping[str, Any] | None = None, *, options: Mapping[str, str] | None = None, **changes: Any
    ) -> Opened:
        return Opened(write(files, **changes), options or {})

    return make


@pytest.fixture
def opened() -> Callable[..., Opened]:
    """Opens what lies somewhere."""

    def make(folder: Path, **options: str) -> Opened:
        return Opened(folder, options)

    return make
