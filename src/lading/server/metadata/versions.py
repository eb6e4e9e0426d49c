"""Drafts, commits, branches and tags: the states of a dataset and their names."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, update

from lading.platform.wire.constants import ALL, COMMITTED, OPEN, ROOT_COMMIT
from lading.server.metadata.datasets import get_dataset
from lading.server.metadata.paging import Page, matching
from lading.server.metadata.tables import branches, commits, data, datasets, drafts, segments, tags, versions
from lading.server.refusal import forbidden, invalid, missing, not_found, taken

_NAMED = {"branch": branches, "tag": tags}


def resolve_commit(connection: Connection, dataset_id: str, revision: str) -> Row[Any]:
    """The commit of a revision: looked for as branch, then tag, then commit id (A6). Raises NotFoundError."""
    commit_id = revision
    for table in (branches, tags):
        query = select(table.c.commit_id).where(table.c.dataset_id == dataset_id, table.c.name == revision)
        if (named := connection.execute(query).scalar()) is not None:
            commit_id = named
            break
    query = select(commits).where(commits.c.dataset_id == dataset_id, commits.c.id == commit_id)
    row = connection.execute(query).first()
    if row is None:
        raise not_found("revision", revision)
    return row


def readable_version(connection: Connection, dataset_id: str, draft_number: int | None, commit: str | None) -> int:
    """The version that a read asks for: exactly one of draft and commit (A6, VER-R)."""
    if draft_number is not None and commit is not None:
        raise invalid("version: expected one of `draftNumber` and `commit`, found both")
    if commit is not None:
        return int(resolve_commit(connection, dataset_id, commit).version_id)
    if draft_number is None:
        raise missing("`draftNumber` or `commit`")
    return int(get_draft(connection, dataset_id, draft_number).version_id)


def writable_version(connection: Connection, dataset_id: str, draft_number: int) -> int:
    """The version of a draft that has to be OPEN (A6, VER-W). Raises NotFoundError."""
    return int(_open_draft(connection, dataset_id, draft_number).version_id)


def get_draft(connection: Connection, dataset_id: str, number: int) -> Row[Any]:
    """A draft's row. Raises NotFoundError."""
    query = select(drafts).where(drafts.c.dataset_id == dataset_id, drafts.c.number == number)
    row = connection.execute(query).first()
    if row is None:
        raise not_found("draft", number)
    return row


def _open_draft(connection: Connection, dataset_id: str, number: int) -> Row[Any]:
    row = get_draft(connection, dataset_id, number)
    if row.status != OPEN:
        raise not_found("open draft", number)
    return row


def create_draft(
    connection: Connection, dataset_id: str, *, branch: str, title: str, description: str, now_s: float
) -> int:
    """A draft that starts as the head of its branch; its number. Raises NotFoundError for the branch."""
    head = _head(connection, dataset_id, branch)
    parent = resolve_commit(connection, dataset_id, head)
    copied = select(
        literal(dataset_id), versions.c.catalog, versions.c.is_continuous, versions.c.point_cloud_fields
    ).where(versions.c.id == parent.version_id)
    names = ["dataset_id", "catalog", "is_continuous", "point_cloud_fields"]
    statement = insert(versions).from_select(names, copied).returning(versions.c.id)
    version_id = connection.execute(statement).scalar_one()
    others = [column for column in segments.c if column.name != "version_id"]
    rows = select(literal(version_id), *others).where(segments.c.version_id == parent.version_id)
    connection.execute(insert(segments).from_select(["version_id", *(c.name for c in others)], rows))
    number = int(get_dataset(connection, dataset_id).next_draft)
    connection.execute(update(datasets).where(datasets.c.id == dataset_id).values(next_draft=number + 1))
    connection.execute(
        insert(drafts).values(
            dataset_id=dataset_id,
            number=number,
            version_id=version_id,
            branch=branch,
            title=title,
            description=description,
            status=OPEN,
            parent_id=head,
            created_at=now_s,
            updated_at=now_s,
        )
    )
    return number


def _head(connection: Connection, dataset_id: str, branch: str) -> str:
    query = select(branches.c.commit_id).where(branches.c.dataset_id == dataset_id, branches.c.name == branch)
    head = connection.execute(query).scalar()
    if head is None:
        raise not_found("branch", branch)
    return str(head)


def list_drafts(
    connection: Connection, dataset_id: str, *, status: str, branch: str | None, page: Page
) -> tuple[int, Sequence[Row[Any]]]:
    """How many drafts match, and the page of them, by number."""
    conditions = [drafts.c.dataset_id == dataset_id]
    if status != ALL:
        conditions.append(drafts.c.status == status)
    if branch is not None:
        conditions.append(drafts.c.branch == branch)
    total = connection.execute(select(func.count()).select_from(drafts).where(*conditions)).scalar_one()
    query = select(drafts).where(*conditions).order_by(drafts.c.number)
    return total, connection.execute(query.limit(page.limit).offset(page.offset)).all()


def update_draft(connection: Connection, dataset_id: str, number: int, changes: dict[str, Any], now_s: float) -> None:
    """Change `title`, `description` or `status` of an OPEN draft. Raises NotFoundError."""
    _open_draft(connection, dataset_id, number)
    of_draft = (drafts.c.dataset_id == dataset_id) & (drafts.c.number == number)
    connection.execute(update(drafts).where(of_draft).values(**changes, updated_at=now_s))


def commit_draft(
    connection: Connection, dataset_id: str, number: int, *, title: str, description: str, tag: str | None, now_s: float
) -> str:
    """Make a draft the new head of its branch; the commit's id.

    Raises ConflictError for a tag that is taken, ForbiddenError where the branch has moved since the draft began.
    """
    draft = _open_draft(connection, dataset_id, number)
    if _head(connection, dataset_id, draft.branch) != draft.parent_id:
        raise forbidden(f"draft {number}: expected branch {draft.branch!r} at {draft.parent_id}, found a newer commit")
    commit_id = uuid.uuid4().hex
    of_version = select(segments.c.content_id).where(segments.c.version_id == draft.version_id)
    count = connection.execute(select(func.count()).select_from(data).where(data.c.content_id.in_(of_version)))
    connection.execute(
        insert(commits).values(
            dataset_id=dataset_id,
            id=commit_id,
            version_id=draft.version_id,
            parent_id=draft.parent_id,
            title=title,
            description=description,
            committed_at=now_s,
            data_count=count.scalar_one(),
        )
    )
    if tag is not None:
        create_name(connection, dataset_id, "tag", tag, commit_id)
    update_draft(connection, dataset_id, number, {"status": COMMITTED}, now_s)
    of_branch = (branches.c.dataset_id == dataset_id) & (branches.c.name == draft.branch)
    connection.execute(update(branches).where(of_branch).values(commit_id=commit_id))
    connection.execute(update(datasets).where(datasets.c.id == dataset_id).values(updated_at=now_s))
    return commit_id


def all_commit_ids(connection: Connection, dataset_id: str) -> list[str]:
    """The id of every commit but the root."""
    conditions = (commits.c.dataset_id == dataset_id, commits.c.id != ROOT_COMMIT)
    return list(connection.execute(select(commits.c.id).where(*conditions).order_by(commits.c.id)).scalars())


def all_names(connection: Connection, dataset_id: str, kind: Literal["branch", "tag"]) -> dict[str, str]:
    """Every branch or tag with its commit, by name."""
    table = _NAMED[kind]
    query = select(table.c.name, table.c.commit_id).where(table.c.dataset_id == dataset_id).order_by(table.c.name)
    return {row.name: row.commit_id for row in connection.execute(query)}


def list_commits(connection: Connection, dataset_id: str, revision: str, page: Page) -> tuple[int, Sequence[Row[Any]]]:
    """How many commits lead to a revision, and the page of them, newest first, without the root."""
    start = resolve_commit(connection, dataset_id, revision)
    rows = select(commits).where(commits.c.dataset_id == dataset_id)
    by_id = {row.id: row for row in connection.execute(rows)}
    history: list[Row[Any]] = []
    commit_id = start.id
    while commit_id != ROOT_COMMIT:
        history.append(by_id[commit_id])
        commit_id = by_id[commit_id].parent_id
    return len(history), history[page.offset : page.offset + page.limit]


def create_name(
    connection: Connection, dataset_id: str, kind: Literal["branch", "tag"], name: str, revision: str
) -> None:
    """A branch or tag at a revision. Raises ForbiddenError for a branch at the root, ConflictError for a taken name."""
    table = _NAMED[kind]
    commit = resolve_commit(connection, dataset_id, revision)
    if kind == "branch" and commit.id == ROOT_COMMIT:
        raise forbidden(f"branch {name!r}: expected a dataset with a commit, found none")
    query = select(table.c.name).where(table.c.dataset_id == dataset_id, table.c.name == name)
    if connection.execute(query).first() is not None:
        raise taken(kind, name)
    connection.execute(insert(table).values(dataset_id=dataset_id, name=name, commit_id=commit.id))


def list_names(
    connection: Connection, dataset_id: str, kind: Literal["branch", "tag"], name: str | None, page: Page
) -> tuple[int, Sequence[Row[Any]]]:
    """How many branches or tags match, and the page of them by name; each with the columns of its commit."""
    table = _NAMED[kind]
    conditions = [table.c.dataset_id == dataset_id]
    if name is not None:
        conditions.append(matching(table.c.name, name))
    total = connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    at_commit = (commits.c.dataset_id == table.c.dataset_id) & (commits.c.id == table.c.commit_id)
    query = select(table.c.name, commits).join(commits, at_commit).where(*conditions).order_by(table.c.name)
    return total, connection.execute(query.limit(page.limit).offset(page.offset)).all()


def delete_name(connection: Connection, dataset_id: str, kind: Literal["branch", "tag"], name: str) -> None:
    """Remove a branch or tag; its commits stay. Raises NotFoundError, ForbiddenError for the default branch."""
    if kind == "branch" and get_dataset(connection, dataset_id).default_branch == name:
        raise forbidden(f"branch {name!r}: expected another than the default branch, found it")
    table = _NAMED[kind]
    statement = delete(table).where(table.c.dataset_id == dataset_id, table.c.name == name)
    if connection.execute(statement).rowcount == 0:
        raise not_found(kind, name)
