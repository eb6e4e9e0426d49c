"""Envelopes of what is in a segment: files, URLs, details and labels (platform-api.md B20 to B26).

Rows of a normal dataset (type 0) are files; rows of a fusion dataset (type 1) are frames of files.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from lading.platform.wire.base import DraftRequest, Envelope, Json, Name, Page, Seconds


class FileRow(Envelope):
    """A file of GET data (B20); `sensor_name` within a frame only, and read in the seed's spelling too (D3)."""

    remote_path: str
    checksum: str | None = None
    sensor_name: str | None = Field(
        default=None,
        validation_alias=AliasChoices("sensorName", "sensorname", "sensor_name"),
        serialization_alias="sensorName",
    )


class UrlRow(FileRow):
    """A file of GET data/urls (B21); the URL carries its own authorisation."""

    url: str


class LabelRow(FileRow):
    """A file of GET labels (B26)."""

    timestamp: Seconds | None = None
    label: Json = Field(default_factory=dict)


class DetailRow(LabelRow):
    """A file of GET data/details (B22)."""

    url: str


class DataFrame(Envelope):
    """A frame of GET data; `frame_index` counts from 0 (D21)."""

    frame_id: str
    frame_index: int | None = None
    frame: list[FileRow]


class UrlFrame(Envelope):
    """A frame of GET data/urls."""

    frame_id: str
    urls: list[UrlRow]


class LabelFrame(Envelope):
    """A frame of GET labels."""

    frame_id: str
    frame: list[LabelRow]


class DetailFrame(Envelope):
    """A frame of GET data/details."""

    frame_id: str
    frame: list[DetailRow]


class DataList(Page):
    """GET data; `total_count` counts rows, so frames in a fusion dataset."""

    segment_name: str
    type: Literal[0, 1]
    data: list[FileRow | DataFrame]


class UrlList(Page):
    """GET data/urls, which does not say the type."""

    segment_name: str
    urls: list[UrlRow | UrlFrame]


class LabelList(Page):
    """GET labels."""

    segment_name: str
    type: Literal[0, 1]
    labels: list[LabelRow | LabelFrame]


class DetailList(Page):
    """GET data/details."""

    segment_name: str
    type: Literal[0, 1]
    data_details: list[DetailRow | DetailFrame]


class PutLabels(DraftRequest):
    """PUT labels (B24): replaces the labels of one file; `sensor_name` only tells files of one path apart."""

    segment_name: Name
    remote_path: Name
    sensor_name: Name | None = None
    label: Json
