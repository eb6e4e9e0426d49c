"""The size of a picture, from the first bytes of a PNG or a JPEG."""

from __future__ import annotations

import struct

#: A JPEG's size may stand behind a long profile or preview.
HEAD_BYTES = 1 << 18

#: Markers of a JPEG that begin a frame, and so tell its size.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Width and height, or None for what is neither."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return int(width), int(height)
    return _jpeg_size(head) if head.startswith(b"\xff\xd8") else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return int(width), int(height)
        if marker == 0xFF or 0xD0 <= marker <= 0xD9:  # filling, and markers without a length
            place += 1 if marker == 0xFF else 2
            continue
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    return None
