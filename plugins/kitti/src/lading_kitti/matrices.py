"""The matrices that the lines of calibrations make, and what is wrong with them (source-formats.md 3.5, 3.8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from lading.model.geometry import FloatArray
from lading_kitti.axes import far_away, odd_axes, turned_axes, turned_plane
from lading_kitti.calibration import Calibration
from lading_kitti.entries import Entry
from lading_kitti.geometry import Placement, baseline, inverse, motion_fault
from lading_kitti.texts import Problem, number_of

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

#: What stands before a line: where the file breaks off in one of these, the line is behind (3.5, 3.8).
_BEFORE: Mapping[str, Collection[str]] = {
    "R0_rect": ("projection",),
    "Tr_velo_to_cam": ("projection", "R0"),
    "R_rect_00": ("K", "D", "R", "T"),
    "T": ("R",),
}

#: From the velodyne to the camera, rectified or not.
_WAYS = ("velo_to_cam", "velo_to_rect")


def add_projection(result: Calibration, camera: int, key: str, entry: Entry) -> None:
    """Take in a projection, with the place of its camera against rectified camera 0."""
    matrix = matrix_of(result, key, entry, "projection")
    if matrix is None:
        return
    # A camera matrix on the platform is fx, skew, cx, fy, cy alone (platform-api.md section F).
    is_upright = (matrix[1, 0], *matrix[2, :3]) == (0.0, 0.0, 0.0, 1.0)
    offset = _baseline(matrix) if is_upright and np.isfinite(matrix).all() else None
    if offset is None:
        expected = "a projection [[fx, s, cx, .], [0, fy, cy, .], [0, 0, 1, .]]"
        message = f"{key}: expected {expected}, found {matrix.tolist()}"
        problem = Problem("kitti.calibration-matrix", message, entry.line)
        if matrix.any():
            result.problems.append(problem)
        else:
            result.zeros[key] = problem
        return
    result.projections[camera] = matrix
    result.baselines[camera] = offset


def _baseline(matrix: FloatArray) -> FloatArray | None:
    try:
        offset = baseline(matrix)
    except np.linalg.LinAlgError:
        return None
    return offset if np.isfinite(offset).all() else None


def matrix_of(result: Calibration, key: str, entry: Entry, meaning: str) -> FloatArray | None:
    """The numbers of a line in the shape of what it means; None, which is told, where they are not that."""
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
        problem = Problem("kitti.calibration-matrix", f"{key}: expected a rotation, found {fault}", entry.line)
        if meaning == "imu_to_velo" and not matrix.any():
            result.zeros[key] = problem
        else:
            result.problems.append(problem)
        return None
    if result.cut_at == entry.line and _is_short(entry, rows * columns):
        result.cut_in = meaning
        found += "; the file ends there"
    message = f"{key}: expected {rows * columns} numbers, found {found}"
    result.problems.append(Problem("kitti.calibration-row", message, entry.line))
    return None


def tell_axes(result: Calibration, meaning: str, key: str, entry: Entry, matrix: FloatArray) -> None:
    """Tell that the way from the velodyne to the camera does not turn axes, or note that it turns them oddly."""
    problem = odd_axes(key, entry.line, matrix) if meaning in _WAYS else None
    if problem is not None:
        result.problems.append(problem)
    elif meaning in _WAYS:
        result.turned = (
            result.turned or turned_axes(key, entry.line, matrix) or far_away(key, entry.line, matrix[:, 3:])
        )
    elif meaning == "R0":
        result.turned = result.turned or turned_plane(key, entry.line, matrix)


def _is_short(entry: Entry, count: int) -> bool:
    """Whether a line lacks numbers at its end, of which the last may be half a number."""
    if not isinstance(entry.values, str):
        return len(entry.values) < count
    words = entry.values.split()
    return len(words) <= count and all(number_of(word) is not None for word in words[:-1])


def tell_missing(result: Calibration, key: str) -> None:
    """Tell that a line is missing, unless the file breaks off before it, which is told."""
    if result.cut_in in _BEFORE.get(key, ()):
        return
    message = f"expected a line {key}, found none; what hangs on it is left without a place"
    result.problems.append(Problem("kitti.calibration-key", message, is_error=False))


def place_lidar(result: Calibration) -> None:
    """How boxes come into the velodyne's frame."""
    if result.lidar_to_rect is not None:
        result.lidar_placement = Placement.from_matrix(inverse(result.lidar_to_rect))
