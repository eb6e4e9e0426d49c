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


def test_masks_do_not_hide_a_key_that_stands_twice_behind_them(images: Any) -> None:
    """Six megabytes of rows that have objects in them."""
    first = images.rows("object_ann")[0]
    mask = {"size": [900, 1600], "counts": "x:y" * 600}
    many = [first | {"token": f"{n:032x}", "mask": mask, "prev:next": n} for n in range(3_000)]
    images.edit("object_ann", lambda rows: [*rows, *many])
    assert images.path("object_ann").stat().st_size > 1 << 22
    assert told(images) == []
    twice(images, "object_ann", 3_000, "bbox")
    assert told(images) == [line("object_ann", 3_000, "bbox")]


def test_a_key_that_stands_twice_in_most_rows_is_told_once(case: Any) -> None:
    texts = [f'{{"name": "other", {json.dumps(row)[1:]}' for row in case.rows("attribute")]
    case.path("attribute").write_text(f"[{', '.join(texts)}]", "utf-8")
    more = f"; so it is in {len(texts) - 1} more rows"
    assert len(texts) > 2
    assert told(case) == [line("attribute", 0, "name") + more]


def test_keys_behind_those_that_are_looked_at_are_told_by_their_first_row(case: Any) -> None:
    names = [{"token": f"{n:032x}", "name": f"a{n}", "description": "d" * 1000} for n in range(8_000)]
    texts = [f'{{"name": "other", {json.dumps(row)[1:]}' for row in names]
    case.path("attribute").write_text(f"[{', '.join(texts)}]", "utf-8")
    once, beyond = told(case)
    assert once.startswith(line("attribute", 0, "name"))
    assert beyond.startswith(f"warning nuscenes.duplicate-key {TABLES}attribute.json#/")
    assert beyond.endswith("found more keys again from this row on, not told one by one")
