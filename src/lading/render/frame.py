"""One file of a frame as a picture: its labels, and the 3D boxes of the frame where it is a camera's."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
from PIL import Image

from lading.errors import GeometryError
from lading.media import is_image_name, probe, read_picture
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import Transform3D
from lading.model.label import Box3D
from lading.model.projection import boxes_in_camera, edges_in_camera, sensor_of
from lading.model.sensor import Camera
from lading.render.above import draw_above
from lading.render.colours import MARK, colour_of
from lading.render.draw import Drawing
from lading.render.points import read_points

#: The longer side of a picture, in pixels; one of less than half of the other is drawn larger, a whole number of times.
LONGEST_PX = 1280
_READABLE_PX = 640


def is_drawable(data: Data) -> bool:
    """Whether a file is a picture, or has points or boxes to look at from above."""
    return is_image_name(data.path) or has_boxes(data) or data.path.lower().endswith((".bin", ".pcd", ".npy"))


def has_boxes(data: Data) -> bool:
    """Whether a file carries 3D boxes."""
    return any(isinstance(label, Box3D) for label in data.labels)


def draw_data(
    dataset: Dataset,
    segment: Segment,
    frame: Frame,
    data: Data,
    *,
    longest: int = LONGEST_PX,
    marked: Container[int] = (),
    of: Data | None = None,
    spot: tuple[float, float] | None = None,
    is_cut: bool = False,
) -> Image.Image:
    """A file with its labels, those in `marked` marked. Raises SourceError where the file does not open.

    `of` is the file of the frame whose labels `marked` counts, where it is another: a camera shows its 3D boxes. `spot`
    is a point of the picture with a ring around it, in pixels of the size that the source declares.
    A picture that is missing is drawn grey, of the size that the source declares; points that are missing are left
    out, so that labels can be looked at without media. A JPEG that `is_cut` is drawn as far as it goes.
    """
    if not is_image_name(data.path):
        points = None if data.content is None else read_points(data.content, dataset.bin_point_cloud_fields)
        image = draw_above(points, data.labels, to_ego=_way_to_ego(segment, frame, data), marked=marked)
        image.thumbnail((longest, longest))
        return image
    picture, scale = _ground(data, longest, is_cut)
    drawing = Drawing(picture, scale)
    home = data if of is None else of
    drawing.labels(data.labels, skeletons=dataset.catalog.skeleton, marked=marked if home is data else ())
    _boxes(drawing, segment, frame, data, home, marked)
    if spot is not None:
        drawing.ring(spot)
    return drawing.image


def sees(segment: Segment, frame: Frame, camera_data: Data, of: Data, marked: Container[int]) -> bool:
    """Whether a camera's picture shows any of the 3D boxes that another file carries."""
    camera = sensor_of(segment, frame, camera_data.sensor_name)
    if not isinstance(camera, Camera):
        return False
    seen = None if camera_data.content is None else probe(camera_data.content)
    width = camera_data.width or (seen and seen.width) or 0
    height = camera_data.height or (seen and seen.height) or 0
    return any(
        0 <= x < width and 0 <= y < height
        for data, index, corners in boxes_in_camera(segment, frame, camera_data)
        if data is of and index in marked
        for edge in edges_in_camera(corners, camera)
        for x, y in edge
    )


def _way_to_ego(segment: Segment, frame: Frame, data: Data) -> Transform3D | None:
    """The place of a file's sensor, where it has one that turns."""
    sensor = sensor_of(segment, frame, data.sensor_name)
    if sensor is None or sensor.extrinsics is None:
        return None
    try:
        matrix = sensor.extrinsics.matrix
    except GeometryError:
        return None  # no rotation: the rules tell it
    return sensor.extrinsics if np.isfinite(matrix).all() else None


def _ground(data: Data, longest: int, is_cut: bool) -> tuple[Image.Image, tuple[float, float]]:
    if data.content is None:
        size = (data.width or 640, data.height or 480)
        shrunk = min(1.0, longest / max(size))
        width, height = (max(1, round(side * shrunk)) for side in size)
        return Image.new("RGB", (width, height), (90, 90, 90)), (width / size[0], height / size[1])
    picture = _readable(read_picture(data.content, longest, is_cut=is_cut), longest)
    seen = probe(data.content)
    # labels are in pixels of the size that the source declares
    whole = (data.width or seen.width or picture.width, data.height or seen.height or picture.height)
    return picture, (picture.width / whole[0], picture.height / whole[1])


def _readable(picture: Image.Image, longest: int) -> Image.Image:
    """A small picture enlarged, so that its labels can be told apart."""
    times = min(longest, _READABLE_PX) // max(picture.size)
    if times < 2:
        return picture
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)


def _boxes(
    drawing: Drawing, segment: Segment, frame: Frame, camera_data: Data, home: Data, marked: Container[int]
) -> None:
    camera = sensor_of(segment, frame, camera_data.sensor_name)
    if not isinstance(camera, Camera):
        return
    meant = []
    for data, index, corners in boxes_in_camera(segment, frame, camera_data):
        if data is home and index in marked:
            meant.append(corners)
        else:
            drawing.box3d(corners, camera, colour_of(data.labels[index].category), 1)
    for corners in meant:
        drawing.box3d(corners, camera, MARK, 3)
