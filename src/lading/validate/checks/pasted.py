"""The boxes of one picture on another: labels that were pasted, or saved with the wrong frame.

Equal to the last digit they do not come about by chance. Where many pictures of a segment share their boxes, what they
show stands still, and nothing is told.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from posixpath import basename

import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.media import sha1_hex
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.model.report import Finding, Report, Severity
from lading.plugin.problem import Place, Problem
from lading.validate.checks.columns import Columns, columns_of, mixed
from lading.wording import counted

PASTED_RULE = "label.pasted"

#: As few boxes may be equal by chance, where coordinates are whole numbers.
_FEWEST = 3
#: Where more pictures than this and than a tenth, or more than a third, share boxes, the segment is like that.
_FEW = 3

_BLOCK = 256


class Pasted:
    """Keeps 8 bytes a file, a mark of its boxes; frames are read again where marks are equal."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        is_tracking = any("BOX2D" in known and known["BOX2D"].is_tracking for known in (dataset.catalog, catalog))
        self.is_wanted = PASTED_RULE in severities and not is_tracking
        self._marks: dict[str, array[int]] = {}

    def add(self, segment: Segment, boxes: Columns[Box2D]) -> None:
        """Take the boxes of some files."""
        marks = self._marks.setdefault(segment.name, array("Q"))
        marks.frombytes(_marks(boxes)[1].tobytes())

    @property
    def memory(self) -> dict[str, array[int]]:
        """The marks, to be absorbed by another."""
        return self._marks

    def absorb(self, memory: dict[str, array[int]]) -> None:
        """Take over what another kept."""
        for name, marks in memory.items():
            self._marks.setdefault(name, array("Q")).extend(marks)

    def finish(self, dataset: Dataset) -> Iterator[Finding]:
        """The pictures with the boxes of another one, once a segment."""
        for segment in dataset.segments:
            marks = np.frombuffer(self._marks.get(segment.name, array("Q")), dtype=np.uint64)
            known, counts = np.unique(marks, return_counts=True)
            again = len(marks) - len(known)
            if 0 < again <= min(max(_FEW, len(marks) // 10), len(marks) // 3):
                yield from self._tell(dataset, segment, known[counts > 1])

    def _tell(self, dataset: Dataset, segment: Segment, doubtful: NDArray[np.uint64]) -> Iterator[Finding]:
        firsts: dict[bytes, Data] = {}
        told: list[tuple[Frame, Data, Data]] = []
        for frame, data, boxes in _files(dataset, segment, doubtful):
            first = firsts.setdefault(boxes, data)
            if first is not data and not _are_one(first, data):
                told.append((frame, data, first))
        if not told:
            return
        frame, data, first = told[0]
        label = next(label for label in data.labels if isinstance(label, Box2D))
        count = sum(isinstance(label, Box2D) for label in data.labels)
        message = (
            f"expected boxes of its own in {data.path!r}, found the {count} of {first.path!r} again, equal to the "
        )
        message += "last digit"
        if len(told) > 1:
            message += f"; so it is with {counted(len(told) - 1, 'more file')} of the segment"
        finding = Place(segment, frame, data, self._severities).finding(Problem(PASTED_RULE, message), label)
        if finding is not None:
            yield finding


def _files(dataset: Dataset, segment: Segment, doubtful: NDArray[np.uint64]) -> Iterator[tuple[Frame, Data, bytes]]:
    """The files whose marks are among these, with all their boxes."""
    frames = dataset.frames(segment.name, report=Report())
    while block := list(islice(frames, _BLOCK)):
        owned = [(frame, data) for frame in block for data in frame.data]
        boxes = columns_of([data for _, data in owned]).get(Box2D)
        if boxes is None:
            continue
        files, marks = _marks(boxes)
        for file in files[np.isin(marks, doubtful)].tolist():
            edges = boxes.edges[:, boxes.owners == file] + 0.0  # -0 and 0 are the same
            yield (*owned[file], edges[:, np.lexsort(edges)].tobytes())


def _marks(boxes: Columns[Box2D]) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """The files that have enough boxes, and a mark of those of each, whatever their order."""
    edges = boxes.edges
    # The first edge once more, so that the last one is mixed as well: these marks are summed.
    marks = mixed(np.zeros(len(boxes), dtype=np.uint64), (*edges, edges[0]))
    begins = np.flatnonzero(np.diff(boxes.owners, prepend=-1))
    counts = np.diff(begins, append=len(boxes))
    is_enough = counts >= _FEWEST
    return boxes.owners[begins][is_enough], np.add.reduceat(marks, begins)[is_enough]


def _are_one(one: Data, other: Data) -> bool:
    """Whether two files are one picture, by their names or bytes; other rules speak of that."""
    if basename(one.path) == basename(other.path):
        return True
    if one.content is None or other.content is None or one.content.size != other.content.size:
        return False
    try:
        return sha1_hex(one.content) == sha1_hex(other.content)
    except NoRoomError:
        raise
    except (SourceError, OSError):
        return False  # media.unreadable tells why
