"""What the name of a file says of it: its MIME type, and whether it is a picture's."""

from __future__ import annotations

#: MIME types of media by suffix; a table of our own, since the system's differs from machine to machine.
_MIME = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".png": "image/png",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".ppm": "image/x-portable-pixmap",
    ".pgm": "image/x-portable-graymap",
    ".pbm": "image/x-portable-bitmap",
    ".wav": "audio/x-wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/x-flac",
    ".mp4": "video/mp4",
}

#: Pillow's names of the formats that a MIME type may stand for, where there is another than the type says.
_FORMATS = {
    "image/jpeg": {"JPEG", "MPO"},  # several JPEGs in one, as phones write them
    "image/bmp": {"BMP", "DIB"},
    "image/x-portable-pixmap": {"PPM"},
    "image/x-portable-graymap": {"PPM"},
    "image/x-portable-bitmap": {"PPM"},
}


def is_image_name(path: str) -> bool:
    """Whether a path has the suffix of a picture."""
    return guess_mime(path).startswith("image/")


def guess_mime(path: str) -> str:
    """The MIME type of a file by its suffix; empty where it is not known (platform-api.md C3)."""
    name = path.rpartition("/")[2]  # a path object takes ten times as long
    dot = name.rfind(".")
    return _MIME.get(name[dot:].lower(), "") if dot > 0 else ""


def has_format_of_name(path: str, format: str) -> bool:
    """Whether a picture of pillow's name of a format has a suffix that says so; all pictures of Netpbm are one format.

    True of a path without the suffix of a picture, which says nothing.
    """
    mime = guess_mime(path)
    if not mime.startswith("image/"):
        return True
    formats = _FORMATS.get(mime)
    return format == mime.removeprefix("image/").upper() if formats is None else format in formats
