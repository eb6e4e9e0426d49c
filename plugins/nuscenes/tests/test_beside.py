"""What rows say beside each other: keys that are derived, attributes, maps, and the middle of a lens."""

from __future__ import annotations

from typing import Any

import pytest

import lading

TABLES = "v1.0-mini/"


def judged(case: Any) -> list[str]:
    """All that is told of a dataset."""
    found = lading.validate(lading.open_dataset(case.root))
    return [f"{one.severity} {one.rule} {one}" for one in found]


def told(case: Any, before: list[str]) -> list[str]:
    """What is told now and was not before."""
    return [line for line in judged(case) if line not in before]


def with_derived(case: Any) -> None:
    """The keys that the devkit adds in memory (source-formats.md 4.2), as it makes them."""
    categories = {row["token"]: row["name"] for row in case.rows("category")}
    instances = {row["token"]: categories[row["category_token"]] for row in case.rows("instance")}
    sensors = {row["token"]: row for row in case.rows("sensor")}
    rigs = {row["token"]: sensors[row["sensor_token"]] for row in case.rows("calibrated_sensor")}
    case.edit(
        "sample_annotation",
        lambda rows: [row | {"category_name": instances[row["instance_token"]]} for row in rows],
    )
    case.edit(
        "sample_data",
        lambda rows: [
            row
            | {
                "channel": rigs[row["calibrated_sensor_token"]]["channel"],
                "sensor_modality": rigs[row["calibrated_sensor_token"]]["modality"],
            }
            for row in rows
        ],
    )


def test_derived_keys_that_agree_are_not_told(case: Any) -> None:
    before = judged(case)
    with_derived(case)
    assert told(case, before) == []


@pytest.mark.parametrize(
    ("table", "index", "key", "value"),
    [
        ("sample_annotation", 3, "category_name", "animal"),
        ("sample_data", 0, "channel", "CAM_SIDE"),
        ("sample_data", 0, "sensor_modality", "lidar"),
        ("sample_data", 0, "channel", None),
    ],
)
def test_a_derived_key_that_disagrees_is_told_at_its_place(
    case: Any, table: str, index: int, key: str, value: str | None
) -> None:
    before = judged(case)
    with_derived(case)
    right = case.rows(table)[index][key]
    case.set(table, index, **{key: value})
    assert told(case, before) == [
        f"warning nuscenes.derived-key {TABLES}{table}.json#/{index}/{key}: "
        f"expected {right!r}, as the rows that it leads to have it, found {value!r}"
    ]


def test_derived_keys_that_mostly_disagree_are_told_once(case: Any) -> None:
    before = judged(case)
    case.edit("sample_annotation", lambda rows: [row | {"category_name": "thing"} for row in rows])
    (line,) = told(case, before)
    assert line.startswith(f"warning nuscenes.derived-key {TABLES}sample_annotation.json#/0/category_name: ")
    assert line.endswith("found 'thing', and another in 11 more rows of 12")


def test_an_attribute_that_stands_twice_is_told(case: Any) -> None:
    before = judged(case)
    token = case.rows("attribute")[0]["token"]
    case.set("sample_annotation", 0, attribute_tokens=[token, token])
    assert told(case, before) == [
        f"warning nuscenes.attribute-twice {TABLES}sample_annotation.json#/0/attribute_tokens/1: "
        f"expected each attribute once, found {token!r} again"
    ]


def test_an_attribute_that_stands_twice_in_a_picture_is_told(images: Any) -> None:
    before = judged(images)
    token = images.rows("attribute")[0]["token"]
    images.set("attribute", 0, name="parked")
    images.set("object_ann", 1, attribute_tokens=[token, token])
    (line,) = told(images, before)
    assert line.startswith(f"warning nuscenes.attribute-twice {TABLES}object_ann.json#/1/attribute_tokens/1: ")


def test_attributes_that_stand_twice_in_most_rows_are_told_once(case: Any) -> None:
    before = judged(case)
    case.set("attribute", 0, name="moving")  # which anything may do
    token = case.rows("attribute")[0]["token"]
    case.edit("sample_annotation", lambda rows: [
        row | {"attribute_tokens": [token, token]} if n else row for n, row in enumerate(rows)
    ])  # fmt: skip
    assert told(case, before) == [
        f"warning nuscenes.attribute-twice {TABLES}sample_annotation.json#/1/attribute_tokens/1: "
        f"expected each attribute once, found {token!r} again, and so one in 10 more rows of 12"
    ]


def test_derived_keys_that_say_one_thing_for_another_are_told_once(case: Any) -> None:
    """Those of one sensor of four."""
    before = judged(case)
    with_derived(case)
    rows = case.rows("sample_data")
    own = [n for n, row in enumerate(rows) if row["channel"] == "CAM_FRONT" and row["is_key_frame"]]
    case.edit("sample_data", lambda rows: [
        row | {"channel": "CAM_F"} if n in own else row for n, row in enumerate(rows)
    ])  # fmt: skip
    assert len(own) > 2
    assert told(case, before) == [
        f"warning nuscenes.derived-key {TABLES}sample_data.json#/{own[0]}/channel: expected 'CAM_FRONT', "
        f"as the rows that it leads to have it, found 'CAM_F', as in {len(own) - 1} more rows"
    ]


def test_logs_of_which_most_are_named_by_no_map_are_told_once(case: Any) -> None:
    before = judged(case)
    scenes, (log, *_) = case.rows("scene"), case.rows("log")
    logs = [log | {"token": f"{n:032x}"} for n in range(1, 5)]
    more = [row | {"token": f"{n:032x}", "name": f"more-{n}", "log_token": log["token"], "nbr_samples": 0,
                   "first_sample_token": "", "last_sample_token": ""}
            for n, (row, log) in enumerate(zip([scenes[0]] * 4, logs, strict=True), 1)]  # fmt: skip
    case.edit("log", lambda rows: [*rows, *logs]).edit("scene", lambda rows: [*rows, *more])
    lines = [line for line in told(case, before) if "map-log" in line]
    number, whole = len(case.rows("map")), len({row["log_token"] for row in case.rows("scene")})
    assert lines == [
        f"warning nuscenes.map-log {TABLES}log.json#/{len(case.rows('log')) - 4}/token: expected it among the "
        f"`log_tokens` of a map, found it in none of {number}, as 4 logs of {whole}"
    ]


@pytest.mark.parametrize("centre", [(640.0, 18.0), (32.0, 180.0), (-1.0, 18.0)])
def test_a_principal_point_beside_the_picture_is_told_at_the_matrix(case: Any, centre: tuple[float, float]) -> None:
    """Pictures of the fixture are of 64 x 36."""
    before = judged(case)
    (fx, _, _), (_, fy, _), last = case.rows("calibrated_sensor")[0]["camera_intrinsic"]
    case.set("calibrated_sensor", 0, camera_intrinsic=[[fx, 0.0, centre[0]], [0.0, fy, centre[1]], last])
    assert told(case, before) == [
        f"warning nuscenes.camera {TABLES}calibrated_sensor.json#/0/camera_intrinsic: "
        f"expected a principal point within pictures of 64 x 36, found {centre!r}"
    ]


def test_a_log_that_no_map_names_is_told_where_maps_name_logs(case: Any) -> None:
    before = judged(case)
    log = case.rows("log")[0]["token"]
    maps = case.rows("map")
    case.edit("map", lambda rows: [row | {"log_tokens": [t for t in row["log_tokens"] if t != log]} for row in rows])
    assert told(case, before) == [
        f"warning nuscenes.map-log {TABLES}log.json#/0/token: "
        f"expected it among the `log_tokens` of a map, found it in none of {len(maps)}"
    ]
    case.edit("map", lambda rows: [{k: v for k, v in row.items() if k != "log_tokens"} for row in rows])
    assert told(case, before) == []


def test_maps_of_many_logs_that_are_not_there_are_as_those_of_v1_0_mini(case: Any) -> None:
    """The metadata of v1.0-mini: 83 tokens in maps, 8 logs; of a database of one log, two."""
    before = judged(case)
    known = case.rows("map")[0]["log_tokens"]
    case.set("map", 0, log_tokens=[*known, *(f"{number:032x}" for number in range(7, 10))])
    assert told(case, before) == []
    case.set("map", 0, log_tokens=[*known, *(f"{number:032x}" for number in range(7, 10)), "n015-2018-07-24"])
    assert told(case, before) == [
        f"warning nuscenes.map-log {TABLES}map.json#/0/log_tokens/5: "
        "expected a token of log.json, found 'n015-2018-07-24'"
    ]


@pytest.mark.parametrize("place", [1, 2])
def test_one_log_of_a_map_that_is_not_there_is_told_there_alone(case: Any, place: int) -> None:
    """In place of that of a log, which no map names then, and beside both."""
    before = judged(case)
    token = "0f" * 16
    case.set("map", 0, log_tokens=[*case.rows("map")[0]["log_tokens"][:place], token])
    assert told(case, before) == [
        f"warning nuscenes.map-log {TABLES}map.json#/0/log_tokens/{place}: "
        f"expected a token of log.json, found {token!r}"
    ]


def test_a_log_that_is_gone_is_told_with_its_scene_alone(case: Any) -> None:
    before = judged(case)
    case.edit("log", lambda rows: rows[:1])
    (line,) = told(case, before)
    assert line.startswith(f"error nuscenes.dangling-token {TABLES}scene.json#/1/log_token: ")


def test_a_log_of_no_scene_that_no_map_names_is_told(case: Any) -> None:
    before = judged(case)
    case.edit("log", lambda rows: [*rows, rows[0] | {"token": "0f" * 16, "logfile": "n003"}])
    (line,) = told(case, before)
    assert line.startswith(f"warning nuscenes.map-log {TABLES}log.json#/2/token: expected it among the `log_tokens`")


def test_maps_that_are_no_whole_pictures_are_told(case: Any) -> None:
    before = judged(case)
    (row,) = case.rows("map")
    file = case.root / row["filename"]
    whole = file.read_bytes()
    code = f"warning nuscenes.map-picture {row['filename']}: "
    for content, message in (
        (whole[:-20], "expected a whole picture, found it cut after "),
        (b"<html>no such map</html>", "expected a picture, found bytes of no known format"),
        (b"", "expected content, found an empty file"),
    ):
        file.write_bytes(content)
        (line,) = told(case, before)
        assert line.startswith(f"{code}{message}")
    for name in ("map/lanelet2_map.osm", row["filename"]):  # T4 has no picture
        (case.root / name).parent.mkdir(exist_ok=True)
        (case.root / name).write_bytes(b"<osm/>" if name.endswith(".osm") else whole)
        case.set("map", 0, filename=name)
        assert told(case, before) == []


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_sensor_in_millimetres_is_told(case: Any, axis: int) -> None:
    before = judged(case)
    place = [0.9, 0.0, 1.8]
    place[axis] = -1840.5
    case.set("calibrated_sensor", 3, translation=place)
    (line,) = told(case, before)
    assert line == (
        f"warning nuscenes.sensor-place {TABLES}calibrated_sensor.json#/3/translation: "
        f"expected metres from the vehicle, 500 or less, found {place}"
    )


def test_sensors_that_are_all_in_millimetres_are_told_once(case: Any) -> None:
    before = judged(case)
    case.edit("calibrated_sensor", lambda rows: [row | {"translation": [900.0, 0.0, 1800.0]} for row in rows])
    (line,) = told(case, before)
    assert line.startswith(f"warning nuscenes.sensor-place {TABLES}calibrated_sensor.json#/0/translation: ")
    assert line.endswith("found [900.0, 0.0, 1800.0], and such in 7 more rows of 8")


def test_an_instance_without_annotations_is_a_loss(case: Any) -> None:
    row = case.rows("instance")[0] | {"token": "e" * 32, "nbr_annotations": 0}
    row |= {"first_annotation_token": "", "last_annotation_token": ""}
    assert "instances without annotations" not in case.open().losses()
    opened = case.edit("instance", lambda rows: [*rows, row]).open()
    assert opened.losses()["instances without annotations"] == 1
