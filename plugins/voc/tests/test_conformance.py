"""What every reader has to hold to, on both fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from lading_voc.reader import VocReader

from lading import Reader
from lading.testing import ReaderConformance

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class TestOfficialTree(ReaderConformance):
    reader: ClassVar[type[Reader]] = VocReader
    fixture = FIXTURES / "voc"


class TestFolderOfXmlBesidePictures(ReaderConformance):
    reader: ClassVar[type[Reader]] = VocReader
    fixture = FIXTURES / "voc-flat"
