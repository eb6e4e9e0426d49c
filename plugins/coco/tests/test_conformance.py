"""The contracts of readers and writers, held on our fixtures."""

from __future__ import annotations

import pickle
from pathlib import Path

from lading_coco.reader import CocoReader
from lading_coco.writer import CocoWriter

from lading import Report, Source
from lading.testing import ReaderConformance, WriterConformance

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures" / "coco"


class TestConformance(ReaderConformance):
    reader = CocoReader
    fixture = FIXTURE


class TestConformanceOfCentredKeypoints(ReaderConformance):
    reader = CocoReader
    fixture = FIXTURE
    options = {"keypoints": "centre"}  # noqa: RUF012


class TestWriter(WriterConformance):
    writer = CocoWriter
    fixture = FIXTURE


class TestWriterOfAnotherFormat(WriterConformance):
    writer = CocoWriter
    fixture = FIXTURE.parent / "voc"


def test_a_dataset_goes_to_another_process() -> None:
    dataset = TestConformance().opened(Source.open(FIXTURE))
    copy = pickle.loads(pickle.dumps(dataset))
    for segment in dataset.segments:
        ours = [(f.key, f.data[0].labels) for f in dataset.frames(segment.name, (1, 2), Report())]
        assert [(f.key, f.data[0].labels) for f in copy.frames(segment.name, (1, 2), Report())] == ours
