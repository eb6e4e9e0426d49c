"""Sizes of tracks: a rigid object is as long and as wide in all of its frames (source-formats.md 3.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lading import Origin, Report, counted
from lading_kitti.label_rows import Row

#: What does not bend, and is longer than wide.
RIGID = frozenset({"Car", "Van", "Truck", "Tram", "Bus"})
#: Two sizes within so much of each other, of the larger one, are the same.
_SAME = 0.05
#: A box that is nearly as wide as long may be both.
_LONGER = 1.25
#: As few frames say nothing of what is usual.
_FEWEST = 3

_Size = tuple[float, float]


class _Exchanged(NamedTuple):
    """A size of a track whose length is the usual width: in how many frames, and the line of the first."""

    line: int
    track: int
    found: _Size
    usual: _Size
    frames: int


@dataclass
class TrackSizes:
    """The lengths and widths of each track of a segment, how many frames have them, and the line of the first."""

    segment: str
    path: str
    sizes: dict[int, dict[_Size, tuple[int, int]]] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        """Count the rows of a frame in."""
        for row in rows:
            if row.track is None or row.track < 0 or row.category not in RIGID or row.is_uneven:
                continue
            if row.columns_3d is not None:
                _, width, length = row.columns_3d[0]
                self._count(row.track, (length, width), 1, row.line)

    def _count(self, track: int, size: _Size, frames: int, line: int) -> None:
        sizes = self.sizes.setdefault(track, {})
        known, first = sizes.get(size, (0, line))
        sizes[size] = (known + frames, first)

    def merge(self, later: TrackSizes) -> None:
        """Count in the frames of the next part of the segment."""
        for track, sizes in later.sizes.items():
            for size, (frames, line) in sizes.items():
                self._count(track, size, frames, line)

    def tell(self, report: Report) -> None:
        """Say once which track has its length and width exchanged in some frames, against most of its others."""
        odd = [one for track, sizes in self.sizes.items() for one in _exchanged(track, sizes)]
        if odd:
            line, track, found, usual, _ = odd[0]
            frames = sum(one.frames for one in odd)
            tracks = len({one.track for one in odd})
            more = f"; such in {counted(frames, 'frame')} of {counted(tracks, 'track')}" if frames > 1 else ""
            expected = f"track {track} to be {usual[0]:g} m long and {usual[1]:g} m wide as in most of its frames"
            message = f"expected {expected}, found {found[0]:g} m and {found[1]:g} m{more}"
            report.warning("kitti.track-size", message, Origin(self.path, line=line), segment=self.segment)


def _exchanged(track: int, sizes: dict[_Size, tuple[int, int]]) -> list[_Exchanged]:
    """The sizes of a track whose length is the usual width and the other way round."""
    usual = max(sizes, key=lambda size: sizes[size][0])
    length, width = usual
    as_usual = sum(frames for size, (frames, _) in sizes.items() if _is_same(size, usual))
    frames = sum(frames for frames, _ in sizes.values())
    if as_usual < _FEWEST or 2 * as_usual <= frames or length < _LONGER * width:
        return []
    return [
        _Exchanged(line, track, size, usual, count)
        for size, (count, line) in sizes.items()
        if _is_same(size, (width, length))
    ]


def _is_same(one: _Size, other: _Size) -> bool:
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))
