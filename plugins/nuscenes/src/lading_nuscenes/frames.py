"""Frames out of the tables: files with their poses, boxes on the lidar, boxes and masks on pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, BinaryIO

from lading import Data, Frame, Label, Lidar, Report, Sensor
from lading.model.frame import Annotation, frame_id
from lading_nuscenes.carriers import Carriers
from lading_nuscenes.database import Database
from lading_nuscenes.measures import Measures
from lading_nuscenes.origins import RowOrigins
from lading_nuscenes.pictures import Pictures
from lading_nuscenes.scan import Scan
from lading_nuscenes.segments import Moment, Plan
from lading_nuscenes.times import NO_TIME

#: Of a second file of its sample: where its path is another's as well, that is no other defect.
_SAME_PATH = ("path.duplicate", None)

#: Of a file whose row is told to name none.
_NAMELESS = (("path.empty", None), ("media.missing", None))

#: Of a file whose time is told to be far from its sample's.
_UNTIMELY = ("timestamp.backwards", None)

#: Of a file whose pose is told to be far from those of the others of its sample.
_MISPLACED = ("pose.jump", None)

#: Of all files where boxes, or the vehicle, are told to be turned another way.
_TURNED = ("nuscenes.lidar-points", None)


class Frames:
    """Makes the frames of one segment."""

    def __init__(self, database: Database, plan: Plan, report: Report) -> None:
        self._database = database
        self._plan = plan
        self._is_nuimages = database.version.is_nuimages
        self._is_turned = bool(database.tables.turned) or database.annotations.are_exchanged
        self._report = report
        self._carriers = Carriers(database, plan, report)
        self._measures = Measures(database, plan.segment.name, report)
        paths = {table: database.tables.path(table) for table in database.labelled}
        of_results = None if database.results is None else database.results.origin
        self._origins = RowOrigins(paths, of_results, database.media.find, database.point_classes)
        self._streams: list[tuple[Pictures, Scan[Any], BinaryIO]] = []

    def read(self, moments: list[Moment], indexes: range) -> Iterator[Frame]:
        """The frames of some of a segment's moments."""
        with ExitStack() as stack:
            for pictures in self._database.pictures:
                self._streams.append((pictures, pictures.scan(), stack.enter_context(pictures.file.open())))
            if self._database.results is not None:
                self._carriers.results = stack.enter_context(self._database.results.file.open())
            for index in indexes:
                yield self._frame(moments[index], index)

    def _frame(self, moment: Moment, index: int) -> Frame:
        key = self._key(moment)
        data = [self._data(int(file), key, is_sample=moment.sample >= 0) for file in moment.files]
        lacking = self._lacking(moment)
        if moment.sample >= 0:
            lacking = (*lacking, *self._carriers.put(moment, data, key, lacking))
        self._tell_twice(moment, data, key)
        time_ns = None if moment.time_ns == NO_TIME else moment.time_ns
        return Frame(
            key=key,
            frame_id=frame_id(self._plan.segment.name, key, index=index, timestamp_ns=time_ns),
            data=data,
            calibration=self._calibration(moment),
            lacking=lacking,
            extras=self._extras(moment) if moment.sample >= 0 else {"sample_token": self._sample_token(moment)},
        )

    def _lacking(self, moment: Moment) -> Collection[str]:
        """The sensors that a frame lacks for a reason that is told, and those that it need not have.

        Sweeps need none, and a sample of nuImages is one camera's (source-formats.md 4.5).
        """
        database = self._database
        if moment.sample < 0 or self._is_nuimages or database.tables.is_cut("sample_data"):
            return tuple(self._plan.sensors)
        return database.lacking.get(moment.sample, ())

    def _key(self, moment: Moment) -> str:
        database = self._database
        if moment.sample >= 0:
            return database.book.text(database.samples.index.keys[moment.sample])
        return database.book.text(database.files.keys[moment.files[0]])

    def _sample_token(self, moment: Moment) -> str:
        database = self._database
        return database.book.text(database.samples.index.keys[database.files.samples[moment.files[0]]])

    def _extras(self, moment: Moment) -> dict[str, Any]:
        samples, text = self._database.samples, self._database.book.text
        extras: dict[str, Any] = {}
        if moment.time_ns != NO_TIME:
            extras["timestamp_ns"] = moment.time_ns
        extras["prev"], extras["next"] = (text(keys[moment.sample]) for keys in samples.links)
        if moment.sample in samples.key_cameras:
            extras["key_camera_token"] = samples.key_cameras[moment.sample]
        return extras | samples.extras.get(moment.sample, {})

    def _calibration(self, moment: Moment) -> Mapping[str, Sensor] | None:
        """The sensors that this frame knows otherwise than its segment."""
        own: dict[str, Sensor] = {}
        for file in moment.files:
            sensor = self._database.sensor_of(int(file))
            if sensor is None:
                continue
            known = self._plan.sensors[sensor.name]
            if sensor is not known and sensor != known:
                own[sensor.name] = sensor
        return own or None

    def _data(self, file: int, key: str, *, is_sample: bool) -> Data:
        database = self._database
        files = database.files
        filename = files.filename(file)
        sensor = self._database.sensor_of(file)
        name = None if sensor is None else sensor.name
        content = database.media.find(filename)
        time_ns = int(files.times[file])
        labels = self._picture_labels(file)
        origin = database.tables.origin("sample_data", int(files.rows[file]))
        row = files.poses.row(file)
        width, height, odd_size = self._measures.pixels(file, sensor, key)
        data = Data(
            path=database.media.path(filename) if content is None else content.path,
            remote_path=filename,
            content=content,
            sensor_name=name,
            timestamp_ns=None if time_ns == NO_TIME else time_ns,
            width=width,
            height=height,
            ego_pose=files.poses.transform(file),
            labels=labels,
            annotation=self._speaks(sensor, labels, is_sample=is_sample and bool(files.is_key[file])),
            extras=self._file_extras(file) | odd_size,
            origin=origin,
            origins=self._origins,
            posed=database.tables.origin("ego_pose", row, "translation") if row >= 0 else None,
            told=self._told(file) if filename else (*self._told(file), *_NAMELESS),
        )
        if isinstance(sensor, Lidar):
            self._measures.check_points(data, key)
        return data

    def _told(self, file: int) -> Collection[tuple[str, int | None]]:
        files = self._database.files
        # samples of nuImages have no order (source-formats.md 4.5)
        is_backward = self._is_nuimages or int(files.samples[file]) in self._database.samples.backward
        same_path, untimely = file in files.same_path, is_backward or file in files.untimely
        told = (_SAME_PATH,) * same_path + (_UNTIMELY,) * untimely + (_MISPLACED,) * (file in files.misplaced)
        return told + (_TURNED,) * self._is_turned

    def _file_extras(self, file: int) -> dict[str, Any]:
        files, book = self._database.files, self._database.book
        extras: dict[str, Any] = {"token": book.text(files.keys[file])}
        place = int(files.calibrated[file])
        if place >= 0:
            extras["calibrated_sensor_token"] = self._database.sensors.extras(place)["token"]
        extras["ego_pose_token"] = book.text(files.poses.keys[file])
        extras["fileformat"] = files.format(file)
        extras["is_key_frame"] = bool(files.is_key[file])
        extras["prev"], extras["next"] = (book.text(keys[file]) for keys in files.links)
        pose = int(files.poses.of_file[file])
        if files.poses.rows[pose] >= 0 and files.poses.times[pose] != files.times[file]:
            pose_time = int(files.poses.times[pose])
            extras["ego_pose_timestamp_ns"] = None if pose_time == NO_TIME else pose_time
        if pose in files.poses.extras:
            extras["ego_pose"] = files.poses.extras[pose]
        for table, names in self._database.point_labels.items():
            if file in names:
                extras[table] = names[file]
        return extras | files.extras.get(file, {})

    def _speaks(self, sensor: Sensor | None, labels: list[Label], *, is_sample: bool) -> Annotation:
        """Whether the tables speak of the labels of a picture; the lidar's come later."""
        if labels:
            return "present"
        is_covered = is_sample and self._database.pictures and sensor is not None and sensor.type.endswith("CAMERA")
        return "empty" if is_covered else "none"

    def _picture_labels(self, file: int) -> list[Label]:
        labels: list[Label] = []
        for pictures, scan, stream in self._streams:
            places = pictures.of_file(file)
            if places:
                labels += pictures.labels(places, scan, stream, self._report)
        return labels

    def _tell_twice(self, moment: Moment, data: list[Data], key: str) -> None:
        """Say which files are not the first of their sensor; two sensors of one name are told at their rows."""
        calibrated = self._database.files.calibrated[moment.files].tolist()
        kinds = [self._database.sensors.ranks[place] if place >= 0 else -1 for place in calibrated]
        counts = Counter(kinds)
        if len(counts) == len(data):
            return
        for kind, part in zip(reversed(kinds), reversed(data), strict=True):
            if counts[kind] > 1 and part.sensor_name is not None:
                counts[kind] -= 1
                message = f"expected one file of {part.sensor_name} in a sample, found another"
                self._report.error(
                    "nuscenes.second-file",
                    message,
                    part.origin,
                    segment=self._plan.segment.name,
                    frame=key,
                    sensor=part.sensor_name,
                )
