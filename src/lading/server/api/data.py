"""What lies in a segment: files, their addresses, their details; removing them (platform-api.md B20 to B28)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from lading.platform.wire.changes import DeleteFiles, DeleteFrame
from lading.platform.wire.constants import (
    DATA,
    DATA_DETAILS,
    DATA_URLS,
    DATASET,
    FUSION,
    LABELS,
    SORT_KEYS,
    SORT_KEYS_OF_URLS,
)
from lading.server.api.labels_json import show_label
from lading.server.api.request import (
    Asked,
    Body,
    Caller,
    Client,
    DatasetPath,
    Platform,
    SegmentQuery,
    Version,
    VersionSelector,
    answer,
    done,
    parse,
    sorted_by,
)
from lading.server.metadata import contents, datasets, versions
from lading.server.metadata.paging import Page
from lading.server.services import Services

router = APIRouter()

PathQuery = Annotated[str | None, Query(alias="remotePath")]
Show = Callable[[Row[Any]], dict[str, Any]]


@router.get(f"/{DATA}")
def list_data(
    platform: Platform, dataset_id: DatasetPath, segment: SegmentQuery, version: Version, page: Asked
) -> Response:
    """B20."""
    page = sorted_by(page, *SORT_KEYS)
    listed = _list(platform, dataset_id, version, segment, page, None, _show_file, "frame")
    return answer({"segmentName": segment, "type": listed.type, "data": listed.rows, **listed.page})


@router.get(f"/{DATA_URLS}")
def list_urls(
    platform: Platform,
    dataset_id: DatasetPath,
    segment: SegmentQuery,
    version: Version,
    page: Asked,
    client: Caller,
    remote_path: PathQuery = None,
) -> Response:
    """B21."""
    page = sorted_by(page, *SORT_KEYS_OF_URLS, "name")
    if page.sort_by == "remotePath":
        page = Page(page.offset, page.limit, "name", page.is_ascending)

    def show(row: Row[Any]) -> dict[str, Any]:
        return {"remotePath": row.remote_path, "url": platform.url(client.base_url, dataset_id, row.checksum)}

    listed = _list(platform, dataset_id, version, segment, page, remote_path, show, "urls")
    return answer({**listed.page, "segmentName": segment, "urls": listed.rows})


@router.get(f"/{DATA_DETAILS}")
def list_details(
    platform: Platform,
    dataset_id: DatasetPath,
    segment: SegmentQuery,
    version: Version,
    page: Asked,
    client: Caller,
    remote_path: PathQuery = None,
) -> Response:
    """B22."""
    page = sorted_by(page, *SORT_KEYS)

    def show(row: Row[Any]) -> dict[str, Any]:
        url = {"url": platform.url(client.base_url, dataset_id, row.checksum)}
        return _show_file(row) | url | _show_labels(platform, client, dataset_id, row)

    listed = _list(platform, dataset_id, version, segment, page, remote_path, show, "frame")
    return answer({"segmentName": segment, "type": listed.type, "dataDetails": listed.rows, **listed.page})


@router.get(f"/{LABELS}")
def list_labels(
    platform: Platform,
    dataset_id: DatasetPath,
    segment: SegmentQuery,
    version: Version,
    page: Asked,
    client: Caller,
    remote_path: PathQuery = None,
) -> Response:
    """B26: every file, labelled or not."""
    page = sorted_by(page, *SORT_KEYS)

    def show(row: Row[Any]) -> dict[str, Any]:
        return {"remotePath": row.remote_path} | _show_labels(platform, client, dataset_id, row)

    listed = _list(platform, dataset_id, version, segment, page, remote_path, show, "frame")
    return answer({"segmentName": segment, "type": listed.type, "labels": listed.rows, **listed.page})


@router.delete(f"/{DATA}")
def delete_files(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B27."""
    request = parse(DeleteFiles, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        contents.delete_files(connection, content_id, request.paths)
    return done()


@router.delete(f"/{DATASET}/frames")
def delete_frame(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B28."""
    request = parse(DeleteFrame, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        content_id = contents.writable_content(connection, version_id, request.segment_name)
        contents.delete_frame(connection, content_id, request.frame_id)
    return done()


class _Listed:
    """A page of rows: files in a dataset of type 0, frames of files in one of type 1."""

    def __init__(self, kind: int, rows: list[dict[str, Any]], page: Page, total: int) -> None:
        self.type = kind
        self.rows = rows
        self.page = {"offset": page.offset, "recordSize": len(rows), "totalCount": total}


def _list(
    platform: Services,
    dataset_id: str,
    version: VersionSelector,
    segment: str,
    page: Page,
    remote_path: str | None,
    show: Show,
    frame_key: str,
) -> _Listed:
    with platform.database.reading() as connection:
        kind = datasets.get_dataset(connection, dataset_id).type
        content_id = contents.readable_content(connection, version.resolve(connection, dataset_id), segment)
        if kind != FUSION:
            total, files = contents.list_files(connection, content_id, page, remote_path)
            return _Listed(kind, [show(row) for row in files], page, total)
        total, frames = contents.list_frames(connection, content_id, page, remote_path)
        rows = [
            {"frameId": frame_id, frame_key: [{"sensorName": row.slot} | show(row) for row in files]}
            for frame_id, files in frames
        ]
        return _Listed(kind, rows, page, total)


def _show_file(row: Row[Any]) -> dict[str, Any]:
    return {"remotePath": row.remote_path, "checksum": row.checksum}


def _show_labels(platform: Services, client: Client, dataset_id: str, row: Row[Any]) -> dict[str, Any]:
    time = {} if row.timestamp is None else {"timestamp": row.timestamp}
    return {**time, "label": show_label(platform, client, dataset_id, row.text, row.remote_path)}
