"""What was committed, read from the store of objects alone: no server and no database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from lading.errors import NotFoundError, RecordError, SourceNotFoundError
from lading.platform.wire.constants import ROOT_COMMIT
from lading.server.manifest import FOLDER, VERSION, manifest_name
from lading.server.objects import CHECKSUM, ObjectStore, open_store
from lading.server.post_policy import SigningKey
from lading.server.refusal import not_found

#: Opens nothing: what is only read gives out no policies and no addresses.
_NO_KEY = SigningKey("", "")


class Refs(msgspec.Struct, frozen=True, rename="camel"):
    """What a dataset is called, and where its branches and tags point."""

    id: str
    name: str
    type: int
    default_branch: str
    branches: dict[str, str]
    tags: dict[str, str]
    alias: str = ""
    version: int = VERSION

    def resolve(self, revision: str | None) -> str:
        """The commit of a branch, else of a tag, else of that id; without a revision, the head."""
        wanted = self.default_branch if revision is None else revision
        return self.branches.get(wanted) or self.tags.get(wanted) or wanted


class Manifest:
    """One commit: `header` and `catalog` are at hand, its records are read as they are asked for."""

    def __init__(self, store: ObjectStore, dataset_id: str, commit_id: str) -> None:
        self.dataset_id = dataset_id
        self.commit_id = commit_id
        self.name = manifest_name(dataset_id, commit_id)
        self._store = store
        records = self._all()
        self.header: dict[str, Any] = next(records)
        self.catalog: dict[str, Any] = next(records)["catalog"]

    def records(self) -> Iterator[dict[str, Any]]:
        """Each `segment`, followed by its `frame`s. Raises RecordError where the manifest was cut or changed."""
        return (record for record in self._all() if record["kind"] in ("segment", "frame"))

    def read_object(self, checksum: str) -> Iterator[bytes]:
        """The bytes of a file or mask. Raises NotFoundError."""
        if not CHECKSUM.fullmatch(checksum):
            raise not_found("object", checksum)
        return self._store.read_object(self.dataset_id, checksum)

    def _all(self) -> Iterator[dict[str, Any]]:
        return _decode(self._store.read_document(self.name), self.name)


def read_manifest(objects: str | Path, dataset: str, revision: str | None = None) -> Manifest:
    """A commit of a dataset, by its name or id, out of a folder of objects or `s3://BUCKET?endpoint=URL`.

    `revision` is a branch, a tag or a commit id, by default the head of the default branch. Raises NotFoundError,
    RecordError where what lies there is no manifest, OptionError for a place that cannot be used.
    """
    store = _open(objects)
    found = [refs for refs in _list(store) if dataset in (refs.name, refs.id)]
    if not found:
        raise not_found("dataset", dataset)
    if len(found) > 1:
        ids = ", ".join(refs.id for refs in found)
        message = f"dataset {dataset!r}: expected one of this name, found {len(found)}; give an id: {ids}"
        raise NotFoundError(message, status=404, code="ResourceNotExist")
    commit_id = found[0].resolve(revision)
    if commit_id == ROOT_COMMIT:
        raise not_found("commit", f"{dataset}, to which nothing was committed yet")
    if not (len(commit_id) == 32 and commit_id.isalnum()):
        raise not_found("revision", commit_id)
    return Manifest(store, found[0].id, commit_id)


def list_datasets(objects: str | Path) -> list[Refs]:
    """The datasets that were kept there, by name."""
    return sorted(_list(_open(objects)), key=lambda refs: (refs.name, refs.id))


def _open(objects: str | Path) -> ObjectStore:
    store = open_store(objects, _NO_KEY, largest=0)
    if not str(objects).startswith("s3://") and not Path(str(objects).removeprefix("file://")).is_dir():
        raise SourceNotFoundError(str(objects), "expected a folder of objects, found nothing")
    return store


def _list(store: ObjectStore) -> Iterator[Refs]:
    for name in store.document_names(FOLDER):
        if name.endswith("/refs.json"):
            try:
                refs = msgspec.json.decode(b"".join(store.read_document(name)), type=Refs)
            except (msgspec.DecodeError, UnicodeDecodeError) as exc:
                raise RecordError(name, expected="the names of a dataset", found=f"something else ({exc})") from exc
            _check_version(name, refs.version)
            yield refs


def _check_version(name: str, version: object) -> None:
    if version != VERSION:
        raise RecordError(name, expected=f"version {VERSION}", found=version, pointer="/version")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines with their ends; memory is a line's and a piece's."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


def _decode(pieces: Iterable[bytes], name: str) -> Iterator[dict[str, Any]]:
    digest = hashlib.sha256()
    for number, line in enumerate(_lines(pieces), 1):
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise RecordError(name, expected="a line of JSON", found=f"something else ({exc})", line=number) from exc
        kind = record.get("kind") if isinstance(record, dict) else None
        if number <= 2 and kind != ("manifest", "catalog")[number - 1]:
            raise RecordError(name, expected="a manifest and its catalog first", found=repr(kind), line=number)
        if number == 1:
            _check_version(name, record.get("version"))
        if kind == "end":
            if record.get("sha256") != digest.hexdigest():
                raise RecordError(name, expected="the lines that were written", found="others", line=number)
            return
        digest.update(line)
        yield record
    raise RecordError(name, expected="a last line of kind 'end'", found="a manifest that was cut")
