"""The sensor of a sample that its boxes lie on: the lidar, or another that has a place in the world."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO

from lading import Data, Report, Transform3D, counted
from lading_nuscenes.boxes import Boxes
from lading_nuscenes.database import Database
from lading_nuscenes.rotations import is_rotation
from lading_nuscenes.segments import Moment, Plan

#: The tables that say of what sensors a sample has files, and where these are.
_PLACING = ("sensor", "calibrated_sensor", "ego_pose", "sample_data")


class Carriers:
    """Puts the boxes of one segment's samples on their data; `results` is the open results file, where there is one."""

    def __init__(self, database: Database, plan: Plan, report: Report) -> None:
        self.results: BinaryIO | None = None
        self._database = database
        self._plan = plan
        self._report = report
        self._boxes = Boxes(database)

    def put(self, moment: Moment, data: list[Data], key: str, lacking: Collection[str]) -> Collection[str]:
        """Put the boxes of a sample on its lidar, or on another sensor that has a place in the world.

        Gives the sensors of which it is told that the sample has no file; of `lacking` it is told elsewhere.
        """
        database = self._database
        places = database.annotations.of_sample(moment.sample)
        detected = None if database.results is None else database.results.count_of(moment.sample)
        if not database.speaks_of_boxes and detected is None:
            return ()
        count = len(places) + (detected or 0)
        files = moment.files.tolist()
        carriers = database.sensors.carriers
        ranked = sorted(
            (*carriers[database.files.calibrated[file]], number)
            for number, file in enumerate(files)
            if database.sensor_of(file) is not None
        )
        found = ((number, self._placed(files[number], data[number])) for *_, number in ranked)
        number, placed = next((pair for pair in found if pair[1] is not None), (0, None))
        if placed is None:
            if count:
                self._tell_unplaced(moment, count, key)
            return ()
        carrier = data[number]
        told: Collection[str] = ()
        if count:
            told = self._tell_carrier(data, carrier, count, key, lacking)
            boxes = self._boxes.labels(places, *placed, self._report) if len(places) else []
            carrier.told = [*carrier.told, *self._boxes.told(places, boxes)]
            if detected and database.results is not None and self.results is not None:
                boxes += database.results.labels(moment.sample, self.results, *placed, self._report)
            carrier.labels = [*carrier.labels, *boxes]
        carrier.annotation = "present" if carrier.labels else "empty"
        return told

    def _placed(self, file: int, data: Data) -> tuple[Transform3D, Transform3D] | None:
        """Where the vehicle was and where the sensor sits in it, if both are known."""
        sensor = self._database.sensor_of(file)
        if sensor is None or sensor.extrinsics is None or data.ego_pose is None:
            return None
        return (
            (data.ego_pose, sensor.extrinsics)
            if is_rotation(data.ego_pose) and is_rotation(sensor.extrinsics)
            else None
        )

    def _tell_unplaced(self, moment: Moment, count: int, key: str) -> None:
        database = self._database
        at = database.tables.origin("sample", database.samples.rows[moment.sample])
        tables = database.tables
        is_lost = any(table not in tables or tables.is_cut(table) for table in _PLACING)
        if not is_lost and moment.sample not in database.lacking:  # that a table, or a file, is not there is told
            boxes = counted(count, "box", "boxes")
            message = f"expected a sensor with a pose to carry {boxes}, found none; they are left out"
            self._report.error("nuscenes.unplaced-boxes", message, at, segment=self._plan.segment.name, frame=key)
        self._report.loss("boxes of samples without a sensor that has a pose", str(at), count)

    def _tell_carrier(
        self, data: list[Data], carrier: Data, count: int, key: str, lacking: Collection[str]
    ) -> Collection[str]:
        """Say that boxes lie on another sensor than on those of other frames; give that where it is said to be lacking.

        Where the usual one has a file without a pose, its row of ego_pose is a finding, where its file is left out,
        or has a calibration that is not there, its row of sample_data is, and this what came of it.
        """
        usual = self._plan.carrier
        if usual is None or carrier.sensor_name == usual:
            return ()
        lidar = next((part for part in data if part.sensor_name == usual), None)
        if lidar is not None:
            what = "boxes of samples whose usual sensor has no pose, on another one"
            self._report.loss(what, str(lidar.origin), count)
            return ()
        if usual in lacking or any(part.sensor_name is None for part in data):
            self._report.loss("boxes of samples whose usual sensor's file is left out, on another one", key, count)
            return ()
        place = f"{carrier.sensor_name}'s frame"
        message = (
            f"expected a file of {usual} to carry {counted(count, 'box', 'boxes')}, found none; they lie in {place}"
        )
        where = {"segment": self._plan.segment.name, "frame": key, "sensor": usual}
        self._report.warning("nuscenes.carrier", message, carrier.origin, **where)
        return (usual,)
