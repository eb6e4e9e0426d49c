"""A folder as a tree of files: listed without a stat a file, links kept within it."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lading.errors import SourceError
from lading.model.report import Finding
from lading.source import names
from lading.source.file import File, stamp_of, unreadable
from lading.source.notes import Notes

#: Links to folders that one tree may hold; more of them only come from links that multiply each other.
MAX_LINKED_FOLDERS = 10_000
#: Names that end so are those of pictures, clouds and labels.
_OF_DATA = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".bin", ".pcd", ".npz", ".json", ".xml", ".txt")
#: Bytes that are asked for before the size of a file is.
_SMALL = 1 << 15


@dataclass(frozen=True, slots=True)
class FolderFile(File):
    """A file on disk."""

    path: str
    place: str

    @property
    def size(self) -> int:
        """Its length in bytes, asked each time."""
        return self._stat().st_size

    @property
    def stamp(self) -> str:
        """Size, time of change in nanoseconds and inode."""
        return stamp_of(self._stat())

    @property
    def where(self) -> str:
        """Its place on disk."""
        return names.shown(self.place)

    def open(self) -> BinaryIO:
        """A new stream at its first byte."""
        try:
            return io.BufferedReader(io.FileIO(self.place))  # a path object would take as long again
        except OSError as exc:
            raise unreadable(self.where, exc) from exc

    def read(self) -> bytes:
        """All of it, without a buffer between: many small files are read this way."""
        try:
            handle = os.open(self.place, os.O_RDONLY)
            try:
                data = os.read(handle, _SMALL)
                if not data or not os.read(handle, 1):
                    return data
                os.lseek(handle, 0, os.SEEK_SET)
                with io.FileIO(handle, closefd=False) as raw:
                    return raw.readall()
            finally:
                os.close(handle)
        except OSError as exc:
            raise unreadable(self.where, exc) from exc

    def _stat(self) -> os.stat_result:
        try:
            return Path(self.place).stat()
        except OSError as exc:
            raise unreadable(self.where, exc) from exc


class Folder:
    """The files below a folder, by their paths, and those that are hidden."""

    def __init__(
        self, root: Path, label: str, files: list[str], findings: Sequence[Finding] = (), hidden: Sequence[str] = ()
    ) -> None:
        self.label = label
        self.names: Sequence[str] = files
        self.hidden = hidden
        self.findings = findings
        self._root = str(root.absolute())

    @classmethod
    def scan(cls, root: Path, label: str, *, follow_links: bool = False) -> Folder:
        """List the folder. Raises SourceError where it cannot be read."""
        scan = _Scan(root, follow_links)
        try:
            files = sorted(scan.walk())
        except OSError as exc:
            raise SourceError(label, f"expected a folder that can be read, found: {exc.strerror or exc}") from exc
        return cls(root, label, files, scan.notes.findings(label), sorted(scan.hidden))

    def take_archives(self) -> list[str]:
        """The archives that lie directly in the folder, sorted; they are no longer among its names."""
        taken = [name for name in self.names if "/" not in name and names.is_archive(name)]
        if taken:
            gone = frozenset(taken)
            self.names = [name for name in self.names if name not in gone]
        return taken

    def file(self, name: str) -> FolderFile:
        """The file of one of its names, or of one that is hidden."""
        return FolderFile(name, f"{self._root}/{name}")

    def close(self) -> None:
        """Nothing is held."""


class _Scan:
    """One walk over a folder: subfolders by path within it, real path, and the real paths that lead to it."""

    def __init__(self, root: Path, follow_links: bool) -> None:
        self.notes = Notes()
        self.hidden: list[str] = []
        self._root = root
        self._real = os.path.realpath(root)
        self._follow = follow_links
        self._linked = 0
        self._todo: list[tuple[str, str, frozenset[str]]] = [("", self._real, frozenset())]

    def walk(self) -> Iterator[str]:
        """The paths of the files, unsorted. Raises OSError where the root itself cannot be read."""
        while self._todo:
            path, real, above = self._todo.pop()
            prefix = f"{path}/" if path else ""
            try:
                with os.scandir(self._root / path) as entries:
                    for entry in entries:
                        name = entry.name
                        if names.is_hidden(name):
                            self._note_hidden(entry, prefix + name)
                            continue
                        if name.isascii() and entry.is_file(follow_symlinks=False):  # as nearly all are
                            yield prefix + name
                        else:
                            yield from self._entry(entry, prefix + name, real, above)
            except OSError as exc:
                if not path:
                    raise
                message = f"expected a folder that can be read, found: {exc.strerror or exc}"
                self.notes.error("source.unreadable", message, path)

    def _note_hidden(self, entry: os.DirEntry[str], path: str) -> None:
        if not names.is_rubbish(entry.name) and names.is_text(entry.name) and entry.is_file(follow_symlinks=False):
            self.hidden.append(path)

    def _entry(self, entry: os.DirEntry[str], path: str, real: str, above: frozenset[str]) -> Iterator[str]:
        if not names.is_text(entry.name):
            message = f"expected a name in UTF-8, found {path!r}"
            self.notes.error("source.name-encoding", message)
        elif entry.is_symlink():
            yield from self._link(path, os.path.realpath(entry.path), above | {real})
        elif entry.is_dir(follow_symlinks=False):
            # The real paths that lead here go along, so that a link back to one of them is seen.
            self._todo.append((path, f"{real}/{entry.name}", above | {real}))
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            tell = self.notes.error if entry.name.lower().endswith(_OF_DATA) else self.notes.warning
            tell("source.special-file", "expected a file or folder, found a device, pipe or socket", path)

    def _link(self, path: str, target: str, above: frozenset[str]) -> Iterator[str]:
        inside = target == self._real or target.startswith(self._real.rstrip("/") + "/")
        if not inside and not self._follow:
            message = f"expected a link within the source, found one to {names.shown(target)!r}"
            self.notes.error("source.link-outside", message, path)
            return
        mode = _mode(target)
        if stat.S_ISREG(mode):
            yield path
        elif not stat.S_ISDIR(mode):
            message = f"expected a link to a file or folder, found {names.shown(target)!r}, which is neither"
            self.notes.error("source.link-broken", message, path)
        elif target in above:
            message = "expected a link to another folder, found one to a folder that it lies in"
            self.notes.warning("source.link-loop", message, path)
        elif self._linked >= MAX_LINKED_FOLDERS:
            message = f"expected at most {MAX_LINKED_FOLDERS} links to folders, found more"
            self.notes.error("source.link-loop", message, path)
        else:
            self._linked += 1
            self._todo.append((path, target, above))


def _mode(path: str) -> int:
    """The mode of what is there, 0 where nothing is or it may not be asked."""
    try:
        return Path(path).stat().st_mode
    except OSError:
        return 0
