"""sample as columns: the moments that were annotated, and the links between them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.chains import far_ends
from lading_nuscenes.links import NO_GROUP, Links, crossings, slips, strangers, tell_slips
from lading_nuscenes.schema import Log, Sample, Scene
from lading_nuscenes.tables import Columns, Rows, Tables
from lading_nuscenes.times import Clock, Times
from lading_nuscenes.tokens import DANGLING, Keys, TokenBook, TokenIndex, no_keys


class Samples:
    """The samples in columns: tokens, times, and the place of the group (scene, or log in nuImages) of each.

    `scenes` are the places of their groups' rows, NO_GROUP for none, as their neighbours have them: of `strangers` it
    is told that their own are others, and of `untimely` that their times are, `backward` among them with all of their
    scene. `apart` has the nanoseconds between each and the nearest of its key frames, 0 where that is not known.
    """

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.groups: list[str] = []
        self.times: Times = np.empty(0, dtype=np.int64)
        self.index = TokenIndex(no_keys())
        self.links: tuple[Keys, Keys] = (no_keys(), no_keys())
        self.scenes: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self.strangers: dict[int, int] = {}
        self.slipped: set[int] = set()
        self.after: Links = np.empty(0, dtype=np.int64)
        self.untimely: set[int] = set()
        self.backward: set[int] = set()
        self.apart: Times = np.empty(0, dtype=np.int64)
        self.key_cameras: dict[int, str] = {}
        self.extras: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def against(self, of: NDArray[Any], places: NDArray[np.int64], after: Links) -> NDArray[np.int64]:
        """Those of the places, which lead back in time, whose samples (`of`) do not follow each other so in a scene."""
        firsts, seconds = of[places], of[after[places]]
        end, steps = far_ends(self.after)
        leads = (end[firsts] == end[seconds]) & (steps[firsts] >= steps[seconds])
        is_known = (firsts >= 0) & (seconds >= 0) & (self.scenes[firsts] == self.scenes[seconds])
        found: NDArray[np.int64] = places[is_known & ~leads]
        return found


def read_samples(tables: Tables, book: TokenBook, groups: Rows[Scene] | Rows[Log]) -> Samples:
    """The table of samples; `groups` are the scenes, or the logs of nuImages."""
    by_log = groups.table == "log"
    samples = Samples()
    columns = Columns()
    clock = Clock(tables.path("sample"), tables.report, lambda row: tables.is_mended("sample", row, "timestamp"))
    for piece in tables.scan("sample", Sample):
        for place, extras in piece.extras.items():
            samples.extras[len(samples.rows) + place] = extras
        for place, row in enumerate(piece.rows, len(samples.rows)):
            if row.key_camera_token:
                samples.key_cameras[place] = row.key_camera_token
        samples.rows += piece.indexes
        samples.groups += [(row.log_token if by_log else row.scene_token) or "" for row in piece.rows]
        columns.add(
            keys=book.keys([row.token for row in piece.rows]),
            times=clock.add(piece.indexes, [row.timestamp for row in piece.rows]),
            prev=book.keys([row.prev for row in piece.rows]),
            next=book.keys([row.next for row in piece.rows]),
        )
    samples.index = TokenIndex(columns.take("keys", no_keys()))
    samples.times = columns.take("times", samples.times)
    clock.settle(samples.times)
    samples.links = (columns.take("prev", no_keys()), columns.take("next", no_keys()))
    tables.repeats("sample", samples.index, samples.rows, book.text)
    samples.scenes = np.array([groups.places.get(token, NO_GROUP) for token in samples.groups], dtype=np.int32)
    ends = _ends(book, samples, groups.rows)
    _tell_links(tables, book, samples, groups.table, ends)
    return samples


def _ends(book: TokenBook, samples: Samples, groups: Sequence[Scene | Log]) -> frozenset[int]:
    """The samples that their scenes name as their first and last ones."""
    scenes = [(place, row) for place, row in enumerate(groups) if isinstance(row, Scene)]
    tokens = [token for _, row in scenes for token in (row.first_sample_token, row.last_sample_token)]
    found = samples.index.find(book.keys(tokens)).tolist()
    owners = [place for place, _ in scenes for _ in range(2)]
    return frozenset(
        place for place, own in zip(found, owners, strict=True) if place >= 0 and samples.scenes[place] == own
    )


def _tell_links(tables: Tables, book: TokenBook, samples: Samples, group: str, ends: Container[int]) -> None:
    """Say which links of samples lead nowhere, round, or to another scene, and which samples name another scene."""
    both = []
    for column, keys in zip(("prev", "next"), samples.links, strict=True):
        found = samples.index.find(keys)
        for place in np.flatnonzero(found == DANGLING).tolist():
            tables.broken_link("sample", column, samples.rows[place], book.text(keys[place]))
        found[tables.tell_loops("sample", column, samples.rows, found, samples.times)] = DANGLING
        found[[place for place, _ in samples.index.repeats()]] = DANGLING  # the first row counts
        both.append(found)
    before, after = both
    wrong = slips(before, after, samples.scenes)
    wrong = [slip for slip in wrong if slip.column == "prev" or slip.expected >= 0]  # others are told with the scene
    tell_slips(tables, "sample", samples.rows, wrong, group)
    samples.slipped = {slip.place for slip in wrong if slip.column == "next"}
    samples.after = after.copy()
    crossing = crossings(before, after, samples.scenes, ends)  # told with the scene
    before[after[crossing]], after[crossing] = DANGLING, DANGLING
    samples.strangers = strangers(before, after, samples.scenes)
    for place, scene in samples.strangers.items():
        samples.scenes[place] = scene
        message = f"expected the {group} of the samples before and after, found another"
        at = tables.origin("sample", samples.rows[place], f"{group}_token")
        tables.report.warning("nuscenes.broken-chain", message, at)
