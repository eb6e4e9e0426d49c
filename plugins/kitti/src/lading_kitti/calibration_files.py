"""Calibration files of the object, tracking and odometry benchmarks (source-formats.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from lading.model.geometry import FloatArray
from lading_kitti.calibration import NOTHING, OTHER, PROJECTION, Calibration
from lading_kitti.entries import last_line, parse_entries, shown
from lading_kitti.geometry import homogeneous
from lading_kitti.matrices import add_projection, matrix_of, place_lidar, tell_axes, tell_missing
from lading_kitti.pairs import exchanged
from lading_kitti.texts import lines_of

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
#: Keys of other rigs than KITTI's, whose cameras look to all sides, as the projection of a fifth camera is.
_OTHER_RIGS = ("Tr_velo_to_cam_0", "P4")


def calibration_of(data: bytes) -> Calibration:
    """The calibration of one file of the object, tracking or odometry benchmark, or of what tools make of them."""
    lines, problems = lines_of(data)
    entries, more = parse_entries(lines)
    result = Calibration(entries=shown(entries), problems=[*problems, *more], cut_at=last_line(data, lines))
    if not any(key in _ALIASES or PROJECTION.fullmatch(key) for key in entries):
        result.problems.append(OTHER if entries else NOTHING)
        return result
    found: dict[str, FloatArray] = {}
    given = {_ALIASES.get(key) for key in entries}  # rightly or not
    for key, entry in entries.items():
        projection = PROJECTION.fullmatch(key)
        if projection is not None:
            add_projection(result, int(projection[1]), key, entry)
        elif key in _ALIASES:
            matrix = matrix_of(result, key, entry, _ALIASES[key])
            if matrix is not None:
                found.setdefault(_ALIASES[key], matrix)
                tell_axes(result, _ALIASES[key], key, entry, matrix)
    if "velo_to_rect" in found:
        result.lidar_to_rect = homogeneous(found["velo_to_rect"])  # odometry: rectified already (3.9)
    elif "velo_to_cam" in found:
        result.lidar_to_cam0 = homogeneous(found["velo_to_cam"])
        if "R0" in found:
            result.lidar_to_rect = homogeneous(found["R0"]) @ result.lidar_to_cam0
        elif "R0" not in given:
            tell_missing(result, "R0_rect")
    elif "R0" in found and "velo_to_cam" not in given:
        tell_missing(result, "Tr_velo_to_cam")
    if any(key in _OTHER_RIGS for key in entries):
        result.turned = None
    else:
        result.problems += exchanged(result, entries)
    if "imu_to_velo" in found:
        result.imu_to_lidar = homogeneous(found["imu_to_velo"])
    place_lidar(result)
    return result
