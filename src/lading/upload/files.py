"""A file's bytes on their way: its SHA-1, its size, and if it is small its whole content, from one reading."""

from __future__ import annotations

import hashlib

import msgspec

from lading.errors import SourceError
from lading.model.codec import encode_label
from lading.model.content import Content
from lading.model.label import MaskLabel
from lading.platform.transport import BAD_BYTES, BLOCK, unreadable
from lading.platform.wire import Json

#: Files of at most so many bytes are kept from hashing to sending; larger ones are read twice.
KEPT = 1 << 18


class HashedFile(msgspec.Struct, frozen=True):
    """A file that was read once: `body` is its content where it is small, else where to get it again."""

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
    except SourceError:
        raise
    except (OSError, *BAD_BYTES) as exc:
        raise unreadable(content.path, exc) from exc
    body = first if size <= KEPT else content
    return HashedFile(digest.hexdigest(), size, first[:32], body)


def hash_mask(label: MaskLabel, content: Content) -> tuple[HashedFile, Json] | None:
    """A mask's file and its value on the wire, or None where the file is no mask as the platform has them.

    Those are PNG of one channel of 8 or 16 bits (section E).
    """
    file = hash_file(content)
    if not _is_single_channel(file.head):
        return None
    known = msgspec.structs.replace(label, checksum=file.checksum, file_size=file.size, remote_path=None, url=None)
    return file, encode_label(known)


def _is_single_channel(head: bytes) -> bool:
    """By the header of a PNG: bit depth and colour type follow width and height in the first chunk."""
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR" or len(head) < 26:
        return False
    depth, colour = head[24], head[25]
    return (colour == 0 and depth in (8, 16)) or (colour == 3 and depth == 8)  # grey; indexes into a palette
