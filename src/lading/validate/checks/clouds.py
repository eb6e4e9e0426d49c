"""Clouds of bare floats, as lidars have them: every number of a point is finite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.model.catalog import Catalog
from lading.model.content import Content
from lading.model.dataset import Dataset
from lading.model.frame import Data
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import DataChecker
from lading.plugin.problem import Place, Problem
from lading.wording import counted

#: A float32 of each column of a point.
_FLOAT_BYTES = 4

#: Bytes that are read at once: the clouds of most lidars.
_PIECE = 1 << 21

_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)


class CloudsPass(DataChecker):
    """Reads each file of a dataset that says which columns its points have; it keeps nothing."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._fields = tuple(dataset.bin_point_cloud_fields or ())
        self._is_idle = not self._fields

    def concerns(self, data: Data) -> bool:
        """Whether it is a cloud without a header. In a PCD a NaN stands for a beam that met nothing."""
        return data.content is not None and data.content.path.lower().endswith(".bin")

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the points of a file."""
        content = place.data.content
        problem = None if content is None else self._problem(content)
        if problem is not None:
            yield place.finding(problem, at=Origin(place.data.path))

    def _problem(self, content: Content) -> Problem | None:
        if content.size % (_FLOAT_BYTES * len(self._fields)):
            return None  # it is cut, or has other columns: its reader tells
        count, odd, first = 0, 0, ""
        try:
            with content.open() as stream:
                for points in _pieces(stream, len(self._fields)):
                    rows = _odd(points)
                    if len(rows):
                        first = first or self._shown(points[rows[0]], count + int(rows[0]))
                        odd += len(rows)
                    count += len(points)
        except NoRoomError:
            raise  # which says nothing of the file
        except (SourceError, OSError):
            return None  # `media.unreadable` says it
        if not odd:
            return None
        message = f"expected points of finite numbers, found {counted(odd, 'point')} of {count:,} with others: {first}"
        return Problem("media.not-finite", message)

    def _shown(self, point: NDArray[np.float32], place: int) -> str:
        column = int(np.isfinite(point).argmin())
        return f"{self._fields[column]} is {point[column]} in point {place}"


def _pieces(stream: BinaryIO, width: int) -> Iterator[NDArray[np.float32]]:
    """The points, of shape (N, width), some at once."""
    size = _FLOAT_BYTES * width
    rest = b""
    while piece := stream.read(_PIECE):
        piece = rest + piece if rest else piece
        end = len(piece) // size * size
        yield np.frombuffer(piece, dtype="<f4", count=end // _FLOAT_BYTES).reshape(-1, width)
        rest = piece[end:]


def _odd(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """The places of points with a number that is not finite."""
    numbers = points.reshape(-1)
    with np.errstate(all="ignore"):
        if np.isfinite(np.dot(numbers, numbers)):  # at once of all, mostly; a sum of squares may also be too large
            return _NONE
    return np.flatnonzero(~np.isfinite(points).all(axis=1))
