"""nuScenes, nuImages and other databases of that schema, for lading: their reader, and rules of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader, Rule


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The one reader of this plugin."""
    from lading_nuscenes.reader import NuScenesReader

    return [NuScenesReader]


@hookimpl
def register_rules() -> Sequence[type[Rule]]:
    """The rules of masks, of point labels, and of points in boxes."""
    from lading_nuscenes.lidar_rules import RULES as OF_LIDARS
    from lading_nuscenes.mask_rules import RULES as OF_MASKS
    from lading_nuscenes.point_rules import RULES as OF_POINTS

    return [*OF_LIDARS, *OF_MASKS, *OF_POINTS]
