"""Keys that stand twice in a record: counted over many records, and found as one finds them by looking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lading_coco.gathering import AnnotationHeads
from lading_coco.structure import Scanner

USUAL = ["segmentation", "area", "iscrowd", "image_id", "bbox", "category_id", "id"]
texts = st.sampled_from(["", ":", '":', '": ', '\\":', '"counts"', "a, {", "size"])
runs = st.lists(st.tuples(st.sampled_from(["counts", "size", "other"]), texts), max_size=3)
Pairs = list[tuple[str, Any]]


class Written(list[Any]):
    """An object as its pairs, so that a key may stand in it twice."""


def written(value: Any, gap: str) -> str:
    if isinstance(value, Written):
        return "{" + ",".join(f"{json.dumps(key)}{gap}:{gap}{written(item, gap)}" for key, item in value) + "}"
    return json.dumps(value)


def twice(value: Any) -> Iterator[str]:
    if isinstance(value, Written):
        keys = [key for key, _ in value]
        yield from (key for key in keys if keys.count(key) > 1)
        for _, item in value:
            yield from twice(item)


ROW = Written([("segmentation", [[1, 2, 3, 4, 5, 6]]), *((key, 1) for key in USUAL[1:])])
segmentations = st.just([[1, 2, 3, 4, 5, 6]]) | runs.map(Written) | texts
usual = segmentations.map(lambda value: [("segmentation", value), *((key, 1) for key in USUAL[1:])])
others = st.lists(st.tuples(st.sampled_from([*USUAL[1:], "note"]), st.just(1) | runs.map(Written)), max_size=2)
records = st.tuples(usual, st.just([]) | others).map(lambda both: Written(both[0] + both[1]))


@settings(max_examples=300)
@given(st.lists(records, min_size=1, max_size=12), st.sampled_from(["", " "]), st.integers(50, 2000))
@example([Written([*((key, 1) for key in USUAL), ("id", 1)])], "", 1000)
@example([Written([("segmentation", Written([("counts", '":')])), *((key, 1) for key in USUAL[1:])])] * 9, "", 300)
@example([ROW, Written([("segmentation", Written([("counts", ""), ("counts", "size")])), *ROW[1:]]), ROW], "", 123)
def test_what_is_told_is_what_is_there_twice(rows: list[Written], gap: str, size: int) -> None:
    told: list[tuple[int, str]] = []
    heads = AnnotationHeads(lambda row, message: None, lambda row, key: told.append((row, key)))
    scanner = Scanner("x.json", heads.take, lambda array, text: heads.column.decode(text))
    data = f'{{"annotations": [{", ".join(written(row, gap) for row in rows)}]}}'.encode()
    for begin in range(0, len(data), size):
        scanner.feed(data[begin : begin + size])
    scanner.finish()
    heads.column.waiting.tell()
    assert sorted(set(told)) == sorted({(number, key) for number, row in enumerate(rows) for key in twice(row)})
    assert len(set(told)) == len(told)
