"""A zip as a tree of files: its central directory is read once, members are read by their place in the file."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lading.errors import SourceError
from lading.model.report import Finding
from lading.source import names
from lading.source.file import CHUNK, Archive, File, Verified, buffered
from lading.source.links import Members

# APPNOTE.TXT 4.3.7 (local file header), 4.4.4 (flags), 4.4.5 (methods)
_LOCAL = struct.Struct("<4s22sHH")
_ENCRYPTED, _UTF8 = 0x1, 0x800
_STORED, _DEFLATED = 0, 8
_UNIX = 3
#: Longer targets of links are refused.
_LINK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """What the central directory says of a member."""

    header: int
    packed: int
    size: int
    crc: int
    method: int
    flags: int


@dataclass(frozen=True, slots=True)
class ZipMember(File):
    """A file in a zip, stored or deflated."""

    path: str
    archive: Archive
    entry: Entry

    @property
    def size(self) -> int:
        """Its length in bytes, as the archive's directory has it."""
        return self.entry.size

    @property
    def stamp(self) -> str:
        """The archive's stamp with the member's CRC and size."""
        return f"{self.archive.stamp}:{self.entry.crc:08x}-{self.entry.size}"

    @property
    def crc(self) -> int:
        """The CRC-32 that the archive's directory has."""
        return self.entry.crc

    @property
    def has_random_access(self) -> bool:
        """It is read and checked from its first byte on."""
        return False

    @property
    def where(self) -> str:
        """Archive and member."""
        return f"{self.archive.label}/{self.path}"

    def open(self) -> BinaryIO:
        """A new stream at its first byte; the CRC is checked when it is read to its end."""
        if self.entry.flags & _ENCRYPTED:
            raise SourceError(self.where, "expected a member without password, found it encrypted")
        if self.entry.method not in (_STORED, _DEFLATED):
            message = f"expected a stored or deflated member, found compression method {self.entry.method}"
            raise SourceError(self.where, message)
        raw = self.archive.open()
        return buffered(Verified(raw, self.entry.size, self.entry.crc, self.where, self._chunks))

    def _chunks(self, raw: io.FileIO) -> Iterator[bytes]:
        raw.seek(self.entry.header)
        header = raw.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise SourceError(self.where, f"expected a local header at byte {self.entry.header}, found none")
        _, _, name_length, extra_length = _LOCAL.unpack(header)
        raw.seek(name_length + extra_length, io.SEEK_CUR)
        if self.entry.method == _STORED:
            yield from self._packed(raw)
        else:
            yield from self._inflated(raw)

    def _packed(self, raw: io.FileIO) -> Iterator[bytes]:
        left = self.entry.packed
        while left:
            block = raw.read(min(left, CHUNK))
            if not block:
                found = self.entry.packed - left
                raise SourceError(self.where, f"expected {self.entry.packed} packed bytes, found {found}")
            left -= len(block)
            yield block

    def _inflated(self, raw: io.FileIO) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for block in self._packed(raw):
                while block:
                    made = inflate.decompress(block, 16 * CHUNK)
                    if made:
                        yield made
                    block = inflate.unconsumed_tail
            rest = inflate.flush()
        except zlib.error as exc:
            raise SourceError(self.where, f"expected deflated bytes, found broken ones ({exc})") from exc
        if rest:
            yield rest
        if not inflate.eof:
            raise SourceError(self.where, "expected the end of the deflated bytes, found them cut off")


class ZipLayer:
    """The files of a zip."""

    def __init__(self, archive: Archive, entries: dict[str, Entry], findings: Sequence[Finding]) -> None:
        self.label = archive.label
        self.names: Sequence[str]
        self.hidden: Sequence[str]
        self.names, self.hidden = names.listed(entries)
        self.findings = findings
        self._archive = archive
        self._entries = entries

    @classmethod
    def scan(cls, path: Path, label: str) -> ZipLayer:
        """List the archive. Raises SourceError where it is broken."""
        archive = Archive.at(path, label)
        members: Members[Entry] = Members(label)
        try:
            with archive.open() as raw, zipfile.ZipFile(raw) as opened:
                for info in opened.infolist():
                    _take(archive, members, info)
        except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, ValueError, OverflowError) as exc:
            if isinstance(exc, SourceError):
                raise
            raise SourceError(label, f"expected a whole zip archive, found a broken one ({exc})") from exc
        return cls(archive, members.finish(), members.notes.findings(label))

    def file(self, name: str) -> ZipMember:
        """The file of one of its names, or of one that is hidden."""
        return ZipMember(name, self._archive, self._entries[name])

    def close(self) -> None:
        """Nothing is held."""


def _take(archive: Archive, members: Members[Entry], info: zipfile.ZipInfo) -> None:
    name = members.accept(_decoded(info))
    if name is None or info.is_dir():
        return
    entry = Entry(info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type, info.flag_bits)
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if not stat.S_ISLNK(mode):
        members.add(name, entry)
        return
    with ZipMember(name, archive, entry).open() as stream:
        target = stream.read(_LINK_BYTES)
    members.link(name, target.decode("utf-8", "surrogateescape"))


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name as it was written, before zipfile cut it at a NUL.

    Without the UTF-8 flag names are CP437 by APPNOTE.TXT D.1, but many programs write UTF-8 all the same.
    """
    name = info.orig_filename
    if info.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
