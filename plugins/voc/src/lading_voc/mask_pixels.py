"""The values of a mask's pixels: the index of a palette, the sample of a grey picture, the colour of any other."""

from __future__ import annotations

import struct
import warnings
import zlib

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lading import File
from lading.errors import LadingError

_PNG = b"\x89PNG\r\n\x1a\n"

#: What pillow raises on bytes that are not what they claim to be.
_BAD_BYTES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)


class MaskPixels(msgspec.Struct, frozen=True):
    """Values (height, width); with `is_colour` each is R + 256 G + 65536 B."""

    values: NDArray[np.uint32]
    is_colour: bool


def read_pixels(file: File) -> MaskPixels | str:
    """The pixels of a PNG, or what was found instead. A JPEG is refused: it has blurred its values (5.8)."""
    try:
        with file.open() as stream:
            if stream.read(len(_PNG)) != _PNG:
                return "another kind of file"
            stream.seek(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pillow warns of odd metadata
                with Image.open(stream) as image:
                    return _pixels(image)
    except LadingError as exc:
        return str(exc)
    except (*_BAD_BYTES, Image.DecompressionBombError) as exc:
        return f"one that does not open: {exc}"


def _pixels(image: Image.Image) -> MaskPixels:
    if image.mode in ("P", "L", "1") or image.mode.startswith("I"):
        return MaskPixels(np.asarray(image).astype(np.uint32), False)
    if image.mode == "LA":
        return MaskPixels(np.asarray(image.getchannel(0)).astype(np.uint32), False)
    padded = np.zeros((image.height, image.width, 4), dtype=np.uint8)
    padded[:, :, :3] = np.asarray(image.convert("RGB"))
    return MaskPixels(padded.view("<u4")[:, :, 0].astype(np.uint32), True)


def colour_of(value: int) -> tuple[int, int, int]:
    """Red, green and blue of a colour's value."""
    return (value & 255, value >> 8 & 255, value >> 16 & 255)
