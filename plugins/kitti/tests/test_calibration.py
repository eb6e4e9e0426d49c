"""Calibration files: keys and their aliases, what is kept, what is said of bad lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lading_kitti.calibration_files import calibration_of
from lading_kitti.entries import parse_entries
from lading_kitti.raw_calibration import raw_calibration
from lading_kitti.sensors import camera_sensor, lidar_sensor

import lading
from lading.model.geometry import EGO

P2 = "P2: 700 0 600 42 0 700 180 -0.35 0 0 1 0.005"
R0 = "R0_rect: 1 0 0 0 1 0 0 0 1"
V = "Tr_velo_to_cam: 0 -1 0 -0.02 0 0 -1 -0.06 1 0 0 -0.33"
IMU = "Tr_imu_to_velo: 1 0 0 -0.81 0 1 0 0.32 0 0 1 -0.8"


def calibration(*lines: str):
    return calibration_of("\n".join((*lines, "")).encode())


def told(*lines: str) -> list[tuple[str, int | None, str]]:
    return [(p.rule, p.line, p.message) for p in calibration(*lines).problems]


def test_a_whole_file_has_no_problems() -> None:
    found = calibration(P2, R0, V, IMU, "")
    assert found.problems == []
    # by hand: u = P2 R0 V X; with V as above a point ahead at (10, 0, 0) is at camera (-0.02, -0.06, 9.67)
    np.testing.assert_allclose(found.lidar_to_rect @ [10, 0, 0, 1], [-0.02, -0.06, 9.67, 1])
    assert found.entries["P2"] == [700, 0, 600, 42, 0, 700, 180, -0.35, 0, 0, 1, 0.005]


@pytest.mark.parametrize(
    ("r0", "velo", "imu"),
    [
        ("R_rect 1 0 0 0 1 0 0 0 1", V.replace("Tr_velo_to_cam:", "Tr_velo_cam"), IMU.replace("_to_velo:", "_velo")),
        ("R_rect: 1 0 0 0 1 0 0 0 1", V.replace("velo_to_cam:", "velo_cam :"), IMU.replace("imu_to_velo", "imu_velo")),
        ("R_rect\t1 0 0 0 1 0 0 0 1", V.replace(": ", "\t"), IMU.replace(":", "\t")),
        ("R0: 1 0 0 0 1 0 0 0 1", V.replace("cam:", "cam_0:"), IMU),
        ("R_rect_00: 1 0 0 0 1 0 0 0 1", V, IMU),
    ],
    ids=["official tracking, no colons", "colons", "tabs", "Waymo export", "raw names"],
)
def test_keys_by_other_names(r0: str, velo: str, imu: str) -> None:
    found, usual = calibration(P2, r0, velo, imu), calibration(P2, R0, V, IMU)
    np.testing.assert_array_equal(found.lidar_to_rect, usual.lidar_to_rect)
    np.testing.assert_array_equal(found.imu_to_lidar, usual.imu_to_lidar)
    assert found.problems == []


def test_tr_of_odometry_is_rectified_already() -> None:
    found = calibration(P2, V.replace("Tr_velo_to_cam", "Tr"))
    np.testing.assert_allclose(found.lidar_to_rect[:3], [[0, -1, 0, -0.02], [0, 0, -1, -0.06], [1, 0, 0, -0.33]])
    assert found.problems == []


def test_unknown_keys_and_words_are_kept() -> None:
    found = calibration("calib_time: 09-Jan-2012 13:57:47", "Tr_cam_to_road: " + "1 0 0 0 " * 3, "mine: 1 2", P2, R0, V)
    assert found.entries["calib_time"] == "09-Jan-2012 13:57:47"
    assert found.entries["mine"] == [1, 2]


def test_a_key_twice_counts_once() -> None:
    entries, problems = parse_entries(["a: 1", "a: 2"])
    assert entries["a"].values == [1]
    assert [(p.rule, p.line, p.message) for p in problems] == [
        ("kitti.calibration-key", 2, "expected a key once, found 'a' again; the first counts")
    ]


def test_a_wrong_number_of_values() -> None:
    assert told(P2, R0, V, "Tr_imu_to_velo: 1 2 3") == [
        ("kitti.calibration-row", 4, "Tr_imu_to_velo: expected 12 numbers, found 3")
    ]
    assert calibration(P2, R0, V, "Tr_imu_to_velo: 1 2 3").imu_to_lidar is None


def test_a_file_that_breaks_off_within_a_line_is_told_as_that_alone() -> None:
    for end, found in (("-0.02 0", "5"), ("-0.02 0 -", "words in '0 -1 0 -0.02 0 -'")):
        broken = calibration_of(f"{P2}\n{R0}\nTr_velo_to_cam: 0 -1 0 {end}".encode())
        message = f"Tr_velo_to_cam: expected 12 numbers, found {found}; the file ends there"
        assert [(p.rule, p.line, p.message) for p in broken.problems] == [("kitti.calibration-row", 3, message)]
        assert broken.is_cut
    # a last line of too many numbers, or one that another follows, is not cut
    assert not calibration_of(f"{P2}\n{R0} 1".encode()).is_cut
    assert not calibration(P2, "R0_rect: 1 0 0").is_cut


def test_a_line_that_lacks_before_the_one_that_breaks_off_is_told_beside_it() -> None:
    broken = calibration_of(f"{P2}\n{V}\nTr_imu_to_velo: 1 0 0".encode())
    assert [problem.rule for problem in broken.problems] == ["kitti.calibration-row", "kitti.calibration-key"]


def test_words_where_numbers_should_be() -> None:
    assert told("P2: a b") == [("kitti.calibration-row", 1, "P2: expected 12 numbers, found words in 'a b'")]


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ("1 0 0 0 1 0 0 0 -1", "a mirror image"),
        ("1 0 0 0 1 0 0 0 0", "rows of length 1, 1 and 0"),
        ("1 0 0 0 nan 0 0 0 1", "nan, which is not finite"),
        ("2 0 0 0 2 0 0 0 2", "rows of length 2, 2 and 2"),
    ],
)
def test_a_matrix_that_is_no_rotation(values: str, fault: str) -> None:
    message = f"R0_rect: expected a rotation, found {fault}"
    assert ("kitti.calibration-matrix", 2, message) in told(P2, f"R0_rect: {values}", V)


@pytest.mark.parametrize(
    "values", ["0 0 1 1 0 700 1 1 0 0 1 0", "700 0 1 1 5 700 1 1 0 0 1 0", "1 0 1 1 0 1 1 inf 0 0 1 0"]
)
def test_a_projection_that_is_none(values: str) -> None:
    ((rule, line, message),) = told(f"P2: {values}")
    assert (rule, line) == ("kitti.calibration-matrix", 1)
    assert message.startswith("P2: expected a projection")


def test_a_file_without_r0_places_no_velodyne() -> None:
    found = calibration(P2, V)
    assert found.lidar_to_rect is None
    assert found.lidar_placement is None
    assert [(p.rule, p.line, p.is_error) for p in found.problems] == [("kitti.calibration-key", None, False)]
    assert "expected a line R0_rect, found none" in found.problems[0].message


def test_a_file_without_tr_places_no_velodyne() -> None:
    assert "expected a line Tr_velo_to_cam, found none" in told(P2, R0)[0][2]


def test_sensors_of_a_calibration() -> None:
    found = calibration(P2, R0, V)
    camera = camera_sensor("image_2", 2, found, is_rectified=True)
    assert (camera.intrinsics.camera_matrix.fx, camera.intrinsics.camera_matrix.cy) == (700, 180)
    # the camera's centre is -b in camera 0, that is V^-1 (-b): b = K^-1 p4 = (0.0557.., -0.0018, 0.005)
    b = np.linalg.solve([[700, 0, 600], [0, 700, 180], [0, 0, 1]], [42, -0.35, 0.005])
    x, y, z = -b - [-0.02, -0.06, -0.33]
    assert camera.extrinsics.translation == pytest.approx((z, -x, -y), abs=1e-15)
    assert (camera.extrinsics.source, camera.extrinsics.target) == ("image_2", EGO)
    assert lidar_sensor("velodyne", found).extrinsics.matrix.tolist() == np.eye(4).tolist()


def test_sensors_without_a_calibration() -> None:
    assert lidar_sensor("velodyne", None).extrinsics is None
    assert camera_sensor("image_2", 2, None, is_rectified=True).extrinsics is None
    assert camera_sensor("image_3", 3, calibration(P2, R0, V), is_rectified=True).intrinsics is None
    assert camera_sensor("image_2", 2, calibration(P2), is_rectified=True).extrinsics is None


RAW = {
    "calib_velo_to_cam.txt": b"calib_time: x\nR: 0 -1 0 0 0 -1 1 0 0\nT: -0.02 -0.06 -0.33\ndelta_f: 0 0\n",
    "calib_imu_to_velo.txt": b"R: 1 0 0 0 1 0 0 0 1\nT: -0.81 0.32 -0.8\n",
    "calib_cam_to_cam.txt": (
        b"K_02: 900 0 690 0 901 233 0 0 1\nD_02: -0.3 0.2 0.002 0.001 -0.07\nR_02: 1 0 0 0 1 0 0 0 1\n"
        b"S_02: 1392 512\nS_rect_02: 1242 375\nS_rect_03: wide\nT_02: 0.06 0 0\n"
        b"R_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: 700 0 600 42 0 700 180 -0.35 0 0 1 0.005\n"
    ),
}


def test_the_three_files_of_raw() -> None:
    whole = raw_calibration(RAW)[""]
    usual = calibration(P2, R0, V, IMU)
    np.testing.assert_array_equal(whole.lidar_to_rect, usual.lidar_to_rect)
    np.testing.assert_array_equal(whole.imu_to_lidar, usual.imu_to_lidar)
    assert camera_sensor("image_02", 2, whole, is_rectified=True) == camera_sensor(
        "image_02", 2, usual, is_rectified=True
    )
    assert whole.entries["calib_velo_to_cam.txt"]["delta_f"] == [0, 0]
    assert whole.sizes == {(2, False): (1392, 512), (2, True): (1242, 375)}


def test_cameras_of_raw_before_rectification() -> None:
    camera = camera_sensor("image_02", 2, raw_calibration(RAW)[""], is_rectified=False)
    assert camera.intrinsics.camera_matrix.fy == 901
    assert camera.intrinsics.distortion == {"k1": -0.3, "k2": 0.2, "p1": 0.002, "p2": 0.001, "k3": -0.07}
    # the centre is where R x + T = 0 in camera 0: (-0.06, 0, 0), that is velodyne (0.33, 0.04, -0.06)
    assert camera.extrinsics.translation == pytest.approx((0.33, 0.04, -0.06))


def test_raw_files_that_lack_lines() -> None:
    parts = raw_calibration(
        {"calib_velo_to_cam.txt": b"R: 0 -1 0 0 0 -1 1 0 0\n", "calib_imu_to_velo.txt": b"T: 1 2\n"}
    )
    assert [p.message for p in parts["calib_velo_to_cam.txt"].problems] == [
        "expected a line T, found none; what hangs on it is left without a place"
    ]
    assert [p.message for p in parts["calib_imu_to_velo.txt"].problems] == [
        "expected a line R, found none; what hangs on it is left without a place",
        "T: expected 3 numbers, found 2",
    ]
    assert parts[""].is_empty


@pytest.mark.parametrize("key", ["Tr_velo_to_cam", "Tr_velo_cam", "Tr"])
@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("1 0 0 0 0 1 0 0 0 0 1 0", "the axes kept as they are"),
        ("1 0 0 0.27 0 1 0 0 0 0 1 -0.08", "the axes kept as they are"),
        ("0.995 -0.0998 0 0 0.0998 0.995 0 0 0 0 1 0", "the axes kept as they are"),
        ("0 0 1 0.27 -1 0 0 0 0 -1 0 -0.08", "the rotation of the way back"),
    ],
    ids=["a placeholder", "a place alone", "turned a little", "the way back"],
)
def test_axes_that_are_not_those_of_velodyne_and_camera(key: str, values: str, found: str) -> None:
    expected = "x forward, y left, z up of the velodyne turned into x right, y down, z forward of the camera"
    lines = (P2, f"{key}: {values}", R0, IMU)
    assert told(*lines) == [("kitti.calibration-axes", 2, f"{key}: expected {expected}, found {found}")]


def test_axes_of_raw_that_are_kept() -> None:
    part = raw_calibration(RAW | {"calib_velo_to_cam.txt": b"T: 0 0 0\nR: 1 0 0 0 1 0 0 0 1\n"})[
        "calib_velo_to_cam.txt"
    ]
    assert [(p.rule, p.line) for p in part.problems] == [("kitti.calibration-axes", 2)]
    # the IMU has the velodyne's axes (3.4)
    assert raw_calibration(RAW)["calib_imu_to_velo.txt"].problems == []


@pytest.mark.parametrize("degrees", [0, 5, -15, 90, 180])
def test_a_camera_may_look_to_any_side(degrees: float) -> None:
    """As Waymo's do: turned about the velodyne's z, of which the identity and the way back are 120 degrees off."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = np.array([[0, -1, 0], [0, 0, -1], [1, 0, 0]]) @ [[c, s, 0], [-s, c, 0], [0, 0, 1]]
    values = " ".join(str(value) for value in np.hstack([turned, np.zeros((3, 1))]).ravel())
    assert told(P2, f"Tr_velo_to_cam: {values}", R0) == []


@pytest.mark.parametrize(
    ("odd", "more"),
    [((0,), ""), ((0, 1), ", and such in 1 more file"), ((0, 2, 3), ", and such in 2 more files")],
    ids=["one of four", "two, which are equal", "three"],
)
def test_a_placeholder_is_told_once_a_segment(kitti: Any, odd: tuple[int, ...], more: str) -> None:
    p2 = "P2: 72 0 60 0 0 72 18 0 0 0 1 0"
    kept, turned = "1 0 0 {} 0 1 0 0 0 0 1 0", "0 -1 0 {} 0 0 -1 0 1 0 0 0"
    files: dict[str, Any] = {}
    for n in range(4):
        row = f"Tr_velo_to_cam: {(kept if n in odd else turned).format(n // 2)}"
        files[f"training/calib/{n:06d}.txt"] = f"{p2}\n{R0}\n{row}\n{IMU}\n"
        files[f"training/velodyne/{n:06d}.bin"] = kitti.CLOUD + bytes([n]) * 16
        files[f"training/label_2/{n:06d}.txt"] = f"{kitti.ROW}\n"
    for jobs in (1, 2):
        found = lading.validate(lading.open_dataset(kitti.tree(files)), jobs=jobs)
        (told,) = [one for one in found if one.rule == "kitti.calibration-axes"]
        assert (told.severity, told.file, told.line) == ("warning", "training/calib/000000.txt", 3)
        assert told.message.endswith(f"found the axes kept as they are{more}")


def rig(kitti: Any, ways: str, cameras: str) -> list[tuple[str | None, str]]:
    """What is told of frames whose velodyne looks ahead (A), back (B) or a little aside (C), each of some camera."""
    turns = {"A": "0 -1 0 0 0 0 -1 0 1 0 0 0", "B": "0 1 0 0 0 0 -1 0 -1 0 0 0"}
    turns["C"] = f"{np.sin(0.1)} {-np.cos(0.1)} 0 0 0 0 -1 0 {np.cos(0.1)} {np.sin(0.1)} 0 0"
    files: dict[str, Any] = {}
    for n, (way, camera) in enumerate(zip(ways, cameras, strict=True)):
        lines = [f"P2: 72 0 {camera} 0 0 72 18 0 0 0 1 0", R0, f"Tr_velo_to_cam: {turns[way]}", IMU]
        files |= {f"training/calib/{n:06d}.txt": "\n".join(lines), f"training/velodyne/{n:06d}.bin": kitti.CLOUD}
    root = kitti.tree(files)
    alone, shared = (
        [
            (one.file, one.message)
            for one in lading.validate(lading.open_dataset(root), jobs=jobs)
            if one.rule == "kitti.calibration-turned"
        ]
        for jobs in (1, 2)
    )
    assert alone == shared
    return alone


def test_a_velodyne_that_looks_elsewhere_than_in_other_frames_is_told_once(kitti: Any) -> None:
    expected = "expected the velodyne to look as in {} frames of which the calibration is else the same"
    found = "found it turned by 180 degrees"
    assert rig(kitti, "AACAB", "11111") == [("training/calib/000004.txt", f"{expected.format(4)}, {found}")]
    assert rig(kitti, "BAAAB", "11111") == [
        ("training/calib/000000.txt", f"{expected.format(3)}, {found}, and such in 1 more frame")
    ]


@pytest.mark.parametrize(
    ("ways", "cameras"), [("AAAAB", "11112"), ("AAABBB", "111111"), ("AAB", "111"), ("AACCA", "11111")]
)
def test_other_cameras_and_ways_of_as_many_frames_are_no_matter(kitti: Any, ways: str, cameras: str) -> None:
    assert rig(kitti, ways, cameras) == []


@pytest.mark.parametrize(
    ("values", "shown"), [("124.2 375", "[124.2, 375.0]"), ("1242", "[1242.0]"), ("0 375", "[0.0, 375.0]")]
)
def test_sizes_of_pictures_that_are_none(values: str, shown: str) -> None:
    lines = b"R_rect_00: 1 0 0 0 1 0 0 0 1\n" + f"S_rect_02: {values}\n".encode()
    part = raw_calibration({"calib_cam_to_cam.txt": lines})["calib_cam_to_cam.txt"]
    assert [(p.rule, p.line, p.message) for p in part.problems] == [
        ("kitti.calibration-size", 2, f"S_rect_02: expected a width and a height in pixels, found {shown}")
    ]


ZEROS = " ".join(["0.0"] * 12)


def test_lines_of_zeros_are_none(kitti: Any) -> None:
    """The devkit of nuScenes writes so what a file of KITTI has, and it has not."""
    lines = f"P0: {ZEROS}\nP1: {ZEROS}\n{P2}\nP3: {ZEROS}\n{R0}\n{V}\nTr_imu_to_velo: {ZEROS}\n"
    files = {f"training/calib/{n:06}.txt": lines for n in range(3)}
    found = kitti.read(files | {f"training/image_2/{n:06}.png": kitti.PIXEL for n in range(3)})
    assert found.told("kitti.calibration-matrix") == []
    assert found.losses["calibration line of zeros, read as none"] == 3 * 4
    assert calibration(*lines.splitlines()).imu_to_lidar is None
    assert list(calibration(*lines.splitlines()).projections) == [2]


def test_a_projection_of_zeros_of_a_camera_with_pictures_is_told(kitti: Any) -> None:
    found = kitti.read(
        {"training/calib/000000.txt": f"P2: {ZEROS}\n{R0}\n{V}\n", "training/image_2/000000.png": kitti.PIXEL}
    )
    (one,) = found.told("kitti.calibration-matrix")
    assert (one.severity, one.file, one.line) == ("error", "training/calib/000000.txt", 1)
    assert "P2: expected a projection" in one.message


@pytest.mark.parametrize("key", ["R0_rect", "Tr_velo_to_cam"])
def test_what_boxes_are_placed_by_is_told_where_it_is_zeros(key: str) -> None:
    zeros = ["0"] * (9 if key == "R0_rect" else 12)
    lines = {"P2": P2, "R0_rect": R0, "Tr_velo_to_cam": V} | {key: f"{key}: {' '.join(zeros)}"}
    line = list(lines).index(key) + 1
    assert told(*lines.values()) == [
        ("kitti.calibration-matrix", line, f"{key}: expected a rotation, found rows of length 0, 0 and 0")
    ]
