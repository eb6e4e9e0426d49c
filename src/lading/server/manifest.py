"""The manifest of a commit: JSON Lines that say all there is in it, so that nobody needs the database to read it back.

The format is documented in docs/platform.md. Names within the store: `manifests/DATASET-ID/COMMIT-ID.jsonl`, never
written again, and `manifests/DATASET-ID/refs.json`, which says what the dataset is called and where its names point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from lading.platform.wire.constants import FUSION, ROOT_COMMIT
from lading.server.metadata import contents, datasets, pruning, versions
from lading.server.metadata.database import Database
from lading.server.objects import ObjectStore

#: Raised by one when a reader of the former can no longer read it.
VERSION = 1

FOLDER = "manifests/"


def manifest_name(dataset_id: str, commit_id: str) -> str:
    """Where the manifest of a commit lies."""
    return f"{FOLDER}{dataset_id}/{commit_id}.jsonl"


def refs_name(dataset_id: str) -> str:
    """Where the names of a dataset lie."""
    return f"{FOLDER}{dataset_id}/refs.json"


def keep_manifest(objects: ObjectStore, connection: Connection, dataset_id: str, commit_id: str) -> None:
    """Write the manifest of a commit, within the transaction that makes it: before the commit is answered, it is there.

    Where that transaction fails after all, the manifest stays behind and no name leads to it.
    """
    objects.put_document(manifest_name(dataset_id, commit_id), _signed(_records(connection, dataset_id, commit_id)))


def keep_refs(objects: ObjectStore, connection: Connection, dataset_id: str) -> None:
    """Write what the dataset is called and where its names point, within the transaction that changes it."""
    objects.put_document(refs_name(dataset_id), [_refs(connection, dataset_id)])


def settle(objects: ObjectStore, database: Database, dataset_id: str) -> None:
    """Remove what was written of a dataset that is not there: deleted, or never quite made; its name first."""
    with database.writing() as connection:
        if dataset_id not in datasets.all_ids(connection):
            objects.remove_document(refs_name(dataset_id))
            for name in objects.document_names(f"{FOLDER}{dataset_id}/"):
                objects.remove_document(name)
        pruning.note_settled(connection, dataset_id)


def refresh(objects: ObjectStore, database: Database) -> None:
    """Write what a kill, or an older platform, left unwritten, and remove what a kill left behind."""
    with database.reading() as connection:
        unsettled = pruning.list_unsettled(connection)
    for dataset_id in unsettled:
        settle(objects, database, dataset_id)
    names = set(objects.document_names(FOLDER))
    with database.writing() as connection:
        for dataset_id in datasets.all_ids(connection):
            for commit_id in versions.all_commit_ids(connection, dataset_id):
                if manifest_name(dataset_id, commit_id) not in names:
                    keep_manifest(objects, connection, dataset_id, commit_id)
            name = refs_name(dataset_id)
            is_there = name in names
            if not is_there or b"".join(objects.read_document(name)) != _refs(connection, dataset_id):
                keep_refs(objects, connection, dataset_id)


def _refs(connection: Connection, dataset_id: str) -> bytes:
    row = datasets.get_dataset(connection, dataset_id)
    refs = {
        "version": VERSION,
        **_dataset(row),
        "defaultBranch": row.default_branch,
        "branches": versions.all_names(connection, dataset_id, "branch"),
        "tags": versions.all_names(connection, dataset_id, "tag"),
    }
    return msgspec.json.encode(refs) + b"\n"


def _dataset(row: Row[Any]) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "alias": row.alias, "type": row.type}


def _records(connection: Connection, dataset_id: str, commit_id: str) -> Iterator[dict[str, Any]]:
    """Header, catalog, then each segment with its frames."""
    dataset = datasets.get_dataset(connection, dataset_id)
    commit = versions.resolve_commit(connection, dataset_id, commit_id)
    is_continuous, fields = contents.get_notes(connection, commit.version_id)
    yield {
        "kind": "manifest",
        "version": VERSION,
        "dataset": _dataset(dataset),
        "commit": {
            "commitId": commit.id,
            "parentCommitId": commit.parent_id or ROOT_COMMIT,
            "title": commit.title,
            "description": commit.description,
            "date": int(commit.committed_at),
        },
        "notes": {"isContinuous": is_continuous, "binPointCloudFields": fields},
    }
    yield {"kind": "catalog", "catalog": contents.get_catalog(connection, commit.version_id)}
    for segment in contents.all_segments(connection, commit.version_id):
        sensors = contents.list_sensors(connection, segment.content_id)
        head = {"name": segment.name, "description": segment.description, "sensors": list(sensors.values())}
        yield {"kind": "segment", **head}
        rows = contents.stream_files(connection, segment.content_id)
        if dataset.type != FUSION:
            yield from ({"kind": "frame", "frameId": None, "data": [_file(row)]} for row in rows)
            continue
        for frame_id, files in groupby(rows, key=lambda row: row.frame_id):
            yield {"kind": "frame", "frameId": frame_id, "data": [{"sensorName": r.slot, **_file(r)} for r in files]}


def _file(row: Row[Any]) -> dict[str, Any]:
    known = {"remotePath": row.remote_path, "checksum": row.checksum, "size": row.size}
    time = {} if row.timestamp is None else {"timestamp": row.timestamp}
    return {**known, **time, "label": {} if row.text is None else msgspec.Raw(row.text)}


def _signed(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The lines, and a last one with counts and a digest of all bytes before it: a manifest that was cut is known."""
    digest = hashlib.sha256()
    frames = files = 0
    for record in records:
        line = msgspec.json.encode(record) + b"\n"
        digest.update(line)
        if record["kind"] == "frame":
            frames += 1
            files += len(record["data"])
        yield line
    yield msgspec.json.encode({"kind": "end", "frames": frames, "files": files, "sha256": digest.hexdigest()}) + b"\n"
