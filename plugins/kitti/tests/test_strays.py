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


@pytest.fixture
def copied(fixtures: Path, tmp_path: Path) -> Any:
    def copy(name: str) -> Path:
        return Path(shutil.copytree(fixtures / name, tmp_path / name))

    return copy


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
        f"warning kitti.stray-file training/{folder}/{name}: expected a sequence that other folders have as well, "
        f"found one of training/{folder} alone, which has none of '0000'"
    ]


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
