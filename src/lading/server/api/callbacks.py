"""Callbacks: files that were posted become data of a draft (platform-api.md B15, B16)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from fastapi import APIRouter, Response
from sqlalchemy import Connection

from lading.platform import wire
from lading.platform.wire.constants import CALLBACK, FUSION, MULTI_CALLBACK
from lading.server.api.labels_json import KeptLabel, keep_label
from lading.server.api.presence import Presence
from lading.server.api.request import Body, DatasetPath, Platform, done, parse
from lading.server.api.strict import judge_labels
from lading.server.metadata import contents, datasets, versions
from lading.server.metadata.contents import StoredFile
from lading.server.refusal import invalid, missing, not_found
from lading.server.services import Services

router = APIRouter()

#: A ULID, or the UUID of an older dataset (G1, FRAME-ID).
_FRAME_ID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.I)


@router.put(f"/{CALLBACK}")
def put_callback(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B15; a body with `objects` is a batch, as in the seed's example (B-D, D6)."""
    if _is_batch(body):
        return put_callbacks(platform, dataset_id, body)
    request = parse(wire.Callback, body)
    return _register(platform, dataset_id, request.draft_number, request.segment_name, [request])


@router.put(f"/{MULTI_CALLBACK}")
def put_callbacks(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B16: all objects or none."""
    request = parse(wire.MultiCallback, body)
    return _register(platform, dataset_id, request.draft_number, request.segment_name, request.objects)


class _Batch(msgspec.Struct):
    objects: msgspec.Raw = msgspec.Raw()  # in a union with None, Raw would take null alone


def _is_batch(body: bytes) -> bool:
    try:
        return bytes(msgspec.json.decode(body, type=_Batch).objects) not in (b"", b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # `parse` says what is wrong with it


def _register(
    platform: Services, dataset_id: str, draft_number: int, segment: str, objects: Sequence[wire.CallbackObject]
) -> Response:
    presence = Presence(platform, dataset_id)
    labels = [keep_label(platform, dataset_id, item.label) if item.label else None for item in objects]
    sizes = platform.objects.sizes(dataset_id, {item.checksum for item in objects})
    files = [_stored_file(sizes, item, label) for item, label in zip(objects, labels, strict=True)]
    masks = (mask for label in labels if label is not None for mask in label.masks)
    checksums = [*masks, *(file.checksum for file in files)]
    platform.objects.settle(checksums)
    rows = {item.remote_path: label.rows for item, label in zip(objects, labels, strict=True) if label is not None}
    with platform.database.writing() as connection:
        dataset = datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, draft_number)
        content_id = contents.writable_content(connection, version_id, segment)
        presence.confirm(connection, checksums)
        if dataset.type == FUSION:
            _check_frames(connection, content_id, files)
        else:
            files = [_without_frame(file) for file in files]
        judge_labels(platform, connection, version_id, rows)
        contents.put_files(connection, content_id, files, platform.now_s())
    return done()


def _stored_file(sizes: Mapping[str, int], item: wire.CallbackObject, label: KeptLabel | None) -> StoredFile:
    size = sizes.get(item.checksum)
    if size is None:
        raise not_found("object", item.checksum)
    if item.file_size is not None and item.file_size != size:
        raise invalid(f"fileSize: expected {size}, the bytes of object {item.checksum}, found {item.file_size}")
    return StoredFile(
        remote_path=item.remote_path,
        checksum=item.checksum,
        size=size,
        timestamp_s=item.timestamp,
        frame_id=item.frame_id or "",
        sensor_name=item.sensor_name or "",
        label=None if label is None else label.text,
    )


def _without_frame(file: StoredFile) -> StoredFile:
    """A dataset of type 0 has no frames; what is sent all the same is not looked at (G1, FRAME-PLAIN)."""
    return StoredFile(file.remote_path, file.checksum, file.size, file.timestamp_s, label=file.label)


def _check_frames(connection: Connection, content_id: int, files: Sequence[StoredFile]) -> None:
    sensors = contents.list_sensors(connection, content_id)
    for file in files:
        if not file.frame_id:
            raise missing("frameId")
        if not file.sensor_name:
            raise missing("sensorName")
        if not _FRAME_ID.fullmatch(file.frame_id):
            raise invalid(f"frameId: expected a ULID or a UUID, found {file.frame_id!r}")
        if file.sensor_name not in sensors:
            raise not_found("sensor", file.sensor_name)
