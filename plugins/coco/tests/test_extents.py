"""Masks of run lengths against the boxes of their annotations, held by pycocotools and numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.extents import RULES, extent_of
from pycocotools import mask as oracle

import lading
from lading import Report

ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [20, 10, 4, 5], "iscrowd": 0}
PLACE = "annotations.json#/annotations/0/segmentation"


def filled(x: int, y: int, width: int, height: int, shape: tuple[int, int] = (30, 40)) -> Any:
    """A mask of one upright rectangle."""
    pixels = np.zeros(shape, dtype=np.uint8)
    pixels[y : y + height, x : x + width] = 1
    return pixels


def encoded(pixels: Any) -> dict[str, Any]:
    """Run lengths as pycocotools writes them, which wants its pixels column by column."""
    made = oracle.encode(np.asfortranarray(pixels))
    return {"size": [int(n) for n in made["size"]], "counts": made["counts"].decode()}


def told(read: Any, **changes: Any) -> list[tuple[str, str]]:
    """Place and message of what the rule says of one annotation."""
    done = read(annotations=[{**ROW, **changes}])
    found = lading.validate(done.dataset, report=Report(), rules=["coco.rle-box"])
    return [(each.where or "", each.message) for each in found if each.rule == "coco.rle-box"]


def test_a_mask_that_fills_its_box_is_well(read: Any) -> None:
    assert told(read, segmentation=encoded(filled(20, 10, 4, 5))) == []


def test_a_mask_that_was_encoded_row_by_row_is_told_with_the_reason(read: Any) -> None:
    pixels = filled(20, 10, 4, 5)
    runs = np.flatnonzero(np.diff(np.concatenate(([0], pixels.ravel(), [0]))))  # along the rows
    counts = np.diff(np.concatenate(([0], runs, [pixels.size]))).tolist()
    ((place, message),) = told(read, segmentation={"size": [30, 40], "counts": counts})
    assert place == PLACE
    assert message.startswith("expected a mask that fills its box (20, 10, 24, 15), found one within (")
    assert message.endswith("; it fills it if the runs go along the rows, where COCO's go down the columns")


def test_a_mask_whose_runs_begin_with_it_is_told_with_the_reason(read: Any) -> None:
    counts = [20 * 30 + 10, *([5, 25] * 3), 5, 1200 - 610 - 95]  # down the columns, as COCO has them
    assert told(read, segmentation={"size": [30, 40], "counts": counts}) == []
    ((place, message),) = told(read, segmentation={"size": [30, 40], "counts": [0, *counts]})
    assert place == PLACE
    assert message == (
        "expected a mask that fills its box (20, 10, 24, 15), found one within (0, 0, 40, 30); it fills it if the "
        "runs begin with the mask, where COCO's begin with what is not of it"
    )


def test_a_crowd_is_held_to_its_box_like_any_other(read: Any) -> None:
    ((place, message),) = told(read, iscrowd=1, segmentation=encoded(filled(1, 1, 4, 5)))
    assert place == PLACE
    assert message == "expected a mask that fills its box (20, 10, 24, 15), found one within (1, 1, 5, 6)"


@pytest.mark.parametrize(
    ("box", "is_told"),
    [((20, 10, 4, 5), False), ((18, 10, 6, 5), False), ((17, 10, 7, 5), True), ((20, 10, 4, 8), True)],
    ids=["the same", "two pixels wider", "three pixels wider", "three pixels higher"],
)
def test_two_pixels_are_no_matter(box: tuple[int, ...], is_told: bool, read: Any) -> None:
    assert bool(told(read, bbox=list(box), segmentation=encoded(filled(20, 10, 4, 5)))) is is_told


def test_a_mask_of_no_pixel_does_not_fill_its_box(read: Any) -> None:
    message = "expected a mask that fills its box (20, 10, 24, 15), found no pixel"
    assert told(read, segmentation=encoded(filled(0, 0, 0, 0))) == [(PLACE, message)]


@pytest.mark.parametrize(
    "changes",
    [
        {"iscrowd": 1, "segmentation": encoded(filled(20, 10, 5, 6))},
        {"score": 0.9, "segmentation": encoded(filled(25, 14, 4, 5))},
        {"bbox": [38, 28, 9, 9], "segmentation": encoded(filled(38, 28, 2, 2))},
        {"bbox": [30, 20, 20, 5], "segmentation": encoded(filled(20, 10, 4, 5))},
        {"segmentation": {"size": [30, 40], "counts": [100, 5]}},
        {"segmentation": {"size": [30, 40], "counts": [610, 5, 0, 25, 560]}},
        {"segmentation": encoded(filled(1, 1, 4, 5, (20, 40)))},
    ],
    ids=[
        "an official crowd, whose box is a pixel short",
        "a result",
        "a box over the edge of the picture",
        "another box over the edge of the picture, which is told",
        "runs that fill too little",
        "an empty run",
        "of another size",
    ],
)
def test_what_is_no_matter_or_told_otherwise(changes: dict[str, Any], read: Any) -> None:
    assert told(read, **changes) == []


def test_the_rule_is_on_by_default() -> None:
    assert [(rule.code, rule.is_default) for rule in RULES] == [("coco.rle-box", True)]


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_edges_are_those_of_pycocotools(height: int, width: int, data: st.DataObject) -> None:
    bits = data.draw(st.lists(st.integers(0, 1), min_size=height * width, max_size=height * width))
    pixels = np.array(bits, dtype=np.uint8).reshape(height, width)
    flat = np.concatenate(([0], pixels.ravel(order="F"), [0]))
    edges = np.flatnonzero(np.diff(flat))
    counts = np.diff(np.concatenate(([0], edges, [pixels.size])))
    found = extent_of(counts, height)
    x, y, w, h = (int(v) for v in oracle.toBbox(oracle.encode(np.asfortranarray(pixels))))
    assert found == ((x, y, x + w, y + h) if pixels.any() else None)
