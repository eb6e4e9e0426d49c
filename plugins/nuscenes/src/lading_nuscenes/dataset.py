"""The dataset that a version is: its header, and frames that stream."""

from __future__ import annotations

from collections.abc import Iterator

from lading import Dataset, Frame, Lidar, Report
from lading.model.dataset import WHOLE, Part, SourceFile, share
from lading_nuscenes.catalog import declared, tell_repeated_names
from lading_nuscenes.database import Database
from lading_nuscenes.frames import Frames
from lading_nuscenes.log_names import tell_log_names
from lading_nuscenes.naming import tell_names
from lading_nuscenes.places import tell_places
from lading_nuscenes.segments import moments, plans

_POINT_FIELDS = ("X", "Y", "Z", "Intensity", "Ring")


class NuScenesDataset(Dataset):
    """One version of a database of the nuScenes schema."""

    is_fusion = True
    #: Tokens that lead to no category or sensor, second files, and rows of ego_pose are told where they stand.
    told_rules = frozenset(
        {"category.missing", "frame.sensor-twice", "frame.unknown-sensor", "pose.not-finite", "pose.rotation"}
    )

    def __init__(self, name: str, database: Database, report: Report, *, sweeps: bool) -> None:
        self.name = name
        self.report = report
        self.is_continuous = not database.version.is_nuimages
        self.catalog = declared(database)
        tell_repeated_names(database)
        self.rules = {
            "pixels": "as given; a camera matrix counts from the middle of the first pixel",
            "boxes": "global -> ego at the time of the lidar's file -> lidar",
            "frames": "samples, and files between them by time" if sweeps else "samples",
        }
        self._database = database
        self._sweeps = sweeps
        self._plans = {plan.segment.name: plan for plan in plans(database, sweeps=sweeps)}
        tell_places(database.tables, database.samples, database.files, database.annotations, database.sensors)
        tell_names(database.tables, database.files, database.sensors, database.names)
        tell_log_names(database)
        self.segments = [plan.segment for plan in self._plans.values()]
        if any(isinstance(sensor, Lidar) for segment in self.segments for sensor in segment.sensors):
            self.bin_point_cloud_fields = _POINT_FIELDS
        tables = database.tables
        self.sources = [
            SourceFile(file=tables.path(table), kind=table, rows=rows) for table, rows in sorted(tables.counts.items())
        ]
        results = database.results
        if results is not None:
            self.sources.append(SourceFile(file=results.file.path, kind="results", rows=results.count))
        self.extras = {
            "version": database.version.name,
            **{rows.table: rows.plain() for rows in (database.categories, database.attributes, database.visibilities)},
            "map": database.maps.plain(),
            **({} if results is None or results.meta is None else {"results": results.meta}),
        }

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a scene, one at a time."""
        self.segment(segment)
        plan = self._plans[segment]
        chosen = moments(self._database, plan.group, sweeps=self._sweeps)
        indexes = share(len(chosen), part)
        heard = report if report is not None else self.report
        yield from Frames(self._database, plan, heard).read(chosen, indexes)
