"""Attributes of nuScenes: those of another family than the category's, and two of one family on a box."""

from __future__ import annotations

from typing import Any

import pytest

TABLE = "v1.0-mini/sample_annotation.json#"
FAMILY, CLASH = "warning nuscenes.attribute-family", "warning nuscenes.attribute-clash"

#: Attributes of the fixture, in their order; its rows 0 to 2 are of one car, 3 and 4 of one pedestrian, 5 of a cone.
MOVING, PARKED, STANDING = range(3)


def give(case: Any, row: int, *attributes: int) -> None:
    tokens = [one["token"] for one in case.rows("attribute")]
    case.set("sample_annotation", row, attribute_tokens=[tokens[place] for place in attributes])


def told(case: Any) -> list[str]:
    return [line for line in case.open().told if "attribute-" in line]


def test_an_attribute_of_another_family_is_told_at_its_place(case: Any) -> None:
    give(case, 1, STANDING)
    give(case, 4, STANDING, MOVING)
    give(case, 5, PARKED)
    assert told(case) == [
        f"{FAMILY} {TABLE}/4/attribute_tokens/1: "
        "expected an attribute that begins with `pedestrian.` of 'human.pedestrian.adult', found 'vehicle.moving'",
        f"{FAMILY} {TABLE}/5/attribute_tokens/0: "
        "expected no attribute of a vehicle of 'movable_object.trafficcone', found 'vehicle.parked'",
        f"{FAMILY} {TABLE}/1/attribute_tokens/0: "
        "expected an attribute that begins with `vehicle.` of 'vehicle.car', found 'pedestrian.standing'",
    ]


def test_two_attributes_of_one_family_are_told_at_the_second(case: Any) -> None:
    give(case, 2, PARKED, MOVING)
    assert told(case) == [
        f"{CLASH} {TABLE}/2/attribute_tokens/1: "
        "expected one attribute that begins with `vehicle.`, found 'vehicle.moving' and 'vehicle.parked'"
    ]


def test_what_many_rows_have_is_told_once(case: Any) -> None:
    for row in (0, 1, 2, 6):
        give(case, row, STANDING)
    (line,) = told(case)
    assert line.startswith(f"{FAMILY} {TABLE}/0/attribute_tokens/0: ")
    assert line.endswith("found 'pedestrian.standing'; so it is with 3 more rows")


def test_what_few_of_many_rows_have_is_told_of_each(case: Any) -> None:
    more = [{"token": f"more-{number}"} for number in range(30)]
    case.edit("sample_annotation", lambda rows: rows + [rows[1] | one for one in more])
    for row in (0, 13, 40):
        give(case, row, STANDING)
    assert [line.split(": ")[0] for line in told(case)] == [
        f"{FAMILY} {TABLE}/{row}/attribute_tokens/0" for row in (0, 13, 40)
    ]


@pytest.mark.parametrize(
    ("category", "attribute"),
    [
        ("vehicle.bicycle", "cycle.with_rider"),
        ("vehicle.motorcycle", "cycle.without_rider"),
        ("human.pedestrian.personal_mobility", "cycle.with_rider"),
        ("human.pedestrian.wheelchair", "pedestrian.moving"),
        ("vehicle.emergency.police", "vehicle.stopped"),
        ("car", "pedestrian.moving"),
        ("vehicle.car", "moving"),
        ("vehicle.car", "vehicle_light.emergency.flashing"),
        ("animal", "pedestrian.moving"),
    ],
)
def test_families_of_the_category_and_other_names_are_not_told(case: Any, category: str, attribute: str) -> None:
    case.set("category", 3, name=category)
    case.set("attribute", MOVING, name=attribute)
    assert told(case) == []


def test_cycles_have_no_attributes_of_vehicles(case: Any) -> None:
    case.set("category", 3, name="vehicle.bicycle")
    (line,) = told(case)
    assert "`cycle.` of 'vehicle.bicycle', found 'vehicle.moving'; so it is with 5 more rows" in line


def test_a_row_whose_instance_is_told_to_be_anothers_is_not_told_again(case: Any) -> None:
    case.set("sample_annotation", 1, instance_token=case.rows("instance")[1]["token"])
    assert told(case) == []
    assert len(case.open().of("broken-chain")) == 1


def test_rows_of_pictures_are_told_too(images: Any) -> None:
    table = "v1.0-mini/object_ann.json#"
    names = {row["token"]: row["name"] for row in images.rows("category")}
    people = [place for place, row in enumerate(images.rows("object_ann")) if "human" in names[row["category_token"]]]
    images.set("object_ann", people[0], attribute_tokens=[images.rows("attribute")[0]["token"]])
    assert told(images) == [
        f"{FAMILY} {table}/{people[0]}/attribute_tokens/0: "
        "expected an attribute that begins with `pedestrian.` of 'human.pedestrian.adult', found 'vehicle.parked'"
    ]
