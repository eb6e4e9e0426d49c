"""Ego poses: from oxts records (source-formats.md 3.8), and from the poses of odometry (3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lading import Transform3D
from lading.errors import GeometryError
from lading.model.geometry import EGO, WORLD, FloatArray, Vector3, matrix_from_quaternion
from lading_kitti.calibration import Calibration
from lading_kitti.geometry import (
    homogeneous,
    inverse,
    is_motion,
    mercator,
    mercator_scale,
    motion_fault,
    yaw_pitch_roll,
)
from lading_kitti.texts import Problem, number_of, whole_or_float

#: The 30 values of an oxts record in their order (3.8). The last five are whole numbers.
OXTS_FIELDS = (
    "lat",
    "lon",
    "alt",
    "roll",
    "pitch",
    "yaw",
    "vn",
    "ve",
    "vf",
    "vl",
    "vu",
    "ax",
    "ay",
    "az",
    "af",
    "al",
    "au",
    "wx",
    "wy",
    "wz",
    "wf",
    "wl",
    "wu",
    "pos_accuracy",
    "vel_accuracy",
    "navstat",
    "numsats",
    "posmode",
    "velmode",
    "orimode",
)
_WHOLE_FROM = OXTS_FIELDS.index("navstat")


def parse_oxts(line: str, line_number: int) -> tuple[dict[str, int | float], Problem | None]:
    """A record by the names of its fields; empty, with a problem, where it has not 30 numbers."""
    words = line.split()
    values = [whole_or_float(word) if index >= _WHOLE_FROM else number_of(word) for index, word in enumerate(words)]
    record = {name: value for name, value in zip(OXTS_FIELDS, values, strict=False) if value is not None}
    if len(words) == len(record) == len(OXTS_FIELDS):
        return record, None
    wrong = next((repr(word) for word, value in zip(words, values, strict=True) if value is None), str(len(words)))
    return {}, Problem("kitti.oxts-row", f"expected {len(OXTS_FIELDS)} numbers, found {wrong}", line_number)


class OxtsWorld:
    """Turns records into poses of the velodyne in a local east-north-up world that starts where the first stands.

    The pose of the IMU is Rz(yaw) Ry(pitch) Rx(roll) at the mercator position by the first latitude's scale, less the
    first position, as pykitti has it; the velodyne's is that after the inverse of Tr_imu_to_velo.
    """

    def __init__(self, first: Mapping[str, int | float], imu_to_lidar: FloatArray) -> None:
        self._scale = mercator_scale(first["lat"])
        self._origin = self._position(first)
        self._lidar_to_imu = inverse(imu_to_lidar)

    @property
    def origin(self) -> Vector3:
        """What was taken off each position, in metres of the mercator plane."""
        return self._origin

    def pose(self, record: Mapping[str, int | float]) -> Transform3D | None:
        """The ego pose of a record, or None where a number in it is not finite."""
        rotation = yaw_pitch_roll(record["yaw"], record["pitch"], record["roll"])
        imu_to_world = np.eye(4)
        try:
            imu_to_world[:3, :3] = matrix_from_quaternion(rotation)
            imu_to_world[:3, 3] = np.subtract(self._position(record), self._origin)
            if not np.isfinite(imu_to_world).all():
                return None
            return Transform3D.from_matrix(EGO, WORLD, imu_to_world @ self._lidar_to_imu)
        except (GeometryError, ValueError):  # a latitude beyond the poles has no logarithm
            return None

    def _position(self, record: Mapping[str, int | float]) -> Vector3:
        return mercator(record["lat"], record["lon"], record["alt"], self._scale)


def oxts_world(records: Iterable[Mapping[str, int | float]], calibration: Calibration | None) -> OxtsWorld | None:
    """The world of a sequence's first good record; None without one, or without Tr_imu_to_velo."""
    if calibration is None or calibration.imu_to_lidar is None:
        return None
    for record in records:
        if not record:
            continue
        try:
            world = OxtsWorld(record, calibration.imu_to_lidar)
        except ValueError:
            continue
        if np.isfinite(world.origin).all():
            return world
    return None


def parse_pose(line: str, line_number: int) -> tuple[list[float] | None, Problem | None]:
    """The twelve numbers of a line of poses, also where they are no motion, with what is wrong."""
    values = [number_of(word) for word in line.split()]
    numbers = [value for value in values if value is not None]
    if len(numbers) == len(values) == 12:
        fault = motion_fault(np.array(numbers).reshape(3, 4))
        if fault is None:
            return numbers, None
        hint = ", as if written column by column" if is_motion(np.array(numbers).reshape(4, 3).T) else ""
        message = f"expected a rotation and a translation, found {fault}{hint}"
        return numbers, Problem("kitti.pose-row", message, line_number)
    found = f"{len(values)}" if len(numbers) == len(values) else f"{line[:40]!r}"
    return None, Problem("kitti.pose-row", f"expected 12 numbers, found {found}", line_number)


def odometry_pose(numbers: Sequence[float], calibration: Calibration | None) -> Transform3D | None:
    """The velodyne's pose in the frame of the first rectified camera 0: pose_i Tr (3.9); None where it has none."""
    if calibration is None or calibration.lidar_to_rect is None:
        return None
    camera_to_world = np.array(numbers).reshape(3, 4)
    if not is_motion(camera_to_world):
        return None
    return Transform3D.from_matrix(EGO, WORLD, homogeneous(camera_to_world) @ calibration.lidar_to_rect)
