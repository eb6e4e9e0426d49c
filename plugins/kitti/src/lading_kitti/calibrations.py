"""The calibration of each frame: its own file's in the object benchmark, the segment's in the others."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lading import Origin, Report, Sensor, Source, counted
from lading_kitti.axes import AXES
from lading_kitti.calibration import PROJECTION, PROJECTION_LOST, Calibration
from lading_kitti.calibration_files import calibration_of
from lading_kitti.index import SegmentIndex
from lading_kitti.layouts import RAW
from lading_kitti.pairs import EXCHANGED
from lading_kitti.raw_calibration import raw_calibration
from lading_kitti.sensors import camera_sensor, lidar_sensor
from lading_kitti.texts import Problem, read_bytes
from lading_kitti.turned import Turns

#: How many calibrations are kept; official sets have one a recording day.
_KEPT = 64

#: The file of raw's three that is about cameras.
_CAMERAS = "calib_cam_to_cam.txt"

#: That which leads from the velodyne to them.
_VELODYNE = "calib_velo_to_cam.txt"


class Calibrated(NamedTuple):
    """A calibration and the segment's sensors by it, by name in the order of their media."""

    calibration: Calibration
    sensors: dict[str, Sensor]


class Projections:
    """Which cameras any calibration file of the dataset has a projection of; files are read when that is asked."""

    def __init__(self, source: Source, indexes: Iterable[SegmentIndex]) -> None:
        self._source = source
        self._indexes = tuple(indexes)
        self._known: dict[int, bool] = {}

    def has(self, camera: int) -> bool:
        """Whether one has; reads them up to the first that does."""
        if camera not in self._known:
            self._known[camera] = any(camera in calibration_of(data).projections for data in self._files())
        return self._known[camera]

    def _files(self) -> Iterator[bytes]:
        met = set()
        for index in self._indexes:
            for path in dict.fromkeys([*index.calib.values(), *filter(None, [index.calib_file])]):
                data = read_bytes(self._source, path, Report())
                if data is not None and data not in met:
                    met.add(data)
                    yield data


class Calibrations:
    """Reads calibration files, each distinct content once. `lost` are those that are told to calibrate nothing.

    `projections` are those of the whole dataset. `base` is that of the segment, where it is known: of axes that it does
    not turn, and of cameras that it has exchanged, nothing is said of others again.
    """

    def __init__(
        self, source: Source, index: SegmentIndex, projections: Projections, base: Calibrated | None = None
    ) -> None:
        self._source = source
        self._index = index
        self._projections = projections
        self._told = {problem.rule for problem in _alike(base)} if index.calib and base is not None else set()
        self.lost: set[str] = set()
        self._kept: OrderedDict[bytes, Calibrated] = OrderedDict()

    def sensors(self, calibration: Calibration | None, path: str | None = None) -> dict[str, Sensor]:
        """The sensors of the segment, as far as a calibration places them; `path` is its file."""
        is_rectified = self._index.is_rectified
        made = {
            media.name: lidar_sensor(media.name, calibration)
            if media.is_lidar
            else camera_sensor(media.name, media.camera, calibration, is_rectified=is_rectified)
            for media in self._index.media
        }
        if path is None:
            return made
        return {name: sensor.model_copy(update={"origin": Origin(path)}) for name, sensor in made.items()}

    def of_segment(self, report: Report) -> Calibrated | None:
        """The calibration of a segment: that of its first frame that has one, where each has its own."""
        index = self._index
        if index.layout is RAW:
            return self._raw(report)
        if index.calib_file is not None:
            return self._of_file(index.calib_file, report)
        for key in index.keys:
            if key in index.calib:
                found = self.of_frame(key, Report())
                if found is not None:
                    self._tell_alike(index.calib[key], found, report)
                    return found
        return None

    def _tell_alike(self, path: str, first: Calibrated, report: Report) -> None:
        """Say once for all frames what is wrong with the first calibration as with others of one tool."""
        problems = _alike(first)
        paths = dict.fromkeys(self._index.calib[key] for key in self._index.keys if key in self._index.calib)
        others = [self._of_file(other, Report()) for other in paths if other != path] if problems else []
        for problem in problems:
            count = sum(1 for one in others if one is not None and any(p.rule == problem.rule for p in _alike(one)))
            more = f", and such in {counted(count, 'more file')}" if count else ""
            problem._replace(message=f"{problem.message}{more}").tell(report, path)

    def turns(self, base: Calibrated | None) -> Turns:
        """What is said of the way to the velodyne in each of the calibrations, if in the first there is something."""
        if base is None or base.calibration.turned is None:
            return {}
        index = self._index
        if index.calib:
            paths = dict.fromkeys(index.calib[key] for key in index.keys if key in index.calib)
            read = {path: self._of_file(path, Report()) for path in paths}
            return {path: None if one is None else one.calibration.turned for path, one in read.items()}
        return {index.calib_file or index.raw_calib[_VELODYNE]: base.calibration.turned}

    def differ(self, base: Calibrated | None) -> bool:
        """Whether any frame has sensors other than these; reads calibrations up to the first that does."""
        index = self._index
        if not index.calib:
            return False
        sensors = self.sensors(None if base is None else base.calibration)
        calibrated = (self.of_frame(key, Report()) for key in index.keys)
        return any((self.sensors(None) if one is None else one.sensors) != sensors for one in calibrated)

    def of_frame(self, key: str, report: Report) -> Calibrated | None:
        """The calibration of one frame by its own file, or None where it has none."""
        path = self._index.calib.get(key)
        return None if path is None else self._of_file(path, report)

    def _of_file(self, path: str, report: Report) -> Calibrated | None:
        data = read_bytes(self._source, path, report)
        if data is None:
            self.lost.add(path)
            return None
        known = self._kept.get(data)
        if known is None:
            calibration = calibration_of(data)
            of_cameras = self._zeros_of_cameras(calibration)
            calibration.problems += [calibration.zeros.pop(key) for key in of_cameras]
            if not calibration.is_another and calibration.cut_in != "projection":
                calibration.problems += self._unseen(calibration)
            known = self._kept[data] = Calibrated(calibration, self.sensors(calibration, path))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(data)
        for problem in known.calibration.problems:
            if problem.rule not in self._told:
                problem.tell(report, path)
        if known.calibration.zeros:
            report.loss("calibration line of zeros, read as none", path, len(known.calibration.zeros))
        if not known.calibration.is_empty:
            return known
        if known.calibration.problems:
            self.lost.add(path)
        return None

    def _zeros_of_cameras(self, calibration: Calibration) -> list[str]:
        """The keys of lines of zeros that are of cameras of the segment."""
        cameras = {media.camera or 0 for media in self._index.cameras}
        matches = ((key, PROJECTION.fullmatch(key)) for key in calibration.zeros)
        return [key for key, match in matches if match is not None and int(match[1]) in cameras]

    def _unseen(self, calibration: Calibration) -> list[Problem]:
        """Cameras that a calibration file has no line of, told together; a line that is wrong is told by itself."""
        is_rectified = self._index.is_rectified
        kind = "P" if self._index.layout is not RAW else "P_rect_0" if is_rectified else "K_0"
        lacking = [
            media
            for media in self._index.cameras
            if not calibration.names_camera(media.camera or 0, is_rectified=is_rectified)
        ]
        if not lacking:
            return []
        keys = " and ".join(f"{kind}{media.camera or 0}" for media in lacking)
        names = " and ".join(media.name for media in lacking)
        if len(lacking) == 1:
            message = f"expected a line {keys}, found none; the camera {names} has no intrinsics"
        else:
            message = f"expected lines {keys}, found none; the cameras {names} have no intrinsics"
        labelled = None if self._index.labels is None else self._index.label_camera
        if labelled in lacking and self._index.layout is not RAW and self._projections.has(labelled.camera or 0):
            message = f"{message}; {labelled.name} is that of the labels, and has them elsewhere"
            return [Problem(PROJECTION_LOST, message)]
        return [Problem("kitti.calibration-key", message, is_error=False)]

    def _raw(self, report: Report) -> Calibrated | None:
        paths = self._index.raw_calib
        read = {name: read_bytes(self._source, path, report) for name, path in paths.items()}
        parts = raw_calibration({name: data for name, data in read.items() if data is not None})
        for name, path in paths.items():
            for problem in parts[name].problems if name in parts else ():
                problem.tell(report, path)
        whole = parts[""]
        if whole.entries.get(_CAMERAS) and not parts[_CAMERAS].is_cut:
            for problem in self._unseen(whole):
                problem.tell(report, paths[_CAMERAS])
        whole.problems += [problem for part in parts.values() if part is not whole for problem in part.problems]
        return None if whole.is_empty and not whole.unrectified else Calibrated(whole, self.sensors(whole))


def _alike(one: Calibrated) -> list[Problem]:
    """What is said of the axes of a calibration, and of its cameras."""
    return [problem for problem in one.calibration.problems if problem.rule in (AXES, EXCHANGED)]
