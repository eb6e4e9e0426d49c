"""A dataset on a platform or in its store of objects, as rules, plots and uploads know datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice

from lading.errors import RecordError
from lading.model.catalog import Catalog
from lading.model.codec import decode_catalog, decode_sensor, encode_catalog
from lading.model.codec.sidecar import catalog_digest
from lading.model.codec.values import unpack_value
from lading.model.dataset import WHOLE, Dataset, Part, Segment, SourceFile, share
from lading.model.frame import Frame
from lading.model.naming import SIDECAR_SEGMENT, from_wire, short_hash
from lading.model.report import Origin, Report
from lading.model.sensor import Sensor
from lading.stored.frames import read_frame
from lading.stored.joining import Joiner, keys_of, read_sensor
from lading.stored.shelf import Header, Json, Shelf, StoredSegment
from lading.stored.sidecar import read_records, read_sidecar

#: What `Dataset.format` says; no reader has this name.
FORMAT = "platform"


class StoredDataset(Dataset):
    """A version of a dataset in its place. Frames come page by page, bytes of media when they are opened.

    Where the upload left a sidecar, everything is as the source had it, its order too; memory is bounded as
    `waiting.Rows` says.
    """

    def __init__(self, shelf: Shelf, report: Report) -> None:
        header = shelf.header()
        sidecar = read_sidecar(shelf, header, report)
        stored = {segment.name: segment for segment in header.segments if segment.name != SIDECAR_SEGMENT}
        self.format = FORMAT
        self.name = header.name
        self.is_fusion = header.is_fusion
        self.is_continuous = header.is_continuous
        self.bin_point_cloud_fields = header.bin_point_cloud_fields
        self.report = report
        self.catalog = _catalog(header, None if sidecar is None else sidecar.dataset, shelf.place, report)
        if sidecar is not None:
            self.extras = unpack_value(sidecar.dataset.get("extras", {}))
            self.rules = sidecar.dataset.get("rules", {})
        rows = sum(segment.row_count or 0 for segment in stored.values())
        self.sources = [SourceFile(file=shelf.place, kind=header.kind, rows=rows)]
        self._shelf = shelf
        self._sensors = {name: read_sensors(segment, report) for name, segment in stored.items()}
        self._stored = stored
        self._records: dict[str, Json] = {}
        self.segments = self._segments([] if sidecar is None else sidecar.segments)

    def _segments(self, records: list[Json]) -> list[Segment]:
        """The source's, in its order, then those that only the platform has."""
        segments: list[Segment] = []
        others = dict(self._stored)
        for record in records:
            there = [place for place in record["places"] if others.pop(place, None) is not None]
            if there:
                self._records[record["name"]] = {**record, "places": there}
                segments.append(self._joined_segment(record, there))
        self._plain = {from_wire(name): segment for name, segment in others.items()}
        return segments + [self._plain_segment(segment) for segment in others.values()]

    def _plain_segment(self, stored: StoredSegment) -> Segment:
        return Segment(
            name=from_wire(stored.name),
            description=stored.description,
            sensors=tuple(self._sensors[stored.name].values()),
            frame_count=stored.row_count,
        )

    def _joined_segment(self, record: Json, places: list[str]) -> Segment:
        stored = [self._stored[place] for place in places]
        first = self._sensors[places[0]]
        named = {sensor["name"]: read_sensor(sensor, first) for sensor in record["sensors"]}
        if not record.get("isCalibratedByFrame"):
            named |= {name: sensor for name, sensor in first.items() if name not in named}
        is_as_it_was = record["rows"] == sum(segment.row_count or 0 for segment in stored)
        return Segment(
            name=record["name"],
            description=stored[0].description,
            sensors=tuple(sensor for sensor in named.values() if sensor is not None),
            is_calibrated_by_frame=record.get("isCalibratedByFrame", False),
            frame_count=record["frames"] if is_as_it_was else None,
            extras=unpack_value(record.get("extras", {})),
        )

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a segment: in the source's order, or without a sidecar by remote path or frame id."""
        self.segment(segment)
        heard = report if report is not None else self.report
        if segment in self._records:
            record = self._records[segment]
            return self._joined_frames(record, heard) if part == WHOLE else self._joined_part(record, part, heard)
        stored = self._plain[segment]
        chosen = share(stored.row_count or 0, part)
        rows = islice(self._shelf.rows(stored.name, chosen.start), None if part[0] == part[1] else len(chosen))
        return (read_frame(self._shelf, stored.name, row, heard) for row in rows)

    def _joined_frames(self, record: Json, report: Report) -> Iterator[Frame]:
        with closing(self._joiner(record, report)) as joiner:
            for frame_record in read_records(self._shelf, record):
                frame = joiner.frame(frame_record)
                if frame is not None:
                    yield frame
            yield from joiner.rest()

    def _joined_part(self, record: Json, part: Part, report: Report) -> Iterator[Frame]:
        """The frames of a part; in the last one, those that only the platform has come at the end."""
        chosen = share(record["frames"], part)
        with closing(self._joiner(record, report, is_part=True)) as joiner:
            for frame_record in islice(read_records(self._shelf, record, chosen.start), len(chosen)):
                frame = joiner.frame(frame_record)
                if frame is not None:
                    yield frame
        if part[0] == part[1] and self._has_more(record):
            with closing(self._joiner(record, report)) as joiner:
                for frame_record in read_records(self._shelf, record):
                    joiner.skip(frame_record)
                yield from joiner.rest()

    def _joiner(self, record: Json, report: Report, *, is_part: bool = False) -> Joiner:
        sensors = {place: self._sensors[place] for place in record["places"]}
        counts = {place: self._stored[place].row_count or 0 for place in sensors} if is_part else None
        return Joiner(self._shelf, sensors, report, is_fusion=self.is_fusion, counts=counts)

    def _has_more(self, record: Json) -> bool:
        """Whether the platform lists other rows than the sidecar: by the sums of their hashes, in whatever order."""
        listed = sum(short_hash(f"{place}\n{key}") for place in record["places"] for key in self._shelf.keys(place))
        for frame_record in read_records(self._shelf, record):
            for place, key in keys_of(frame_record, is_fusion=self.is_fusion):
                listed -= short_hash(f"{place}\n{key}")
        return listed != 0


def _catalog(header: Header, record: Json | None, place: str, report: Report) -> Catalog:
    """The platform's, or the source's where that is what became of it."""
    at = Origin(f"{place}#catalog", "")
    catalog = decode_catalog(header.catalog, report, at=at)
    if record is None or catalog_digest(encode_catalog(catalog)) != record["catalogDigest"]:
        return catalog
    return decode_catalog(record["catalog"], Report(), at=at)


def read_sensors(stored: StoredSegment, report: Report) -> Mapping[str, Sensor]:
    """The sensors of a segment of the platform; one that cannot be read is a finding."""
    sensors: dict[str, Sensor] = {}
    for number, value in enumerate(stored.sensors):
        at = Origin(f"{stored.name}/sensors", f"/{number}")
        try:
            sensor = decode_sensor(value, report, at=at)
        except RecordError as exc:
            message = f"expected {exc.expected}, found {exc.found}; the sensor is left out"
            report.error("platform.sensor", message, Origin(exc.path, exc.pointer), segment=stored.name)
            continue
        sensors[sensor.name] = sensor
    return sensors
