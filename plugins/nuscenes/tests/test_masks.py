"""Masks in pictures against the boxes of their rows, by `validate`; pycocotools encodes them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lading_nuscenes.mask_rules import RULES, _meets
from pycocotools import mask as oracle

import lading

#: Of the pictures of the fixture.
HEIGHT, WIDTH = 36, 64


def filled(xmin: int, ymin: int, xmax: int, ymax: int) -> Any:
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    pixels[ymin:ymax, xmin:xmax] = 1
    return pixels


def encoded(pixels: Any) -> dict[str, Any]:
    """As nuImages has a mask (source-formats.md 4.5)."""
    made = oracle.encode(np.asfortranarray(pixels))
    return {"size": [int(n) for n in made["size"]], "counts": b64encode(made["counts"]).decode()}


def told(images: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(images.root), rules=[rule.code for rule in RULES])
    return [f"{one.severity} {one.rule} {one}" for one in found]


def test_masks_of_the_fixture_are_well(images: Any) -> None:
    assert told(images) == []


@pytest.mark.parametrize("table", ["object_ann", "surface_ann"])
def test_a_mask_without_a_pixel_is_told(table: str, images: Any) -> None:
    images.set(table, 0, mask=encoded(filled(0, 0, 0, 0)))
    assert told(images) == [
        f"warning nuscenes.empty-mask v1.0-mini/{table}.json#/0/mask: "
        f"expected a mask with pixels, found none of {WIDTH} x {HEIGHT}"
    ]


def test_a_mask_that_does_not_meet_its_box_is_told(images: Any) -> None:
    images.set("object_ann", 0, bbox=[40, 8, 60, 20], mask=encoded(filled(2, 25, 12, 35)))
    assert told(images) == [
        "warning nuscenes.mask-box v1.0-mini/object_ann.json#/0/mask: "
        "expected a mask that meets its box (40, 8, 60, 20), found none of its 100 pixels there"
    ]


@pytest.mark.parametrize(
    ("box", "is_told"),
    [
        ((2, 25, 12, 35), False),
        ((0, 0, 64, 36), False),
        ((5, 28, 6, 29), False),
        ((11, 34, 40, 36), False),
        ((13, 25, 20, 35), False),
        ((14, 25, 20, 35), True),
        ((2, 10, 12, 24), False),
        ((2, 10, 12, 23), True),
        ((15, 25, 70, 35), False),
        ((20, 25, 15, 35), False),
    ],
    ids=["the same", "the picture", "within", "a corner", "one pixel right", "two pixels right", "one pixel above",
         "two pixels above", "a box that is told to be outside", "a box that is told to be inverted"],
)  # fmt: skip
def test_a_mask_need_not_fill_its_box_and_may_reach_beyond_it(box: Any, is_told: bool, images: Any) -> None:
    images.set("object_ann", 0, bbox=list(box), mask=encoded(filled(2, 25, 12, 35)))
    assert [line.split(" ")[1] for line in told(images)] == ["nuscenes.mask-box"] * is_told


def test_masks_that_do_not_fill_their_size_or_are_of_another_are_told_as_that_alone(images: Any) -> None:
    few = b64encode(oracle.encode(np.zeros((HEIGHT, WIDTH - 1), dtype=np.uint8, order="F"))["counts"]).decode()
    images.set("object_ann", 0, mask={"size": [HEIGHT, WIDTH], "counts": few})
    images.set("surface_ann", 0, mask={"size": [WIDTH, HEIGHT], "counts": encoded(filled(2, 25, 12, 35))["counts"]})
    assert told(images) == []


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_masks_meet_boxes_where_numpy_has_pixels_there(height: int, width: int, data: st.DataObject) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    assume(any(flags))
    pixels = np.array(flags, dtype=np.uint8).reshape(height, width)
    left, right = sorted(data.draw(st.tuples(st.floats(0, width), st.floats(0, width))))
    top, bottom = sorted(data.draw(st.tuples(st.floats(0, height), st.floats(0, height))))
    column = pixels.ravel(order="F")
    changes = np.flatnonzero(np.diff(column, prepend=0)).tolist()  # where a run of the one or the other begins
    counts = np.diff([0, *changes, len(column)])
    cut = pixels[
        max(int(np.floor(top)) - 2, 0) : int(np.ceil(bottom)) + 2,
        max(int(np.floor(left)) - 2, 0) : int(np.ceil(right)) + 2,
    ]
    assert _meets(counts, height, width, (left, top, right, bottom)) == bool(cut.any())
