"""The KITTI plugin of lading: registers its reader, and rules of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader, Rule


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The reader of KITTI."""
    from lading_kitti.reader import KittiReader

    return [KittiReader]


@hookimpl
def register_rules() -> Sequence[type[Rule]]:
    """The rules of masks."""
    from lading_kitti.mask_rules import RULES

    return RULES
