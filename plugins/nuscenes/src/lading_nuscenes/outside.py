"""Names of files that lead out of the dataset's folder, as absolute ones do: told once a table, and read below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from lading import counted
from lading_nuscenes.layout import MEDIA_FOLDERS, Media
from lading_nuscenes.tables import Tables

_OUTSIDE = re.compile(r"/+|[A-Za-z]:[\\/]+|[A-Za-z][A-Za-z0-9+.-]+://|(?:\.\.[\\/]+)+")

#: As many characters of a name tell whether it may lead outside; most of a table begin alike.
_TELLING = 8


class _Named(Protocol):
    filename: str


class Outside:
    """What the rows of one table have in place of paths below the dataset's folder (source-formats.md 4.2)."""

    def __init__(self, media: Media, tables: Tables, table: str) -> None:
        self._media = media
        self._tables = tables
        self._table = table
        self._known: dict[str, int] = {}
        self._first: tuple[int, str, str] | None = None
        self._count = 0

    def bring_in(self, indexes: Sequence[int], rows: Sequence[_Named], extras: dict[int, dict[str, Any]]) -> None:
        """Put the path below the folder in place of each name that leads out of it, which `extras` keeps."""
        heads = {row.filename[:_TELLING] for row in rows}
        if not any(":" in head or head.startswith(("/", "..")) for head in heads):
            return
        for place, row in enumerate(rows):
            if _OUTSIDE.match(row.filename):
                given = extras.setdefault(place, {})["filename"] = row.filename
                row.filename = self._below(given)
                self._first = self._first or (indexes[place], given, row.filename)
                self._count += 1

    def _below(self, name: str) -> str:
        plain = name.replace("\\", "/")
        ends = [match.end() for match in re.finditer("/", plain)]
        known = next((known for end in ends[::-1] if (known := self._known.get(plain[:end])) is not None), None)
        if known is not None:
            return plain[known:]
        length = next(self._lengths(plain), None)
        if length is None:
            return _OUTSIDE.sub("", plain, count=1)
        first = plain[length:].partition("/")[0]
        self._known[f"{plain[:length]}{first}/"] = length
        return plain[length:]

    def _lengths(self, name: str) -> Iterator[int]:
        """How much to take away: up to where a file is found, else up to a folder of the original layout."""
        cuts = [match.end() for match in re.finditer("/+", name)][:-1]  # a name alone may be that of another file
        inside = (cut for cut in cuts if self._media.has_folder(name[cut:].partition("/")[0]))
        yield from (cut for cut in inside if self._media.find(name[cut:]) is not None)
        yield from (cut for cut in cuts[::-1] if name[cut:].partition("/")[0] in MEDIA_FOLDERS)

    def tell(self) -> None:
        """Say, once, that names lead outside."""
        if self._first is None:
            return
        index, given, path = self._first
        message = f"expected a path below the dataset's folder, found {given!r}; read as {path!r}"
        if self._count > 1:
            message += f", and so are those of {counted(self._count - 1, 'more row')}"
        self._tables.report.warning("nuscenes.filename", message, self._tables.origin(self._table, index, "filename"))
