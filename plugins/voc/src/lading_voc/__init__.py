"""Pascal VOC for lading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader, Writer

__version__ = "0.1.0"


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The reader of Pascal VOC."""
    from lading_voc.reader import VocReader

    return [VocReader]


@hookimpl
def register_writers() -> Sequence[type[Writer]]:
    """The writer of Pascal VOC."""
    from lading_voc.writer import VocWriter

    return [VocWriter]
