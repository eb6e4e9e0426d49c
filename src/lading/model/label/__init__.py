"""Labels: one flat row a label, in the vocabulary of the platform (platform-api.md section E).

Pixels are continuous: pixel (i, j) covers [i, i+1) x [j, j+1), so a box's width is `xmax - xmin`. What a source
says is kept as it says it, NaN and inverted boxes included; rules judge it, constructors only check shapes.
"""

from __future__ import annotations

from lading.model.label.base import Label, Points, is_finite, point_array, same
from lading.model.label.masks import MASK_TYPES, InstanceMask, MaskItem, MaskLabel, PanopticMask, Rle, SemanticMask
from lading.model.label.shapes import (
    Box2D,
    Box3D,
    Cuboid2D,
    Keypoints2D,
    MultiPolygon2D,
    MultiPolyline2D,
    Polygon2D,
    Polyline2D,
)
from lading.model.label.words import Classification, Sentence, Word

__all__ = [
    "LABEL_TYPES",
    "MASK_TYPES",
    "Box2D",
    "Box3D",
    "Classification",
    "Cuboid2D",
    "InstanceMask",
    "Keypoints2D",
    "Label",
    "MaskItem",
    "MaskLabel",
    "MultiPolygon2D",
    "MultiPolyline2D",
    "PanopticMask",
    "Points",
    "Polygon2D",
    "Polyline2D",
    "Rle",
    "SemanticMask",
    "Sentence",
    "Word",
    "is_finite",
    "point_array",
    "same",
]

#: Label types by their name on the wire, in the order in which they are written.
LABEL_TYPES: dict[str, type[Label]] = {
    label_type.kind: label_type
    for label_type in (
        Classification,
        Box2D,
        Box3D,
        Polygon2D,
        Polyline2D,
        Keypoints2D,
        Cuboid2D,
        Sentence,
        MultiPolygon2D,
        MultiPolyline2D,
        Rle,
        *MASK_TYPES,
    )
}
