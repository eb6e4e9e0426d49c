"""What the files of point labels hold: a byte a point (lidarseg), or an array of numbers in an .npz (panoptic)."""

from __future__ import annotations

import io
import struct
import tokenize
import warnings
import zipfile
import zlib
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lading import File
from lading.errors import SourceError
from lading.source import is_lfs_pointer

#: Of an instance in panoptic the class is the number divided by this (source-formats.md 4.4).
_INSTANCES = 1000

#: The array of an .npz of panoptic, and the member that it is.
_ARRAY = "data"
_MEMBER = f"{_ARRAY}.npy"

#: Labels that are read, at most: a file of a lidar has some 35,000 points.
_MOST = 1 << 24

_ZIP = b"PK"

#: What zipfile and numpy raise on bytes that are not what they claim to be.
_BAD_BYTES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    tokenize.TokenError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    SyntaxError,
    RuntimeError,
    MemoryError,
    OverflowError,
)


class PointClasses(NamedTuple):
    """How many labels a file has, and the class of each; None where they are not as many as the points."""

    number: int
    classes: NDArray[np.integer] | None


def read_classes(file: File, table: str, points: int | None) -> PointClasses:
    """The classes of points, in the order of the cloud. Raises SourceError for a file that has none to be read."""
    with file.open() as stream:
        data = stream.read()
    if is_lfs_pointer(data[:64]):
        raise SourceError(file.path, "expected labels of points, found a Git LFS pointer: it is not downloaded")
    if table == "lidarseg":
        values = np.frombuffer(data, dtype=np.uint8)
        return PointClasses(len(values), values if points in (None, len(values)) else None)
    if not data.startswith(_ZIP):
        raise SourceError(file.path, "expected an .npz, found another kind of file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _MEMBER not in archive.namelist():
                found = ", ".join(repr(name.removesuffix(".npy")) for name in archive.namelist()[:3]) or "none"
                raise SourceError(file.path, f"expected an array {_ARRAY!r} in the .npz, found {found}")
            with archive.open(_MEMBER) as member:
                return _panoptic(file, member, points)
    except _BAD_BYTES as exc:
        raise SourceError(file.path, "expected an .npz that is whole, found one that is cut or damaged") from exc


def _panoptic(file: File, member: IO[bytes], points: int | None) -> PointClasses:
    version = npy.read_magic(member)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy warns of headers by Python 2
        shape, _, dtype = read_header(member)
    if dtype.kind not in "iu":
        found = "pickled objects, which are not read" if dtype.hasobject else f"{dtype}"
        raise SourceError(file.path, f"expected whole numbers (uint16) in the array {_ARRAY!r}, found {found}")
    if len(shape) != 1 or not 0 <= shape[0] <= _MOST:
        raise SourceError(file.path, f"expected one number a point in the array {_ARRAY!r}, found the shape {shape}")
    if points not in (None, shape[0]):
        return PointClasses(shape[0], None)
    size = shape[0] * dtype.itemsize
    values = np.frombuffer(member.read(size + 1)[:size], dtype=dtype, count=shape[0])  # one more, for its checksum
    return PointClasses(len(values), values // _INSTANCES)
