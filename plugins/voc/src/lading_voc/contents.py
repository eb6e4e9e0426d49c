"""Bytes of a source's files; one that cannot be read is told and the rest goes on."""

from __future__ import annotations

from lading import File, Origin, Report, Source
from lading.errors import SourceError
from lading.model.content import Content


def read_bytes(source: Source, path: str, report: Report) -> bytes | None:
    """The bytes of a file of the source, or None and a finding where it cannot be read."""
    file = source.get(path)
    return None if file is None else read_file(file, report)


def read_file(file: File, report: Report) -> bytes | None:
    """A file's bytes, or None and a finding where it cannot be read."""
    try:
        return file.read()
    except SourceError as exc:
        _tell(file.path, exc, report)
        return None


def read_content(content: Content, report: Report) -> bytes | None:
    """The bytes of any dataset's file, or None and a finding where it cannot be read."""
    try:
        with content.open() as stream:
            return stream.read()
    except (SourceError, OSError) as exc:
        _tell(content.path, exc, report)
        return None


def _tell(path: str, exc: Exception, report: Report) -> None:
    report.error("voc.unreadable", f"expected a file that can be read, found: {exc}", Origin(path))
