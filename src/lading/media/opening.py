"""Pictures as pillow opens them, and what it raises where they are none."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

#: What pillow raises on bytes that are not what they claim to be; its parsers run into all of these.
BAD_BYTES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)


def open_picture(stream: BinaryIO) -> ImageFile:
    """The picture, unread but for its header; of any size, since nothing here decodes it (a map may be large)."""
    from PIL import Image, UnidentifiedImageError

    stream.seek(0)
    try:
        return Image.open(stream)
    except Image.DecompressionBombError:
        stream.seek(0)
        prefix = stream.read(16)
        for factory, accept in Image.OPEN.values():
            if accept is not None and accept(prefix) is True:
                stream.seek(0)
                return factory(stream, "")
        raise UnidentifiedImageError from None


def failure(exc: BaseException) -> str:
    """What was raised, in words: the class where it says nothing more."""
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
