"""3D boxes as a camera sees them: edges in pixels, with the lens (platform-api.md F2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lading.errors import GeometryError
from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import Transform3D, matrix_from_quaternion
from lading.model.label import Box3D
from lading.model.sensor import Camera, FisheyeCamera, Intrinsics, Sensor

Corners = NDArray[np.float64]

#: Pairs of corners that an edge joins; the first four are the front face.
EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7))

#: What is nearer to the camera than this, in metres, is cut off.
_NEAR_M = 0.1
#: Points along an edge, for lenses bend it.
_STEPS = 9

_SIGNS = np.array([[1, 1, -1], [1, -1, -1], [1, -1, 1], [1, 1, 1], [-1, 1, -1], [-1, -1, -1], [-1, -1, 1], [-1, 1, 1]])


def corners_of(box: Box3D) -> Corners:
    """The eight corners in the sensor's frame, front first. Raises GeometryError for a rotation of length 0."""
    half = np.array(box.size_m) / 2
    corners: Corners = (_SIGNS * half) @ matrix_from_quaternion(box.rotation).T + np.array(box.centre)
    return corners


def corners_or_none(box: Box3D) -> Corners | None:
    """The corners of a box; None where it has no rotation or is not finite, which the rules tell."""
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            corners = corners_of(box)
    except GeometryError:
        return None
    return corners if np.isfinite(corners).all() else None


def sensor_of(segment: Segment, frame: Frame, name: str | None) -> Sensor | None:
    """The sensor of a file, as its frame has it, else its segment."""
    if name is not None and frame.calibration is not None and name in frame.calibration:
        return frame.calibration[name]
    return next((sensor for sensor in segment.sensors if sensor.name == name), None)


def way_between(segment: Segment, frame: Frame, data: Data, camera: Data) -> Transform3D | None:
    """From the frame of one file's sensor to that of another's, over the world where both poses are known."""
    if data.sensor_name == camera.sensor_name:
        return Transform3D(str(data.sensor_name), str(camera.sensor_name))
    source = sensor_of(segment, frame, data.sensor_name)
    target = sensor_of(segment, frame, camera.sensor_name)
    if source is None or target is None or source.extrinsics is None or target.extrinsics is None:
        return None
    try:
        way = source.extrinsics
        if data.ego_pose is not None and camera.ego_pose is not None:
            way = camera.ego_pose.inverse() @ data.ego_pose @ way
        return target.extrinsics.inverse() @ way
    except GeometryError:
        return None  # frames of reference that do not meet, or no rotation: the rules tell it


def boxes_in_camera(segment: Segment, frame: Frame, camera: Data) -> Iterator[tuple[Data, int, Corners]]:
    """Every 3D box of a frame that has a way to the camera: its file, its index there, its corners as the camera sees.

    Boxes without rotation or with numbers that are not finite are left out, which the rules tell.
    """
    for data in frame.data:
        boxes = [(index, label) for index, label in enumerate(data.labels) if isinstance(label, Box3D)]
        way = way_between(segment, frame, data, camera) if boxes else None
        if way is None:
            continue
        for index, box in boxes:
            corners = corners_or_none(box)
            if corners is None:
                continue
            try:
                moved = way.apply(corners)
            except GeometryError:
                continue
            if np.isfinite(moved).all():
                yield data, index, moved


def edges_in_camera(corners: Corners, camera: Camera) -> Iterator[list[tuple[float, float]]]:
    """The edges of a box in pixels, each as a line; `corners` are in the camera's frame."""
    if camera.intrinsics is None:
        return
    for start, end in EDGES:
        a, b = corners[start], corners[end]
        if a[2] < _NEAR_M and b[2] < _NEAR_M:
            continue
        if a[2] < _NEAR_M or b[2] < _NEAR_M:
            cut = a + (b - a) * ((_NEAR_M - a[2]) / (b[2] - a[2]))
            a, b = (cut, b) if a[2] < _NEAR_M else (a, cut)
        line = a + (b - a) * np.linspace(0, 1, _STEPS)[:, None]
        pixels = project(line, camera.intrinsics, is_fisheye=isinstance(camera, FisheyeCamera))
        if np.isfinite(pixels).all() and np.abs(pixels).max() < 1e6:
            yield [(x, y) for x, y in pixels.tolist()]


def project(points: Corners, intrinsics: Intrinsics, *, is_fisheye: bool) -> Corners:
    """Points in front of a camera, (N, 3), in pixels, (N, 2)."""
    x, y = points[:, 0] / points[:, 2], points[:, 1] / points[:, 2]
    given = intrinsics.distortion or {}
    radial = [value for name, value in sorted(given.items(), key=lambda item: int(item[0][1:])) if name[0] == "k"]
    square = x * x + y * y
    if is_fisheye:
        radius = np.sqrt(square)
        theta = np.arctan(radius)
        powers = sum((k * theta ** (2 * i) for i, k in enumerate(radial, 1)), np.ones_like(theta))
        factor = np.where(radius > 1e-9, theta / np.maximum(radius, 1e-9), 1.0) * powers
        x, y = x * factor, y * factor
    elif given:
        factor = sum((k * square**i for i, k in enumerate(radial, 1)), np.ones_like(square))
        p1, p2 = given.get("p1", 0.0), given.get("p2", 0.0)
        bent_x = x * factor + 2 * p1 * x * y + p2 * (square + 2 * x * x)
        y = y * factor + p1 * (square + 2 * y * y) + 2 * p2 * x * y
        x = bent_x
    matrix = intrinsics.camera_matrix
    return np.stack((matrix.fx * x + matrix.skew * y + matrix.cx, matrix.fy * y + matrix.cy), axis=1)
