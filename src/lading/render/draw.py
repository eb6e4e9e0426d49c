"""Draws labels into a picture."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lading.errors import GeometryError, LadingError
from lading.media import panoptic_ids, read_mask
from lading.model.label import (
    MASK_TYPES,
    Box2D,
    Cuboid2D,
    Keypoints2D,
    Label,
    MultiPolygon2D,
    MultiPolyline2D,
    Points,
    Polygon2D,
    Polyline2D,
    Rle,
)
from lading.model.projection import Corners, edges_in_camera
from lading.model.rle import mask_from_counts
from lading.model.sensor import Camera
from lading.render.colours import MARK, Colour, colour_of

#: The pairs of keypoints that are joined, by category.
Skeletons: TypeAlias = Callable[[str | None], Sequence[Sequence[int]]]

#: Numbers beyond this are not drawn: pillow's own do not reach so far.
_FARTHEST = 1e6

#: A colour that is darker than this (luma of ITU-R BT.601, a thousandfold) has white words on it, others black ones.
_DARK = 110_000

#: The ring around a point that is meant, and what keeps it apart from all that is drawn, in pixels of the picture.
_RING_PX = 15
_HALO: Colour = (255, 255, 255)

#: A mask of more pixels than this is not drawn: it would be held whole, and a few numbers can ask for any size.
_MOST_PIXELS = 1 << 28


def write_word(
    pen: ImageDraw.ImageDraw, point: tuple[float, float], text: str, colour: Colour, size: tuple[int, int]
) -> None:
    """A word on a ground of a colour, right of a point in pixels; moved so that it lies within a picture of a size."""
    shown = text.encode("ascii", "replace").decode()  # pillow's own font has no more
    left, top, right, bottom = pen.textbbox(point, shown)
    x = max(0.0, point[0] - max(0.0, right + 2 - size[0]))
    y = max(0.0, point[1] - max(0.0, bottom + 2 - size[1]))
    moved = (left + x - point[0], top + y - point[1], right + x - point[0], bottom + y - point[1])
    pen.rectangle((moved[0] - 1, moved[1] - 1, moved[2] + 1, moved[3] + 1), fill=(*colour, 200))
    red, green, blue = colour
    is_dark = 299 * red + 587 * green + 114 * blue < _DARK
    pen.text((x, y), shown, fill=(255, 255, 255, 255) if is_dark else (0, 0, 0, 255))


class Drawing:
    """A picture that labels are drawn into. Coordinates are the label's, in pixels of the whole picture."""

    def __init__(self, image: Image.Image, scale: tuple[float, float] = (1.0, 1.0)) -> None:
        self.image = image.convert("RGB")
        self._scale = np.array(scale)
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    def labels(
        self, labels: Iterable[Label], *, skeletons: Skeletons = lambda _: (), marked: Container[int] = ()
    ) -> None:
        """Draw labels of the picture's plane.

        Those whose number is in `marked` come last, thick and in one colour; the others are then outlines alone.
        """
        numbered = list(enumerate(labels))
        meant = [(index, label) for index, label in numbered if index in marked]
        for _, label in (one for one in numbered if one[0] not in marked):
            if meant:
                self._outline_of(label, skeletons)
            else:
                self._label(label, colour_of(label.category), 2, skeletons)
        for _, label in meant:
            self._label(label, MARK, 4, skeletons)

    def _outline_of(self, label: Label, skeletons: Skeletons) -> None:
        """A label that is not the one meant: no name, no ground, nothing that covers the picture."""
        if isinstance(label, Box2D):
            self._box(label, colour_of(label.category), 1)
        elif isinstance(label, (Polygon2D, MultiPolygon2D)):
            for ring in (label.points,) if isinstance(label, Polygon2D) else label.rings:
                self.outline(ring, colour_of(label.category), 1)
        elif not isinstance(label, (Rle, *MASK_TYPES)):
            self._label(label, colour_of(label.category), 1, skeletons)

    def _box(self, box: Box2D, colour: Colour, width: int) -> None:
        corners = [(box.xmin, box.ymin), (box.xmax, box.ymin), (box.xmax, box.ymax), (box.xmin, box.ymax)]
        self.outline(corners, colour, width)

    def _label(self, label: Label, colour: Colour, width: int, skeletons: Skeletons) -> None:
        if isinstance(label, Box2D):
            self._box(label, colour, width)
            self.text((label.xmin, label.ymin), label.category, colour)
        elif isinstance(label, (Polygon2D, MultiPolygon2D)):
            for ring in (label.points,) if isinstance(label, Polygon2D) else label.rings:
                self.outline(ring, colour, width, is_filled=True)
        elif isinstance(label, Polyline2D):
            self.line(label.points, colour, width)
        elif isinstance(label, MultiPolyline2D):
            for line in label.lines:
                self.line(line, colour, width)
        elif isinstance(label, Keypoints2D):
            self._keypoints(label, colour, width, skeletons(label.category))
        elif isinstance(label, Cuboid2D):
            self._cuboid(label, colour, width)
        elif isinstance(label, Rle):
            self._rle(label, colour)
        elif isinstance(label, MASK_TYPES) and label.content is not None:
            self._mask(read_mask_or_none(label))

    def box3d(self, corners: Corners, camera: Camera, colour: Colour, width: int = 2) -> bool:
        """The edges of a 3D box whose corners are in the camera's frame; False where none of it is in front."""
        is_seen = False
        for edge in edges_in_camera(corners, camera):
            self.line(np.array(edge), colour, width)
            is_seen = True
        return is_seen

    def outline(
        self, points: Sequence[tuple[float, float]] | Points, colour: Colour, width: int, *, is_filled: bool = False
    ) -> None:
        """A closed line; filled with a breath of its colour."""
        shown = self._pixels(points)
        if len(shown) < 2:
            return
        if is_filled and len(shown) > 2:
            self._pen.polygon(shown, fill=(*colour, 60))
        self._pen.line([*shown, shown[0]], fill=(*colour, 255), width=width)

    def line(self, points: Points, colour: Colour, width: int) -> None:
        """An open line."""
        shown = self._pixels(points)
        if len(shown) > 1:
            self._pen.line(shown, fill=(*colour, 255), width=width)

    def dot(self, point: Sequence[float], colour: Colour, radius: int) -> None:
        """A filled circle."""
        for x, y in self._pixels([(point[0], point[1])]):
            self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 255))

    def ring(self, point: tuple[float, float]) -> None:
        """A ring around the point that is meant; of one beyond the picture at the nearest of its edge."""
        width, height = self.image.size
        x = min(max(point[0] * self._scale[0], 0.0), width - 1.0)
        y = min(max(point[1] * self._scale[1], 0.0), height - 1.0)
        for colour, thick in ((_HALO, 7), (MARK, 3)):
            radius = _RING_PX + thick // 2
            self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(*colour, 255), width=thick)

    def text(self, point: tuple[float, float], text: str | None, colour: Colour) -> None:
        """A word on a ground of its colour, above a point, within the picture."""
        for x, y in self._pixels([point]) if text else ():
            write_word(self._pen, (x, y - 12), text or "", colour, self.image.size)

    def _pixels(self, points: Sequence[tuple[float, float]] | Points) -> list[tuple[float, float]]:
        array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(array).all() or (np.abs(array) > _FARTHEST).any():
            return []
        return [(x, y) for x, y in (array * self._scale).tolist()]

    def _keypoints(self, label: Keypoints2D, colour: Colour, width: int, skeleton: Sequence[Sequence[int]]) -> None:
        visible = label.visible if label.visible is not None else (1,) * len(label.points)
        shown = {i for i, v in enumerate(visible[: len(label.points)]) if v}
        for pair in skeleton:
            if len(pair) == 2 and set(pair) <= shown:
                self.line(label.points[list(pair)], colour, width)
        for index in sorted(shown):
            self.dot(label.points[index].tolist(), colour, width + 1)

    def _cuboid(self, label: Cuboid2D, colour: Colour, width: int) -> None:
        self.outline(label.front, colour, width)
        self.outline(label.back, colour, width)
        for front, back in zip(label.front, label.back, strict=False):
            self.line(np.array([front, back]), colour, width)

    def _rle(self, label: Rle, colour: Colour) -> None:
        if label.height is None or label.width is None or label.height * label.width > _MOST_PIXELS:
            return
        try:
            mask = mask_from_counts(label.counts, label.height, label.width)
        except GeometryError:
            return
        self._overlay(mask.astype(np.uint32), lambda _: colour)

    def _mask(self, values: NDArray[np.uint32] | None) -> None:
        if values is not None:
            self._overlay(values, lambda value: colour_of(str(value)))

    def _overlay(self, values: NDArray[np.uint32], colour: Callable[[int], Colour]) -> None:
        """Colour what is not 0, half through."""
        size = self.image.size
        small = np.asarray(Image.fromarray(values.astype(np.int32)).resize(size, Image.Resampling.NEAREST))
        known, inverse = np.unique(small, return_inverse=True)
        table = np.array([(0, 0, 0, 0) if not v else (*colour(int(v)), 120) for v in known.tolist()], dtype=np.uint8)
        cover = Image.fromarray(table[inverse.reshape(small.shape)])
        self.image.paste(cover, (0, 0), cover)
        self._pen = ImageDraw.Draw(self.image, "RGBA")


def read_mask_or_none(label: Label) -> NDArray[np.uint32] | None:
    """The pixel values of a mask; None where its file does not open, which the rules tell."""
    if not isinstance(label, MASK_TYPES) or label.content is None:
        return None
    try:
        return read_mask(label.content, panoptic_ids(label)).values
    except LadingError:
        return None
