"""What is said of files that belong to no frame, and of frames that lack files (source-formats.md 3.12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from posixpath import dirname

from lading import Origin, Report
from lading_kitti.index import SegmentIndex
from lading_kitti.layouts import OBJECT, ODOMETRY, RAW, TRACKING, Role
from lading_kitti.tree import Tree, join

_CAMERAS = "calib_cam_to_cam.txt"
_VELODYNE = "calib_velo_to_cam.txt"

_STRANGER = "file that no layout of KITTI has a place for"

#: The roles of folders that each layout reads; image sets and poses lie in roots of their own.
_READ: Mapping[str, frozenset[Role]] = {
    OBJECT.name: frozenset({"image", "lidar", "labels", "calib", "semantic", "instance", "side"}),
    TRACKING.name: frozenset({"image", "lidar", "labels", "calib", "oxts", "mots", "mots_rows"}),
    RAW.name: frozenset({"image", "lidar", "oxts"}),
    ODOMETRY.name: frozenset({"image", "lidar", "labels"}),
}
_ELSEWHERE: frozenset[Role] = frozenset({"sets", "poses"})


def tell_leftovers(tree: Tree, segments: Sequence[SegmentIndex], used_sets: Collection[str], report: Report) -> None:
    """Every file that is not read counts as a loss, but for those that explain the dataset to people."""
    read_files = {path for segment in segments for path in segment.root_files}
    in_roots = [path for root in tree.roots.values() for path in root.files.values() if path not in read_files]
    strangers = [*tree.strangers, *in_roots]
    if strangers:
        report.loss(_STRANGER, strangers[0], len(strangers))
    layouts = {segment.root: segment.layout.name for segment in segments}
    for path in sorted(tree.roots):
        root = tree.roots[path]
        read = _READ[layouts[path]] if path in layouts else frozenset()
        for folder in root.folders.values():
            role = folder.kind.role
            if role == "sets":
                unused = [item.path for item in folder.items if item.path not in used_sets]
                if unused:
                    report.loss("image set whose split is not there", unused[0], len(unused))
            elif role not in read and role not in _ELSEWHERE:
                report.loss(
                    f"file of a folder {folder.name!r} that is not read here", folder.items[0].path, len(folder.items)
                )


def tell_uncalibrated(segment: SegmentIndex, report: Report) -> bool:
    """Whether a segment with cameras has no file that calibrates them, which is told once, where it would lie."""
    if not segment.cameras or segment.calib or segment.calib_file is not None or _CAMERAS in segment.raw_calib:
        return False
    if segment.is_stray or "calib" in segment.lost:
        return True  # what it lacks is told with that
    if segment.layout is RAW:
        day = dirname(next(iter(segment.raw_calib.values()), segment.root))
        path = join(day, _CAMERAS)
    elif segment.layout is ODOMETRY:
        path = join(segment.root, "calib.txt")
    else:
        path = join(segment.root, "calib", f"{segment.sequence}.txt" if segment.sequence else "")
    lost = "there are no intrinsics"
    if segment.poses or segment.oxts or segment.oxts_file:
        lost += " and no ego poses"
    if segment.labels is not None:
        lost += ", and 3D columns become attributes of BOX2D"
    message = f"expected a calibration of the cameras, found none; {lost}"
    report.warning("kitti.calibration-missing", message, Origin(path.rstrip("/")), segment=segment.name)
    return True


def tell_lost_ways(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Drives of raw with calibrated cameras and a velodyne, and nothing between them: once a recording day."""
    told: set[str] = set()
    for segment in segments:
        cameras = segment.raw_calib.get(_CAMERAS)
        if cameras is None or _VELODYNE in segment.raw_calib or segment.lidar is None or not segment.cameras:
            continue
        path = join(dirname(cameras), _VELODYNE)
        if path not in told:
            message = "expected the way from the velodyne to the cameras, found none; the cameras have no place"
            report.warning("kitti.calibration-missing", message, Origin(path), segment=segment.name)
        told.add(path)


def tell_times(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Sensors of a drive without a list of times, and sequences of odometry without one, where others have one."""
    posed = [segment for segment in segments if segment.layout is ODOMETRY and len(segment.lonely) < len(segment.keys)]
    is_usual = any(segment.times for segment in posed)
    bare = [join(segment.root, "times.txt") for segment in posed if is_usual and segment.times is None]
    for segment in segments:
        if segment.layout is RAW and any("" in media.times for media in segment.media):
            lacking = [media for media in segment.media if media.files and "" not in media.times]
            bare += [join(segment.root, media.name, "timestamps.txt") for media in lacking]
    for path in bare:
        report.warning("kitti.record-missing", "expected a list of times as others have, found none", Origin(path))


def tell_sequences(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Sequences of tracking without a file of labels or records, where others beside them have one."""
    roots: dict[str, list[SegmentIndex]] = {}
    for segment in segments:
        if segment.layout is TRACKING and len(segment.lonely) < len(segment.keys):
            roots.setdefault(segment.root, []).append(segment)
    for beside in roots.values():
        labels = [None if one.labels is None else one.labels.path for one in beside]
        for rule, files in (("label", labels), ("record", [one.oxts_file for one in beside])):
            known = next((path for path in files if path is not None), None)
            for segment, path in zip(beside, files, strict=True):
                if path is None and known is not None and not segment.is_stray and f"{rule}s" not in segment.lost:
                    at = Origin(join(dirname(known), f"{segment.sequence}.txt"))
                    message = f"expected a file of {rule}s as other sequences have, found none"
                    report.warning(f"kitti.{rule}-missing", message, at, segment=segment.name)


def tell_differences(segment: SegmentIndex, report: Report) -> None:
    """Which folders have not a file for every frame (3.12, 12): one warning a folder. Media are told one by one."""
    folders: list[tuple[str, str, Sequence[str] | Mapping[str, object]]] = []
    labels = {} if segment.labels is None else segment.labels.files
    if segment.labels is not None and segment.labels.has_camera_column:
        message = "expected KITTI's own camera frame, found an export of Waymo; its boxes are read as if they lay in it"
        report.warning("kitti.waymo-export", message, Origin(join(segment.root, segment.labels.name)))
    if segment.labels is not None and segment.labels.path is None:
        folders.append(("kitti.label-missing", join(segment.root, segment.labels.name), labels))
    if segment.calib:
        folders.append(("kitti.calibration-missing", join(segment.root, "calib"), segment.calib))
    _tell_masks(segment, report)
    for rule, table in (("kitti.record-missing", segment.oxts), ("kitti.label-missing", segment.point_labels)):
        if table:
            folders.append((rule, dirname(next(iter(table.values()))), table))
    # Of a frame without any picture or cloud, that is told where it is named; of all frames, they are labels alone.
    alone = segment.lonely if len(segment.lonely) < len(segment.keys) else segment.lonely.keys() - labels.keys()
    told = {*segment.previous, *alone, *segment.strays}
    keys = [key for key in segment.keys if key not in told]
    scans = {} if segment.lidar is None else segment.lidar.files
    unserved = {finding.file for finding in report.findings if finding.rule.startswith("source.")}
    for rule, folder, files in folders:
        missing = [
            key
            for key in keys
            if key not in files
            and (files is not segment.point_labels or key in scans)
            and f"{folder}/{key}.txt" not in unserved
        ]
        if missing:
            message = (
                f"expected a file for each of {len(keys):,} frames, "
                f"found none for {len(missing):,}, such as {missing[0]}"
            )
            report.warning(rule, message, Origin(folder), segment=segment.name)


def _tell_masks(segment: SegmentIndex, report: Report) -> None:
    """Say which of the two masks of a picture lack where the other is there; a mask of no picture is told as that."""
    alone = segment.lonely if len(segment.lonely) < len(segment.keys) else {}
    for one, other in ((segment.semantic, segment.instance), (segment.instance, segment.semantic)):
        is_due = bool(one) and segment.layout is OBJECT
        lacking = [key for key in other if is_due and key not in one and key not in alone]
        if lacking:
            folder = dirname(next(iter(one.values())))
            message = f"expected a mask beside each of {len(other):,} others, found none for {len(lacking):,}"
            at = Origin(join(folder, other[lacking[0]].rpartition("/")[2]))
            report.warning("kitti.label-missing", f"{message}, such as {lacking[0]}", at, segment=segment.name)
