"""calibrated_sensor and sensor: the model's sensors, one a row of calibrated_sensor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Camera, CameraMatrix, FisheyeCamera, Intrinsics, Lidar, Origin, Radar, Sensor, Transform3D, counted
from lading.model.geometry import EGO
from lading.model.recurring import is_often
from lading_nuscenes.schema import CalibratedSensor
from lading_nuscenes.schema import Sensor as SensorRow
from lading_nuscenes.tables import Rows, Tables

#: Coefficients by how many a row has: OpenCV's order. nuImages has five, and six for its fisheye (4.5).
_COEFFICIENTS = {
    4: ("k1", "k2", "p1", "p2"),
    5: ("k1", "k2", "p1", "p2", "k3"),
    6: ("k1", "k2", "p1", "p2", "k3", "k4"),
    8: ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"),
}
_FISHEYE = 6

#: Metres from the vehicle to a sensor that goes along: beyond it a place is in millimetres, or none in its frame.
_FAR_M = 500.0


#: The columns of a row that hold the parts of a sensor.
_PARTS = {
    "translation": "translation",
    "rotation": "rotation",
    "matrix": "camera_intrinsic",
    "distortion": "camera_distortion",
}

#: The lidar whose frame the boxes lie in, where there is one of this name; else the first of the table.
_FIRST_LIDAR = "LIDAR_TOP"


class Sensors:
    """The sensors by the place of their row in calibrated_sensor: `models`, None for one without a sensor's row.

    `ranks` orders the files of a frame as sensor.json orders its rows; `carriers` says which sensor takes boxes first.
    `kinds` are the rows of sensor.json, `foreign` the places of sensors that the model has no type for, such as an IMU.
    """

    def __init__(self, rows: Rows[CalibratedSensor], kinds: Rows[SensorRow], tables: Tables) -> None:
        self.models: list[Sensor | None] = []
        self.ranks: list[int] = []
        self.carriers: list[tuple[int, int]] = []
        self.foreign: list[int] = []
        self.kinds = kinds
        self._rows = rows
        self._tables = tables
        self._told: set[int] = set()  # kinds of sensors, by row
        self._nameless: set[int] = set()
        tokens = [row.sensor_token for row in rows.rows]
        found = kinds.find(tokens)
        tables.dangling("calibrated_sensor", "sensor_token", "sensor", rows.indexes, found, tokens)
        for place, kind in enumerate(found.tolist()):
            model = None if kind < 0 else self._model(place, kinds.rows[kind], kinds.indexes[kind])
            self.models.append(model)
            self.ranks.append(kind if kind >= 0 else len(kinds))
            self.carriers.append((carrying(model), kind))
        self._tell_far()

    def _tell_far(self) -> None:
        """Say which sensors are farther from the vehicle than anything on it, once where most are: no metres."""
        places = np.array([row.translation for row in self._rows.rows], dtype=np.float64).reshape(-1, 3)
        far = np.flatnonzero((np.isfinite(places) & (np.abs(places) > _FAR_M)).any(axis=1)).tolist()
        is_most = is_often(len(far), len(places))
        for place in far[: 1 if is_most else None]:
            found = f"{places[place].tolist()}"
            if is_most:
                found += f", and such in {counted(len(far) - 1, 'more row')} of {len(places):,}"
            at = self._tables.origin("calibrated_sensor", self._rows.indexes[place], "translation")
            message = f"expected metres from the vehicle, {_FAR_M:g} or less, found {found}"
            self._tables.report.warning("nuscenes.sensor-place", message, at)

    def origin(self, place: int, *parts: str) -> Origin:
        """The place of a row, or of a part of it."""
        return self._tables.origin("calibrated_sensor", self._rows.indexes[place], *parts)

    def extras(self, place: int) -> dict[str, Any]:
        """What of a row the model has no place for."""
        row = self._rows.rows[place]
        return {"token": row.token, "sensor_token": row.sensor_token, **self._rows.extras.get(place, {})}

    def _model(self, place: int, kind: SensorRow, kind_index: int) -> Sensor | None:
        row = self._rows.rows[place]
        name = kind.channel
        extrinsics = Transform3D(name, EGO, row.translation, row.rotation)
        told = frozenset(() if name else ("sensor.empty-name",))
        if not name:
            self._tell_nameless(kind_index)
        at = {"origin": self._tables.origin("calibrated_sensor", self._rows.indexes[place]), "parts": _PARTS}
        if kind.modality == "lidar":
            return Lidar(name=name, extrinsics=extrinsics, told=told, **at)
        if kind.modality == "radar":
            return Radar(name=name, extrinsics=extrinsics, told=told, **at)
        if kind.modality != "camera":
            self._tell_modality(place, kind.modality, kind_index)
            return None
        camera = FisheyeCamera if len(row.camera_distortion or ()) == _FISHEYE else Camera
        intrinsics = self._intrinsics(place, row)
        is_told = intrinsics is None and "camera_intrinsic" in self._rows.extras.get(place, {})
        told |= {"sensor.no-intrinsics"} if is_told else set()
        return camera(name=name, extrinsics=extrinsics, intrinsics=intrinsics, told=told, **at)

    def tell_centres(self, calibrated: NDArray[np.int32], sizes: NDArray[np.int32]) -> None:
        """Say which cameras have a principal point beside their pictures; of some files the sensor and the size."""
        sized = np.flatnonzero((sizes > 0).all(axis=1) & (calibrated >= 0))
        places, firsts = np.unique(calibrated[sized], return_index=True)
        for place, (width, height) in zip(places.tolist(), sizes[sized[firsts]].tolist(), strict=True):
            model = self.models[place]
            matrix = model.intrinsics.camera_matrix if isinstance(model, Camera) and model.intrinsics else None
            if matrix is not None and (matrix.cx < 0 or matrix.cx > width or matrix.cy < 0 or matrix.cy > height):
                message = (
                    f"expected a principal point within pictures of {width} x {height}, "
                    f"found ({matrix.cx!r}, {matrix.cy!r})"
                )
                at = self._tables.origin("calibrated_sensor", self._rows.indexes[place], "camera_intrinsic")
                self._tables.report.warning("nuscenes.camera", message, at)

    def _tell_nameless(self, kind_index: int) -> None:
        """Say, once a row of sensor, that its channel is empty."""
        if kind_index not in self._nameless:
            self._nameless.add(kind_index)
            at = self._tables.origin("sensor", kind_index, "channel")
            self._tables.report.error("nuscenes.channel", "expected the name of a sensor, found an empty one", at)

    def _tell_modality(self, place: int, modality: str | None, kind_index: int) -> None:
        """A sensor of another kind has no place in the model; one of no kind is a fault of its row. Told once."""
        if modality:
            self.foreign.append(place)
        if kind_index in self._told or self._tables.is_mended("sensor", kind_index, "modality"):
            return
        self._told.add(kind_index)
        report, at = self._tables.report, self._tables.origin("sensor", kind_index, "modality")
        message = f"expected a sensor of modality camera, lidar or radar, found {modality!r}"
        if modality:
            report.warning("nuscenes.modality", f"{message}; its files are left out", at)
        else:
            report.error("nuscenes.modality", message, at)

    def _intrinsics(self, place: int, row: CalibratedSensor) -> Intrinsics | None:
        matrix = row.camera_intrinsic
        if not matrix:
            return None  # or it was of another type, and is told
        if [len(line) for line in matrix] != [3, 3, 3]:
            self._odd(place, "camera_intrinsic", f"expected a 3 x 3 matrix, found {matrix!r}", matrix)
            return None
        (fx, skew, cx), (zero, fy, cy), last = matrix
        if not any(map(any, matrix)):
            self._rows.extras.setdefault(place, {})["camera_intrinsic"] = matrix  # told as focal lengths of 0
        elif zero != 0 or last != [0, 0, 1]:
            message = f"expected 0 below the diagonal and 1 at its end, found {matrix!r}; these are left out"
            self._odd(place, "camera_intrinsic", message, matrix)
        return Intrinsics(
            camera_matrix=CameraMatrix(fx=fx, fy=fy, cx=cx, cy=cy, skew=skew), distortion=self._distortion(place, row)
        )

    def _distortion(self, place: int, row: CalibratedSensor) -> dict[str, float] | None:
        values = row.camera_distortion
        if not values:
            return None
        names = _COEFFICIENTS.get(len(values))
        if names is None:
            expected = ", ".join(map(str, _COEFFICIENTS))
            self._odd(place, "camera_distortion", f"expected one of {expected} numbers, found {len(values)}", values)
            return None
        return dict(zip(names, values, strict=True))

    def _odd(self, place: int, column: str, message: str, value: Any) -> None:
        at = self._tables.origin("calibrated_sensor", self._rows.indexes[place], column)
        self._tables.report.warning("nuscenes.camera", message, at)
        self._rows.extras.setdefault(place, {})[column] = value


def carrying(model: Sensor | None) -> int:
    """Which sensor of a frame carries its boxes: the least number."""
    if model is None:
        return 4
    if isinstance(model, Lidar):
        return 0 if model.name == _FIRST_LIDAR else 1
    return 2 if isinstance(model, Radar) else 3
