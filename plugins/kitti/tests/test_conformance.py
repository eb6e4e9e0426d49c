"""What every reader has to hold to, on a fixture of each of KITTI's layouts."""

from __future__ import annotations

from pathlib import Path

from lading_kitti.reader import KittiReader

from lading.testing import ReaderConformance

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class TestObject(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti"


class TestTracking(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti-tracking"


class TestRaw(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti-raw"


class TestOdometry(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti-odometry"


class TestSemantics(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti-semantics"


class Test2D(ReaderConformance):
    reader = KittiReader
    fixture = FIXTURES / "kitti-2d"
