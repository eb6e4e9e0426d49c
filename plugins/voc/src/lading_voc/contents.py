"""Bytes of a source's files; one that cannot be read is told and the rest goes on."""

from __future__ import annotations

from lading import Origin, Report, Source
from lading.errors import SourceError


def read_bytes(source: Source, path: str, report: Report) -> bytes | None:
    """A file's bytes, or None and a finding where it cannot be read."""
    try:
        return source.read(path)
    except SourceError as exc:
        report.error("voc.unreadable", f"expected a file that can be read, found: {exc}", Origin(path))
        return None
