"""Labels that are shapes: boxes, polygons, lines, keypoints and cuboids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from lading.model.geometry import Quaternion, Vector3
from lading.model.label.base import Label, Points


class Box2D(Label, frozen=True, gc=False, eq=False):
    """A box in the picture's plane, by its edges in pixels."""

    kind: ClassVar[str] = "BOX2D"

    xmin: float
    ymin: float
    xmax: float
    ymax: float

    def coordinates(self) -> Iterable[Any]:
        """The four edges."""
        return (self.xmin, self.ymin, self.xmax, self.ymax)


class Box3D(Label, frozen=True, gc=False, eq=False):
    """A box in the frame of the sensor whose Data carries it, in metres.

    (`x`, `y`, `z`) is its middle; length, width and height lie along its own x (forward), y (left) and z (up);
    the quaternion turns its frame into the sensor's.
    """

    kind: ClassVar[str] = "BOX3D"

    x: float
    y: float
    z: float
    length: float
    width: float
    height: float
    qw: float = 1.0
    qx: float = 0.0
    qy: float = 0.0
    qz: float = 0.0

    @property
    def centre(self) -> Vector3:
        """Its middle, in metres, in the sensor's frame."""
        return (self.x, self.y, self.z)

    @property
    def size_m(self) -> Vector3:
        """(length, width, height) in metres."""
        return (self.length, self.width, self.height)

    @property
    def rotation(self) -> Quaternion:
        """The quaternion (w, x, y, z) that turns the box's frame into the sensor's."""
        return (self.qw, self.qx, self.qy, self.qz)

    def coordinates(self) -> Iterable[Any]:
        """Middle, size and quaternion."""
        return (*self.centre, *self.size_m, *self.rotation)


class Polygon2D(Label, frozen=True, gc=False, eq=False):
    """One ring of points, (N, 2), not closed by a repeated first point unless the source has it so."""

    kind: ClassVar[str] = "POLYGON2D"

    points: Points

    def coordinates(self) -> Iterable[Any]:
        """The ring."""
        return (self.points,)


class MultiPolygon2D(Label, frozen=True, gc=False, eq=False):
    """Several rings, each (N, 2), that make one object: parts, not holes."""

    kind: ClassVar[str] = "MULTI_POLYGON"

    rings: tuple[Points, ...]

    def coordinates(self) -> Iterable[Any]:
        """The rings."""
        return self.rings


class Polyline2D(Label, frozen=True, gc=False, eq=False):
    """A line through points, (N, 2); `bezier_point_types` has one letter a point where the source gives them."""

    kind: ClassVar[str] = "POLYLINE2D"

    points: Points
    bezier_point_types: str | None = None

    def coordinates(self) -> Iterable[Any]:
        """The points."""
        return (self.points,)


class MultiPolyline2D(Label, frozen=True, gc=False, eq=False):
    """Several lines, each (N, 2), that make one object."""

    kind: ClassVar[str] = "MULTI_POLYLINE2D"

    lines: tuple[Points, ...]

    def coordinates(self) -> Iterable[Any]:
        """The lines."""
        return self.lines


class Keypoints2D(Label, frozen=True, gc=False, eq=False):
    """Points, (N, 2), in the order the catalog names them.

    `visible` has one entry a point as the source has it (COCO: 0 not labelled, 1 hidden, 2 seen), or is None.
    """

    kind: ClassVar[str] = "KEYPOINTS2D"

    points: Points
    visible: tuple[int | float | None, ...] | None = None

    def coordinates(self) -> Iterable[Any]:
        """The points."""
        return (self.points,)


class Cuboid2D(Label, frozen=True, gc=False, eq=False):
    """A cuboid drawn in the picture: four corners (4, 2) of its front and of its back, in the same order."""

    kind: ClassVar[str] = "CUBOID2D"

    front: Points
    back: Points

    def coordinates(self) -> Iterable[Any]:
        """Both faces."""
        return (self.front, self.back)
