"""What is known of the frames of all files: their rows, their splits, and which records belong to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]


class Grouping:
    """Rows of one array by the frame they belong to: the rows of neighbouring frames are at hand in one slice."""

    def __init__(self, frame_of: Numbers) -> None:
        rows = np.flatnonzero(frame_of >= 0)  # rows of no frame have -1
        both = (
            frame_of[rows] << 32 | rows
        )  # sorted as one number: several times as quick as a stable order of the frames
        both.sort()
        self._rows: NDArray[np.int32] = (both & 0xFFFF_FFFF).astype(np.int32)
        self._frames: NDArray[np.int32] = (both >> 32).astype(np.int32)

    @property
    def rows(self) -> NDArray[np.int32]:
        """The rows of all frames, by frame."""
        return self._rows

    def slice(self, begin: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The frames from `begin` to `end`, as often as they have rows, and those rows in the file's order."""
        # Of the same type as the frames, or numpy would convert all of them each time.
        low, high = np.searchsorted(self._frames, np.array((begin, end), dtype=self._frames.dtype))
        return self._frames[low:high], self._rows[low:high]


@dataclass
class Split:
    """A segment to be: frames from `begin` to `end`, out of some documents."""

    name: str
    documents: list[int] = field(default_factory=list)
    begin: int = 0
    end: int = 0


@dataclass
class Index:
    """The frames of all documents. A frame without an image has row -1 in `row` and the code of its id in `ids`."""

    splits: list[Split]
    home: NDArray[np.int32]
    row: NDArray[np.int32]
    images: list[Grouping]
    annotations: list[Grouping]
    repeated: dict[int, int]  # frame -> how many earlier frames of its split have its id
    second: dict[tuple[int, int], int]  # (document, annotation row) -> how many earlier ones have its id
    bare: dict[int, tuple[int, int]]  # frame without an image -> document and annotation row that name it
    leaks: frozenset[int]  # frames whose file an earlier split has in another frame, which is told
