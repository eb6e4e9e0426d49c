"""The object store: a folder of files named by the SHA-1 of their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

CHECKSUM = re.compile("[0-9a-f]{40}")

#: A file that nobody has written to for this long was left behind by a server that was killed.
_ABANDONED_AFTER_S = 3600.0


class ObjectStore:
    """Objects below `root`, in 256 folders; an object that can be seen is whole and on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"

    def prepare(self) -> None:
        """Make the folders and remove what a killed server left behind."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (self.root / f"{number:02x}").mkdir(exist_ok=True)
        for path in self._incoming.iterdir():
            try:
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    path.unlink()
            except FileNotFoundError:  # another server on the same folder was faster
                continue

    def path(self, checksum: str) -> Path:
        """Where the object of a checksum lies, or would."""
        return self.root / checksum[:2] / checksum[2:]

    def size(self, checksum: str) -> int | None:
        """The bytes of an object; None where it is not there or `checksum` is none."""
        if not CHECKSUM.fullmatch(checksum):
            return None
        try:
            return self.path(checksum).stat().st_size
        except FileNotFoundError:
            return None

    def receive(self) -> IncomingObject:
        """A new object to write to; it is seen only once it was kept."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        return IncomingObject(self, os.fdopen(handle, "wb", buffering=0), Path(name))

    def settle(self, checksums: Iterable[str]) -> None:
        """Bring the names of objects to disk, before something durable points at them."""
        for shard in {checksum[:2] for checksum in checksums}:
            handle = os.open(self.root / shard, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class IncomingObject:
    """A file that is being received: hashed while it is written; `size` is the bytes so far."""

    def __init__(self, store: ObjectStore, file: BinaryIO, path: Path) -> None:
        self._store = store
        self._file = file
        self._path = path
        self._hash = hashlib.sha1(usedforsecurity=False)
        self.size = 0

    def write(self, chunk: memoryview) -> None:
        """Append bytes."""
        self._hash.update(chunk)
        self.size += len(chunk)
        while chunk:
            chunk = chunk[self._file.write(chunk) :]

    def checksum(self) -> str:
        """The SHA-1 of the bytes so far, in hex."""
        return self._hash.hexdigest()

    def keep(self) -> None:
        """Bring the bytes to disk and give them their name; what was there under it is the same and is replaced."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(self._store.path(self.checksum()))

    def drop(self) -> None:
        """Forget the bytes; does nothing after `keep`."""
        self._file.close()
        self._path.unlink(missing_ok=True)
