"""Frames that are judged together: what is found is what is found in each label by itself, in the same order."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from lading.model.catalog import Catalog
from lading.model.codec import decode_catalog
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import (
    Box2D,
    Box3D,
    Classification,
    InstanceMask,
    MaskItem,
    MultiPolygon2D,
    Polygon2D,
    Polyline2D,
    Rle,
)
from lading.model.report import Finding, Origin, OriginList
from lading.validate import blocks, validate
from lading.validate.checks import labels as labels_pass
from lading.validate.checks import polygons
from lading.validate.checks.columns import columns_of

#: More than a float can hold.
HUGE = 10**400

NUMBERS = (0.0, -0.0, 1, 7, 7.5, 20, 99.99, 100, 100.01, 100.02, -5, 2**53 + 1, HUGE, math.nan, math.inf, -math.inf)
VALUES = (True, False, 0, 3, 11, 0.5, math.nan, math.inf, "red", "blue", None, [1], [math.nan], {})
CATEGORIES = ("car", "person", "Car", None, "unheard of")

CATALOG = {
    kind: {
        "isTracking": True,
        "categories": [{"name": name} for name in ("car", "person", "Car")],
        "attributes": [
            {"name": "crowd", "type": "boolean"},
            {"name": "score", "type": "number"},
            {"name": "speed", "type": "number", "minimum": 0, "maximum": 10},
            {"name": "paint", "enum": ["red", "green"], "parentCategories": ["car"]},
            {"name": "any"},
        ],
    }
    for kind in ("BOX2D", "POLYGON2D", "MULTI_POLYGON", "BOX3D", "RLE")
}


class Dice(random.Random):
    """Draws labels, mostly right ones, that often share what they have."""

    oddity = 0.1

    def number(self) -> float:
        return self.choice(NUMBERS) if self.random() < self.oddity / 4 else self.choice((5, 20.5, 40, 60, 80))

    def point(self) -> tuple[float, float]:
        x, y = self.number(), self.number()
        return (math.inf if x == HUGE else x, math.inf if y == HUGE else y)

    def ring(self) -> np.ndarray:
        if self.random() < self.oddity:
            points = [self.point() for _ in range(self.choice((0, 1, 2, 4, 5)))]
            return np.array(points, np.float64).reshape(-1, 2)
        x, y = self.choice((10, 30)), self.choice((10, 30))
        return np.array([(x, y), (x + 40, y), (x + 40, y + 40), (x, y + 40)][: self.choice((3, 4))], np.float64)

    def shared(self) -> dict:
        names = [name for name in ("crowd", "score", "speed", "paint", "any", "else") if self.random() < 0.2]
        right = {"crowd": False, "score": 0.5, "speed": 3, "paint": "red", "any": 3, "else": 1}
        return {
            "category": self.choice(CATEGORIES[: 5 if self.random() < self.oddity else 2]),
            "instance": self.choice((None, "a", "b", *(str(self.randrange(10**6)) for _ in range(8)))),
            "attributes": {
                name: self.choice(VALUES) if self.random() < self.oddity else right[name]
                for name in names
                if name != "else" or self.random() < self.oddity
            },
        }

    def label(self, origin: int):
        kind = self.choices(range(8), (8, 8, 3, 1, 1, 1, 1, 1))[0]
        more = {**self.shared(), "origin": origin}
        if kind == 0:
            x, y = self.number(), self.number()
            return (
                Box2D(x, y, self.choice((x, 90)), self.choice((y, 95.5)), **more)
                if self.random() < 0.2
                else Box2D(10, 10, 50, 50 + self.randrange(40), **more)
            )
        if kind == 1:
            return Polygon2D(self.ring(), **more)
        if kind == 2:
            return MultiPolygon2D(tuple(self.ring() for _ in range(self.choice((0, 1, 2, 2)))), **more)
        if kind == 3:
            return Box3D(*(float(self.choice((1, 2))) for _ in range(6)), **more)
        if kind == 4:
            return Polyline2D(self.ring(), **more)
        if kind == 5:
            return Classification(category=more["category"], attributes=more["attributes"], origin=origin)
        if kind == 6:
            return Rle(np.array([50, 50]), height=10, width=10, **more)
        return InstanceMask((MaskItem(1, category="car"), MaskItem(self.choice((1, 2)))), origin=origin)

    def data(self, name: str) -> Data:
        size = (100, 100) if self.random() < 0.8 else self.choice(((None, None), (100, None), (60, 60)))
        origins = OriginList([Origin("a.json", f"/{name}/{index}") for index in range(4)])
        rows = [self.label(self.randrange(4)) for _ in range(self.choice((0, 1, 5, 9)))]
        if rows and self.random() < self.oddity:
            rows.append(self.choice(rows))
        return Data(path=name, remote_path=name, width=size[0], height=size[1], labels=rows, origins=origins)


def some_dataset(seed: int, oddity: float) -> MemoryDataset:
    dice = Dice(seed)
    dice.oddity = oddity
    frames = {
        name: [
            Frame(key=str(i), data=[dice.data(f"{name}{i}.{j}.png") for j in range(dice.choice((0, 1, 1, 1, 3)))])
            for i in range(dice.choice((3, 40, 150)))
        ]
        for name in ("train", "val")
    }
    return MemoryDataset("x", frames, catalog=decode_catalog(CATALOG))


def findings(dataset: MemoryDataset, catalog: Catalog | None, **more) -> list[Finding]:
    grades = {"label.instance-stray": "warning", "catalog.unused": "warning", "instance.jump": "warning"}
    return list(validate(dataset, catalog=catalog, severities=grades, **more))


@pytest.mark.parametrize("oddity", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("seed", range(6))
def test_labels_that_are_passed_over_are_those_of_which_nothing_is_found(monkeypatch, seed, oddity):
    one = some_dataset(seed, oddity)
    catalog = decode_catalog(CATALOG) if seed % 2 else None
    found = findings(one, catalog)
    monkeypatch.setattr(labels_pass, "suspects", lambda columns, kind, limits: set(columns.files))
    assert found == findings(one, catalog)
    assert len({finding.rule for finding in found}) > (15 if oddity == 0.5 else 3)


@pytest.mark.parametrize("oddity", [0.02, 0.5])
@pytest.mark.parametrize("seed", range(6))
def test_how_many_frames_are_judged_together_changes_nothing(monkeypatch, seed, oddity):
    one = some_dataset(seed, oddity)
    found = findings(one, None)
    for size in (1, 2, 1_000):
        monkeypatch.setattr(blocks, "_FRAMES", size)
        assert findings(one, None) == found
    parts = [finding for k in (1, 2, 3) for finding in findings(one, None, part=(k, 3))]
    for segment in ("train", "val"):  # shares of a segment follow each other
        assert [f for f in parts if f.rule.startswith("polygon.") and f.segment == segment] == [
            f for f in found if f.rule.startswith("polygon.") and f.segment == segment
        ]


@pytest.mark.parametrize("seed", range(6))
def test_how_many_polygons_are_judged_together_changes_nothing(monkeypatch, seed):
    sizes = []
    real = polygons._judge
    monkeypatch.setattr(
        polygons, "_judge", lambda those, *given: sizes.append(len(those.labels)) or real(those, *given)
    )
    one = some_dataset(seed, 0.5)
    found = findings(one, None)
    most = [max(sizes)]
    for at_once in (400, 30, 1):
        sizes.clear()
        monkeypatch.setattr(polygons, "_AT_ONCE", at_once)
        assert findings(one, None) == found
        most.append(max(sizes))
    assert most == sorted(most, reverse=True)
    assert most[-1] == 1 < most[0]


def test_few_files_are_looked_at_label_by_label_where_labels_are_right(monkeypatch):
    looked = []
    real = labels_pass.suspects
    monkeypatch.setattr(labels_pass, "suspects", lambda *given: looked.append(real(*given)) or looked[-1])
    rows = [
        label
        for i in range(5)
        for label in (
            Box2D(i, 0, 50, 50, category="car", instance=str(i), attributes={"crowd": False, "score": 0.5}),
            Polygon2D(np.array([(i, 0), (50, 0), (50, 50.0)]), category="car", instance=str(i)),
        )
    ]
    frames = [Frame(key=str(i), data=[Data(path=f"{i}", remote_path=f"{i}", labels=rows)]) for i in range(300)]
    list(validate(MemoryDataset("x", {"train": frames}, catalog=decode_catalog(CATALOG))))
    assert sum(map(len, looked)) == 2  # the first file, for its categories are new


def test_labels_of_several_files_stand_by_their_types():
    files = [[Box2D(0, 0, 1, 1), Rle(np.array([1]))], [], [Box2D(0, 0, 2, 2), Box2D(0, 0, 3, 3)]]
    columns = columns_of([Data(path="", remote_path="", labels=labels) for labels in files])
    assert {label_type.kind: (those.labels, those.files) for label_type, those in columns.items()} == {
        "BOX2D": ([files[0][0], *files[2]], [0, 2, 2]),
        "RLE": ([files[0][1]], [0]),
    }
    assert columns[Box2D].edges.T.tolist() == [[0, 0, 1, 1], [0, 0, 2, 2], [0, 0, 3, 3]]


def test_edge_that_no_float_can_hold_is_infinite():
    (columns,) = columns_of([Data(path="", remote_path="", labels=[Box2D(-(10**400), 0, 10**400, 1)])]).values()
    assert columns.edges.T.tolist() == [[-math.inf, 0, math.inf, 1]]


@pytest.mark.parametrize(
    ("values", "files"),
    [
        (["a", "b", "c", "d"], set()),
        (["a", "b", "a", "b"], set()),
        ([None, None, None, None], set()),
        (["a", "a", "b", "a"], {0}),
        (["a", None, "b", "b"], {1}),
    ],
    ids=["all their own", "again in another file", "none", "twice in one", "twice beside none"],
)
def test_files_in_which_a_value_is_there_twice(values, files):
    rows = [Box2D(0, 0, 1, 1, instance=value) for value in values]
    (columns,) = columns_of(
        [Data(path="", remote_path="", labels=rows[:2]), Data(path="", remote_path="", labels=rows[2:])]
    ).values()
    assert columns.repeated(columns.instances) == files
