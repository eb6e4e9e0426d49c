"""Envelopes of branches, changes and removals (B1, B5 to B30)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lading.platform.wire.base import DraftRequest, Envelope, Json, Name, Page
from lading.platform.wire.datasets import Person


class User(Envelope):
    """GET users (B1)."""

    id: str
    nickname: str


class UpdateDataset(Envelope):
    """PATCH datasets/{id} (B5); what is absent stays."""

    name: Name | None = None
    alias: str | None = None
    is_public: bool | None = None


class CreateBranch(Envelope):
    """POST branches (B7); `commit` is a revision."""

    name: Name
    commit: Name


class DeleteName(Envelope):
    """DELETE branches or tags (B7, B10)."""

    name: Name


class BranchRow(Envelope):
    """One row of GET branches; at the root commit only the first two are given."""

    name: str
    commit_id: str
    parent_commit_id: str | None = None
    title: str | None = None
    description: str | None = None
    committer: Person | None = None


class BranchList(Page):
    """GET branches."""

    branches: list[BranchRow]


class UpdateDraft(Envelope):
    """PATCH drafts/{number} (B8); what is absent stays."""

    title: str | None = None
    description: str | None = None
    status: Literal["CLOSED"] | None = None


class FileLabel(Envelope):
    """The new labels of one file."""

    remote_path: Name
    label: Json


class PutLabelsOfMany(DraftRequest):
    """PUT multi/data/labels (B25)."""

    segment_name: Name
    objects: Annotated[list[FileLabel], Field(min_length=1)]


class DeleteFiles(DraftRequest):
    """DELETE data (B27): one `remotePath`, or `remotePaths` as older clients send."""

    segment_name: Name
    remote_path: Name | None = None
    remote_paths: Annotated[list[Name], Field(max_length=128)] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> DeleteFiles:
        if not self.paths:
            raise ValueError("expected `remotePath` or `remotePaths`, found neither")
        return self

    @property
    def paths(self) -> list[str]:
        """The files to remove."""
        return [*([] if self.remote_path is None else [self.remote_path]), *(self.remote_paths or [])]


class DeleteFrame(DraftRequest):
    """DELETE frames (B28)."""

    segment_name: Name
    frame_id: Name


class TotalSize(Envelope):
    """GET total-size (B30), in bytes."""

    total_size: int
