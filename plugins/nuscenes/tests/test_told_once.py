"""What is wrong in one row is told once, however many others it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import lading
from lading.model.catalog import Attribute, Catalog, Category, Items, Subcatalog

TABLES = "v1.0-mini/"
ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")


def judged(case: Any, catalog: Catalog | None = None) -> list[str]:
    """All that is found but for what the fixture has: bytes that are alike, and a name with a dot."""
    found = lading.validate(lading.open_dataset(case.root), catalog=catalog)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def limited(**least: int) -> Catalog:
    """A catalog with the categories of the fixture and the least values of some attributes."""
    names = ("human.pedestrian.adult", "movable_object.trafficcone", "vehicle.car")
    attributes = [Attribute(name=name, type="integer", minimum=value) for name, value in least.items()]
    lists = {"attribute": "string", "velocity": "number"}
    attributes += [Attribute(name=name, type="array", items=Items(type=of)) for name, of in lists.items()]
    attributes.append(Attribute(name="visibility", type="string"))
    boxes = Subcatalog(
        is_tracking=True, category_delimiter=".", categories=[Category(name=name) for name in names],
        attributes=attributes,
    )  # fmt: skip
    return Catalog(subcatalogs={"BOX3D": boxes})


@pytest.mark.parametrize(("token", "first", "others"), [("4", 0, "5 more rows name"), ("2", 3, "3 more rows name")])
def test_a_level_of_visibility_that_is_gone_is_told_once(case: Any, token: str, first: int, others: str) -> None:
    case.edit("visibility", lambda rows: [row for row in rows if row["token"] != token])
    assert judged(case) == [
        f"error nuscenes.dangling-token {TABLES}sample_annotation.json#/{first}/visibility_token: "
        f"expected a token of visibility.json, found {token!r}; {others} it"
    ]


def test_two_rows_with_a_level_of_visibility_that_there_never_was_are_two_defects(case: Any) -> None:
    case.set("sample_annotation", 0, visibility_token="5").set("sample_annotation", 3, visibility_token="5")
    assert judged(case) == [
        f"error nuscenes.dangling-token {TABLES}sample_annotation.json#/{row}/visibility_token: "
        "expected a token of visibility.json, found '5'"
        for row in (0, 3)
    ]


def test_rows_without_a_level_of_visibility_name_none(case: Any) -> None:
    case.set("sample_annotation", 0, visibility_token="").set("sample_annotation", 1, visibility_token=None)
    assert judged(case) == []


def test_sensors_of_no_name_are_told_once_each(case: Any) -> None:
    case.set("sensor", 0, channel="").set("sensor", 1, channel="")
    assert judged(case) == [
        f"error nuscenes.channel {TABLES}sensor.json#/{row}/channel: expected the name of a sensor, found an empty one"
        for row in (0, 1)
    ]


def test_a_second_sensor_of_a_name_is_told_at_its_row_where_files_of_both_meet(case: Any) -> None:
    case.set("sensor", 1, channel="CAM_FRONT")
    assert judged(case) == [
        f"error nuscenes.channel {TABLES}sensor.json#/1/channel: "
        "expected a name of its own, found 'CAM_FRONT' of row 0 again; samples have files of both"
    ]


def test_a_sensor_that_has_a_row_for_each_scene_is_no_second_one(case: Any) -> None:
    other = case.rows("sensor")[0] | {"token": "0123456789abcdef" * 2}
    case.edit("sensor", lambda rows: [*rows, other])
    rigs = [n for n, row in enumerate(case.rows("calibrated_sensor")) if row["camera_intrinsic"]]
    case.set("calibrated_sensor", rigs[2], sensor_token=other["token"])
    assert judged(case) == []


@pytest.mark.parametrize("catalog", [None, limited(num_lidar_pts=0, num_radar_pts=0)], ids=["declared", "limited"])
def test_a_number_of_points_below_0_is_told_once(case: Any, catalog: Catalog | None) -> None:
    case.set("sample_annotation", 1, num_radar_pts=-3)
    assert judged(case, catalog) == [
        f"warning nuscenes.point-count {TABLES}sample_annotation.json#/1/num_radar_pts: "
        "expected a number of points, 0 or more, found -3"
    ]


def test_the_other_number_of_points_of_a_box_is_held_to_its_catalog(case: Any) -> None:
    case.set("sample_annotation", 1, num_radar_pts=-3, num_lidar_pts=2)
    points, *few = judged(case, limited(num_lidar_pts=3, num_radar_pts=0))
    assert points.startswith("warning nuscenes.point-count ")
    below = [n for n, row in enumerate(case.rows("sample_annotation")) if row["num_lidar_pts"] < 3]
    assert 1 in below
    assert sorted(line.split(": ")[0] for line in few) == sorted(
        f"error attribute.range {TABLES}sample_annotation.json#/{n}/num_lidar_pts" for n in below
    )


def test_a_column_that_has_minus_1_throughout_counts_nothing_as_lyft_has_it(case: Any) -> None:
    """source-formats.md 4.8, 5."""
    unset: Mapping[str, int] = {"num_lidar_pts": -1, "num_radar_pts": -1}
    case.edit("sample_annotation", lambda rows: [row | unset for row in rows])
    assert judged(case) == []
    assert {label.attributes["num_lidar_pts"] for label in case.open().labels} == {-1}
    case.set("sample_annotation", 4, num_lidar_pts=7)
    assert len(judged(case)) == len(case.rows("sample_annotation")) - 1
