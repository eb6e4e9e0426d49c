"""The hashing of the files of a segment, a batch at a time; files that the platform has as they were are not read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from lading.errors import SourceError
from lading.model.content import Content
from lading.upload.files import HashedFile, hash_files
from lading.upload.job import Job, in_thread
from lading.upload.ledger import Ledger
from lading.upload.place import Place
from lading.upload.plan import Item
from lading.upload.remote import Entry
from lading.upload.transfer import Callbacks, Posts


class Way(msgspec.Struct, frozen=True):
    """A segment of the platform, and how files and entries get there."""

    place: Place
    posts: Posts
    callbacks: Callbacks


class Hashed(msgspec.Struct, frozen=True):
    """An item whose file was hashed, or what is wrong with it; `file` None where the source has none."""

    item: Item
    way: Way
    theirs: Entry | None
    file: HashedFile | SourceError | None


async def hash_batch(job: Job, batch: Sequence[tuple[Item, Way]], put: Callable[[Hashed], Awaitable[None]]) -> None:
    """Hash a batch, but for the files of which all is known; each goes to `put`."""
    left: list[tuple[Item, Way, Entry | None, Content]] = []
    for item, way in batch:
        theirs, content = way.place.known(item.key), item.data.content
        try:
            if content is None or (file := _unread(job.ledger, item, content, theirs)) is not None:
                await put(Hashed(item, way, theirs, None if content is None else file))
            else:
                left.append((item, way, theirs, content))
        except SourceError as exc:
            await put(Hashed(item, way, theirs, exc))
    while left:
        found = await in_thread(job.hashers, hash_files, [content for *_, content in left])
        for (item, way, theirs, content), one in zip(left, found, strict=False):
            if isinstance(one, SourceError):
                await put(Hashed(item, way, theirs, one))
                continue
            file, stamp = one
            job.ledger.note_hash(content.path, stamp, file.checksum, file.size)
            await put(Hashed(item, way, theirs, file))
        left = left[len(found) :]


def _unread(ledger: Ledger, item: Item, content: Content, theirs: Entry | None) -> HashedFile | None:
    """The file, where it was hashed before and the platform has it. Raises SourceError where it cannot go up."""
    if item.fault is not None:
        raise SourceError(item.data.path, item.fault)
    known = None if theirs is None else ledger.known_hash(content.path, content.stamp)
    if known is None or theirs is None or known.checksum != theirs.checksum:
        return None
    return HashedFile(known.checksum, known.size, b"", content)
