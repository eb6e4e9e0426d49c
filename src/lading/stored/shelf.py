"""What is asked of a place where a dataset lies: its header, the rows of a segment, and bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Protocol, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as the wire tells of it: `remote_path` and `label` in wire form, `url` where a platform gave one."""

    remote_path: str
    label: Json
    checksum: str | None = None
    size: int | None = None
    timestamp_s: float | None = None
    sensor_name: str | None = None
    url: str | None = None


class StoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """A frame of a fusion dataset, or a file of a plain one (`frame_id` None)."""

    files: list[StoredFile]
    frame_id: str | None = None

    @property
    def key(self) -> str:
        """What tells it from the other rows of its segment."""
        return self.files[0].remote_path if self.frame_id is None else self.frame_id


class StoredSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment: its name and its sensors in wire form, and how many rows it has."""

    name: str
    description: str = ""
    sensors: list[Json] = []
    row_count: int | None = None


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a version of a dataset before its rows are read; `kind` is `commit` or `draft`."""

    name: str
    is_fusion: bool
    catalog: Json
    segments: list[StoredSegment]
    kind: str = "commit"
    is_continuous: bool = False
    bin_point_cloud_fields: Sequence[str] | None = None


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a file, or with `mask` (a label type) of a mask of it: where they lie, as far as that is known."""

    segment: str
    remote_path: str
    sensor_name: str | None = None
    mask: str | None = None
    checksum: str | None = None
    size: int | None = None
    url: str | None = None


def search(key: str, count: int, key_at: Callable[[int], str], near: int) -> int:
    """A number at most `near` before that of a key, among `count` things that lie in order of their keys."""
    low, high = 0, count
    while high - low > near:
        middle = (low + high) // 2
        low, high = (middle, high) if key_at(middle) <= key else (low, middle)
    return low


class Shelf(Protocol):
    """One version of a dataset in its place. It can be pickled.

    Methods raise PlatformError, TransientError, RecordError or OptionError.
    """

    place: str

    def header(self) -> Header:
        """What the dataset is."""
        ...

    def rows(self, segment: str, start: int = 0) -> Iterator[StoredRow]:
        """The rows of a segment from the `start`-th on, in the place's order, as they are asked for."""
        ...

    def keys(self, segment: str) -> Iterator[str]:
        """The key of every row of a segment, in the place's order, without what else it has."""
        ...

    def locate(self, segment: str, key: str, count: int) -> int:
        """A `start` for `rows` not far before this key, where the segment's `count` rows lie in order of their keys."""
        ...

    def find(self, segment: str, remote_path: str) -> StoredFile | None:
        """The file of this remote path, or None."""
        ...

    def open(self, blob: Blob) -> BinaryIO:
        """The bytes of a file or mask, from their start."""
        ...
