"""Labels: one flat row a label, in the vocabulary of the platform (platform-api.md section E).

Pixels are continuous: pixel (i, j) covers [i, i+1) x [j, j+1), so a box's width is `xmax - xmin`. What a source
says is kept as it says it, NaN and inverted boxes included; rules judge it, constructors only check shapes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import GeometryError
from lading.model.content import Content
from lading.model.geometry import Quaternion, Vector3
from lading.model.rle import Counts

Points: TypeAlias = NDArray[np.float64]

_LARGEST = sys.float_info.max

#: Fields that say where a label was found, not what it says.
_NOT_COMPARED = frozenset({"origin", "content"})


class Label(msgspec.Struct, frozen=True, gc=False, eq=False, kw_only=True, repr_omit_defaults=True):
    """What all labels share.

    `attributes` are declared in the catalog and go up; `extras` are what a writer of the same format needs, and have no
    place in a label on the wire; `origin` is the number of the source's record in the table `origins` of its Data.
    """

    kind: ClassVar[str] = ""

    category: str | None = None
    attributes: dict[str, Any] = {}
    instance: str | None = None
    extras: dict[str, Any] = {}
    origin: int | None = None

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            same(getattr(self, name), getattr(other, name))
            for name in self.__struct_fields__
            if name not in _NOT_COMPARED
        )

    __hash__ = None  # type: ignore[assignment]

    def coordinates(self) -> Iterable[Any]:
        """The numbers of its geometry, as scalars and arrays."""
        return ()


def same(a: Any, b: Any) -> bool:
    """Equal in type and value, where arrays are compared whole and NaN equals NaN."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
            return False
        return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == b.dtype.kind == "f"))
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and a.keys() == b.keys() and all(same(v, b[k]) for k, v in a.items())
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b) or (a != a and b != b)


def point_array(points: Any) -> Points:
    """Points as a float64 array of shape (N, 2). Raises GeometryError for any other shape."""
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return array.reshape(0, 2)
    if array.ndim != 2 or array.shape[1] != 2:
        raise GeometryError(f"points: expected shape (N, 2), found {array.shape}")
    return array


class Classification(Label, frozen=True, gc=False, eq=False):
    """What the whole file shows; at most one a Data."""

    kind: ClassVar[str] = "CLASSIFICATION"


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


class Word(msgspec.Struct, frozen=True, gc=False):
    """A piece of speech or text; `begin` and `end` in seconds, or in samples where the catalog says so."""

    text: str
    begin: float | None = None
    end: float | None = None


class Sentence(Label, frozen=True, gc=False, eq=False):
    """What is said or written: words, and where known their spelling and their phones."""

    kind: ClassVar[str] = "SENTENCE"

    sentence: tuple[Word, ...] | None = None
    spell: tuple[Word, ...] | None = None
    phone: tuple[Word, ...] | None = None

    def coordinates(self) -> Iterable[Any]:
        """Begin and end of every word that has them."""
        words = [word for part in (self.sentence, self.spell, self.phone) for word in part or ()]
        return [t for word in words for t in (word.begin, word.end) if t is not None]


class Rle(Label, frozen=True, gc=False, eq=False):
    """A mask by its run lengths down the columns, background first; the size as the source gives it."""

    kind: ClassVar[str] = "RLE"

    counts: Counts
    height: int | None = None
    width: int | None = None


class MaskItem(msgspec.Struct, frozen=True, gc=False):
    """What one pixel value of a mask stands for."""

    value: int
    category_id: int | None = None
    attributes: dict[str, Any] | None = None
    category: str | None = None
    instance: str | None = None
    extras: dict[str, Any] = {}


class _Mask(Label, frozen=True, gc=False, eq=False):
    """A picture whose pixel values are looked up in `items`.

    `path` and `content` are its file in the source. `checksum` (SHA-1, hex), `file_size` (bytes), `remote_path` and
    `url` are what a platform knows of it.
    """

    items: tuple[MaskItem, ...] | None = None
    path: str | None = None
    content: Content | None = None
    checksum: str | None = None
    file_size: int | None = None
    remote_path: str | None = None
    url: str | None = None


class SemanticMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture of one channel whose pixel values are categories, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "SEMANTIC_MASK"


class InstanceMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture of one channel whose pixel values are instances, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "INSTANCE_MASK"


class PanopticMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture whose pixel values are instances, each of one category, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "PANOPTIC_MASK"


MaskLabel: TypeAlias = SemanticMask | InstanceMask | PanopticMask
MASK_TYPES: tuple[type[SemanticMask], type[InstanceMask], type[PanopticMask]] = (
    SemanticMask,
    InstanceMask,
    PanopticMask,
)

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


def is_finite(label: Label) -> bool:
    """Whether no coordinate of a label is NaN or infinite."""
    return all(
        -_LARGEST <= part <= _LARGEST if isinstance(part, (float, int)) else bool(np.isfinite(part).all())
        for part in label.coordinates()
    )
