"""The labels of many files in columns, those of each type together."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property
from itertools import compress
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from lading.model.frame import Data
from lading.model.label import Label, Points

L = TypeVar("L", bound=Label)

_DTYPE = attrgetter("dtype")

_DOUBLE = np.dtype(np.float64)

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
        return [label.category for label in self.labels]

    @cached_property
    def attributes(self) -> list[dict[str, Any]]:
        """The attributes of each label."""
        return [label.attributes for label in self.labels]

    @cached_property
    def instances(self) -> list[str | None]:
        """The instance of each label."""
        return [label.instance for label in self.labels]

    @cached_property
    def edges(self) -> NDArray[np.float64]:
        """Of boxes xmin, ymin, xmax and ymax in a row each, in pixels; infinite where a float cannot hold a number."""
        labels: list[Any] = self.labels
        rows = (
            [label.xmin for label in labels],
            [label.ymin for label in labels],
            [label.xmax for label in labels],
            [label.ymax for label in labels],
        )
        pack = struct.Struct(f"{len(labels)}d").pack  # three times as quick as an array out of a list
        try:
            return np.frombuffer(b"".join([pack(*row) for row in rows])).reshape(4, -1)
        except struct.error:
            return np.array([[_double(edge) for edge in row] for row in rows])

    @cached_property
    def are_instances_apart(self) -> bool:
        """Whether no two labels have the same instance, be it in one file or in two."""
        return _are_apart(self.instances)

    @cached_property
    def outlines(self) -> tuple[NDArray[np.intp], Points]:
        """Of polygons or lines how many points each has, and the points of all, in pixels."""
        labels: list[Any] = self.labels
        return joined([label.points for label in labels])

    def alike(self, *numbers: NDArray[np.float64]) -> set[int]:
        """The files in which two labels have the same numbers; in rare cases others."""
        marks = mixed(self.owners.astype(np.uint64), numbers)
        in_order = np.sort(marks)
        if not (in_order[1:] == in_order[:-1]).any():
            return set()
        return self.repeated(marks.tolist())

    def repeated(self, values: Sequence[Hashable]) -> set[int]:
        """The files in which two labels have the same value; None is no value."""
        if _are_apart(values):
            return set()
        pairs = Counter(pair for pair in zip(self.files, values, strict=True) if pair[1] is not None)
        return {file for (file, _), count in pairs.items() if count > 1}


def _are_apart(values: Sequence[Hashable]) -> bool:
    """Whether no two values are the same; None is no value."""
    known = set(values)
    return len(known) == len(values) or (None in known and len(known) - 1 == len(values) - values.count(None))


def mixed(marks: NDArray[np.uint64], numbers: Iterable[NDArray[np.float64]]) -> NDArray[np.uint64]:
    """Marks into which a row of numbers each is mixed, in place: equal for equal numbers, in rare cases for others."""
    for part in numbers:
        marks *= _MIXER
        marks += (part + 0.0).view(np.uint64)  # -0 and 0 are the same
        marks ^= marks >> np.uint64(29)
    return marks


def joined(rings: Sequence[Points]) -> tuple[NDArray[np.intp], Points]:
    """How many points each ring has, and the points of all."""
    if list(map(_DTYPE, rings)).count(_DOUBLE) < len(rings):
        rings = [points.astype(np.float64) for points in rings]
    try:
        outlines = b"".join(cast("Sequence[bytes]", rings))  # twice as quick as concatenating small arrays
    except TypeError:  # one that is not contiguous
        outlines = b"".join([points.tobytes() for points in rings])
    return np.fromiter(map(len, rings), np.intp, len(rings)), np.frombuffer(outlines).reshape(-1, 2)


def columns_of(files: Sequence[Data]) -> dict[type[Label], Columns[Any]]:
    """The labels of files by their types, in the order in which those come."""
    labels: list[Label] = []
    for data in files:
        labels += data.labels
    owners = np.repeat(np.arange(len(files)), [len(data.labels) for data in files])
    numbers = _Numbers()
    which = bytes(map(numbers.__getitem__, map(type, labels)))  # there are fewer types than a byte tells apart
    if len(numbers) == 1:
        return {label_type: Columns(labels, owners) for label_type in numbers}
    return {label_type: _chosen(labels, owners, which, number) for label_type, number in numbers.items()}


class _Numbers(dict[type[Label], int]):
    """Numbers for types, in the order in which they are met."""

    def __missing__(self, label_type: type[Label]) -> int:
        number = self[label_type] = len(self)
        return number


def _chosen(labels: list[Label], owners: NDArray[np.intp], which: bytes, number: int) -> Columns[Any]:
    are_chosen = np.frombuffer(which, np.uint8) == number
    return Columns(list(compress(labels, are_chosen.tobytes())), owners[are_chosen])


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
