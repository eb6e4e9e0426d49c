"""The bytes of a file, as the model knows them: a protocol; `lading.source` makes them."""

from __future__ import annotations

from typing import BinaryIO, Protocol, runtime_checkable


@runtime_checkable
class Content(Protocol):
    """One file of a source: opened as often as wanted, never written to."""

    @property
    def path(self) -> str:
        """Its path within the source, with `/`."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    @property
    def stamp(self) -> str | None:
        """A text that changes when the file does (size, mtime, inode), or None where nothing cheap tells."""
        ...

    def open(self) -> BinaryIO:
        """A new binary stream at its first byte. Raises SourceError where it cannot be opened."""
        ...
