"""Datasets and who owns them (platform-api.md B1 to B6, B12, B30)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from lading.platform import wire
from lading.platform.wire.changes import TotalSize, UpdateDataset, User
from lading.platform.wire.constants import DATASET, DATASETS
from lading.server import manifest
from lading.server.api.request import Asked, Body, DatasetPath, Platform, answer, done, parse
from lading.server.metadata import contents, datasets, pruning, versions

router = APIRouter()

#: The platform has one user.
OWNER = "local"


@router.get("/users")
async def get_user() -> Response:
    """B1."""
    return answer(User(id="0" * 32, nickname=OWNER))


@router.get("/auth-storage-configs")
@router.get("/storage-configs")
async def list_storage_configs(page: Asked) -> Response:
    """B12: this platform has its own storage and no other."""
    return answer({"configs": [], "offset": page.offset, "recordSize": 0, "totalCount": 0})


@router.post(f"/{DATASETS}")
def create_dataset(platform: Platform, body: Body) -> Response:
    """B2."""
    request = parse(wire.CreateDataset, body)
    with platform.database.writing() as connection:
        dataset_id = datasets.new_id(connection, request.name)
        pruning.note_unsettled(connection, dataset_id)
    with platform.database.writing() as connection:
        datasets.create_dataset(
            connection,
            dataset_id,
            name=request.name,
            kind=request.type,
            alias=request.alias,
            is_public=request.is_public,
            config_name=request.config_name or "",
            now_s=platform.now_s(),
        )
        manifest.keep_refs(platform.objects, connection, dataset_id)
        pruning.note_settled(connection, dataset_id)
    return answer(wire.DatasetId(id=dataset_id), 201)


@router.get(f"/{DATASETS}")
def list_datasets(platform: Platform, page: Asked, name: Annotated[str | None, Query()] = None) -> Response:
    """B3."""
    with platform.database.reading() as connection:
        total, rows = datasets.list_datasets(connection, name, page)
    listed = [
        wire.DatasetRow(
            id=row.id,
            name=row.name,
            alias=row.alias,
            type=row.type,
            default_branch=row.default_branch,
            commit_id=row.commit_id,
            update_time=int(row.updated_at),
            owner=OWNER,
        )
        for row in rows
    ]
    return answer(wire.DatasetList(datasets=listed, offset=page.offset, record_size=len(rows), total_count=total))


@router.get(f"/{DATASET}")
def get_dataset(platform: Platform, dataset_id: DatasetPath) -> Response:
    """B4."""
    with platform.database.reading() as connection:
        row = datasets.get_dataset(connection, dataset_id)
    return answer(
        wire.DatasetInfo(
            name=row.name,
            alias=row.alias,
            type=row.type,
            default_branch=row.default_branch,
            commit_id=row.commit_id,
            update_time=int(row.updated_at),
            owner=OWNER,
            is_public=row.is_public,
            config_name=row.config_name,
        )
    )


@router.put(f"/{DATASET}")
@router.patch(f"/{DATASET}")
def update_dataset(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B5."""
    changes = parse(UpdateDataset, body).model_dump(exclude_none=True)
    with platform.database.writing() as connection:
        datasets.update_dataset(connection, dataset_id, changes, platform.now_s())
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return done()


@router.delete(f"/{DATASET}")
def delete_dataset(platform: Platform, dataset_id: DatasetPath) -> Response:
    """B6: a body is not looked at."""
    with platform.database.writing() as connection:
        datasets.delete_dataset(connection, dataset_id)
        pruning.note_unsettled(connection, dataset_id)
    manifest.settle(platform.objects, platform.database, dataset_id)
    return done()


@router.get(f"/{DATASET}/total-size")
def get_total_size(platform: Platform, dataset_id: DatasetPath, commit: Annotated[str, Query()]) -> Response:
    """B30."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.readable_version(connection, dataset_id, None, commit)
        size = contents.total_size(connection, version_id)
    return answer(TotalSize(total_size=size))
