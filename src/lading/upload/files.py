"""A file's bytes on their way: its SHA-1, its size, and if it is small its whole content, from one reading."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import msgspec

from lading.errors import NoRoomError, SourceError
from lading.model.content import Content
from lading.platform.transport import BAD_BYTES, BLOCK, unreadable

#: Files of at most so many bytes are kept from hashing to sending; larger ones are read twice.
KEPT = 1 << 18


#: Bytes and seconds that a thread hashes before it hands over what it has.
AT_ONCE = 1 << 22
AT_ONCE_S = 0.01


class HashedFile(msgspec.Struct, frozen=True):
    """A file whose SHA-1 is known: `body` is its content where it is small and was read, else where to get it."""

    checksum: str
    size: int
    head: bytes
    body: Content | bytes


def hash_file(content: Content) -> HashedFile:
    """Read a file and hash it. Raises SourceError where its bytes cannot be had."""
    digest = hashlib.sha1(usedforsecurity=False)
    try:
        with content.open() as stream:
            first = block = stream.read(KEPT + 1)
            size = len(first)
            digest.update(first)
            while size > KEPT and (block := stream.read(BLOCK)):
                digest.update(block)
                size += len(block)
    except (SourceError, NoRoomError):
        raise
    except (OSError, *BAD_BYTES) as exc:
        raise unreadable(content.path, exc) from exc
    body = first if size <= KEPT else content
    return HashedFile(digest.hexdigest(), size, first[:32], body)


def hash_files(contents: Sequence[Content]) -> list[tuple[HashedFile, str | None] | SourceError]:
    """The first of these files, hashed, each with its stamp where that stayed the same meanwhile, or what is wrong.

    Ends after `AT_ONCE` bytes or `AT_ONCE_S` seconds, so that what was read can go on its way.
    """
    found: list[tuple[HashedFile, str | None] | SourceError] = []
    left, end = AT_ONCE, time.monotonic() + AT_ONCE_S
    for content in contents:
        try:
            before = content.stamp
            file = hash_file(content)
            found.append((file, before if content.stamp == before else None))
        except SourceError as exc:
            found.append(exc)
            continue
        left -= file.size
        if left <= 0 or time.monotonic() >= end:
            break
    return found


def hash_bytes(data: bytes) -> HashedFile:
    """A file that was made here."""
    return HashedFile(hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data), data[:32], data)
