"""What all labels share: category, attributes and origin, and when two are the same."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import GeometryError

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


def is_finite(label: Label) -> bool:
    """Whether no coordinate of a label is NaN or infinite."""
    return all(
        -_LARGEST <= part <= _LARGEST if isinstance(part, (float, int)) else bool(np.isfinite(part).all())
        for part in label.coordinates()
    )
