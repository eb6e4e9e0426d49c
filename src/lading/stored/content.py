"""The bytes of media that lie on a platform or in its store, fetched when somebody opens them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from lading.errors import LadingError, SourceError
from lading.stored.shelf import Blob, Shelf


@dataclass(frozen=True, eq=False)
class StoredContent:
    """One file; `path` is what it is called in messages."""

    path: str
    shelf: Shelf
    blob: Blob

    @property
    def size(self) -> int:
        """Its bytes; where neither the wire nor the sidecar says how many, they are fetched and counted."""
        if self.blob.size is not None:
            return self.blob.size
        with self.open() as stream:
            return stream.seek(0, os.SEEK_END)

    @property
    def stamp(self) -> str | None:
        """By its checksum."""
        return None if self.blob.checksum is None else f"sha1:{self.blob.checksum}"

    def checksum(self) -> str | None:
        """Its SHA-1 as the place tells it, without a look at its bytes."""
        return self.blob.checksum

    def open(self) -> BinaryIO:
        """Its bytes. Raises SourceError where they cannot be had."""
        try:
            return self.shelf.open(self.blob)
        except SourceError:
            raise
        except LadingError as exc:
            raise SourceError(self.path, f"expected its bytes at {self.shelf.place}, found: {exc}") from exc
