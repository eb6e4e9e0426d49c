"""Calibrations by which KITTI's cameras look elsewhere than ahead, alike throughout a dataset."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import lading

P2 = "P2: 72 0 60 0 0 72 18 0 0 0 1 0"
R0 = "R0_rect: 1 0 0 0 1 0 0 0 1"
AHEAD = "0 -1 0 0 0 0 -1 0 1 0 0 0"
#: The axes of the velodyne are already those of the camera, then turned once more: x and z exchanged, y kept.
BACK = "0 1 0 0 0 0 -1 0 -1 0 0 0"
ASIDE = "1 0 0 0 0 0 -1 0 0 1 0 0"
OVER = "0 1 0 0 0 0 1 0 1 0 0 0"
#: By 40 degrees to the left.
SOMEWHAT = "0.6428 -0.7660 0 0 0 0 -1 0 0.7660 0.6428 0 0"
LOOKS = "x forward of the velodyne within 45 degrees of z forward of the camera"


def judged(root: Path) -> list[tuple[str | None, int | None, str]]:
    alone, shared = (
        [
            (one.file, one.line, one.message)
            for one in lading.validate(lading.open_dataset(root), jobs=jobs)
            if one.rule in ("kitti.calibration-axes", "kitti.calibration-turned", "kitti.calibration-far")
        ]
        for jobs in (1, 2)
    )
    assert alone == shared
    return alone


def objects(kitti: Any, *ways: str, first: str = P2, rectified: str = R0) -> Path:
    files: dict[str, Any] = {}
    for number, way in enumerate(ways):
        split = "training" if number < 4 else "testing"
        files[f"{split}/calib/{number:06}.txt"] = f"{first}\n{rectified}\nTr_velo_to_cam: {way}\n"
        files[f"{split}/velodyne/{number:06}.bin"] = kitti.CLOUD + bytes([number]) * 16
        files[f"{split}/image_2/{number:06}.png"] = kitti.PIXEL
    return Path(kitti.tree(files))


@pytest.mark.parametrize(
    ("way", "expected", "degrees"),
    [
        (BACK, LOOKS, 180),
        (ASIDE, LOOKS, 90),
        (OVER, "z up of the velodyne within 45 degrees of -y up of the camera", 180),
    ],
    ids=["back", "aside", "upside down"],
)
def test_calibrations_that_are_all_turned_alike_are_told_once(
    kitti: Any, way: str, expected: str, degrees: int
) -> None:
    message = f"Tr_velo_to_cam: expected {expected}, found it {degrees} degrees off; so it is with 6 calibrations"
    assert judged(objects(kitti, *[way] * 6)) == [("testing/calib/000004.txt", 3, message)]


def test_a_rectification_that_turns_pictures_is_told_once(kitti: Any) -> None:
    """By 120 degrees: the rotation that belongs into Tr_velo_to_cam."""
    root = objects(kitti, *[AHEAD] * 4, rectified="R0_rect: 0 -1 0 0 0 -1 1 0 0")
    expected = "a rectification within 45 degrees of the identity, found it 120 degrees off"
    assert judged(root) == [
        ("training/calib/000000.txt", 2, f"R0_rect: expected {expected}; so it is with 4 calibrations")
    ]


@pytest.mark.parametrize(
    ("ways", "first"),
    [((SOMEWHAT,) * 4, P2), ((BACK, AHEAD), P2), ((BACK,) * 4, f"{P2}\nP4: 72 0 60 0 0 72 18 0 0 0 1 0")],
    ids=["somewhat turned", "half of them", "a rig of five cameras"],
)
def test_others_are_not_told(kitti: Any, ways: tuple[str, ...], first: str) -> None:
    assert judged(objects(kitti, *ways, first=first)) == []


def test_a_few_are_told_by_those_beside_them(kitti: Any) -> None:
    (one,) = judged(objects(kitti, BACK, AHEAD, AHEAD, AHEAD))
    assert one[0] == "training/calib/000000.txt"
    assert "turned by 180 degrees" in one[2]


FAR = "0 -1 0 -4 0 0 -1 -76 1 0 0 -272"
AWAY = "expected a sensor within 50 m of the other, found it 282.4 m away"


@pytest.mark.parametrize(
    ("way", "metres"),
    [("1 0 0 1e308", "1e+308"), ("1 0 0 -1.7e308", "inf"), ("1 0 0 1e12", "1e+12")],
)
@pytest.mark.filterwarnings("error")
def test_a_sensor_as_far_as_numbers_go_is_told(kitti: Any, way: str, metres: str) -> None:
    """The length of (1.7e308, -1.7e308) is more than a float holds."""
    first = "-1.7e308" if metres == "inf" else "0"
    ways = [f"0 -1 0 {first} 0 0 -1 -0.08 {way}"] * 4
    message = f"Tr_velo_to_cam: expected a sensor within 50 m of the other, found it {metres} m away"
    assert judged(objects(kitti, *ways)) == [
        ("training/calib/000000.txt", 3, f"{message}; so it is with 4 calibrations")
    ]


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        ((AHEAD, BACK, BACK, BACK), f"expected {LOOKS}, found it 180 degrees off, and such in 2 more frames"),
        ((AHEAD, BACK, AHEAD, BACK), f"expected {LOOKS}, found it 180 degrees off, and such in 1 more frame"),
        ((AHEAD, FAR, AHEAD, AHEAD), AWAY),
        ((AHEAD, FAR, FAR, FAR), f"{AWAY}, and such in 2 more frames"),
    ],
    ids=["most look back", "half of them look back", "one in millimetres", "most in millimetres"],
)
def test_a_rig_is_told_at_the_first_file_that_is_not_as_official_ones(
    kitti: Any, ways: tuple[str, ...], message: str
) -> None:
    """Of one rig the files that have the velodyne where official ones have it are right, not those that are most."""
    assert judged(objects(kitti, *ways)) == [("training/calib/000001.txt", 3, f"Tr_velo_to_cam: {message}")]


def test_the_first_file_is_told_where_half_of_a_rig_looks_back(kitti: Any) -> None:
    message = f"Tr_velo_to_cam: expected {LOOKS}, found it 180 degrees off, and such in 1 more frame"
    assert judged(objects(kitti, BACK, BACK, AHEAD, AHEAD)) == [("training/calib/000000.txt", 3, message)]


def test_a_rig_beside_one_that_looks_back_is_another(kitti: Any) -> None:
    """The cameras of a rig may be in one split, of which each has a matrix of its own."""
    root = objects(kitti, AHEAD, AHEAD, BACK, BACK)
    for number in (2, 3):
        file = root / f"training/calib/{number:06}.txt"
        file.write_text(file.read_text().replace("72 0 60", "80 0 60"))
    assert judged(root) == []


def tracking(kitti: Any, key: str, *ways: str) -> Path:
    files: dict[str, Any] = {}
    for number, way in enumerate(ways):
        files[f"training/calib/{number:04}.txt"] = f"{P2}\nR_rect 1 0 0 0 1 0 0 0 1\n{key} {way}\n"
        files[f"training/image_02/{number:04}/000000.png"] = kitti.PIXEL
        files[f"training/velodyne/{number:04}/000000.bin"] = kitti.CLOUD
    return Path(kitti.tree(files))


def test_sequences_of_tracking_are_told_once(kitti: Any) -> None:
    message = f"Tr_velo_cam: expected {LOOKS}, found it 180 degrees off"
    root = tracking(kitti, "Tr_velo_cam", AHEAD, BACK, BACK)
    assert judged(root) == [("training/calib/0001.txt", 3, f"{message}; so it is with 2 calibrations")]


def test_a_sequence_of_odometry_is_told(kitti: Any) -> None:
    root = kitti.tree(
        {
            "sequences/00/calib.txt": f"P0: 72 0 60 0 0 72 18 0 0 0 1 0\nTr: {ASIDE}\n",
            "sequences/00/times.txt": "0.0\n",
            "sequences/00/image_0/000000.png": kitti.PIXEL,
        }
    )
    assert judged(root) == [("sequences/00/calib.txt", 2, f"Tr: expected {LOOKS}, found it 90 degrees off")]


def test_a_day_of_raw_is_told_once(fixtures: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(fixtures / "kitti-raw", tmp_path / "raw"))
    assert judged(root) == []
    file = "2011_09_26/calib_velo_to_cam.txt"
    lines = [
        f"R: {' '.join(BACK.split()[i] for i in (0, 1, 2, 4, 5, 6, 8, 9, 10))}" if one.startswith("R:") else one
        for one in (root / file).read_text().splitlines()
    ]
    (root / file).write_text("\n".join(lines) + "\n")
    shutil.copytree(root / "2011_09_26/2011_09_26_drive_0001_sync", root / "2011_09_26/2011_09_26_drive_0003_sync")
    line = next(number for number, one in enumerate(lines, 1) if one.startswith("R:"))
    assert judged(root) == [(file, line, f"R: expected {LOOKS}, found it 180 degrees off")]


def test_calibrations_in_millimetres_are_told_once(kitti: Any) -> None:
    """4, 76 and 272 mm, whose squares are 16 + 5,776 + 73,984 = 79,776: 282.4 m."""
    root = objects(kitti, *["0 -1 0 -4 0 0 -1 -76 1 0 0 -272"] * 5)
    message = "Tr_velo_to_cam: expected a sensor within 50 m of the other, found it 282.4 m away"
    assert judged(root) == [("testing/calib/000004.txt", 3, f"{message}; so it is with 5 calibrations")]


def test_a_day_of_raw_in_millimetres_is_told(fixtures: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(fixtures / "kitti-raw", tmp_path / "raw"))
    file = "2011_09_28/calib_velo_to_cam.txt"
    lines = ["T: -4 -76 -272" if one.startswith("T:") else one for one in (root / file).read_text().splitlines()]
    (root / file).write_text("\n".join(lines) + "\n")
    line = next(number for number, one in enumerate(lines, 1) if one.startswith("T:"))
    message = "T: expected a sensor within 50 m of the other, found it 282.4 m away"
    assert judged(root) == [(file, line, message)]
