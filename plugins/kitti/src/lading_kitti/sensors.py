"""Sensors of a calibration: where each camera sits in the velodyne's frame, which is the ego frame (3.5)."""

from __future__ import annotations

import numpy as np

from lading import Camera, CameraMatrix, Intrinsics, Lidar, Sensor, Transform3D
from lading.model.geometry import EGO, FloatArray
from lading_kitti.calibration import Calibration
from lading_kitti.geometry import homogeneous, inverse, shift

#: D of calib_cam_to_cam.txt, in its order (3.8).
_DISTORTION = ("k1", "k2", "p1", "p2", "k3")


def lidar_sensor(name: str, calibration: Calibration | None) -> Sensor:
    """The velodyne: its frame is the ego frame, where a calibration ties anything to it."""
    is_tied = calibration is not None and not calibration.is_empty
    return Lidar(name=name, extrinsics=Transform3D(name, EGO) if is_tied else None)


def camera_sensor(name: str, number: int | None, calibration: Calibration | None, *, is_rectified: bool) -> Sensor:
    """A camera as far as its calibration is known; `is_rectified` tells raw's `_sync` pictures from `_extract`."""
    if calibration is None or number is None:
        return Camera(name=name)
    if not is_rectified:
        return _unrectified(name, number, calibration)
    projection = calibration.projections.get(number)
    if projection is None:
        return Camera(name=name)
    # p_camera = p_rect0 + b, so the way back to the velodyne is the inverse of R0 V after taking b off.
    rect_to_camera = shift(calibration.baselines[number])
    return Camera(
        name=name,
        extrinsics=_pose(name, rect_to_camera, calibration.lidar_to_rect),
        intrinsics=Intrinsics(camera_matrix=_camera_matrix(projection)),
    )


def _unrectified(name: str, number: int, calibration: Calibration) -> Sensor:
    """A camera of raw as it stands on the car: K, D, and R, T from camera 0 (3.8)."""
    own = calibration.unrectified.get(number, {})
    matrix, rotation, translation = own.get("K"), own.get("R"), own.get("T")
    distortion = own.get("D")
    intrinsics = None
    if matrix is not None:
        named = None
        if distortion is not None:
            named = {key: float(value) for key, value in zip(_DISTORTION, distortion[0], strict=True)}
        intrinsics = Intrinsics(camera_matrix=_camera_matrix(matrix), distortion=named)
    pose = None
    if rotation is not None and translation is not None:
        cam0_to_camera = homogeneous(np.hstack([rotation, translation]))
        pose = _pose(name, cam0_to_camera, calibration.lidar_to_cam0)
    return Camera(name=name, extrinsics=pose, intrinsics=intrinsics)


def _pose(name: str, reference_to_camera: FloatArray, lidar_to_reference: FloatArray | None) -> Transform3D | None:
    if lidar_to_reference is None:
        return None
    return Transform3D.from_matrix(name, EGO, inverse(reference_to_camera @ lidar_to_reference))


def _camera_matrix(matrix: FloatArray) -> CameraMatrix:
    return CameraMatrix(
        fx=float(matrix[0, 0]),
        fy=float(matrix[1, 1]),
        cx=float(matrix[0, 2]),
        cy=float(matrix[1, 2]),
        skew=float(matrix[0, 1]),
    )
