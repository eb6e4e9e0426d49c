"""Annotations of COCO out of labels: the way back of `labels.py` and `masks.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lading import Box2D, Keypoints2D, Label, MultiPolygon2D, PanopticMask, Polygon2D, Rle, Sentence
from lading.model.label import Points, same
from lading.model.rle import text_from_counts
from lading_coco.labels import RECORDS
from lading_coco.shapes import AS_LIST
from lading_coco.traits import ATTRIBUTES
from lading_coco.widths import width_between

#: Keys of extras that are our notes, not keys of the file.
_NOTES = frozenset({RECORDS})
#: Keys of extras that are written where no label is, in this order, and all that labels come before.
_WHERE_NONE = ("segmentation", "bbox", "keypoints", "caption", "category_id")
_OF_LABELS = frozenset({*_WHERE_NONE, "iscrowd", "attributes"})
_TOP_LEVEL = frozenset({"iscrowd", *ATTRIBUTES})


def annotation(
    labels: Sequence[Label],
    extras: Mapping[str, Any],
    *,
    image_id: Mapping[str, Any],
    category_id: Any,
    nested: Collection[str],
    attributes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The record of one object's labels. `image_id` and `category_id` are written where they are known.

    `nested` are the attributes that stand within `attributes`, beside those that COCO has no key for; by default
    the attributes are those of the first label.
    """
    record: dict[str, Any] = {}
    for label in labels:
        if isinstance(label, (Polygon2D, MultiPolygon2D, Rle)):
            record["segmentation"] = segmentation(label, extras.get("segmentation"))
        elif isinstance(label, Keypoints2D):
            record["keypoints"] = keypoints(label)
        elif isinstance(label, Box2D):
            record["bbox"] = bbox(label, extras.get("bbox"))
        elif isinstance(label, Sentence):
            record["caption"] = "".join(word.text for word in label.sentence or ())
        elif isinstance(label, PanopticMask):
            record["segments_info"] = [_segment(item) for item in label.items or ()]
    for key in _WHERE_NONE:
        if key in extras and key not in record:
            record[key] = extras[key]
    record.update(image_id)
    if "category_id" not in record and category_id is not None:
        record["category_id"] = category_id
    _add_attributes(record, labels[0].attributes if attributes is None else attributes, extras, nested)
    for key, value in extras.items():
        if key not in _NOTES and key not in _OF_LABELS:
            record[key] = value
    return record


def bbox(box: Box2D, written: Any = None) -> list[float]:
    """x, y, width and height; those that were `written` where they still lead to these edges."""
    if isinstance(written, list) and len(written) == 4:
        x, y, width, height = written
        if same((x, y, x + width, y + height), (box.xmin, box.ymin, box.xmax, box.ymax)):
            return written
    return [box.xmin, box.ymin, width_between(box.xmin, box.xmax), width_between(box.ymin, box.ymax)]


def segmentation(label: Polygon2D | MultiPolygon2D | Rle, written: Any = None) -> Any:
    """Rings, or run lengths in the form that they had; what was `written` stays where a ring of it is no label."""
    if isinstance(label, Rle):
        counts = label.counts.tolist() if written == AS_LIST else text_from_counts(label.counts)
        return {"size": [label.height, label.width], "counts": counts}
    if isinstance(written, list) and written:
        return written
    return [_flat(ring) for ring in ((label.points,) if isinstance(label, Polygon2D) else label.rings)]


def keypoints(label: Keypoints2D) -> list[Any]:
    """x, y and visibility of each point; whole numbers without a decimal point, as COCO has them.

    A point of which no visibility is known is labelled and visible, 2.
    """
    values: list[Any] = []
    for number, (x, y) in enumerate(label.points.tolist()):
        visible = 2 if label.visible is None else label.visible[number]
        values += [_whole(x), _whole(y), visible]
    return values


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _flat(ring: Points) -> list[float]:
    numbers: list[float] = ring.ravel().tolist()
    return numbers


def _segment(item: Any) -> dict[str, Any]:
    """A row of `segments_info`."""
    segment: dict[str, Any] = {"id": item.value}
    if item.category_id is not None:
        segment["category_id"] = item.category_id
    for name, value in (item.attributes or {}).items():
        segment[name] = int(value) if name == "iscrowd" else value
    return {**segment, **item.extras}


def _add_attributes(
    record: dict[str, Any], attributes: Mapping[str, Any], extras: Mapping[str, Any], nested: Collection[str]
) -> None:
    """Attributes where the file has them: beside the other keys, or within `attributes`."""
    within: dict[str, Any] = {}
    for name, value in attributes.items():
        if name not in _TOP_LEVEL or (name in nested and name != "iscrowd"):
            within[name] = value
        elif name == "iscrowd" and isinstance(value, bool) and extras.get("iscrowd") is not value:
            record[name] = int(value)
        else:
            record[name] = value
    if "iscrowd" in extras and "iscrowd" not in record:
        record["iscrowd"] = extras["iscrowd"]
    known = extras.get("attributes")
    if isinstance(known, dict):
        within.update(known)
    if within:
        record["attributes"] = within
    elif "attributes" in extras:
        record["attributes"] = known
