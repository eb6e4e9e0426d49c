"""A file on its way in: a little of it in memory, the rest in a temporary file; and whether it is the right one."""

from __future__ import annotations

import hashlib
import tempfile
from types import TracebackType
from typing import BinaryIO, Self, cast

from lading.errors import NoRoomError, StorageError

#: Bytes of a file that stay in memory while it is open; what is larger goes to a temporary file.
SPOOL = 8 << 20


class Download:
    """Takes the bytes of a file, of which SHA-1 and size may be known; what is not taken out of it goes with `with`.

    Raises NoRoomError where the temporary file has no room.
    """

    def __init__(self, where: str, *, checksum: str | None = None, size: int | None = None) -> None:
        self._where = where
        self._checksum = checksum
        self._size = size
        self._is_taken = False
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_taken:
            self._file.close()

    def restart(self) -> None:
        """Begin again with the first byte."""
        self._file.close()
        self._begin()

    def _begin(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115  closed by whoever takes it, or at our end
        self._digest = hashlib.sha1(usedforsecurity=False)
        self._count = 0

    def write(self, block: bytes) -> None:
        """The next bytes."""
        try:
            self._file.write(block)
        except OSError as exc:
            raise NoRoomError(self._where, exc) from exc
        if self._checksum is not None:
            self._digest.update(block)
        self._count += len(block)

    def take(self) -> BinaryIO:
        """The file at its first byte, which the caller closes. Raises StorageError where it is not what is known."""
        if self._size is not None and self._count != self._size:
            raise StorageError(f"{self._where}: expected {self._size} bytes, found {self._count}")
        if self._checksum is not None and self._digest.hexdigest() != self._checksum:
            found = self._digest.hexdigest()
            raise StorageError(f"{self._where}: expected bytes of SHA-1 {self._checksum}, found {found}")
        self._is_taken = True
        self._file.seek(0)
        return cast(BinaryIO, self._file)
