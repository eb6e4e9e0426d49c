"""One file of a source: the base of the files in folders and archives, and the streams of members."""

from __future__ import annotations

import io
import os
import stat
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lading.errors import SourceError, SourceNotFoundError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 16
_BUFFER = 1 << 16
_LFS = b"version https://git-lfs.github.com/spec/v1"


def is_lfs_pointer(head: bytes) -> bool:
    """Whether a file that begins with these bytes (42 or more of them) stands for one that git-LFS did not fetch."""
    return head.startswith(_LFS)


class File(ABC):
    """A file of a source, a `lading.model.content.Content`: small, picklable, holds nothing open."""

    __slots__ = ()

    path: str

    @property
    @abstractmethod
    def size(self) -> int:
        """Its length in bytes. Raises SourceError where the file is gone."""

    @property
    @abstractmethod
    def stamp(self) -> str | None:
        """Changes when the file does."""

    @property
    def crc(self) -> int | None:
        """The CRC-32 of its bytes, where the archive tells it."""
        return None

    @property
    def has_random_access(self) -> bool:
        """Whether any place of it is reached without reading what comes before; not so in a zip."""
        return True

    @property
    @abstractmethod
    def where(self) -> str:
        """The place on disk, and in the archive, as messages name it."""

    @abstractmethod
    def open(self) -> BinaryIO:
        """A new seekable stream at its first byte. Raises SourceError, also while it is read."""

    def read(self) -> bytes:
        """All of it."""
        with self.open() as stream:
            try:
                return stream.read()
            except OSError as exc:
                raise unreadable(self.where, exc) from exc


def unreadable(where: str, exc: OSError) -> SourceError:
    """The error of ours for one of the system's."""
    if isinstance(exc, (FileNotFoundError, NotADirectoryError)):
        return SourceNotFoundError(where)
    return SourceError(where, f"expected a readable file, found: {exc.strerror or exc}")


def stamp_of(found: os.stat_result) -> str:
    """A text of size, time of change and inode."""
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive's file on disk: its absolute place, how messages name it, and its stamp when it was listed."""

    place: str
    label: str
    stamp: str

    @classmethod
    def at(cls, path: Path, label: str) -> Archive:
        """The archive at this path as it is now. Raises SourceError."""
        try:
            found = path.stat()
        except OSError as exc:
            raise unreadable(label, exc) from exc
        if not stat.S_ISREG(found.st_mode):
            raise SourceError(label, "expected an archive, found no regular file")
        return cls(str(path.absolute()), label, stamp_of(found))

    def open(self) -> io.FileIO:
        """A handle of its own on the archive, so that threads share nothing. Raises SourceError."""
        try:
            raw = io.FileIO(self.place)
        except OSError as exc:
            raise unreadable(self.label, exc) from exc
        if stamp_of(os.fstat(raw.fileno())) != self.stamp:
            raw.close()
            raise SourceError(self.label, "expected the archive as it was listed, found that it changed since")
        return raw


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """The raw stream with a buffer of 64 KiB."""
    return io.BufferedReader(raw, _BUFFER)


class _Stream(io.RawIOBase):
    """A seekable raw stream over a part of `raw`, which it owns; a subclass reads."""

    def __init__(self, raw: io.FileIO, size: int, where: str) -> None:
        super().__init__()
        self._raw = raw
        self._size = size
        self._where = where
        self._pos = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._pos

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._pos, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"seek: expected a position from 0 on, found {start + offset}")
        self._pos = start + offset
        return self._pos

    def close(self) -> None:
        self._raw.close()
        super().close()


class Window(_Stream):
    """A slice of a file, read by position."""

    def __init__(self, raw: io.FileIO, start: int, size: int, where: str) -> None:
        super().__init__(raw, size, where)
        self._start = start

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer as far as there is more. Raises SourceError where the file ends too early."""
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._size - self._pos))
        if wanted == 0:
            return 0
        try:
            self._raw.seek(self._start + self._pos)
            got = self._raw.readinto(view[:wanted]) or 0
        except OSError as exc:
            raise unreadable(self._where, exc) from exc
        if got == 0:
            raise SourceError(self._where, f"expected {self._size} bytes, found {self._pos}")
        self._pos += got
        return got


class Verified(_Stream):
    """A member that is made from its first byte on, its length and CRC-32 checked when it is read to the end.

    `chunks` starts anew on the raw file each time; a step back starts it again.
    """

    def __init__(
        self, raw: io.FileIO, size: int, crc: int, where: str, chunks: Callable[[io.FileIO], Iterator[bytes]]
    ) -> None:
        super().__init__(raw, size, where)
        self._crc = crc
        self._make = chunks
        self._restart()

    def _restart(self) -> None:
        self._chunks = self._make(self._raw)
        self._rest = memoryview(b"")
        self._done = 0  # bytes taken out of _rest so far
        self._made = 0
        self._sum = 0

    def _next(self) -> bool:
        """Make one chunk more; False at the end, where the member is checked."""
        try:
            chunk = next(self._chunks, None)
        except OSError as exc:
            raise unreadable(self._where, exc) from exc
        if chunk is None:
            if self._made != self._size:
                raise SourceError(self._where, f"expected {self._size} bytes, found {self._made}")
            if self._sum != self._crc:
                message = f"expected CRC {self._crc:08x}, found {self._sum:08x}: the archive is damaged"
                raise SourceError(self._where, message)
            return False
        self._made += len(chunk)
        self._sum = zlib.crc32(chunk, self._sum)
        if self._made > self._size:
            raise SourceError(self._where, f"expected {self._size} bytes, found more")
        self._rest = memoryview(chunk)
        return True

    def _reach(self) -> bool:
        """Bring the chunks to where the next read is; False at or behind the end."""
        if self._pos < self._done:
            self._restart()
        while True:
            step = min(len(self._rest), self._pos - self._done)
            self._rest = self._rest[step:]
            self._done += step
            if self._rest:
                return True
            if not self._next():
                return False

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer as far as the chunk at hand goes. Raises SourceError where the member is broken."""
        view = memoryview(buffer).cast("B")
        if not view or not self._reach():
            return 0
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._take(count)
        return count

    def readall(self) -> bytes:
        """All the rest, joined once."""
        parts = []
        while self._reach():
            parts.append(bytes(self._rest))
            self._take(len(self._rest))
        return b"".join(parts)

    def _take(self, count: int) -> None:
        self._rest = self._rest[count:]
        self._done += count
        self._pos += count
