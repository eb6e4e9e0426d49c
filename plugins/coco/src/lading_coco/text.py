"""The text of one JSON file: read through once, then any piece of it by offset."""

from __future__ import annotations

import gzip
import io
import logging
import os
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, BinaryIO, Protocol, TypeAlias

from lading import File, Origin
from lading.errors import SourceError

_log = logging.getLogger("lading.coco")

CHUNK = 1 << 20
#: Size, time of change in nanoseconds, and inode.
_Stamp: TypeAlias = tuple[int, int, int]
#: Text without random access (deflated in a zip, gzip) stays in memory up to this size, else in a temporary file.
IN_MEMORY = 16 << 20


class Access(Protocol):
    """Random access to a text."""

    def read(self, offset: int, size: int) -> bytes:
        """So many bytes from an offset on. Raises SourceError."""

    def read_many(self, offsets: Sequence[int], sizes: Sequence[int]) -> list[bytes]:
        """Several pieces. Raises SourceError."""


class JsonText:
    """The bytes of a JSON file, unpacked. It holds nothing open but its temporary file, and can be pickled.

    What is found in it by place is only there as long as it stays what it was: a file that changed since it was first
    read raises SourceError, here and in the processes that it is sent to.

    A text that is made of another has `relocate`: it gives the place in the file of a part of one of its records, by
    the pointer of their array and the record's row.
    """

    relocate: Callable[[str, int, Sequence[str | int]], Origin] | None = None

    def __init__(self, file: File) -> None:
        self.file = file
        self.path = file.path
        self._is_packed = file.path.lower().endswith(".gz")
        self._copy: _Copy | None = None
        self._stamp: _Stamp | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_copy": None}

    def head(self, size: int) -> bytes:
        """Its first bytes. Raises SourceError."""
        with self._unpacked() as stream:
            return _read(stream, size, self.file.where)

    def chunks(self, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """All of it, in pieces of at most a MiB; from and up to a place where it has random access. Raises SourceError.

        A piece ends where it would if the text was read from its start.
        """
        if self.has_random_access:
            with self._opened() as stream:
                stream.seek(begin)
                while chunk := _read(
                    stream, min(CHUNK - begin % CHUNK, CHUNK if end is None else end - begin), self.file.where
                ):
                    yield chunk
                    begin += len(chunk)
            return
        copy = _Copy(self.file.where)
        for chunk in self.pieces():
            copy.append(chunk)
            yield chunk
        self._copy = copy

    def pieces(self) -> Iterator[bytes]:
        """All of it from its start, kept nowhere, in pieces of about a MiB. Raises SourceError."""
        with self._unpacked() as stream:
            while chunk := _read(stream, CHUNK, self.file.where):
                yield chunk

    def _copied(self) -> _Copy:
        """What is read by place where the file cannot be."""
        if self._copy is None:
            self._copy = _Copy(self.file.where)
            for chunk in self.pieces():
                self._copy.append(chunk)
        return self._copy

    @contextmanager
    def reading(self) -> Iterator[Access]:
        """Random access, until it is left. Raises SourceError, also while it is read."""
        if not self.has_random_access:
            yield self._copied()
            return
        with self._opened() as stream:
            yield self._access(stream)

    @property
    def has_random_access(self) -> bool:
        """Whether any place of it is read at once."""
        return self.file.has_random_access and not self._is_packed

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file as it lies there, which is looked at before and behind what is done with it."""
        with self.file.open() as stream:
            found = _stamp_of(stream)
            if self._stamp is None:
                self._stamp = found
            _hold(found, self._stamp, self.file.where)
            yield stream
            _hold(_stamp_of(stream), self._stamp, self.file.where)

    def _access(self, stream: BinaryIO) -> Access:
        if self._stamp is None:
            return _Seeking(stream)
        return _Positioned(stream.fileno(), self._stamp, self.file.where)

    @contextmanager
    def _unpacked(self) -> Iterator[BinaryIO]:
        with self._opened() as stream:
            if not self._is_packed:
                yield stream
                return
            with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
                yield unpacked  # type: ignore[misc]  # a reader of bytes, which is all that is asked of it


class _Copy:
    """What was read of a text that can only be read from its start: in memory, or in an unnamed temporary file."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._memory = bytearray()
        self._file: Any = None

    def append(self, chunk: bytes) -> None:
        if self._file is None and len(self._memory) + len(chunk) > IN_MEMORY:
            _log.info("%s: unpacking it once to a temporary file, to read its records by place", self._where)
            self._file = tempfile.TemporaryFile(prefix="lading-")  # noqa: SIM115  # gone with the last reference
            weakref.finalize(self, self._file.close)
            self._file.write(self._memory)
            self._memory = bytearray()
        if self._file is None:
            self._memory += chunk
        else:
            self._file.write(chunk)
            self._file.flush()

    def read(self, offset: int, size: int) -> bytes:
        if self._file is None:
            return bytes(self._memory[offset : offset + size])
        return os.pread(self._file.fileno(), size, offset)

    def read_many(self, offsets: Sequence[int], sizes: Sequence[int]) -> list[bytes]:
        return list(map(self.read, offsets, sizes))


def _read(stream: BinaryIO, size: int, where: str) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as exc:
        if isinstance(exc, SourceError):
            raise
        raise SourceError(where, f"expected a whole file, found: {exc}") from exc


class _Positioned:
    """A file of the system, read by position: no buffer between, for records are short and lie far apart."""

    def __init__(self, handle: int, stamp: _Stamp, where: str) -> None:
        self._handle = handle
        self._stamp = stamp
        self._where = where

    def read(self, offset: int, size: int) -> bytes:
        return self.read_many((offset,), (size,))[0]

    def read_many(self, offsets: Sequence[int], sizes: Sequence[int]) -> list[bytes]:
        try:
            pieces = list(map(os.pread, repeat(self._handle), sizes, offsets))
            found = _stamp(self._handle)
        except OSError as exc:
            raise SourceError(self._where, f"expected a readable file, found: {exc.strerror or exc}") from exc
        _hold(found, self._stamp, self._where)
        return pieces


class _Seeking:
    """A stream that can seek, read below its buffer for the same reason."""

    def __init__(self, stream: BinaryIO) -> None:
        self._raw = stream.raw if isinstance(stream, io.BufferedReader) else stream

    def read(self, offset: int, size: int) -> bytes:
        self._raw.seek(offset)
        pieces = []
        while size > 0 and (piece := self._raw.read(size)):
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def read_many(self, offsets: Sequence[int], sizes: Sequence[int]) -> list[bytes]:
        return list(map(self.read, offsets, sizes))


def _stamp_of(stream: BinaryIO) -> _Stamp | None:
    """That of a file of the system; None for a member of an archive, which looks at the archive itself."""
    try:
        return _stamp(stream.fileno())
    except (OSError, io.UnsupportedOperation):
        return None


def _stamp(handle: int) -> _Stamp:
    found = os.fstat(handle)
    return found.st_size, found.st_mtime_ns, found.st_ino


def _hold(found: _Stamp | None, first: _Stamp | None, where: str) -> None:
    if found != first:
        raise SourceError(where, "expected the file as it was when it was first read, found that it changed since")
