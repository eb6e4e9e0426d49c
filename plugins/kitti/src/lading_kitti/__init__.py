"""The KITTI plugin of lading: registers its reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The reader of KITTI."""
    from lading_kitti.reader import KittiReader

    return [KittiReader]
