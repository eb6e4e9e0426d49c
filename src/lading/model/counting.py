"""What is in a dataset: counts, and the object that `lading inspect --json` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from lading.model.dataset import Dataset, Segment, SourceFile
from lading.model.frame import Frame
from lading.model.label import LABEL_TYPES, Label
from lading.model.report import Loss, Report

SCHEMA_VERSION = 1

_CATEGORY = attrgetter("category")

#: Labels that are counted together: a frame alone has too few for it to be quick, and many are in no cache any more.
_MOST_WAITING = 250


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


class Tally:
    """Counts of frames, files, labels and categories, by segment; tallies of parts are merged into one."""

    def __init__(self) -> None:
        self._segments: dict[str, _Counts] = {}

    def add(self, segment: Segment, frame: Frame) -> None:
        """Count one frame."""
        counts = self._segments.get(segment.name)
        if counts is None:
            counts = self._segments[segment.name] = _Counts()
        counts.frames += 1
        for data in frame.data:
            counts.files += 1
            counts.missing += data.is_missing
            counts.waiting += data.labels
        if len(counts.waiting) > _MOST_WAITING:
            counts.count()

    def merge(self, other: Tally) -> None:
        """Count in what another tally has counted."""
        for name, counts in other._segments.items():
            counts.count()
            self._segments.setdefault(name, _Counts()).merge(counts)

    def summary(self, dataset: Dataset, report: Report) -> Summary:
        """The whole, with what was said on opening and in `report` while frames were read."""
        total = Report()
        total.merge(dataset.report)
        if report is not dataset.report:
            total.merge(report)
        found: dict[str, Counter[str]] = {kind: Counter() for kind in LABEL_TYPES}
        for counts in self._segments.values():
            counts.count()
            for (cls, category), count in counts.labels.items():
                if category is not None:
                    found[cls.kind][category] += count
        return Summary(
            format=dataset.format,
            name=dataset.name,
            is_fusion=dataset.is_fusion,
            rules=dataset.rules,
            sources=dataset.sources,
            segments=[_summary(segment, self._segments.get(segment.name, _Counts())) for segment in dataset.segments],
            categories={kind: dict(sorted(found[kind].items())) for kind in LABEL_TYPES if found[kind]},
            losses=total.losses,
            errors=total.count("error"),
            warnings=total.count("warning"),
        )


class _Counts:
    """The counts of one segment; those of labels are by type and category."""

    def __init__(self) -> None:
        self.frames = self.files = self.missing = 0
        self.labels: Counter[tuple[type[Label], str | None]] = Counter()
        self.waiting: list[Label] = []

    def count(self) -> None:
        """Count the labels that wait."""
        self.labels.update(zip(map(type, self.waiting), map(_CATEGORY, self.waiting), strict=True))
        self.waiting.clear()

    def __getstate__(self) -> dict[str, Any]:
        self.count()
        return self.__dict__

    def merge(self, other: _Counts) -> None:
        self.frames += other.frames
        self.files += other.files
        self.missing += other.missing
        self.labels.update(other.labels)


def _summary(segment: Segment, counts: _Counts) -> SegmentSummary:
    labels: Counter[str] = Counter()
    for (cls, _), count in counts.labels.items():
        labels[cls.kind] += count
    return SegmentSummary(
        name=segment.name,
        frames=counts.frames,
        files=counts.files,
        missing_files=counts.missing,
        sensors=[(sensor.name, sensor.type) for sensor in segment.sensors],
        labels={kind: labels[kind] for kind in LABEL_TYPES if kind in labels},
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
