"""What is decoded of a picture: the values of a mask, or the picture small, to be looked at."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.media.opening import BAD_BYTES, failure, open_picture
from lading.model.content import Content
from lading.model.label import MaskLabel

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_END_OF_JPEG = b"\xff\xd9"

_PNG = b"\x89PNG\r\n\x1a\n"


class MaskPixels(msgspec.Struct, frozen=True):
    """A mask's values, shape (height, width); with `is_colour` each is a colour, R + 256 G + 65536 B.

    With `has_palette` the file holds indexes of colours.
    """

    values: NDArray[np.uint32]
    is_colour: bool
    has_palette: bool = False


def read_mask(content: Content, ids: Collection[int] = ()) -> MaskPixels:
    """The pixel values of a PNG mask.

    Palette: the index, not the colour; unless `ids`, what a panoptic mask lists, has all of the colours and not all of
    the indexes (programs that make PNGs smaller give one of few colours a palette). Grey: the sample, at any bit depth.
    Colour: R + 256 G + 65536 B, as COCO's panoptic ids are stored (source-formats.md 2.7); alpha is left out. Raises
    SourceError for any other file (a re-encoded JPEG has lost its ids) and where it does not open.
    """
    data = _whole(content)
    if not data.startswith(_PNG):
        raise SourceError(content.path, "expected a mask in PNG, found another kind of file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pillow warns of odd metadata
            with open_picture(io.BytesIO(data)) as image:
                seen = _values(image, depth=data[24])
                if image.mode == "P" and ids and not _are_listed(seen.values, ids):
                    colours = _colours(image)
                    return MaskPixels(colours, True, has_palette=True) if _are_listed(colours, ids) else seen
                return seen
    except BAD_BYTES as exc:
        raise SourceError(content.path, f"expected a PNG that opens, found {failure(exc)}") from exc


def panoptic_ids(label: MaskLabel) -> frozenset[int]:
    """The ids that a panoptic mask lists; none of any other mask, whose palettes hold indexes."""
    return frozenset(item.value for item in label.items or ()) if label.kind == "PANOPTIC_MASK" else frozenset()


def read_picture(content: Content, longest: int, *, is_cut: bool = False) -> Image:
    """A picture in RGB whose longer side has at most `longest` pixels. Raises SourceError where it does not open.

    A JPEG that `is_cut` is shown as far as it goes, the rest of it grey.
    """
    from PIL import Image, ImageOps

    data = _whole(content)
    if is_cut:
        data += _END_OF_JPEG
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                image.draft("RGB", (longest, longest))  # a JPEG is decoded small at once
                shown = ImageOps.autocontrast(image.convert("F").convert("L")) if image.mode[0] in "IF" else image
                picture = shown.convert("RGB")
                picture.thumbnail((longest, longest))
                return picture
    except (*BAD_BYTES, Image.DecompressionBombError) as exc:
        raise SourceError(content.path, f"expected a picture that opens, found {failure(exc)}") from exc


def encode_mask(pixels: NDArray[np.uint32]) -> bytes:
    """A grey PNG of pixel values up to 65535, shape (height, width): of 8 bits, or of 16 where a value needs them."""
    from PIL import Image

    depth = np.uint8 if int(pixels.max(initial=0)) <= 0xFF else np.uint16
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(depth)).save(buffer, "PNG")
    return buffer.getvalue()


def _whole(content: Content) -> bytes:
    try:
        with content.open() as stream:
            return stream.read()
    except (NoRoomError, SourceError):
        raise
    except OSError as exc:
        raise SourceError(content.path, f"expected a file that opens, found {failure(exc)}") from exc


def _values(image: ImageFile, depth: int) -> MaskPixels:
    """Pixel values by pillow's mode; it stretches grey samples of 2 and 4 bits to 8, which is undone here."""
    if image.mode == "1":
        return MaskPixels(np.asarray(image).astype(np.uint32), False)
    if image.mode in ("L", "LA"):
        grey = np.asarray(image.getchannel(0)).astype(np.uint32)
        return MaskPixels(grey // (255 // ((1 << depth) - 1)) if depth < 8 else grey, False)
    if image.mode == "P" or image.mode.startswith("I"):
        return MaskPixels(np.asarray(image).astype(np.uint32), False, has_palette=image.mode == "P")
    return MaskPixels(_colours(image), True)


def _colours(image: ImageFile) -> NDArray[np.uint32]:
    rgb: NDArray[np.uint32] = np.asarray(image.convert("RGB")).astype(np.uint32)
    ids: NDArray[np.uint32] = rgb[:, :, 0] | rgb[:, :, 1] << np.uint32(8) | rgb[:, :, 2] << np.uint32(16)
    return ids


def _are_listed(values: NDArray[np.uint32], ids: Collection[int]) -> bool:
    return set(np.unique(values).tolist()) - {0} <= set(ids)
