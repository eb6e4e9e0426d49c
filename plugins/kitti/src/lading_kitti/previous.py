"""The pictures that were taken just before the labelled ones, three of each (source-formats.md 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from posixpath import basename

from lading import Origin, Report
from lading_kitti.index import Media, SegmentIndex

_FOLDER = re.compile(r"prev_(\d)")

#: How the names of those of one frame end, from the last that was taken to the first.
_ENDS = ("01", "02", "03")


def camera_before(folder: str) -> int | None:
    """The camera that the pictures of a folder are of, if they are such."""
    match = _FOLDER.fullmatch(folder.lower())
    return None if match is None else int(match[1])


def tell_lacking(segment: SegmentIndex, folder: str, table: Mapping[str, Sequence[str]], report: Report) -> None:
    """Say once a folder which frames lack some of them; those of a few frames alone are those of a part."""
    told = {*segment.lonely, *segment.strays, *segment.previous}
    keys = [key for key in segment.keys if key not in told]
    due = keys if 2 * len(table) > len(keys) else list(table)
    ends = {key: {_end(path) for path in table.get(key, ())} for key in due}
    lacking = [(key, end) for key in due for end in _ENDS if end not in ends[key]]
    if lacking:
        key, end = lacking[0]
        ending = next(iter(table.values()))[0].rpartition(".")[2]
        frames = len({key for key, _ in lacking})
        message = f"expected three pictures before each frame, found fewer before {frames:,} of {len(due):,} frames"
        at = Origin(f"{folder}/{key}_{end}.{ending}")
        report.warning("kitti.previous-missing", message, at, segment=segment.name)


def add_previous(segment: SegmentIndex, media: Media, table: Mapping[str, list[str]]) -> None:
    """Frames of the pictures before some frames, the oldest first: `000012_03` lies three frames before `000012`."""
    for key, paths in table.items():
        for path in paths:
            name = f"{key}_{_end(path)}"
            media.files[name] = path
            segment.previous[name] = key
            if key in segment.calib:
                segment.calib[name] = segment.calib[key]
    before: dict[str, list[str]] = {}
    for name in sorted(segment.previous, reverse=True):
        before.setdefault(segment.previous[name], []).append(name)
    own = [key for key in segment.keys if key not in segment.previous]
    segment.keys = [name for key in own for name in (*before.get(key, ()), key)]


def _end(path: str) -> str:
    return basename(path).rpartition(".")[0].rpartition("_")[2]
