"""Labels of files that are there already (platform-api.md B24, B25)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lading.platform import wire
from lading.platform.wire.changes import PutLabelsOfMany
from lading.platform.wire.constants import DATASET, LABELS
from lading.server.api.labels_json import keep_label
from lading.server.api.presence import Presence
from lading.server.api.request import Body, DatasetPath, Platform, done, parse
from lading.server.api.strict import judge_labels
from lading.server.metadata import contents, datasets, versions

router = APIRouter()


@router.put(f"/{LABELS}")
def put_labels(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B24: replaces the labels of one file."""
    request = parse(wire.PutLabels, body)
    presence = Presence(platform, dataset_id)
    label = keep_label(platform, dataset_id, request.label)
    platform.objects.settle(label.masks)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        presence.confirm(connection, label.masks)
        judge_labels(platform, connection, version_id, {request.remote_path: label.rows})
        where = (content_id, request.remote_path, request.sensor_name)
        contents.put_label(connection, *where, label.text, platform.now_s())
    return done()


@router.put(f"/{DATASET}/multi/data/labels")
def put_labels_of_many(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B25: all or none."""
    request = parse(PutLabelsOfMany, body)
    presence = Presence(platform, dataset_id)
    labels = [(item.remote_path, keep_label(platform, dataset_id, item.label)) for item in request.objects]
    masks = [mask for _, label in labels for mask in label.masks]
    platform.objects.settle(masks)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        presence.confirm(connection, masks)
        judge_labels(platform, connection, version_id, {path: label.rows for path, label in labels})
        for path, label in labels:
            contents.put_label(connection, content_id, path, None, label.text, platform.now_s())
    return done()
