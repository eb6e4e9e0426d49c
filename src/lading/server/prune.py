"""Removing the objects that nothing needs any more, beside a platform that runs or without one.

What keeps this true, whenever either process is killed:

- An object is removed within a transaction that may write, after a look at what drafts and commits have. A callback
  that looked at the store before looks again within its own (`api.presence`).
- An object that was posted lately is kept. In a folder, a POST and a removal of the same object exclude each other
  (`folder_store`); in a bucket, whose POSTs nobody sees, a dataset is left alone as long as its policies may be in use.
- What a manifest in the store says is kept, also where the database, perhaps an older copy of it, has no such commit.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from lading.errors import LadingError, OptionError
from lading.server import manifest
from lading.server.archive import Manifest
from lading.server.metadata import datasets, pruning, versions
from lading.server.metadata.database import Database
from lading.server.objects import KeptObject, ObjectStore, open_store
from lading.server.services import load_signing_key
from lading.server.settings import ServerSettings

T = TypeVar("T")

#: Seconds that an object is kept after it was posted, unless told otherwise.
MIN_AGE_S = 24 * 3600.0
#: Seconds that a POST to a bucket may go on after its policy ended.
_SLOW_POST_S = 3600.0
#: Objects that are looked up in one pass over the files, and that are removed in one transaction.
_LOOKED_UP = 50_000
_REMOVED = 1_000
#: Seconds that other writers have between two such transactions, at least; else as long as the former took.
_PAUSE_S = 0.25


class Pruned(NamedTuple):
    """Objects that were removed (or would be), their bytes, and closed drafts that were emptied."""

    objects: int
    size: int
    drafts: int


def prune(settings: ServerSettings, *, min_age_s: float = MIN_AGE_S, is_dry_run: bool = False) -> Pruned:
    """Remove what no draft and no commit of a platform has, and nobody posted within `min_age_s`.

    Drafts that were closed for so long count as deleted, and are emptied. Less than the life of a policy would take
    from clients what they are about to register. Raises OptionError where there is no platform, LadingError where a
    folder of objects is another platform's too.
    """
    settings.check()
    path = make_url(settings.database_url).database if settings.database_url.startswith("sqlite:") else None
    if path is not None and not Path(path).is_file():
        raise OptionError(f"--data: expected a platform's folder, found no database at {path!r}")
    store = open_store(settings.objects_place, load_signing_key(settings.data_dir), largest=settings.max_object_bytes)
    database = Database(settings.database_url)
    try:
        store.prepare()
        database.prepare()
        return _Pruning(database, store, settings.clock(), min_age_s).run(is_dry_run)
    finally:
        database.close()


@dataclass(frozen=True)
class _Documents:
    """What the store's manifests say beyond the database: datasets that it does not know, objects of such commits."""

    foreign: frozenset[str]
    kept: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Pruning:
    database: Database
    store: ObjectStore
    now_s: float
    min_age_s: float

    def run(self, is_dry_run: bool) -> Pruned:
        documents = self._read_documents()
        candidates = self._candidates(documents)
        with self.database.reading() as connection:
            drafts = pruning.count_closed_drafts(connection, self._closed_before_s)
        if is_dry_run:
            return _sum(candidates, drafts)
        with self.database.writing() as connection:
            pruning.empty_closed_drafts(connection, self._closed_before_s)
            datasets.forget_unused_labels(connection)
            pruning.forget_grants(connection, self.now_s - _SLOW_POST_S)
            generation = pruning.begin_pruning(connection)
        batches = _batches(candidates, _REMOVED)
        pruned = _sum((item for batch in batches for item in self._remove(batch, documents)), drafts)
        with self.database.writing() as connection:
            pruning.end_pruning(connection, generation)
        return pruned

    @property
    def _closed_before_s(self) -> float:
        return self.now_s - self.min_age_s

    def _read_documents(self) -> _Documents:
        with self.database.reading() as connection:
            known = {name: versions.all_commit_ids(connection, name) for name in datasets.all_ids(connection)}
            unsettled = set(pruning.list_unsettled(connection))
        foreign: set[str] = set()
        kept: set[tuple[str, str]] = set()
        for name in self.store.document_names(manifest.FOLDER):
            dataset_id, _, file_name = name.removeprefix(manifest.FOLDER).partition("/")
            commit_id = file_name.removesuffix(".jsonl")
            if dataset_id not in known:
                foreign |= {dataset_id} - unsettled
            elif file_name.endswith(".jsonl") and commit_id not in known[dataset_id]:
                for record in Manifest(self.store, dataset_id, commit_id).records():
                    kept |= {(dataset_id, found) for found in pruning.checksums_within(msgspec.json.encode(record))}
        if foreign and not self.store.is_by_dataset:
            found = f"manifests of {min(foreign)}, and so perhaps drafts that need any of these"
            raise LadingError(f"objects: expected datasets of this platform alone, found {found}")
        return _Documents(frozenset(foreign), frozenset(kept))

    def _candidates(self, documents: _Documents) -> Iterator[KeptObject]:
        """What nothing needs, as it seems while others may be writing."""
        for batch in _batches(self.store.aged_objects(self.min_age_s), _LOOKED_UP):
            with self.database.reading() as connection:
                unneeded = self._unneeded(connection, batch, documents)
            yield from unneeded

    def _remove(self, batch: list[KeptObject], documents: _Documents) -> list[KeptObject]:
        began_s = time.monotonic()
        with self.database.writing() as connection:
            removed = self.store.remove_objects(self._unneeded(connection, batch, documents), self.min_age_s)
        # SQLite gives its lock to whoever asks first, and who waits asks every 100 ms.
        time.sleep(max(_PAUSE_S, time.monotonic() - began_s))
        return removed

    def _unneeded(self, connection: Connection, batch: list[KeptObject], documents: _Documents) -> list[KeptObject]:
        checksums = {item.checksum for item in batch}
        needed = pruning.referenced(connection, checksums, self._closed_before_s) | documents.kept
        if not self.store.is_by_dataset:
            shared = {checksum for _, checksum in needed}
            return [item for item in batch if item.checksum not in shared]
        others = documents.foreign | pruning.granted_after(connection, self.now_s - _SLOW_POST_S)
        pairs = ((item, (item.dataset_id, item.checksum)) for item in batch)
        return [item for item, pair in pairs if pair not in needed and item.dataset_id not in others]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _sum(items: Iterable[KeptObject], drafts: int) -> Pruned:
    objects = size = 0
    for item in items:
        objects, size = objects + 1, size + item.size
    return Pruned(objects, size, drafts)
