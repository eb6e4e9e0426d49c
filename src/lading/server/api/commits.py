"""Commits, and the branches and tags that name them (platform-api.md B7, B9, B10)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from lading.platform import wire
from lading.platform.wire.changes import BranchList, BranchRow, CreateBranch, DeleteName
from lading.platform.wire.constants import COMMITS, DATASET, ROOT_COMMIT, TAGS
from lading.server import manifest
from lading.server.api.datasets import OWNER
from lading.server.api.request import Asked, Body, DatasetPath, Platform, answer, done, parse
from lading.server.metadata import datasets, versions

router = APIRouter()

BRANCHES = f"{DATASET}/branches"
NameQuery = Annotated[str | None, Query()]


@router.post(f"/{COMMITS}")
def commit_draft(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B9."""
    request = parse(wire.CreateCommit, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        commit_id = versions.commit_draft(
            connection,
            dataset_id,
            request.draft_number,
            title=request.title,
            description=request.description or "",
            tag=request.tag,
            now_s=platform.now_s(),
        )
        manifest.keep_manifest(platform.objects, connection, dataset_id, commit_id)
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return answer(wire.CommitId(commit_id=commit_id), 201)


@router.get(f"/{COMMITS}")
def list_commits(
    platform: Platform, dataset_id: DatasetPath, page: Asked, commit: Annotated[str | None, Query()] = None
) -> Response:
    """B9: newest first; without a revision, from the head of the default branch."""
    with platform.database.reading() as connection:
        head = datasets.get_dataset(connection, dataset_id).commit_id
        total, rows = versions.list_commits(connection, dataset_id, commit or head, page)
    commits = [
        wire.CommitRow(
            commit_id=row.id,
            parent_commit_id=row.parent_id,
            title=row.title,
            description=row.description,
            committer=_committer(row),
            data_count=row.data_count,
        )
        for row in rows
    ]
    return answer(wire.CommitList(commits=commits, offset=page.offset, record_size=len(rows), total_count=total))


@router.post(f"/{BRANCHES}")
def create_branch(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B7."""
    request = parse(CreateBranch, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.create_name(connection, dataset_id, "branch", request.name, request.commit)
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return done(201)


@router.get(f"/{BRANCHES}")
def list_branches(platform: Platform, dataset_id: DatasetPath, page: Asked, name: NameQuery = None) -> Response:
    """B7: a branch at the root commit has no more than its name and that id."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        total, rows = versions.list_names(connection, dataset_id, "branch", name, page)
    branches = [
        BranchRow(name=row.name, commit_id=row.id) if row.id == ROOT_COMMIT else BranchRow(**_named(row))
        for row in rows
    ]
    return answer(BranchList(branches=branches, offset=page.offset, record_size=len(rows), total_count=total))


@router.delete(f"/{BRANCHES}")
def delete_branch(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B7."""
    request = parse(DeleteName, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.delete_name(connection, dataset_id, "branch", request.name)
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return done()


@router.post(f"/{TAGS}")
def create_tag(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B10."""
    request = parse(wire.CreateTag, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.create_name(connection, dataset_id, "tag", request.name, request.commit)
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return done(201)


@router.get(f"/{TAGS}")
def list_tags(platform: Platform, dataset_id: DatasetPath, page: Asked, name: NameQuery = None) -> Response:
    """B10."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        total, rows = versions.list_names(connection, dataset_id, "tag", name, page)
    tags = [wire.TagRow(**_named(row)) for row in rows]
    return answer(wire.TagList(tags=tags, offset=page.offset, record_size=len(rows), total_count=total))


@router.delete(f"/{TAGS}")
def delete_tag(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B10."""
    request = parse(DeleteName, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.delete_name(connection, dataset_id, "tag", request.name)
        manifest.keep_refs(platform.objects, connection, dataset_id)
    return done()


def _named(row: Row[Any]) -> dict[str, Any]:
    return {
        "name": row.name,
        "commit_id": row.id,
        "parent_commit_id": row.parent_id or ROOT_COMMIT,
        "title": row.title,
        "description": row.description,
        "committer": _committer(row),
    }


def _committer(row: Row[Any]) -> wire.Person:
    return wire.Person(name=OWNER, date=int(row.committed_at))
