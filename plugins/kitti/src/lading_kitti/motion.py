"""What moves: the time of each file, the ego pose and the navigation record of each frame (3.7, 3.8, 3.9)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lading import Origin, Report, Source, Transform3D
from lading.model.recurring import Recurring
from lading_kitti.calibration import PROJECTION_LOST, Calibration
from lading_kitti.headings import COMPARED, HEADING, odd_ways, odd_yaw
from lading_kitti.index import Media, SegmentIndex
from lading_kitti.keys import is_number
from lading_kitti.poses import OxtsWorld, odometry_pose, oxts_world, parse_oxts, parse_pose
from lading_kitti.texts import Problem, read_lines, tell_lines
from lading_kitti.times import odd_steps, parse_seconds, parse_wall_clock

_Record = Mapping[str, int | float]

#: The file of raw's three that leads from the IMU to the velodyne.
_IMU = "calib_imu_to_velo.txt"

#: The fields that an ego pose is made of.
_POSED = ("lat", "lon", "alt", "roll", "pitch", "yaw")


class Times(NamedTuple):
    """The times of the files of one sensor, by the numbers of their frames; None where the sensor lost a frame."""

    main: Sequence[int | None]
    more: Mapping[str, Sequence[int | None]]

    def at(self, number: int) -> int | None:
        """The time of a frame."""
        return self.main[number] if number < len(self.main) else None

    def is_lost(self, number: int) -> bool:
        """Whether the list of times says that the sensor gave nothing for this frame."""
        return number < len(self.main) and self.main[number] is None

    def extras(self, number: int) -> dict[str, Any]:
        """When the scan of a frame began and ended."""
        known = {name: times[number] for name, times in self.more.items() if number < len(times)}
        return {f"timestamp_{name}_ns": value for name, value in known.items() if value is not None}


def read_times(source: Source, media: Media, report: Report, strays: Collection[str] = ()) -> Times:
    """The times of a sensor of raw; files behind the last of them are told, but for `strays`, which are themselves."""
    # the lists of when a scan began and ended lack the same frames: once is enough to say so
    lists = {name: _wall_clock(source, path, report if not name else Report()) for name, path in media.times.items()}
    main = lists.pop("", [])
    if main:
        _tell_short(
            media.times[""], len(main), [key for key in media.files if is_number(key) and key not in strays], report
        )
    return Times(main, lists)


def _tell_short(path: str, count: int, keys: Collection[str], report: Report) -> None:
    """Say, once a list, which frames stand behind its last line."""
    behind = [key for key in keys if int(key) >= count]
    if behind:
        message = f"expected a line for each frame, found {count:,}; the first frame without one is {behind[0]}"
        Problem("kitti.record-missing", message, is_error=False).tell(report, path)


def _wall_clock(source: Source, path: str, report: Report) -> list[int | None]:
    lines = read_lines(source, path, report) or ()
    times, problems = parse_wall_clock(lines)
    tell_lines(problems, len(lines), report, path)
    lost = [number for number, line in enumerate(lines, 1) if not line.strip()]
    if lost:
        report.loss("frame that a sensor lost, by an empty line of its times", f"{path}:{lost[0]}", len(lost))
    return times


class Motion:
    """Ego poses and records of one segment. Memory: a record or pose a frame where one file holds them all.

    `recurring` takes what is told of single records.
    """

    def __init__(
        self,
        source: Source,
        index: SegmentIndex,
        calibration: Calibration | None,
        report: Report,
        recurring: Recurring | None = None,
    ) -> None:
        self._recurring = Recurring(index.name) if recurring is None else recurring
        self._source = source
        self._index = index
        self._calibration = calibration
        self._records: list[_Record] = []
        self._poses: list[list[float] | None] = []
        self.times: list[int | None] = []
        self.oxts_times: list[int | None] = []
        if index.oxts_file is not None:
            self._records = self._lines_of_oxts(index.oxts_file, report)
        if index.times is not None:
            self.times, problems = parse_seconds(read_lines(source, index.times, report) or ())
            tell_lines(problems, len(self.times), report, index.times)
            if (odd := odd_steps(self.times)) is not None:
                odd.tell(report, index.times)
        if index.poses is not None:
            self._poses = self._lines_of_poses(index.poses, report)
        if index.oxts_times is not None:
            self.oxts_times = _wall_clock(source, index.oxts_times, report)
        self._world = self._find_world(report)
        told = {*index.strays} if index.is_unsent else {*index.lonely, *index.strays}  # that there is no such frame
        named = [key for key in index.keys if key not in told]
        for path, lines, keys in (
            (index.oxts_file, self._records, named),
            (index.times, self.times, named),
            (index.poses, self._poses, named),
            (index.oxts_times, self.oxts_times, [key for key in index.oxts if key not in told]),
        ):
            if path is not None and lines:
                _tell_short(path, len(lines), keys, report)

    @property
    def origin(self) -> tuple[float, float, float] | None:
        """What was taken off the positions of oxts, or None without."""
        return None if self._world is None else self._world.origin

    def of_frame(self, key: str, number: int, report: Report) -> tuple[Transform3D | None, dict[str, Any]]:
        """The ego pose of a frame where it is known, and what the frame keeps of its records."""
        extras: dict[str, Any] = {}
        if number < len(self._poses) and (numbers := self._poses[number]) is not None:
            extras["pose"] = numbers
            return odometry_pose(numbers, self._calibration), extras
        record = self._record(key, number, report)
        if number < len(self.oxts_times) and self.oxts_times[number] is not None:
            extras["oxts_timestamp_ns"] = self.oxts_times[number]
        if not record:
            return None, extras
        extras["oxts"] = dict(record)
        self._tell_yaw(record, self.place(key, number))
        if self._world is None:
            return None, extras
        pose = self._world.pose(record)
        if pose is None:
            at = self.place(key, number)
            Problem("kitti.oxts-row", f"{_wrong_place(record)}; no ego pose", at.line).tell(report, at.file)
        return pose, extras

    def tell_ways(self, report: Report) -> None:
        """Say once where the places of the first records do not lead where their velocities do."""
        index = self._index
        paths = [index.oxts[key] for key in index.keys if key in index.oxts][:COMPARED]
        records = self._records[:COMPARED]
        if paths:
            records = [next(iter(self._lines_of_oxts(path, Report())), {}) for path in paths]
        message = odd_ways(records)
        if message is not None:
            path = paths[0] if paths else index.oxts_file or ""
            Problem(HEADING, message, 1, is_error=False).tell(report, path)

    def _tell_yaw(self, record: _Record, at: Origin) -> None:
        self._recurring.saw("records", 1)
        message = odd_yaw(record)
        if message is not None:
            self._recurring.take("warning", HEADING, message, at, group="records", noun="records")

    def place(self, key: str, number: int) -> Origin:
        """Where the pose of a frame that has one stands, or the record that it is made of."""
        if number < len(self._poses) and self._poses[number] is not None:
            return Origin(self._index.poses or "", line=number + 1)
        if key in self._index.oxts:
            return Origin(self._index.oxts[key], line=1)
        return Origin(self._index.oxts_file or "", line=number + 1)

    def _record(self, key: str, number: int, report: Report) -> _Record:
        path = self._index.oxts.get(key)
        if path is None:
            return self._records[number] if number < len(self._records) else {}
        records = self._lines_of_oxts(path, report)
        if len(records) != 1:
            message = f"expected one record a frame, found {len(records) or 'none'}"
            Problem("kitti.oxts-row", f"{message}; the first counts" if records else message).tell(report, path)
        return next(iter(records), {})

    def _find_world(self, report: Report) -> OxtsWorld | None:
        records: Iterator[_Record] = iter(self._records)
        if self._index.oxts:
            paths = (self._index.oxts[key] for key in self._index.keys if key in self._index.oxts)
            records = (record for path in paths for record in self._lines_of_oxts(path, Report()))
        world = oxts_world(records, self._calibration)
        path = self._index.oxts_file or next(iter(self._index.oxts.values()), None)
        known = self._calibration
        # else it is told why there is no way to the velodyne: once for the segment, or in the file
        problems = () if known is None else known.problems
        is_broken = any(one.is_error and one.rule != PROJECTION_LOST for one in problems)
        is_calibrated = not self._index.cameras if known is None else not is_broken
        has_way = known is not None and known.imu_to_lidar is not None
        is_told = _IMU in self._index.raw_calib and not has_way  # there, by what its file lacks
        if world is None and path is not None and is_calibrated and not is_told:
            lacking = "a record" if has_way else "Tr_imu_to_velo"
            message = f"expected {lacking} to tell where the car is, found none; no ego poses"
            Problem("kitti.ego-pose", message, is_error=False).tell(report, path)
        lacks_way = self._calibration is None or self._calibration.lidar_to_rect is None
        # the archives of pictures have no Tr, and without clouds nothing hangs on it (3.12, 6)
        if self._poses and lacks_way and is_calibrated and not self._index.is_stray and self._index.lidar is not None:
            message = "expected Tr in calib.txt, from the velodyne to the camera of the poses, found none; no ego poses"
            Problem("kitti.ego-pose", message, is_error=False).tell(report, self._index.poses or "")
        return world

    def _lines_of_oxts(self, path: str, report: Report) -> list[_Record]:
        found = [
            parse_oxts(line, number) for number, line in enumerate(read_lines(self._source, path, report) or (), 1)
        ]
        tell_lines([problem for _, problem in found if problem is not None], len(found), report, path)
        return [record for record, _ in found]

    def _lines_of_poses(self, path: str, report: Report) -> list[list[float] | None]:
        found = [
            parse_pose(line, number) for number, line in enumerate(read_lines(self._source, path, report) or (), 1)
        ]
        tell_lines([problem for _, problem in found if problem is not None], len(found), report, path)
        return [pose for pose, _ in found]


def _wrong_place(record: _Record) -> str:
    """Why a record has no place on the map."""
    odd = [name for name in _POSED if not math.isfinite(record[name])]
    expected = "finite numbers"
    if not odd:
        odd = [name for name in _POSED[:1] if abs(record[name]) >= 90] or list(_POSED[:3])
        expected = "a latitude within 90 degrees" if len(odd) == 1 else "a place on the map"
    found = " and ".join(f"{name} {record[name]!r}" for name in odd)
    return f"expected {expected}, found {found}"
