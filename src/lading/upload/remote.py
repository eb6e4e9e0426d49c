"""What a file is on the platform, as a short entry: read back with `data/details` (B22), or foretold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from lading.platform.client import Client, Version, pages
from lading.platform.wire import DetailFrame, DetailRow, Json
from lading.upload.plan import Item, item_key

#: Keys of a mask's value that only the platform sets, or that say nothing of its content (section E).
_NOT_COMPARED = frozenset({"remotePath", "url", "fileSize"})

_MASKS = ("SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK")

#: Made once: `json.dumps` with settings of one's own makes an encoder a call.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

_ALIASES = {"POLYGON": "POLYGON2D", "polygon": "polygon2d"}  # B-D, D9


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What a file is on the platform: digests of its bytes, of its labels, and of its path and time.

    `masks` are the SHA-1 of the masks among its labels.
    """

    checksum: str
    label: bytes
    place: bytes
    masks: frozenset[str]


async def read_segment(
    client: Client, dataset_id: str, version: Version, segment_name: str
) -> AsyncIterator[tuple[str, Entry]]:
    """Every file of a segment: its key as `plan.item_key` makes it, and what is known of it."""
    async for page in pages(lambda offset: client.list_details(dataset_id, version, segment_name, offset=offset)):
        for row in page.data_details:
            if isinstance(row, DetailFrame):
                for part in row.frame:
                    yield item_key(part.remote_path, row.frame_id, part.sensor_name), _of_row(part)
            else:
                yield item_key(row.remote_path, None, None), _of_row(row)


def entry_of(item: Item, checksum: str, label: Json) -> Entry:
    """What a file will be on the platform once it is there."""
    return _entry(checksum, label, item.remote_path, item.timestamp_s)


def _of_row(row: DetailRow) -> Entry:
    # A platform that does not tell checksums leaves nothing to compare: such files are sent again.
    return _entry(row.checksum or "", row.label, row.remote_path, row.timestamp)


def _entry(checksum: str, label: Json, remote_path: str, timestamp_s: float | None) -> Entry:
    masks = frozenset(str(label[kind].get("checksum")) for kind in _MASKS if isinstance(label.get(kind), dict))
    return Entry(checksum, _digest(_comparable(label)), _digest([remote_path, _plain(timestamp_s)]), masks)


def item_digest(key: str, entry: Entry) -> int:
    """A number for one file; the sum of a segment's numbers tells its content, in whatever order it comes."""
    text = b"\0".join((key.encode(), entry.checksum.encode(), entry.label, entry.place))
    return int.from_bytes(hashlib.sha256(text).digest())


def _comparable(label: Json) -> Json:
    """A label object without what may differ between what was sent and what comes back."""
    result: Json = {}
    for kind, value in label.items():
        if isinstance(value, list) and not value:
            continue
        if kind in _MASKS and isinstance(value, dict):
            value = {key: part for key, part in value.items() if key not in _NOT_COMPARED}
        result[_ALIASES.get(kind, kind)] = (
            [_renamed(part) for part in value] if kind in _ALIASES and isinstance(value, list) else _plain(value)
        )
    return result


def _renamed(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {_ALIASES.get(key, key): _plain(value) for key, value in part.items()}


def _plain(value: Any) -> Any:
    """The same JSON with whole floats as integers: `1` and `1.0` are one number on the wire."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(_encode(value).encode("utf-8", "surrogatepass"), digest_size=16).digest()
