"""Counts of a dataset made by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from lading.model.dataset import WHOLE, MemoryDataset, Part, SourceFile
from lading.model.frame import Data, Frame
from lading.model.label import Box2D, Classification, Polygon2D
from lading.model.report import Report
from lading.model.sensor import Camera, Lidar
from lading.summary import summarize


class There:
    path = "x"
    size = 1
    stamp = None

    def open(self) -> io.BytesIO:
        raise AssertionError("counting opens no file")


def data(*labels, path="a.png", is_there=True):
    return Data(path=path, remote_path=path, content=There() if is_there else None, labels=list(labels))


class Telling(MemoryDataset):
    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        heard = report if report is not None else self.report
        heard.error("reader.bad", "a row")
        heard.loss("licences", "CC-BY", 2)
        yield from super().frames(segment, part)


def a_dataset():
    box = Box2D(0, 0, 1, 1, category="dog")
    cat = Box2D(0, 0, 1, 1, category="cat")
    train = [
        Frame(key="0", data=[data(box, cat, box, Box2D(0, 0, 1, 1)), data(path="a.bin", is_there=False)]),
        Frame(key="1", data=[data(Polygon2D(np.zeros((3, 2)), category="dog"), Classification(category="day"))]),
    ]
    one = Telling(
        "cargo",
        {"train": train, "val": [Frame(key="2", data=[data(cat)])], "empty": []},
        sensors={"train": [Lidar(name="top"), Camera(name="front")]},
        is_fusion=True,
    )
    one.format = "ours"
    one.rules = {"pixels": "voc"}
    one.sources = [SourceFile(file="a.json", kind="instances", rows=3)]
    one.report.warning("reader.header", "odd")
    one.report.loss("licences", "MIT")
    return one


EXPECTED = {
    "schemaVersion": 1,
    "format": "ours",
    "name": "cargo",
    "fusion": True,
    "rules": {"pixels": "voc"},
    "sources": [{"file": "a.json", "kind": "instances", "rows": 3}],
    "segments": [
        {
            "name": "train",
            "frames": 2,
            "files": 3,
            "missingFiles": 1,
            "sensors": [{"name": "top", "type": "LIDAR"}, {"name": "front", "type": "CAMERA"}],
            "labels": {"CLASSIFICATION": 1, "BOX2D": 4, "POLYGON2D": 1},
        },
        {"name": "val", "frames": 1, "files": 1, "missingFiles": 0, "sensors": [], "labels": {"BOX2D": 1}},
        {"name": "empty", "frames": 0, "files": 0, "missingFiles": 0, "sensors": [], "labels": {}},
    ],
    "categories": {"CLASSIFICATION": {"day": 1}, "BOX2D": {"cat": 2, "dog": 2}, "POLYGON2D": {"dog": 1}},
    "losses": [{"what": "licences", "count": 7, "example": "MIT"}],
    "findings": {"error": 3, "warning": 1},
}


def test_summary_has_exactly_the_keys_of_the_contract():
    one = a_dataset()
    assert summarize(one).to_json() == EXPECTED
    assert list(EXPECTED["categories"]) == list(summarize(one).to_json()["categories"])


def test_summary_twice_is_the_same_and_leaves_the_datasets_report_alone():
    one = a_dataset()
    assert summarize(one) == summarize(one)
    assert one.report.count("error") == 0


def test_what_is_said_on_the_way_goes_to_the_report_that_is_given():
    report = Report()
    summarize(a_dataset(), report=report)
    assert report.count("error") == 3


def test_the_datasets_own_report_counts_once():
    one = a_dataset()
    assert summarize(one, report=one.report).to_json() == EXPECTED


def test_findings_beyond_the_limit_of_a_report_are_counted():
    one = a_dataset()
    for i in range(1_500):
        one.report.warning("reader.header", str(i))
    assert summarize(one).warnings == 1_501
