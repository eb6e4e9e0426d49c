"""What a tool has wrong throughout: cameras exchanged, units of yaw and times, poses column by column; told once."""

from __future__ import annotations

import math
from typing import Any

import pytest

import lading

LEFT, RIGHT = "44.86 0 721.5 172.9 0.2 0 0 1 0.003", "-339.5 0 721.5 172.9 2.2 0 0 1 0.003"
P = "721.5 0 609.6"
DRIVE = "2011_09_26/2011_09_26_drive_0001_sync"
MERIDIAN_M = math.radians(1) * 6378137


def told(kitti: Any, files: dict[str, Any], rule: str, jobs: int = 1) -> list[tuple[Any, ...]]:
    found = lading.validate(lading.open_dataset(kitti.tree(files)), jobs=jobs)
    return [(one.severity, one.file, one.line, one.message) for one in found if one.rule == rule]


def calibration(two: str, three: str) -> str:
    return f"P0: {P} 0 0 721.5 172.9 0 0 0 1 0\nP2: {P} {two}\nP3: {P} {three}\nR0_rect: 1 0 0 0 1 0 0 0 1\n"


def test_projections_that_are_exchanged_in_all_calibrations_are_told_once(kitti: Any) -> None:
    """By P[0, 3] / fx the cameras are 44.86 and -339.5 / 721.5 from camera 0: 0.53 m apart, but for cx b_z."""
    files = {f"training/calib/{n:06d}.txt": calibration(RIGHT, LEFT) for n in range(2)}
    files |= {"training/calib/000002.txt": calibration(RIGHT, LEFT).replace("0.2 0", "0.3 0")}
    files |= {f"training/image_{c}/{n:06d}.png": kitti.PIXEL for n in range(3) for c in (2, 3)}
    message = (
        "expected camera 3 to the right of camera 2, found it 0.53 m to the left, as if P2 and P3 were exchanged, "
        "and such in 2 more files"
    )
    assert told(kitti, files, "kitti.calibration-exchanged") == [("warning", "training/calib/000000.txt", 2, message)]


@pytest.mark.parametrize(
    ("two", "three"),
    [(LEFT, RIGHT), (LEFT, LEFT), ("44.86 0 721.5 172.9 0.2 0 0 1 0", "100 0 500.5 172.9 0 0 0 1 0")],
    ids=["as they should be", "copies", "no pair"],
)
def test_cameras_that_are_not_exchanged(kitti: Any, two: str, three: str) -> None:
    files = {"training/calib/000000.txt": calibration(two, three), "training/image_2/000000.png": kitti.PIXEL}
    assert told(kitti, files, "kitti.calibration-exchanged") == []


def records(count: int, *, yaw: float = 0.4, speed: float = 8.0) -> list[list[float]]:
    """Records of a car that drives to 0.4 rad from east, ten a second."""
    found = []
    for number in range(count):
        way = speed * number / 10
        lat = 49 + way * math.sin(0.4) / MERIDIAN_M
        lon = 8.4 + way * math.cos(0.4) / MERIDIAN_M / math.cos(math.radians(49))
        velocity = [speed * math.sin(0.4), speed * math.cos(0.4), speed]
        found.append([lat, lon, 110.0, 0.0, 0.0, yaw, *velocity, *[0.0] * 16, 4, 7, 4, 4, 0])
    return found


def drive(kitti: Any, found: list[list[float]]) -> dict[str, Any]:
    """A drive of raw with these records."""
    lines = [" ".join(f"{one:.12f}" if index < 25 else f"{one:g}" for index, one in enumerate(row)) for row in found]
    files: dict[str, Any] = {f"{DRIVE}/oxts/data/{n:010d}.txt": f"{line}\n" for n, line in enumerate(lines)}
    files |= {f"{DRIVE}/velodyne_points/data/{n:010d}.bin": kitti.CLOUD for n in range(len(found))}
    return files | {"2011_09_26/calib_imu_to_velo.txt": "R: 1 0 0 0 1 0 0 0 1\nT: -0.81 0.32 -0.8\n"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_yaw_in_degrees_is_told_once(kitti: Any, jobs: int) -> None:
    files = drive(kitti, records(5, yaw=math.degrees(0.4)))
    message = f"expected yaw near 0.40 by vn and ve, found {math.degrees(0.4):.12f}, as if in degrees"
    assert told(kitti, files, "kitti.oxts-heading", jobs) == [
        ("warning", f"{DRIVE}/oxts/data/0000000000.txt", 1, f"{message}; so it is with 5 records of 5")
    ]


def test_one_yaw_that_is_another_is_told_at_its_file(kitti: Any) -> None:
    found = records(5)
    found[3][5] = 1.9
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == [
        ("warning", f"{DRIVE}/oxts/data/0000000003.txt", 1, "expected yaw near 0.40 by vn and ve, found 1.9")
    ]


def test_a_yaw_of_a_car_that_stands_is_told_only_beyond_a_whole_turn(kitti: Any) -> None:
    found = records(3, yaw=-3.0, speed=1.0)
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == []
    found[1][5] = 170.0
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == [
        ("warning", f"{DRIVE}/oxts/data/0000000001.txt", 1, "expected yaw in radians, found 170.0")
    ]


def test_lat_and_lon_that_are_exchanged_are_told_once(kitti: Any) -> None:
    """A way of 0.4 rad from east is then one of 1.39, by the cosines of 49 and 8.4 degrees."""
    found = records(6)
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == []
    for row in found:
        row[0], row[1] = row[1], row[0]
    message = (
        "expected lat and lon to change in the direction of vn and ve, found another, as if they were exchanged; "
        "so it is with 5 steps of 5"
    )
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == [
        ("warning", f"{DRIVE}/oxts/data/0000000000.txt", 1, message)
    ]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e308])
def test_places_that_are_no_numbers_are_no_way(kitti: Any, value: float) -> None:
    for field in (0, 1, 6, 7, 8):
        found = records(6)
        found[2][field] = value
        yaws = told(kitti, drive(kitti, found), "kitti.oxts-heading")
        # 1e308 is a number: by such a vn the car drives due north, and by such a ve due east, 0.4 rad from its yaw
        odd = [2] if (field, value) == (6, 1e308) else []
        assert [one[1] for one in yaws] == [f"{DRIVE}/oxts/data/{number:010d}.txt" for number in odd]


@pytest.mark.parametrize("seconds", [8, 10])
def test_ways_of_a_car_that_turns_between_records_are_not_told(kitti: Any, seconds: int) -> None:
    """On a ring of 60 m at 10 m/s the way of 8 s is a chord of 74 m, 0.67 rad from where it began."""
    found = records(8, speed=10.0)
    for number, row in enumerate(found):
        turn = 10 * seconds * number / 60
        row[0] = 49 + 60 * (1 - math.cos(turn)) / MERIDIAN_M
        row[1] = 8.4 + 60 * math.sin(turn) / MERIDIAN_M / math.cos(math.radians(49))
        row[5:8] = [math.remainder(turn, math.tau), 10 * math.sin(turn), 10 * math.cos(turn)]
    assert told(kitti, drive(kitti, found), "kitti.oxts-heading") == []


def odometry(kitti: Any, *, times: str = "", poses: str = "", tr: bool = True, cloud: bool = True) -> dict[str, Any]:
    calib = f"P0: {P} 0 0 721.5 172.9 0 0 0 1 0\n" + ("Tr: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27\n" if tr else "")
    files: dict[str, Any] = {"dataset/sequences/00/calib.txt": calib, "dataset/poses/00.txt": poses}
    files["dataset/sequences/00/times.txt"] = times
    files |= {f"dataset/sequences/00/image_0/{n:06d}.png": kitti.PIXEL for n in range(4)}
    files |= {f"dataset/sequences/00/velodyne/{n:06d}.bin": kitti.CLOUD for n in range(4 if cloud else 0)}
    return {name: content for name, content in files.items() if content}


@pytest.mark.parametrize(
    ("factor", "found"),
    [
        (1, None),
        (50, None),
        (311, None),
        (3e3, None),
        (1e3, "steps of 100 s, as if in milliseconds"),
        (1e6, "steps of 100,000 s, as if in microseconds"),
        (1e9, "steps of 1e+08 s, as if in nanoseconds"),
    ],
    ids=["10 Hz", "one in 5 s", "each 311th", "5 min", "milliseconds", "microseconds", "nanoseconds"],
)
def test_times_in_another_unit_are_told_once(kitti: Any, factor: float, found: str | None) -> None:
    times = "".join(f"{0.1 * n * factor:.6e}\n" for n in range(4))
    expected = [("warning", "dataset/sequences/00/times.txt", 1, f"expected times in seconds, found {found}")]
    assert told(kitti, odometry(kitti, times=times), "kitti.times-unit") == (expected if found else [])


def test_times_with_a_unit_are_told_once(kitti: Any) -> None:
    times = "".join(f"{100 * n} ms\n" for n in range(4))
    message = "expected a number of seconds, found '0 ms'; so it is with 4 lines of 4"
    assert told(kitti, odometry(kitti, times=times), "kitti.timestamp") == [
        ("error", "dataset/sequences/00/times.txt", 1, message)
    ]


def test_poses_written_column_by_column_are_told_once(kitti: Any) -> None:
    """Of the first, no turn and no way, the numbers by columns are 1 0 0 0 three times: rows along one axis."""
    rows = []
    for number in range(4):
        c, s = math.cos(0.1 * number), math.sin(0.1 * number)
        columns = ((c, 0, -s), (0, 1, 0), (s, 0, c), (0.1 * number, 0, number))
        rows.append(" ".join(f"{one:.6e}" for column in columns for one in column) + "\n")
    ((severity, file, line, message),) = told(kitti, odometry(kitti, poses="".join(rows)), "kitti.pose-row")
    assert (severity, file, line) == ("error", "dataset/poses/00.txt", 1)
    found = "rows that are not at right angles, as if written column by column; so it is with 4 lines of 4"
    assert message == f"expected a rotation and a translation, found {found}"


@pytest.mark.parametrize(("cloud", "count"), [(True, 1), (False, 0)], ids=["with clouds", "pictures alone"])
def test_poses_without_the_way_to_the_velodyne_are_told_where_there_is_one(kitti: Any, cloud: bool, count: int) -> None:
    """The archives of odometry's pictures have no Tr (source-formats.md 3.12, 6)."""
    poses = "1 0 0 0 0 1 0 0 0 0 1 0\n" * 4
    assert len(told(kitti, odometry(kitti, poses=poses, tr=False, cloud=cloud), "kitti.ego-pose")) == count
