"""nuScenes, nuImages and other databases of that schema, for lading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lading import hookimpl

if TYPE_CHECKING:
    from lading import Reader


@hookimpl
def register_readers() -> Sequence[type[Reader]]:
    """The one reader of this plugin."""
    from lading_nuscenes.reader import NuScenesReader

    return [NuScenesReader]
