"""What a file of media is, without decoding it: its size, whether it opens and is whole, its digest."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
import zlib
from typing import BinaryIO

import msgspec

from lading.errors import LadingError, NoRoomError, SourceError
from lading.media.names import is_image_name
from lading.media.opening import BAD_BYTES, failure, open_picture
from lading.model.content import Content
from lading.pcd import pcd_problem
from lading.wholeness import cut_problem

_LFS = b"version https://git-lfs.github.com/spec/v1"
_PIECE = 1 << 20
_MARKED = 1 << 12
#: Pictures of fewer bytes are read at once to be looked at.
_SMALL = 1 << 16

#: The tag of EXIF that says how a camera was held, and its values of a quarter turn (Exif 2.3, Orientation).
_ORIENTATION = 0x0112
_QUARTER_TURNS = range(5, 9)


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


def sha1_hex(content: Content) -> str:
    """The SHA-1 of a file in lower-case hex, read in pieces. Raises SourceError where it cannot be read."""
    digest = hashlib.sha1(usedforsecurity=False)
    with content.open() as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


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
        return Probe(problem=f"expected a file that opens, found {failure(exc)}")


def quarter_turn(content: Content) -> int | None:
    """The orientation of EXIF by which viewers show a picture turned by a quarter (5 to 8); None where none says so.

    Files that do not open, and no pictures, say nothing: `probe` tells what is wrong with them.
    """
    try:
        with warnings.catch_warnings(), content.open() as stream:
            warnings.simplefilter("ignore")  # pillow warns of odd metadata
            with open_picture(stream) as image:
                told = image.getexif().get(_ORIENTATION) if "exif" in image.info else None
    except NoRoomError:
        raise  # which says nothing of the file
    except (LadingError, *BAD_BYTES):
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
            with open_picture(stream) as image:
                width, height = image.size
                kind = image.format
                problem = cut_problem(image, stream)
                if problem is None:
                    image.verify()
    except UnidentifiedImageError:
        return Probe(problem="expected a picture, found bytes of no known format")
    except BAD_BYTES as exc:
        return Probe(problem=f"expected a picture that opens, found {failure(exc)}")
    return Probe(width, height, kind, problem)
