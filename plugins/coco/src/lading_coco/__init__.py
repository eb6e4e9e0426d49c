"""The COCO reader, its rules and writer, registered with lading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader, Rule, Writer


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The reader of this plugin."""
    from lading_coco.reader import CocoReader

    return [CocoReader]


@hookimpl
def register_rules() -> Sequence[type[Rule]]:
    """The rules of id PNGs and of run lengths."""
    from lading_coco.extents import RULES as OF_RUNS
    from lading_coco.pixels import RULES as OF_PNGS

    return [*OF_PNGS, *OF_RUNS]


@hookimpl
def register_writers() -> Sequence[type[Writer]]:
    """The writer of this plugin."""
    from lading_coco.writer import CocoWriter

    return [CocoWriter]
