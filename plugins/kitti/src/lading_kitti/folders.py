"""The files of a folder that are a segment's, and the frames that they are of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename

from lading import Origin, Report
from lading_kitti.index import SegmentIndex
from lading_kitti.layouts import TRACKING
from lading_kitti.tree import FolderFiles, Item


def own(segment: SegmentIndex, folder: FolderFiles) -> Iterator[Item]:
    """The items of a folder that belong to a segment of its root."""
    if segment.layout is not TRACKING:
        yield from folder.items
        return
    for item in folder.items:
        if item.rest.startswith(f"{segment.sequence}/") or item.rest.rpartition(".")[0] == segment.sequence:
            yield item


def by_stem(segment: SegmentIndex, items: Iterable[Item], report: Report) -> dict[str, str]:
    """Paths by the stem of the frame; a second file of a stem is a finding, one in a wrong place a loss."""
    found: dict[str, str] = {}
    for item in items:
        match = segment.layout.media.fullmatch(item.rest)
        if match is None:
            report.loss("file that no layout of KITTI has a place for", item.path)
            continue
        before = found.setdefault(match["stem"], item.path)
        if before != item.path:
            message = f"expected one file a frame, found {basename(before)} as well; this one is not read"
            report.warning("kitti.duplicate-file", message, Origin(item.path))
    return found
