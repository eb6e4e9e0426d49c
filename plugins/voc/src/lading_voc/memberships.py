"""In which image sets a frame is, and with which values: for its extras, and against what its annotation says."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import Box2D, Label, Report, Source
from lading_voc.contents import read_bytes
from lading_voc.image_sets import ImageSet, class_of, entries_of, lines_of
from lading_voc.set_faults import Lines
from lading_voc.set_ids import Lists, tell_objects
from lading_voc.set_values import SAID, OfObjects, Said, Value, problem, value_of

_IS_UNUSUAL = (-1).__ne__
_ABSENT, _BARE, _ELSEWHERE = -128, -127, -126


class _Pattern(NamedTuple):
    """Which sets list a frame; most frames share a few of these. `classes` are those of the numbers, or "".

    `usual` is the value of each, where all numbers are -1 as most are.
    """

    usual: dict[str, Value]
    labels: tuple[str, ...]
    columns: Sequence[int]
    sets: tuple[ImageSet, ...]
    classes: tuple[str, ...]
    places: Mapping[str, Sequence[int]]
    elsewhere: tuple[int, ...]
    objects: tuple[int, ...]


class Listed(NamedTuple):
    """The sets that list a frame: `values` by `Main/train`, and those of a class with their numbers.

    `places` are the places of a class among `classes`, `numbers` and `sets`.
    """

    values: dict[str, Value]
    classes: tuple[str, ...] = ()
    numbers: Sequence[int] = ()
    sets: tuple[ImageSet, ...] = ()
    places: Mapping[str, Sequence[int]] = {}
    objects: Sequence[OfObjects] = ()

    def differing(self, labels: Iterable[Label]) -> Iterator[Said]:
        """Sets of a class whose number is not what the objects give: 1, or 0 if all are difficult, or -1 for none."""
        if not self.places:
            return
        seen: dict[str, int] = {}
        for label in labels:
            name, attributes = label.category, label.attributes
            if name is not None and isinstance(label, Box2D) and "parent" not in attributes:
                seen[name] = seen.get(name, 0) if attributes.get("difficult") is True else 1
        if self._agrees(seen):
            return
        expected = [seen.get(name, -1) for name in self.classes]
        for found, name, said, has in zip(self.sets, self.classes, self.numbers, expected, strict=True):
            if name and said != has and said in SAID:  # any other number is told with the set
                yield Said(found, name, said, has)

    def _agrees(self, seen: dict[str, int]) -> bool:
        """Whether all is well, by a look at what is not -1: nearly always, and for a small part of the cost."""
        hits = 0
        for name, has in seen.items():
            for place in self.places.get(name, ()):
                if self.numbers[place] != has:
                    return False
                hits += 1
        return self.numbers.count(-1) + hits == len(self.numbers)


class Memberships:
    """All sets of one tree: a byte a frame and set, and the few values that do not fit into it."""

    def __init__(self, ids: Sequence[str], plain: Sequence[ImageSet], by_class: Sequence[ImageSet]) -> None:
        self._rows = {key: row for row, key in enumerate(ids)}
        self._sets = [*plain, *by_class]
        self._table = np.full((len(ids), len(self._sets)), _ABSENT, dtype=np.int8)
        self._marks = self._table
        self._odd: dict[tuple[int, int], Value] = {}
        self._patterns: dict[bytes, _Pattern] = {}
        self._grids: dict[bytes, NDArray[np.intp] | None] = {}
        self._faults: list[Lines] = []
        self._numbered: set[int] = set()  # of objects, columns of which some line has a number
        self._plain = len(plain)
        self._of_objects = [n for n, found in enumerate(self._sets) if found.kind in ("Layout", "Action")]
        names: dict[str, list[str]] = {}
        for found in plain:
            names.setdefault(found.kind, []).append(found.name)
        self._classes = [
            class_of(found, names.get(found.kind, ())) if number >= len(plain) else ""
            for number, found in enumerate(self._sets)
        ]

    def load(self, source: Source) -> None:
        """Read the sets; one that cannot be read was told on opening."""
        for column, found in enumerate(self._sets):
            data = read_bytes(source, found.path, Report()) or b""
            is_by_class = column >= self._plain
            if not (self._load_grid(column, data) if is_by_class else self._load_ids(column, data)):
                self._load_lines(column, data)
        self._grids.clear()
        self._marks = np.minimum(self._table, _ELSEWHERE + 1)

    def line(self, found: ImageSet, key: str, value: Value, source: Source) -> int | None:
        """The line of a set that has this value behind an id; the set is read again for it."""
        entries = entries_of(read_bytes(source, found.path, Report()) or b"", self._rows)
        return next((entry.line for entry in entries if entry.id == key and value_of(entry.columns) == value), None)

    def tell(self, source: Source, unfiled: Container[str], report: Report) -> None:
        """Lines of sets that cannot be right, and ids that a set of a class has or lacks, the `unfiled` left aside."""
        for lines in self._faults:
            lines.tell(report)
        tell_objects(self._sets, self._classes, self._odd, [*self._rows], report)
        rows = [row for key, row in self._rows.items() if key not in unfiled]
        ids = [key for key in self._rows if key not in unfiled]
        listed = Lists(self._sets, self._classes, self._table[rows] != _ABSENT, ids)
        listed.tell(lambda found, keys: self._first_of(found, keys, source), report)

    def _first_of(self, found: ImageSet, keys: set[str], source: Source) -> tuple[str, int | None]:
        entries = entries_of(read_bytes(source, found.path, Report()) or b"", self._rows)
        return next(((entry.id, entry.line) for entry in entries if entry.id in keys), (min(keys), None))

    def of(self, key: str) -> Listed:
        """The sets that list an id."""
        row = self._rows.get(key)
        if row is None:
            return Listed({})
        values: list[int] = self._table[row].tolist()
        marks = self._marks[row].tobytes()
        pattern = self._patterns.get(marks)
        if pattern is None:
            pattern = self._patterns.setdefault(marks, self._pattern(values))
        numbers = [values[column] for column in pattern.columns]
        result = pattern.usual.copy()
        result.update(compress(zip(pattern.labels, numbers, strict=True), map(_IS_UNUSUAL, numbers)))
        for column in pattern.elsewhere:
            result[self._sets[column].label] = self._odd[row, column]
        objects = [
            OfObjects(
                self._sets[column],
                self._classes[column],
                self._odd.get((row, column), [None]),
                is_numbered=column in self._numbered,
            )
            for column in pattern.objects
        ]
        return Listed(result, pattern.classes, numbers, pattern.sets, pattern.places, objects)

    def _pattern(self, values: list[int]) -> _Pattern:
        columns = [column for column, value in enumerate(values) if value > _ELSEWHERE]
        classes = tuple(self._classes[column] for column in columns)
        places: dict[str, list[int]] = {}
        for place, name in enumerate(classes):
            if name:
                places.setdefault(name, []).append(place)
        labels = tuple(self._sets[column].label for column in columns)
        bare = {self._sets[column].label: None for column, value in enumerate(values) if value == _BARE}
        return _Pattern(
            usual={**bare, **dict.fromkeys(labels, -1)},
            labels=labels,
            columns=columns,
            sets=tuple(self._sets[column] for column in columns),
            classes=classes,
            places=places,
            elsewhere=tuple(column for column, value in enumerate(values) if value == _ELSEWHERE),
            objects=tuple(column for column in self._of_objects if values[column] != _ABSENT),
        )

    def _load_grid(self, column: int, data: bytes) -> bool:
        """The official file of a class at once, `id  1`, `id -1` or `id  0` in lines of one length; else False."""
        width = data.find(b"\n") + 1
        if width < 5 or len(data) % width:
            return False
        grid = np.frombuffer(data, dtype=np.uint8).reshape(-1, width)
        minus, digits = grid[:, -3] == ord("-"), grid[:, -2] - ord("0")
        is_usual = (
            (grid[:, -1] == ord("\n")).all()
            and (grid[:, -4] == ord(" ")).all()
            and (minus | (grid[:, -3] == ord(" "))).all()
            and (digits <= 1).all()
        )
        rows = self._rows_of(grid[:, :-4].tobytes(), width - 4) if is_usual else None
        if rows is None:
            return False
        self._table[rows, column] = np.where(minus, -1, 1) * digits
        return True

    def _rows_of(self, ids: bytes, width: int) -> NDArray[np.intp] | None:
        """The rows of ids of one length, None unless each is known and there once; 20 classes list the same ones."""
        if ids not in self._grids:
            texts = ids.decode("latin-1")
            rows = [self._rows.get(texts[start : start + width], -1) for start in range(0, len(texts), width)]
            is_clear = min(rows, default=-1) >= 0 and len(set(rows)) == len(rows)
            self._grids[ids] = np.array(rows, dtype=np.intp) if is_clear else None
        return self._grids[ids]

    def _load_ids(self, column: int, data: bytes) -> bool:
        """A set of nothing but known ids at once, else False."""
        rows = [self._rows.get(line, -1) for line in lines_of(data)]
        if min(rows, default=-1) < 0:
            return False
        self._table[rows, column] = _BARE
        return True

    def _load_lines(self, column: int, data: bytes) -> None:
        found, is_by_class = self._sets[column], column >= self._plain
        is_by_object = found.kind not in ("Main", "Segmentation")
        faults = Lines(found, [], [], [], [])
        for entry in entries_of(data, self._rows):
            row = self._rows.get(entry.id)
            if row is None:
                faults.strays.append(entry)
                continue
            value = value_of(entry.columns)
            is_new = self._table[row, column] == _ABSENT
            due = problem(found.kind, value, self._rows, is_by_class=is_by_class)
            if due is not None:
                faults.expected.append(due)
                faults.wrong.append(entry)
            if not is_new and is_by_class and not is_by_object:  # of plain sets it is told where segments are made
                faults.again.append(entry)
            if is_by_object and value is not None:  # a picture is listed once an object
                self._odd.setdefault((row, column), []).append(value)
                self._numbered.add(column)
                self._table[row, column] = _ELSEWHERE
            elif is_new and isinstance(value, int) and _ELSEWHERE < value < 128:
                self._table[row, column] = value
            elif is_new:
                self._table[row, column] = _BARE if value is None else _ELSEWHERE
                if value is not None:
                    self._odd[row, column] = value
        if faults.strays or faults.again or faults.wrong:
            self._faults.append(faults)
