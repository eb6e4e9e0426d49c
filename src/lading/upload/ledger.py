"""The uploader's own record of an upload, one SQLite file a dataset on the platform, true whenever it is cut off.

A file goes through four states: hashed (its bytes are known by its stamp), posted (its object is in the store), called
back (our draft has it), committed. Each is written after it came true, so a run that ends at any point leaves a ledger
that promises too little, never too much. The platform stays the judge: what is not committed yet is read back from it.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from lading.model.dataset import WHOLE, Part
from lading.upload.journal import Journal
from lading.upload.remote import Entry

#: The version of a segment whose files are in a draft: whoever has the draft may change them.
DRAFT = "draft"

State: TypeAlias = Literal["called back", "committed"]

#: A file that changed so shortly before it was hashed may change again under the same stamp.
_FRESH_S = 2.0

_PLAIN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class KnownHash(msgspec.Struct, frozen=True):
    """What the bytes of a file are that was hashed before."""

    checksum: str
    size: int


class Ledger(Journal):
    """The record of one dataset on a platform; without a path it lives in memory and ends with the run."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path)
        self._changed: set[str] = set()  # segments of which this run has put files
        self._posted: set[str] = set()  # since the last flush
        self._is_new = self.run == 1

    @classmethod
    def of(cls, folder: Path, dataset_id: str | None, part: Part = WHOLE) -> Ledger:
        """The ledger of a dataset, or of a part of it, by its id on the platform; in memory where it has none yet."""
        if dataset_id is None:
            return cls()
        plain = _PLAIN_ID.fullmatch(dataset_id) is not None
        name = dataset_id if plain else hashlib.sha1(dataset_id.encode(), usedforsecurity=False).hexdigest()
        suffix = "" if part == WHOLE else f"-{part[0]}-of-{part[1]}"
        return cls(folder / f"{name}{suffix}.sqlite")

    # Hashes: by path and stamp.

    def known_hash(self, path: str, stamp: str | None) -> KnownHash | None:
        """What a file's bytes are, where it was hashed in an earlier run and has not changed since."""
        if stamp is None or self._is_new:
            return None
        row = self._row("select sha1, size from hashes where path = ? and stamp = ?", (path, stamp))
        return None if row is None else KnownHash(row[0], row[1])

    def note_hash(self, path: str, stamp: str | None, checksum: str, size: int) -> None:
        """Remember a hash; the stamp that the path had before is forgotten."""
        if stamp is not None and not _is_fresh(stamp):
            self._later("insert or replace into hashes values (?, ?, ?, ?)", (path, stamp, checksum, size))

    def known_mask(self, key: bytes) -> Any | None:
        """What was made of a mask in an earlier run; `key` tells its bytes, its type and its items."""
        row = None if self._is_new else self._row("select value from masks where key = ?", (key,))
        return None if row is None else json.loads(row[0])

    def note_mask(self, key: bytes, value: Any) -> None:
        """Remember what a mask became, as JSON."""
        self._later("insert or replace into masks values (?, ?)", (key, json.dumps(value)))

    def settle(self) -> None:
        """Write down what was noted; from now on what this run noted is known, too."""
        self.flush()
        self._is_new = False

    # Objects: by their whole key in the store.

    def is_posted(self, key: str) -> bool:
        """Whether the store has taken this object."""
        if key in self._posted:
            return True
        return not self._is_new and self._row("select 1 from objects where key = ?", (key,)) is not None

    def note_posted(self, key: str) -> None:
        """The store has taken this object."""
        self._posted.add(key)
        self._later("insert or ignore into objects values (?)", (key,))

    def forget_posted(self, key: str) -> None:
        """The store has lost this object."""
        self._posted.discard(key)
        self._now("delete from objects where key = ?", (key,))

    # Files: what the platform holds of each segment.

    def version_of(self, segment: str) -> str | None:
        """The version of the dataset whose files of this segment are known here, as `open_segment` was told."""
        row = self._row("select version from segments where name = ?", (segment,))
        return None if row is None else str(row[0])

    def open_segment(self, segment: str, version: str) -> None:
        """Forget a segment's files; those of this version are about to be put."""
        self._now("delete from files where segment = ?", (segment,))
        self._set_version(segment, version)

    def _set_version(self, segment: str, version: str) -> None:
        self._now("insert or replace into segments values (?, ?)", (segment, version))

    def put(self, segment: str, key: str, entry: Entry, state: State, *, is_ours: bool = True) -> None:
        """The platform holds this file; `is_ours` where this run's dataset has it."""
        if is_ours and segment not in self._changed:
            self._changed.add(segment)
            self._set_version(segment, DRAFT)  # what is known is no commit's any more
        values = (segment, key, entry.checksum, entry.label, entry.place, " ".join(sorted(entry.masks)), state)
        run = self.run if is_ours else 0
        self._later("insert or replace into files values (?, ?, ?, ?, ?, ?, ?, ?)", (*values, run))

    def is_empty(self, segment: str) -> bool:
        """Whether the platform is known to hold no file of a segment."""
        return self._row("select 1 from files where segment = ? limit 1", (segment,)) is None

    def entry(self, segment: str, key: str) -> Entry | None:
        """What the platform held of a file when the segment was opened, or has held since the last flush."""
        row = self._row("select sha1, label, place, masks from files where segment = ? and key = ?", (segment, key))
        return None if row is None else _entry(row)

    def mark(self, segment: str, key: str) -> None:
        """Note that the dataset of this run has a file of this key, whatever becomes of it."""
        self._later("update files set run = ? where segment = ? and key = ?", (self.run, segment, key))

    def strangers(self, segment: str, limit: int) -> tuple[int, list[str]]:
        """How many files the platform holds of a segment that this run's dataset has not, and the first of them."""
        self.flush()
        where = "from files where segment = ? and run <> ?"
        row = self._row(f"select count(*) {where}", (segment, self.run))
        rows = self._all(f"select key {where} order by key limit ?", (segment, self.run, limit))
        return (0 if row is None else int(row[0])), [key for (key,) in rows]

    def count(self, segment: str) -> int:
        """How many files the platform holds of a segment."""
        self.flush()
        row = self._row("select count(*) from files where segment = ?", (segment,))
        return 0 if row is None else int(row[0])

    def frames(self, segment: str) -> int:
        """How many frames the files of a fusion segment make."""
        self.flush()
        row = self._row(
            "select count(distinct substr(key, 1, instr(key, char(10)) - 1)) from files where segment = ?", (segment,)
        )
        return 0 if row is None else int(row[0])

    def commit(self, segment: str, version: str) -> None:
        """What was called back of a segment is in this commit now."""
        self._now("update files set state = 'committed' where segment = ?", (segment,))
        self._set_version(segment, version)

    def distrust(self) -> None:
        """Have the next run read from the platform what it holds, as it was found to hold something else."""
        self._now("update segments set version = ?", (DRAFT,))
        self.flush()

    def flush(self) -> None:
        """Write down what was noted."""
        super().flush()
        self._posted.clear()


def _entry(row: Any) -> Entry:
    checksum, label, place, masks = row
    return Entry(checksum, label, place, frozenset(masks.split()))


def _is_fresh(stamp: str) -> bool:
    """Whether a stamp `size-mtime_ns-inode...` is of a time so short ago that the next change might not show."""
    parts = stamp.split("-")
    return len(parts) > 1 and parts[1].isdigit() and time.time() - int(parts[1]) / 1e9 < _FRESH_S
