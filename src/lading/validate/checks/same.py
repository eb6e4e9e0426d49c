"""What makes two labels of one type the same: category and geometry, as something that can be looked up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

from lading.model.label import (
    Box2D,
    Box3D,
    Cuboid2D,
    Keypoints2D,
    MultiPolygon2D,
    MultiPolyline2D,
    Polygon2D,
    Polyline2D,
    Rle,
)

#: What each of some labels of one type is told apart by.
Sameness: TypeAlias = Callable[[list[Any]], Sequence[Hashable]]


def _box2d(labels: list[Box2D]) -> list[Hashable]:
    return [(label.xmin, label.ymin, label.xmax, label.ymax, label.category) for label in labels]


def _box3d(labels: list[Box3D]) -> list[Hashable]:
    return [(*label.centre, *label.size_m, *label.rotation, label.category) for label in labels]


def _polygon(labels: list[Polygon2D | Polyline2D]) -> list[Hashable]:
    return [(label.category, label.points.tobytes()) for label in labels]


def _multi_polygon(labels: list[MultiPolygon2D]) -> list[Hashable]:
    return [(label.category, *(ring.tobytes() for ring in label.rings)) for label in labels]


def _multi_polyline(labels: list[MultiPolyline2D]) -> list[Hashable]:
    return [(label.category, *(line.tobytes() for line in label.lines)) for label in labels]


def _keypoints(labels: list[Keypoints2D]) -> list[Hashable]:
    return [(label.category, label.points.tobytes(), label.visible) for label in labels]


def _cuboid(labels: list[Cuboid2D]) -> list[Hashable]:
    return [(label.category, label.front.tobytes(), label.back.tobytes()) for label in labels]


def _rle(labels: list[Rle]) -> list[Hashable]:
    return [(label.category, label.counts.tobytes()) for label in labels]


#: By the type of labels; types that are not listed are not compared: two people may write the same sentence.
SAMENESS: Mapping[str, Sameness] = {
    "BOX2D": _box2d,
    "BOX3D": _box3d,
    "POLYGON2D": _polygon,
    "POLYLINE2D": _polygon,
    "MULTI_POLYGON": _multi_polygon,
    "MULTI_POLYLINE2D": _multi_polyline,
    "KEYPOINTS2D": _keypoints,
    "CUBOID2D": _cuboid,
    "RLE": _rle,
}
