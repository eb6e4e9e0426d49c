"""Things that wait in order: the first of them in memory, the others packed, and beyond some bytes in a file."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections import deque
from collections.abc import Iterator
from io import FileIO
from typing import Generic, TypeVar, cast

from lading.errors import NoRoomError

T = TypeVar("T")

#: Things that are packed together.
BATCH = 256


class Backlog(Generic[T]):
    """A queue whose memory is bounded: some `fresh` things as they are, `held` bytes of packed ones, the rest on disk.

    Things are packed by `pickle`, `BATCH` at once. `what` names them where the temporary file has no room: NoRoomError
    is raised then, and those that waited before still do.
    """

    def __init__(self, what: str, *, held: int, fresh: int = 2 * BATCH) -> None:
        self._what = what
        self._fresh = fresh
        self._held = held
        self._head: deque[T] = deque()
        self._packed: deque[bytes | tuple[int, int]] = deque()  # the bytes, or offset and size in the file
        self._tail: list[T] = []
        self._bytes = 0  # of packed things in memory
        self._file: FileIO | None = None
        self._end = self._on_disk = 0  # of the file, and how many packs of it are wanted yet
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        """All that wait, in order; they stay."""
        yield from self._head
        for place in self._packed:
            yield from self._unpacked(place)
        yield from self._tail

    def put(self, thing: T) -> None:
        """Add one thing at the end."""
        self._count += 1
        if not self._packed and not self._tail and len(self._head) < self._fresh:
            self._head.append(thing)
            return
        self._tail.append(thing)
        if len(self._tail) >= BATCH:
            self._pack()

    def put_packed(self, count: int, packed: bytes) -> None:
        """Add a list of `count` things that another process pickled."""
        if self._tail:
            self._pack()
        self._keep(packed)
        self._count += count

    def first(self) -> T:
        """The thing that is next. Raises IndexError where none waits."""
        if not self._head:
            self._refill()
        return self._head[0]

    def take(self) -> T:
        """The thing that is next, which is then gone. Raises IndexError where none waits."""
        if not self._head:
            self._refill()
        self._count -= 1
        return self._head.popleft()

    def close(self) -> None:
        """Forget all that waits, and give the file's room back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._head.clear()
        self._packed.clear()
        self._tail.clear()
        self._bytes = self._end = self._on_disk = self._count = 0

    def _pack(self) -> None:
        self._keep(pickle.dumps(self._tail, protocol=pickle.HIGHEST_PROTOCOL))
        self._tail.clear()

    def _keep(self, packed: bytes) -> None:
        if self._bytes + len(packed) <= self._held:
            self._bytes += len(packed)
            self._packed.append(packed)
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0, prefix="lading-")  # noqa: SIM115  it goes with its end
            self._file.seek(self._end)
            rest = memoryview(packed)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as exc:
            raise NoRoomError(self._what, exc) from exc
        self._packed.append((self._end, len(packed)))
        self._end += len(packed)
        self._on_disk += 1

    def _refill(self) -> None:
        """Bring what is next into memory as it was."""
        if not self._packed:
            self._head.extend(self._tail)
            self._tail.clear()
            return
        place = self._packed.popleft()
        self._head.extend(self._unpacked(place))
        if isinstance(place, bytes):
            self._bytes -= len(place)
            return
        self._on_disk -= 1
        if not self._on_disk and self._file is not None:
            self._file.truncate(0)
            self._end = 0

    def _unpacked(self, place: bytes | tuple[int, int]) -> list[T]:
        if not isinstance(place, bytes):
            offset, size = place
            place = os.pread(cast("FileIO", self._file).fileno(), size, offset)
        return cast("list[T]", pickle.loads(place))
