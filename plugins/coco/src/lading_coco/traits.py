"""What the annotations of a file hold, gathered from the heads of all of them: its kind and its label types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from lading.model.inference import ValueTypes
from lading_coco.heads import ABSENT, REFUSED, AnnotationHead, CompleteHead, PlainHead
from lading_coco.numerals import number_of

#: Keys of an annotation that are attributes of its labels, as they are; `iscrowd` is one as true or false.
ATTRIBUTES = (
    "score",
    "ignore",
    "occluded",
    "truncated",
    "difficult",
    "rotation",
    "isfake",
    "isreflected",
    "IsOccluded",
    "IsTruncated",
    "IsGroupOf",
    "IsDepiction",
    "IsInside",
)
#: Groups of keypoints of COCO-WholeBody (its data_format.md): field, box, flag of validity, and the part's name.
PARTS = (
    ("foot_kpts", None, "foot_valid", "foot"),
    ("face_kpts", "face_box", "face_valid", "face"),
    ("lefthand_kpts", "lefthand_box", "lefthand_valid", "left_hand"),
    ("righthand_kpts", "righthand_box", "righthand_valid", "right_hand"),
)
_PLAIN_MARKS = ("bbox",)
_MARKS = (
    *_PLAIN_MARKS,
    "iscrowd",
    "keypoints",
    "caption",
    "foot_kpts",
    "face_kpts",
    "lefthand_kpts",
    "righthand_kpts",
    "track_id",
    "instance_id",
    "dp_masks",
    "dp_x",
    "uv_data",
    "bboxes",
    "bbox_cam3d",
)
#: Fields of which one at least is there where an annotation is about an object or a text, be they empty.
SHAPE_FIELDS = (
    *("bbox", "segmentation", "keypoints", "caption", "segments_info", "bboxes", "bbox_cam3d"),
    *("dp_masks", "dp_x", "uv_data", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts"),
)
_PLAIN_SHAPE_FIELDS = ("bbox", "segmentation")
_EMPTY = (b"[]", b"null")
_OPEN = ord("[")
_STUFF = range(92, 184)
_RINGS = frozenset({"polygon", "multi"})
_SHAPES = _RINGS | {"rle"}
_DECODER = msgspec.json.Decoder(list[list[float]])


class Traits:
    """Gathers what the annotations of one file hold.

    `marks` are fields that some record has, not empty; `shapes` are the forms of segmentations: polygon, multi, rle.
    `has_classes` where a record has a category and no field for a shape.
    """

    def __init__(self) -> None:
        self.marks: set[str] = set()
        self.shapes: set[str] = set()
        self.has_segments = False
        self.has_classes = False
        self.categories: Counter[Any] = Counter()  # how many have each id, in the order of first use
        self.attributes: dict[str, ValueTypes] = {}
        self.nested: dict[str, None] = {}  # names within `attributes`, in the order of first use

    def look(self, heads: Sequence[Any]) -> None:
        """Take the heads of some records, all of one type."""
        self._categories([head.category_id for head in heads])
        if len(self.shapes) < len(_SHAPES):
            self._shapes(heads)
        is_plain = isinstance(heads[0], PlainHead)
        if not self.has_classes and type(heads[0]) is not CompleteHead:
            self.has_classes = _has_class(heads, _PLAIN_SHAPE_FIELDS if is_plain else SHAPE_FIELDS)
        for mark in _PLAIN_MARKS if is_plain else _MARKS:
            if mark not in self.marks and any(_has(getattr(head, mark)) for head in heads):
                self.marks.add(mark)
        if not is_plain:
            self._look_closer(heads)
        elif "iscrowd" not in self.marks and any(head.iscrowd != -1 for head in heads):
            self.marks.add("iscrowd")

    def merge(self, later: Traits) -> None:
        """Take what plain annotations behind those seen here have."""
        self.marks |= later.marks
        self.shapes |= later.shapes
        self.has_classes |= later.has_classes
        self.categories.update(later.categories)

    def _look_closer(self, heads: Sequence[AnnotationHead]) -> None:
        if any(head.segments_info is not None for head in heads):
            self.has_segments = True
            self._categories([part.category_id for head in heads for part in head.segments_info or ()])
        for name in ATTRIBUTES:
            for head in heads:
                value = getattr(head, name)
                if value is not msgspec.UNSET:
                    self._value(name, _score(value) if name == "score" else value)
        for head in heads:
            if isinstance(head.attributes, Mapping):
                self.nested.update(dict.fromkeys(head.attributes))
                for name, value in head.attributes.items():
                    self._value(name, value)

    def _categories(self, ids: Iterable[Any]) -> None:
        try:
            counts = Counter(ids)
        except TypeError:  # an id that is a list or an object
            counts = Counter(i for i in ids if not isinstance(i, (list, dict)))
        self.categories.update(counts)
        self.categories.pop(msgspec.UNSET, None)
        self.categories.pop(None, None)

    def _shapes(self, heads: Sequence[Any]) -> None:
        if "polygon" in self.shapes and _are_single_rings([head.segmentation for head in heads]):
            return
        for head in heads:
            text = bytes(head.segmentation)
            if text[:1] == b"{":
                self.shapes.add("rle")
            elif not self.shapes.issuperset(_RINGS) and len(text) > len("[[]]"):
                self.shapes |= {"polygon"} if text.count(b"[") <= 2 else _shapes_of(text)

    def _value(self, name: str, value: Any) -> None:
        if isinstance(value, dict):
            return
        known = self.attributes.get(name)
        if known is None:
            known = self.attributes.setdefault(name, ValueTypes())
        known.add(value)

    def kind(self, categories: Sequence[Mapping[str, Any]], *, count: int) -> str:
        """What a file with these categories and so many annotations is called (source-formats.md 2.2)."""
        if self.label_kinds() == ["CLASSIFICATION"]:
            return "classification"
        if self.has_segments:
            return "panoptic"
        if "caption" in self.marks:
            return "captions"
        if self.marks & {"dp_masks", "dp_x", "uv_data"}:
            return "densepose"
        if any(field in self.marks for field, *_ in PARTS):
            return "wholebody"
        if "keypoints" in self.marks or any(row.get("keypoints") for row in categories):
            return "keypoints"
        ids = [row.get("id") for row in categories]
        if ids and all(isinstance(i, int) and i in _STUFF for i in ids):
            return "stuff"
        if any("synset" in row for row in categories):
            return "lvis"
        if self.marks & {"isfake", "isreflected"} or self.attributes.keys() & {"isfake", "isreflected"}:
            return "objects365"
        if self.marks & {"track_id", "instance_id"}:
            return "tracking"
        return "instances" if count else "image_info"

    def label_kinds(self) -> list[str]:
        """The types of the labels that the annotations make."""
        kinds = []
        if "bbox" in self.marks or any(f"{field}" in self.marks for field, *_ in PARTS[1:]):
            kinds.append("BOX2D")
        shapes = (("polygon", "POLYGON2D"), ("multi", "MULTI_POLYGON"), ("rle", "RLE"))
        kinds += [kind for shape, kind in shapes if shape in self.shapes]
        if "keypoints" in self.marks or any(field in self.marks for field, *_ in PARTS):
            kinds.append("KEYPOINTS2D")
        if "caption" in self.marks:
            kinds.append("SENTENCE")
        if self.has_segments:
            kinds.append("PANOPTIC_MASK")
        if self.has_classes:
            kinds.append("CLASSIFICATION")
        return kinds


def _are_single_rings(texts: Sequence[msgspec.Raw]) -> bool:
    """Whether each segmentation begins with two brackets and has no other that opens: found by counting."""
    sizes = np.fromiter(map(len, texts), np.intp, len(texts))
    if sizes.min() < len("[["):
        return False
    signs = np.frombuffer(b"".join(texts), np.uint8)
    are_open = signs == _OPEN
    begins = np.cumsum(sizes) - sizes
    is_even = np.count_nonzero(are_open) == 2 * len(texts)  # quicker than to count in bytes
    return bool(is_even and are_open[begins].all() and are_open[begins + 1].all())


def _shapes_of(text: bytes) -> frozenset[str]:
    """What a segmentation of several lists makes: of the rings that can be read, one or more; both where it is odd."""
    try:
        parts = _DECODER.decode(text)
    except REFUSED:
        return _RINGS
    if all(len(part) == 2 for part in parts):  # one ring of points
        return frozenset({"polygon"})
    count = sum(len(part) % 2 == 0 and len(part) > 0 for part in parts)
    return frozenset({"multi"} if count > 1 else {"polygon"})


def _has_class(heads: Sequence[Any], fields: Sequence[str]) -> bool:
    """Whether one of some annotations has a category and none of these fields."""
    first, *others = fields
    return any(
        getattr(head, first) is ABSENT
        and head.category_id not in (None, msgspec.UNSET)
        and all(getattr(head, field) in (ABSENT, None) for field in others)
        for head in heads
    )


def _score(value: Any) -> Any:
    """A score as labels have it, where text that is a number is read as one."""
    return value if value is None or (number := number_of(value)) is None else number


def _has(field: msgspec.Raw) -> bool:
    return field is not ABSENT and bytes(field) not in _EMPTY
