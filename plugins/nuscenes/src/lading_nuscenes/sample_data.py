"""The table sample_data, and with it ego_pose: read piece by piece into the columns of the files that are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.conversion import Piece
from lading_nuscenes.file_formats import tell_formats
from lading_nuscenes.file_links import FileLinks
from lading_nuscenes.filenames import Names, name_hashes
from lading_nuscenes.files import NO_ROWS, NO_SIZE, Files, Small
from lading_nuscenes.layout import Media
from lading_nuscenes.outside import Outside
from lading_nuscenes.poses import read_poses
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import CalibratedSensor, SampleData, Time
from lading_nuscenes.sweep_links import SweepLinks
from lading_nuscenes.tables import Columns, Rows, Tables
from lading_nuscenes.times import Clock, Times
from lading_nuscenes.tokens import Indexes, TokenBook, TokenIndex, no_keys

#: Tables whose rows belong to a file of any kind.
_OF_FILES = ("lidarseg", "panoptic", "object_ann", "surface_ann")

#: Where key frames are in the original layout, and there alone.
_KEYS = "samples/"

#: Files there that are no key frames are told where so many more are; of more than these it is not so.
_RARE = 3
_MOST_KEPT = 1_000

#: Rows that are told one by one though they are most of the table.
_FEW = 2


def read_files(
    tables: Tables,
    book: TokenBook,
    samples: Samples,
    calibrated: Rows[CalibratedSensor],
    media: Media,
    *,
    all_files: bool,
    notes_names: bool,
) -> Files:
    """The files of sample_data that are key frames, or all of them, with their ego poses.

    With `notes_names`, `listed` has the hashes of all names.
    """
    reading = _Reading(tables, book, samples, calibrated, media, all_files=all_files, notes_names=notes_names)
    for piece in tables.scan("sample_data", SampleData):
        reading.add(piece)
    return reading.finish()


class _Reading:
    def __init__(
        self,
        tables: Tables,
        book: TokenBook,
        samples: Samples,
        calibrated: Rows[CalibratedSensor],
        media: Media,
        *,
        all_files: bool,
        notes_names: bool,
    ) -> None:
        self._tables = tables
        self._book = book
        self._samples = samples
        self._calibrated = calibrated
        self._all_files = all_files
        self._notes_names = notes_names
        self._columns = Columns()
        self._tokens = Columns()
        self._names = Names()
        self._outside = Outside(media, tables, "sample_data")
        self._formats: dict[str | None, int] = {}
        self._clock = Clock(
            tables.path("sample_data"), tables.report, lambda row: tables.is_mended("sample_data", row, "timestamp")
        )
        self._files = Files()
        self._nameless: list[int] = []
        self._sweeps = SweepLinks(tables, book, samples)
        self._keys = 0
        self._no_keys: dict[int, SampleData] = {}
        self._count = 0

    def add(self, piece: Piece[SampleData]) -> None:
        """Take one piece of the table."""
        every = piece.rows
        self._outside.bring_in(piece.indexes, every, piece.extras)
        rigs = self._calibrated.find([row.calibrated_sensor_token for row in every])
        self._tokens.add(
            keys=self._book.keys([row.token for row in every]),
            rows=_array(piece.indexes),
            rigs=rigs.astype(np.int32),
        )
        if self._notes_names:
            self._tokens.add(names=name_hashes([row.filename for row in every]))
        self._note_undecided(piece)
        self._note_folders(piece)
        chosen = [place for place, row in enumerate(every) if self._all_files or row.is_key_frame]
        for place, own in enumerate(chosen):
            if own in piece.extras:
                self._files.extras[self._count + place] = piece.extras[own]
        self._count += len(chosen)
        if chosen:
            self._add([every[place] for place in chosen], [piece.indexes[place] for place in chosen])
        if len(chosen) < len(every):
            self._skip(piece, chosen, rigs)

    def _tell_nameless(self) -> None:
        """Say which files have an empty path, once where most have."""
        is_most = is_often(len(self._nameless), self._count)
        for index in self._nameless[: 1 if is_most else None]:
            message = "expected the path of a file, found an empty one"
            if is_most:
                message += f", as in {counted(len(self._nameless), 'row')} of {self._count:,}"
            at = self._tables.origin("sample_data", index, "filename")
            self._tables.report.error("nuscenes.no-filename", message, at)

    def _note_undecided(self, piece: Piece[SampleData]) -> None:
        told = self._tables.mended("sample_data", "is_key_frame")
        for index, row in zip(piece.indexes, piece.rows, strict=True) if told else ():
            if index in told:
                self._note(index, row)

    def _note_folders(self, piece: Piece[SampleData]) -> None:
        """Count the key frames below `samples/`, and keep some of what is there and is none."""
        for index, row in zip(piece.indexes, piece.rows, strict=True):
            if row.filename.startswith(_KEYS):
                self._keys += row.is_key_frame
                if not row.is_key_frame and len(self._no_keys) <= _MOST_KEPT:
                    self._no_keys[index] = row

    def _tell_no_keys(self) -> None:
        """Say which files below `samples/` are no key frames, where nearly all of these are (source-formats.md 4.1).

        Their samples have no key frame of their sensors: others have sweeps there too.
        """
        if not self._no_keys or _RARE * len(self._no_keys) > self._keys:
            return
        files, told = self._files, self._files.undecided.keys()
        owners = files.samples[files.is_key], files.calibrated[files.is_key]
        pairs, rigs = {*zip(*(column.tolist() for column in owners), strict=True)}, {*owners[1].tolist()}
        found = {index: (row, self._joined(row)) for index, row in self._no_keys.items() if index not in told}
        odd = {index: row for index, (row, pair) in found.items() if pair not in pairs}
        odd = {index: row for index, row in odd.items() if len(odd) <= _FEW or found[index][1][1] in rigs}
        for number, (index, row) in enumerate(odd.items()):
            self._note(index, row)
            if number and len(odd) > _FEW:
                continue
            more = f"; so it is with {counted(len(odd) - 1, 'more row')}" if len(odd) > _FEW else ""
            message = f"expected true, as of nearly all files below `{_KEYS}`, found false{more}"
            at = self._tables.origin("sample_data", index, "is_key_frame")
            self._tables.report.warning("nuscenes.no-key-frame", message, at)

    def _joined(self, row: SampleData) -> tuple[int, int]:
        """The places of the sample and of the calibration of a row."""
        sample = int(self._samples.index.find(self._book.keys([row.sample_token]))[0])
        return sample, int(self._calibrated.find([row.calibrated_sensor_token])[0])

    def _note(self, index: int, row: SampleData) -> None:
        """Take a row of which it is told that it may be of a key frame."""
        self._files.undecided[index] = self._joined(row)
        self._files.doubtful.add(row.token)

    def _skip(self, piece: Piece[SampleData], chosen: list[int], rigs: Indexes) -> None:
        others = np.setdiff1d(np.arange(len(piece.rows)), chosen)
        places: list[int] = others.tolist()
        if not self._files.skipped:
            self._files.skipped_example = str(self._tables.origin("sample_data", piece.indexes[places[0]]))
        self._files.skipped += len(places)
        indexes = [piece.indexes[place] for place in places]
        self._sweeps.add([piece.rows[place] for place in places], indexes, rigs[others])

    def _add(self, rows: list[SampleData], indexes: list[int]) -> None:
        book, times, formats = self._book, [row.timestamp for row in rows], self._formats
        self._nameless += [index for index, row in zip(indexes, rows, strict=True) if not row.filename]
        sample_tokens = [row.sample_token for row in rows]
        sensor_tokens = [row.calibrated_sensor_token for row in rows]
        samples = self._samples.index.find(book.keys(sample_tokens))
        calibrated = self._calibrated.find(sensor_tokens)
        tell = self._tables.dangling
        tell("sample_data", "sample_token", "sample", indexes, samples, sample_tokens)
        tell("sample_data", "calibrated_sensor_token", "calibrated_sensor", indexes, calibrated, sensor_tokens)
        self._columns.add(
            rows=np.array(indexes, dtype=np.int32),
            keys=book.keys([row.token for row in rows]),
            samples=samples.astype(np.int32),
            calibrated=calibrated.astype(np.int32),
            poses=book.keys([row.ego_pose_token for row in rows]),
            times=self._clock.add(indexes, times),
            stamps=_stamps(times),
            sizes=np.array([_size(row) for row in rows], dtype=np.int32),
            is_key=np.array([row.is_key_frame for row in rows], dtype=np.bool_),
            names=np.array([self._names.add(row.filename, row.timestamp) for row in rows], dtype=np.int32),
            formats=np.array([formats.setdefault(row.fileformat, len(formats)) for row in rows], dtype=np.int32),
            prev=book.keys([row.prev for row in rows]),
            next=book.keys([row.next for row in rows]),
        )

    def finish(self) -> Files:
        """The files, once all pieces were taken."""
        files = self._files
        self._outside.tell()
        self._tell_nameless()
        every = TokenIndex(self._tokens.take("keys", no_keys()))
        rows = self._tokens.take("rows", NO_ROWS)
        self._tables.repeats("sample_data", every, rows, self._book.text)
        files.listed = self._tokens.take("names", files.listed)
        if self._notes_names:  # what a row names that is left out is not in no row
            names = [row.get("filename") for row in self._tables.left_out("sample_data").values()]
            left_out = name_hashes([name for name in names if isinstance(name, str)])
            files.listed = np.concatenate((files.listed, left_out))
        files.listed.sort()
        files.every = every if any(table in self._tables for table in _OF_FILES) else None
        poses = files.fill(self._columns, self._names, self._formats)
        self._tell_no_keys()
        for file, _ in files.index.repeats():
            files.samples[file] = -1
        self._clock.settle(files.times)
        links = FileLinks(self._tables, self._book, self._samples, self._calibrated, files)
        links.tell(every, rows, self._tokens.take("rigs", NO_ROWS))
        sought = self._sweeps.tell(every, rows, files)
        del every
        tell_formats(self._tables, files)
        files.poses = read_poses(self._tables, self._book, poses, files.rows, sought)
        return files


def _array(indexes: Sequence[int]) -> Small:
    if isinstance(indexes, range):
        return np.arange(indexes.start, indexes.stop, dtype=np.int32)
    return np.array(indexes, dtype=np.int32)


def _size(row: SampleData) -> tuple[int, int]:
    return NO_SIZE if row.width is None else row.width, NO_SIZE if row.height is None else row.height


def _stamps(times: list[Time]) -> Times:
    """The times as they stand, 0 for those that are no whole number of 64 bits."""
    if set(map(type, times)) == {int}:
        with suppress(OverflowError):
            return np.array(times, dtype=np.int64)
    return np.array([time if type(time) is int and abs(time) < 2**63 else 0 for time in times], dtype=np.int64)
