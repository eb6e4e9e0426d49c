"""Annotations that have no shape: the class of a picture, or an object of which nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lading import Classification, Label
from lading_coco.forms import Tell
from lading_coco.rows import UNSET, Row
from lading_coco.traits import SHAPE_FIELDS


def labels_without_shape(
    record: Row,
    rest: Mapping[str, Any],
    common: Mapping[str, Any],
    tell: Tell,
    lose: Callable[[str], None],
    *,
    beside_shapes: bool,
) -> list[Label]:
    """What an annotation makes whose fields make no other label.

    A category without any field for a shape is the class of the whole picture, as files for classification have it;
    where other annotations of the file have shapes, it is told. With a field for a shape that is empty it is no label.
    """
    written = [value for name in SHAPE_FIELDS if (value := getattr(record, name, UNSET)) is not UNSET]
    is_odd = any(name in rest for name in SHAPE_FIELDS)
    if written or is_odd or common.get("category") is None:
        lose("annotations without anything that is a label")
        if record.caption is None and record.category_id is UNSET:
            tell("coco.bad-caption", "expected a text, found null", "caption")
        elif not any(written) and record.bbox is not None and not is_odd:  # what is odd or null was told
            message = "expected a box, a mask, keypoints or a caption, found none; the annotation makes no label"
            tell("coco.no-shape", message, warn=True)
        return []
    if beside_shapes:
        message = "expected a box or a mask, as others have, found none; read as a class of the picture"
        tell("coco.no-shape", message, warn=True)
    odd = [key for key, value in rest.items() if isinstance(value, (list, dict))]
    for key in odd:
        lose(f"`{key}` of annotations without box and mask (kept in extras)")
    if odd and not beside_shapes:
        message = f"expected no list and no object beside a category alone, found `{odd[0]}`; it is read as no shape"
        tell("coco.no-shape", message, odd[0], warn=True)
    shared = {key: common[key] for key in ("category", "attributes", "extras", "origin")}
    return [Classification(**shared)]
