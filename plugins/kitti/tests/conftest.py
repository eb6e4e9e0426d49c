"""Small KITTI trees for tests, and what reading them gives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lading_kitti.reader import KittiOptions, KittiReader

from lading import Data, Dataset, Finding, Frame, Report, Source, all_frames

_ROW = "Car 0.00 0 -1.55 10.00 5.00 30.00 20.00 1.50 1.60 3.90 -0.50 1.60 14.20 -1.58"
_UNSET = "-1 -1 -1 -1000 -1000 -1000 -10"
_CALIBRATION = (
    "P2: 72 0 60 4.2 0 72 18 0 0 0 1 0.005\nR0_rect: 1 0 0 0 1 0 0 0 1\n"
    "Tr_velo_to_cam: 0 -1 0 -0.02 0 0 -1 -0.06 1 0 0 -0.33\nTr_imu_to_velo: 1 0 0 -0.81 0 1 0 0.32 0 0 1 -0.8\n"
)
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360"
    "00000002000148afa4710000000049454e44ae426082"
)
_CLOUD = bytes(32)


class Reading(NamedTuple):
    """Everything that reading a tree gives."""

    dataset: Dataset
    frames: dict[str, dict[str, Frame]]
    report: Report

    def frame(self, segment: str, key: str) -> Frame:
        return self.frames[segment][key]

    def data(self, segment: str, key: str, sensor: str | None = None) -> Data:
        (found,) = [data for data in self.frame(segment, key).data if sensor is None or data.sensor_name == sensor]
        return found

    def told(self, rule: str) -> list[Finding]:
        return [finding for finding in self.report.findings if finding.rule == rule]

    @property
    def losses(self) -> dict[str, int]:
        return {loss.what: loss.count for loss in self.report.losses}


class Kitti:
    """Makes trees in a folder of its own, and reads them; what usual files hold is at hand."""

    ROW = _ROW
    UNSET = _UNSET
    CALIBRATION = _CALIBRATION
    PIXEL = _PIXEL
    CLOUD = _CLOUD

    def __init__(self, root: Path) -> None:
        self.root = root

    def tree(self, files: dict[str, str | bytes]) -> Path:
        """Write files below the folder."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.root

    def read(self, files: dict[str, str | bytes] | None = None, **options: Any) -> Reading:
        """Write files, and read all with one report."""
        return reading_of(self.tree(files or {}), **options)


def reading_of(root: Path, **options: Any) -> Reading:
    """What reading a folder gives."""
    report = Report()
    dataset = KittiReader().open(Source.open(root), KittiOptions(**options), report)
    frames: dict[str, dict[str, Frame]] = {segment.name: {} for segment in dataset.segments}
    for segment, frame in all_frames(dataset, report):
        frames[segment.name][frame.key] = frame
    return Reading(dataset, frames, report)


@pytest.fixture
def kitti(tmp_path: Path) -> Kitti:
    """Trees of a test's own."""
    return Kitti(tmp_path / "kitti")


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """Reads a folder that is there."""
    return reading_of


@pytest.fixture
def copied(fixtures: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copies one of the fixtures, to be broken."""
    return lambda name: Path(shutil.copytree(fixtures / name, tmp_path / name))
