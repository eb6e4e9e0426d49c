"""What makes two labels of one type the same: category and geometry, as something that can be looked up.

Marks are cheaper: labels that are the same have the same mark, and few others do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

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
from lading.validate.checks.rings import outlines_of

_OfLabels: TypeAlias = Callable[[list[Any]], Sequence[Hashable]]


class Sameness(NamedTuple):
    """What labels of a type are told apart by."""

    marks: _OfLabels
    keys: _OfLabels


def _left_edges(labels: list[Box2D]) -> list[float]:
    return [label.xmin for label in labels]


def _box2d(labels: list[Box2D]) -> list[Hashable]:
    return [(label.xmin, label.ymin, label.xmax, label.ymax, label.category) for label in labels]


def _box3d(labels: list[Box3D]) -> list[Hashable]:
    return [(*label.centre, *label.size_m, *label.rotation, label.category) for label in labels]


def _outlines(labels: list[Polygon2D | Polyline2D]) -> list[bytes]:
    return outlines_of([label.points for label in labels])


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
    "BOX2D": Sameness(_left_edges, _box2d),
    "BOX3D": Sameness(_box3d, _box3d),
    "POLYGON2D": Sameness(_outlines, _polygon),
    "POLYLINE2D": Sameness(_outlines, _polygon),
    "MULTI_POLYGON": Sameness(_multi_polygon, _multi_polygon),
    "MULTI_POLYLINE2D": Sameness(_multi_polyline, _multi_polyline),
    "KEYPOINTS2D": Sameness(_keypoints, _keypoints),
    "CUBOID2D": Sameness(_cuboid, _cuboid),
    "RLE": Sameness(_rle, _rle),
}
