"""All that a dataset holds, as plain values in its order: what has to come back. Shares no code with the sidecar."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from lading.model.dataset import Dataset
from lading.model.frame import Data, Frame
from lading.model.label import MASK_TYPES, Label
from lading.model.report import Report
from lading.model.sensor import Camera, Sensor


def everything(dataset: Dataset) -> list[tuple[Any, ...]]:
    """One row for the dataset, each segment, frame, file and label."""
    notes = (dataset.is_fusion, dataset.is_continuous, plain(dataset.bin_point_cloud_fields))
    catalog = {
        kind: part.model_dump(exclude_unset=True, exclude_none=True)
        for kind, part in dataset.catalog.subcatalogs.items()
    }
    rows: list[tuple[Any, ...]] = [("dataset", plain(dataset.extras), plain(dataset.rules), notes, plain(catalog))]
    for segment in dataset.segments:
        sensors = [sensor_row(sensor) for sensor in segment.sensors]
        head = (segment.name, segment.description, sensors, segment.is_calibrated_by_frame, plain(segment.extras))
        rows.append(("segment", *head))
        for frame in dataset.frames(segment.name, report=Report()):
            rows += frame_rows(frame)
    return rows


def frame_rows(frame: Frame) -> list[tuple[Any, ...]]:
    calibration = frame.calibration and {name: sensor_row(sensor) for name, sensor in frame.calibration.items()}
    rows: list[tuple[Any, ...]] = [("frame", frame.key, frame.frame_id, calibration, plain(frame.extras))]
    for data in frame.data:
        rows.append(("data", data.path, data.remote_path, data.sensor_name, digest(data.content), *of_data(data)))
        rows += [("label", label.kind, *of_label(label)) for label in data.labels]
    return rows


def of_data(data: Data) -> tuple[Any, ...]:
    size = None if data.content is None else data.content.size
    numbers = (size, data.timestamp_ns, data.width, data.height)
    return (*numbers, repr(data.ego_pose), data.annotation, plain(data.extras))


def of_label(label: Label) -> tuple[Any, ...]:
    fields = {
        name: plain(getattr(label, name)) for name in label.__struct_fields__ if name not in ("origin", "content")
    }
    return (fields, digest(label.content) if isinstance(label, MASK_TYPES) else None)


def sensor_row(sensor: Sensor) -> tuple[Any, ...]:
    intrinsics = sensor.intrinsics if isinstance(sensor, Camera) else None
    distortion = None if intrinsics is None or intrinsics.distortion is None else list(intrinsics.distortion.items())
    matrix = None if intrinsics is None else intrinsics.camera_matrix
    return (sensor.type, sensor.name, sensor.description, repr(sensor.extrinsics), repr(matrix), distortion)


def digest(content: Any) -> str | None:
    if content is None:
        return None
    with content.open() as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def plain(value: Any) -> Any:
    """The value with its types, so that 1 is not True, and NaN is NaN; whole numbers are alike, as on the wire."""
    if isinstance(value, np.ndarray):
        return ("array", value.tolist())
    if hasattr(value, "__struct_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return ("number", repr(value if not value.is_integer() else int(value)))
    if isinstance(value, int) and not isinstance(value, bool):
        return ("number", repr(value))
    return value
