"""Rows of sample_data that are not read: what they name is there, and they are of the scene of their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.files import NO_ROWS, Files, Small
from lading_nuscenes.links import NO_GROUP
from lading_nuscenes.poses import Sought
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import SampleData
from lading_nuscenes.tables import Columns, Tables
from lading_nuscenes.tokens import DANGLING, Indexes, TokenBook, TokenIndex, no_keys

_TABLE = "sample_data"


class SweepLinks:
    """Takes the rows piece by piece; it keeps some 60 bytes of each until the table is read."""

    def __init__(self, tables: Tables, book: TokenBook, samples: Samples) -> None:
        self._tables = tables
        self._book = book
        self._samples = samples
        self._columns = Columns()

    def add(self, rows: Sequence[SampleData], indexes: Sequence[int], rigs: Indexes) -> None:
        """Take some rows with the places of their calibrations; tokens of samples and calibrations are told at once."""
        samples_named = [row.sample_token for row in rows]
        rigs_named = [row.calibrated_sensor_token for row in rows]
        samples = self._samples.index.find(self._book.keys(samples_named))
        self._tables.dangling(_TABLE, "sample_token", "sample", indexes, samples, samples_named)
        self._tables.dangling(_TABLE, "calibrated_sensor_token", "calibrated_sensor", indexes, rigs, rigs_named)
        self._columns.add(
            rows=np.array(indexes, dtype=np.int32),
            samples=samples.astype(np.int32),
            poses=self._book.keys([row.ego_pose_token for row in rows]),
            prev=self._book.keys([row.prev for row in rows]),
            next=self._book.keys([row.next for row in rows]),
        )

    def tell(self, every: TokenIndex, table: Small, files: Files) -> Sought:
        """Say what leads nowhere or to another scene; gives the poses that are to be there.

        `every` and `table` are the tokens and numbers of all rows, `files` those that are read.
        """
        rows, samples = self._columns.take("rows", NO_ROWS), self._columns.take("samples", NO_ROWS)
        scenes = self._scenes(table, rows, samples, files)
        own = scenes[np.searchsorted(table, rows)]
        around: list[NDArray[np.int32]] = []
        for column in ("prev", "next"):
            keys = self._columns.take(column, no_keys())
            found = every.find(keys)
            for place in np.flatnonzero(found == DANGLING).tolist():
                self._tables.broken_link(_TABLE, column, int(rows[place]), self._book.text(keys[place]))
            around.append(np.where(found >= 0, scenes[np.maximum(found, 0)], NO_GROUP))
        before, after = around
        is_odd = (before == after) & (before >= 0) & (own >= 0) & (own != before)
        for row in rows[is_odd].tolist():
            message = "expected a sample of the scene of the rows before and after, found one of another"
            at = self._tables.origin(_TABLE, row, "sample_token")
            self._tables.report.warning("nuscenes.broken-chain", message, at)
        return Sought(self._columns.take("poses", no_keys()), rows)

    def _scenes(self, table: Small, rows: Small, samples: Small, files: Files) -> NDArray[np.int32]:
        """The scene of each row of the table, of a row that is left out none."""
        of_sample = np.append(self._samples.scenes, NO_GROUP).astype(np.int32)
        found = np.full(max(len(table), 1), NO_GROUP, dtype=np.int32)
        found[np.searchsorted(table, files.rows)] = of_sample[np.maximum(files.samples, -1)]
        found[np.searchsorted(table, rows)] = of_sample[np.maximum(samples, -1)]
        return found
