"""Sizes whose width and length are exchanged."""

from __future__ import annotations

from typing import Any

import pytest

TABLES = "v1.0-mini/"


def cars(case: Any) -> list[int]:
    (category,) = [row["token"] for row in case.rows("category") if row["name"] == "vehicle.car"]
    instances = {row["token"] for row in case.rows("instance") if row["category_token"] == category}
    return [row for row, one in enumerate(case.rows("sample_annotation")) if one["instance_token"] in instances]


def exchange(case: Any, rows: list[int]) -> None:
    for row in rows:
        width, length, height = case.rows("sample_annotation")[row]["size"]
        case.set("sample_annotation", row, size=[length, width, height])


def told(case: Any) -> list[str]:
    return [str(one) for one in case.open().of("size-order")]


def test_sizes_of_the_fixture_are_of_cars(case: Any) -> None:
    assert len(cars(case)) > 2
    assert told(case) == []


def test_one_car_that_is_wider_than_long_is_told_at_its_row(case: Any) -> None:
    row = cars(case)[1]
    width, length, height = case.rows("sample_annotation")[row]["size"]
    exchange(case, [row])
    assert told(case) == [
        f"{TABLES}sample_annotation.json#/{row}/size: expected width, length and height of a car, found "
        f"[{length}, {width}, {height}], as if length were first"
    ]


@pytest.mark.parametrize("of", ["cars", "all"])
def test_cars_that_are_all_wider_than_long_are_told_once(case: Any, of: str) -> None:
    rows = cars(case)
    exchange(case, rows if of == "cars" else list(range(len(case.rows("sample_annotation")))))
    (line,) = told(case)
    assert line.startswith(f"{TABLES}sample_annotation.json#/{rows[0]}/size: ")
    assert line.endswith(f", as in {len(rows)} of {len(rows)} cars")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("car", 1),
        ("Car", 1),
        ("my car (1)", 1),
        ("vehicle.carriage", 0),
        ("cart", 0),
        ("static.car_park", 0),
        ("racecar", 0),
    ],
)
def test_a_car_is_known_by_the_last_word_of_its_category(case: Any, name: str, count: int) -> None:
    rows = cars(case)
    (number,) = [row for row, one in enumerate(case.rows("category")) if one["name"] == "vehicle.car"]
    case.set("category", number, name=name)
    exchange(case, rows[:1])
    assert len(told(case)) == count


@pytest.mark.parametrize("size", [[2.6, 2.4, 1.5], [3.1, 2.6, 1.5], [3.1, 0, 1.5], [4.5, -1.9, 1.5]])
def test_a_size_that_may_be_or_is_told_as_none_is_no_exchange(case: Any, size: list[float]) -> None:
    case.set("sample_annotation", cars(case)[0], size=size)
    assert told(case) == []


def test_an_annotation_of_no_instance_is_no_car(case: Any) -> None:
    row = cars(case)[0]
    exchange(case, [row])
    case.set("sample_annotation", row, instance_token="0a" * 16)
    assert told(case) == []


def give_cars(case: Any, counts: list[int]) -> None:
    """Give the database cars of so many annotations each."""
    one, own = case.rows("sample_annotation")[cars(case)[0]], case.rows("instance")
    (instance,) = [row for row in own if row["token"] == one["instance_token"]]
    tokens = [f"ca{n:030x}" for n in range(len(counts))]
    rows = [
        one | {"token": f"{number:02x}{place:030x}", "instance_token": token, "prev": "", "next": ""}
        for number, (token, count) in enumerate(zip(tokens, counts, strict=True), 1)
        for place in range(count)
    ]
    case.edit("sample_annotation", lambda _: rows)
    case.edit("instance", lambda _: [instance | {"token": token} for token in tokens])


def test_one_object_whose_boxes_have_length_first_is_told_once_with_their_number(case: Any) -> None:
    give_cars(case, [3, 9, 4])
    exchange(case, [0, 1, 12, 13, 14, 15])
    first, second = told(case)
    assert first.startswith(f"{TABLES}sample_annotation.json#/0/size: ")
    assert first.endswith(", as in 2 of its 3 rows")
    assert second.startswith(f"{TABLES}sample_annotation.json#/12/size: ")
    assert second.endswith(", as in 4 of its 4 rows")


def test_many_objects_that_have_length_first_are_told_once(case: Any) -> None:
    give_cars(case, [1, 2, 1, 9])
    exchange(case, [0, 2, 3])
    (line,) = told(case)
    assert line.startswith(f"{TABLES}sample_annotation.json#/0/size: ")
    assert line.endswith(", as in 3 of 13 cars")
