"""Seeded mutations: one field of one label is broken, anywhere in the seeded datasets, and found right there."""

from __future__ import annotations

import importlib
import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lading.validate import validate

sys.path.append(str(Path(__file__).parent / "corpus"))
cargo = importlib.import_module("cargo")

SEED = 1_979
COUNT = 400
OFF = dict.fromkeys(
    ("media.unreadable", "media.size-mismatch", "media.other-format", "media.duplicate", "media.leak"), "off"
)

#: Breaks a label: the rule that is due, the fields that are changed, and what of the label the finding stands at.
Break = Callable[[random.Random, Any], tuple[str, dict[str, Any], str]]


def edge(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    name = rng.choice(["xmin", "ymin", "xmax", "ymax"])
    return "label.not-finite", {name: rng.choice([math.nan, math.inf, -math.inf]), "instance": "99"}, "geometry"


def turned(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    fields = rng.choice([{"xmin": box.xmax, "xmax": box.xmin}, {"ymin": box.ymax, "ymax": box.ymin}])
    return "box2d.inverted", fields, "geometry"


def outside(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    fields = rng.choice([{"xmin": -rng.uniform(0.02, 50)}, {"xmax": 100 + rng.uniform(0.02, 50)}])
    return "box2d.outside-image", {**fields, "instance": "99"}, "geometry"


def unknown(rng: random.Random, label: Any) -> tuple[str, dict[str, Any], str]:
    fields: dict[str, Any] = {"category": rng.choice(["Car", "cars", "", "car ", "lorry"])}
    return "category.unknown", fields | {"attributes": {}}, "category"


def attribute(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    rule, name, value = rng.choice(
        [
            ("attribute.unknown", "colour", "red"),
            ("attribute.enum", "color", rng.choice(["Red", 1, None, True])),
            ("attribute.type", "occluded", rng.choice([0, 1, "true", None])),
            ("attribute.type", "lane", rng.choice(["3", 1.5, True])),
            ("attribute.range", "lane", rng.choice([-1, 9, 10**30])),
            ("attribute.items", "lights", [rng.choice(["pink", 3])]),
        ]
    )
    return rule, {"attributes": box.attributes | {name: value}}, f"attributes/{name}"


def ring(rng: random.Random, polygon: Any) -> tuple[str, dict[str, Any], str]:
    points = polygon.points.copy()
    points[rng.randrange(len(points)), rng.randrange(2)] = rng.choice([math.nan, math.inf])
    return "label.not-finite", {"points": points}, "geometry"


def shifted(rng: random.Random, polygon: Any) -> tuple[str, dict[str, Any], str]:
    return "polygon.box-mismatch", {"points": polygon.points + rng.uniform(2.5, 5)}, "geometry"


def seen(rng: random.Random, points: Any) -> tuple[str, dict[str, Any], str]:
    visible = list(points.visible)
    visible[rng.randrange(3)] = rng.choice([3, -1, 0.5])
    return "keypoints.visible", {"visible": tuple(visible)}, "geometry"


def runs(rng: random.Random, rle: Any) -> tuple[str, dict[str, Any], str]:
    counts = rle.counts.copy()
    counts[rng.randrange(len(counts))] += rng.choice([1, 1_000])
    return "rle.size", {"counts": counts}, "geometry"


def flat(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    return "box3d.size", {rng.choice(["length", "width", "height"]): rng.choice([0.0, -1.5])}, "geometry/size"


def longer(rng: random.Random, box: Any) -> tuple[str, dict[str, Any], str]:
    return "box3d.rotation", {"qw": rng.choice([0.9, 1.1, 2.0])}, "geometry/rotation"


PICTURE: list[tuple[int, Break]] = [
    *((cargo.BOX, change) for change in (edge, turned, outside, unknown, attribute, attribute)),
    (cargo.POLYGON, ring),
    (cargo.POLYGON, shifted),
    (cargo.RLE, runs),
    (cargo.RLE, unknown),
    (cargo.POINTS, seen),
]


@pytest.mark.parametrize("chunk", range(4))
def test_each_mutation_is_found_at_its_place(chunk: int) -> None:
    rng = random.Random(SEED + chunk)
    missed = []
    for _ in range(COUNT // 4):
        if rng.random() < 0.7:
            made, sensor = cargo.pictures(), None
            segment = rng.choice(["train", "val"])
            index, change = rng.choice(PICTURE)
        else:
            made, sensor, segment = cargo.drive(), "lidar", "drive"
            index, change = rng.randrange(2), rng.choice([flat, longer])
        frame = rng.randrange(len(made.frames[segment]))
        label = made.data(segment, frame, sensor).labels[index]
        rule, fields, subject = change(rng, label)
        made.edit(index, segment, frame, sensor, **fields)
        record = f"/{segment}/{frame}" + (f"/{sensor}" if sensor else "")
        due = [(rule, "labels.json", f"{record}/labels/{index}/{subject}")]
        found = [(f.rule, f.file, f.pointer) for f in validate(made.dataset(), severities=OFF)]
        if found != due:
            missed.append((found, due, {name: np.asarray(value).tolist() for name, value in fields.items()}))
    assert missed == []
