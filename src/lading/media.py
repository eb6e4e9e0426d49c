"""What a file of media is, from its bytes: its size, whether it opens and is whole, its digest, a mask's values."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import warnings
import zlib
from collections.abc import Collection
from typing import TYPE_CHECKING, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import LadingError, NoRoomError, SourceError
from lading.model.content import Content
from lading.model.label import MaskLabel
from lading.pcd import pcd_problem
from lading.wholeness import cut_problem

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

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

_LFS = b"version https://git-lfs.github.com/spec/v1"
_PIECE = 1 << 20
_MARKED = 1 << 12
#: Pictures of fewer bytes are read at once to be looked at.
_SMALL = 1 << 16
_PNG = b"\x89PNG\r\n\x1a\n"

#: The tag of EXIF that says how a camera was held, and its values of a quarter turn (Exif 2.3, Orientation).
_ORIENTATION = 0x0112
_QUARTER_TURNS = range(5, 9)

#: What pillow raises on bytes that are not what they claim to be; its parsers run into all of these.
_BAD_BYTES = (
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


class Probe(msgspec.Struct, frozen=True):
    """What a header tells: `width` and `height` in pixels, pillow's name of the format, and what is wrong.

    All but `problem` are None where the file is no picture or its header cannot be read; `problem` is None where
    nothing is wrong, else `expected ..., found ...`. `mark`, where it was asked for, is 64 bits of the file's size,
    beginning and end: files of different marks have different bytes.
    """

    width: int | None = None
    height: int | None = None
    format: str | None = None
    problem: str | None = None
    mark: int | None = None


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


def sha1_hex(content: Content) -> str:
    """The SHA-1 of a file in lower-case hex, read in pieces. Raises SourceError where it cannot be read."""
    digest = hashlib.sha1(usedforsecurity=False)
    with content.open() as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


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
            with _open(io.BytesIO(data)) as image:
                seen = _values(image, depth=data[24])
                if image.mode == "P" and ids and not _are_listed(seen.values, ids):
                    colours = _colours(image)
                    return MaskPixels(colours, True, has_palette=True) if _are_listed(colours, ids) else seen
                return seen
    except _BAD_BYTES as exc:
        raise SourceError(content.path, f"expected a PNG that opens, found {_tell(exc)}") from exc


def panoptic_ids(label: MaskLabel) -> frozenset[int]:
    """The ids that a panoptic mask lists; none of any other mask, whose palettes hold indexes."""
    return frozenset(item.value for item in label.items or ()) if label.kind == "PANOPTIC_MASK" else frozenset()


def read_picture(content: Content, longest: int) -> Image:
    """A picture in RGB whose longer side has at most `longest` pixels. Raises SourceError where it does not open."""
    from PIL import Image, ImageOps

    data = _whole(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                image.draft("RGB", (longest, longest))  # a JPEG is decoded small at once
                shown = ImageOps.autocontrast(image.convert("F").convert("L")) if image.mode[0] in "IF" else image
                picture = shown.convert("RGB")
                picture.thumbnail((longest, longest))
                return picture
    except (*_BAD_BYTES, Image.DecompressionBombError) as exc:
        raise SourceError(content.path, f"expected a picture that opens, found {_tell(exc)}") from exc


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
        raise SourceError(content.path, f"expected a file that opens, found {_tell(exc)}") from exc


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


def probe(content: Content, *, marks: bool = False) -> Probe:
    """Look at a file without decoding it: pictures and PCD by name have to be whole, others not to be empty.

    Bad bytes and files that do not open are told in `problem`, never raised; NoRoomError, which says nothing of the
    file, is. `marks` asks for the mark of a file that has no problem.
    """
    try:
        with content.open() as stream:
            head = stream.read(_SMALL if is_image_name(content.path) else _MARKED if marks else len(_LFS))
            if not head:
                return Probe(problem="expected content, found an empty file")
            if head.startswith(_LFS):
                return Probe(problem="expected content, found a Git LFS pointer")
            if len(head) < _SMALL and is_image_name(content.path) and not stream.read(1):
                stream = io.BytesIO(head)  # all of it: pillow goes to and fro in there, which costs nothing
            seen = _look(stream, content.path)
            if not marks or seen.problem is not None:
                return seen
            return msgspec.structs.replace(seen, mark=_mark(stream, head[:_MARKED]))
    except NoRoomError:
        raise  # which says nothing of the file
    except SourceError as exc:
        return Probe(problem=exc.problem)
    except (LadingError, OSError) as exc:
        return Probe(problem=f"expected a file that opens, found {_tell(exc)}")


def quarter_turn(content: Content) -> int | None:
    """The orientation of EXIF by which viewers show a picture turned by a quarter (5 to 8); None where none says so.

    Files that do not open, and no pictures, say nothing: `probe` tells what is wrong with them.
    """
    try:
        with warnings.catch_warnings(), content.open() as stream:
            warnings.simplefilter("ignore")  # pillow warns of odd metadata
            with _open(stream) as image:
                told = image.getexif().get(_ORIENTATION) if "exif" in image.info else None
    except NoRoomError:
        raise  # which says nothing of the file
    except (LadingError, *_BAD_BYTES):
        return None
    return told if isinstance(told, int) and told in _QUARTER_TURNS else None


def _look(stream: BinaryIO, path: str) -> Probe:
    if is_image_name(path):
        return _picture(stream)
    return Probe(problem=pcd_problem(stream)) if path.lower().endswith(".pcd") else Probe()


def _mark(stream: BinaryIO, head: bytes) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _MARKED))
    return zlib.crc32(head, size & 0xFFFF_FFFF) << 32 | zlib.crc32(stream.read(_MARKED))


def _picture(stream: BinaryIO) -> Probe:
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pillow warns of odd metadata, and of sizes we never decode
            with _open(stream) as image:
                width, height = image.size
                kind = image.format
                problem = cut_problem(image, stream)
                if problem is None:
                    image.verify()
    except UnidentifiedImageError:
        return Probe(problem="expected a picture, found bytes of no known format")
    except _BAD_BYTES as exc:
        return Probe(problem=f"expected a picture that opens, found {_tell(exc)}")
    return Probe(width, height, kind, problem)


def _open(stream: BinaryIO) -> ImageFile:
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


def _tell(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
