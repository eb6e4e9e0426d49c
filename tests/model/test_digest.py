"""Digests of JSON: the same for what means the same, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from lading.model.codec.digest import comparable_label, json_digest

SAME: list[tuple[Any, Any]] = [
    ({"b": 1.0, "a": [2.0, -3.0, 1.5]}, {"a": [2, -3, 1.5], "b": 1}),
    (10.0, 10),
    ({"x": {"y": [100.0]}}, {"x": {"y": [100]}}),
    ((1, 2), [1, 2]),
    (10**30, 10**30),
    ("\udc80", "\udc80"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_what_means_the_same(one: Any, two: Any) -> None:
    assert json_digest(one) == json_digest(two)


OTHER: list[tuple[Any, Any]] = [(10, 1), (1.5, 15), ("1.0", 1), (True, 1), (None, 0), ([1], [[1]]), (100.05, 105)]


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_what_does_not(one: Any, two: Any) -> None:
    assert json_digest(one) != json_digest(two)


def test_labels_are_alike_in_either_spelling_and_without_what_only_the_platform_says() -> None:
    ours = {"POLYGON2D": [{"polygon2d": [{"x": 1.0, "y": 2}]}], "SEMANTIC_MASK": {"checksum": "c", "info": []}}
    theirs = {
        "POLYGON": [{"polygon": [{"x": 1, "y": 2}]}],
        "SEMANTIC_MASK": {"checksum": "c", "info": [], "url": "u", "fileSize": 3, "remotePath": "p"},
        "BOX2D": [],
    }
    assert json_digest(comparable_label(theirs)) == json_digest(comparable_label(ours))
