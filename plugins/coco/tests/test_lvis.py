"""The numbers that LVIS keeps with its categories."""

from __future__ import annotations

from typing import Any

import pytest

ROW = {"image_id": 1, "bbox": [1, 2, 10, 10], "area": 100, "segmentation": []}


def categories(*counts: int) -> list[dict[str, Any]]:
    """Categories called a, b and so on, of the ids 1, 2 and so on."""
    letters = zip("abcdefgh", counts, strict=False)
    return [{"id": n, "name": name, "instance_count": count} for n, (name, count) in enumerate(letters, 1)]


def annotations(*counts: int) -> list[dict[str, Any]]:
    """So many annotations of each category."""
    ids = [key for key, count in enumerate(counts, 1) for _ in range(count)]
    return [{**ROW, "id": number, "category_id": key, "area": 100 + number} for number, key in enumerate(ids)]


def test_a_count_of_annotations_that_are_not_there_is_told_where_most_agree(read: Any) -> None:
    done = read(categories=categories(1, 2, 5, 0, 1), annotations=annotations(1, 2, 3, 0, 1))
    assert done.told == [
        (
            "coco.instance-count",
            "annotations.json#/categories/2/instance_count",
            "expected 3, the number of annotations of 'c', found 5; so it is with 1 of 4 categories with annotations",
        )
    ]


@pytest.mark.parametrize(
    ("told", "held"),
    [((1, 2, 3), (1, 2, 3)), ((9, 2, 30, 0, 0), (1, 2, 3, 0, 0)), ((1, 2, 5), (1, 2, 3))],
    ids=["all agree", "a part of a file", "two that agree, which are few"],
)
def test_counts_that_agree_or_of_a_whole_of_which_this_is_a_part_are_well(
    told: tuple[int, ...], held: tuple[int, ...], read: Any
) -> None:
    assert read(categories=categories(*told), annotations=annotations(*held)).told == []
