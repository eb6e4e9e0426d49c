"""Files that were not sent are told once a folder, single ones each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import lading

ALIKE = ("media.duplicate", "media.leak")
HERE = "here or of another sensor"
SENSOR = "kitti.sensor-missing"


def judged(root: Path, jobs: int = 1) -> list[str]:
    """All that is found, but for bytes that are alike: they are so in the fixtures."""
    found = lading.validate(lading.open_dataset(root), jobs=jobs)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def removed(root: Path, *patterns: str) -> None:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def missing(root: Path) -> list[str]:
    return [
        data.path for _, frame in lading.all_frames(lading.open_dataset(root)) for data in frame.data if data.is_missing
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sequence_of_odometry_without_media_is_told_once(copied: Any, jobs: int) -> None:
    root = copied("kitti-odometry")
    removed(root, "dataset/sequences/00/*/")
    assert judged(root, jobs) == [
        f"error media.missing dataset/sequences/00/velodyne: expected a file for each of 2 frames, {HERE}, found none"
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_sequences_of_tracking_of_labels_alone_are_told_once_each(copied: Any, jobs: int) -> None:
    root = copied("kitti-tracking")
    removed(root, "training/image_0?", "training/velodyne", "training/oxts", "training/calib")
    assert [line for line in judged(root, jobs) if "calibration-missing" not in line] == [
        f"error media.missing training/image_02/0000: expected a file for each of 3 frames, {HERE}, found none",
        f"error media.missing training/image_02/0001: expected a file for each of 2 frames, {HERE}, found none",
    ]
    assert missing(root) == [f"training/image_02/000{at[0]}/00000{at[1]}.png" for at in ("00", "01", "02", "10", "11")]


def test_labels_of_the_object_benchmark_alone_are_told_once(copied: Any) -> None:
    root = copied("kitti")
    removed(root, "training/image_?", "training/velodyne", "testing", "ImageSets")
    told = [line for line in judged(root) if "media.missing" in line]
    assert told == [f"error media.missing training/image_2: expected a file for each of 3 frames, {HERE}, found none"]


def test_a_drive_of_tracklets_and_records_alone_is_told_once(copied: Any) -> None:
    root = copied("kitti-raw")
    drive = "2011_09_26/2011_09_26_drive_0001_sync"
    removed(root, f"{drive}/image_02", f"{drive}/velodyne_points", "2011_09_28")
    assert judged(root) == [
        f"error media.missing {drive}/velodyne_points/data: expected a file for each of 3 frames, {HERE}, found none"
    ]


def listed(root: Path, *keys: str) -> None:
    path = root / "ImageSets/train.txt"
    path.write_text("".join(f"{line}\n" for line in [*path.read_text().split(), *keys]))


def test_a_set_of_many_frames_beside_a_few_is_told_once(copied: Any) -> None:
    """Four frames of `training` have files, and five more are listed: of the nine most have none."""
    root = copied("kitti")
    before = judged(root)
    listed(root, *(f"0009{number:02}" for number in range(5)))
    assert [line for line in judged(root) if line not in before] == [
        f"error media.missing training/image_2: expected a file for each of 9 frames, {HERE}, found 4; "
        "the first frame without one is 000900"
    ]


def test_a_few_frames_without_files_are_told_each_where_they_are_named(copied: Any) -> None:
    root = copied("kitti")
    before = judged(root)
    lines = len((root / "ImageSets/train.txt").read_text().split())
    listed(root, "000900", "000901")
    assert [line.partition(": ")[0] for line in judged(root) if line not in before] == [
        f"error media.missing ImageSets/train.txt:{lines + 1}",
        f"error media.missing ImageSets/train.txt:{lines + 2}",
    ]


def frames(kitti: Any, pictures: int, clouds: int) -> Path:
    files: dict[str, Any] = {f"training/image_2/{n:06}.png": kitti.PIXEL for n in range(pictures)}
    files |= {f"training/velodyne/{n:06}.bin": bytes([n, *bytes(31)]) for n in range(clouds)}
    files |= {f"training/calib/{n:06}.txt": kitti.CALIBRATION for n in range(pictures)}
    return Path(kitti.tree(files))


def test_a_folder_that_lacks_most_files_is_told_once(kitti: Any) -> None:
    root = frames(kitti, pictures=6, clouds=2)
    assert [line for line in judged(root) if "media.missing" in line] == [
        "error media.missing training/velodyne: expected a file for each of 6 frames, found 2; "
        "the first frame without one is 000002"
    ]
    assert missing(root) == [f"training/velodyne/00000{number}.bin" for number in (2, 3, 4, 5)]


def test_single_files_that_a_folder_lacks_are_told_each(kitti: Any) -> None:
    root = frames(kitti, pictures=6, clouds=3)
    assert [line.partition(": ")[0] for line in judged(root) if "media.missing" in line] == [
        f"error media.missing training/velodyne/00000{number}.bin" for number in (3, 4, 5)
    ]


def test_scans_that_a_list_of_times_says_were_lost_do_not_count(copied: Any) -> None:
    """Of three frames one has a cloud, one none by an empty line, and one no file: it is one of two."""
    root = copied("kitti-raw")
    before = judged(root)
    cloud = "2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/data/0000000001.bin"
    (root / cloud).unlink()
    assert [line for line in judged(root) if line not in before] == [
        f"error media.missing {cloud}: expected a file {cloud!r}, found none"
    ]


def test_a_frame_that_nothing_but_a_row_names_is_told_beside_a_folder_that_is_missing(copied: Any) -> None:
    """Row 9 of frame 9, which has no file; the folder of pictures lacks those of the other three frames."""
    root = copied("kitti-tracking")
    removed(root, "training/image_02/0000")
    rows = root / "training/label_02/0000.txt"
    row = rows.read_text().splitlines()[-1]
    rows.write_text(f"{rows.read_text()}9{row[1:]}\n")
    assert [line.partition(": ")[0] for line in judged(root)] == [
        "error media.missing training/image_02/0000",
        "error media.missing training/label_02/0000.txt:7",
    ]


@pytest.mark.parametrize(
    ("fixture", "folder"),
    [
        ("kitti-tracking", "training/image_03/0001"),
        ("kitti-raw", "2011_09_28/2011_09_28_drive_0002_sync/velodyne_points"),
    ],
)
def test_a_folder_that_other_sequences_have_is_told_once(copied: Any, fixture: str, folder: str) -> None:
    root = copied(fixture)
    before = judged(root)
    removed(root, folder)
    place = f"{folder}/data" if fixture == "kitti-raw" else folder
    assert [line for line in judged(root) if line not in before] == [
        f"warning {SENSOR} {place}: expected files of this sensor as 1 other beside it has, found none"
    ]


def test_sequences_of_odometry_that_lack_a_sensor_are_told_once(copied: Any) -> None:
    root = copied("kitti-odometry")
    for name in ("01", "02"):
        shutil.copytree(root / "dataset/sequences/00", root / "dataset/sequences" / name)
        shutil.copy(root / "dataset/poses/00.txt", root / f"dataset/poses/{name}.txt")
    assert judged(root) == []
    removed(root, "dataset/sequences/0[12]/velodyne", "dataset/sequences/0[12]/labels")
    assert judged(root) == [
        f"warning {SENSOR} dataset/sequences/01/velodyne: "
        "expected files of this sensor as 1 other beside it has, found none; so it is with 2 of 3"
    ]


def test_a_sensor_that_no_sequence_has_is_not_told(copied: Any) -> None:
    root = copied("kitti-tracking")
    removed(root, "training/image_03")
    assert judged(root) == []


def test_pictures_of_checkerboards_are_not_held_to_drives_that_are_synchronised(copied: Any) -> None:
    """A recording that a day is calibrated by is `_extract` alone, and has pictures alone."""
    root = copied("kitti-raw")
    drive = root / "2011_09_26/2011_09_26_drive_0001_sync"
    before = judged(root)
    boards = root / "2011_09_26/2011_09_26_drive_0119_extract"
    shutil.copytree(drive / "image_02", boards / "image_02")
    assert [line for line in judged(root) if SENSOR in line and line not in before] == []
    shutil.copytree(boards, root / "2011_09_26/2011_09_26_drive_0120_extract")
    shutil.copytree(drive / "velodyne_points", boards / "velodyne_points")
    assert [line for line in judged(root) if SENSOR in line and line not in before] == [
        f"warning {SENSOR} 2011_09_26/2011_09_26_drive_0120_extract/velodyne_points/data: "
        "expected files of this sensor as 1 other beside it has, found none"
    ]
