"""Frames: their ids, their sensors, their times and poses (platform-api.md G1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.naming import short_hash
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Problem
from lading.validate.checks.bounds import are_finite
from lading.validate.checks.boxes import rotation_problem
from lading.validate.checks.repeated import repeated

_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_UUID = re.compile("[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)

#: Of a file whose time is told to be another's: the times of others are not held to it.
_UNTIMELY = ("timestamp.backwards", None)


class _Moment(NamedTuple):
    """When a sensor gave a file, and where that stands."""

    time_ns: int
    frame: str
    at: Origin


class _Seen(msgspec.Struct):
    """What is kept of the frames of a segment."""

    frames: int = 0
    sensors: set[str] = msgspec.field(default_factory=set)
    absent: dict[str, list[tuple[str, Origin | None]]] = msgspec.field(default_factory=dict)
    ids: set[int] = msgspec.field(default_factory=set)
    again: set[int] = msgspec.field(default_factory=set)  # of the ids, those that came again
    first: dict[str | None, _Moment] = msgspec.field(default_factory=dict)
    last: dict[str | None, _Moment] = msgspec.field(default_factory=dict)


class FramesPass(BlockChecker):
    """Checks frames as wholes.

    Across frames it keeps a hash of 8 bytes for each frame of a fusion dataset, the last time of each sensor, and
    the keys of frames that lack a sensor until that sensor is met.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._dataset = dataset
        self._severities = severities
        self._seen: dict[str, _Seen] = {}
        self._expected: dict[str, frozenset[str]] = {
            segment.name: frozenset(sensor.name for sensor in segment.sensors) for segment in dataset.segments
        }

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with frames as wholes."""
        seen = self._seen.setdefault(segment.name, _Seen())
        seen.frames += len(frames)
        for number, frame in enumerate(frames):
            if self._dataset.is_fusion or not _is_bare(frame):
                yield from ((number, finding) for finding in self._judge(segment, frame, seen))

    def _judge(self, segment: Segment, frame: Frame, seen: _Seen) -> Iterable[Finding]:
        found: list[tuple[Problem, Data | None]] = []
        if self._dataset.is_fusion:
            found += self._fusion(segment, frame, seen)
        elif frame.frame_id is not None or any(data.sensor_name is not None for data in frame.data):
            found += _plain(frame)
        times: set[tuple[Problem, Origin]] = set()  # one time may be that of several files
        timed: set[str | None] = {None} if self._dataset.is_fusion else set()
        for data in frame.data:
            # of files of an unknown sensor, and of a second one of a sensor, it is told that they are such
            if data.timestamp_ns is not None and data.sensor_name not in timed and _UNTIMELY not in data.told:
                timed.update((data.sensor_name,) if self._dataset.is_fusion else ())
                moment = _moment(frame, data)
                for problem in _time_problems(moment, data.sensor_name, seen):
                    if (problem, moment.at) not in times:
                        times.add((problem, moment.at))
                        found.append((problem, data))
            if data.ego_pose is not None:
                found += [(problem, data) for problem in _pose_problems(data)]
        return self._told(segment, frame, found) if found else ()

    def _told(self, segment: Segment, frame: Frame, found: list[tuple[Problem, Data | None]]) -> Iterator[Finding]:
        for problem, data in found:
            finding = problem.finding(
                self._severities,
                segment=segment.name,
                frame=frame.key,
                sensor=None if data is None else data.sensor_name,
                at=_place(frame) if data is None else data.locate(subject=problem.subject),
            )
            if finding is not None:
                yield finding

    def _fusion(self, segment: Segment, frame: Frame, seen: _Seen) -> Iterator[tuple[Problem, Data | None]]:
        if frame.frame_id is not None and not (_ULID.fullmatch(frame.frame_id) or _UUID.fullmatch(frame.frame_id)):
            yield Problem("frame.bad-id", f"expected a ULID or a UUID as frame id, found {frame.frame_id!r}"), None
        token = short_hash(frame.frame_id or frame.key)
        (seen.again if token in seen.ids else seen.ids).add(token)
        expected = self._expected[segment.name]
        here: set[str] = set()
        is_complete = True
        for data in frame.data:
            name = data.sensor_name
            if name is None or name not in expected:
                known = ", ".join(sorted(expected)) or "no sensors"
                yield Problem("frame.unknown-sensor", f"expected one of {known}, found sensor {name!r}"), data
                is_complete = False
            if name in here:
                yield Problem("frame.sensor-twice", f"expected one file a sensor, found two of {name!r}"), data
            if name is not None:
                here.add(name)
        seen.sensors |= here
        here.update(frame.lacking)
        lacking = sorted(expected - here) if is_complete else ()  # else it may be the sensor of the unknown file
        for name in lacking:
            if name in seen.sensors:
                yield _missing_sensor(name), None
            else:
                seen.absent.setdefault(name, []).append((frame.key, _place(frame)))

    def settle(self, segment: Segment) -> Iterable[Finding]:
        """Frames without a sensor that was met only after them."""
        seen = self._seen.get(segment.name)
        return () if seen is None else self._absent(segment.name, seen)

    def _absent(self, segment: str, seen: _Seen) -> Iterator[Finding]:
        for name in sorted(seen.absent.keys() & seen.sensors):
            for key, at in seen.absent.pop(name):
                finding = _missing_sensor(name).finding(self._severities, segment=segment, frame=key, at=at)
                if finding is not None:
                    yield finding

    def memory(self) -> dict[str, _Seen]:
        """What is kept, by segment."""
        return self._seen

    def absorb(self, memory: dict[str, _Seen], part: Part) -> Iterable[Finding]:
        """Take in the frames of the next part: ids that come again, sensors that are met, times over the border."""
        for name, later in memory.items():
            seen = self._seen.setdefault(name, _Seen())
            seen.again |= later.again | (seen.ids & later.ids)
            yield from self._border(name, seen, later)
            seen.frames += later.frames
            seen.ids |= later.ids
            seen.sensors |= later.sensors
            for sensor, places in later.absent.items():
                seen.absent.setdefault(sensor, []).extend(places)
            yield from self._absent(name, seen)
            seen.last.update(later.last)
            seen.first = {**later.first, **seen.first}

    def _border(self, segment: str, seen: _Seen, later: _Seen) -> Iterator[Finding]:
        told: set[tuple[Problem, Origin]] = set()
        for sensor, moment in later.first.items():
            for problem in _time_problems(moment, sensor, _Seen(last=dict(seen.last))):
                if (problem, moment.at) in told:
                    continue
                told.add((problem, moment.at))
                finding = problem.finding(
                    self._severities, segment=segment, frame=moment.frame, sensor=sensor, at=moment.at
                )
                if finding is not None:
                    yield finding

    def finish(self) -> Iterable[Finding]:
        """Ids that are there again; what is empty, and sensors that no file is of."""
        told: list[Finding | None] = []
        if not self._dataset.segments:
            told.append(Problem("dataset.empty", "expected a segment, found none").finding(self._severities))
        for segment in self._dataset.segments:
            seen, name, at = self._seen.get(segment.name, _Seen()), segment.name, segment.origin
            if "frame.duplicate-id" in self._severities:
                for frame, _, first in repeated(self._dataset, name, self.part, seen.again, _ids):
                    told += self._told(segment, frame, [(_same_id(frame, first), None)])
            if not seen.frames:
                problem = Problem("segment.empty", "expected a frame, found none")
                told.append(problem.finding(self._severities, segment=name, at=at))
            unused = [sensor for sensor in segment.sensors if sensor.name not in seen.sensors]
            for sensor in unused if seen.frames and self._dataset.is_fusion else ():
                problem = Problem("sensor.unused", f"expected a file of the sensor {sensor.name!r}, found none")
                place = sensor.origin or at
                told.append(problem.finding(self._severities, segment=name, sensor=sensor.name, at=place))
        yield from (finding for finding in told if finding is not None)


def _is_bare(frame: Frame) -> bool:
    """Whether a frame says nothing of ids, sensors, times and poses."""
    if frame.frame_id is not None:
        return False
    for data in frame.data:
        if data.sensor_name is not None or data.timestamp_ns is not None or data.ego_pose is not None:
            return False
    return True


def _plain(frame: Frame) -> Iterator[tuple[Problem, Data | None]]:
    if frame.frame_id is not None:
        yield Problem("frame.plain-id", f"expected no frame id in a plain dataset, found {frame.frame_id!r}"), None
    for data in frame.data:
        if data.sensor_name is not None:
            yield (
                Problem("frame.plain-sensor", f"expected no sensor in a plain dataset, found {data.sensor_name!r}"),
                data,
            )


def _ids(frame: Frame) -> Iterator[tuple[int, None]]:
    yield short_hash(frame.frame_id or frame.key), None


def _same_id(frame: Frame, first: str) -> Problem:
    message = f"expected a frame id that no other frame has, found {frame.frame_id or frame.key!r} again{first}"
    return Problem("frame.duplicate-id", message)


def _missing_sensor(name: str) -> Problem:
    return Problem("frame.missing-sensor", f"expected a file of each sensor, found none of {name!r}")


def _place(frame: Frame) -> Origin | None:
    return frame.data[0].locate() if frame.data else None


def _moment(frame: Frame, data: Data) -> _Moment:
    return _Moment(data.timestamp_ns or 0, frame.key, data.locate(subject="time"))


def _time_problems(moment: _Moment, sensor: str | None, seen: _Seen) -> Iterator[Problem]:
    """Times have to go up; each is compared with the one before, so that a step back is told once."""
    before = seen.last.get(sensor)
    seen.last[sensor] = moment
    seen.first.setdefault(sensor, moment)
    if before is None:
        return
    if moment.time_ns == before.time_ns:
        message = f"expected a time of its own, found {moment.time_ns} ns, which frame {before.frame!r} has"
        yield Problem("timestamp.shared", message, "time")
    elif moment.time_ns < before.time_ns:
        message = f"expected a time after {before.time_ns} ns of frame {before.frame!r}, found {moment.time_ns} ns"
        yield Problem("timestamp.backwards", message, "time")


def _pose_problems(data: Data) -> Iterator[Problem]:
    pose = data.ego_pose
    if pose is None:
        return
    if not are_finite((*pose.translation, *pose.rotation)):
        message = f"ego pose: expected finite numbers, found {(*pose.translation, *pose.rotation)}"
        yield Problem("pose.not-finite", message)
        return
    wrong = rotation_problem(pose.rotation)
    if wrong is not None:
        yield Problem("pose.rotation", f"ego pose: {wrong[1]}")
