"""What makes two labels of one type the same: category and geometry, as something that can be looked up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from lading.model.label import Box2D, Box3D, Cuboid2D, Keypoints2D, MultiPolygon2D, Polygon2D, Rle


def _box2d(label: Box2D) -> Hashable:
    return (label.xmin, label.ymin, label.xmax, label.ymax, label.category)


def _box3d(label: Box3D) -> Hashable:
    return (*label.centre, *label.size_m, *label.rotation, label.category)


def _polygon(label: Polygon2D) -> Hashable:
    return (label.kind, label.category, label.points.tobytes())


def _multi_polygon(label: MultiPolygon2D) -> Hashable:
    return (label.kind, label.category, *(ring.tobytes() for ring in label.rings))


def _keypoints(label: Keypoints2D) -> Hashable:
    return (label.kind, label.category, label.points.tobytes(), label.visible)


def _cuboid(label: Cuboid2D) -> Hashable:
    return (label.kind, label.category, label.front.tobytes(), label.back.tobytes())


def _rle(label: Rle) -> Hashable:
    return (label.kind, label.category, label.counts.tobytes())


#: The key of a label by its type; types that are not listed are not compared.
KEYS: Mapping[str, Callable[[Any], Hashable]] = {
    "BOX2D": _box2d,
    "BOX3D": _box3d,
    "POLYGON2D": _polygon,
    "POLYLINE2D": _polygon,
    "MULTI_POLYGON": _multi_polygon,
    "KEYPOINTS2D": _keypoints,
    "CUBOID2D": _cuboid,
    "RLE": _rle,
}
