"""Frames that lack pictures or clouds: where that is told. One that has none at all is told once."""

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


def beside(data: Sequence[Data], labels: str | None) -> None:
    """Let what is said of a missing file be said at what makes it due, for it has no place of its own.

    That is the line of its sensor's list of times, else the frame's file of labels, else the first of its files.
    """
    first = next((one.path for one in data if one.content is not None), None)
    named_at = labels or first
    for one in data:
        if one.content is None and (one.timed is not None or named_at is not None):
            one.origin = one.timed if one.timed is not None else Origin(named_at or "")
