"""Whether a source is KITTI, by what its files say (source-formats.md 3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lading import Match, Report, Source
from lading_kitti.entries import parse_entries
from lading_kitti.index import SegmentIndex
from lading_kitti.label_rows import is_label_line
from lading_kitti.layouts import RAW
from lading_kitti.poses import parse_pose
from lading_kitti.texts import read_lines
from lading_kitti.tree import first_line, first_lines

#: How many files of a kind are looked into before it is given up.
_LOOKED_AT = 5


def judge(source: Source, indexes: Sequence[SegmentIndex]) -> Match:
    """The match of a source whose folders look like these segments."""
    if not indexes:
        return Match(0.0, "no folder of KITTI's layouts (image_2, velodyne, label_2, calib, drives, sequences)")
    for index in indexes:
        for reason in _proofs(source, index):
            others = f" and {len(indexes) - 1} more" if len(indexes) > 1 else ""
            return Match(0.95, f"{index.layout.title}: {reason} (segment {index.name!r}{others})")
    named = [index for index in indexes if index.lidar is not None or index.semantic or index.instance]
    if named:
        media = ", ".join(one.name for one in named[0].media)
        return Match(0.6, f"{named[0].layout.title}, by the names of its folders ({media})")
    return Match(0.0, "folders named as KITTI's, but no label, calibration, cloud or pose of KITTI in them")


def _proofs(source: Source, index: SegmentIndex) -> Iterator[str]:
    labels = index.labels
    if labels is not None:
        paths = [labels.path] if labels.path is not None else list(labels.files.values())[:_LOOKED_AT]
        for path in paths:
            if any(map(is_label_line, first_lines(source, path))):
                yield f"{path} holds rows of labels"
    for path in [*list(index.calib.values())[:1], *([index.calib_file] if index.calib_file else [])]:
        if _is_calibration(source, path):
            yield f"{path} holds projections"
    if index.tracklets is not None:
        file = source.get(index.tracklets)
        if file is not None:
            with file.open() as stream:
                head = stream.read(1024)
            if b"boost_serialization" in head:
                yield f"{index.tracklets} is of boost_serialization"
    if index.poses is not None and parse_pose(first_line(source, index.poses), 1)[0] is not None:
        yield f"{index.poses} holds poses"
    if index.layout is RAW and (index.raw_calib or index.oxts):
        yield f"a drive with {next(iter([*index.raw_calib.values(), *index.oxts.values()]))}"


def _is_calibration(source: Source, path: str) -> bool:
    entries, _ = parse_entries(read_lines(source, path, Report()) or ())
    return any(key in entries and len(entries[key].values) == 12 for key in ("P0", "P2", "Tr_velo_to_cam"))
