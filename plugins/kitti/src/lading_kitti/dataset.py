"""A KITTI dataset: its header, and frames that stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from lading import Catalog, Dataset, Frame, Origin, Report, Segment, Source
from lading.model.dataset import WHOLE, Part, SourceFile, share
from lading_kitti.calibrations import Calibrated, Calibrations, Projections
from lading_kitti.catalog import declared_catalog
from lading_kitti.index import SegmentIndex
from lading_kitti.label_rows import category_of
from lading_kitti.layouts import ODOMETRY, RAW, TRACKING
from lading_kitti.leftovers import tell_uncalibrated
from lading_kitti.motion import Motion
from lading_kitti.reading import SegmentReading
from lading_kitti.texts import read_bytes, read_lines
from lading_kitti.tracklets import parse_tracklets
from lading_kitti.turned import tell_turned

#: What the clouds of KITTI hold, by the platform's words (3.6).
POINT_FIELDS = ("X", "Y", "Z", "Intensity")


class KittiDataset(Dataset):
    """One source's splits, sequences and drives. Memory: the index of its files, and a segment's whole-file lists."""

    #: What a calibration lacks, and that it leaves axes as they are, is told once, at its file.
    told_rules = frozenset({"sensor.all-identity", "sensor.no-intrinsics"})

    def __init__(self, source: Source, indexes: Sequence[SegmentIndex], report: Report) -> None:
        self._source = source
        self._indexes = {index.name: index for index in indexes}
        self._projections = Projections(source, indexes)
        calibrations = {index.name: Calibrations(source, index, self._projections) for index in indexes}
        self._bases: dict[str, Calibrated | None] = {
            name: read.of_segment(report) for name, read in calibrations.items()
        }
        turns = {name: read.turns(self._bases[name]) for name, read in calibrations.items()}
        self._turned = tell_turned(turns, report)
        self.name = source.name
        self.report = report
        self.is_fusion = any(self._bases.values()) or any(len(index.media) > 1 for index in indexes)
        has_use = [index for index in indexes if self.is_fusion or index.poses or index.oxts or index.oxts_file]
        self._uncalibrated = {index.name for index in has_use if tell_uncalibrated(index, report)}
        self._uncalibrated |= {index.name for index in indexes if index.calib_file in calibrations[index.name].lost}
        self.is_continuous = all(index.layout.is_continuous for index in indexes)
        clouds = [index.lidar for index in indexes if index.lidar is not None]
        if clouds and all(media.ending == ".bin" for media in clouds):
            self.bin_point_cloud_fields = POINT_FIELDS
        self.rules = _rules(indexes, is_fusion=self.is_fusion)
        self.sources = _sources(source, indexes)
        self.segments = [self._segment(index) for index in indexes]

    @cached_property
    def catalog(self) -> Catalog:  # type: ignore[override]
        """The catalog; the names of the types are those that the labels' first columns hold, read when asked for."""
        indexes = self._indexes.values()
        layouts = list(dict.fromkeys(index.layout.name for index in indexes if index.has_boxes_in_3d))
        found: dict[str, dict[str, Origin]] = {layout: {} for layout in layouts}
        for index in indexes:
            for name, origin in self._types(index):
                found[index.layout.name].setdefault(name, origin)
        masks = [
            role
            for role, has in (
                ("semantic", any(index.semantic for index in indexes)),
                ("instance", any(index.instance and not index.layout.is_continuous for index in indexes)),
                ("mots", any(index.instance and index.layout.is_continuous for index in indexes)),
                ("mots_rows", any(index.mots_rows is not None for index in indexes)),
            )
            if has
        ]
        return declared_catalog(layouts, found, masks, has_3d=self.is_fusion)

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a segment by their numbers."""
        self.segment(segment)
        index = self._indexes[segment]
        heard = report if report is not None else self.report
        chosen = share(len(index.keys), part)
        reading = SegmentReading(
            self._source,
            index,
            self._bases[segment],
            self._projections,
            is_fusion=self.is_fusion,
            is_told=segment in self._uncalibrated,
            is_turned=segment in self._turned,
            report=heard,
            head=heard if part[0] == 1 else Report(),
        )
        for position in chosen:
            yield reading.frame(position)
        reading.end()

    def _segment(self, index: SegmentIndex) -> Segment:
        base = self._bases[index.name]
        calibration = None if base is None else base.calibration
        extras: dict[str, Any] = {} if calibration is None else {"calibration": calibration.entries}
        origin = Motion(self._source, index, calibration, Report()).origin
        if origin is not None:
            extras["world_origin_m"] = list(origin)
        calibrations = Calibrations(self._source, index, self._projections)
        sensors = calibrations.sensors(None) if base is None else base.sensors
        return Segment(
            name=index.name,
            sensors=tuple(sensors.values()) if self.is_fusion else (),
            is_calibrated_by_frame=self.is_fusion and calibrations.differ(base),
            frame_count=len(index.keys),
            extras=extras,
            origin=Origin(index.root) if index.root else None,
        )

    def _types(self, index: SegmentIndex) -> Iterator[tuple[str, Origin]]:
        """The types of a segment's labels, as they come, with their places; what does not parse is told with frames."""
        if index.tracklets is not None:
            data = read_bytes(self._source, index.tracklets, Report())
            poses, _ = parse_tracklets(data) if data is not None else ([], [])
            yield from ((pose.tracklet.category, Origin(index.tracklets, pose.pointer, pose.line)) for pose in poses)
        if index.labels is None:
            return
        is_tracking = index.labels.path is not None
        paths = [index.labels.path] if index.labels.path is not None else list(index.labels.files.values())
        for path in paths:
            for number, line in enumerate(read_lines(self._source, path, Report()) or (), 1):
                name = category_of(line, is_tracking=is_tracking)
                if name is not None:
                    yield name, Origin(path, line=number)


def _rules(indexes: Sequence[SegmentIndex], *, is_fusion: bool) -> dict[str, str]:
    """How numbers were read, in words that `lading inspect` prints."""
    rules = {"pixels": "verbatim; whole numbers are the centres of pixels, in boxes and camera matrices alike"}
    if is_fusion:
        rules["ego"] = "the velodyne"
    layouts = {index.layout for index in indexes}
    worlds, times = [], []
    if RAW in layouts or any(index.oxts_file is not None for index in indexes):
        worlds.append("east, north, up from where the segment's first oxts record stands")
    if ODOMETRY in layouts:
        worlds.append("rectified camera 0 of the sequence's first frame (odometry)")
        times.append("since the start of the sequence (odometry)")
    if RAW in layouts:
        times.append("wall clock without a zone, counted as UTC (raw)")
    if TRACKING in layouts:
        times.append("none given, 10 Hz nominal (tracking)")
    rules.update({name: "; ".join(told) for name, told in (("world", worlds), ("time", times)) if told})
    return rules


def _sources(source: Source, indexes: Sequence[SegmentIndex]) -> list[SourceFile]:
    """What the labels and poses are read from: single files with their rows, folders with their files."""
    found: Counter[tuple[str, str]] = Counter()
    for index in indexes:
        if index.labels is not None:
            for path in index.labels.files.values():
                found[path.rpartition("/")[0] or ".", f"{index.layout.name} labels, one file a frame"] += 1
        lists = (
            (None if index.labels is None else index.labels.path, "tracking labels"),
            (index.tracklets, "tracklets"),
            (index.poses, "odometry poses"),
            (index.oxts_file, "oxts records"),
            (index.mots_rows, "MOTS rows"),
        )
        for file, kind in lists:
            if file is not None:
                found[file, kind] += _rows_of(source, file, kind)
        for table, kind in ((index.semantic, "semantic masks"), (index.instance, "instance masks")):
            for path in table.values():
                found[path.rpartition("/")[0] or ".", kind] += 1
    return [SourceFile(file=file, kind=kind, rows=rows) for (file, kind), rows in found.items()]


def _rows_of(source: Source, path: str, kind: str) -> int:
    if kind == "tracklets":
        data = read_bytes(source, path, Report())
        return 0 if data is None else len(parse_tracklets(data)[0])
    return sum(1 for line in read_lines(source, path, Report()) or () if line.strip())
