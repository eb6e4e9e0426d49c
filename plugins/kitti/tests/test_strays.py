"""Files that no others go with are told once, and what such a frame or sequence lacks is not told again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import lading

ALIKE = ("media.duplicate", "media.leak")


def judged(root: Path) -> list[str]:
    """All that is found, but for bytes that are alike: they are so in the fixtures."""
    found = lading.validate(lading.open_dataset(root))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


@pytest.mark.parametrize(
    ("first", "second"), [("image_2/000002.png", "image_2/000099.png"), ("velodyne/000002.bin", "velodyne/000099.bin")]
)
def test_a_file_of_a_frame_of_its_own_is_told_once(copied: Any, first: str, second: str) -> None:
    root = copied("kitti")
    before = judged(root)
    shutil.copy(root / "training" / first, root / "training" / second)
    more = [line for line in judged(root) if line not in before]
    assert more == [
        f"warning kitti.stray-file training/{second}: "
        "expected other files of its frame, as other frames have, found none"
    ]
    shutil.copy(root / "training" / first, root / "training" / second.replace("99", "98"))
    more = [line for line in judged(root) if line not in before]
    assert more == [
        f"warning kitti.stray-file training/{second.replace('99', '98')}: expected other files of its frame, "
        f"as other frames have, found none; 1 more file of {second.partition('/')[0]} alike"
    ]


def test_a_stray_file_is_a_frame_all_the_same(copied: Any) -> None:
    root = copied("kitti")
    shutil.copy(root / "training/image_2/000002.png", root / "training/image_2/000099.png")
    frames = [frame for segment, frame in lading.all_frames(lading.open_dataset(root)) if frame.key == "000099"]
    assert [[data.is_missing for data in frame.data] for frame in frames] == [[False, True, True]]


def test_a_file_that_a_set_lists_is_no_stray_one(copied: Any) -> None:
    root = copied("kitti")
    shutil.copy(root / "training/image_2/000002.png", root / "training/image_2/000099.png")
    listed = root / "ImageSets/train.txt"
    listed.write_text(f"{listed.read_text()}\n000099\n")
    assert not any("kitti.stray-file" in line for line in judged(root))


def test_pictures_and_labels_alone_have_no_stray_files(copied: Any) -> None:
    root = copied("kitti-2d")
    for path in sorted(root.glob("labels/*"))[:1]:
        path.unlink()
    assert not any("kitti.stray-file" in line for line in judged(root))


@pytest.mark.parametrize(
    ("folder", "name"),
    [("image_02", "0000x"), ("velodyne", "0000x"), ("image_03", "0000x"), ("label_02", "0000x.txt")],
)
def test_a_sequence_that_one_folder_calls_otherwise_is_told_once(copied: Any, folder: str, name: str) -> None:
    root = copied("kitti-tracking")
    assert judged(root) == []
    (root / "training" / folder / name.replace("0x", "0")).rename(root / "training" / folder / name)
    assert judged(root) == [
        f"error kitti.stray-file training/{folder}/{name}: expected a sequence that other folders have as well, "
        f"found one of training/{folder} alone, which has none of '0000'"
    ]


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        (
            ("image_02", "image_03"),
            ("image_02/0009", "image_02 and training/image_03 alone, which have none of '0000'"),
        ),
        (
            ("image_02", "image_03", "velodyne"),
            ("image_02/0009", "image_02, training/image_03 and training/velodyne alone, which have none of '0000'"),
        ),
        (("label_02", "oxts"), ("label_02/0009.txt", "label_02 and training/oxts alone, which have none of '0000'")),
        (("image_02", "calib"), ("image_02/0009", "image_02 and training/calib alone, which have none of '0000'")),
        (
            ("image_02", "image_03", "velodyne", "oxts"),
            ("label_02/0000.txt", "label_02 and training/calib alone, which have none of '0009'"),
        ),
    ],
)
def test_a_sequence_that_several_folders_call_otherwise_is_told_once(
    copied: Any, moved: tuple[str, ...], told: tuple[str, str]
) -> None:
    root = copied("kitti-tracking")
    for folder in moved:
        ending = ".txt" if folder in ("label_02", "calib", "oxts") else ""
        path = root / "training" / folder / f"0000{ending}"
        path.rename(path.with_name(f"0009{ending}"))
    place, folders = told
    assert judged(root) == [
        f"error kitti.stray-file training/{place}: expected a sequence that other folders have as well, "
        f"found one of training/{folders}"
    ]


@pytest.mark.parametrize(
    ("fixture", "picture"),
    [
        ("kitti-tracking", "training/image_02/0000/{}.png"),
        ("kitti-raw", "2011_09_26/2011_09_26_drive_0001_sync/image_02/data/{}.png"),
        ("kitti-odometry", "dataset/sequences/00/image_0/{}.png"),
    ],
)
def test_a_picture_behind_the_last_frame_is_told_once(copied: Any, fixture: str, picture: str) -> None:
    """Records, times and poses have no line for it, which is not told again."""
    root = copied(fixture)
    before = judged(root)
    first = sorted(root.glob(picture.format("*")))[0]
    stray = picture.format("77".rjust(len(first.stem), "0"))
    shutil.copy(first, root / stray)
    assert [line for line in judged(root) if line not in before] == [
        f"warning kitti.stray-file {stray}: expected other files of its frame, as other frames have, found none"
    ]


def test_a_record_of_no_frame_is_told_once(copied: Any) -> None:
    root = copied("kitti-raw")
    before = judged(root)
    records = sorted(root.glob("*/*/oxts/data"))[0]
    shutil.copy(sorted(records.iterdir())[0], records / "0000000077.txt")
    (more,) = [line for line in judged(root) if line not in before]
    assert more.startswith(f"error media.missing {(records / '0000000077.txt').relative_to(root).as_posix()}: ")


def test_poses_of_no_sequence_are_told_once(copied: Any) -> None:
    root = copied("kitti-odometry")
    poses, whole = root / "dataset/poses/00.txt", root / "dataset/sequences/00"
    shutil.copytree(whole, whole.with_name("01"))
    before = judged(root)
    for name in ("07", "08"):
        shutil.copy(poses, poses.with_name(f"{name}.txt"))
    assert [line for line in judged(root) if line not in before] == [
        "warning kitti.stray-file dataset/poses/07.txt: expected the sequence that the poses are of, as others have, "
        "found none; 1 more file of poses alike"
    ]


def test_poses_of_a_whole_benchmark_beside_a_part_of_it_are_a_loss(copied: Any) -> None:
    root = copied("kitti-odometry")
    before = judged(root)
    poses = root / "dataset/poses/00.txt"
    for name in ("03", "07"):
        shutil.copy(poses, poses.with_name(f"{name}.txt"))
    assert judged(root) == before
    report = lading.Report()
    lading.open_dataset(root, report=report)
    lost = [(loss.count, loss.example) for loss in report.losses if loss.what.startswith("poses")]
    assert lost == [(2, "dataset/poses/03.txt")]


@pytest.mark.parametrize("folder", ["semantic", "instance"])
def test_a_mask_of_no_picture_is_told_once(copied: Any, folder: str) -> None:
    root = copied("kitti-semantics")
    before = judged(root)
    masks = root / "training" / folder
    shutil.copy(sorted(masks.iterdir())[0], masks / "000077_10.png")
    (more,) = [line for line in judged(root) if line not in before]
    assert more.startswith(f"error media.missing training/{folder}/000077_10.png: ")


def test_a_sequence_of_one_folder_more_is_told_once(copied: Any) -> None:
    root = copied("kitti-tracking")
    shutil.copytree(root / "training/image_02/0000", root / "training/image_02/0007")
    assert judged(root) == [
        "warning kitti.stray-file training/image_02/0007: expected a sequence that other folders have as well, "
        "found one of training/image_02 alone"
    ]


def test_sequences_of_pictures_and_labels_that_lack_labels_are_told_as_that(copied: Any) -> None:
    root = copied("kitti-tracking")
    for folder in ("image_03", "velodyne", "oxts"):
        shutil.rmtree(root / "training" / folder)
    (root / "training/label_02/0001.txt").unlink()
    assert judged(root) == [
        "warning kitti.label-missing training/label_02/0001.txt: "
        "expected a file of labels as other sequences have, found none"
    ]


@pytest.mark.parametrize(
    ("fixture", "folder", "frames"),
    [
        ("kitti-tracking", "training/velodyne/0000", 3),
        ("kitti-tracking", "training/image_02/0001", 2),
        ("kitti-raw", "2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/data", 3),
    ],
)
def test_a_folder_that_is_not_there_is_told_once(copied: Any, fixture: str, folder: str, frames: int) -> None:
    root = copied(fixture)
    before = judged(root)
    shutil.rmtree(root / folder)
    more = [line for line in judged(root) if line not in before]
    assert more == [f"error media.missing {folder}: expected a file for each of {frames} frames, found none"]


def test_a_folder_that_is_not_there_is_its_own_files_for_all_but_the_check(copied: Any) -> None:
    root = copied("kitti-tracking")
    shutil.rmtree(root / "training/velodyne/0000")
    segment, *_ = (dataset := lading.open_dataset(root)).segments
    missing = [data.path for frame in dataset.frames(segment.name) for data in frame.data if data.is_missing]
    assert missing == [f"training/velodyne/0000/00000{number}.bin" for number in range(3)]


def test_a_folder_behind_a_broken_link_is_told_as_that(copied: Any) -> None:
    root = copied("kitti-tracking")
    before = judged(root)
    shutil.rmtree(root / "training/velodyne/0000")
    (root / "training/velodyne/0000").symlink_to("gone")
    (more,) = [line for line in judged(root) if line not in before]
    assert "source.link-broken" in more
