"""Names of files that have another channel, or another time, than their rows."""

from __future__ import annotations

from typing import Any

import pytest

import lading

TABLES = "v1.0-mini/"
ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")


def judged(case: Any, **options: Any) -> list[str]:
    """All that is found but for what the fixture has: bytes that are alike, and a name with a dot."""
    found = lading.validate(lading.open_dataset(case.root, options=options))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def exchange(case: Any, table: str, first: int, second: int, column: str) -> None:
    one, other = (case.rows(table)[row][column] for row in (first, second))
    case.set(table, first, **{column: other}).set(table, second, **{column: one})


@pytest.mark.parametrize("sweeps", [False, True])
def test_sensors_that_are_exchanged_are_told_at_their_calibrations(case: Any, sweeps: bool) -> None:
    exchange(case, "calibrated_sensor", 0, 1, "sensor_token")
    where = f"warning nuscenes.name-channel {TABLES}calibrated_sensor.json"
    expected = f"expected the sensor that most of its {5 if sweeps else 3} files are named after,"
    assert [line for line in judged(case, sweeps=sweeps) if "name-channel" in line] == [
        f"{where}#/0/sensor_token: {expected} CAM_FRONT, found CAM_BACK",
        f"{where}#/1/sensor_token: {expected} CAM_BACK, found CAM_FRONT",
    ]


def test_sensors_that_are_exchanged_everywhere_are_told_once(case: Any) -> None:
    exchange(case, "sensor", 0, 1, "channel")
    (line,) = [line for line in judged(case) if "name-channel" in line]
    assert line == (
        f"warning nuscenes.name-channel {TABLES}calibrated_sensor.json#/0/sensor_token: expected the sensor that most "
        "of its 3 files are named after, CAM_FRONT, found CAM_BACK; so it is with 3 more rows"
    )


def test_calibrations_that_two_files_of_a_sample_exchange_are_told_at_both(case: Any) -> None:
    exchange(case, "sample_data", 2, 7, "calibrated_sensor_token")
    where = f"warning nuscenes.name-channel {TABLES}sample_data.json"
    expected = "expected the channel of its sensor,"
    assert [line for line in judged(case) if "name-channel" in line] == [
        f"{where}#/2/filename: {expected} CAM_BACK, in the name, found CAM_FRONT",
        f"{where}#/7/filename: {expected} CAM_FRONT, in the name, found CAM_BACK",
    ]


def test_images_of_few_samples_whose_sensors_are_exchanged_are_told_once(case: Any) -> None:
    keys = {row["sample_token"] for row in case.rows("sample_data")[:1]}
    case.edit("sample_data", lambda rows: [row for row in rows if row["sample_token"] in keys and row["is_key_frame"]])
    tokens = [row["calibrated_sensor_token"] for row in case.rows("sample_data")]
    case.edit("sample_data", lambda rows: [row | {"calibrated_sensor_token": token}
                                           for row, token in zip(rows, tokens[::-1], strict=True)])  # fmt: skip
    (line,) = [line for line in judged(case) if "name-channel" in line]
    assert line.startswith(f"warning nuscenes.name-channel {TABLES}sample_data.json#/0/filename: ")
    assert line.endswith("found CAM_FRONT, and another one in 4 names of 4")


def test_names_of_others_say_nothing_of_sensors(case: Any) -> None:
    for row, name in ((0, "images/front_1700000060012345.jpg"), (2, "samples/CAM_FRONT/CAM_BACK/2.jpg"), (4, "3.jpg")):
        case.set("sample_data", row, filename=name)
    assert not any("name-" in line for line in judged(case))


@pytest.mark.parametrize(("first", "second"), [(0, 2), (24, 20), (15, 17)])
def test_names_that_two_rows_exchange_are_told_at_both(case: Any, first: int, second: int) -> None:
    exchange(case, "sample_data", first, second, "filename")
    times = {row: case.rows("sample_data")[row]["timestamp"] for row in (first, second)}
    where, expected = f"warning nuscenes.name-time {TABLES}sample_data.json", "expected the time of its row,"
    assert [line for line in judged(case) if "name-" in line] == [
        f"{where}#/{row}/filename: {expected} {times[row]}, in the name, as in most, found {times[other]}"
        for row, other in sorted(((first, second), (second, first)))
    ]


@pytest.mark.parametrize("late", [100_000, -100_000])
def test_a_name_of_a_time_that_no_row_has_is_told(case: Any, late: int) -> None:
    time = case.rows("sample_data")[2]["timestamp"]
    case.set("sample_data", 2, timestamp=time + late)
    (line,) = [line for line in judged(case) if "nuscenes." in line]
    assert line == (
        f"warning nuscenes.name-time {TABLES}sample_data.json#/2/filename: expected the time of its row, "
        f"{time + late}, in the name, as in most, found {time}"
    )


@pytest.mark.parametrize(
    ("time", "rule"),
    [
        (1700000060012345, "timestamp.shared"),
        (1700000060012000, "timestamp.backwards"),
        (1700000072512345, "nuscenes.file-time"),
        (1700000060512345000, "nuscenes.timestamp"),
    ],
)
def test_a_time_that_is_told_is_not_told_by_the_name_again(case: Any, time: int, rule: str) -> None:
    case.set("sample_data", 2, timestamp=time)
    assert [line.split()[1] for line in judged(case) if "ego-time" not in line] == [rule]


def test_names_of_a_sensor_that_have_other_times_are_told_once(case: Any) -> None:
    for row in (0, 2, 4, 20, 22, 24):
        name = case.rows("sample_data")[row]["filename"]
        case.set("sample_data", row, filename=name.replace("2345.jpg", "2349.jpg"))
    (line,) = [line for line in judged(case) if "name-" in line]
    assert line.startswith(f"warning nuscenes.name-time {TABLES}sample_data.json#/0/filename: ")
    assert line.endswith("found 1700000060012349, and another one in 6 of 6 files of its sensor")


def test_names_of_which_hardly_one_has_its_time_say_nothing(case: Any) -> None:
    case.edit("sample_data", lambda rows: [row | {"filename": row["filename"].replace("__17", "__18")} for row in rows])
    assert not any("name-" in line for line in judged(case))


@pytest.mark.parametrize(("first", "second"), [(0, 5), (2, 7)])
def test_names_that_files_of_two_sensors_exchange_are_told_by_their_channels_alone(
    case: Any, first: int, second: int
) -> None:
    exchange(case, "sample_data", first, second, "filename")
    where = f"warning nuscenes.name-channel {TABLES}sample_data.json"
    assert [line.partition("/filename")[0] for line in judged(case) if "name-" in line] == [
        f"{where}#/{row}" for row in (first, second)
    ]


def test_folders_that_are_words_of_several_channels_say_nothing(case: Any) -> None:
    channels = {"CAM_FRONT": "front", "CAM_BACK": "left", "LIDAR_TOP": "front_left"}
    for row, one in enumerate(case.rows("sensor")):
        if one["channel"] in channels:
            case.set("sensor", row, channel=channels[one["channel"]])
    case.edit("sample_data", lambda rows: [row | {"filename": grouped(row["filename"])} for row in rows])
    assert not any("name-channel" in line for line in judged(case))


def grouped(name: str) -> str:
    """The name in the folders of a rig that are words of channels."""
    folders = {"CAM_FRONT": "front/mid", "CAM_BACK": "left/mid", "LIDAR_TOP": "front/left"}
    _, channel, base = name.split("/")
    return f"images/{folders.get(channel, channel)}/{base.rpartition('__')[2]}"
