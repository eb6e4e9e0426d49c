"""Statistics against counts made here."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from lading.errors import OptionError
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D, Box3D, Classification
from lading.stats import statistics


def numbers(*frames, jobs=1):
    dataset = MemoryDataset("d", {"train": list(frames), "val": []})
    return statistics(dataset, jobs=jobs).to_json(dataset)


def frame(key, *labels, **fields):
    return Frame(key=key, data=[Data(path=key, remote_path=key, labels=list(labels), **fields)])


def test_labels_are_counted_by_category_and_segment():
    found = numbers(
        frame("a", Box2D(0, 0, 1, 1, category="car"), Box2D(0, 0, 1, 1, category="bus"), width=10, height=5),
        frame("b", Box2D(0, 0, 1, 1, category="bus"), Classification(), width=10, height=5),
        frame("c"),
    )
    assert found["categories"] == {
        "CLASSIFICATION": [{"category": None, "labels": 1}],
        "BOX2D": [{"category": "bus", "labels": 2}, {"category": "car", "labels": 1}],
    }
    assert found["segments"] == [
        {"name": "train", "frames": 3, "framesWithoutLabels": 1, "files": 3,
         "labels": {"CLASSIFICATION": 1, "BOX2D": 3}},
        {"name": "val", "frames": 0, "framesWithoutLabels": 0, "files": 0, "labels": {}},
    ]  # fmt: skip
    assert found["pictureSizes"] == [{"width": 10, "height": 5, "files": 2}]
    assert {row["from"]: row["count"] for row in found["labelsPerFrame"] if row["count"]} == {0: 1, 2: 2}


@pytest.mark.parametrize(
    ("side", "least"), [(0, 0), (7.99, 0), (8, 8), (32, 32), (95.9, 64), (96, 96), (5_000, 512)], ids=str
)
def test_boxes_are_in_the_class_of_their_side(side, least):
    rows = numbers(frame("a", Box2D(0, 0, side, side)))["boxSides"]
    assert [row["from"] for row in rows if row["count"]] == [least]
    assert rows[-1]["to"] is None


def test_boxes_of_no_size_are_counted_apart_and_3d_boxes_go_by_distance():
    nan = float("nan")
    boxes = Box2D(5, 0, 0, 9), Box2D(5, 9, 0, 0), Box2D(nan, 0, 1, 1), Box2D(0, 0, float("inf"), 1)
    found = numbers(frame("a", *boxes, Box3D(30, 40, 99, 1, 1, 1), Box3D(nan, 40, 99, 1, 1, 1)))
    assert (found["boxSides"], found["otherBoxSides"], found["otherBoxDistances"]) == ([], 4, 1)
    assert [row["from"] for row in found["boxDistances"] if row["count"]] == [50]


def test_processes_count_what_one_counts(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    shared = importlib.import_module("shared_dataset")
    dataset = shared.dataset()
    alone, together = statistics(shared.dataset()), statistics(dataset, jobs=2)
    assert together.to_json(dataset) == alone.to_json(dataset)
    with pytest.raises(OptionError, match="jobs: expected 1 or more, found 0"):
        statistics(dataset, jobs=0)
