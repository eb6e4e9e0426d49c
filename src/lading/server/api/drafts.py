"""Drafts (platform-api.md B8) and the notes of a version (B11)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row

from lading.platform import wire
from lading.platform.wire.changes import UpdateDraft
from lading.platform.wire.constants import DRAFTS, MAX_INT, NOTES
from lading.server.api.datasets import OWNER
from lading.server.api.request import Asked, Body, DatasetPath, Platform, Version, answer, done, parse
from lading.server.metadata import contents, datasets, versions

router = APIRouter()

Status = Literal["OPEN", "CLOSED", "COMMITTED", "ALL"]
DraftPath = Annotated[int, Path(alias="number", ge=1, le=MAX_INT)]


@router.post(f"/{DRAFTS}")
def create_draft(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B8: the draft starts as a copy of its branch's head."""
    request = parse(wire.CreateDraft, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        number = versions.create_draft(
            connection,
            dataset_id,
            branch=request.branch_name,
            title=request.title,
            description=request.description or "",
            now_s=platform.now_s(),
        )
    return answer(wire.DraftId(draft_number=number), 201)


@router.get(f"/{DRAFTS}")
def list_drafts(
    platform: Platform,
    dataset_id: DatasetPath,
    page: Asked,
    status: Annotated[Status, Query()] = "OPEN",
    branch_name: Annotated[str | None, Query(alias="branchName")] = None,
) -> Response:
    """B8."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        total, rows = versions.list_drafts(connection, dataset_id, status=status, branch=branch_name, page=page)
    drafts = [_row(row) for row in rows]
    return answer(wire.DraftList(drafts=drafts, offset=page.offset, record_size=len(rows), total_count=total))


@router.get(f"/{DRAFTS}/{{number}}")
def get_draft(platform: Platform, dataset_id: DatasetPath, number: DraftPath) -> Response:
    """One draft; ours, the hosted service had no such call."""
    with platform.database.reading() as connection:
        row = versions.get_draft(connection, dataset_id, number)
    return answer(_row(row))


@router.patch(f"/{DRAFTS}/{{number}}")
def update_draft(platform: Platform, dataset_id: DatasetPath, number: DraftPath, body: Body) -> Response:
    """B8: change the words, or close it."""
    changes = parse(UpdateDraft, body).model_dump(exclude_none=True)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.update_draft(connection, dataset_id, number, changes, platform.now_s())
    return done()


@router.put(f"/{NOTES}")
@router.patch(f"/{NOTES}")
def put_notes(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B11."""
    request = parse(wire.PutNotes, body)
    changes: dict[str, Any] = {}
    if request.is_continuous is not None:
        changes["is_continuous"] = request.is_continuous
    if "bin_point_cloud_fields" in request.model_fields_set:
        changes["point_cloud_fields"] = request.bin_point_cloud_fields
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        contents.put_notes(connection, version_id, changes)
    return done()


@router.get(f"/{NOTES}")
def get_notes(platform: Platform, dataset_id: DatasetPath, version: Version) -> Response:
    """B11."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        is_continuous, fields = contents.get_notes(connection, version.resolve(connection, dataset_id))
    return answer({"isContinuous": is_continuous, "binPointCloudFields": fields})  # null stays


def _row(row: Row[Any]) -> wire.DraftRow:
    return wire.DraftRow(
        number=row.number,
        title=row.title,
        description=row.description,
        branch_name=row.branch,
        status=row.status,
        parent_commit_id=row.parent_id,
        author=wire.Person(name=OWNER, date=int(row.created_at)),
        updated_at=int(row.updated_at),
    )
