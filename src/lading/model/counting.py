"""What is in a dataset, counted in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lading.model.dataset import Dataset, Progress, Segment, SourceFile, all_frames
from lading.model.frame import Frame
from lading.model.label import LABEL_TYPES
from lading.model.report import Loss, Report

SCHEMA_VERSION = 1


class SegmentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a segment. `files` are those that the source names, `missing_files` those of them it does not hold."""

    name: str
    frames: int
    files: int
    missing_files: int
    sensors: Sequence[tuple[str, str]]
    labels: Mapping[str, int]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a dataset, and what was said while it was read.

    `categories` counts the labels of each type by category, those that the data have, sorted by name.
    """

    format: str | None
    name: str
    is_fusion: bool
    rules: Mapping[str, str]
    sources: Sequence[SourceFile]
    segments: Sequence[SegmentSummary]
    categories: Mapping[str, Mapping[str, int]]
    losses: Sequence[Loss]
    errors: int
    warnings: int

    def to_json(self) -> dict[str, Any]:
        """The object of `lading inspect --json` (design.md section 6)."""
        return {
            "schemaVersion": SCHEMA_VERSION,
            "format": self.format,
            "name": self.name,
            "fusion": self.is_fusion,
            "rules": dict(self.rules),
            "sources": [{"file": s.file, "kind": s.kind, "rows": s.rows} for s in self.sources],
            "segments": [_segment_json(segment) for segment in self.segments],
            "categories": {kind: dict(counts) for kind, counts in self.categories.items()},
            "losses": [{"what": loss.what, "count": loss.count, "example": loss.example} for loss in self.losses],
            "findings": {"error": self.errors, "warning": self.warnings},
        }


def summarize(dataset: Dataset, report: Report | None = None, progress: Progress | None = None) -> Summary:
    """Count a dataset's frames, files, labels and categories in one pass.

    What the reader reports on the way goes to `report`, a fresh one by default, and counts together with what it
    said on opening.
    """
    heard = report if report is not None else Report()
    categories: dict[str, Counter[str]] = {}
    counts = {segment.name: _Counts() for segment in dataset.segments}
    for segment, frame in all_frames(dataset, heard, progress=progress):
        _count(frame, counts[segment.name], categories)
    total = Report()
    total.merge(dataset.report)
    if heard is not dataset.report:
        total.merge(heard)
    return Summary(
        format=dataset.format,
        name=dataset.name,
        is_fusion=dataset.is_fusion,
        rules=dataset.rules,
        sources=dataset.sources,
        segments=[_summary(segment, counts[segment.name]) for segment in dataset.segments],
        categories={kind: dict(sorted(categories[kind].items())) for kind in LABEL_TYPES if categories.get(kind)},
        losses=total.losses,
        errors=total.count("error"),
        warnings=total.count("warning"),
    )


class _Counts:
    def __init__(self) -> None:
        self.frames = self.files = self.missing = 0
        self.labels: Counter[str] = Counter()


def _count(frame: Frame, counts: _Counts, categories: dict[str, Counter[str]]) -> None:
    counts.frames += 1
    for data in frame.data:
        counts.files += 1
        counts.missing += data.is_missing
        for label in data.labels:
            counts.labels[label.kind] += 1
            if label.category is not None:
                categories.setdefault(label.kind, Counter())[label.category] += 1


def _summary(segment: Segment, counts: _Counts) -> SegmentSummary:
    return SegmentSummary(
        name=segment.name,
        frames=counts.frames,
        files=counts.files,
        missing_files=counts.missing,
        sensors=[(sensor.name, sensor.type) for sensor in segment.sensors],
        labels={kind: counts.labels[kind] for kind in LABEL_TYPES if kind in counts.labels},
    )


def _segment_json(segment: SegmentSummary) -> dict[str, Any]:
    return {
        "name": segment.name,
        "frames": segment.frames,
        "files": segment.files,
        "missingFiles": segment.missing_files,
        "sensors": [{"name": name, "type": kind} for name, kind in segment.sensors],
        "labels": dict(segment.labels),
    }
