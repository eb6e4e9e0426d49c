"""The same bytes under two names: copies within a segment, leaks from one segment into another."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import numpy as np

from lading.errors import NoRoomError, SourceError
from lading.media import sha1_hex
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.naming import short_hash
from lading.model.report import Finding, Origin, Report, Severity
from lading.plugin.problem import Place, Problem

COPY_RULES = frozenset({"media.duplicate", "media.leak"})


class Copies:
    """Keeps 16 bytes a file: a mark of its size, beginning and end, and a hash of its segment and path.

    Files whose marks are equal are read whole at the end, and only they; `leaks` then has segment and remote path of
    those that an earlier segment has as well.
    """

    def __init__(self, severities: Mapping[str, Severity]) -> None:
        self.is_wanted = bool(severities.keys() & COPY_RULES)
        self.leaks: set[tuple[str, str]] = set()
        self._severities = severities
        self._marks = array("Q")
        self._files = array("Q")

    def add(self, segment: str, path: str, mark: int | None) -> None:
        """Take the mark of a file; None is one that could not be read."""
        if mark is not None:
            self._marks.append(mark)
            self._files.append(_file_hash(segment, path))

    @property
    def memory(self) -> tuple[array[int], array[int]]:
        """What is kept, to be absorbed by another."""
        return self._marks, self._files

    def absorb(self, memory: tuple[array[int], array[int]]) -> None:
        """Take over what another kept."""
        self._marks.extend(memory[0])
        self._files.extend(memory[1])

    def finish(self, dataset: Dataset) -> Iterator[Finding]:
        """The copies, each at the later file."""
        marks = np.frombuffer(self._marks, dtype=np.uint64)
        if not len(marks):
            return
        _, inverse, counts = np.unique(marks, return_inverse=True, return_counts=True)
        doubtful = frozenset(np.frombuffer(self._files, dtype=np.uint64)[counts[inverse] > 1].tolist())
        if doubtful:
            yield from self._compare(dataset, doubtful)

    def _compare(self, dataset: Dataset, doubtful: frozenset[int]) -> Iterator[Finding]:
        firsts: dict[str, tuple[str, str]] = {}
        seen: set[int] = set()
        for segment in dataset.segments:
            for frame in dataset.frames(segment.name, report=Report()):
                for data in frame.data:
                    if data.content is None:
                        continue
                    file = _file_hash(segment.name, data.content.path)
                    if file not in doubtful or file in seen:
                        continue  # one file that two frames name is no copy; its remote path is told
                    seen.add(file)
                    finding = self._one(segment, frame, data, firsts)
                    if finding is not None:
                        yield finding

    def _one(self, segment: Segment, frame: Frame, data: Data, firsts: dict[str, tuple[str, str]]) -> Finding | None:
        if data.content is None:
            return None
        path = data.content.path
        try:
            digest = sha1_hex(data.content)
        except NoRoomError:
            raise
        except (SourceError, OSError):
            return None  # it was readable before; what ails it now is media.unreadable's next time
        first = firsts.setdefault(digest, (segment.name, path))
        if first == (segment.name, path):
            return None
        if first[0] == segment.name:
            rule, where = "media.duplicate", repr(first[1])
        else:
            rule, where = "media.leak", f"{first[1]!r} of segment {first[0]!r}"
            if rule in self._severities:
                self.leaks.add((segment.name, data.remote_path))
        problem = Problem(rule, f"expected a file of its own, found the bytes of {where} again (SHA-1 {digest})")
        return Place(segment, frame, data, self._severities).finding(problem, at=Origin(path))


def _file_hash(segment: str, path: str) -> int:
    return short_hash(f"{segment}\0{path}")
