"""Where the tables lie within a source, and the media that they name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import msgspec

from lading import File, Origin, Report, Source
from lading.model.content import Content
from lading.source import is_lfs_pointer
from lading_nuscenes.schema import NUIMAGES, NUSCENES, ROWS

#: How deep below the source's root tables and media are looked for.
DEPTH = 3

#: The folders of media in the original layout.
MEDIA_FOLDERS = ("samples", "sweeps")

#: Other names that unpackers give to a `+` (source-formats.md 4.8, 18).
_PLUSES = ("_", "%2B")


class Version(msgspec.Struct, frozen=True):
    """A folder of tables: `name` is the folder's own name, `tables` the files by the name of the table."""

    folder: str
    name: str
    tables: dict[str, File]

    @property
    def is_nuimages(self) -> bool:
        """Whether it has the tables of nuImages, and no scenes."""
        return "scene" not in self.tables and bool({"object_ann", "surface_ann"} & self.tables.keys())

    @property
    def is_deepest(self) -> bool:
        """Whether it lies as deep as is looked."""
        return self.folder.count("/") == DEPTH - 1

    @property
    def demanded(self) -> tuple[str, ...]:
        """The tables that its kind has to have."""
        return NUIMAGES if self.is_nuimages else NUSCENES

    def path(self, table: str) -> str:
        """Where a table is, or would be."""
        return f"{self.folder}/{table}.json" if self.folder else f"{table}.json"


def versions(source: Source) -> list[Version]:
    """The folders that hold tables, by name: `sample_data`, or three of any (source-formats.md 1.4).

    The deepest that are looked at count where no other does: below a database they are copies of it.
    """
    found = []
    for folder in ("", *folders(source)):
        prefix = f"{folder}/" if folder else ""
        files = {table: source.get(f"{prefix}{table}.json") for table in ROWS}
        tables = {table: file for table, file in files.items() if file is not None}
        if "sample_data" in tables or len(tables) >= 3:
            found.append(Version(folder, folder.rpartition("/")[2] or source.name, tables))
    return [version for version in found if not version.is_deepest] or found


def folders(source: Source, below: str = "", depth: int = DEPTH) -> Iterator[str]:
    """The folders of a source, sorted, down to some depth; those with many files cost no more than others."""
    names = source.below(below)
    start = len(below) + 1 if below else 0
    place = 0
    while place < len(names):
        head, slash, _ = names[place][start:].partition("/")
        if not slash:
            place += 1
            continue
        folder = names[place][: start + len(head)]
        yield folder
        if depth > 1:
            yield from folders(source, folder, depth - 1)
        place = bisect_left(names, f"{folder}0", place)  # `0` follows `/`


def read_tables(version: Version, report: Report) -> dict[str, File]:
    """The tables that can be read; those that are not there, or only as Git LFS pointers, are reported."""
    usable = {}
    for table in ROWS:
        file = version.tables.get(table)
        at = Origin(version.path(table))
        if file is None:
            if table in version.demanded:
                report.error("nuscenes.missing-table", f"expected the table {table!r}, found no such file", at)
        elif is_pointer(file):
            report.error("nuscenes.lfs-pointer", "expected a table, found a Git LFS pointer: it is not downloaded", at)
        else:
            usable[table] = file
    return usable


def is_pointer(file: Content) -> bool:
    """Whether a file only stands for one that Git LFS has not fetched."""
    with file.open() as stream:
        return is_lfs_pointer(stream.read(64))


class Media:
    """Finds the files that tables name, below one of several roots.

    The folder above the tables comes first, then that of the tables, then every folder that has what the name
    begins with: archives are often unpacked each into a folder of its own.
    """

    def __init__(self, source: Source, version: Version) -> None:
        self.source = source
        self._first = version.folder.rpartition("/")[0]
        self._tables = version.folder
        self._roots: dict[str, list[str]] = {}
        self._folder_names: frozenset[str] | None = None

    def find(self, filename: str) -> File | None:
        """The file, or None."""
        for name in self._spellings(filename):
            for root in self.roots(name.partition("/")[0]):
                file = self.source.get(f"{root}{name}")
                if file is not None:
                    return file
        return None

    def path(self, filename: str) -> str:
        """Where a file would be that is not there."""
        return f"{self._first}/{filename}" if self._first else filename

    def roots(self, first: str) -> list[str]:
        """The folders, each with `/` at its end, that hold a folder of this name."""
        known = self._roots.get(first)
        if known is None:
            candidates = dict.fromkeys((self._first, self._tables, "", *folders(self.source)))
            prefixes = [f"{folder}/" if folder else "" for folder in candidates]
            known = [prefix for prefix in prefixes if self.source.below(f"{prefix}{first}")]
            self._roots[first] = known or [""]
        return self._roots[first]

    def has_folder(self, name: str) -> bool:
        """Whether a root may hold a folder of this name: to ask it of many names costs no more than of one."""
        if self._folder_names is None:
            every = folders(self.source, depth=DEPTH + 1)
            self._folder_names = frozenset(folder.rpartition("/")[2] for folder in every)
        return name in self._folder_names

    def below_roots(self) -> Iterator[tuple[str, Sequence[str]]]:
        """The roots that hold the folders of the original layout, each with the files below one of these."""
        for first in MEDIA_FOLDERS:
            for root in self.roots(first):
                names = self.source.below(f"{root}{first}")
                if names:
                    yield root, names

    @staticmethod
    def _spellings(filename: str) -> Iterator[str]:
        yield filename
        plain = filename.replace("\\", "/").removeprefix("./")
        if plain != filename:
            yield plain
        if "+" in plain:
            for other in _PLUSES:
                yield plain.replace("+", other)
