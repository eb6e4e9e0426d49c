"""An object keeps its size where most objects do."""

from __future__ import annotations

from typing import Any

import pytest

RULE = "warning nuscenes.instance-size v1.0-mini/sample_annotation.json"


def told(case: Any) -> list[str]:
    return [line for line in case.open().told if "instance-size" in line]


@pytest.mark.parametrize(
    ("rows", "size", "at", "before"),
    [
        ([2], [1.9, 9.0, 1.6], 2, [1.9, 4.5, 1.6]),
        ([1], [2.05, 4.5, 1.6], 1, [1.9, 4.5, 1.6]),
        ([1, 2], [1.9, 4.86, 1.6], 1, [1.9, 4.5, 1.6]),
        ([0], [1.9, 4.5, 1.8], 1, [1.9, 4.5, 1.8]),
    ],
)
def test_a_size_is_told_where_it_changes(case: Any, rows: list[int], size: Any, at: int, before: Any) -> None:
    for row in rows:
        case.set("sample_annotation", row, size=size)
    found = [1.9, 4.5, 1.6] if at not in rows else size
    message = f"expected the size of the box of its object before, {before}, found {found}"
    assert told(case) == [f"{RULE}#/{at}/size: {message}"]


def test_sizes_that_are_rounded_are_the_same(case: Any) -> None:
    case.set("sample_annotation", 1, size=[1.902, 4.53, 1.6])
    assert told(case) == []


def test_where_more_objects_change_sizes_are_measured_anew(case: Any) -> None:
    case.set("sample_annotation", 1, size=[1.9, 9.0, 1.6]).set("sample_annotation", 4, size=[0.9, 0.7, 1.75])
    assert told(case) == []


def test_many_objects_that_change_are_told_once(case: Any) -> None:
    """The objects of the fixture five times, of which three change: 3 of 20."""
    boxes = case.rows("sample_annotation")
    places = {box["token"]: f"{m:030x}" for m, box in enumerate(boxes)}
    copies = [
        box
        | {key: f"{n:02x}{places[box[key]]}" if box[key] else "" for key in ("token", "prev", "next")}
        | {"instance_token": f"{n:02x}{box['instance_token'][2:]}"}
        for n in range(1, 5)
        for box in boxes
    ]
    objects = case.rows("instance")
    more = [row | {"token": f"{n:02x}{row['token'][2:]}"} for n in range(1, 5) for row in objects]
    case.edit("sample_annotation", lambda rows: rows + copies).edit("instance", lambda rows: rows + more)
    for row in (2, 14, 26):
        case.set("sample_annotation", row, size=[1.9, 9.0, 1.6])
    (line,) = told(case)
    assert line.endswith("found [1.9, 9.0, 1.6]; so it is with 2 more objects of 20")


def test_a_size_in_another_order_is_told_as_that(case: Any) -> None:
    case.set("sample_annotation", 1, size=[4.5, 1.9, 1.6])
    assert told(case) == []
    assert len(case.open().of("size-order")) == 1


def test_boxes_of_two_objects_under_one_token_are_not_held_to_each_other(case: Any) -> None:
    """They are told by their links."""
    case.set("sample_annotation", 2, size=[1.9, 9.0, 1.6], prev="").set("sample_annotation", 1, next="")
    assert told(case) == []
