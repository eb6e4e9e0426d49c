"""Labels as the platform writes them (section E)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from lading.model import label as rows
from lading.model.codec.masks import encode_mask, mask_decoder
from lading.model.codec.node import Node
from lading.model.label import LABEL_TYPES, MASK_TYPES, Label, Points, Word
from lading.model.report import Origin

Json: TypeAlias = dict[str, Any]

#: Label types whose value is one object a Data; all others are arrays.
SINGLE_KINDS = frozenset({"CLASSIFICATION", "SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK"})

#: The official client's spelling of a type since 1.9 (B-D, D9).
_ALIASES = {"POLYGON": "POLYGON2D"}


def encode_labels(labels: Iterable[Label], left_out: list[Label] | None = None) -> Json:
    """The label object of one Data, types in the order of LABEL_TYPES.

    A second label of a type that the wire holds only once is not encoded; it is appended to `left_out`.
    """
    by_kind: dict[str, list[Json]] = {}
    for label in labels:
        known = by_kind.setdefault(label.kind, [])
        if known and label.kind in SINGLE_KINDS:
            if left_out is not None:
                left_out.append(label)
            continue
        known.append(encode_label(label))
    return {
        kind: by_kind[kind][0] if kind in SINGLE_KINDS else by_kind[kind] for kind in LABEL_TYPES if kind in by_kind
    }


def encode_label(label: Label) -> Json:
    """One label; absent and empty fields are left away."""
    result = _ENCODERS[label.kind](label)
    if label.category is not None:
        result["category"] = label.category
    if label.attributes:
        result["attributes"] = label.attributes
    if label.instance is not None:
        result["instance"] = label.instance
    return result


def decode_labels(value: Any, *, at: Origin | None = None) -> list[Label]:
    """The labels of one Data. `at` is the place of the label object, for errors.

    Raises RecordError for an unknown type, a wrong shape, or missing geometry.
    """
    node = Node(value, at if at is not None else Origin("label", ""))
    labels: list[Label] = []
    seen: set[str] = set()
    for name, part in node.object().items():
        kind = _ALIASES.get(name, name)
        place = Node(part, node.at.below(name))
        if kind not in LABEL_TYPES:
            raise place.wrong("a known label type", repr(name))
        if kind in seen:
            raise place.wrong(f"{kind} under one spelling", "two")
        seen.add(kind)
        labels += [_decode(kind, item) for item in ([place] if kind in SINGLE_KINDS else place.items())]
    return labels


def _decode(kind: str, node: Node) -> Label:
    common: Json = {}
    if (category := node.optional("category")) is not None:
        common["category"] = category.text()
    if (attributes := node.optional("attributes")) is not None:
        common["attributes"] = attributes.object()
    if (instance := node.optional("instance")) is not None:
        common["instance"] = instance.text()
    return _DECODERS[kind](node, common)


# Geometry of each type, there and back.


def _encode_points(points: Points) -> list[Json]:
    return [{"x": x, "y": y} for x, y in points.tolist()]


def _decode_points(node: Node) -> Points:
    pairs = [(item.field("x").number(), item.field("y").number()) for item in node.items()]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def _encode_box2d(label: rows.Box2D) -> Json:
    return {"box2d": {"xmin": label.xmin, "ymin": label.ymin, "xmax": label.xmax, "ymax": label.ymax}}


def _decode_box2d(node: Node, common: Json) -> Label:
    box = node.field("box2d")
    edges = (box.field(name).number() for name in ("xmin", "ymin", "xmax", "ymax"))
    return rows.Box2D(*edges, **common)


def _encode_box3d(label: rows.Box3D) -> Json:
    return {
        "box3d": {
            "translation": dict(zip("xyz", label.centre, strict=True)),
            "rotation": dict(zip("wxyz", label.rotation, strict=True)),
            "size": dict(zip("xyz", label.size_m, strict=True)),
        }
    }


def _decode_box3d(node: Node, common: Json) -> Label:
    box = node.field("box3d")
    centre, size, rotation = (box.field(name) for name in ("translation", "size", "rotation"))
    numbers = [part.field(axis).number() for part in (centre, size) for axis in "xyz"]
    numbers += [rotation.field(axis).number() for axis in "wxyz"]
    return rows.Box3D(*numbers, **common)


def _decode_polygon(node: Node, common: Json) -> Label:
    key = "polygon2d" if "polygon" not in node.object() else "polygon"
    return rows.Polygon2D(_decode_points(node.field(key)), **common)


def _decode_multi_polygon(node: Node, common: Json) -> Label:
    rings = tuple(_decode_points(item) for item in node.field("multiPolygon").items())
    return rows.MultiPolygon2D(rings, **common)


def _encode_polyline(label: rows.Polyline2D) -> Json:
    result: Json = {"polyline2d": _encode_points(label.points)}
    if label.bezier_point_types is not None:
        result["beizerPointTypes"] = label.bezier_point_types
    return result


def _decode_polyline(node: Node, common: Json) -> Label:
    letters = node.optional("beizerPointTypes")
    points = _decode_points(node.field("polyline2d"))
    return rows.Polyline2D(points, None if letters is None else letters.text(), **common)


def _decode_multi_polyline(node: Node, common: Json) -> Label:
    lines = tuple(_decode_points(item) for item in node.field("multiPolyline2d").items())
    return rows.MultiPolyline2D(lines, **common)


def _encode_keypoints(label: rows.Keypoints2D) -> Json:
    points = _encode_points(label.points)
    for point, v in zip(points, label.visible or (), strict=False):
        if v is not None:
            point["v"] = v
    return {"keypoints2d": points}


def _decode_keypoints(node: Node, common: Json) -> Label:
    points = node.field("keypoints2d")
    values = [None if v is None else v.number() for v in (item.optional("v") for item in points.items())]
    visible = tuple(values) if any(v is not None for v in values) else None
    return rows.Keypoints2D(_decode_points(points), visible, **common)


def _encode_cuboid(label: rows.Cuboid2D) -> Json:
    return {"cuboid2d": {"front": _encode_points(label.front), "back": _encode_points(label.back)}}


def _decode_cuboid(node: Node, common: Json) -> Label:
    cuboid = node.field("cuboid2d")
    return rows.Cuboid2D(_decode_points(cuboid.field("front")), _decode_points(cuboid.field("back")), **common)


def _encode_word(word: Word) -> Json:
    times = (("begin", word.begin), ("end", word.end))
    return {"text": word.text} | {name: value for name, value in times if value is not None}


def _decode_words(node: Node | None) -> tuple[Word, ...] | None:
    if node is None:
        return None
    return tuple(
        Word(item.field("text").text(), *(None if t is None else t.number() for t in times))
        for item in node.items()
        for times in ((item.optional("begin"), item.optional("end")),)
    )


def _encode_sentence(label: rows.Sentence) -> Json:
    parts = (("sentence", label.sentence), ("spell", label.spell), ("phone", label.phone))
    return {name: [_encode_word(word) for word in words] for name, words in parts if words is not None}


def _decode_sentence(node: Node, common: Json) -> Label:
    parts = [_decode_words(node.optional(name)) for name in ("sentence", "spell", "phone")]
    if all(part is None for part in parts):
        raise node.wrong("one of `sentence`, `spell`, `phone`", "none")
    return rows.Sentence(*parts, **common)


def _decode_rle(node: Node, common: Json) -> Label:
    counts = np.array([item.integer() for item in node.field("rle").items()], dtype=np.int64)
    return rows.Rle(counts, **common)


def _decode_classification(node: Node, common: Json) -> Label:
    if not common.keys() & {"category", "attributes"}:
        raise node.wrong("`category` or `attributes`", "neither")
    return rows.Classification(**common)


_ENCODERS: dict[str, Callable[[Any], Json]] = {
    "CLASSIFICATION": lambda label: {},
    "BOX2D": _encode_box2d,
    "BOX3D": _encode_box3d,
    "POLYGON2D": lambda label: {"polygon2d": _encode_points(label.points)},
    "POLYLINE2D": _encode_polyline,
    "KEYPOINTS2D": _encode_keypoints,
    "CUBOID2D": _encode_cuboid,
    "SENTENCE": _encode_sentence,
    "MULTI_POLYGON": lambda label: {"multiPolygon": _encode_parts(label.rings)},
    "MULTI_POLYLINE2D": lambda label: {"multiPolyline2d": _encode_parts(label.lines)},
    "RLE": lambda label: {"rle": label.counts.tolist()},
    "SEMANTIC_MASK": encode_mask,
    "INSTANCE_MASK": encode_mask,
    "PANOPTIC_MASK": encode_mask,
}

_DECODERS: dict[str, Callable[[Node, Json], Label]] = {
    "CLASSIFICATION": _decode_classification,
    "BOX2D": _decode_box2d,
    "BOX3D": _decode_box3d,
    "POLYGON2D": _decode_polygon,
    "POLYLINE2D": _decode_polyline,
    "KEYPOINTS2D": _decode_keypoints,
    "CUBOID2D": _decode_cuboid,
    "SENTENCE": _decode_sentence,
    "MULTI_POLYGON": _decode_multi_polygon,
    "MULTI_POLYLINE2D": _decode_multi_polyline,
    "RLE": _decode_rle,
    **{mask_type.kind: mask_decoder(mask_type) for mask_type in MASK_TYPES},
}


def _encode_parts(parts: Sequence[Points]) -> list[list[Json]]:
    return [_encode_points(part) for part in parts]
