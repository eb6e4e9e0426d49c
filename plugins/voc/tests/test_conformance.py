"""What every reader and writer has to hold to, on our fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from lading_voc.reader import VocReader
from lading_voc.writer import VocWriter

from lading import Reader, Writer
from lading.testing import ReaderConformance, WriterConformance

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class TestOfficialTree(ReaderConformance):
    reader: ClassVar[type[Reader]] = VocReader
    fixture = FIXTURES / "voc"


class TestFolderOfXmlBesidePictures(ReaderConformance):
    reader: ClassVar[type[Reader]] = VocReader
    fixture = FIXTURES / "voc-flat"


class TestWriterOfOurOwn(WriterConformance):
    writer: ClassVar[type[Writer]] = VocWriter
    fixture = FIXTURES / "voc"


class TestWriterOfAnotherFormat(WriterConformance):
    writer: ClassVar[type[Writer]] = VocWriter
    fixture = FIXTURES / "kitti"
