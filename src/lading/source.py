"""A read-only tree of files: for now, one folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from lading.errors import SourceError, SourceNotFoundError
from lading.model.report import Finding


class File(msgspec.Struct, frozen=True):
    """One file of a source; a `lading.model.content.Content`."""

    path: str
    place: str

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return Path(self.place).stat().st_size

    @property
    def stamp(self) -> str | None:
        """Changes when the file does."""
        found = Path(self.place).stat()
        return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"

    def open(self) -> BinaryIO:
        """A new stream at its first byte."""
        return Path(self.place).open("rb")

    def read(self) -> bytes:
        """All of it."""
        return Path(self.place).read_bytes()


class Source:
    """Files by their path within it, with `/`, in sorted order.

    `label` is how messages name it, `name` is its short name; `selected` is the one annotation file that the caller
    named, if it was one; `findings` is what was wrong with the tree itself.
    """

    def __init__(self, root: Path, selected: str | None = None) -> None:
        self.label = str(root)
        self.name = root.resolve().name
        self.selected = selected
        self.findings: Sequence[Finding] = ()
        self._root = root
        self._names = sorted(
            p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and not p.name.startswith(".")
        )
        self._files = {name: File(name, str(root / name)) for name in self._names}

    @classmethod
    def open(cls, *paths: str | os.PathLike[str], follow_links: bool = False) -> Source:
        """A folder. Raises SourceError where it cannot be read."""
        if len(paths) != 1:
            raise SourceError(" ".join(map(str, paths)), f"expected one folder, found {len(paths)} paths")
        root = Path(paths[0])
        if not root.exists():
            raise SourceNotFoundError(root)
        if root.is_file():
            parent = root.parent.parent if root.parent.name == "annotations" else root.parent
            return cls(parent, root.relative_to(parent).as_posix())
        return cls(root)

    def names(self) -> Sequence[str]:
        """Every file's path, sorted."""
        return self._names

    def below(self, folder: str) -> Sequence[str]:
        """The paths of the files below a folder, at any depth, sorted; `""` is the root."""
        prefix = f"{folder}/" if folder else ""
        return [name for name in self._names if name.startswith(prefix)]

    def get(self, path: str) -> File | None:
        """The file of this path, or None. A path that climbs out of the source has no file."""
        return self._files.get(path)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises SourceNotFoundError."""
        file = self.get(path)
        if file is None:
            raise SourceNotFoundError(f"{self.label}/{path}")
        return file.read()

    def close(self) -> None:
        """Let go of open archives."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
