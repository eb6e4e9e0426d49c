"""A tar as a tree of files: plain ones are read by the member's place, compressed ones through a spool."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from lading.errors import NoRoomError, SourceError
from lading.model.report import Finding
from lading.source import names
from lading.source.file import CHUNK, Archive, File, Window, buffered
from lading.source.links import Members
from lading.source.spool import BROKEN, NO_ROOM, Spool, decompressed

#: Members of a compressed tar with these endings are kept while it is listed: annotations, not media.
_TEXT = frozenset({".json", ".jsonl", ".ndjson", ".geojson", ".xml", ".txt", ".csv", ".yaml", ".yml", ".md"})
#: A longer extended header than this (names, in practice) is taken as broken: it would be read into memory whole.
_HEADER_BYTES = 1 << 20
_EXTENDED = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member's bytes lie in the tar; in a compressed one also their CRC and where they were kept."""

    offset: int
    size: int
    crc: int | None = None
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class TarMember(File):
    """A file in a tar; `spool` is there where the tar is compressed."""

    path: str
    archive: Archive
    place: Place
    spool: Spool | None

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.place.size

    @property
    def stamp(self) -> str:
        """The archive's stamp with the member's place and size."""
        return f"{self.archive.stamp}:{self.place.offset}-{self.place.size}"

    @property
    def crc(self) -> int | None:
        """The CRC-32 that was computed when a compressed tar was listed."""
        return self.place.crc

    @property
    def where(self) -> str:
        """Archive and member."""
        return f"{self.archive.label}/{self.path}"

    def open(self) -> BinaryIO:
        """A new stream at its first byte; the first media file of a compressed tar unpacks it to a temporary file."""
        at = self.place
        if self.spool is not None:
            return buffered(self.spool.open(at.offset, at.kept, at.size, self.where))
        return buffered(Window(self.archive.open(), at.offset, at.size, self.where))


class TarLayer:
    """The files of a tar."""

    def __init__(
        self, archive: Archive, places: dict[str, Place], spool: Spool | None, findings: Sequence[Finding]
    ) -> None:
        self.label = archive.label
        self.names: Sequence[str]
        self.hidden: Sequence[str]
        self.names, self.hidden = names.listed(places)
        self.findings = findings
        self._archive = archive
        self._places = places
        self._spool = spool

    @classmethod
    def scan(cls, path: Path, label: str) -> TarLayer:
        """List the archive; a compressed one is read through once.

        Raises SourceError where it is broken, NoRoomError where there is none for its text.
        """
        archive = Archive.at(path, label)
        members: Members[Place] = Members(label)
        spool: Spool | None = None
        try:
            with archive.open() as raw, decompressed(raw) as stream:
                if isinstance(stream, io.FileIO):
                    _list_plain(raw, members)
                else:
                    spool = Spool(archive)
                    with _Keeper(spool) as keeper:
                        _list_packed(stream, members, keeper)
        except (tarfile.TarError, ValueError, LookupError, OverflowError, *BROKEN) as exc:
            if spool is not None:
                spool.close()
            if isinstance(exc, SourceError):
                raise
            if isinstance(exc, OSError) and exc.errno in NO_ROOM:
                raise NoRoomError(f"the text of {label}", exc) from exc
            raise SourceError(label, f"expected a whole tar archive, found a broken one ({exc})") from exc
        return cls(archive, members.finish(), spool, members.notes.findings(label))

    def file(self, name: str) -> TarMember:
        """The file of one of its names, or of one that is hidden."""
        return TarMember(name, self._archive, self._places[name], self._spool)

    def close(self) -> None:
        """Remove the temporary files."""
        if self._spool is not None:
            self._spool.close()


class _StrictInfo(tarfile.TarInfo):
    """A header that does not take the end of the file, or rubbish, for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _EXTENDED and info.size > _HEADER_BYTES:
            raise tarfile.ReadError(f"an extended header of {info.size} bytes")
        return info

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        at = tarfile_.offset
        try:
            info = super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # a block of zeros: the end, as it should be
            raise
        except tarfile.HeaderError as exc:
            raise tarfile.ReadError(f"{exc} at byte {at}, where a member or the end should be") from exc
        if info.size < 0 or tarfile_.offset <= at:  # an extended header can say so, and would lead round for ever
            raise tarfile.ReadError(f"a member of {info.size} bytes at byte {at}")
        return info


class _Keeper:
    """Copies text members of a compressed tar to a temporary file as they go by; made when there is the first."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._file.close()

    def begin(self, name: str) -> tuple[BinaryIO | None, int | None]:
        """The file to copy the member to and the place in it, or nothing where it is not kept."""
        if PurePosixPath(name).suffix.lower() not in _TEXT:
            return None, None
        if self._file is None:
            self._spool.kept = self._spool.create()
            self._file = Path(self._spool.kept).open("wb")  # noqa: SIM115  # closed when the listing ends
        return self._file, self._file.tell()


def _list_plain(raw: io.FileIO, members: Members[Place]) -> None:
    with (
        io.BufferedReader(raw) as stream,
        tarfile.open(fileobj=stream, mode="r:", tarinfo=_StrictInfo, encoding="utf-8", errors="surrogateescape") as tar,
    ):
        for name, info in _files(tar, members):
            members.add(name, Place(info.offset_data, info.size))
        stream.seek(tar.offset)
        _expect_zeros(stream, members)


def _list_packed(stream: io.BufferedIOBase, members: Members[Place], keeper: _Keeper) -> None:
    with tarfile.open(
        fileobj=stream, mode="r|", tarinfo=_StrictInfo, encoding="utf-8", errors="surrogateescape"
    ) as tar:
        for name, info in _files(tar, members):
            target, kept = keeper.begin(name)
            crc = 0
            content = tar.extractfile(info)
            while content is not None and (block := content.read(CHUNK)):
                crc = zlib.crc32(block, crc)
                if target is not None:
                    target.write(block)
            members.add(name, Place(info.offset_data, info.size, crc, kept))
    _expect_zeros(stream, members)


def _expect_zeros(stream: io.BufferedIOBase, members: Members[Place]) -> None:
    """Read to the end, where the checksum of a compressed stream is; behind a tar's end there are only zeros."""
    has_more = False
    while block := stream.read(16 * CHUNK):
        has_more = has_more or block.count(0) != len(block)
    if has_more:
        message = (
            "expected nothing behind the end of the archive, found more bytes (a second archive?) that are not read"
        )
        members.notes.warning("source.trailing-bytes", message, members.label)


def _files(tar: tarfile.TarFile, members: Members[Place]) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """The members that are files; links and the rest go to `members` at once."""
    while (info := tar.next()) is not None:
        tar.members.clear()  # type: ignore[attr-defined]  # an index of its own that grows with every member
        name = members.accept(info.name)
        if name is None or info.isdir():
            continue
        if info.issparse():
            members.refuse(name, "a sparse file")
        elif info.isreg():
            yield name, info
        elif info.issym() or info.islnk():
            members.link(name, info.linkname, hard=info.islnk())
        else:
            members.refuse(name, "a device or pipe")
