"""Calibration files of all layouts, and the matrices that they make (source-formats.md 3.5, 3.8)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lading.model.geometry import FloatArray
from lading_kitti.axes import odd_axes
from lading_kitti.calibration import NOTHING, OTHER, PROJECTION, UNRECTIFIED, Calibration
from lading_kitti.geometry import Placement, baseline, homogeneous, inverse, motion_fault
from lading_kitti.texts import Problem, lines_of, number_of

#: Key -> what it means. Official tracking files write three of the keys without a colon (3.7).
_ALIASES: Mapping[str, str] = {
    "R0_rect": "R0",
    "R_rect": "R0",
    "R_rect_00": "R0",
    "R0": "R0",
    "Tr_velo_to_cam": "velo_to_cam",
    "Tr_velo_cam": "velo_to_cam",
    "Tr_velo_to_cam_0": "velo_to_cam",
    "Tr": "velo_to_rect",
    "Tr_imu_to_velo": "imu_to_velo",
    "Tr_imu_velo": "imu_to_velo",
    "Tr_cam_to_road": "cam_to_road",
}
_SHAPES: Mapping[str, tuple[int, int]] = {
    "R0": (3, 3),
    "velo_to_cam": (3, 4),
    "velo_to_rect": (3, 4),
    "imu_to_velo": (3, 4),
    "cam_to_road": (3, 4),
    "projection": (3, 4),
    "K": (3, 3),
    "D": (1, 5),
    "R": (3, 3),
    "T": (3, 1),
}
_SIZE = re.compile(r"S_(rect_)?0?(\d)")

#: What stands before a line: where the file breaks off in one of these, the line is behind (3.5, 3.8).
_BEFORE: Mapping[str, Collection[str]] = {
    "R0_rect": ("projection",),
    "Tr_velo_to_cam": ("projection", "R0"),
    "R_rect_00": ("K", "D", "R", "T"),
    "T": ("R",),
}

#: The parts of raw's calibration by file, and what R and T of the two small ones make together.
RAW_FILES: Mapping[str, str] = {
    "calib_cam_to_cam.txt": "",
    "calib_velo_to_cam.txt": "velo_to_cam",
    "calib_imu_to_velo.txt": "imu_to_velo",
}


class Entry(NamedTuple):
    """One line of a calibration file: its number from 1, and its values, numbers where all of them are."""

    line: int
    values: list[float] | str


def parse_entries(lines: Sequence[str]) -> tuple[dict[str, Entry], list[Problem]]:
    """Key and values of each line: they part at the first colon, or at the first blank where there is none."""
    entries: dict[str, Entry] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        key, colon, rest = line.partition(":")
        if not colon or len(key.split()) > 1:
            key, rest = (*line.split(None, 1), "")[:2]
        key = key.strip()
        if key in entries:
            message = f"expected a key once, found {key!r} again; the first counts"
            problems.append(Problem("kitti.calibration-key", message, number, is_error=False))
            continue
        values = [number_of(word) for word in rest.split()]
        numbers = [value for value in values if value is not None]
        entries[key] = Entry(number, numbers if len(numbers) == len(values) else rest.strip())
    return entries, problems


def calibration_of(data: bytes) -> Calibration:
    """The calibration of one file of the object, tracking or odometry benchmark, or of what tools make of them."""
    lines, problems = lines_of(data)
    entries, more = parse_entries(lines)
    result = Calibration(entries=_shown(entries), problems=[*problems, *more], cut_at=_last_line(data, lines))
    if not any(key in _ALIASES or PROJECTION.fullmatch(key) for key in entries):
        result.problems.append(OTHER if entries else NOTHING)
        return result
    found: dict[str, FloatArray] = {}
    given = {_ALIASES.get(key) for key in entries}  # rightly or not
    for key, entry in entries.items():
        projection = PROJECTION.fullmatch(key)
        if projection is not None:
            _add_projection(result, int(projection[1]), key, entry)
        elif key in _ALIASES:
            matrix = _matrix(result, key, entry, _ALIASES[key])
            if matrix is not None:
                found.setdefault(_ALIASES[key], matrix)
                _tell_axes(result, _ALIASES[key], key, entry, matrix)
    if "velo_to_rect" in found:
        result.lidar_to_rect = homogeneous(found["velo_to_rect"])  # odometry: rectified already (3.9)
    elif "velo_to_cam" in found:
        result.lidar_to_cam0 = homogeneous(found["velo_to_cam"])
        if "R0" in found:
            result.lidar_to_rect = homogeneous(found["R0"]) @ result.lidar_to_cam0
        elif "R0" not in given:
            _missing(result, "R0_rect")
    elif "R0" in found and "velo_to_cam" not in given:
        _missing(result, "Tr_velo_to_cam")
    if "imu_to_velo" in found:
        result.imu_to_lidar = homogeneous(found["imu_to_velo"])
    _place_lidar(result)
    return result


def raw_calibration(files: Mapping[str, bytes]) -> dict[str, Calibration]:
    """The calibration of a recording day from those of its three files that are there.

    Each file gets a calibration of its own, for its problems; the whole is under `""`.
    """
    result = Calibration()
    parts = {"": result}
    rotation: FloatArray | None = None
    for name, data in files.items():
        lines, problems = lines_of(data)
        entries, more = parse_entries(lines)
        part = parts[name] = Calibration(problems=[*problems, *more], cut_at=_last_line(data, lines))
        result.entries[name] = _shown(entries)
        if not entries:
            part.problems.append(NOTHING)
            continue
        meaning = RAW_FILES[name]
        if meaning:
            motion = _motion(part, entries, meaning)
            if motion is not None and meaning == "velo_to_cam":
                result.lidar_to_cam0 = motion
            elif motion is not None:
                result.imu_to_lidar = motion
            continue
        rotation = _cam_to_cam(result, part, entries)
    if rotation is not None and result.lidar_to_cam0 is not None:
        result.lidar_to_rect = homogeneous(rotation) @ result.lidar_to_cam0
    _place_lidar(result)
    return parts


def _cam_to_cam(result: Calibration, part: Calibration, entries: Mapping[str, Entry]) -> FloatArray | None:
    """Take in calib_cam_to_cam.txt; R_rect_00, which rectifies for all four cameras (3.8)."""
    rotation = None
    for key, entry in entries.items():
        projection, own = PROJECTION.fullmatch(key), UNRECTIFIED.fullmatch(key)
        if projection is not None:
            _add_projection(part, int(projection[1]), key, entry)
        elif own is not None:
            matrix = _matrix(part, key, entry, own[1])
            if matrix is not None:
                result.unrectified.setdefault(int(own[2]), {})[own[1]] = matrix
        elif (size := _SIZE.fullmatch(key)) is not None:
            _add_size(result, part, key, entry, int(size[2]))
        elif key == "R_rect_00":
            rotation = _matrix(part, key, entry, "R0")
    if "R_rect_00" not in entries:
        _missing(part, "R_rect_00")
    result.projections, result.baselines = part.projections, part.baselines
    return rotation


def _add_size(result: Calibration, part: Calibration, key: str, entry: Entry, camera: int) -> None:
    """Take in S or S_rect where it is a width and a height; other values stay among the entries alone, and are told."""
    values = entry.values
    if not isinstance(values, str) and len(values) == 2 and all(v.is_integer() and v > 0 for v in values):
        result.sizes[camera, key.startswith("S_rect")] = (int(values[0]), int(values[1]))
    elif part.cut_at != entry.line:
        message = f"{key}: expected a width and a height in pixels, found {values!r}"
        part.problems.append(Problem("kitti.calibration-size", message, entry.line, is_error=False))


def _motion(part: Calibration, entries: Mapping[str, Entry], meaning: str) -> FloatArray | None:
    found = {}
    for key in ("R", "T"):
        if key not in entries:
            _missing(part, key)
            continue
        found[key] = matrix = _matrix(part, key, entries[key], key)
        if key == "R" and matrix is not None:
            _tell_axes(part, meaning, key, entries[key], matrix)
    rotation, translation = found.get("R"), found.get("T")
    if rotation is None or translation is None:
        return None
    return homogeneous(np.hstack([rotation, translation]))


def _add_projection(result: Calibration, camera: int, key: str, entry: Entry) -> None:
    matrix = _matrix(result, key, entry, "projection")
    if matrix is None:
        return
    # A camera matrix on the platform is fx, skew, cx, fy, cy alone (platform-api.md section F).
    is_upright = (matrix[1, 0], *matrix[2, :3]) == (0.0, 0.0, 0.0, 1.0)
    offset = _baseline(matrix) if is_upright and np.isfinite(matrix).all() else None
    if offset is None:
        expected = "a projection [[fx, s, cx, .], [0, fy, cy, .], [0, 0, 1, .]]"
        message = f"{key}: expected {expected}, found {matrix.tolist()}"
        result.problems.append(Problem("kitti.calibration-matrix", message, entry.line))
        return
    result.projections[camera] = matrix
    result.baselines[camera] = offset


def _baseline(matrix: FloatArray) -> FloatArray | None:
    try:
        offset = baseline(matrix)
    except np.linalg.LinAlgError:
        return None
    return offset if np.isfinite(offset).all() else None


def _matrix(result: Calibration, key: str, entry: Entry, meaning: str) -> FloatArray | None:
    rows, columns = _SHAPES[meaning]
    if isinstance(entry.values, str):
        found = f"words in {entry.values[:40]!r}"
    elif len(entry.values) != rows * columns:
        found = f"{len(entry.values)}"
    else:
        matrix = np.array(entry.values).reshape(rows, columns)
        fault = None if meaning in ("projection", "D", "T", "K") else motion_fault(matrix)
        if fault is None:
            return matrix
        message = f"{key}: expected a rotation, found {fault}"
        result.problems.append(Problem("kitti.calibration-matrix", message, entry.line))
        return None
    if result.cut_at == entry.line and _is_short(entry, rows * columns):
        result.cut_in = meaning
        found += "; the file ends there"
    message = f"{key}: expected {rows * columns} numbers, found {found}"
    result.problems.append(Problem("kitti.calibration-row", message, entry.line))
    return None


def _tell_axes(result: Calibration, meaning: str, key: str, entry: Entry, matrix: FloatArray) -> None:
    problem = odd_axes(key, entry.line, matrix) if meaning in ("velo_to_cam", "velo_to_rect") else None
    if problem is not None:
        result.problems.append(problem)


def _is_short(entry: Entry, count: int) -> bool:
    """Whether a line lacks numbers at its end, of which the last may be half a number."""
    if not isinstance(entry.values, str):
        return len(entry.values) < count
    words = entry.values.split()
    return len(words) <= count and all(number_of(word) is not None for word in words[:-1])


def _missing(result: Calibration, key: str) -> None:
    if result.cut_in in _BEFORE.get(key, ()):
        return  # the line that breaks off is told
    message = f"expected a line {key}, found none; what hangs on it is left without a place"
    result.problems.append(Problem("kitti.calibration-key", message, is_error=False))


def _place_lidar(result: Calibration) -> None:
    if result.lidar_to_rect is not None:
        result.lidar_placement = Placement.from_matrix(inverse(result.lidar_to_rect))


def _last_line(data: bytes, lines: Sequence[str]) -> int | None:
    """The number of the last line, from 1, where no line end follows it: it may have been cut."""
    return None if data.endswith((b"\n", b"\r")) else len(lines)


def _shown(entries: Mapping[str, Entry]) -> dict[str, Any]:
    return {key: entry.values for key, entry in entries.items()}
