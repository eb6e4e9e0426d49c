"""Rotations and rigid transforms between named frames of reference.

Lengths are metres, frames are right-handed, a quaternion is (w, x, y, z).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lading.errors import GeometryError

Vector3: TypeAlias = tuple[float, float, float]
Quaternion: TypeAlias = tuple[float, float, float, float]
FloatArray: TypeAlias = NDArray[np.float64]

#: The frames of reference that every dataset shares; a sensor's frame has the sensor's name.
EGO = "ego"
WORLD = "world"

NO_ROTATION: Quaternion = (1.0, 0.0, 0.0, 0.0)
NO_TRANSLATION: Vector3 = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Transform3D:
    """A rigid motion that takes coordinates in `source` to coordinates in `target`, frames of reference by their names.

    `translation` is x, y, z in metres, `rotation` a quaternion w, x, y, z; points turn, then move. `second @ first` is
    both in one, and raises GeometryError where their frames do not meet.
    The quaternion is kept as it was given, sign and length included; wherever it is applied it counts as the
    rotation of the unit quaternion beside it.
    """

    source: str
    target: str
    translation: Vector3 = NO_TRANSLATION
    rotation: Quaternion = NO_ROTATION

    @classmethod
    def from_matrix(cls, source: str, target: str, matrix: ArrayLike) -> Transform3D:
        """From a (3, 4) or (4, 4) matrix; a linear part that is not quite a rotation gives the nearest one.

        Raises GeometryError for any other shape, and where the linear part mirrors or flattens.
        """
        values = np.asarray(matrix, dtype=np.float64)
        if values.shape not in ((3, 4), (4, 4)):
            raise GeometryError(f"matrix: expected shape (3, 4) or (4, 4), found {values.shape}")
        x, y, z = (float(v) for v in values[:3, 3])
        return cls(source, target, (x, y, z), quaternion_from_matrix(values[:3, :3]))

    @property
    def rotation_matrix(self) -> FloatArray:
        """The rotation as a (3, 3) matrix."""
        return matrix_from_quaternion(self.rotation)

    @property
    def matrix(self) -> FloatArray:
        """The motion as a homogeneous (4, 4) matrix."""
        result = np.eye(4)
        result[:3, :3] = self.rotation_matrix
        result[:3, 3] = self.translation
        return result

    def inverse(self) -> Transform3D:
        """The motion back, from `target` to `source`."""
        w, x, y, z = unit_quaternion(self.rotation)
        back: Quaternion = (w, -x, -y, -z)
        tx, ty, tz = (float(v) for v in -(matrix_from_quaternion(back) @ np.array(self.translation)))
        return Transform3D(self.target, self.source, (tx, ty, tz), back)

    def __matmul__(self, first: Transform3D) -> Transform3D:
        """Do `first`, then this one: `ego_to_world @ lidar_to_ego` maps lidar to world.

        Raises GeometryError, naming both frames, where `first` does not end in the frame this one starts from.
        """
        if first.target != self.source:
            raise GeometryError(
                f"compose {first.source} -> {first.target} with {self.source} -> {self.target}: "
                f"expected frames that meet, found {first.target!r} and {self.source!r}"
            )
        tx, ty, tz = (float(v) for v in self.apply(np.array([first.translation]))[0])
        rotation = multiply_quaternions(unit_quaternion(self.rotation), unit_quaternion(first.rotation))
        return Transform3D(first.source, self.target, (tx, ty, tz), rotation)

    def apply(self, points: ArrayLike) -> FloatArray:
        """Points of shape (N, 3) in `source` as points of shape (N, 3) in `target`."""
        values = np.asarray(points, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != 3:
            raise GeometryError(f"points: expected shape (N, 3), found {values.shape}")
        moved: FloatArray = values @ self.rotation_matrix.T + np.array(self.translation)
        return moved


def unit_quaternion(rotation: Quaternion) -> Quaternion:
    """The same rotation at length 1, sign kept. Raises GeometryError for length 0 and for NaN."""
    length = math.sqrt(math.fsum(v * v for v in rotation))
    if not length > 0.0 or math.isinf(length):
        raise GeometryError(f"rotation: expected a quaternion of finite length above 0, found {rotation}")
    if length == 1.0:
        return rotation
    w, x, y, z = rotation
    return (w / length, x / length, y / length, z / length)


def multiply_quaternions(left: Quaternion, right: Quaternion) -> Quaternion:
    """The Hamilton product: `right` is done first."""
    aw, ax, ay, az = left
    bw, bx, by, bz = right
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def matrix_from_quaternion(rotation: Quaternion) -> FloatArray:
    """The (3, 3) rotation matrix of a quaternion of any length but 0."""
    w, x, y, z = unit_quaternion(rotation)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def nearest_rotation(matrix: ArrayLike) -> FloatArray:
    """The rotation closest to a (3, 3) matrix (polar factor, by SVD).

    Raises GeometryError where there is none: the matrix mirrors, flattens, or is not finite.
    """
    values = np.asarray(matrix, dtype=np.float64)
    if values.shape != (3, 3):
        raise GeometryError(f"rotation: expected shape (3, 3), found {values.shape}")
    if not np.isfinite(values).all() or np.linalg.det(values) <= 0.0:
        raise GeometryError(f"rotation: expected a right-handed matrix, found {values.tolist()}")
    u, _, vt = np.linalg.svd(values)
    nearest: FloatArray = u @ vt
    return nearest


def quaternion_from_matrix(matrix: ArrayLike) -> Quaternion:
    """The unit quaternion, w >= 0, of the rotation nearest to a (3, 3) matrix.

    The largest of the four squares is divided by, so that nothing is lost near half turns (Shepperd's method).
    """
    m = nearest_rotation(matrix)
    diagonal = (m[0, 0], m[1, 1], m[2, 2])
    trace = sum(diagonal)
    squares = [1 + trace, *(1 + 2 * d - trace for d in diagonal)]  # 4w^2, 4x^2, 4y^2, 4z^2
    largest = max(range(4), key=lambda k: squares[k])
    # Row `largest` of 4 q q^T, whose off-diagonal entries are sums and differences of entries of m.
    products = [
        [squares[0], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], squares[1], m[1, 0] + m[0, 1], m[0, 2] + m[2, 0]],
        [m[0, 2] - m[2, 0], m[1, 0] + m[0, 1], squares[2], m[2, 1] + m[1, 2]],
        [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[2, 1] + m[1, 2], squares[3]],
    ]
    w, x, y, z = (float(v) for v in products[largest])
    if w < 0:
        w, x, y, z = -w, -x, -y, -z
    return unit_quaternion((w, x, y, z))
