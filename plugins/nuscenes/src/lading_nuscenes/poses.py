"""ego_pose as columns: where the vehicle was, for the files that are read."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import Transform3D, counted
from lading.model.geometry import EGO, WORLD
from lading_nuscenes.conversion import Piece
from lading_nuscenes.rotations import tell_order, tell_rotations
from lading_nuscenes.schema import EgoPose, EgoPoseText, Rotation, Vector
from lading_nuscenes.tables import Columns, Tables, vectors
from lading_nuscenes.times import NO_TIME, Clock, Times
from lading_nuscenes.tokens import ABSENT, DANGLING, Keys, TokenBook, TokenIndex, has_repeats, no_keys

#: No place at all.
NO_PLACES: NDArray[np.int64] = np.empty(0, dtype=np.int64)

#: Poses that are told one by one though they are most.
_FEW = 2

_MORE = ("rotation_rate", "acceleration", "speed")


class Poses:
    """Ego poses, in places of which each file has one in `of_file`; `rows` is below 0 where the table has none."""

    def __init__(self, count: int) -> None:
        self.of_file: NDArray[np.int64] = np.arange(count)
        self.keys: Keys = no_keys()
        self.rows: NDArray[np.int32] = np.full(count, -1, dtype=np.int32)
        self.translations: NDArray[np.float64] = np.zeros((count, 3))
        self.rotations: NDArray[np.float64] = np.zeros((count, 4))
        self.times: Times = np.full(count, NO_TIME, dtype=np.int64)
        self.extras: dict[int, dict[str, Any]] = {}

    def row(self, file: int) -> int:
        """The row of the pose of a file; below 0 where it has none."""
        return int(self.rows[self.of_file[file]])

    def transform(self, file: int) -> Transform3D | None:
        """Ego to world at the time of a file, as it stands in its row; None where it has none."""
        place = self.of_file[file]
        if self.rows[place] < 0:
            return None
        x, y, z = self.translations[place].tolist()
        qw, qx, qy, qz = self.rotations[place].tolist()
        return Transform3D(EGO, WORLD, (x, y, z), (qw, qx, qy, qz))


class Sought:
    """The poses that rows name which are not read: they are to be there, and no more is asked of them."""

    def __init__(self, keys: Keys, rows: NDArray[np.int32]) -> None:
        self._index = TokenIndex(keys)
        self._rows = rows
        self._is_met = np.zeros(len(keys), dtype=np.bool_)

    def meet(self, keys: Keys) -> None:
        """Take some that are there."""
        found = self._index.find(keys)
        self._is_met[found[found >= 0]] = True

    def tell(self, tables: Tables, book: TokenBook) -> None:
        """Say which are not there, once where most are not. Rows that name none need none."""
        keys = self._index.keys
        firsts = self._index.find(keys)
        lost = np.flatnonzero((firsts >= 0) & ~self._is_met[np.maximum(firsts, 0)]) if len(keys) else NO_PLACES
        is_most = len(lost) > _FEW and 2 * len(lost) > len(keys)
        if is_most and "ego_pose" in tables and not tables.is_cut("ego_pose"):
            at = tables.origin("sample_data", int(self._rows[lost[0]]), "ego_pose_token")
            found = f"found {book.text(keys[lost[0]])!r}; so it is with {counted(len(lost) - 1, 'more row')}"
            message = f"expected a token of ego_pose.json, {found} of {len(keys):,} that are no key frames"
            tables.report.error("nuscenes.dangling-token", message, at)
            return
        for place in lost.tolist():
            token = book.text(keys[place])
            tables.dangles("sample_data", "ego_pose_token", "ego_pose", int(self._rows[place]), token)


def read_poses(tables: Tables, book: TokenBook, wanted: Keys, file_rows: NDArray[np.int32], sought: Sought) -> Poses:
    """The poses of some files, by the keys of their tokens; those that are not there are reported."""
    poses = Poses(len(wanted))
    index = TokenIndex(wanted)
    poses.keys = wanted
    poses.of_file = index.find(wanted)
    poses.of_file[poses.of_file < 0] = np.flatnonzero(poses.of_file < 0)  # without a token: each by itself
    clock = Clock(tables.path("ego_pose"), tables.report, lambda _: True)  # files have times of their own
    taken: list[NDArray[np.int64]] = []
    others = Columns()
    for scan, piece in tables.scans("ego_pose", EgoPose, EgoPoseText):
        keys = book.keys([row.token for row in piece.rows])
        places = index.find(keys)
        try:
            taken.append(_take(poses, piece, places, clock, tables))
        except msgspec.DecodeError:  # one of the rows that are wanted is not as it should be
            piece = scan.checked(piece)
            keys = book.keys([row.token for row in piece.rows])
            places = index.find(keys)
            taken.append(_take(poses, piece, places, clock, tables))
        for own in np.flatnonzero(places == ABSENT).tolist():
            tables.nameless("ego_pose", piece.indexes[own])
        is_other = places == DANGLING
        sought.meet(keys)
        others.add(keys=keys[is_other], rows=np.array(piece.indexes, dtype=np.int32)[is_other])
    _tell_repeats(tables, book, others)
    if taken:
        order = np.concatenate(taken)
        times = poses.times[order]
        clock.settle(times)
        poses.times[order] = times
    known = np.flatnonzero(poses.rows >= 0)
    tell_order(tables, "ego_pose", poses.rows[known], poses.rotations[known])
    for file in np.flatnonzero(poses.rows[poses.of_file] < 0).tolist():
        tables.dangles("sample_data", "ego_pose_token", "ego_pose", int(file_rows[file]), book.text(wanted[file]))
    sought.tell(tables, book)
    return poses


def _tell_repeats(tables: Tables, book: TokenBook, others: Columns) -> None:
    """Say which rows that no file wants have the token of an earlier one."""
    keys: Keys = others.take("keys", no_keys())
    if has_repeats(keys):
        tables.repeats("ego_pose", TokenIndex(keys), others.take("rows", np.empty(0, dtype=np.int32)), book.text)


def _take(
    poses: Poses, piece: Piece[EgoPose], places: NDArray[np.int64], clock: Clock, tables: Tables
) -> NDArray[np.int64]:
    """Put the rows of a piece that are wanted in their places, which are returned."""
    chosen = np.flatnonzero(places >= 0)
    wanted = [piece.rows[own] for own in chosen.tolist()]
    translations = vectors(_numbers([row.translation for row in wanted], list[Vector]), 3)
    rotations = vectors(_numbers([row.rotation for row in wanted], list[Rotation]), 4)
    if (poses.rows[places[chosen]] >= 0).any() or len(np.unique(places[chosen])) < len(chosen):
        is_first = _firsts(poses, piece, places, chosen.tolist(), tables)
        chosen, translations, rotations = chosen[is_first], translations[is_first], rotations[is_first]
    here: NDArray[np.int64] = places[chosen]
    rows = [piece.rows[own] for own in chosen.tolist()]
    indexes = [piece.indexes[own] for own in chosen.tolist()]
    poses.rows[here] = indexes
    poses.translations[here] = translations
    poses.rotations[here] = rotations
    poses.times[here] = clock.add(indexes, [row.timestamp for row in rows])
    tell_rotations(tables, "ego_pose", indexes, translations, rotations)
    for number in _with_more(rows, chosen.tolist(), piece.extras):
        row, own = rows[number], int(chosen[number])
        more = {name: value for name in _MORE if (value := getattr(row, name)) is not msgspec.UNSET}
        poses.extras[int(here[number])] = more | piece.extras.get(own, {})
    return here


def _numbers(values: list[Any], kind: Any) -> list[Any]:
    """Vectors, also those that were left as text. Raises msgspec.DecodeError where the text is none."""
    if not values or not isinstance(values[0], msgspec.Raw):
        return values
    found: list[Any] = msgspec.json.decode(b"".join((b"[", b",".join(map(bytes, values)), b"]")), type=kind)
    return found


def _with_more(rows: list[EgoPose], places: list[int], extras: dict[int, Any]) -> list[int]:
    """Which of some rows have more than a pose."""
    unset = msgspec.UNSET
    more = [
        number
        for number, row in enumerate(rows)
        if row.speed is not unset or row.acceleration is not unset or row.rotation_rate is not unset
    ]
    if extras:
        more = sorted({*more, *(number for number, place in enumerate(places) if place in extras)})
    return more


def _firsts(
    poses: Poses, piece: Piece[EgoPose], places: NDArray[np.int64], chosen: list[int], tables: Tables
) -> NDArray[np.bool_]:
    """Which of some rows have a token that no earlier one has; the others are reported."""
    seen: dict[int, int] = {}
    is_first = np.zeros(len(chosen), dtype=np.bool_)
    for number, own in enumerate(chosen):
        place = int(places[own])
        before = int(poses.rows[place]) if poses.rows[place] >= 0 else seen.get(place)
        if before is None:
            seen[place] = piece.indexes[own]
            is_first[number] = True
        else:
            tables.repeated("ego_pose", piece.indexes[own], piece.rows[own].token, before)
    return is_first
