"""A commit in a store of objects, by its manifest: what is left when the platform and its database are gone."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Any, BinaryIO

import msgspec

from lading.errors import NoRoomError, NotFoundError, RecordError
from lading.model.naming import SIDECAR_SEGMENT
from lading.platform.download import Download
from lading.platform.wire.constants import FUSION
from lading.server.archive import Manifest, read_manifest
from lading.stored.address import StoredAddress
from lading.stored.shelf import Blob, Header, Json, StoredFile, StoredRow, StoredSegment, search

_decoder = msgspec.msgpack.Decoder(StoredRow)


class KeptShelf:
    """A commit of a dataset, named by its address.

    The manifest is read once, front to back, and its rows are kept in a temporary file, so that a segment can be read
    without those before it. Memory is that of one line, and of the paths of the files that the uploader added itself.
    """

    def __init__(self, address: StoredAddress) -> None:
        self.place = str(address)
        self._address = address
        self._scan: _Scan | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_scan": None}

    def header(self) -> Header:
        """What the dataset is; reads the whole manifest."""
        scan = self._scanned()
        about, notes = scan.manifest.header["dataset"], scan.manifest.header["notes"]
        return Header(
            name=about["name"],
            is_fusion=about["type"] == FUSION,
            catalog=scan.manifest.catalog,
            segments=[
                StoredSegment(
                    name=head["name"],
                    description=head["description"],
                    sensors=head["sensors"],
                    row_count=len(scan.offsets[head["name"]]) - 1,
                )
                for head in scan.heads
            ],
            is_continuous=notes["isContinuous"],
            bin_point_cloud_fields=notes["binPointCloudFields"],
        )

    def rows(self, segment: str, start: int = 0) -> Iterator[StoredRow]:
        """The rows of a segment from the `start`-th on, as the manifest has them."""
        return self._scanned().rows(segment, start)

    def keys(self, segment: str) -> Iterator[str]:
        """The keys of a segment."""
        return (row.key for row in self._scanned().rows(segment, 0))

    def locate(self, segment: str, key: str, count: int) -> int:
        """Where this key lies."""
        return search(key, count, lambda number: next(self.rows(segment, number)).key, near=1)

    def find(self, segment: str, remote_path: str) -> StoredFile | None:
        """The file of this remote path, of those that the uploader added itself."""
        return self._scanned().added.get(remote_path) if segment == SIDECAR_SEGMENT else None

    def open(self, blob: Blob) -> BinaryIO:
        """The bytes of an object of the store."""
        if blob.checksum is None:
            raise NotFoundError(f"{blob.segment}/{blob.remote_path}: expected a checksum in the manifest, found none")
        pieces = self._scanned().manifest.read_object(blob.checksum)
        with Download(f"{blob.segment}/{blob.remote_path}", checksum=blob.checksum, size=blob.size) as file:
            for piece in pieces:
                file.write(piece)
            return file.take()

    def _scanned(self) -> _Scan:
        if self._scan is None:
            manifest = read_manifest(self._address.place, self._address.dataset, self._address.revision)
            self._scan = _Scan(manifest)
        return self._scan


class _Scan:
    """A manifest read through: the heads of its segments, and where the rows of each lie in `_file`."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.heads: list[Json] = []
        self.offsets: dict[str, list[int]] = {}
        self.added: dict[str, StoredFile] = {}
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  it goes with its last user
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        encoder = msgspec.msgpack.Encoder()
        offset = 0
        for record in manifest.records():
            if record["kind"] == "segment":
                self.heads.append(record)
                self.offsets[record["name"]] = [offset]
                continue
            name = self.heads[-1]["name"]
            row = _row(record, manifest.name)
            if name == SIDECAR_SEGMENT:
                self.added.update({file.remote_path: file for file in row.files})
            offset += self._write(encoder.encode(row))
            self.offsets[name].append(offset)

    def _write(self, row: bytes) -> int:
        try:
            return self._file.write(row)
        except OSError as exc:
            raise NoRoomError("the manifest", exc) from exc

    def rows(self, segment: str, start: int) -> Iterator[StoredRow]:
        """The rows of a segment from the `start`-th on, several times at once if need be."""
        offsets = self.offsets[segment][start:]
        for begin, end in pairwise(offsets):
            with self._lock:
                self._file.seek(begin)
                text = self._file.read(end - begin)
            yield _decoder.decode(text)


def _row(record: Json, manifest: str) -> StoredRow:
    try:
        files = [
            StoredFile(
                remote_path=file["remotePath"],
                label=file["label"],
                checksum=file["checksum"],
                size=file["size"],
                timestamp_s=file.get("timestamp"),
                sensor_name=file.get("sensorName"),
            )
            for file in record["data"]
        ]
        return StoredRow(frame_id=record["frameId"], files=files)
    except (KeyError, TypeError) as exc:
        raise RecordError(manifest, expected="a frame with its files", found=f"one without {exc}") from exc
