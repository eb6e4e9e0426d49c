"""The addresses of masks (platform-api.md B23)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection, Row

from lading.platform.wire.constants import DATASET, FUSION, SORT_KEYS
from lading.server.api.labels_json import mask_path
from lading.server.api.request import (
    Asked,
    Caller,
    Client,
    DatasetPath,
    Platform,
    SegmentQuery,
    Version,
    answer,
    sorted_by,
)
from lading.server.metadata import contents, datasets
from lading.server.services import Services

router = APIRouter()

MaskType = Literal["SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK"]


@router.get(f"/{DATASET}/masks/urls")
def list_mask_urls(
    platform: Platform,
    dataset_id: DatasetPath,
    segment: SegmentQuery,
    version: Version,
    page: Asked,
    client: Caller,
    mask_type: Annotated[MaskType, Query(alias="maskType")],
    remote_path: Annotated[str | None, Query(alias="remotePath")] = None,
) -> Response:
    """B23: a row for each file of the page, null where it has no such mask; `remotePath` is the file's or the mask's.

    In a dataset of type 1 the rows are frames of such rows, as in B21.
    """
    page = sorted_by(page, *SORT_KEYS)
    with platform.database.reading() as connection:
        kind = datasets.get_dataset(connection, dataset_id).type
        content_id = contents.readable_content(connection, version.resolve(connection, dataset_id), segment)
        if remote_path is not None:
            remote_path = _file_path(connection, content_id, remote_path)
        urls: list[Any] = []
        if kind == FUSION:
            total, frames = contents.list_frames(connection, content_id, page, remote_path)
            for frame_id, files in frames:
                masks = [_show(platform, client, dataset_id, row, mask_type) for row in files]
                urls.append({"frameId": frame_id, "urls": masks})
        else:
            total, rows = contents.list_files(connection, content_id, page, remote_path)
            urls = [_show(platform, client, dataset_id, row, mask_type) for row in rows]
    counts = {"offset": page.offset, "recordSize": len(urls), "totalCount": total}
    return answer({"segmentName": segment, "urls": urls, **counts})


def _file_path(connection: Connection, content_id: int, path: str) -> str:
    """The path of a file whose own path or whose mask's path is given."""
    paths = contents.paths_of(connection, content_id, path.removesuffix(".png"))
    return path if path in paths else next((found for found in paths if mask_path(found) == path), path)


def _show(platform: Services, client: Client, dataset_id: str, row: Row[Any], mask_type: str) -> dict[str, Any] | None:
    mask = {} if row.text is None else msgspec.json.decode(row.text).get(mask_type, {})
    checksum = mask.get("checksum")
    if checksum is None:
        return None
    return {"remotePath": mask_path(row.remote_path), "url": platform.url(client.base_url, dataset_id, checksum)}
