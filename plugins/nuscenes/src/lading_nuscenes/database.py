"""All tables of a version, read and joined: what the frames are made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lading import File, Report, Sensor, Source
from lading_nuscenes.annotations import Annotations, read_annotations
from lading_nuscenes.channels import tell_shared
from lading_nuscenes.derived import tell_derived
from lading_nuscenes.families import tell_families
from lading_nuscenes.filenames import name_hashes
from lading_nuscenes.files import Files
from lading_nuscenes.groups import Group, log_groups, scene_groups
from lading_nuscenes.instance_sizes import tell_instance_sizes
from lading_nuscenes.instances import read_instances, tell_idle
from lading_nuscenes.lacking import lacking_sensors
from lading_nuscenes.layout import Media, Version
from lading_nuscenes.logs import read_logs
from lading_nuscenes.maps import read_maps, tell_mapless, tell_pictures
from lading_nuscenes.moments import tell_clock
from lading_nuscenes.naming import read_names
from lading_nuscenes.outside import Outside
from lading_nuscenes.owners import Unread, tell_key_cameras
from lading_nuscenes.pictures import Pictures
from lading_nuscenes.points import Labelled, classes
from lading_nuscenes.results import Results
from lading_nuscenes.sample_data import read_files
from lading_nuscenes.samples import read_samples
from lading_nuscenes.schema import (
    Attribute,
    CalibratedSensor,
    Category,
    ObjectAnn,
    PointLabels,
    Scene,
    SurfaceAnn,
    Visibility,
)
from lading_nuscenes.schema import Sensor as SensorRow
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.sizes import tell_sizes
from lading_nuscenes.tables import Rows, Tables, grouped
from lading_nuscenes.tokens import TokenBook

#: In place of a file's sample: the model has no type for its sensor.
_FOREIGN = -3


class Database:
    """The tables of one version. Memory is some hundred bytes a file and an annotation, in columns."""

    def __init__(
        self,
        source: Source,
        version: Version,
        files: dict[str, File],
        report: Report,
        *,
        all_files: bool,
        notes_names: bool,
        results: File | None,
    ) -> None:
        self.version = version
        self.media = Media(source, version)
        self.book = TokenBook()
        self.tables = tables = Tables(files, {name: version.path(name) for name in (*files, *version.demanded)}, report)
        self.logs = read_logs(tables)
        self.maps = read_maps(tables, self.media)
        self.scenes = tables.small("scene", Scene)
        tell_mapless(tables, self.maps, self.logs, self.scenes)
        self.categories = tables.small("category", Category)
        self.attributes = tables.small("attribute", Attribute)
        self.visibilities = tables.small("visibility", Visibility)
        calibrated = tables.small("calibrated_sensor", CalibratedSensor)
        self.sensors = Sensors(calibrated, tables.small("sensor", SensorRow), tables)
        groups = self.logs if version.is_nuimages else self.scenes
        self.samples = read_samples(tables, self.book, groups)
        self.files = self._read_files(calibrated, all_files=all_files, notes_names=notes_names)
        self.names = read_names(self.files, self.sensors)
        self.lacking = lacking_sensors(
            tables, self.book, self.samples, self.files, calibrated, self.sensors, self.names.channels
        )
        tell_key_cameras(tables, self.book, self.samples, self.files)
        self.by_sample = grouped(self.files.samples, len(self.samples))
        self.instances = read_instances(tables, self.book, self.categories)
        self.annotations = self._annotations()
        exchanged = tell_sizes(tables, self.annotations, self.instances, self.categories)
        tell_instance_sizes(tables, self.samples, self.annotations, exchanged)
        tell_families(tables, self.annotations, self.instances, self.categories, self.attributes)
        tell_derived(tables, self.annotations, self.instances, self.categories, self.files, self.sensors)
        self.results = None if results is None else self._read_results(results, report)
        self.pictures = self._pictures(files)
        drawn = self.instances.index.find(self.book.keys([token for one in self.pictures for token in one.instances]))
        tell_idle(tables, self.instances, self.annotations.idle - {*drawn.tolist()})
        self.named, self._missing = np.empty(0, dtype=np.int64), dict[str, tuple[tuple[int, str], int]]()
        self.point_labels = {table: self._point_labels(table) for table in ("lidarseg", "panoptic") if table in tables}
        self.point_classes = classes(self.categories, tables) if any(self.point_labels.values()) else None
        self.files.every = None  # the tokens of files that are not read are needed no more

    def _read_files(self, calibrated: Rows[CalibratedSensor], *, all_files: bool, notes_names: bool) -> Files:
        tables = self.tables
        notes_names = notes_names or any(self.media.below_roots())
        files = read_files(
            tables, self.book, self.samples, calibrated, self.media, all_files=all_files, notes_names=notes_names
        )
        files.samples[np.isin(files.calibrated, self.sensors.foreign)] = _FOREIGN
        tell_shared(tables, self.sensors, files)
        tell_clock(tables, self.samples, files)
        self.sensors.tell_centres(files.calibrated, files.sizes)
        return files

    def _read_results(self, file: File, report: Report) -> Results:
        results = Results(file)
        results.read(self.book, self.samples.index, report)
        return results

    def groups(self) -> list[Group]:
        """The samples of each segment."""
        if self.version.is_nuimages:
            return log_groups(self.tables, self.samples, self.logs)
        return scene_groups(self.tables, self.book, self.samples, self.scenes, self.logs)

    def sensor_of(self, file: int) -> Sensor | None:
        """The sensor that a file is of."""
        place = int(self.files.calibrated[file])
        return None if place < 0 else self.sensors.models[place]

    @property
    def labelled(self) -> list[str]:
        """The tables that labels come from."""
        return [table for table in ("sample_annotation", "object_ann", "surface_ann") if table in self.tables]

    @property
    def speaks_of_boxes(self) -> bool:
        """Whether it has annotations at all: those of a test set are withheld, its table is empty."""
        return len(self.annotations) > 0

    def _annotations(self) -> Annotations:
        return read_annotations(
            self.tables, self.book, self.samples, self.instances, self.visibilities, self.attributes
        )

    def _pictures(self, files: dict[str, File]) -> list[Pictures]:
        found = []
        kinds: tuple[tuple[str, Any], ...] = (("object_ann", ObjectAnn), ("surface_ann", SurfaceAnn))
        for table, row_type in kinds:
            if table in self.tables:
                pictures = Pictures(table, row_type, files[table], self.tables, self.categories, self.attributes)
                pictures.read(self.files, self.book)
                found.append(pictures)
        return found

    def _point_labels(self, table: str) -> dict[int, str]:
        """The files of point labels, by the file whose points they label."""
        found = Labelled(self.tables, table, self.files, self.sensors)
        first = None
        outside, unread = Outside(self.media, self.tables, table), Unread(self.tables, table, self.files)
        for piece in self.tables.scan(table, PointLabels):
            outside.bring_in(piece.indexes, piece.rows, piece.extras)
            self.tables.tell_nameless(table, piece)
            places = unread.owners(piece, self.book)
            for index, place, row in zip(piece.indexes, places.tolist(), piece.rows, strict=True):
                if place >= 0:
                    found.add(index, place, row.filename)
            self._note_missing(table, zip(piece.indexes, (row.filename for row in piece.rows), strict=True))
            self.named = np.concatenate((self.named, name_hashes([row.filename for row in piece.rows])))
            first = first or self.tables.origin(table, piece.indexes[0])
        outside.tell()
        unread.tell()
        found.tell()
        if first is not None:
            what = f"point labels of {table} (their files are named in the extras of the lidar's data)"
            self.tables.report.loss(what, str(first), self.tables.counts[table])
        return found.names

    def _note_missing(self, table: str, rows: Iterable[tuple[int, str]]) -> None:
        """Count the rows whose file is not there; those of sample_data are told with the frames."""
        for index, name in rows:
            if name and self.media.find(name) is None:
                first, count = self._missing.get(table, ((index, name), 0))
                self._missing[table] = first, count + 1

    def _tell_missing(self) -> None:
        """Say, once a table, which files of maps and point labels are not there; where none is, they were left away."""
        self._note_missing("map", zip(self.maps.indexes, (row.filename for row in self.maps.rows), strict=True))
        for table, ((index, name), count) in self._missing.items():
            if count == self.tables.counts[table]:
                what = f"files that rows of {table} name (none is there)"
                self.tables.report.loss(what, str(self.tables.origin(table, index)), count)
                continue
            message = f"expected the files of the rows, found {count:,} not to be there, first {name!r}"
            self.tables.report.warning("nuscenes.missing-file", message, self.tables.origin(table, index, "filename"))

    def report_losses(self) -> None:
        """Say what is not there that rows name, and what of the tables has no place in any frame."""
        report, tables = self.tables.report, self.tables
        tables.gone.tell()
        self._tell_missing()
        tell_pictures(tables, self.maps, self.media)
        if self.files.skipped:
            what = "files that are no key frames (`-o sweeps=true` reads them)"
            report.loss(what, self.files.skipped_example, self.files.skipped)
        for table, owners, rows in (
            ("sample_data", self.files.samples, self.files.rows),
            ("sample_annotation", self.annotations.samples, self.annotations.rows),
        ):
            foreign = np.flatnonzero(owners == _FOREIGN)
            if len(foreign):
                what = "files of sensors that are no camera, lidar or radar"
                report.loss(what, str(tables.origin(table, int(rows[foreign[0]]))), len(foreign))
            stray = np.flatnonzero((owners < 0) & (owners != _FOREIGN))
            if len(stray):
                what = f"rows of {table} that belong to no sample, or repeat a token"
                report.loss(what, str(tables.origin(table, int(rows[stray[0]]))), len(stray))
        idle = np.setdiff1d(np.arange(len(self.instances.rows)), self.annotations.instances)
        if len(idle) and self.speaks_of_boxes:
            at = tables.origin("instance", self.instances.rows[int(idle[0])])
            report.loss("instances without annotations", str(at), len(idle))
        if len(self.maps):
            report.loss("maps (rows and files are named in the extras)", tables.path("map"), len(self.maps))
