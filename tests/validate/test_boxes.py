"""Boxes in a picture of 100 x 80, just inside and just outside of every limit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D, Box3D, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Origin, OriginList
from lading.validate import validate


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


@pytest.mark.parametrize(
    "edges",
    [(0, 0, 100, 80), (-0.01, -0.01, 100.01, 80.01), (1.5, 2.5, 1.75, 2.75), (99, 79, 100, 80)],
    ids=["the whole picture", "off by the rounding of two decimals", "a quarter pixel", "last pixel"],
)
def test_box_in_its_picture_is_right(found, edges):
    assert found(Box2D(*edges)) == []


def test_edges_are_shown_without_what_sums_of_floats_leave_behind(found):
    (outside,) = found(Box2D(100.2 - 0.1, 1, 100.2 + 25.29, float(np.float32(70.3))))
    assert outside.message == "expected a box within 100 x 80 pixels, found (100.1, 1, 125.49, 70.3)"


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ((10, 10, 5, 20), ["box2d.inverted"]),
        ((10, 20, 20, 10), ["box2d.inverted"]),
        ((10, 20, 5, 20), ["box2d.inverted"]),
        ((10, 10, 10, 20), ["box2d.empty"]),
        ((10, 10, 20, 10), ["box2d.empty"]),
        ((-0.02, 0, 10, 10), ["box2d.outside-image"]),
        ((0, -0.02, 10, 10), ["box2d.outside-image"]),
        ((0, 0, 100.02, 10), ["box2d.outside-image"]),
        ((0, 0, 10, 80.02), ["box2d.outside-image"]),
        ((200, 10, 150, 20), ["box2d.inverted"]),
        ((math.nan, 0, 10, 10), ["label.not-finite"]),
        ((0, 0, math.inf, 10), ["label.not-finite"]),
        ((0, -math.inf, 10, 10), ["label.not-finite"]),
        ((0, 0, 10**400, 10), ["label.not-finite"]),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) and value[2] != 10**400 else None,
)
def test_box_that_is_wrong(found, edges, expected):
    assert rules(found(Box2D(*edges))) == expected


def test_boxes_in_parts_of_their_picture_are_told_once_a_file(found):
    (finding,) = found(Box2D(0.25, 0.5, 0.75, 0.9, origin=0))
    assert (finding.rule, finding.severity, finding.pointer) == ("box2d.relative", "warning", "/annotations/0/bbox")
    message = "expected edges in pixels, found (0.25, 0.5, 0.75, 0.9), as if they were parts of the picture of 100 x 80"
    assert finding.message == f"{message} pixels"
    three = [Box2D(0.25 * n, 0.5, 0.25 * n + 0.2, 0.9, origin=n) for n in range(3)]
    (finding,) = found(Box2D(10, 10, 20, 20, origin=4), *three)
    assert finding.pointer == "/annotations/0/bbox"
    assert finding.message.endswith("parts of the picture of 100 x 80 pixels, and such in 2 more of its boxes")


def test_boxes_that_their_reader_told_to_be_in_parts_are_not_counted_again(found):
    boxes = [Box2D(0.25 * n, 0.5, 0.25 * n + 0.2, 0.9, origin=n) for n in range(4)]
    (finding,) = found(*boxes, told=[("box2d.relative", 0), ("box2d.relative", 2)])
    assert finding.pointer == "/annotations/1/bbox"
    assert finding.message.endswith(" pixels, and such in 1 more of its boxes")
    (finding,) = found(*boxes, told=[("box2d.relative", number) for number in range(3)])
    assert finding.pointer == "/annotations/3/bbox"
    assert finding.message.endswith("parts of the picture of 100 x 80 pixels")


@pytest.mark.parametrize(
    ("edges", "fields"),
    [
        ((0, 0, 1, 1), {}),
        ((0.25, 0.5, 0.75, 1.01), {}),
        ((1.01, 0.5, 1.75, 0.9), {}),
        ((0.25, 0.5, 0.75, 0.9), {"width": 32}),
        ((0.25, 0.5, 0.75, 0.9), {"height": None}),
    ],
    ids=["the first pixel", "below it", "beside it", "of a small picture", "of one of an unknown height"],
)
def test_a_box_that_may_be_in_pixels_is_not_said_to_be_in_parts(found, edges, fields):
    assert found(Box2D(*edges), **({"content": None} if fields else {}), **fields) == (
        [] if not fields else found(**fields, content=None)
    )


def test_the_polygon_of_a_box_in_parts_of_the_picture_is_not_told_as_well(found):
    ring = Polygon2D(np.array([[25.0, 40], [75, 40], [75, 72]]), instance="1")
    assert rules(found(Box2D(0.25, 0.5, 0.75, 0.9, instance="1"), ring)) == ["box2d.relative"]


def test_finding_tells_the_place_and_the_numbers(found):
    assert found(Box2D(0, 0, 1, 1, origin=0), Box2D(10, 10, 5.5, 20, origin=1)) == [
        Finding(
            rule="box2d.inverted",
            severity="error",
            message="expected xmin < xmax and ymin < ymax, found (10, 10, 5.5, 20)",
            segment="train",
            frame="0",
            file="a.json",
            pointer="/annotations/1/bbox",
        )
    ]


def test_box_outside_its_picture_is_a_warning_that_names_the_size(found):
    (finding,) = found(Box2D(0, 0, 101, 10, origin=0))
    assert finding.severity == "warning"
    assert finding.message == "expected a box within 100 x 80 pixels, found (0, 0, 101, 10)"


def test_undeclared_size_is_read_from_the_picture(found, content, picture):
    file = content("a.png", picture(50, 40))
    fields = {"width": None, "height": None, "content": file}
    assert found(Box2D(0, 0, 50, 40), **fields) == []
    assert file.opened == 1
    assert rules(found(Box2D(0, 0, 50, 40.5), **fields)) == ["box2d.outside-image"]


def test_declared_size_counts_before_that_of_the_picture(found, content, picture):
    file = content("a.png", picture(50, 40))
    assert rules(found(Box2D(0, 0, 90, 70), content=file)) == ["media.size-mismatch"]


@pytest.mark.parametrize(
    ("declared", "right", "outside"),
    [
        ((20, 30), 35, False),
        ((20, 30), 45, True),
        ((40, 20), 35, False),
        ((None, 20), 35, False),
        ((60, 30), 65, True),
        ((30, 40), 35, False),  # turned: neither is larger, and the box is right for the picture
        ((30, 20), 45, True),
    ],
)
def test_boxes_within_a_picture_that_is_larger_than_declared_are_not_told(
    found, content, picture, declared, right, outside
):
    width, height = declared
    fields = {"width": width, "height": height, "content": content("a.png", picture(40, 30))}
    expected = ["box2d.outside-image", "media.size-mismatch"] if outside else ["media.size-mismatch"]
    assert sorted(rules(found(Box2D(5, 5, right, 15), **fields))) == expected


def test_without_the_rule_for_sizes_the_declared_one_counts(content, picture):
    data = Data(
        path="a.png",
        remote_path="a.png",
        width=20,
        height=30,
        content=content("a.png", picture(40, 30)),
        labels=[Box2D(5, 5, 35, 15)],
    )
    dataset = MemoryDataset("x", {"train": [Frame(key="1", data=[data])]})
    assert rules(validate(dataset, severities={"media.size-mismatch": "off"})) == ["box2d.outside-image"]


def test_box_whose_picture_has_no_known_size_is_only_held_to_zero(found):
    fields = {"width": None, "height": None, "content": None}
    assert rules(found(Box2D(0, 0, 1e9, 1e9), **fields)) == ["media.missing"]
    (_, finding) = found(Box2D(-1, 0, 10, 10), **fields)
    assert (finding.rule, finding.message) == (
        "box2d.outside-image",
        "expected a box within its picture, found (-1, 0, 10, 10)",
    )


@pytest.mark.parametrize("name", ["x", "y", "z", "length", "width", "height", "qw", "qx", "qy", "qz"])
def test_box3d_has_to_be_finite(found, name):
    numbers = {"x": 1.0, "y": 2.0, "z": 3.0, "length": 4.0, "width": 2.0, "height": 1.5}
    assert found(Box3D(**numbers)) == []
    assert rules(found(Box3D(**(numbers | {name: math.nan})))) == ["label.not-finite"]


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("xyz", "centre (nan, nan, nan)"),
        (("qw", "qx", "qy", "qz"), "rotation (nan, nan, nan, nan)"),
    ],
)
def test_a_box3d_of_nan_throughout_is_told_with_what_leaves_it(found, lost, message):
    numbers = {"x": 1.0, "y": 2.0, "z": 3.0, "length": 4.0, "width": 2.0, "height": 1.5}
    more = ": one NaN in the source is enough for that where boxes are brought into the frame of a sensor"
    (finding,) = found(Box3D(**(numbers | dict.fromkeys(lost, math.nan))))
    assert finding.message == f"expected finite numbers, found {message}{more}"
    (finding,) = found(Box3D(**(numbers | {lost[0]: math.nan})))
    assert finding.message.endswith(")")


def test_a_width_is_told_without_the_noise_of_floats(found):
    """0.3 - 0.1 is 0.19999999999999998 as floats."""
    (finding,) = found(Box2D(0.1, 10, 0.3, 10))
    assert finding.message == "expected a width and a height above 0, found 0.2 x 0"


def ring(xmin: float, ymin: float, xmax: float, ymax: float) -> np.ndarray:
    return np.array([(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax)], dtype=float)


OUTSIDE = (80, 60, 120, 100)


@pytest.mark.parametrize(
    ("box", "outline", "expected"),
    [
        (OUTSIDE, OUTSIDE, ["box2d.outside-image"]),
        (OUTSIDE, (80, 60, 118.5, 101.5), ["box2d.outside-image"]),
        (OUTSIDE, (80, 60, 117, 100), ["box2d.outside-image", "polygon.outside-image"]),
        ((80, 60, 100, 80), OUTSIDE, ["polygon.outside-image"]),
        (OUTSIDE, (80, 60, 100, 80), ["box2d.outside-image"]),
        ((120, 60, 80, 100), OUTSIDE, ["box2d.inverted", "polygon.outside-image"]),
        ((80, 60, math.inf, 100), OUTSIDE, ["label.not-finite", "polygon.outside-image"]),
    ],
    ids=[
        "both, as the box was made of the polygon",
        "both, but for a pixel and a half",
        "both, and not alike",
        "the polygon alone",
        "the box alone",
        "a box that is told as turned inside out",
        "a box that is told as endless",
    ],
)
def test_a_polygon_outside_that_fills_its_box_is_told_by_the_box(found, box, outline, expected):
    for polygon in (Polygon2D(ring(*outline), instance="1"), MultiPolygon2D((ring(*outline),), instance="1")):
        assert rules(found(Box2D(*box, instance="1"), polygon)) == expected


def test_a_polygon_outside_beside_a_box_of_another_object_is_told(found):
    told = found(Box2D(*OUTSIDE, instance="1"), Polygon2D(ring(*OUTSIDE), instance="2"))
    assert rules(told) == ["box2d.outside-image", "polygon.outside-image"]


def test_a_polygon_is_held_to_the_box_of_its_own_record_where_an_instance_is_there_twice() -> None:
    places = OriginList([Origin("a.json", f"/{row}") for row in range(3)])
    labels = []
    for row, left in enumerate((0.0, 40.0, 70.0)):
        ring = np.array([(left, 0.0), (left + 20, 0.0), (left + 20, 20.0), (left, 20.0)])
        labels.append(Box2D(left, 0.0, left + 20, 20.0 + 5 * (row == 2), instance="7", origin=row))
        labels.append(Polygon2D(ring, instance="7", origin=row))
    data = Data(path="a", remote_path="a", width=100, height=100, labels=labels, origins=places)
    found = validate(MemoryDataset("d", {"s": [Frame(key="0", data=[data])]}), rules=["polygon.box-mismatch"])
    assert [finding.pointer for finding in found] == ["/2"]
