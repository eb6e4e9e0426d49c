"""Keys that stand twice in a row, of which JSON readers keep the last in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

TABLES = "v1.0-mini/"


def twice(case: Any, table: str, index: int, key: str, **how: Any) -> None:
    """Put another value of a key before the one of a row."""
    rows = case.rows(table)
    texts = [json.dumps(row, **how) for row in rows]
    texts[index] = f"{{{json.dumps(key)}: 99, {texts[index][1:]}"
    case.path(table).write_text(f"[{', '.join(texts)}]", "utf-8")


def told(case: Any) -> list[str]:
    return [line for line in case.open().told if "duplicate-key" in line]


def line(table: str, index: int, key: str) -> str:
    return (
        f"warning nuscenes.duplicate-key {TABLES}{table}.json#/{index}/{key}: "
        f"expected each key of a row once, found {key!r} again; the last one counts"
    )


@pytest.mark.parametrize(
    ("table", "index", "key"),
    [
        ("sample_annotation", 0, "num_lidar_pts"),
        ("sample_annotation", 11, "size"),
        ("sample_data", 7, "timestamp"),
        ("ego_pose", 3, "timestamp"),
        ("scene", 1, "description"),
        ("category", 2, "name"),
        ("sensor", 0, "channel"),
    ],
)
@pytest.mark.parametrize("how", [{}, {"separators": (",", ":")}, {"indent": 1}, {"separators": (" , ", " : ")}])
def test_a_key_that_stands_twice_is_told_at_its_row(
    case: Any, table: str, index: int, key: str, how: dict[str, Any]
) -> None:
    before = case.open().told
    twice(case, table, index, key, **how)
    assert case.open().told == [*before, line(table, index, key)]


def test_of_many_rows_the_one_is_told(case: Any) -> None:
    """Half a megabyte: pieces of which the first has no such row."""
    rows = case.rows("attribute")
    many = [*rows, *({"token": f"{n:032x}", "name": f"a{n}", "description": "d" * 60} for n in range(4_000))]
    case.edit("attribute", lambda _: many)
    assert told(case) == []
    twice(case, "attribute", 3_333, "name")
    assert told(case) == [line("attribute", 3_333, "name")]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [row | {"num_radar_pts": float("nan")} if n == 4 else row for n, row in enumerate(rows)],
        lambda rows: [row | ({"note": "a:b"} if n % 2 else {}) for n, row in enumerate(rows)],
        lambda rows: [row | {"more": {"size": 1, "of": {"size": 2}}} for row in rows],
        lambda rows: [{k: v for k, v in row.items() if n != 2 or k != "num_lidar_pts"} for n, row in enumerate(rows)],
    ],
    ids=["NaN", "a colon in a text", "objects in rows", "a key less in another row"],
)
def test_rows_of_other_keys_and_texts_are_looked_at_one_by_one(case: Any, change: Callable[[Any], Any]) -> None:
    case.edit("sample_annotation", change)
    assert told(case) == []
    twice(case, "sample_annotation", 6, "rotation")
    assert told(case) == [line("sample_annotation", 6, "rotation")]


def test_masks_have_keys_of_their_own(images: Any) -> None:
    assert told(images) == []
    twice(images, "object_ann", 1, "bbox")
    assert told(images) == [line("object_ann", 1, "bbox")]
