"""The axes of velodyne and camera, which differ (source-formats.md 3.4): calibrations that do not turn them so."""

from __future__ import annotations

import math

import numpy as np

from lading.model.geometry import FloatArray
from lading_kitti.texts import Problem

#: From x forward, y left, z up to x right, y down, z forward.
_VELO_TO_CAMERA = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])

#: How far a sensor may be tilted or turned: official ones are within 2 degrees.
_TILT = math.radians(20)

#: What is told of such a calibration.
AXES = "kitti.calibration-axes"


def odd_axes(key: str, line: int, velo_to_camera: FloatArray) -> Problem | None:
    """What to say of a rotation that keeps the velodyne's axes, as a placeholder does, or is that of the way back."""
    rotation = velo_to_camera[:3, :3]
    if angle_between(rotation, np.eye(3)) < _TILT:
        found = "the axes kept as they are"
    elif angle_between(rotation, _VELO_TO_CAMERA.T) < _TILT:
        found = "the rotation of the way back"
    else:
        return None
    expected = "x forward, y left, z up of the velodyne turned into x right, y down, z forward of the camera"
    return Problem(AXES, f"{key}: expected {expected}, found {found}", line, is_error=False)


def angle_between(one: FloatArray, other: FloatArray) -> float:
    """Between two rotations, in radians."""
    cosine = (float(np.sum(one * other)) - 1) / 2
    return math.acos(min(max(cosine, -1.0), 1.0))
