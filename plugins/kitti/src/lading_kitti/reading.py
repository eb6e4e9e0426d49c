"""One pass over a segment: its frames, made one by one from the files that belong to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lading import Data, Frame, Origin, Report, Sensor, Source, Tally
from lading.errors import SourceError
from lading.model.frame import frame_id
from lading.model.report import OriginList
from lading.source.file import File, is_lfs_pointer
from lading_kitti.calibrations import Calibrated, Calibrations, Projections
from lading_kitti.clocks import Clock, tell_clocks
from lading_kitti.index import Media, SegmentIndex
from lading_kitti.labelling import Labelling, Shelf
from lading_kitti.lonely import place
from lading_kitti.motion import Motion, Times, read_times
from lading_kitti.rigs import Rigs
from lading_kitti.strays import settle

#: x, y, z, reflectance as float32 (3.6); an index and a class of SemanticKITTI as uint32 (3.10).
POINT_BYTES = 16
POINT_LABEL_BYTES = 4

#: Of a file of which its list of times says that there is none.
_MISSING = ("media.missing", None)


class SegmentReading:
    """Makes the frames of a segment; `is_told` where it is told already that it has no calibration.

    `is_turned` is whether it is told that most of its calibrations turn or move the velodyne oddly.
    What is wrong with a frame's own files goes to `report`, what is wrong with a file of the whole segment to `head`.
    """

    def __init__(
        self,
        source: Source,
        index: SegmentIndex,
        base: Calibrated | None,
        projections: Projections,
        *,
        is_fusion: bool,
        is_told: bool,
        is_turned: bool,
        report: Report,
        head: Report,
    ) -> None:
        self._source = source
        self._index = index
        self._base = base
        self._is_fusion = is_fusion
        self._report = report
        self._calibrations = Calibrations(source, index, projections, base)
        self._base_sensors = self._calibrations.sensors(None if base is None else base.calibration)
        self._labelling = Labelling(source, index, report, head, is_told=is_told)
        recurring = self._labelling.recurring
        self._motion = Motion(source, index, None if base is None else base.calibration, head, recurring)
        self._motion.tell_ways(head)
        self._times = {media.name: read_times(source, media, head, index.strays) for media in index.media}
        self._rigs = Rigs(index.name, is_turned)
        self._tell_clocks(head)

    def _tell_clocks(self, head: Report) -> None:
        listed = [(media, media.times[""]) for media in self._index.media if "" in media.times]
        clocks = [Clock(media.name, path, self._times[media.name].main) for media, path in listed]
        if self._index.oxts_times is not None:
            clocks.append(Clock("oxts", self._index.oxts_times, self._motion.oxts_times))
        tell_clocks(clocks, head)

    def frame(self, position: int) -> Frame:
        """The frame at a place in the segment's order."""
        index, key = self._index, self._index.keys[position]
        number = int(key) if index.layout.is_continuous else position
        heard = Report() if key in index.previous else self._report  # what it leads to tells the same
        calibrated = self._calibrations.of_frame(key, heard) if index.calib else self._base
        is_lost = calibrated is None and index.calib.get(key) in self._calibrations.lost
        calibration = None if calibrated is None else calibrated.calibration
        if calibration is not None and key in index.calib and key not in index.previous:
            self._rigs.add(calibration, index.calib[key])
        shelves = self._labelling.shelves(key, number, calibration, is_lost=is_lost)
        pose, extras = self._motion.of_frame(key, number, self._report)
        posed = None if pose is None else self._motion.place(key, number)
        data = []
        for media in index.media:
            one = self._data(media, key, number, shelves[media.name])
            if one is not None:
                one.ego_pose, one.posed = pose, posed
                data.append(one)
        if key in index.lonely:
            place(data, index.lonely[key], is_told=index.is_unsent or number in index.beyond)
        settle(index, key, data)
        own, entries = self._own_calibration(calibrated)
        period_ns = index.layout.period_ns
        return Frame(
            key=key,
            data=data,
            frame_id=self._frame_id(key, position, data) if self._is_fusion else None,
            calibration=own,
            nominal_ns=None if period_ns is None else number * period_ns,
            extras={**extras, **entries, **self._side_extras(key)},
        )

    def end(self) -> None:
        """Tell what is told once behind the last frame."""
        labelling = self._labelling
        counts: Sequence[Tally] = (
            labelling.recurring,
            labelling.misplaced,
            labelling.commas,
            labelling.track_sizes,
            labelling.drawn,
            self._rigs,
        )
        for count in counts:
            self._report.gather(count)

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
        """A sensor's file; None where its list of times says that there is none, and no label needs it.

        Of the moments before a frame there is what there is.
        """
        path = media.path(key)
        content = self._source.get(path)
        times = self._times[media.name]
        is_lost = key in self._index.previous or times.is_lost(number)
        if content is None and is_lost and not shelf.labels:
            return None
        extras = times.extras(number)
        width, height = self._picture_size(media)
        timestamp_ns, list_of_times = self._timestamp(media, times, number)
        if media.is_lidar:
            self._check_cloud(path, content)
            extras.update(self._point_labels(key, content))
        return Data(
            path=path,
            remote_path=self._index.remote_path(path),
            content=content,
            sensor_name=media.name if self._is_fusion else None,
            timestamp_ns=timestamp_ns,
            timed=None if list_of_times is None or timestamp_ns is None else Origin(list_of_times, line=number + 1),
            width=width,
            height=height,
            annotation=shelf.annotation,
            labels=shelf.labels,
            extras=extras,
            origins=OriginList(shelf.origins) if shelf.origins else None,
            told=[*shelf.told, _MISSING] if content is None and times.is_lost(number) else shelf.told,
        )

    def _picture_size(self, media: Media) -> tuple[int | None, int | None]:
        """What raw's calibration declares of a camera's pictures; the other benchmarks declare nothing."""
        if self._base is None or media.camera is None:
            return None, None
        return self._base.calibration.sizes.get((media.camera, self._index.is_rectified), (None, None))

    def _timestamp(self, media: Media, times: Times, number: int) -> tuple[int | None, str | None]:
        """When a file is of, and the file that says so: a list of the sensor's own, or one of the whole sequence."""
        found = times.at(number)
        if found is None and number < len(self._motion.times):
            return self._motion.times[number], self._index.times
        return found, media.times.get("")

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
        if points and labels is not None and points // POINT_BYTES * POINT_LABEL_BYTES != labels:
            expected = points // POINT_BYTES
            message = f"expected a label of 4 bytes for each of {expected:,} points, found {labels:,} bytes"
            self._report.error("kitti.point-labels-size", message, Origin(path), segment=self._index.name)
        return {"point_labels": path}

    def _size(self, file: File | None) -> int | None:
        try:
            return None if file is None else file.size
        except SourceError as exc:
            self._report.error("kitti.unreadable", exc.problem, None if file is None else Origin(file.path))
            return None

    def _side_extras(self, key: str) -> dict[str, Any]:
        extras: dict[str, Any] = {name: table[key] for name, table in self._index.sides.items() if key in table}
        if key in self._index.sets:
            extras["image_sets"] = self._index.sets[key]
        return extras
