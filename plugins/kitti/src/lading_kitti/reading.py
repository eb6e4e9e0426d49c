"""One pass over a segment: its frames, made one by one from the files that belong to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lading import Data, Frame, Label, Origin, Report, Source
from lading.errors import SourceError
from lading.model.frame import Annotation, frame_id
from lading.model.report import OriginList
from lading.model.sensor import Sensor
from lading.source.file import File, is_lfs_pointer
from lading_kitti.boxes import box2d, box3d, doubts, tracklet_box
from lading_kitti.calibration import Calibration
from lading_kitti.calibrations import Calibrated, Calibrations
from lading_kitti.geometry import Placement
from lading_kitti.index import Media, SegmentIndex
from lading_kitti.label_rows import Row
from lading_kitti.masks import instance_mask, mots_frames, mots_row, semantic_mask
from lading_kitti.motion import Motion, Times, read_times
from lading_kitti.rows import row_source
from lading_kitti.texts import Problem, read_bytes, read_lines
from lading_kitti.tracklets import Pose, parse_tracklets

#: x, y, z, reflectance as float32 (3.6); an index and a class of SemanticKITTI as uint32 (3.10).
POINT_BYTES = 16
POINT_LABEL_BYTES = 4


@dataclass(slots=True)
class Shelf:
    """The labels of one file, and where each stands."""

    annotation: Annotation = "none"
    labels: list[Label] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    def note(self, origin: Origin) -> int:
        """The number of a new place."""
        self.origins.append(origin)
        return len(self.origins) - 1

    def say(self, annotation: Annotation) -> None:
        """Take what the source says of the labels; that there are some wins."""
        if self.annotation == "none" or annotation == "present":
            self.annotation = annotation


class SegmentReading:
    """Makes the frames of a segment.

    What is wrong with a frame's own files goes to `report`, what is wrong with a file of the whole segment to `head`.
    Memory: the lines of such files, and the poses of tracklets, of this one segment.
    """

    def __init__(
        self,
        source: Source,
        index: SegmentIndex,
        base: Calibrated | None,
        *,
        is_fusion: bool,
        report: Report,
        head: Report,
    ) -> None:
        self._source = source
        self._index = index
        self._base = base
        self._is_fusion = is_fusion
        self._report = report
        self._calibrations = Calibrations(source, index)
        self._base_sensors = self._calibrations.sensors(None if base is None else base.calibration)
        self._rows = row_source(source, index, head)
        self._motion = Motion(source, index, None if base is None else base.calibration, head)
        self._times = {media.name: read_times(source, media, head) for media in index.media}
        self._tracklets = self._read_tracklets(head)
        self._mots = [] if index.mots_rows is None else read_lines(source, index.mots_rows, head) or []
        self._mots_frames = mots_frames(self._mots)

    def frame(self, position: int) -> Frame:
        """The frame at a place in the segment's order."""
        index, key = self._index, self._index.keys[position]
        number = int(key) if index.layout.is_continuous else position
        calibrated = self._calibrations.of_frame(key, self._report) if index.calib else self._base
        shelves = {media.name: Shelf() for media in index.media}
        self._add_rows(key, None if calibrated is None else calibrated.calibration, shelves)
        self._add_tracklets(number, shelves)
        self._add_masks(key, number, shelves)
        pose, extras = self._motion.of_frame(key, number, self._report)
        data = []
        for media in index.media:
            one = self._data(media, key, number, shelves[media.name])
            if one is not None:
                one.ego_pose = pose
                data.append(one)
        own, entries = self._own_calibration(calibrated)
        return Frame(
            key=key,
            data=data,
            frame_id=self._frame_id(key, position, data) if self._is_fusion else None,
            calibration=own,
            extras={**extras, **entries, **self._side_extras(key)},
        )

    def _frame_id(self, key: str, position: int, data: list[Data]) -> str:
        """By the velodyne's time, else by that of the first file that has one."""
        times = [one.timestamp_ns for one in reversed(data) if one.timestamp_ns is not None]
        return frame_id(self._index.name, key, index=position, timestamp_ns=times[0] if times else None)

    def _own_calibration(self, calibrated: Calibrated | None) -> tuple[Mapping[str, Sensor] | None, dict[str, Any]]:
        """The sensors in which a frame differs from its segment, and the numbers where they do."""
        if not self._is_fusion or calibrated is self._base:
            return None, {}
        sensors = self._calibrations.sensors(None) if calibrated is None else calibrated.sensors
        own = {name: sensor for name, sensor in sensors.items() if sensor != self._base_sensors[name]}
        entries = {} if calibrated is None else calibrated.calibration.entries
        is_other = self._base is None or entries != self._base.calibration.entries
        return own or None, {"calibration": entries} if entries and is_other else {}

    def _data(self, media: Media, key: str, number: int, shelf: Shelf) -> Data | None:
        """A sensor's file; None where its list of times says that there is none, and no label needs it."""
        path = media.path(key)
        content = self._source.get(path)
        times = self._times[media.name]
        if content is None and times.is_lost(number) and not shelf.labels:
            return None
        extras = times.extras(number)
        if media.is_lidar:
            self._check_cloud(path, content)
            extras.update(self._point_labels(key, content))
        return Data(
            path=path,
            remote_path=self._index.remote_path(path),
            content=content,
            sensor_name=media.name if self._is_fusion else None,
            timestamp_ns=self._timestamp(times, number),
            annotation=shelf.annotation,
            labels=shelf.labels,
            extras=extras,
            origins=OriginList(shelf.origins) if shelf.origins else None,
        )

    def _timestamp(self, times: Times, number: int) -> int | None:
        found = times.at(number)
        if found is None and number < len(self._motion.times):
            return self._motion.times[number]
        return found

    def _check_cloud(self, path: str, content: File | None) -> None:
        size = self._size(content)
        if content is None or size is None or not path.lower().endswith(".bin") or size % POINT_BYTES == 0:
            return
        try:
            with content.open() as stream:
                if is_lfs_pointer(stream.read(64)):
                    return  # the rules of media say so
        except SourceError:
            return  # as these do of files that do not open
        hint = "; it would hold points of 5 values" if size % 20 == 0 else ""
        message = f"expected points of {POINT_BYTES} bytes, found {size:,} bytes{hint}"
        self._report.error("kitti.velodyne-size", message, Origin(path), segment=self._index.name)

    def _point_labels(self, key: str, cloud: File | None) -> dict[str, Any]:
        path = self._index.point_labels.get(key)
        if path is None:
            return {}
        self._report.loss("labels of points", path)
        points, labels = self._size(cloud), self._size(self._source.get(path))
        if points is not None and labels is not None and points // POINT_BYTES * POINT_LABEL_BYTES != labels:
            expected = points // POINT_BYTES
            message = f"expected a label of 4 bytes for each of {expected:,} points, found {labels:,} bytes"
            self._report.error("kitti.point-labels-size", message, Origin(path), segment=self._index.name)
        return {"point_labels": path}

    def _size(self, file: File | None) -> int | None:
        try:
            return None if file is None else file.size
        except SourceError as exc:
            self._report.error("kitti.unreadable", str(exc))
            return None

    def _side_extras(self, key: str) -> dict[str, Any]:
        extras: dict[str, Any] = {name: table[key] for name, table in self._index.sides.items() if key in table}
        if key in self._index.sets:
            extras["image_sets"] = self._index.sets[key]
        return extras

    def _add_rows(self, key: str, calibration: Calibration | None, shelves: dict[str, Shelf]) -> None:
        found = self._rows.rows(key, self._report)
        camera = self._index.label_camera
        if camera is None or found.annotation == "none":
            return
        carrier, placement = self._carrier(camera, calibration)
        shelves[camera.name].say(found.annotation)
        if carrier is not None:
            has_any = any(row.columns_3d for row in found.rows)
            shelves[carrier.name].say("present" if has_any else "empty")
        for row in found.rows:
            self._add_row(key, row, found.path or "", camera, carrier, placement, shelves)
        for problem in doubts(found.rows):
            problem.tell(self._report, found.path or "")

    def _add_row(
        self,
        key: str,
        row: Row,
        path: str,
        camera: Media,
        carrier: Media | None,
        placement: Placement | None,
        shelves: dict[str, Shelf],
    ) -> None:
        labels = self._index.labels
        if labels is not None and labels.has_camera_column and row.score is not None:
            # the Waymo export writes the number of the camera where results have their score (3.12, 16)
            number = int(row.score) if row.score.is_integer() else -1
            camera = next((media for media in self._index.cameras if media.camera == number), camera)
            row = row._replace(score=None)
            shelves[camera.name].say("present")
        instance = self._rows.instance(key, row)
        origin = Origin(path, line=row.line)
        other = None if carrier is None else shelves[carrier.name]
        solid = None
        if other is not None and placement is not None:
            solid = box3d(row, placement, instance, len(other.origins) + (other is shelves[camera.name]))
        shelf = shelves[camera.name]
        shelf.labels.append(box2d(row, instance, shelf.note(origin), is_alone=solid is None))
        if solid is not None and other is not None:
            other.note(origin)
            other.labels.append(solid)

    def _carrier(self, camera: Media, calibration: Calibration | None) -> tuple[Media | None, Placement | None]:
        """The sensor that 3D boxes lie on, and the way there (design.md section 8)."""
        if calibration is None:
            return None, None
        lidar = self._index.lidar
        if lidar is not None and calibration.lidar_placement is not None:
            return lidar, calibration.lidar_placement
        placement = None if camera.camera is None else calibration.camera_placement(camera.camera)
        return (camera, placement) if placement is not None else (None, None)

    def _read_tracklets(self, head: Report) -> dict[int, list[Pose]] | None:
        path = self._index.tracklets
        data = None if path is None else read_bytes(self._source, path, head)
        if path is None or data is None:
            return None
        poses, problems = parse_tracklets(data)
        for problem in problems:
            problem.tell(head, path)
        by_frame: dict[int, list[Pose]] = {}
        for pose in poses:
            by_frame.setdefault(pose.frame, []).append(pose)
        return by_frame

    def _add_tracklets(self, number: int, shelves: dict[str, Shelf]) -> None:
        path, lidar = self._index.tracklets, self._index.lidar
        if self._tracklets is None or lidar is None or path is None:
            return
        shelf = shelves[lidar.name]
        poses = self._tracklets.get(number, ())
        shelf.say("present" if poses else "empty")
        for pose in poses:
            shelf.labels.append(tracklet_box(pose, shelf.note(Origin(path, pose.pointer, pose.line))))

    def _add_masks(self, key: str, number: int, shelves: dict[str, Shelf]) -> None:
        index, camera = self._index, self._index.label_camera
        if camera is None:
            return
        shelf = shelves[camera.name]
        if (path := index.semantic.get(key)) is not None:
            shelf.labels.append(semantic_mask(self._source, path, shelf.note(Origin(path, ""))))
        if (path := index.instance.get(key)) is not None:
            origin = shelf.note(Origin(path, ""))
            is_mots = index.layout.is_continuous
            mask = instance_mask(self._source, path, origin, self._report, is_mots=is_mots)
            if mask is not None:
                shelf.labels.append(mask)
        for line in self._mots_frames.get(number, ()):
            origin = shelf.note(Origin(index.mots_rows or "", line=line))
            found = mots_row(self._mots[line - 1], line, index.sequence, origin)
            if isinstance(found, Problem):
                found.tell(self._report, index.mots_rows or "")
            else:
                shelf.labels.append(found[1])
        if shelf.labels:
            shelf.say("present")
