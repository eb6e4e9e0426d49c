"""The sensors of a segment (platform-api.md B19, section F)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from lading.model.codec import decode_sensor
from lading.platform import wire
from lading.platform.wire.constants import SENSORS
from lading.server.api.request import Body, DatasetPath, Platform, SegmentQuery, Version, answer, done, parse
from lading.server.metadata import contents, datasets, versions

router = APIRouter()


@router.post(f"/{SENSORS}")
def put_sensor(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B19: new, or in place of the one of that name."""
    request = parse(wire.PutSensor, body)
    sensor = _respelt(request.sensor)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        contents.put_sensor(connection, content_id, request.name, sensor)
    return done(201)


@router.delete(f"/{SENSORS}")
def delete_sensor(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B19."""
    request = parse(wire.DeleteSensor, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        contents.delete_sensor(connection, content_id, request.sensor_name)
    return done()


@router.get(f"/{SENSORS}")
def list_sensors(platform: Platform, dataset_id: DatasetPath, version: Version, segment: SegmentQuery) -> Response:
    """B19: not paged."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = version.resolve(connection, dataset_id)
        sensors = contents.list_sensors(connection, contents.readable_content(connection, version_id, segment))
    return answer({"segmentName": segment, "sensors": list(sensors.values())})


def _respelt(sensor: dict[str, Any]) -> dict[str, Any]:
    """A sensor that decodes, as it came but for its type and the key of its distortion (B-D, D2 and D4)."""
    kept = {name: part for name, part in sensor.items() if part is not None}
    kept["type"] = decode_sensor(kept).type
    intrinsics = kept.get("intrinsics")
    if isinstance(intrinsics, dict) and "distortionCoefficient" in intrinsics:
        singular = {k: v for k, v in intrinsics.items() if k != "distortionCoefficient"}
        kept["intrinsics"] = {"distortionCoefficients": intrinsics["distortionCoefficient"], **singular}
    return kept
