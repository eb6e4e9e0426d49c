"""The files that key cameras of samples and rows of labels name: whether they are key frames, which are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from lading import counted
from lading_nuscenes.conversion import Piece
from lading_nuscenes.files import Files
from lading_nuscenes.samples import Samples
from lading_nuscenes.tables import Tables
from lading_nuscenes.tokens import Indexes, TokenBook


def tell_key_cameras(tables: Tables, book: TokenBook, samples: Samples, files: Files) -> None:
    """Say which samples of nuImages have a key camera that is none of their key frames (source-formats.md 4.5)."""
    repeated = {place for place, _ in samples.index.repeats()}
    places = [place for place in samples.key_cameras if place not in repeated]
    if files.every is None or not places:
        return
    tokens, rows = [samples.key_cameras[place] for place in places], [samples.rows[place] for place in places]
    keys = book.keys(tokens)
    everywhere, found = files.every.find(keys), files.index.find(keys)
    tables.dangling("sample", "key_camera_token", "sample_data", rows, everywhere, tokens)
    for number in np.flatnonzero(everywhere >= 0).tolist():
        what = _odd_camera(files, int(found[number]), places[number], tokens[number])
        if what is not None:
            message = f"expected the token of a key frame of the sample, found that of {what}"
            at = tables.origin("sample", rows[number], "key_camera_token")
            tables.report.warning("nuscenes.key-camera", message, at)


def _odd_camera(files: Files, file: int, sample: int, token: str) -> str | None:
    """What the key camera of a sample is in place of its key frame; None where it is one, or is told not to be."""
    if file < 0 or not files.is_key[file]:
        if token in files.doubtful:
            return None
        files.doubtful.add(token)  # what labels lie on it comes of the same
        return "a file that is no key frame"
    is_other = files.samples[file] >= 0 and files.samples[file] != sample and file not in files.later
    return "a file of another sample" if is_other else None


class Unread:
    """The rows of one table whose files are not read, since they are no key frames: their labels lie on no data."""

    def __init__(self, tables: Tables, table: str, files: Files) -> None:
        self._tables = tables
        self._table = table
        self._files = files
        self._first: int | None = None
        self._count = 0

    def owners(self, piece: Piece[Any], book: TokenBook) -> Indexes:
        """The files that rows are of, below 0 for none; tokens that lead nowhere are reported."""
        tokens = [row.sample_data_token for row in piece.rows]
        keys = book.keys(tokens)
        found = self._files.index.find(keys)
        everywhere = found if self._files.every is None else self._files.every.find(keys)
        self._tables.dangling(self._table, "sample_data_token", "sample_data", piece.indexes, everywhere, tokens)
        unread = np.flatnonzero((found < 0) & (everywhere >= 0)).tolist()
        if unread:
            at = self._tables.origin(self._table, piece.indexes[unread[0]])
            self._tables.report.loss(f"rows of {self._table} on files that are no key frames", str(at), len(unread))
        odd = [number for number in unread if tokens[number] not in self._files.doubtful]
        if odd and self._first is None:
            self._first = piece.indexes[odd[0]]
        self._count += len(odd)
        return found

    def tell(self) -> None:
        """Say, once, that rows are of files that are no key frames."""
        if self._first is None:
            return
        message = "expected the token of a key frame, found that of a file that is none; `-o sweeps=true` reads it"
        if self._count > 1:
            message += f", and those of {counted(self._count - 1, 'more row')}"
        at = self._tables.origin(self._table, self._first, "sample_data_token")
        self._tables.report.warning("nuscenes.not-key-frame", message, at)
