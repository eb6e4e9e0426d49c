"""What a file is on the platform, as a short entry: read back with `data/details` (B22), or foretold."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from lading.model.codec.digest import MASK_KINDS, comparable_label, json_digest
from lading.platform.client import Client
from lading.platform.reading import Version, pages
from lading.platform.wire import DetailFrame, DetailRow, Json
from lading.upload.plan import Item, item_key


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
    masks = frozenset(str(label[kind].get("checksum")) for kind in MASK_KINDS if isinstance(label.get(kind), dict))
    return Entry(checksum, json_digest(comparable_label(label)), json_digest([remote_path, timestamp_s]), masks)
