"""What every reader has to hold to, on our fixtures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from lading_nuscenes.reader import NuScenesReader

from lading.testing import ReaderConformance

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class TestSamples(ReaderConformance):
    reader = NuScenesReader
    fixture = FIXTURES / "nuscenes"


class TestSweeps(ReaderConformance):
    reader = NuScenesReader
    fixture = FIXTURES / "nuscenes"
    options: ClassVar[Mapping[str, str]] = {"sweeps": "true"}


class TestNuImages(ReaderConformance):
    reader = NuScenesReader
    fixture = FIXTURES / "nuimages"


class TestNuImagesSweeps(ReaderConformance):
    reader = NuScenesReader
    fixture = FIXTURES / "nuimages"
    options: ClassVar[Mapping[str, str]] = {"sweeps": "true"}
