"""A dataset on a platform or in its store of objects, as rules, plots and uploads know datasets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lading.errors import RecordError
from lading.model.catalog import Catalog
from lading.model.codec import decode_catalog, decode_sensor
from lading.model.dataset import WHOLE, Dataset, Part, Segment, SourceFile, share
from lading.model.frame import Frame
from lading.model.naming import from_wire
from lading.model.report import Origin, Report
from lading.model.sensor import Sensor
from lading.stored.frames import read_frame
from lading.stored.shelf import Header, Shelf, StoredSegment

#: What `Dataset.format` says; no reader has this name.
FORMAT = "platform"


class StoredDataset(Dataset):
    """A version of a dataset in its place. Frames come page by page, bytes of media when they are opened."""

    def __init__(self, shelf: Shelf, report: Report) -> None:
        header = shelf.header()
        self.format = FORMAT
        self.name = header.name
        self.is_fusion = header.is_fusion
        self.is_continuous = header.is_continuous
        self.bin_point_cloud_fields = header.bin_point_cloud_fields
        self.report = report
        self.catalog = _catalog(header, shelf.place, report)
        self.segments = [_segment(segment, report) for segment in header.segments]
        rows = sum(segment.row_count or 0 for segment in header.segments)
        self.sources = [SourceFile(file=shelf.place, kind=header.kind, rows=rows)]
        self._shelf = shelf
        self._stored = {from_wire(segment.name): segment for segment in header.segments}

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a segment in the place's order: by remote path, or in fusion by frame id."""
        self.segment(segment)
        stored = self._stored[segment]
        heard = report if report is not None else self.report
        chosen = share(stored.row_count or 0, part)
        stop = None if part[0] == part[1] else chosen.stop
        rows = islice(self._shelf.rows(stored.name), chosen.start, stop)
        return (read_frame(self._shelf, stored.name, row, heard) for row in rows)


def _catalog(header: Header, place: str, report: Report) -> Catalog:
    return decode_catalog(header.catalog, report, at=Origin(f"{place}#catalog", ""))


def _segment(stored: StoredSegment, report: Report) -> Segment:
    return Segment(
        name=from_wire(stored.name),
        description=stored.description,
        sensors=read_sensors(stored, report),
        frame_count=stored.row_count,
    )


def read_sensors(stored: StoredSegment, report: Report) -> tuple[Sensor, ...]:
    """The sensors of a segment; one that cannot be read is a finding."""
    sensors: list[Sensor] = []
    for number, value in enumerate(stored.sensors):
        at = Origin(f"{stored.name}/sensors", f"/{number}")
        try:
            sensors.append(decode_sensor(value, report, at=at))
        except RecordError as exc:
            message = f"expected {exc.expected}, found {exc.found}; the sensor is left out"
            report.error("platform.sensor", message, Origin(exc.path, exc.pointer), segment=stored.name)
    return tuple(sensors)
