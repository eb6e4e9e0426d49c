"""The view from above: points of a lidar and 3D boxes, forward is up."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
from PIL import Image, ImageDraw

from lading.model.geometry import Transform3D
from lading.model.label import Box3D, Label
from lading.model.projection import corners_or_none
from lading.render.colours import MARK, Colour, colour_of
from lading.render.draw import write_word
from lading.render.points import Cloud

SIZE_PX = 800
#: How far is shown at most to each side, in metres.
_FARTHEST_M = 120.0
_LEAST_M = 10.0
#: The least radius of the ring around a box that is meant.
_RING_PX = 16
_FACE = (0, 1, 5, 4)  # the corners of a box's lower face


def draw_above(
    points: Cloud | None, labels: Iterable[Label], *, to_ego: Transform3D | None = None, marked: Container[int] = ()
) -> Image.Image:
    """A square around the origin: x forward is up, y left is left; in the ego frame where the way there is known."""
    boxes = [(index, label) for index, label in enumerate(labels) if isinstance(label, Box3D)]
    corners = {index: found for index, box in boxes if (found := corners_or_none(box)) is not None}
    if points is not None:
        points = points[np.isfinite(points).all(axis=1)]
    if to_ego is not None:
        points = None if points is None else to_ego.apply(points)
        corners = {index: to_ego.apply(found) for index, found in corners.items()}
    reach = _reach(points, list(corners.values()))
    pixels = np.full((SIZE_PX, SIZE_PX), 16, dtype=np.uint8)
    if points is not None and len(points):
        at = _pixels(points, reach)
        at = at[((at >= 0) & (at < SIZE_PX)).all(axis=1)].astype(np.intp)
        pixels[at[:, 1], at[:, 0]] = 170
    image = Image.fromarray(pixels).convert("RGB")
    pen = ImageDraw.Draw(image, "RGBA")
    _rings(pen, reach)
    is_marking = any(index in marked for index, _ in boxes)
    for index, box in sorted(boxes, key=lambda item: item[0] in marked):
        if index in corners and index not in marked:
            _box(pen, _pixels(corners[index], reach), colour_of(box.category), 1 if is_marking else 2)
        elif index in corners:
            _mark(pen, _pixels(corners[index], reach), box.category or "")
    return image


def _box(pen: ImageDraw.ImageDraw, corners: Cloud, colour: Colour, width: int) -> None:
    """The lower face of a box, by its eight corners in pixels, and a line from its middle to its front."""
    face = [(x, y) for x, y in corners[list(_FACE)].tolist()]
    pen.line([*face, face[0]], fill=colour, width=width)
    pen.line([tuple(corners.mean(axis=0).tolist()), tuple(corners[:4].mean(axis=0).tolist())], fill=colour, width=width)


def _mark(pen: ImageDraw.ImageDraw, corners: Cloud, name: str) -> None:
    """The box that is meant: thick, with a ring around it that is seen from afar, and its name."""
    _box(pen, corners, MARK, 3)
    x, y = corners.mean(axis=0).tolist()
    radius = max(_RING_PX, 1.5 * float(np.hypot(*(corners - corners.mean(axis=0)).T).max()))
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=MARK, width=2)
    if name:
        write_word(pen, (x + radius + 3, y - 6), name, MARK, (SIZE_PX, SIZE_PX))


def _reach(points: Cloud | None, corners: list[Cloud]) -> float:
    """The half side of the square: all boxes, else most points."""
    given = [np.abs(box[:, :2]).max() for box in corners]
    if points is not None and len(points):
        given.append(float(np.percentile(np.abs(points[:, :2]).max(axis=1), 95)))
    return float(np.clip(max(given, default=_LEAST_M) * 1.1, _LEAST_M, _FARTHEST_M))


def _pixels(points: Cloud, reach: float) -> Cloud:
    middle = SIZE_PX / 2
    return np.stack((middle - points[:, 1] / reach * middle, middle - points[:, 0] / reach * middle), axis=1)


def _rings(pen: ImageDraw.ImageDraw, reach: float) -> None:
    """Circles of round distances, and the sensor."""
    middle = SIZE_PX / 2
    step = 10 if reach <= 60 else 20
    for distance in range(step, int(reach) + 1, step):
        radius = distance / reach * middle
        pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), outline=(60, 60, 60))
        pen.text((middle + 2, middle - radius), f"{distance} m", fill=(110, 110, 110))
    pen.polygon([(middle, middle - 7), (middle - 5, middle + 5), (middle + 5, middle + 5)], fill=(255, 255, 255))
