"""The sidecar of a dataset in its place: the records that an upload wrote of what the wire has no field for."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from lading.errors import RecordError
from lading.model.codec.sidecar import DATASET_FILE, VERSION, segment_file
from lading.model.naming import SIDECAR_SEGMENT, wire_segment
from lading.model.report import Report
from lading.stored.frames import blob_of
from lading.stored.shelf import Header, Json, Shelf, StoredFile


class Sidecar(msgspec.Struct, frozen=True):
    """What is said of the dataset, and of its segments in the source's order."""

    dataset: Json
    segments: list[Json]


def read_sidecar(shelf: Shelf, header: Header, report: Report) -> Sidecar | None:
    """The sidecar of a dataset; None where it has none, or one of a later version, which is a finding.

    Raises RecordError where it is not what it should be, and what the place raises.
    """
    if not any(segment.name == SIDECAR_SEGMENT for segment in header.segments):
        return None
    found = shelf.find(SIDECAR_SEGMENT, DATASET_FILE)
    if found is None:
        return None
    records = list(_records(shelf, found))
    first = records[0] if records else {}
    if first.get("kind") != "dataset" or not isinstance(first.get("version"), int):
        raise RecordError(_place(found), expected="a record of kind 'dataset'", found=repr(first.get("kind")), line=1)
    if first["version"] > VERSION:
        message = f"expected a sidecar of version {VERSION} at most, found {first['version']}; it is left out"
        report.warning("platform.sidecar-version", f"{_place(found)}: {message}")
        return None
    return Sidecar(first, records[1:])


def read_records(shelf: Shelf, segment: Json, start: int = 0) -> Iterator[Json]:
    """The records of the frames of a segment from the `start`-th on, in the source's order.

    One file of them is in memory at a time.
    """
    left = start
    for number in range(1, segment["files"] + 1):
        path = segment_file(wire_segment(segment["name"]), number)
        found = shelf.find(SIDECAR_SEGMENT, path)
        if found is None:
            raise RecordError(f"{SIDECAR_SEGMENT}/{path}", expected="a file of the sidecar", found="none")
        for line_number, line in _lines(shelf, found):
            if left:
                left -= 1
            else:
                yield _decoded(line, _place(found), line_number)


def _records(shelf: Shelf, file: StoredFile) -> Iterator[Json]:
    return (_decoded(line, _place(file), number) for number, line in _lines(shelf, file))


def _lines(shelf: Shelf, file: StoredFile) -> Iterator[tuple[int, bytes]]:
    with shelf.open(blob_of(SIDECAR_SEGMENT, file)) as stream, gzip.GzipFile(fileobj=stream, mode="rb") as lines:
        number = 0
        while True:
            number += 1
            try:
                line = lines.readline()
            except (OSError, EOFError, zlib.error) as exc:
                expected = "a file compressed by gzip"
                raise RecordError(_place(file), expected=expected, found=str(exc), line=number) from exc
            if not line:
                return
            yield number, line


def _decoded(line: bytes, place: str, number: int) -> Json:
    try:
        record: Any = json.loads(line)  # msgspec makes floats of long integers, and has no half surrogate pairs
    except (ValueError, RecursionError) as exc:
        raise RecordError(place, expected="a line of JSON", found=f"something else ({exc})", line=number) from exc
    if not isinstance(record, dict):
        raise RecordError(place, expected="an object", found=type(record).__name__, line=number)
    return record


def _place(file: StoredFile) -> str:
    return f"{SIDECAR_SEGMENT}/{file.remote_path}"
