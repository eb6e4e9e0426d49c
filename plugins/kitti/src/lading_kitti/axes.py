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

#: How far the camera may look away from where the velodyne does: KITTI's own look ahead, all of them.
_AHEAD = math.radians(45)

#: As far as this is no sensor of a car from another.
_FARTHEST_M = 50.0
#: From here on digits say nothing more.
_MANY_DIGITS_M = 1e9

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


def turned_axes(key: str, line: int, velo_to_camera: FloatArray) -> Problem | None:
    """What to say of a rotation by which KITTI's camera does not look ahead, or not upright; one of another rig may."""
    rotation = velo_to_camera[:3, :3]
    ahead, up = rotation[2, 0], -rotation[1, 2]
    names = ("x forward", "z forward") if ahead <= up else ("z up", "-y up")
    angle = math.acos(min(max(float(min(ahead, up)), -1.0), 1.0))
    return _turned(key, line, angle, f"{names[0]} of the velodyne", f"{names[1]} of the camera")


def turned_plane(key: str, line: int, rectification: FloatArray) -> Problem | None:
    """What to say of a rectification that turns pictures much: KITTI's are within 2 degrees of the identity."""
    return _turned(key, line, angle_between(rectification, np.eye(3)), "a rectification", "the identity")


def _turned(key: str, line: int, angle: float, what: str, usual: str) -> Problem | None:
    if angle <= _AHEAD:
        return None
    expected = f"{what} within {math.degrees(_AHEAD):.0f} degrees of {usual}"
    message = f"{key}: expected {expected}, found it {math.degrees(angle):.0f} degrees off"
    return Problem(AXES, message, line, is_error=False)


def far_away(key: str, line: int, translation: FloatArray) -> Problem | None:
    """What to say of a way between two sensors that is too long to be in metres."""
    numbers = translation.ravel().tolist()
    metres = math.hypot(*numbers)
    if not (all(map(math.isfinite, numbers)) and metres > _FARTHEST_M):
        return None
    shown = f"{metres:,.1f}" if metres < _MANY_DIGITS_M else f"{metres:g}"
    message = f"{key}: expected a sensor within {_FARTHEST_M:g} m of the other, found it {shown} m away"
    return Problem("kitti.calibration-far", message, line, is_error=False)


def angle_between(one: FloatArray, other: FloatArray) -> float:
    """Between two rotations, in radians."""
    cosine = (float(np.sum(one * other)) - 1) / 2
    return math.acos(min(max(cosine, -1.0), 1.0))
