"""The 3D boxes of a frame as its cameras see them, as SVG in the picture's pixels."""

from __future__ import annotations

from collections.abc import Sequence

from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.projection import boxes_in_camera, edges_in_camera, sensor_of
from lading.model.sensor import Camera
from lading.server.page.drawing import group


def draw_boxes(segment: Segment, frame: Frame, camera_data: Data, size: tuple[int, int]) -> str:
    """The edges of every box that reaches into the picture; none where the file's sensor is no camera.

    The wire has no poses of the ego, so the boxes stand where they were at the time of their own file.
    """
    camera = sensor_of(segment, frame, camera_data.sensor_name)
    if not isinstance(camera, Camera):
        return ""
    shapes: list[str] = []
    for data, index, corners in boxes_in_camera(segment, frame, camera_data):
        edges = list(edges_in_camera(corners, camera))
        if any(_is_within(edge, size) for edge in edges):
            lines = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in edge) for edge in edges)
            shapes.append(group(data.labels[index], f'<path d="{lines}"/>'))
    return "".join(shapes)


def _is_within(edge: Sequence[tuple[float, float]], size: tuple[int, int]) -> bool:
    return any(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in edge)
