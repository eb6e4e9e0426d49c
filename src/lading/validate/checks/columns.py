"""The labels of many files in columns, those of each type together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from functools import cached_property
from itertools import chain, compress
from operator import attrgetter
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from lading.model.frame import Data
from lading.model.label import Label, Points

L = TypeVar("L", bound=Label)

_CATEGORY = attrgetter("category")
_ATTRIBUTES = attrgetter("attributes")
_INSTANCE = attrgetter("instance")
_EDGES = attrgetter("xmin", "ymin", "xmax", "ymax")
_POINTS = attrgetter("points")
_DTYPE = attrgetter("dtype")

_DOUBLE = np.dtype(np.float64)
_POINT_BYTES = 16

#: Odd and without a pattern, so that bits are mixed by it.
_MIXER = np.uint64(0x9E3779B97F4A7C15)


class Columns(Generic[L]):
    """Labels of one type, and for each the number of its file; those of a file stand together, in its order."""

    def __init__(self, labels: list[L], owners: NDArray[np.intp]) -> None:
        self.labels = labels
        self.owners = owners

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def files(self) -> list[int]:
        """The number of the file of each label."""
        files: list[int] = self.owners.tolist()
        return files

    @cached_property
    def categories(self) -> list[str | None]:
        """The category of each label."""
        return list(map(_CATEGORY, self.labels))

    @cached_property
    def attributes(self) -> list[dict[str, Any]]:
        """The attributes of each label."""
        return list(map(_ATTRIBUTES, self.labels))

    @cached_property
    def instances(self) -> list[str | None]:
        """The instance of each label."""
        return list(map(_INSTANCE, self.labels))

    @cached_property
    def edges(self) -> NDArray[np.float64]:
        """Of boxes the four edges of each, in pixels; infinite where a whole number is beyond what a float holds."""
        rows = map(_EDGES, self.labels)
        try:
            return np.fromiter(chain.from_iterable(rows), np.float64, 4 * len(self.labels)).reshape(-1, 4)
        except OverflowError:
            edges = [_double(edge) for row in map(_EDGES, self.labels) for edge in row]
            return np.array(edges).reshape(-1, 4)

    @cached_property
    def outlines(self) -> tuple[NDArray[np.intp], Points]:
        """Of polygons or lines how many points each has, and the points of all, in pixels."""
        return joined(list(map(_POINTS, self.labels)))

    def alike(self, *numbers: NDArray[np.float64]) -> set[int]:
        """The files in which two labels have the same numbers; in rare cases others."""
        marks = self.owners.astype(np.uint64)
        for part in numbers:
            marks *= _MIXER
            marks += (part + 0.0).view(np.uint64)  # -0 and 0 are the same
            marks ^= marks >> np.uint64(29)
        in_order = np.sort(marks)
        if not (in_order[1:] == in_order[:-1]).any():
            return set()
        return self.repeated(marks.tolist())

    def repeated(self, values: Sequence[Hashable]) -> set[int]:
        """The files in which two labels have the same value; None is no value."""
        if len(set(values)) == len(values):
            return set()
        pairs = Counter(pair for pair in zip(self.files, values, strict=True) if pair[1] is not None)
        return {file for (file, _), count in pairs.items() if count > 1}


def joined(rings: Sequence[Points]) -> tuple[NDArray[np.intp], Points]:
    """How many points each ring has, and the points of all."""
    if set(map(_DTYPE, rings)) - {_DOUBLE}:
        rings = [points.astype(np.float64) for points in rings]
    outlines = [points.tobytes() for points in rings]  # joining bytes is quicker than concatenating small arrays
    counts = np.fromiter(map(len, outlines), np.intp, len(outlines)) // _POINT_BYTES
    return counts, np.frombuffer(b"".join(outlines)).reshape(-1, 2)


def columns_of(files: Sequence[Data]) -> dict[type[Label], Columns[Any]]:
    """The labels of files by their types, in the order in which those come."""
    labels = list(chain.from_iterable(data.labels for data in files))
    counts = np.fromiter((len(data.labels) for data in files), np.intp, len(files))
    owners = np.repeat(np.arange(len(files)), counts)
    types = list(map(type, labels))
    numbers = {label_type: number for number, label_type in enumerate(dict.fromkeys(types))}
    if len(numbers) == 1:
        return {types[0]: Columns(labels, owners)}
    which = np.fromiter(map(numbers.__getitem__, types), np.intp, len(types))
    return {label_type: _chosen(labels, owners, which == number) for label_type, number in numbers.items()}


def _chosen(labels: list[Label], owners: NDArray[np.intp], are_chosen: NDArray[np.bool_]) -> Columns[Any]:
    return Columns(list(compress(labels, are_chosen.tolist())), owners[are_chosen])


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
