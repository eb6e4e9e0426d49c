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
    """The rules of masks and of sizes of pictures."""
    from lading_kitti import mask_rules, size_rules

    return [*mask_rules.RULES, *size_rules.RULES]
