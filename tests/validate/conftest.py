"""Makers of small things that many tests need."""

from __future__ import annotations

import io
from typing import BinaryIO

import pytest

from lading.errors import SourceError


class Bytes:
    """A file that lies in memory; `error` makes it one that does not open."""

    def __init__(self, path: str, data: bytes, error: str | None = None) -> None:
        self.path = path
        self.data = data
        self.error = error
        self.opened = 0

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def stamp(self) -> str | None:
        return None

    def open(self) -> BinaryIO:
        self.opened += 1
        if self.error is not None:
            raise SourceError(self.path, self.error)
        return io.BytesIO(self.data)


@pytest.fixture(scope="session")
def content() -> type[Bytes]:
    """Makes a file in memory of a path and bytes."""
    return Bytes
