"""The files that are read, as columns of one row each; `sample_data` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.filenames import Names, name_hashes
from lading_nuscenes.poses import Poses
from lading_nuscenes.tables import Columns
from lading_nuscenes.times import Times
from lading_nuscenes.tokens import Keys, TokenIndex, no_keys

Small: TypeAlias = NDArray[np.int32]

#: In place of a width or height: the row has none.
NO_SIZE = np.iinfo(np.int32).min

#: A column of no row at all.
NO_ROWS: Small = np.empty(0, dtype=np.int32)


class Files:
    """The files that become data: key frames, and the others where they are wanted.

    Arrays of one entry a file: `rows` in the table, `keys` (tokens), `samples` and `calibrated` (places of the rows
    that they point to, below 0 for none), `times` (ns), `sizes` (width and height, NO_SIZE for none), `is_key`, `links`
    (prev and next). `index` finds a file by its token, `every` the token of any row. `poses` has the ego pose of
    each. `extras` are the keys that the schema has not. `listed` are the hashes of all names in the table, also of
    files that are not read, which `skipped` counts. `undecided` are sample and calibration of files by their
    row, where it is told that this does not say whether it is of a key frame. `later` are those of which it is told
    that their samples have another file of their sensor, `same_path` these and each file whose path one of these has,
    or one whose name is told to be another's, `untimely` those of which it is told that their time is far from that of
    their sample, `misplaced` those of which it is told that their pose is far from those of the others of their sample.
    `turned` are those of which it is told that `prev` and `next` are swapped. `doubtful` are the tokens of
    files that are no key frames, where it is told that they may be.
    """

    def __init__(self) -> None:
        self.rows = NO_ROWS
        self.keys: Keys = no_keys()
        self.samples = NO_ROWS
        self.calibrated = NO_ROWS
        self.times: Times = np.empty(0, dtype=np.int64)
        self.sizes: Small = np.empty((0, 2), dtype=np.int32)
        self.is_key: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self.links: tuple[Keys, Keys] = (no_keys(), no_keys())
        self.poses = Poses(0)
        self.extras: dict[int, dict[str, Any]] = {}
        self.listed: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.skipped = 0
        self.skipped_example = ""
        self.undecided: dict[int, tuple[int, int]] = {}
        self.doubtful: set[str] = set()
        self.later: Small = NO_ROWS
        self.same_path: Set[int] = frozenset()
        self.untimely: Set[int] = frozenset()
        self.misplaced: Set[int] = frozenset()
        self.turned: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.index = TokenIndex(self.keys)
        self.every: TokenIndex | None = None
        self._names = Names()
        self._name_codes: NDArray[np.int32] = NO_ROWS
        self._formats: list[str | None] = []
        self._format_codes: NDArray[np.int32] = NO_ROWS

    def __len__(self) -> int:
        return len(self.rows)

    def filename(self, file: int) -> str:
        """The name of a file in its row."""
        return self._names.name(int(self._name_codes[file]), int(self._stamps[file]))

    def format(self, file: int) -> str | None:
        """The `fileformat` of its row."""
        return self._formats[int(self._format_codes[file])]

    def by_format(self) -> Iterator[tuple[str, str | None, NDArray[np.int64]]]:
        """The suffix of names and the `fileformat` of rows, with the files that have both."""
        endings, numbers = self._names.endings()
        pairs = numbers[self._name_codes] * len(self._formats) + self._format_codes
        for pair, members in _alike(pairs):
            ending, word = divmod(pair, len(self._formats))
            yield endings[ending], self._formats[word], members

    def by_name(self, kinds: NDArray[np.int64]) -> Iterator[tuple[tuple[str, ...], int, NDArray[np.int64]]]:
        """The files of one kind whose names are alike but for the time, with the parts of the name around it."""
        count = int(kinds.max(initial=0)) + 1
        pairs = self._name_codes * np.int64(count) + kinds
        for pair, members in _alike(pairs):
            yield self._names.parts(pair // count), pair % count, members

    def note_later(self, later: list[int]) -> None:
        """Take the files that are told to be one too many in their samples."""
        self.later = np.sort(np.array(later, dtype=np.int32))
        if later:
            paths = self._paths()
            others = np.setdiff1d(np.flatnonzero(np.isin(paths, paths[self.later])), self.later)
            _, firsts = np.unique(paths[others], return_index=True)  # a third file of a path is another matter
            self.same_path = {*later, *others[firsts].tolist()}

    def repeating(self) -> NDArray[np.bool_]:
        """Whether another file has the path of each."""
        return self.contested(np.zeros(len(self), dtype=np.bool_))

    def contested(self, is_own: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether another file has the path of each, which is none's own."""
        _, inverse, counts = np.unique(self._paths(), return_inverse=True, return_counts=True)
        owners = np.bincount(inverse, is_own, len(counts))
        found: NDArray[np.bool_] = (counts[inverse] > 1) & (owners[inverse] == 0)
        return found

    def note_named(self, told: list[int]) -> None:
        """Take the files that are told to have another one's name: that both have one path comes of it."""
        if told:
            paths = self._paths()
            self.same_path = self.same_path | {*np.flatnonzero(np.isin(paths, paths[told])).tolist()}

    def of_stamps(self, stamps: Sequence[int]) -> dict[int, list[int]]:
        """The files whose rows have these times, as they stand."""
        found: dict[int, list[int]] = {}
        for file in np.flatnonzero(np.isin(self._stamps, stamps)).tolist():
            found.setdefault(int(self._stamps[file]), []).append(file)
        return found

    def _paths(self) -> NDArray[np.int64]:
        """A number for the path of each file."""
        return name_hashes(map(self.filename, range(len(self))))

    def fill(self, columns: Columns, names: Names, formats: dict[str | None, int]) -> Keys:
        """Take the columns of all pieces; the keys of their ego poses."""
        self.rows = columns.take("rows", NO_ROWS)
        self.keys = columns.take("keys", no_keys())
        self.samples = columns.take("samples", NO_ROWS)
        self.calibrated = columns.take("calibrated", NO_ROWS)
        self.times = columns.take("times", self.times)
        self.sizes = columns.take("sizes", self.sizes)
        self.is_key = columns.take("is_key", self.is_key)
        self.links = (columns.take("prev", no_keys()), columns.take("next", no_keys()))
        self._names = names
        self._name_codes = columns.take("names", NO_ROWS)
        self._stamps: NDArray[np.int64] = columns.take("stamps", self.times)
        self._formats = list(formats)
        self._format_codes = columns.take("formats", NO_ROWS)
        self.index = TokenIndex(self.keys)
        poses: Keys = columns.take("poses", no_keys())
        return poses


def _alike(numbers: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each number and the places where it stands, in one pass: there may be as many numbers as places."""
    if not len(numbers):
        return
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    yield from zip(found.tolist(), np.split(order, starts[1:]), strict=True)
