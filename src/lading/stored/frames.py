"""Rows of a place as frames of the model."""

from __future__ import annotations

from lading.model.frame import Data, Frame
from lading.model.naming import from_wire
from lading.model.report import Origin, Report
from lading.stored.content import StoredContent
from lading.stored.labels import read_labels
from lading.stored.shelf import Blob, Shelf, StoredFile, StoredRow


def read_frame(shelf: Shelf, segment: str, row: StoredRow, report: Report) -> Frame:
    """A row of which nothing is known beyond what the wire says; its key is its path, or in fusion its id."""
    key = from_wire(row.key) if row.frame_id is None else row.frame_id
    data = [read_data(shelf, segment, file, report) for file in row.files]
    return Frame(key=key, data=data, frame_id=row.frame_id)


def read_data(shelf: Shelf, segment: str, file: StoredFile, report: Report) -> Data:
    """A file of which nothing is known beyond what the wire says; a time is the nearest nanosecond."""
    remote_path = from_wire(file.remote_path)
    labels = read_labels(shelf, segment, file, report)
    return Data(
        path=remote_path,
        remote_path=remote_path,
        content=StoredContent(remote_path, shelf, blob_of(segment, file)),
        sensor_name=file.sensor_name,
        timestamp_ns=None if file.timestamp_s is None else round(file.timestamp_s * 1_000_000_000),
        annotation="present" if labels else "none",
        labels=labels,
        origin=Origin(f"{segment}/{file.remote_path}"),
    )


def blob_of(segment: str, file: StoredFile) -> Blob:
    """Where the bytes of a file lie."""
    return Blob(
        segment=segment,
        remote_path=file.remote_path,
        sensor_name=file.sensor_name,
        checksum=file.checksum,
        size=file.size,
        url=file.url,
    )
