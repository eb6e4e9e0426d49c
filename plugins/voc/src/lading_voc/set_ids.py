"""Which ids a set of a class lists, `dog_val`, against those of its set, `val`; and objects over sets of actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report, counted
from lading_voc.image_sets import APART, ImageSet

#: Finds the line of a set that lists one of some ids first, and that id.
FirstOf = Callable[[ImageSet, set[str]], tuple[str, int | None]]


class Lists(NamedTuple):
    """The sets of a tree: which of its frames (rows) are in which set (columns), and the class of each set, or ""."""

    sets: Sequence[ImageSet]
    classes: Sequence[str]
    listed: NDArray[np.bool_]
    ids: Sequence[str]

    def tell(self, first_of: FirstOf, report: Report) -> None:
        """Tell of each set of a class that differs, or of its set where all of them differ from it in one way."""
        plain = {
            one.name: column for column, one in enumerate(self.sets) if one.kind == "Main" and not self.classes[column]
        }
        groups: dict[int, list[int]] = {}
        for column, one in enumerate(self.sets):
            name = self.classes[column]
            folder, slash, own = one.name.rpartition("/")
            whole = plain.get(f"{folder}{slash}{own[len(name) + 1 :]}") if name and one.kind == "Main" else None
            if whole is not None and self.listed[:, [whole, column]].any(axis=0).all():  # of empty ones more is to say
                groups.setdefault(whole, []).append(column)
        for whole, columns in groups.items():
            due, may = self._bounds(whole, plain)
            differences = [(due & ~self.listed[:, n], self.listed[:, n] & ~may) for n in columns]
            lacking, others = differences[0]
            is_one = all((a == lacking).all() and (b == others).all() for a, b in differences)
            if is_one and len(columns) > 1:
                name = f"{len(columns):,} sets of classes of it list"
                _tell(self.sets[whole], name, self._ids(others), self._ids(lacking), first_of, report)
                continue
            for column, (lacks, has) in zip(columns, differences, strict=True):
                name = f"{self.sets[whole].path} lists"
                _tell(self.sets[column], name, self._ids(lacks), self._ids(has), first_of, report)

    def _bounds(self, whole: int, plain: dict[str, int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """The frames that the sets of classes of a set have to list, and may.

        Told elsewhere are ids that two sets share, and those of `train` and `val` that `trainval` lacks.
        """
        name = self.sets[whole].name
        due, may = self.listed[:, whole].copy(), self.listed[:, whole].copy()
        for other in APART.get(name, ()):
            if other in plain and other != "trainval":
                due &= ~self.listed[:, plain[other]]
        for part in ("train", "val") if name == "trainval" else ():
            if part in plain:
                may |= self.listed[:, plain[part]]
        return due, may

    def _ids(self, rows: NDArray[np.bool_]) -> list[str]:
        return [self.ids[row] for row in np.flatnonzero(rows).tolist()]


def _tell(
    found: ImageSet, whose: str, lacking: list[str], others: list[str], first_of: FirstOf, report: Report
) -> None:
    """What a set lacks of the ids that others list, and what it has beside them."""
    if lacking:
        message = f"expected each id that {whose}, found {len(lacking):,} missing, first {lacking[0]!r}"
        report.warning("voc.set-ids", message, Origin(found.path))
    if others:
        key, line = first_of(found, set(others))
        message = f"expected ids that {whose}, found {counted(len(others), 'other')}, first {key!r}"
        report.warning("voc.set-ids", message, Origin(found.path, line=line))


def tell_objects(
    sets: Sequence[ImageSet],
    classes: Sequence[str],
    odd: Mapping[tuple[int, int], Any],
    ids: Sequence[str],
    report: Report,
) -> None:
    """Tell of sets of actions that lack objects which most sets of the other actions of one set, `val`, list.

    `odd` are the values of lines by row and column.
    """
    groups: dict[str, dict[int, set[tuple[int, Any]]]] = {}
    for column, (one, action) in enumerate(zip(sets, classes, strict=True)):
        if action and one.kind == "Action":
            groups.setdefault(one.name.rpartition("_")[2], {})[column] = set()
    objects = {column: found for group in groups.values() for column, found in group.items()}
    for (row, column), values in odd.items() if objects else ():
        if column in objects:
            objects[column].update((row, value[0] if isinstance(value, list) else None) for value in values)
    for name, group in groups.items():
        counts = Counter(pair for found in group.values() for pair in found)
        due = {pair for pair, count in counts.items() if count * 2 > len(group) and isinstance(pair[1], int)}
        for column, found in group.items():
            others = {row for row, _ in found - due}  # where another number is wrong, that is told
            lacking = {pair for pair in due - found if pair[0] not in others}
            if lacking and found:
                row, number = min(lacking)
                message = f"expected each object that most of the {len(group)} sets of actions of {name!r} list, "
                message += f"found {len(lacking):,} missing, first object {number} of {ids[row]!r}"
                report.warning("voc.set-ids", message, Origin(sets[column].path))
