"""`prev` and `next` of sample_data: each chain is of one sensor in one scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.files import Files, Small
from lading_nuscenes.links import (
    NO_GROUP,
    UNREAD,
    Links,
    backward,
    lacks_throughout,
    slips,
    tell_backward,
    tell_elsewhere,
    tell_slips,
)
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import CalibratedSensor
from lading_nuscenes.tables import Rows, Tables
from lading_nuscenes.times import NO_TIME
from lading_nuscenes.tokens import DANGLING, Indexes, TokenBook, TokenIndex
from lading_nuscenes.turned import tell_turned, turned

_TABLE = "sample_data"

#: So near in time are the files of a sample.
_NEAR_NS = 1_000_000_000


class FileLinks:
    """Says which links lead nowhere, round, to another sensor or scene, or are not returned."""

    def __init__(
        self, tables: Tables, book: TokenBook, samples: Samples, calibrated: Rows[CalibratedSensor], files: Files
    ) -> None:
        self._tables = tables
        self._book = book
        self._samples = samples
        self._files = files
        codes: dict[str | None, int] = {}
        kinds = [codes.setdefault(row.sensor_token, len(codes)) for row in calibrated.rows]
        self._kinds = np.array([*kinds, NO_GROUP], dtype=np.int32)  # a number for the sensor of each calibration
        self._count = len(codes)

    def tell(self, every: TokenIndex, rows: Small, rigs: Small) -> None:
        """Say it as far as files are read; `rows` and `rigs` are the rows of all tokens, and their calibrations."""
        files, tables = self._files, self._tables
        chosen = np.full(max(len(every), 1), UNREAD, dtype=np.int32)  # the place of the file of each row that is read
        chosen[np.searchsorted(rows, files.rows)] = np.arange(len(files), dtype=np.int32)
        links, targets = list[Links](), list[Indexes]()
        for column, keys in zip(("prev", "next"), files.links, strict=True):
            found = every.find(keys)
            for file in np.flatnonzero(found == DANGLING).tolist():
                token = self._book.text(keys[file])
                tables.broken_link(_TABLE, column, int(files.rows[file]), token)
            follow = np.where(found >= 0, chosen[np.maximum(found, 0)], found)
            follow[tables.tell_loops(_TABLE, column, files.rows, follow, files.times)] = DANGLING
            follow[[file for file, _ in files.index.repeats()]] = DANGLING  # the first row counts
            links.append(follow)
            targets.append(found)
        if lacks_throughout(tables, _TABLE, files.rows, *links):
            return
        chains = self._chains()
        group = f"sensor and {'scene' if 'scene' in tables else 'log'}"
        tell_slips(tables, _TABLE, files.rows, slips(links[0], links[1], chains), group)
        self._tell_crossings(links, chains, f"a file of the same {group} or none")
        self._tell_unread(links, targets, rows, rigs)
        if not tell_backward(tables, _TABLE, files.rows, links[1], files.times):
            self._tell_turned(links[1])

    def _tell_turned(self, after: Links) -> None:
        """Say which chains lead back in time throughout, and not along their samples."""
        files = self._files
        back, onward = backward(after, files.times)
        if len(back):
            odd = self._samples.against(files.samples, back, after)
            files.turned = turned(after, back, odd, onward)
            tell_turned(self._tables, _TABLE, files.rows, after, files.turned)

    def _tell_crossings(self, links: list[Links], chains: Small, expected: str) -> None:
        """Say which files lead to one of another chain and back, if both have the time of their sample."""
        files, (before, after) = self._files, links
        places = np.flatnonzero(after >= 0)
        targets = after[places]
        is_own = self._is_timely()
        is_odd = (before[targets] == places) & is_own[places] & is_own[targets] & (chains[places] != chains[targets])
        found = places[is_odd & (chains[places] >= 0) & (chains[targets] >= 0)]
        tell_elsewhere(self._tables, _TABLE, files.rows, found, files.rows[after[found]], expected, "of others")

    def _tell_unread(self, links: list[Links], targets: list[Indexes], rows: Small, rigs: Small) -> None:
        """Say which files lead to one of another sensor that is not read, where they do not on their other side.

        Of a file that does on both sides, the sensor is odd.
        """
        own = self._kinds[np.maximum(self._files.calibrated, -1)]
        of_row = np.append(self._kinds[np.maximum(rigs, -1)], NO_GROUP)
        kinds = [of_row[np.maximum(found, -1)] for found in targets]
        for column, place in (("prev", 0), ("next", 1)):
            is_odd = (links[place] == UNREAD) & (kinds[place] >= 0) & (kinds[place] != own)
            found = np.flatnonzero(is_odd & (own >= 0) & (kinds[1 - place] == own))
            expected = "a file of the same sensor or none"
            there = rows[targets[place][found]]
            tell_elsewhere(
                self._tables, _TABLE, self._files.rows, found, there, expected, "of another one", column=column
            )

    def _is_timely(self) -> NDArray[np.bool_]:
        """Whether a file is near its sample in time: else that may be another's."""
        files = self._files
        times = np.append(self._samples.times, NO_TIME)[np.maximum(files.samples, -1)]
        is_known = (times != NO_TIME) & (files.times != NO_TIME)
        found: NDArray[np.bool_] = is_known & (np.abs(files.times - times) <= _NEAR_NS)
        return found

    def _chains(self) -> Small:
        """A number for the sensor and scene of each file; NO_GROUP where one of both is not known."""
        sensors = self._kinds[np.maximum(self._files.calibrated, -1)]
        scenes = np.append(self._samples.scenes, NO_GROUP)[np.maximum(self._files.samples, -1)]
        numbers = np.where((sensors >= 0) & (scenes >= 0), scenes * self._count + sensors, NO_GROUP)
        return numbers.astype(np.int32)
