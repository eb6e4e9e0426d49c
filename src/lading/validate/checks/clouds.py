"""Clouds of bare floats, as lidars have them: every number of a point is finite, and in metres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.model.catalog import Catalog
from lading.model.content import Content
from lading.model.dataset import Dataset, Part
from lading.model.frame import Data
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import DataChecker
from lading.plugin.problem import Place, Problem
from lading.validate.checks.folders import Folders, Memory
from lading.wording import counted

#: A float32 of each column of a point.
_FLOAT_BYTES = 4

#: Bytes that are read at once: the clouds of most lidars.
_PIECE = 1 << 21

#: No lidar of a vehicle sees as far. A stray echo may be anywhere, but not nearly all of them.
_FAR_M = 1_000.0
_FAR_SHARE = 0.99

#: Of points whose squares are less, as a share of those of points so far away, few can be as far.
_MAYBE_FAR = 0.5


class CloudsPass(DataChecker):
    """Reads each file of a dataset that says which columns its points have; it keeps findings till the end."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._fields = tuple(dataset.bin_point_cloud_fields or ())
        self._is_idle = not self._fields
        self._folders = Folders(dataset, "clouds of its folder are such")

    def concerns(self, data: Data) -> bool:
        """Whether it is a cloud without a header. In a PCD a NaN stands for a beam that met nothing."""
        return data.content is not None and data.content.path.lower().endswith(".bin")

    def judge(self, place: Place) -> Iterable[Finding]:
        """Note what is wrong with the points of a file."""
        content, at = place.data.content, Origin(place.data.path)
        problems = () if content is None else self._problems(content)
        self._folders.add(at.file, *(place.finding(problem, at=at) for problem in problems))
        return ()

    def memory(self) -> Memory:
        """What was found, by folder."""
        return self._folders.memory

    def absorb(self, memory: Memory, part: Part) -> Iterable[Finding]:
        """Take over what was found in another part."""
        self._folders.absorb(memory, part)
        return ()

    def finish(self) -> Iterable[Finding]:
        """What is wrong with clouds; where most of a folder are such, once."""
        return self._folders.finish()

    def _problems(self, content: Content) -> Iterator[Problem]:
        if content.size % (_FLOAT_BYTES * len(self._fields)):
            return  # it is cut, or has other columns: its reader tells
        cloud = _Cloud(self._fields)
        try:
            with content.open() as stream:
                for points in _pieces(stream, len(self._fields)):
                    cloud.add(points)
        except NoRoomError:
            raise  # which says nothing of the file
        except (SourceError, OSError):
            return  # `media.unreadable` says it
        yield from cloud.problems()


class _Cloud:
    """Counts the points of a cloud, those that are not finite, and those that are far."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        names = [field.lower() for field in fields]
        self._place = [names.index(axis) for axis in "xyz"] if names and {*"xyz"} <= {*names} else []
        self._count = self._odd = self._far = 0
        self._first = ""
        self._farthest_m = 0.0

    def add(self, points: NDArray[np.float32]) -> None:
        """Take the next points, of shape (N, fields)."""
        numbers = points.reshape(-1)
        with np.errstate(all="ignore"):
            squares = np.dot(numbers, numbers)  # of all at once: mostly it shows that nothing is wrong
            if not np.isfinite(squares):  # it may also be too large
                self._note_odd(points)
            if self._place and not squares < _MAYBE_FAR * _FAR_M**2 * len(points):
                distances = np.sqrt(np.square(points[:, self._place], dtype=np.float64).sum(axis=1))
                far = distances[(distances > _FAR_M) & (distances < np.inf)]
                self._far += len(far)
                self._farthest_m = max(self._farthest_m, float(far.max(initial=0)))
        self._count += len(points)

    def _note_odd(self, points: NDArray[np.float32]) -> None:
        rows = np.flatnonzero(~np.isfinite(points).all(axis=1))
        if len(rows) and not self._first:
            point = points[rows[0]]
            column = int(np.isfinite(point).argmin())
            self._first = f"{self._fields[column]} is {point[column]} in point {self._count + int(rows[0])} (from 0)"
        self._odd += len(rows)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the points that were taken."""
        if self._odd:
            found = f"found {counted(self._odd, 'point')} of {self._count:,} with others: {self._first}"
            yield Problem("media.not-finite", f"expected points of finite numbers, {found}")
        if self._far and self._far >= _FAR_SHARE * (self._count - self._odd):
            found = f"found {self._far:,} of {self._count:,} farther off, up to {self._farthest_m:,.0f} m"
            yield Problem("media.far-points", f"expected points within {_FAR_M:,.0f} m of the sensor, {found}")


def _pieces(stream: BinaryIO, width: int) -> Iterator[NDArray[np.float32]]:
    """The points, of shape (N, width), some at once."""
    size = _FLOAT_BYTES * width
    rest = b""
    while piece := stream.read(_PIECE):
        piece = rest + piece if rest else piece
        end = len(piece) // size * size
        yield np.frombuffer(piece, dtype="<f4", count=end // _FLOAT_BYTES).reshape(-1, width)
        rest = piece[end:]
