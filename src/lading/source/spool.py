"""The temporary files of a compressed tar: what was kept when it was listed, and the whole tar once it is needed."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import logging
import lzma
import os
import shutil
import tempfile
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

from lading.errors import NoRoomError, SourceError
from lading.source.file import CHUNK, Archive, Window

_log = logging.getLogger("lading.source")

#: What the system says where there is no room for more in a file.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

#: What the decompressors raise on bytes that are broken or cut off.
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)
_MAGIC: tuple[tuple[bytes, Callable[[io.FileIO], io.BufferedIOBase]], ...] = (
    (b"\x1f\x8b", lambda raw: gzip.GzipFile(fileobj=raw, mode="rb")),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
)


def decompressed(raw: io.FileIO) -> io.BufferedIOBase | io.FileIO:
    """A stream over what is packed in `raw`, told by its first bytes; `raw` itself where it is not packed."""
    head = raw.read(6)
    raw.seek(0)
    for magic, make in _MAGIC:
        if head.startswith(magic):
            return make(raw)
    return raw


class Spool:
    """Random access to one compressed tar.

    Its text members are kept in a temporary file while the tar is listed; the whole tar is unpacked to another, once,
    when any other member is opened. Both are removed by `close`, or at the end of the process that made them. A copy
    in another process reads them while they are there, and makes its own when they are not.
    """

    def __init__(self, archive: Archive, kept: str | None = None, whole: str | None = None) -> None:
        self.archive = archive
        self.kept = kept
        self.whole = whole
        self._lock = threading.Lock()
        self._removers: list[Callable[[], object]] = []

    def __reduce__(self) -> tuple[object, ...]:
        return (_shared, (self.archive, self.kept, self.whole))

    def create(self) -> str:
        """The path of a new, empty temporary file, which this process removes when it ends."""
        # Unlike those of weakref, these finalizers also run at the end of a worker of multiprocessing, and only in the
        # process that registered them. Imported here, as most sources do not need it.
        from multiprocessing.util import Finalize

        handle, path = tempfile.mkstemp(prefix="lading-", suffix=".tar")
        os.close(handle)
        self._removers.append(Finalize(self, _remove, args=(path,), exitpriority=0))
        return path

    def open(self, offset: int, kept_offset: int | None, size: int, where: str) -> Window:
        """A stream over the member of `size` bytes that begins at `offset` of the tar.

        Raises SourceError where the archive is broken, NoRoomError where there is no room to unpack it.
        """
        with self._lock:
            if kept_offset is not None and self.whole is None:
                raw = _opened(self.kept)
                if raw is not None:
                    return Window(raw, kept_offset, size, where)
            raw = _opened(self.whole)
            if raw is None:
                self.whole = self._unpack()
                raw = io.FileIO(self.whole)
            return Window(raw, offset, size, where)

    def _unpack(self) -> str:
        label = self.archive.label
        with self.archive.open() as raw:
            packed = os.fstat(raw.fileno()).st_size
            _log.info("%s: unpacking its %d bytes once to a temporary file, to read its media", label, packed)
            path = self.create()
            try:
                with decompressed(raw) as stream, Path(path).open("wb") as target:
                    shutil.copyfileobj(stream, target, 16 * CHUNK)
            except BROKEN as exc:
                _remove(path)
                if isinstance(exc, OSError) and exc.errno in NO_ROOM:
                    raise NoRoomError(f"all of {label}, to read its media", exc) from exc
                raise SourceError(label, f"expected to unpack it to {tempfile.gettempdir()}, found: {exc}") from exc
        _log.info("%s: unpacked to %d bytes", label, Path(path).stat().st_size)
        return path

    def close(self) -> None:
        """Remove the temporary files that this process made; what is opened later is unpacked anew."""
        with self._lock:
            for remove in self._removers:
                remove()
            self._removers.clear()
            self.kept = self.whole = None


#: Spools that came from other processes: files that came one by one share them, so that a tar is unpacked once.
_copies: dict[Archive, Spool] = {}
_copies_lock = threading.Lock()


def _shared(archive: Archive, kept: str | None, whole: str | None) -> Spool:
    with _copies_lock:
        spool = _copies.setdefault(archive, Spool(archive))
        spool.kept = spool.kept or kept
        spool.whole = spool.whole or whole
        return spool


def _opened(path: str | None) -> io.FileIO | None:
    if path is None:
        return None
    try:
        return io.FileIO(path)
    except FileNotFoundError:
        return None


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)
