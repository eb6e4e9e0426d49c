"""Small VOC trees made on the spot, opened, and what was said about them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lading_voc.reader import VocReader
from PIL import Image

import lading
from lading import Data, Dataset, Finding, Frame, Report, Source
from lading.plugin.contracts import parse_options


@dataclass
class Opened:
    """A dataset read to its end, with everything that was reported."""

    dataset: Dataset
    report: Report
    frames: dict[str, list[Frame]]

    @property
    def keys(self) -> dict[str, list[str]]:
        return {segment: [frame.key for frame in frames] for segment, frames in self.frames.items()}

    def data(self, key: str) -> Data:
        (found,) = [f.data[0] for frames in self.frames.values() for f in frames if f.key == key]
        return found

    def frame(self, key: str) -> Frame:
        (found,) = [f for frames in self.frames.values() for f in frames if f.key == key]
        return found

    @property
    def findings(self) -> list[Finding]:
        return self.report.findings

    def finding(self, rule: str) -> Finding:
        (found,) = [finding for finding in self.findings if finding.rule == rule]
        return found

    @property
    def losses(self) -> dict[str, int]:
        return {loss.what: loss.count for loss in self.report.losses}


def open_voc(*paths: Path, **options: str) -> Opened:
    report = Report()
    source = Source.open(*paths)
    dataset = VocReader().open(source, parse_options("voc", VocReader.Options, options), report)
    dataset.report = report
    frames: dict[str, list[Frame]] = {segment.name: [] for segment in dataset.segments}
    for segment, frame in lading.all_frames(dataset):
        frames[segment.name].append(frame)
    assert {s.name: s.frame_count for s in dataset.segments} == {name: len(found) for name, found in frames.items()}
    return Opened(dataset, report, frames)


@pytest.fixture
def opened() -> Callable[..., Opened]:
    """Opens paths with options, and reads everything."""
    return open_voc


@pytest.fixture
def voc(tmp_path: Path) -> Callable[..., Opened]:
    """Writes files below a folder, opens it with options, and reads everything."""

    def make(files: Mapping[str, Any], **options: str) -> Opened:
        for name, content in files.items():
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_voc(tmp_path / "data", **options)

    return make


@pytest.fixture
def one(voc: Callable[..., Opened]) -> Callable[..., Opened]:
    """Opens a flat folder of one annotation `a.xml` (given as the inside of its root) and its picture."""

    def make(inside: str, **options: str) -> Opened:
        return voc({"a.xml": f"<annotation>\n{inside}\n</annotation>", "a.jpg": picture()}, **options)

    return make


def picture(width: int = 40, height: int = 30, kind: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "#456").save(stream, kind)
    return stream.getvalue()


@pytest.fixture(name="picture")
def _picture() -> Callable[..., bytes]:
    return picture


def box(xmin: object, ymin: object, xmax: object, ymax: object) -> str:
    corners = zip(("xmin", "ymin", "xmax", "ymax"), (xmin, ymin, xmax, ymax), strict=True)
    return "<bndbox>" + "".join(f"<{name}>{value}</{name}>" for name, value in corners) + "</bndbox>"


@pytest.fixture(name="box")
def _box() -> Callable[..., str]:
    return box


@pytest.fixture
def xml() -> Callable[..., str]:
    """An annotation of objects (names, or the inside of `object`), of a database where one is given."""

    def make(*objects: str, database: str | None = None) -> str:
        source = "" if database is None else f"<source><database>{database}</database></source>"
        inside = "".join(
            f"<object>{o if o.startswith('<') else f'<name>{o}</name>' + box(2, 3, 10, 12)}</object>" for o in objects
        )
        return f"<annotation>{source}<size><width>40</width><height>30</height></size>{inside}</annotation>"

    return make
