"""Datasets: made, listed, changed, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from lading.platform.wire.constants import DEFAULT_BRANCH, ROOT_COMMIT
from lading.server.metadata.paging import Page, matching
from lading.server.metadata.tables import branches, commits, data, datasets, labels, versions
from lading.server.refusal import not_found, taken


def new_id(connection: Connection, name: str) -> str:
    """The id for a dataset of this name. Raises ConflictError where the name is taken."""
    _check_free(connection, name)
    return uuid.uuid4().hex


def create_dataset(
    connection: Connection,
    dataset_id: str,
    *,
    name: str,
    kind: int,
    alias: str,
    is_public: bool,
    config_name: str,
    now_s: float,
) -> None:
    """A new dataset with an empty root commit. Raises ConflictError where the name is taken."""
    _check_free(connection, name)
    connection.execute(
        insert(datasets).values(
            id=dataset_id,
            name=name,
            type=kind,
            alias=alias,
            is_public=is_public,
            config_name=config_name,
            default_branch=DEFAULT_BRANCH,
            next_draft=1,
            created_at=now_s,
            updated_at=now_s,
        )
    )
    _commit_nothing(connection, dataset_id, now_s)


def _commit_nothing(connection: Connection, dataset_id: str, now_s: float) -> None:
    """The root commit, which holds no data, and the default branch at it."""
    version_id = connection.execute(
        insert(versions).values(dataset_id=dataset_id, catalog={}, is_continuous=False).returning(versions.c.id)
    ).scalar_one()
    connection.execute(
        insert(commits).values(
            dataset_id=dataset_id,
            id=ROOT_COMMIT,
            version_id=version_id,
            parent_id=None,
            title="",
            description="",
            committed_at=now_s,
            data_count=0,
        )
    )
    connection.execute(insert(branches).values(dataset_id=dataset_id, name=DEFAULT_BRANCH, commit_id=ROOT_COMMIT))


def _check_free(connection: Connection, name: str) -> None:
    if connection.execute(select(datasets.c.id).where(datasets.c.name == name)).first() is not None:
        raise taken("dataset", name)


_WITH_HEAD = select(datasets, branches.c.commit_id).join(
    branches, (branches.c.dataset_id == datasets.c.id) & (branches.c.name == datasets.c.default_branch)
)


def get_dataset(connection: Connection, dataset_id: str) -> Row[Any]:
    """A dataset's row with `commit_id`, the head of its default branch. Raises NotFoundError."""
    row = connection.execute(_WITH_HEAD.where(datasets.c.id == dataset_id)).first()
    if row is None:
        raise not_found("dataset", dataset_id)
    return row


def all_ids(connection: Connection) -> list[str]:
    """The id of every dataset."""
    return list(connection.execute(select(datasets.c.id).order_by(datasets.c.id)).scalars())


def list_datasets(connection: Connection, name: str | None, page: Page) -> tuple[int, Sequence[Row[Any]]]:
    """How many datasets match, and the page of them, by name."""
    query = _WITH_HEAD
    total = select(func.count()).select_from(datasets)
    if name is not None:
        query, total = query.where(matching(datasets.c.name, name)), total.where(matching(datasets.c.name, name))
    rows = connection.execute(query.order_by(datasets.c.name).limit(page.limit).offset(page.offset)).all()
    return connection.execute(total).scalar_one(), rows


def update_dataset(connection: Connection, dataset_id: str, changes: dict[str, Any], now_s: float) -> None:
    """Change `name`, `alias` or `is_public`. Raises NotFoundError, or ConflictError where the name is taken."""
    if changes.get("name", (row := get_dataset(connection, dataset_id)).name) != row.name:
        _check_free(connection, changes["name"])
    connection.execute(update(datasets).where(datasets.c.id == dataset_id).values(**changes, updated_at=now_s))


def delete_dataset(connection: Connection, dataset_id: str) -> None:
    """Remove a dataset with all its versions. Raises NotFoundError."""
    if connection.execute(delete(datasets).where(datasets.c.id == dataset_id)).rowcount == 0:
        raise not_found("dataset", dataset_id)
    forget_unused_labels(connection)


def forget_unused_labels(connection: Connection) -> None:
    """Remove the labels that no file has any more."""
    used = select(data.c.label).where(data.c.label.is_not(None))
    connection.execute(delete(labels).where(labels.c.digest.not_in(used)))
