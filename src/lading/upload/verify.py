"""Reading back: whether the platform holds what was sent to it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lading.errors import UploadError
from lading.model.naming import short_hash
from lading.platform.client import Version
from lading.upload.ledger import Ledger
from lading.upload.remote import item_digest, read_segment
from lading.upload.target import Target


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment has to hold now: how many rows (files, or frames in fusion), and the sum of its files' digests."""

    segment_name: str
    rows: int
    digest: int


async def differences(target: Target, segment_name: str, ledger: Ledger) -> list[tuple[str, str]]:
    """Keys of the files that the platform does not hold as this run left them, each with what is wrong."""
    wrong: list[tuple[str, str]] = []
    seen: set[int] = set()
    async for key, found in read_segment(target.client, target.id, target.version, segment_name):
        seen.add(short_hash(key))
        ours = ledger.entry(segment_name, key)
        if ours is None or ours == found:
            continue
        if ours.checksum != found.checksum:
            wrong.append((key, f"expected SHA-1 {ours.checksum} on the platform, found {found.checksum or 'none'}"))
        elif ours.label != found.label:
            wrong.append((key, "expected the labels that were sent on the platform, found others"))
        else:
            wrong.append((key, "expected the path and time that were sent on the platform, found others"))
    missing = "expected the file on the platform, found none"
    return wrong + [(key, missing) for key, _ in ledger.sent(segment_name) if short_hash(key) not in seen]


async def check_commit(target: Target, commit_id: str, outcomes: Sequence[Outcome], *, is_thorough: bool) -> None:
    """Read a commit back. Raises UploadError where a segment does not hold as many rows as it should.

    A thorough check compares every checksum, path, time and label too.
    """
    version = Version(commit=commit_id)
    for outcome in outcomes:
        name = outcome.segment_name
        page = await target.client.list_data(target.id, version, name, limit=1)
        if page.total_count != outcome.rows:
            raise UploadError(
                f"segment {name!r} of commit {commit_id}: expected {outcome.rows} rows, found {page.total_count}"
            )
        if not is_thorough:
            continue
        digest = 0
        async for key, entry in read_segment(target.client, target.id, version, name):
            digest += item_digest(key, entry)
        if digest != outcome.digest:
            raise UploadError(f"segment {name!r} of commit {commit_id}: expected what was sent, found other content")
