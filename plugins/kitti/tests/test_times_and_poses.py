"""Times to the nanosecond, records of oxts, poses."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_kitti.calibration_files import calibration_of
from lading_kitti.clocks import Clock, tell_clocks
from lading_kitti.poses import OXTS_FIELDS, odometry_pose, oxts_world, parse_oxts, parse_pose
from lading_kitti.times import parse_seconds, parse_wall_clock, seconds_ns, wall_clock_ns, wall_clock_text

import lading

PAIR = "P2: 72 0 60 4.2 0 72 18 0 0 0 1 0\nR_rect 1 0 0 0 1 0 0 0 1\nTr_velo_cam 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
IMU = calibration_of(
    b"P0: 1 0 0 0 0 1 0 0 0 0 1 0\nTr: 0 -1 0 -0.02 0 0 -1 -0.06 1 0 0 -0.33\n"
    b"Tr_imu_to_velo: 1 0 0 -0.81 0 1 0 0.32 0 0 1 -0.8"
)


def test_a_wall_clock_by_datetime() -> None:
    utc = datetime.datetime(2011, 9, 26, 13, 2, 25, tzinfo=datetime.UTC)
    assert wall_clock_ns("2011-09-26 13:02:25.964389445") == int(utc.timestamp()) * 10**9 + 964389445


@given(st.integers(0, 4 * 10**18))
def test_a_wall_clock_comes_back(timestamp_ns: int) -> None:
    assert wall_clock_ns(wall_clock_text(timestamp_ns)) == timestamp_ns


@pytest.mark.parametrize("text", ["2011-13-26 13:02:25.9", "2011-02-30 13:02:25", "2011-09-26 25:02:25", "", "13:02"])
def test_what_is_no_wall_clock(text: str) -> None:
    assert wall_clock_ns(text) is None


@given(st.integers(0, 10**13))
def test_seconds_are_exact(ns: int) -> None:
    seconds, rest = divmod(ns, 10**9)
    assert seconds_ns(f"{seconds}.{rest:09d}") == ns


def test_seconds_in_the_form_of_odometry() -> None:
    assert [seconds_ns(text) for text in ("0.000000e+00", "1.037359e-01", " 4.706624e+02\n")] == [
        0,
        103735900,
        470662400000,
    ]


def test_an_empty_line_is_a_frame_that_the_sensor_lost() -> None:
    times, problems = parse_wall_clock(["2011-09-26 13:02:25.1", "", "2011-09-26 13:02:25.3"])
    assert [time is None for time in times] == [False, True, False]
    assert problems == []


def test_times_that_are_none() -> None:
    _, (problem,) = parse_wall_clock(["yesterday"])
    assert (problem.rule, problem.line) == ("kitti.timestamp", 1)
    assert problem.message == "expected a time such as 2011-09-26 13:02:25.964389445, found 'yesterday'"
    times, problems = parse_seconds(["0", "x", "nan", "1e-10", "inf"])
    assert times == [0, None, None, None, None]
    assert {problem.rule for problem in problems} == {"kitti.timestamp"}
    assert problems[0].message == "expected a number of seconds, found 'x'"


def record(**changes: float) -> dict[str, int | float]:
    values = dict.fromkeys(OXTS_FIELDS, 0.0) | {"lat": 49.0, "lon": 8.4, "alt": 114.0}
    return values | changes


def test_a_record_of_thirty_values() -> None:
    line = " ".join(["49.5", *["0.25"] * 24, "4", "7", "4", "4", "-1"]) + " "
    found, problem = parse_oxts(line, 3)
    assert problem is None
    assert list(found) == list(OXTS_FIELDS)
    assert (found["lat"], found["navstat"], found["orimode"]) == (49.5, 4, -1)
    assert isinstance(found["navstat"], int)


@pytest.mark.parametrize(
    ("line", "found"), [("1 2 3", "3"), (" ".join(["1"] * 29 + ["x"]), "'x'"), (" ".join(["1"] * 31), "31"), ("", "0")]
)
def test_a_record_that_is_none(line: str, found: str) -> None:
    values, problem = parse_oxts(line, 7)
    assert values == {}
    assert (problem.rule, problem.line, problem.message) == ("kitti.oxts-row", 7, f"expected 30 numbers, found {found}")


def test_poses_start_where_the_first_record_stands() -> None:
    world = oxts_world([{}, record()], IMU)
    # without rotation the velodyne is where the IMU is, less where the IMU is in the velodyne's frame
    assert world.pose(record()).translation == pytest.approx((0.81, -0.32, 0.8))
    # a degree of longitude on a ball of 6378137 m at 49 degrees north, and ten metres up
    east, north, up = np.subtract(world.pose(record(lon=9.4, alt=124.0)).translation, (0.81, -0.32, 0.8))
    assert east == pytest.approx(math.radians(1) * 6378137 * math.cos(math.radians(49)), abs=1e-6)
    assert (north, up) == pytest.approx((0, 10), abs=1e-6)


def test_a_left_turn_is_a_positive_yaw() -> None:
    pose = oxts_world([record()], IMU).pose(record(yaw=math.pi / 2))
    assert pose.rotation_matrix @ [1, 0, 0] == pytest.approx([0, 1, 0])  # forward is north
    assert pose.translation == pytest.approx((0.32, 0.81, 0.8))


@pytest.mark.parametrize("change", [{"yaw": math.nan}, {"alt": math.inf}, {"lat": 200.0}])
def test_a_record_without_a_place_has_no_pose(change: dict[str, float]) -> None:
    assert oxts_world([record()], IMU).pose(record(**change)) is None


def test_no_world_without_a_record_or_the_imu() -> None:
    assert oxts_world([], IMU) is None
    assert oxts_world([record()], None) is None
    assert oxts_world([record()], calibration_of(b"")) is None
    assert oxts_world([record(lat=200.0)], IMU) is None


def test_a_pose_that_mirrors_keeps_its_numbers() -> None:
    numbers, problem = parse_pose("1 0 0 5 0 1 0 6 0 0 -1 7", 2)
    assert numbers == [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, -1, 7]
    assert (problem.rule, problem.line) == ("kitti.pose-row", 2)
    assert problem.message == "expected a rotation and a translation, found a mirror image"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("0.7 0 0 5 0 1 0 6 0 0 1.5 7", "rows of length 0.7, 1 and 1.5"),
        ("1 0 0 nan 0 1 0 6 0 0 1 7", "nan, which is not finite"),
        ("1 0 0 5 0 1 0 -inf 0 0 1 7", "-inf, which is not finite"),
        ("1 0 0 5 0.6 0.8 0 6 0 0 1 7", "rows that are not at right angles"),
    ],
    ids=["it stretches", "a place that is none", "an infinite place", "it is skewed"],
)
def test_what_keeps_a_pose_from_being_one_is_told(line: str, found: str) -> None:
    _, problem = parse_pose(line, 3)
    assert problem is not None
    assert problem.message == f"expected a rotation and a translation, found {found}"


def test_poses_of_odometry_are_of_camera_0() -> None:
    numbers, problem = parse_pose("1 0 0 5 0 1 0 6 0 0 1 7", 1)
    assert problem is None
    pose = odometry_pose(numbers, IMU)
    # Tr takes the velodyne's own place to (-0.02, -0.06, -0.33) in camera 0
    assert pose.translation == pytest.approx((4.98, 5.94, 6.67))
    assert pose.rotation_matrix @ [1, 0, 0] == pytest.approx([0, 0, 1])
    assert odometry_pose(numbers, None) is None
    assert odometry_pose([1, 0, 0, 5, 0, 1, 0, 6, 0, 0, -1, 7], IMU) is None


@pytest.mark.parametrize(("line", "found"), [("1 2 3", "3"), ("1 0 0 5 0 1 0 6 0 0 1 x", "'1 0 0 5 0 1 0 6 0 0 1 x'")])
def test_a_pose_that_is_none(line: str, found: str) -> None:
    numbers, problem = parse_pose(line, 4)
    assert numbers is None
    assert (problem.rule, problem.line, problem.message) == ("kitti.pose-row", 4, f"expected 12 numbers, found {found}")


def test_a_pose_of_another_sequence_is_told_at_its_line(kitti: Any) -> None:
    files = {f"dataset/sequences/00/velodyne/{n:06}.bin": kitti.CLOUD for n in range(5)}
    files["dataset/sequences/00/calib.txt"] = "P0: 7 0 6 0 0 7 1 0 0 0 1 0\nTr: 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
    files["dataset/sequences/00/times.txt"] = "0\n0.1\n0.2\n0.3\n0.4\n"
    files["dataset/poses/00.txt"] = "".join(f"1 0 0 0 0 1 0 0 0 0 1 {z}\n" for z in (0, 1, 2, 300, 4))
    told = lading.validate(lading.open_dataset(kitti.tree(files)), rules=["pose.jump"])
    assert [(one.rule, one.file, one.line, one.frame) for one in told if one.rule == "pose.jump"] == [
        ("pose.jump", "dataset/poses/00.txt", 4, "000003")
    ]


def test_frames_of_tracking_are_a_tenth_of_a_second_apart_also_over_a_gap(kitti: Any) -> None:
    """Their files have no times: what is 100 m off is no jump after a second (source-formats.md 3.7).

    They may also be every tenth of the official ones: from one to the next an object may get 50 m far.
    """

    def jumps(number: int, place: float = 120.0) -> list[str]:
        row = "{} 1 Car 0 0 -1.570000 10 10 50 50 1.5 1.6 4.0 1.0 1.5 {} -1.570000\n"
        label = row.format(0, 20.0) + row.format(number, place)
        files = {"training/label_02/0000.txt": label, "training/calib/0000.txt": PAIR}
        dataset = lading.open_dataset(kitti.tree(files))
        assert {data.timestamp_ns for _, frame in lading.all_frames(dataset) for data in frame.data} == {None}
        return [one.message for one in lading.validate(dataset) if one.rule == "instance.jump"]

    assert jumps(1) == ["expected instance '0000:1' within 50 m of frame '000000', found it 100 m off"]
    assert jumps(1, 69.0) == []
    assert jumps(10) == []


def ego_jumps(kitti: Any, *metres: float) -> list[tuple[int | None, str]]:
    """The jumps of an ego of tracking that is in these frames so far north, as its records say."""
    rows = [" ".join([f"{metres_north / 111_319.5:.12f}", "8.4", *["0"] * 28]) for metres_north in metres]
    files = {f"training/velodyne/0000/{n:06}.bin": kitti.CLOUD + bytes([n] * 16) for n in range(len(metres))}
    calib = PAIR + "Tr_imu_velo 1 0 0 -0.81 0 1 0 0.32 0 0 1 -0.8\n"
    dataset = lading.open_dataset(
        kitti.tree({**files, "training/oxts/0000.txt": "\n".join(rows), "training/calib/0000.txt": calib})
    )
    return [(one.line, one.message) for one in lading.validate(dataset) if one.rule == "pose.jump"]


def test_the_ego_of_tracking_is_not_held_to_10_hz(kitti: Any) -> None:
    """Of each second one frame, on a motorway; only what no rate explains is told."""
    assert ego_jumps(kitti, *(33.0 * second for second in range(8))) == []
    ((line, message),) = ego_jumps(kitti, 0, 1, 2, 400, 4, 5, 6, 7)
    assert line == 4
    assert message == (
        "expected an ego pose near that of frame '000002', 0.1 s before by the nominal rate, found one 398.0 m off"
    )


DRIVE = "2011_09_26/2011_09_26_drive_0001_sync"
CLOCKS = {name: f"{DRIVE}/{name}/timestamps.txt" for name in ("image_02", "image_03", "velodyne_points", "oxts")}


def clocks(kitti: Any, *names: str, **hours: int) -> list[tuple[str | None, str]]:
    """What is told of a drive of three frames, in which clocks are so many hours ahead of 11 o'clock."""
    files: dict[str, str | bytes] = {}
    for name in names:
        lines = [f"2011-09-26 {11 + hours.get(name, 0):02d}:02:25.{n}00000000\n" for n in (1, 2, 3)]
        files[CLOCKS[name]] = "".join(lines)
        media, ending = (kitti.PIXEL, "png") if "image" in name else (kitti.CLOUD, "bin")
        if name != "oxts":
            files |= {f"{DRIVE}/{name}/data/000000000{n}.{ending}": media for n in range(3)}
    return [(one.file, one.message) for one in kitti.read(files).told("kitti.clock")]


def test_a_sensor_in_another_time_zone_is_told_at_its_file(kitti: Any) -> None:
    (told,) = clocks(kitti, "image_02", "image_03", "velodyne_points", "oxts", velodyne_points=-2)
    found = "2 hours earlier, as if of another time zone"
    assert told == (
        CLOCKS["velodyne_points"],
        f"expected times within a minute of those of image_02, found them {found}",
    )


def test_the_clock_of_most_sensors_is_right_and_of_two_that_of_the_first(kitti: Any) -> None:
    (told,) = clocks(kitti, "image_02", "velodyne_points", "oxts", image_02=1)
    found = "1 hour later, as if of another time zone"
    expected = "expected times within a minute of those of velodyne_points"
    assert told == (CLOCKS["image_02"], f"{expected}, found them {found}")
    (told,) = clocks(kitti, "image_02", "oxts", oxts=2)
    assert told[0] == CLOCKS["oxts"]


def test_clocks_that_run_apart_in_drives_that_are_not_synchronised_are_no_matter() -> None:
    """Lists of oxts have ten lines for each of a camera's: after 1,000 lines they are 90 s apart."""
    report = lading.Report()
    camera = Clock("image_02", "a", [n * 100_000_000 for n in range(2_000)])
    tell_clocks([camera, Clock("oxts", "b", [n * 10_000_000 for n in range(20_000)])], report)
    tell_clocks([camera, Clock("oxts", "b", [None, None])], report)
    assert report.findings == []
    tell_clocks([camera, Clock("oxts", "b", [None, 100_000_000 - 90_500_000_000])], report)
    (told,) = report.findings
    assert told.message == "expected times within a minute of those of image_02, found them 90.5 s earlier"


def track_sizes(kitti: Any, *sizes: str, category: str = "Car") -> list[tuple[str, int | None, str]]:
    """What is told of a track of these widths and lengths, a frame each."""
    rows = []
    for frame, size in enumerate(sizes):
        words = kitti.ROW.replace("Car", category).split()
        words[9:11] = size.split()
        rows.append(f"{frame} 7 {' '.join(words)}")
    found = kitti.read({"training/label_02/0000.txt": "\n".join(rows), "training/calib/0000.txt": PAIR})
    return [(one.severity, one.line, one.message) for one in found.told("kitti.track-size")]


def test_a_length_and_a_width_that_change_places_are_told_once(kitti: Any) -> None:
    expected = "expected track 7 to be 3.9 m long and 1.6 m wide as in most of its frames"
    assert track_sizes(kitti, "1.6 3.9", "1.6 3.9", "3.9 1.6", "1.6 3.9") == [
        ("warning", 3, f"{expected}, found 1.6 m and 3.9 m")
    ]
    assert track_sizes(kitti, "1.6 3.9", "1.6 3.9", "3.9 1.6", "1.6 3.9", "3.91 1.6", "3.9 1.6", "1.6 3.9") == [
        ("warning", 3, f"{expected}, found 1.6 m and 3.9 m; such in 3 frames of 1 track")
    ]


@pytest.mark.parametrize(
    ("sizes", "category"),
    [
        (["1.6 3.9", "1.6 3.9", "3.9 1.6", "1.6 3.9"], "Pedestrian"),
        (["1.6 3.9", "3.9 1.6"], "Car"),
        (["1.6 1.8", "1.6 1.8", "1.8 1.6", "1.6 1.8"], "Car"),
        (["1.6 3.9", "1.6 3.9", "1.9 4.4", "1.6 3.9"], "Car"),
    ],
    ids=["what bends", "too few frames", "nearly square", "another size"],
)
def test_sizes_of_tracks_that_say_nothing(kitti: Any, sizes: list[str], category: str) -> None:
    assert track_sizes(kitti, *sizes, category=category) == []
