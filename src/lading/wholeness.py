"""Whether the file of a picture reaches to its end, told by its structure, without its pixels being decoded."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_Check: TypeAlias = Callable[["ImageFile", BinaryIO, int], bool]

_EOI = b"\xff\xd9"

#: Bytes of a sample in the raw modes of pillow that PNM files have; a row of bits ends with a whole byte.
_SAMPLES = {"1;I": 0, "L": 1, "RGB": 3, "I;16B": 2}

#: TIFF 6.0: where the strips or tiles begin, and how many bytes each has.
_TIFF_PARTS = ((273, 279), (324, 325))


def cut_problem(image: ImageFile, stream: BinaryIO) -> str | None:
    """What to say of a picture that ends too early; pillow's own check reads no pixels of most kinds."""
    is_whole = _CHECKS.get(image.format or "")
    if is_whole is None:
        return None
    place = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    whole = is_whole(image, stream, size)
    stream.seek(place)
    return None if whole else f"expected a whole picture, found it cut after {size} bytes"


def _jpeg(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    stream.seek(max(0, size - len(_EOI)))
    if stream.read(len(_EOI)) == _EOI:
        return True
    # Cameras and exporters append bytes after the end marker, so it may stand earlier; between the start of the
    # scan and the end a byte 0xFF is followed by 0x00 or a restart marker (ITU-T T.81, B.1.1.5).
    place = 2
    while True:
        stream.seek(place)
        marker = stream.read(4)
        if len(marker) < 4 or marker[0] != 0xFF:
            return False
        if marker[1] == 0xFF:  # fill byte
            place += 1
            continue
        place += 2 + int.from_bytes(marker[2:4])
        if marker[1] == 0xDA:
            break
    stream.seek(place)
    return _EOI in stream.read()


def _png(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    place = 8
    while place + 12 <= size:  # a chunk is length, type, data, checksum (PNG 1.2, 3.2)
        stream.seek(place)
        length = int.from_bytes(stream.read(4))
        name = stream.read(4)
        place += 12 + length
        if name == b"IEND":
            return place <= size
    return False


def _gif(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    """Blocks up to the trailer, which some programs leave away behind a whole picture (GIF89a, 18 to 27)."""
    stream.seek(10)
    packed = stream.read(1)[0]
    stream.seek(13 + _colour_table(packed))
    is_drawn = False
    while block := stream.read(1):
        if block == b";":
            return True
        if block == b",":
            head = stream.read(9)
            if len(head) < 9:
                return False
            stream.seek(_colour_table(head[8]), os.SEEK_CUR)
            is_drawn = True
        elif block != b"!":
            return is_drawn  # bytes behind a picture whose trailer is left away
        stream.read(1)  # the size of codes, or the kind of extension
        if not _passed_sub_blocks(stream):
            return False
    return is_drawn and stream.tell() <= size


def _colour_table(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _passed_sub_blocks(stream: BinaryIO) -> bool:
    while length := stream.read(1):
        if length == b"\0":
            return True
        if len(stream.read(length[0])) < length[0]:
            return False
    return False


def _bmp(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    """Rows of whole words, the last of which may lack its filling; run lengths are not looked at."""
    for kind, _, offset, args in image.tile:
        if kind == "raw" and isinstance(args, tuple) and size < offset + args[1] * image.height - 3:
            return False
    return True


def _pnm(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    for kind, _, offset, args in image.tile:
        sample = _SAMPLES.get(args) if kind == "raw" and isinstance(args, str) else None
        if sample is not None and size < offset + image.height * (image.width * sample or (image.width + 7) // 8):
            return False
    return True


def _tiff(image: ImageFile, stream: BinaryIO, size: int) -> bool:
    tags = getattr(image, "tag_v2", {})
    for begins, lengths in _TIFF_PARTS:
        parts = zip(tags.get(begins) or (), tags.get(lengths) or (), strict=False)
        if any(begin + length > size for begin, length in parts):
            return False
    return True


_CHECKS: dict[str, _Check] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "BMP": _bmp,
    "PPM": _pnm,
    "TIFF": _tiff,
}
