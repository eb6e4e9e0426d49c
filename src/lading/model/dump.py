"""A dataset as JSON objects, one for itself, one a segment and one a frame: what `lading dump` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from lading.model.codec import encode_catalog, encode_labels, encode_sensor, encode_transform
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.naming import RemotePaths
from lading.model.report import Report

Json: TypeAlias = dict[str, Any]


def dump(dataset: Dataset, report: Report | None = None) -> Iterator[Json]:
    """The dataset's line, then each segment's followed by those of its frames (design.md section 6)."""
    yield dataset_line(dataset)
    for segment in dataset.segments:
        yield segment_line(segment)
        yield from frame_lines(dataset, segment.name, report)


def dataset_line(dataset: Dataset) -> Json:
    """The line that comes first: name, whether it is of sensor fusion, and the declared catalog."""
    return {
        "kind": "dataset",
        "name": dataset.name,
        "fusion": dataset.is_fusion,
        "catalog": encode_catalog(dataset.catalog),
    }


def segment_line(segment: Segment) -> Json:
    """The line of a segment: its name and its sensors in wire form."""
    return {
        "kind": "segment",
        "name": segment.name,
        "sensors": [encode_sensor(sensor) for sensor in segment.sensors],
    }


def frame_lines(dataset: Dataset, segment: str, report: Report | None = None) -> Iterator[Json]:
    """The lines of the frames of one segment, as they are read; `calibration` where a frame has sensors of its own.

    A label that the wire form has no place for, a second classification, is a loss.
    """
    names = RemotePaths()
    heard = dataset.report if report is None else report
    for frame in dataset.frames(segment, report=report):
        yield _frame_line(segment, frame, names, heard)


def _frame_line(segment: str, frame: Frame, names: RemotePaths, report: Report) -> Json:
    line: Json = {
        "kind": "frame",
        "segment": segment,
        "frameId": frame.frame_id,
        "extras": frame.extras,
        "data": [_data(data, names, report) for data in frame.data],
    }
    if frame.calibration:
        line["calibration"] = [encode_sensor(sensor) for sensor in frame.calibration.values()]
    return line


def _data(data: Data, names: RemotePaths, report: Report) -> Json:
    second: list[Label] = []
    encoded = encode_labels(data.labels, second)
    for label in second:
        report.loss(f"second {label.kind} of a file, into its line", str(data.locate(label)))
    return {
        "sensorName": data.sensor_name,
        "path": data.path,
        "remotePath": names.assign(data.remote_path, data.path),
        "missing": data.is_missing,
        "timestampNs": data.timestamp_ns,
        "width": data.width,
        "height": data.height,
        "egoPose": None if data.ego_pose is None else encode_transform(data.ego_pose),
        "annotation": data.annotation,
        "label": encoded,
        "extras": data.extras,
    }
