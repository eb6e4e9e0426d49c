"""The tables.

A version is the state of a dataset: that of a draft, which may be written to, or of a commit, which may not. Its
segments point at contents (sensors and data). A draft starts with its parent's pointers; the first write to a
segment copies that content for the draft, so a commit never changes and opening a draft costs nothing.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()


def _dataset_id() -> Column[str]:
    return Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)


datasets = Table(
    "datasets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("type", Integer, nullable=False),
    Column("alias", Text, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("config_name", Text, nullable=False),
    Column("default_branch", Text, nullable=False),
    Column("next_draft", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("catalog", JSON, nullable=False),
    Column("is_continuous", Boolean, nullable=False),
    Column("point_cloud_fields", JSON(none_as_null=True)),
)

drafts = Table(
    "drafts",
    metadata,
    _dataset_id(),
    Column("number", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("branch", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("parent_id", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

commits = Table(
    "commits",
    metadata,
    _dataset_id(),
    Column("id", String(32), primary_key=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("parent_id", String(32)),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("committed_at", Float, nullable=False),
    Column("data_count", Integer, nullable=False),
)

branches = Table(
    "branches",
    metadata,
    _dataset_id(),
    Column("name", Text, primary_key=True),
    Column("commit_id", String(32), nullable=False),
)

tags = Table(
    "tags",
    metadata,
    _dataset_id(),
    Column("name", Text, primary_key=True),
    Column("commit_id", String(32), nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
)

segments = Table(
    "segments",
    metadata,
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("description", Text, nullable=False),
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

sensors = Table(
    "sensors",
    metadata,
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", JSON, nullable=False),
)

#: A label as it came, under the SHA-1 of its text; the data point at it, so copying data copies no label.
labels = Table(
    "labels",
    metadata,
    Column("digest", LargeBinary(20), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: `slot` is the remote path in a dataset of type 0 (`frame_id` is "" there) and the sensor's name in one of type 1.
data = Table(
    "data",
    metadata,
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True),
    Column("frame_id", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("remote_path", Text, nullable=False),
    Column("checksum", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("timestamp", Float),
    Column("label", LargeBinary(20)),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("data_by_path", "content_id", "remote_path"),
    sqlite_with_rowid=False,
)

#: How often objects were pruned, and whether that is going on (or was killed); one row, of id 1.
pruning = Table(
    "pruning",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
)

#: Until when clients may post into a bucket for a dataset; outlives the dataset.
grants = Table(
    "grants",
    metadata,
    Column("dataset_id", String(32), primary_key=True),
    Column("until_s", Float, nullable=False),
)

#: Datasets that are being made or deleted: where one is not there, neither shall its documents be.
unsettled = Table("unsettled", metadata, Column("dataset_id", String(32), primary_key=True))
