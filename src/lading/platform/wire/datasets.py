"""Envelopes of datasets and their versions: drafts, commits and tags (platform-api.md B2 to B10)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lading.platform.wire.base import DraftNumber, DraftRequest, Envelope, Name, Page
from lading.platform.wire.constants import DEFAULT_BRANCH, ROOT_COMMIT


class CreateDataset(Envelope):
    """POST datasets (B2)."""

    name: Name
    type: Literal[0, 1] = 0
    alias: str = ""
    is_public: bool = False
    config_name: str | None = None


class DatasetId(Envelope):
    """201 of POST datasets: `id` is 32 hex digits."""

    id: str


class DatasetRow(Envelope):
    """One row of GET datasets (B3)."""

    id: str
    name: str
    alias: str = ""
    type: Literal[0, 1] = 0
    default_branch: str = DEFAULT_BRANCH
    commit_id: str = ROOT_COMMIT
    update_time: int | None = None
    owner: str | None = None


class DatasetList(Page):
    """GET datasets."""

    datasets: list[DatasetRow]


class DatasetInfo(Envelope):
    """GET datasets/{id} (B4): `commit_id` is the head of the default branch."""

    name: str
    alias: str = ""
    type: Literal[0, 1]
    default_branch: str = DEFAULT_BRANCH
    commit_id: str
    update_time: int | None = None
    owner: str | None = None
    cover_url: str = ""
    is_public: bool = False
    config_name: str = ""


class CreateDraft(Envelope):
    """POST drafts (B8)."""

    branch_name: Name = DEFAULT_BRANCH
    title: str
    description: str | None = None


class DraftId(Envelope):
    """201 of POST drafts."""

    draft_number: DraftNumber


class Person(Envelope):
    """Who made a draft or a commit, and when, in Unix seconds (A7)."""

    name: str
    date: int


class DraftRow(Envelope):
    """One row of GET drafts; older services left the branch away (B8)."""

    number: DraftNumber
    title: str = ""
    description: str = ""
    branch_name: str = DEFAULT_BRANCH
    status: Literal["OPEN", "CLOSED", "COMMITTED"] = "OPEN"
    parent_commit_id: str | None = None
    author: Person | None = None
    updated_at: int | None = None


class DraftList(Page):
    """GET drafts."""

    drafts: list[DraftRow]


class CreateCommit(DraftRequest):
    """POST commits (B9)."""

    title: Name
    description: str | None = None
    tag: Name | None = None


class CommitId(Envelope):
    """201 of POST commits."""

    commit_id: str


class CommitRow(Envelope):
    """One row of GET commits."""

    commit_id: str
    parent_commit_id: str | None = None
    title: str = ""
    description: str = ""
    committer: Person | None = None
    data_count: int | None = None


class CommitList(Page):
    """GET commits, newest first."""

    commits: list[CommitRow]


class CreateTag(Envelope):
    """POST tags (B10); `commit` is a revision."""

    name: Name
    commit: Name


class TagRow(Envelope):
    """One row of GET tags."""

    name: str
    commit_id: str
    parent_commit_id: str | None = None
    title: str = ""
    description: str = ""
    committer: Person | None = None


class TagList(Page):
    """GET tags."""

    tags: list[TagRow] = Field(default_factory=list)
