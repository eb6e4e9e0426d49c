"""Sensors: their names, where they sit, how cameras see (platform-api.md G4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Frame
from lading.model.geometry import Transform3D
from lading.model.report import Finding, Origin, Severity
from lading.model.sensor import Camera, Intrinsics, Sensor
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Problem
from lading.validate.checks.bounds import are_finite
from lading.validate.checks.boxes import UNIT_TOLERANCE, rotation_problem

_NONE: frozenset[str] = frozenset()


class SensorsPass(BlockChecker):
    """Checks the sensors of segments, and those that frames bring; it keeps the names that all frames bring."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._dataset = dataset
        self._severities = severities
        self._brought: dict[str, frozenset[str]] = {}
        self._last: tuple[str, Mapping[str, Sensor]] | None = None

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the sensors that frames bring; many frames may share one calibration."""
        for number, frame in enumerate(frames):
            if frame.calibration or self._brought.get(segment.name) != _NONE:
                yield from ((number, finding) for finding in self._brought_by(segment, frame))

    def _brought_by(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        calibration = frame.calibration or {}
        brought = self._brought.get(segment.name)
        if brought is None or not brought <= calibration.keys():
            self._brought[segment.name] = frozenset(calibration) if brought is None else brought & calibration.keys()
        if not calibration:
            return ()
        if self._last is not None and self._last[0] == segment.name and self._last[1] is frame.calibration:
            return ()
        self._last = (segment.name, calibration)
        at = frame.data[0].locate() if frame.data else None
        where = {"segment": segment.name, "frame": frame.key}
        told = (
            problem.finding(self._severities, **where, sensor=sensor.name, at=sensor.locate(problem.subject) or at)
            for sensor in calibration.values()
            for problem in _problems(sensor)
        )
        return [finding for finding in told if finding is not None]

    def memory(self) -> dict[str, frozenset[str]]:
        """The names of the sensors that all frames bring, by segment."""
        return self._brought

    def absorb(self, memory: dict[str, frozenset[str]], part: Part) -> Iterable[Finding]:
        """Take over the names of another part."""
        for segment, names in memory.items():
            self._brought[segment] = self._brought.get(segment, names) & names
        return ()

    def finish(self) -> Iterable[Finding]:
        """What is wrong with the sensors of the segments; a record that several segments share is told once."""
        told: set[tuple[Problem, Origin]] = set()
        for segment in self._dataset.segments:
            for problem, sensor in self._segment(segment):
                at = _first_place(segment) if sensor is None else sensor.locate(problem.subject)
                name = None if sensor is None else sensor.name
                if at is not None and (problem, at) in told:
                    continue
                finding = problem.finding(self._severities, segment=segment.name, sensor=name, at=at)
                if finding is not None:
                    yield finding
                if at is not None:
                    told.add((problem, at))

    def _segment(self, segment: Segment) -> Iterator[tuple[Problem, Sensor | None]]:
        if segment.sensors and not self._dataset.is_fusion:
            message = f"expected no sensors in a plain dataset, found {len(segment.sensors)}"
            yield Problem("sensor.plain-dataset", message), None
        brought = self._brought.get(segment.name, frozenset())
        taken: set[str] = set()
        for sensor in segment.sensors:
            if not sensor.name and "sensor.empty-name" not in sensor.told:
                yield Problem("sensor.empty-name", "expected a name of the sensor, found an empty one"), sensor
            if sensor.name in taken:
                message = f"expected a name that no other sensor has, found {sensor.name!r} again"
                yield Problem("sensor.duplicate-name", message), sensor
            taken.add(sensor.name)
            if sensor.name not in brought:
                yield from ((problem, sensor) for problem in _problems(sensor))
        if not brought and _are_all_identity(segment.sensors):
            message = f"expected sensors at places of their own, found {len(segment.sensors)} at the ego frame's origin"
            yield Problem("sensor.all-identity", message), None


def _problems(sensor: Sensor) -> Iterator[Problem]:
    """What is wrong with a sensor and was not told by its reader."""
    return (problem for problem in _every_problem(sensor) if problem.rule not in sensor.told)


def _every_problem(sensor: Sensor) -> Iterator[Problem]:
    if sensor.extrinsics is not None:
        yield from _extrinsics_problems(sensor.extrinsics)
    if not isinstance(sensor, Camera):
        return
    if sensor.intrinsics is None:
        message = f"expected intrinsics of the camera {sensor.name!r}, found none"
        yield Problem("sensor.no-intrinsics", message, "matrix")
    else:
        yield from _intrinsics_problems(sensor.intrinsics)


def _extrinsics_problems(extrinsics: Transform3D) -> Iterator[Problem]:
    for part, numbers in (("translation", extrinsics.translation), ("rotation", extrinsics.rotation)):
        if not are_finite(numbers):
            yield Problem("sensor.not-finite", f"extrinsics: expected finite numbers, found {numbers}", part)
    wrong = rotation_problem(extrinsics.rotation) if are_finite(extrinsics.rotation) else None
    if wrong is not None:
        yield Problem("sensor.rotation", f"extrinsics: {wrong[1]}", "rotation")


def _intrinsics_problems(intrinsics: Intrinsics) -> Iterator[Problem]:
    matrix = intrinsics.camera_matrix
    distortion = intrinsics.distortion
    numbers = (matrix.fx, matrix.fy, matrix.cx, matrix.cy, matrix.skew)
    for part, found in (("matrix", numbers), ("distortion", tuple((distortion or {}).values()))):
        if not are_finite(found):
            yield Problem("sensor.not-finite", f"intrinsics: expected finite numbers, found {found}", part)
    if are_finite(numbers) and (matrix.fx <= 0 or matrix.fy <= 0):
        message = f"expected focal lengths above 0, found fx {matrix.fx!r} and fy {matrix.fy!r}"
        yield Problem("sensor.focal-length", message, "matrix")
    if distortion is None:
        return
    if not distortion:
        message = "expected k1 or p1 among the distortion coefficients, found none"
        yield Problem("sensor.distortion-empty", message, "distortion")
    for letter in "kp":
        numbers_given = sorted(int(name[1:]) for name in distortion if name[0] == letter)
        if numbers_given != list(range(1, len(numbers_given) + 1)):
            shown = ", ".join(f"{letter}{number}" for number in numbers_given)
            message = f"expected {letter}1 to {letter}{numbers_given[-1]} without a gap, found {shown}"
            yield Problem("sensor.distortion-gap", message, "distortion")


def _first_place(segment: Segment) -> Origin | None:
    """Where the sensors of a segment stand: the first of them that says so."""
    return next((sensor.origin for sensor in segment.sensors if sensor.origin is not None), None)


def _are_all_identity(sensors: Iterable[Sensor]) -> bool:
    given = [sensor.extrinsics for sensor in sensors]
    return len(given) > 1 and all(transform is not None and _is_identity(transform) for transform in given)


def _is_identity(transform: Transform3D) -> bool:
    w, x, y, z = transform.rotation
    return transform.translation == (0, 0, 0) and (x, y, z) == (0, 0, 0) and abs(abs(w) - 1) <= UNIT_TOLERANCE
