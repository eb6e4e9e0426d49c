"""Frames without any picture or cloud: each is told once, where it is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lading import Data, Origin
from lading_kitti.index import SegmentIndex

_TOLD = (("media.missing", None),)


def lonely(segment: SegmentIndex, files: Sequence[Mapping[str, str]], lines: Mapping[str, Origin]) -> dict[str, Origin]:
    """What names each frame of a segment that no sensor has a file of: a file of its own, else a line of another."""
    found: dict[str, Origin] = {}
    for key in segment.keys:
        if any(key in media.files for media in segment.media):
            continue
        own = next((table[key] for table in files if key in table), None)
        if own is not None:
            found[key] = Origin(own)
        elif key in lines:
            found[key] = lines[key]
    return found


def place(data: Sequence[Data], named_at: Origin, *, is_told: bool = False) -> None:
    """Let what is said of the missing files of a frame be said once, where the frame is named, unless it `is_told`."""
    for one in data:
        one.origin = named_at
    for one in data if is_told else data[1:]:
        one.told = (*one.told, *_TOLD)
