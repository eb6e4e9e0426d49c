"""What the wire says of a frame and what the sidecar does, put together again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from lading.model.codec import decode_sensor, decode_transform
from lading.model.codec.values import unpack_value
from lading.model.frame import Data, Frame
from lading.model.geometry import Transform3D
from lading.model.naming import from_wire
from lading.model.report import Origin, Report
from lading.model.sensor import Camera, Sensor
from lading.stored.content import StoredContent
from lading.stored.frames import blob_of, read_data, read_frame
from lading.stored.joined_labels import join_labels
from lading.stored.shelf import Json, Shelf, StoredFile, StoredRow
from lading.stored.waiting import Rows


class Joiner:
    """Makes the frames of one segment of the source again, from the segments of the platform that it lies in.

    `sensors` are those of each. What the platform has lost since is left out, what it has more comes at the end.
    For a part, `counts` are the rows of each: what is needed of them is looked up, and read first.
    """

    def __init__(
        self,
        shelf: Shelf,
        sensors: Mapping[str, Mapping[str, Sensor]],
        report: Report,
        *,
        is_fusion: bool,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        self._shelf = shelf
        self._sensors = sensors
        self._report = report
        self._is_fusion = is_fusion
        self._counts = counts
        self._rows: dict[str, Rows] = {}

    def frame(self, record: Json) -> Frame | None:
        """The frame of a record; None where the platform has none of its files any more."""
        place = record.get("at", "")
        files = self._take(record, place)
        data: list[Data] = []
        for part, file in zip(record["data"], files.found, strict=True):
            if file is not None:
                data.append(self._data(part, place, file))
            elif part.get("isMissing"):
                data.append(self._missing(part))
        data += [read_data(self._shelf, place, file, self._report) for file in files.others]
        if record["data"] and not data:
            return None
        return Frame(
            key=record["key"],
            data=data,
            frame_id=None if record.get("isIdMade") else record.get("id"),
            calibration=self._calibration(record, place),
            extras=unpack_value(record.get("extras", {})),
        )

    def skip(self, record: Json) -> None:
        """Pass over the rows of a record that somebody else reads."""
        self._take(record, record.get("at", ""))

    def rest(self) -> Iterator[Frame]:
        """Frames that the platform has and the sidecar does not know."""
        for place in self._sensors:
            for row in self._rows_of(place, "").rest():
                yield read_frame(self._shelf, place, row, self._report)

    def close(self) -> None:
        """Let go of rows that wait."""
        for rows in self._rows.values():
            rows.close()

    def _take(self, record: Json, place: str) -> _Files:
        """The files of the wire that a record speaks of, in its order, and those of its frame that it does not."""
        parts = record["data"]
        keys = [key for _, key in keys_of(record, is_fusion=self._is_fusion)]
        if place not in self._sensors or not keys:
            return _Files([None] * len(parts), [])
        rows = self._rows_of(place, keys[0])
        if self._is_fusion:
            return _by_sensor(parts, rows.take(keys[0]))
        taken = [None if part.get("isMissing") else rows.take(part["name"]) for part in parts]
        return _Files([None if row is None else row.files[0] for row in taken], [])

    def _rows_of(self, place: str, first: str) -> Rows:
        """The rows of a place, from about the first that is asked for."""
        if place not in self._rows:
            start = 0 if self._counts is None else self._shelf.locate(place, first, self._counts[place])
            self._rows[place] = Rows(partial(self._shelf.rows, place), start)
        return self._rows[place]

    def _data(self, part: Json, place: str, file: StoredFile) -> Data:
        data = self._common(part)
        blob = msgspec.structs.replace(
            blob_of(place, file), size=file.size if file.size is not None else part.get("size")
        )
        data.content = StoredContent(data.path, self._shelf, blob)
        if self._is_fusion:
            data.sensor_name = file.sensor_name
        data.timestamp_ns = _time(part.get("ns"), file.timestamp_s)
        data.labels = join_labels(self._shelf, place, file, part, self._report)
        data.annotation = part.get("annotation", "present" if data.labels else "none")
        data.origin = Origin(f"{place}/{file.remote_path}")
        return data

    def _missing(self, part: Json) -> Data:
        data = self._common(part)
        data.labels = join_labels(self._shelf, "", StoredFile(remote_path=part["name"], label={}), part, self._report)
        data.annotation = part.get("annotation", "present" if data.labels else "none")
        return data

    def _common(self, part: Json) -> Data:
        """What only the sidecar says of a file."""
        remote_path: str = part.get("remotePath", from_wire(part["name"]))
        return Data(
            path=part.get("path", remote_path),
            remote_path=remote_path,
            sensor_name=part.get("sensor"),
            timestamp_ns=part.get("ns"),
            width=part.get("width"),
            height=part.get("height"),
            ego_pose=_pose(part),
            extras=unpack_value(part.get("extras", {})),
        )

    def _calibration(self, record: Json, place: str) -> dict[str, Sensor] | None:
        if "calibration" not in record:
            return None
        there = self._sensors.get(place, {})
        made = {
            name: read_sensor({"name": name, **(patch or {})}, there) for name, patch in record["calibration"].items()
        }
        return {name: sensor for name, sensor in made.items() if sensor is not None}


def keys_of(record: Json, *, is_fusion: bool) -> list[tuple[str, str]]:
    """The rows of the platform that a record of a frame speaks of: place and key of each."""
    place = record.get("at", "")
    names = [part["name"] for part in record["data"] if not part.get("isMissing")]
    if is_fusion and names:
        return [(place, record["id"])]
    return [(place, name) for name in names]


class _Files(msgspec.Struct):
    found: list[StoredFile | None]
    others: list[StoredFile]


def _by_sensor(parts: list[Json], row: StoredRow | None) -> _Files:
    files = {} if row is None else {file.sensor_name: file for file in row.files}
    found = [files.pop(part.get("sensor"), None) for part in parts]
    return _Files(found, list(files.values()))


def read_sensor(record: Json, there: Mapping[str, Sensor]) -> Sensor | None:
    """A sensor of a record, with what the wire says of it; None where the platform has it no more."""
    sensor = decode_sensor(record["sensor"], Report()) if "sensor" in record else there.get(record["name"])
    if "distortion" in record and isinstance(sensor, Camera) and sensor.intrinsics is not None:
        intrinsics = sensor.intrinsics.model_copy(update={"distortion": record["distortion"]})
        return sensor.model_copy(update={"intrinsics": intrinsics})
    return sensor


def _time(ns: int | None, seconds: float | None) -> int | None:
    """Nanoseconds as they were, where they are what the wire's float of seconds was made of."""
    if seconds is None or (ns is not None and ns / 1_000_000_000 == seconds):
        return ns
    return round(seconds * 1_000_000_000)


def _pose(part: Json) -> Transform3D | None:
    pose: Any = unpack_value(part.get("egoPose"))
    if pose is None:
        return None
    source, target = part["egoPoseFrames"]
    return decode_transform(pose, source, target, at=Origin(part["name"], "/egoPose"))
