"""sample_annotation as columns: the boxes."""

from __future__ import annotations

from collections.abc import Sequence, Set
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.attribute_tokens import AttributeTokens
from lading_nuscenes.conversion import Piece
from lading_nuscenes.instances import Instances
from lading_nuscenes.rotations import tell_lengths, tell_order
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import Attribute, SampleAnnotation, Visibility
from lading_nuscenes.tables import Columns, Rows, Tables, grouped, vectors
from lading_nuscenes.times import NO_TIME, Times
from lading_nuscenes.tokens import DANGLING, Indexes, Keys, TokenBook, TokenIndex, no_keys
from lading_nuscenes.tracks import Tracks

_NONE: NDArray[np.int32] = np.empty(0, dtype=np.int32)

_TABLE = "sample_annotation"

#: The columns of numbers of points.
POINTS = ("num_lidar_pts", "num_radar_pts")

#: In place of a number of points: the row has none.
NO_POINTS = np.iinfo(np.int64).min

#: The longest time between the annotations that a velocity is taken from; twice that where there is one on each
#: side (devkit, NuScenes.box_velocity).
_LONGEST_NS = 1_500_000_000


class Annotations:
    """The annotations: arrays of one entry a row that can be read, and the rows of each sample by `of_sample`.

    `odd_points` are the columns of numbers of points that are told, by place, `strangers` the places of rows that are
    told to name another instance than their neighbours, `idle` those of instances that no row names,
    `far` the places of rows that are told to be far from the vehicle, `are_exchanged` whether it is told that width
    and length are.
    """

    def __init__(self) -> None:
        self.rows = _NONE
        self.index = TokenIndex(no_keys())
        self.samples = _NONE
        self.instances = _NONE
        self.visibilities: NDArray[np.int16] = np.empty(0, dtype=np.int16)
        self.attributes = _NONE
        self.translations: NDArray[np.float64] = np.empty((0, 3))
        self.sizes: NDArray[np.float64] = np.empty((0, 3))
        self.rotations: NDArray[np.float64] = np.empty((0, 4))
        self.points: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        self.before = _NONE
        self.after = _NONE
        self.attribute_sets: list[tuple[str, ...] | None] = []
        self.extras: dict[int, dict[str, Any]] = {}
        self.texts: dict[tuple[int, str], str] = {}
        self.given_velocities: dict[int, Any] = {}
        self.odd_points: dict[int, list[str]] = {}
        self.strangers: Set[int] = frozenset()
        self.idle: Set[int] = frozenset()
        self.are_exchanged = False
        self.far: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._order = _NONE
        self._starts: NDArray[np.int64] = np.zeros(1, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.rows)

    def of_sample(self, sample: int) -> NDArray[np.int32]:
        """The places of the annotations of a sample, in the order of the table."""
        if sample + 1 >= len(self._starts):
            return _NONE
        return self._order[self._starts[sample] : self._starts[sample + 1]]

    def group(self, samples: int) -> None:
        """Make `of_sample` answer for so many samples."""
        self._order, self._starts = grouped(self.samples, samples)

    def velocities(self, places: NDArray[np.int32], sample_times: Times) -> NDArray[np.float64]:
        """Metres a second in the global frame, of shape (N, 3); NaN where the devkit's rule leaves it undefined."""
        before, after = self.before[places], self.after[places]
        first = np.where(before >= 0, before, places)
        last = np.where(after >= 0, after, places)
        start, end = (sample_times[self.samples[ends]] for ends in (first, last))
        spans = end - start
        longest = np.where((before >= 0) & (after >= 0), 2 * _LONGEST_NS, _LONGEST_NS)
        defined = (spans > 0) & (spans <= longest) & (start != NO_TIME) & (end != NO_TIME)
        defined &= (self.samples[first] >= 0) & (self.samples[last] >= 0)
        seconds = np.where(defined, spans, 1) / 1e9
        with np.errstate(invalid="ignore", over="ignore"):
            moved = self.translations[last] - self.translations[first]
            found: NDArray[np.float64] = np.where(defined[:, None], moved / seconds[:, None], np.nan)
        return found


def read_annotations(
    tables: Tables,
    book: TokenBook,
    samples: Samples,
    instances: Instances,
    visibilities: Rows[Visibility],
    attributes: Rows[Attribute],
) -> Annotations:
    """The table of annotations, joined to the other tables."""
    reading = _Reading(tables, book, samples, instances, visibilities, attributes)
    for piece in tables.scan("sample_annotation", SampleAnnotation):
        reading.add(piece)
    return reading.finish()


class _Reading:
    def __init__(
        self,
        tables: Tables,
        book: TokenBook,
        samples: Samples,
        instances: Instances,
        visibilities: Rows[Visibility],
        attributes: Rows[Attribute],
    ) -> None:
        self._tables = tables
        self._book = book
        self._samples = samples
        self._instances = instances
        self._visibilities = visibilities
        self._attributes = attributes
        self._attribute_tokens = AttributeTokens(tables, _TABLE, attributes)
        self._sets: dict[tuple[str, ...] | None, int] = {}
        self._judged = 0
        self._strange: set[tuple[str, ...] | None] = set()
        self._columns = Columns()
        self._made = Annotations()
        self._count = 0

    def add(self, piece: Piece[SampleAnnotation]) -> None:
        """Take one piece of the table."""
        rows, indexes, book = piece.rows, piece.indexes, self._book
        for place, extras in piece.extras.items():
            self._made.extras[self._count + place] = extras
        for place, row in enumerate(rows, self._count):
            if row.velocity is not msgspec.UNSET:
                self._made.given_velocities[place] = row.velocity
        translations = vectors([row.translation for row in rows], 3)
        sizes = vectors([row.size for row in rows], 3)
        rotations = vectors([row.rotation for row in rows], 4)
        tell_lengths(self._tables, "sample_annotation", indexes, rotations)
        attributes = self._sets_of(rows, indexes)
        self._columns.add(
            rows=np.array(indexes, dtype=np.int32),
            keys=book.keys([row.token for row in rows]),
            samples=self._joined(piece, "sample_token", "sample", self._samples.index),
            instances=self._joined(piece, "instance_token", "instance", self._instances.index),
            visibilities=self._seen(piece),
            attributes=attributes,
            translations=translations,
            sizes=sizes,
            rotations=rotations,
            points=_counts(rows),
            prev=book.keys([row.prev for row in rows]),
            next=book.keys([row.next for row in rows]),
        )
        self._count += len(rows)

    def _sets_of(self, rows: list[SampleAnnotation], indexes: Sequence[int]) -> NDArray[np.int32]:
        """The number of each row's set of attributes, of which there are few."""
        sets = self._sets
        try:
            numbers = [sets[row.attribute_tokens] for row in rows]
        except KeyError:  # a set that was not met before
            numbers = [sets.setdefault(row.attribute_tokens, len(sets)) for row in rows]
        for tokens in list(sets)[self._judged :]:
            known = {token for token in tokens or () if token in self._attributes.places}
            if len(known) < len(tokens or ()):
                self._strange.add(tokens)
        self._judged = len(sets)
        if self._strange:
            for row, index in zip(rows, indexes, strict=True):
                if row.attribute_tokens in self._strange:
                    self._attribute_tokens.look(index, row.attribute_tokens)
        return np.array(numbers, dtype=np.int32)

    def _tell_points(self) -> None:
        """Say which numbers of points are below 0: they count nothing, and stay. A column of -1 alone has none."""
        made = self._made
        for name, points in zip(POINTS, made.points.T, strict=True):
            is_below = (points < 0) & (points != NO_POINTS)
            if (points[points != NO_POINTS] == -1).all():  # as Lyft has it (source-formats.md 4.8, 5)
                continue
            for place in np.flatnonzero(is_below).tolist():
                made.odd_points.setdefault(place, []).append(name)
                at = self._tables.origin(_TABLE, int(made.rows[place]), name)
                message = f"expected a number of points, 0 or more, found {points[place]}"
                self._tables.report.warning("nuscenes.point-count", message, at)

    def _joined(self, piece: Piece[SampleAnnotation], column: str, target: str, index: TokenIndex) -> NDArray[np.int32]:
        tokens = list(map(attrgetter(column), piece.rows))
        found = index.find(self._book.keys(tokens))
        self._tables.dangling("sample_annotation", column, target, piece.indexes, found, tokens)
        self._keep(found, column, tokens)
        return found.astype(np.int32)

    def _seen(self, piece: Piece[SampleAnnotation]) -> NDArray[np.int16]:
        """The places of the visibilities; a row may have none, as "" (source-formats.md 4.8, 5)."""
        tokens = [row.visibility_token for row in piece.rows]
        found = self._visibilities.find(tokens)
        column = "visibility_token"
        unknown = np.where(found == DANGLING, DANGLING, 0)
        self._tables.dangling("sample_annotation", column, "visibility", piece.indexes, unknown, tokens)
        self._keep(found, column, tokens)
        return found.astype(np.int16)

    def _keep(self, found: Indexes, column: str, tokens: list[str | None]) -> None:
        """Keep the text of tokens that no row has."""
        for place in np.flatnonzero(found == DANGLING).tolist():
            self._made.texts[self._count + place, column] = tokens[place] or ""

    def finish(self) -> Annotations:
        """The annotations, once all pieces were taken."""
        made, columns = self._made, self._columns
        made.rows = columns.take("rows", _NONE)
        made.index = TokenIndex(columns.take("keys", no_keys()))
        self._tables.repeats("sample_annotation", made.index, made.rows, self._book.text)
        made.samples = columns.take("samples", _NONE)
        for place, _ in made.index.repeats():
            made.samples[place] = -1  # the first row counts
        made.instances = columns.take("instances", _NONE)
        made.visibilities = columns.take("visibilities", made.visibilities)
        made.attributes = columns.take("attributes", _NONE)
        for name in ("translations", "sizes", "rotations", "points"):
            setattr(made, name, columns.take(name, getattr(made, name)))
        made.attribute_sets = list(self._sets)
        self._tell_points()
        self._attribute_tokens.tell(self._count)
        tell_order(self._tables, _TABLE, made.rows, made.rotations)
        made.before = self._linked("prev")
        made.after = self._linked("next")
        made.group(len(self._samples))
        tracks = Tracks(self._tables, self._book, self._samples, self._instances, made)
        tracks.tell()
        made.strangers = frozenset(tracks.strangers)
        made.idle = tracks.idle
        made.index.forget()
        return made

    def _linked(self, column: str) -> NDArray[np.int32]:
        keys: Keys = self._columns.take(column, no_keys())
        found = self._made.index.find(keys)
        for place in np.flatnonzero(found == DANGLING).tolist():
            token = self._book.text(keys[place])
            self._made.texts[place, column] = token
            self._tables.broken_link("sample_annotation", column, int(self._made.rows[place]), token)
        times = np.append(self._samples.times, NO_TIME)[np.maximum(self._made.samples, -1)]  # -1: no sample, no time
        for place in self._tables.tell_loops(_TABLE, column, self._made.rows, found, times):
            self._made.texts[place, column] = self._book.text(keys[place])
            found[place] = DANGLING
        return found.astype(np.int32)


def _counts(rows: list[SampleAnnotation]) -> NDArray[np.int64]:
    """The numbers of points of lidar and radar."""
    counts = [count for row in rows for count in (row.num_lidar_pts, row.num_radar_pts)]
    if None in counts:
        counts = [NO_POINTS if count is None else count for count in counts]
    return np.array(counts, dtype=np.int64).reshape(-1, 2)
