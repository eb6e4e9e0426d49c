"""The object store in a folder: files named by the SHA-1 of their bytes, shared by all datasets."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lading.errors import LadingError, NotFoundError, OptionError
from lading.server.objects import CHECKSUM, URL_LIFE_S, Grant, KeptObject
from lading.server.post_policy import SigningKey, sign_policy

UPLOAD_PATH = "upload"
BLOBS_PATH = "blobs"

#: A file that nobody has written to for this long was left behind by a server that was killed.
_ABANDONED_AFTER_S = 3600.0


#: Bytes that are read at once.
_BLOCK = 1 << 20


class FolderStore:
    """Objects below `root`, in 256 folders; an object that can be seen is whole and on disk.

    The platform itself takes the POST and gives the bytes out; `key` signs both.
    """

    is_by_dataset = False

    def __init__(self, root: Path, key: SigningKey) -> None:
        self.root = root
        self.key = key
        self._incoming = root / "incoming"

    def prepare(self) -> None:
        """Make the folders and remove what a killed server left behind. Raises OptionError."""
        try:
            self._prepare()
        except OSError as exc:
            raise OptionError(f"--objects: expected a folder that can be written to, found {exc}") from exc

    def _prepare(self) -> None:
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

    def sizes(self, dataset_id: str, checksums: Iterable[str]) -> dict[str, int]:
        """The bytes of those of the objects that are there; whichever dataset they came with."""
        found = {checksum: self.size(checksum) for checksum in checksums}
        return {checksum: size for checksum, size in found.items() if size is not None}

    def grant(self, base_url: str, dataset_id: str, *, issued_s: int, expiration_s: int) -> Grant:
        """A policy for the platform's own POST."""
        prefix = f"{dataset_id}/"
        fields = sign_policy(self.key, prefix=prefix, issued_s=issued_s, expiration_s=expiration_s)
        return Grant(f"{base_url}/{UPLOAD_PATH}", fields, prefix)

    def url(self, base_url: str, dataset_id: str, checksum: str, now_s: float) -> str:
        """The platform's own address of an object."""
        expires = int(now_s) + URL_LIFE_S
        return f"{base_url}/{BLOBS_PATH}/{checksum}?Expires={expires}&Signature={self.signature(checksum, expires)}"

    def signature(self, checksum: str, expires: int) -> str:
        """Hex HMAC-SHA256 of what an address allows."""
        text = f"GET {checksum} {expires}"
        return hmac.new(self.key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def receive(self) -> IncomingObject:
        """A new object to write to; it is seen only once it was kept."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        return IncomingObject(self, os.fdopen(handle, "wb", buffering=0), Path(name))

    def settle(self, checksums: Iterable[str]) -> None:
        """Bring the names of objects to disk, before something durable points at them."""
        for shard in {checksum[:2] for checksum in checksums}:
            _sync_folder(self.root / shard)

    def read_object(self, dataset_id: str, checksum: str) -> Iterator[bytes]:
        """The bytes of an object. Raises NotFoundError."""
        return _read(self.path(checksum), checksum)

    def aged_objects(self, min_age_s: float) -> Iterator[KeptObject]:
        """The objects that nobody has posted for so long."""
        for number in range(256):
            shard = f"{number:02x}"
            before_s = time.time() - min_age_s
            with os.scandir(self.root / shard) as entries:
                for entry in entries:
                    checksum = f"{shard}{entry.name}"
                    if CHECKSUM.fullmatch(checksum) and (status := _status(entry)) and status.st_mtime < before_s:
                        yield KeptObject("", checksum, status.st_size)

    def remove_objects(self, objects: Iterable[KeptObject], min_age_s: float) -> list[KeptObject]:
        """Remove those of the objects that are still so old; which they were."""
        removed: list[KeptObject] = []
        before_s = time.time() - min_age_s
        for item in objects:
            path = self.path(item.checksum)
            with _locked(path.parent, fcntl.LOCK_EX):
                status = _status(path)
                if status is not None and status.st_mtime < before_s:
                    path.unlink()
                    removed.append(item)
        return removed

    def put_document(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a document beside its place, then put it there."""
        path = self._document(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, fresh = tempfile.mkstemp(dir=self._incoming)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(handle)
                Path(fresh).replace(path)
            finally:
                Path(fresh).unlink(missing_ok=True)
            for folder in (path.parent, path.parent.parent):
                _sync_folder(folder)
        except OSError as exc:
            raise LadingError(f"{path}: expected a file that can be written, found {exc.strerror}") from exc

    def read_document(self, name: str) -> Iterator[bytes]:
        """The bytes of a document. Raises NotFoundError."""
        return _read(self._document(name), name)

    def document_names(self, start: str) -> list[str]:
        """The names of the documents that begin so, in order."""
        folder = self._document(start.rpartition("/")[0] or ".")
        paths = (path for path in folder.rglob("*") if path.is_file())
        names = (path.relative_to(self.root).as_posix() for path in paths)
        return sorted(name for name in names if name.startswith(start))

    def remove_document(self, name: str) -> None:
        """Forget a document, and its folder with the last one."""
        path = self._document(name)
        path.unlink(missing_ok=True)
        if path.parent != self.root and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def _document(self, name: str) -> Path:
        if ".." in name.split("/"):
            raise LadingError(f"document: expected a name that stays in its folder, found {name!r}")
        return self.root / name


@contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    """Between processes too: no object is removed in the moment in which it is posted anew."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


def _status(path: Path | os.DirEntry[str]) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:  # removed since it was listed
        return None


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, name: str) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except FileNotFoundError as exc:
        message = f"{name}: expected it in the folder of objects, found nothing"
        raise NotFoundError(message, status=404, code="ResourceNotExist") from exc
    with file:
        while block := file.read(_BLOCK):
            yield block


class IncomingObject:
    """A file that is being received: hashed while it is written; `size` is the bytes so far."""

    def __init__(self, store: FolderStore, file: BinaryIO, path: Path) -> None:
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
        path = self._store.path(self.checksum())
        with _locked(path.parent, fcntl.LOCK_SH):
            self._path.replace(path)

    def drop(self) -> None:
        """Forget the bytes; does nothing after `keep`."""
        self._file.close()
        self._path.unlink(missing_ok=True)
