"""In which image sets a frame is, and with which values: for its extras, and against what its annotation says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from lading import Label, Report, Source
from lading_voc.contents import read_bytes
from lading_voc.image_sets import ImageSet, class_of, entries_of

#: A line of a set without a column is null, with one a number, with more a list. Layout and Action list objects: a
#: list of those.
Value: TypeAlias = Any

_ABSENT, _BARE, _ELSEWHERE = -128, -127, -126


class Memberships:
    """All sets of one tree: a byte a frame and set, and the few values that do not fit into it."""

    def __init__(self, ids: Sequence[str], plain: Sequence[ImageSet], by_class: Sequence[ImageSet]) -> None:
        self._rows = {key: row for row, key in enumerate(ids)}
        self._sets = [*plain, *by_class]
        self._labels = [found.label for found in self._sets]
        self._table = np.full((len(ids), len(self._sets)), _ABSENT, dtype=np.int8)
        self._odd: dict[tuple[int, int], Value] = {}
        names: dict[str, list[str]] = {}
        for found in plain:
            names.setdefault(found.kind, []).append(found.name)
        self._classes = [
            class_of(found, names.get(found.kind, ())) if number >= len(plain) and found.kind == "Main" else None
            for number, found in enumerate(self._sets)
        ]

    def load(self, source: Source, report: Report) -> None:
        """Read the sets."""
        for column, found in enumerate(self._sets):
            data = read_bytes(source, found.path, report) or b""
            if self._classes[column] is None or not self._load_pairs(column, data):
                self._load_lines(column, data)

    def of(self, key: str) -> dict[str, Value]:
        """The sets that list an id, by `Main/train`, with their values."""
        row = self._rows.get(key)
        if row is None:
            return {}
        return {
            label: (value if value > _ELSEWHERE else None if value == _BARE else self._odd[row, column])
            for column, (label, value) in enumerate(zip(self._labels, self._table[row].tolist(), strict=True))
            if value != _ABSENT
        }

    def differing(self, key: str, labels: Iterable[Label]) -> Iterator[tuple[ImageSet, int, int]]:
        """Sets of a class whose value for an id is not what its objects give: 1, or 0 if all are difficult, or -1."""
        row = self._rows.get(key)
        if row is None or not any(self._classes):
            return
        seen: dict[str, int] = {}
        for label in labels:
            if label.kind == "BOX2D" and label.category is not None and "parent" not in label.attributes:
                is_difficult = label.attributes.get("difficult") is True
                seen[label.category] = seen.get(label.category, 0) if is_difficult else 1
        for found, name, value in zip(self._sets, self._classes, self._table[row].tolist(), strict=True):
            if name is not None and value > _ELSEWHERE and value != seen.get(name, -1):
                yield found, value, seen.get(name, -1)

    def _load_pairs(self, column: int, data: bytes) -> bool:
        """The usual file of a class, `id value` a line, at once; False where it is not wholly so."""
        words = data.decode("utf-8", "replace").split()
        rows = [self._rows.get(word, -1) for word in words[::2]]
        is_usual = len(words) == 2 * len(rows) == 2 * len(set(rows)) and min(rows, default=0) >= 0
        if not is_usual or not set(words[1::2]) <= {"1", "0", "-1"}:
            return False
        self._table[rows, column] = [int(word) for word in words[1::2]]
        return True

    def _load_lines(self, column: int, data: bytes) -> None:
        is_by_object = self._sets[column].kind not in ("Main", "Segmentation")
        for entry in entries_of(data, self._rows):
            row = self._rows.get(entry.id)
            if row is None:
                continue
            value = _value(entry.columns)
            is_new = self._table[row, column] == _ABSENT
            if is_by_object and value is not None:  # a picture is listed once an object
                self._odd.setdefault((row, column), []).append(value)
                self._table[row, column] = _ELSEWHERE
            elif is_new and isinstance(value, int) and _ELSEWHERE < value < 128:
                self._table[row, column] = value
            elif is_new:
                self._table[row, column] = _BARE if value is None else _ELSEWHERE
                if value is not None:
                    self._odd[row, column] = value


def _value(columns: Sequence[str]) -> Value:
    values = [int(text) if text.lstrip("-").isdigit() else text for text in columns]
    if not values:
        return None
    return values[0] if len(values) == 1 else values
