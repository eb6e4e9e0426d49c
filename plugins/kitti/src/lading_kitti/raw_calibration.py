"""The calibration of a recording day of raw, out of its three files (source-formats.md 3.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from lading.model.geometry import FloatArray
from lading_kitti.axes import far_away
from lading_kitti.calibration import NOTHING, PROJECTION, UNRECTIFIED, Calibration
from lading_kitti.entries import Entry, last_line, parse_entries, shown
from lading_kitti.geometry import homogeneous
from lading_kitti.matrices import add_projection, matrix_of, place_lidar, tell_axes, tell_missing
from lading_kitti.pairs import exchanged
from lading_kitti.texts import Problem, lines_of

_SIZE = re.compile(r"S_(rect_)?0?(\d)")

#: The parts of raw's calibration by file, and what R and T of the two small ones make together.
RAW_FILES: Mapping[str, str] = {
    "calib_cam_to_cam.txt": "",
    "calib_velo_to_cam.txt": "velo_to_cam",
    "calib_imu_to_velo.txt": "imu_to_velo",
}


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
        part = parts[name] = Calibration(problems=[*problems, *more], cut_at=last_line(data, lines))
        result.entries[name] = shown(entries)
        if not entries:
            part.problems.append(NOTHING)
            continue
        meaning = RAW_FILES[name]
        if meaning:
            motion = _motion(part, entries, meaning)
            if motion is not None and meaning == "velo_to_cam":
                result.lidar_to_cam0, result.turned = motion, part.turned
            elif motion is not None:
                result.imu_to_lidar = motion
            continue
        rotation = _cam_to_cam(result, part, entries)
    if rotation is not None and result.lidar_to_cam0 is not None:
        result.lidar_to_rect = homogeneous(rotation) @ result.lidar_to_cam0
    place_lidar(result)
    return parts


def _cam_to_cam(result: Calibration, part: Calibration, entries: Mapping[str, Entry]) -> FloatArray | None:
    """Take in calib_cam_to_cam.txt; R_rect_00, which rectifies for all four cameras (3.8)."""
    rotation = None
    for key, entry in entries.items():
        projection, own = PROJECTION.fullmatch(key), UNRECTIFIED.fullmatch(key)
        if projection is not None:
            add_projection(part, int(projection[1]), key, entry)
        elif own is not None:
            matrix = matrix_of(part, key, entry, own[1])
            if matrix is not None:
                result.unrectified.setdefault(int(own[2]), {})[own[1]] = matrix
        elif (size := _SIZE.fullmatch(key)) is not None:
            _add_size(result, part, key, entry, int(size[2]))
        elif key == "R_rect_00":
            rotation = matrix_of(part, key, entry, "R0")
    if "R_rect_00" not in entries:
        tell_missing(part, "R_rect_00")
    result.projections, result.baselines = part.projections, part.baselines
    part.problems += [*part.zeros.values(), *exchanged(part, entries)]
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
            tell_missing(part, key)
            continue
        found[key] = matrix = matrix_of(part, key, entries[key], key)
        if key == "R" and matrix is not None:
            tell_axes(part, meaning, key, entries[key], matrix)
    rotation, translation = found.get("R"), found.get("T")
    if rotation is None or translation is None:
        return None
    if meaning == "velo_to_cam":
        part.turned = part.turned or far_away("T", entries["T"].line, translation)
    return homogeneous(np.hstack([rotation, translation]))
