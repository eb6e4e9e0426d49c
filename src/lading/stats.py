"""What the labels of a dataset are like, in numbers: by category and segment, sizes of boxes, labels a frame."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lading.counting import count_frames
from lading.model.dataset import Dataset, Progress, Segment
from lading.model.frame import Frame
from lading.model.label import LABEL_TYPES, Box2D, Box3D
from lading.model.report import Report

#: Bounds of the classes of boxes: by the root of their area in pixels, and by their distance in metres.
SIZES_PX: Sequence[int] = (0, 8, 16, 32, 64, 96, 128, 256, 512)
DISTANCES_M: Sequence[int] = (0, 10, 20, 30, 40, 50, 75, 100)

#: Bounds of the classes of frames, by how many labels they have.
LABELS: Sequence[int] = (0, 1, 2, 5, 10, 20, 50, 100)

#: The class of what is in none of them: boxes that are inverted or not finite.
_OTHER = -1

#: Sizes of pictures that are listed; the rest is counted together.
_SIZES_LISTED = 20


class Statistics:
    """Counts of one pass over a dataset; those of parts are merged into one."""

    def __init__(self) -> None:
        self.frames: Counter[str] = Counter()
        self.files: Counter[str] = Counter()
        self.unlabelled: Counter[str] = Counter()
        self.labels: dict[str, Counter[str]] = {}  # segment -> type
        self.categories: dict[str, Counter[str]] = {}  # type -> category
        self.box_sizes: Counter[int] = Counter()
        self.box_distances: Counter[int] = Counter()
        self.labels_a_frame: Counter[int] = Counter()
        self.picture_sizes: Counter[tuple[int, int]] = Counter()

    def add(self, segment: Segment, frame: Frame) -> None:
        """Count one frame."""
        name = segment.name
        self.frames[name] += 1
        kinds = self.labels.setdefault(name, Counter())
        total = 0
        for data in frame.data:
            self.files[name] += 1
            total += len(data.labels)
            if data.width is not None and data.height is not None:
                self.picture_sizes[(data.width, data.height)] += 1
            for label in data.labels:
                kinds[label.kind] += 1
                self.categories.setdefault(label.kind, Counter())[label.category or ""] += 1
                if isinstance(label, Box2D):
                    width, height = label.xmax - label.xmin, label.ymax - label.ymin
                    side = math.sqrt(width * height) if width >= 0 and height >= 0 else math.nan
                    self.box_sizes[_class_of(SIZES_PX, side)] += 1
                elif isinstance(label, Box3D):
                    self.box_distances[_class_of(DISTANCES_M, math.hypot(label.x, label.y))] += 1
        self.labels_a_frame[bisect_right(LABELS, total) - 1] += 1
        self.unlabelled[name] += total == 0

    def merge(self, other: Statistics) -> None:
        """Count in what another counted."""
        for name in ("frames", "files", "unlabelled", "box_sizes", "box_distances", "labels_a_frame", "picture_sizes"):
            getattr(self, name).update(getattr(other, name))
        for name in ("labels", "categories"):
            for key, counts in getattr(other, name).items():
                getattr(self, name).setdefault(key, Counter()).update(counts)

    def to_json(self, dataset: Dataset) -> dict[str, Any]:
        """The object of `lading stats --json`; classes are counted from `from` to below `to`."""
        segments = [
            {
                "name": segment.name,
                "frames": self.frames[segment.name],
                "framesWithoutLabels": self.unlabelled[segment.name],
                "files": self.files[segment.name],
                "labels": _by_kind(self.labels.get(segment.name, Counter())),
            }
            for segment in dataset.segments
        ]
        common = self.picture_sizes.most_common(_SIZES_LISTED)
        return {
            "name": dataset.name,
            "format": dataset.format,
            "segments": segments,
            "categories": {
                kind: [{"category": name or None, "labels": n} for name, n in self.categories[kind].most_common()]
                for kind in LABEL_TYPES
                if kind in self.categories
            },
            "boxSides": _classes(SIZES_PX, self.box_sizes),
            "otherBoxSides": self.box_sizes[_OTHER],
            "boxDistances": _classes(DISTANCES_M, self.box_distances),
            "otherBoxDistances": self.box_distances[_OTHER],
            "labelsPerFrame": _classes(LABELS, self.labels_a_frame),
            "pictureSizes": [{"width": w, "height": h, "files": n} for (w, h), n in common],
            "otherPictureSizes": self.picture_sizes.total() - sum(n for _, n in common),
        }


def statistics(
    dataset: Dataset, report: Report | None = None, progress: Progress | None = None, *, jobs: int = 1
) -> Statistics:
    """Count in one pass, shared by `jobs` processes. What the reader says on the way goes to `report`.

    Raises OptionError for fewer than one job, and what the reader raises.
    """
    return count_frames(Statistics, dataset, report if report is not None else Report(), progress, jobs)


def _by_kind(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: counts[kind] for kind in LABEL_TYPES if kind in counts}


def filled(classes: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The classes from the first to the last that anything is in, for people."""
    places = [place for place, row in enumerate(classes) if row["count"]]
    return classes[places[0] : places[-1] + 1] if places else ()


def _class_of(bounds: Sequence[int], value: float) -> int:
    return bisect_right(bounds, value) - 1 if math.isfinite(value) else _OTHER


def _classes(bounds: Sequence[int], counts: Mapping[int, int]) -> list[dict[str, int | None]]:
    if max(counts, default=_OTHER) == _OTHER:
        return []
    ends = [*bounds[1:], None]
    return [
        {"from": low, "to": high, "count": counts.get(index, 0)}
        for index, (low, high) in enumerate(zip(bounds, ends, strict=True))
    ]
