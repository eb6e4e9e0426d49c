"""An archive that is a file of a source, as a tree of files that lie where it would be unpacked."""

from __future__ import annotations

import logging
import os
import posixpath
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lading.errors import SourceError
from lading.model.report import Finding
from lading.source import names
from lading.source.file import CHUNK, File
from lading.source.folder import FolderFile
from lading.source.layer import Layer
from lading.source.tar_layer import TarLayer
from lading.source.zip_layer import ZipLayer

_log = logging.getLogger("lading.source")


@dataclass(frozen=True, slots=True)
class InnerFile(File):
    """A member, under the path that it would have beside its archive."""

    path: str
    member: File
    outer_stamp: str | None

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.member.size

    @property
    def stamp(self) -> str | None:
        """That of the archive, with the member's name: a copy of the archive is another one in each run."""
        return None if self.outer_stamp is None else f"{self.outer_stamp}:{self.member.path}"

    @property
    def crc(self) -> int | None:
        """That of the member."""
        return self.member.crc

    @property
    def has_random_access(self) -> bool:
        """That of the member."""
        return self.member.has_random_access

    @property
    def where(self) -> str:
        """Archives and member."""
        return self.member.where

    def open(self) -> BinaryIO:
        """A new stream at its first byte."""
        return self.member.open()


class InnerLayer:
    """The files of an archive within a source, below the archive's folder."""

    def __init__(self, layer: Layer, folder: str, stamp: str | None, remove: Callable[[], object] | None) -> None:
        self.label = layer.label
        self._layer = layer
        self._below = f"{folder}/" if folder else ""
        self._stamp = stamp
        self._remove = remove
        self.names: Sequence[str] = [f"{self._below}{name}" for name in layer.names]
        self.hidden: Sequence[str] = [f"{self._below}{name}" for name in layer.hidden]

    def __reduce__(self) -> tuple[object, ...]:
        return (InnerLayer, (self._layer, self._below.rstrip("/"), self._stamp, None))

    @classmethod
    def scan(cls, file: File) -> InnerLayer:
        """List the archive; one that does not lie in a folder is copied to a temporary file. Raises SourceError."""
        kind = ZipLayer if names.is_zip(file.path) else TarLayer
        folder = posixpath.dirname(file.path)
        if isinstance(file, FolderFile):
            return cls(kind.scan(Path(file.place), file.where), folder, file.stamp, None)
        path = _copied(file)
        try:
            made = cls(kind.scan(Path(path), file.where), folder, file.stamp, None)
        except BaseException:
            _unlink(path)
            raise
        # Imported here, as most sources do not need it; it also runs at the end of a worker of multiprocessing.
        from multiprocessing.util import Finalize

        made._remove = Finalize(made, _unlink, args=(path,), exitpriority=0)
        return made

    @property
    def findings(self) -> Sequence[Finding]:
        """What was wrong with the archive."""
        return self._layer.findings

    def file(self, name: str) -> InnerFile:
        """The file of one of its names, or of one that is hidden."""
        return InnerFile(name, self._layer.file(name.removeprefix(self._below)), self._stamp)

    def close(self) -> None:
        """Remove the copy."""
        self._layer.close()
        if self._remove is not None:
            self._remove()


def _copied(file: File) -> str:
    """The path of a temporary copy of an archive that lies in another."""
    _log.info("%s: copying its %d bytes once to a temporary file, to read what it holds", file.where, file.size)
    handle, path = tempfile.mkstemp(prefix="lading-", suffix=posixpath.basename(file.path))
    try:
        with os.fdopen(handle, "wb") as target, file.open() as stream:
            shutil.copyfileobj(stream, target, 16 * CHUNK)
    except BaseException as exc:
        _unlink(path)
        if isinstance(exc, OSError) and not isinstance(exc, SourceError):
            raise SourceError(file.where, f"expected to copy it to {tempfile.gettempdir()}, found: {exc}") from exc
        raise
    return path


def _unlink(path: str) -> None:
    Path(path).unlink(missing_ok=True)
