"""KITTI's geometry as pure formulas: label boxes to boxes in a sensor's frame and back, baselines, poses.

Frames (source-formats.md 3.4, 3.5): rectified camera 0 has x right, y down, z forward; the velodyne and the IMU have
x forward, y left, z up. A label's box stands on (x, y, z) of rectified camera 0 and turns by `rotation_y` about y.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np

from lading.model.geometry import (
    FloatArray,
    Quaternion,
    Vector3,
    matrix_from_quaternion,
    multiply_quaternions,
    quaternion_from_matrix,
)

#: A row of a (3, 4) matrix, as plain floats: a box needs nine products, too few for numpy to pay.
Row4: TypeAlias = tuple[float, float, float, float]

#: The quarter turn about x that brings a box's axes (forward, left, up) to the camera's at rotation_y = 0:
#: forward to x, left to z, up to -y.
_AXES: Quaternion = (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)

#: KITTI's devkit takes the earth for a ball of this radius (convertOxtsToPose.m).
EARTH_RADIUS_M = 6378137.0

#: How far off a rotation a matrix may be: official texts are at 1e-7, some quoted with three digits at 1e-3.
ORTHONORMAL = 0.01


class Placement(NamedTuple):
    """How points and rotations of rectified camera 0 come into the frame of the sensor that carries the boxes."""

    rows: tuple[Row4, Row4, Row4]
    rotation: Quaternion

    @classmethod
    def from_matrix(cls, rect_to_sensor: FloatArray) -> Placement:
        """From a (4, 4) matrix, whose points move by it as it is and whose rotation is the nearest one.

        The text of a calibration is orthonormal to 1e-7. Points keep the source's numbers; a quaternion cannot.
        Raises GeometryError where the matrix is no rotation at all.
        """
        first, second, third = ((float(a), float(b), float(c), float(d)) for a, b, c, d in rect_to_sensor[:3])
        return cls((first, second, third), quaternion_from_matrix(rect_to_sensor[:3, :3]))

    def point(self, x: float, y: float, z: float) -> Vector3:
        """A point of rectified camera 0 in the sensor's frame."""
        a, b, c = (row[0] * x + row[1] * y + row[2] * z + row[3] for row in self.rows)
        return (a, b, c)


def box_in_sensor(
    placement: Placement, location: Vector3, height: float, rotation_y: float
) -> tuple[Vector3, Quaternion]:
    """Middle and rotation, in the sensor's frame, of a label's box (3.4).

    `location` is the middle of the box's bottom; y points down, so its middle is half its height above it at
    smaller y.
    """
    x, y, z = location
    centre = placement.point(x, y - height / 2, z)
    half = rotation_y / 2
    # sine and cosine of infinity raise; a box that turns by it has no rotation
    c, s = (math.cos(half), math.sin(half)) if math.isfinite(half) else (math.nan, math.nan)
    in_camera = multiply_quaternions((c, 0.0, s, 0.0), _AXES)
    return centre, positive(multiply_quaternions(placement.rotation, in_camera))


def box_in_camera(
    sensor_to_rect: FloatArray, centre: Vector3, height: float, rotation: Quaternion
) -> tuple[Vector3, float]:
    """Location and rotation_y of the label of a box in the sensor's frame: the inverse of `box_in_sensor`."""
    x, y, z = (float(v) for v in sensor_to_rect[:3, :3] @ np.array(centre) + sensor_to_rect[:3, 3])
    turn = matrix_from_quaternion(quaternion_from_matrix(sensor_to_rect[:3, :3]))
    forward = turn @ matrix_from_quaternion(rotation)[:, 0]
    return (x, y + height / 2, z), math.atan2(-float(forward[2]), float(forward[0]))


def alpha_of(location: Vector3, rotation_y: float) -> float:
    """The angle under which an object is seen, within (-pi, pi] (3.4)."""
    x, _, z = location
    return wrapped(rotation_y - math.atan2(x, z))


def reach_ahead(dimensions: Vector3, rotation_y: float) -> float:
    """How far a box reaches from its centre along the camera's z; NaN where its turn is not finite.

    The z of the devkit's corners is -s x + c z, with x = +-l/2 and z = +-w/2 (3.4).
    """
    _, width, length = dimensions
    if not math.isfinite(rotation_y):
        return math.nan
    return (abs(math.sin(rotation_y)) * length + abs(math.cos(rotation_y)) * width) / 2


def wrapped(angle: float) -> float:
    """The same angle within (-pi, pi]; NaN for NaN and infinities."""
    if not math.isfinite(angle):
        return math.nan
    turned = math.remainder(angle, math.tau)
    return math.pi if turned == -math.pi else turned


def positive(rotation: Quaternion) -> Quaternion:
    """The same rotation with w >= 0, as quaternions are written that we make ourselves."""
    w, x, y, z = rotation
    return rotation if not w < 0 else (-w, -x, -y, -z)


def yaw_pitch_roll(yaw: float, pitch: float, roll: float) -> Quaternion:
    """The rotation Rz(yaw) Ry(pitch) Rx(roll), with w >= 0."""
    if not all(map(math.isfinite, (yaw, pitch, roll))):
        return (math.nan, math.nan, math.nan, math.nan)
    about_z = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
    about_y = (math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0)
    about_x = (math.cos(roll / 2), math.sin(roll / 2), 0.0, 0.0)
    return positive(multiply_quaternions(multiply_quaternions(about_z, about_y), about_x))


def baseline(projection: FloatArray) -> FloatArray:
    """B of a rectified camera: p_camera = p_rect0 + b, from the fourth column of its (3, 4) projection (3.5).

    Not P[0, 3] / fx: b has parts along y and z, and cx * b_z is within P[0, 3]. Raises LinAlgError where the
    camera matrix has no inverse.
    """
    return np.asarray(np.linalg.solve(projection[:, :3], projection[:, 3]), dtype=np.float64)


def inverse(matrix: FloatArray) -> FloatArray:
    """The inverse of a matrix as it is, orthonormal or not. Raises LinAlgError where it has none."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def is_motion(matrix: FloatArray) -> bool:
    """Whether a (3, 3) or (3, 4) matrix is a right-handed rotation, or one with a translation, all of it finite."""
    turn = matrix[:, :3]
    if not np.isfinite(matrix).all() or np.abs(turn).max() > 1 + ORTHONORMAL:
        return False
    return bool(np.abs(turn @ turn.T - np.eye(3)).max() <= ORTHONORMAL and np.linalg.det(turn) > 0)


def motion_fault(matrix: FloatArray) -> str | None:
    """What keeps a (3, 3) or (3, 4) matrix from being such, in words; None where it is one."""
    if is_motion(matrix):
        return None
    odd = matrix[~np.isfinite(matrix)]
    if len(odd):
        return f"{odd[0]:g}, which is not finite"
    first, second, third = lengths = np.linalg.norm(matrix[:, :3], axis=1)
    if np.abs(lengths - 1).max() > ORTHONORMAL / 2:
        return f"rows of length {first:.4g}, {second:.4g} and {third:.4g}"
    return "a mirror image" if is_motion(-matrix) else "rows that are not at right angles"


def homogeneous(matrix: FloatArray) -> FloatArray:
    """A (3, 3) or (3, 4) matrix as (4, 4)."""
    result = np.eye(4)
    result[: matrix.shape[0], : matrix.shape[1]] = matrix
    return result


def shift(offset: FloatArray) -> FloatArray:
    """The (4, 4) matrix that adds `offset`."""
    result = np.eye(4)
    result[:3, 3] = offset
    return result


def mercator(latitude_deg: float, longitude_deg: float, altitude_m: float, scale: float) -> Vector3:
    """East, north and up, in metres, of a position of GPS (3.8; convertOxtsToPose.m)."""
    x = scale * EARTH_RADIUS_M * math.radians(longitude_deg)
    y = scale * EARTH_RADIUS_M * math.log(math.tan(math.pi * (90 + latitude_deg) / 360))
    return (x, y, altitude_m)


def mercator_scale(latitude_deg: float) -> float:
    """The scale of a sequence, by the latitude of its first position."""
    return math.cos(math.radians(latitude_deg))
