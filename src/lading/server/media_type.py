"""The media type of an object, from its first bytes."""

from __future__ import annotations

from pathlib import Path

_MARKS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
)


def media_type(path: Path) -> str:
    """The type of a picture, else `application/octet-stream`."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    return next((name for mark, name in _MARKS if head.startswith(mark)), "application/octet-stream")
