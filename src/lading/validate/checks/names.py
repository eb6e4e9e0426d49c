"""Names and paths as the platform takes them (platform-api.md G1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.naming import are_wire_paths, short_hash, wire_path, wire_segment
from lading.model.report import Finding, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Place, Problem
from lading.validate.checks.repeated import repeated

#: What ends a part of a resource name on the platform (NAME-TBRN).
_RESOURCE_NAME = frozenset(":@#")


class NamesPass(BlockChecker):
    """Checks remote paths and segment names.

    It keeps a hash of 8 bytes for each path: an index, not the paths. Those that are there again are told at the end.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._dataset = dataset
        self._seen: dict[str, tuple[set[int], set[int]]] = {}  # by segment, and those of them that came again

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the remote paths of frames."""
        seen, again = self._seen.setdefault(segment.name, (set(), set()))
        are_taken = are_wire_paths([data.remote_path for frame in frames for data in frame.data])
        for number, frame in enumerate(frames):
            for data in frame.data:
                key = short_hash(data.remote_path)
                if key in seen:
                    again.add(key)
                    continue
                if data.remote_path:
                    seen.add(key)
                problem = None if are_taken else _path_problem(data.remote_path)
                if problem is not None:
                    finding = Place(segment, frame, data, self._severities).finding(problem)
                    if finding is not None:
                        yield number, finding

    def memory(self) -> dict[str, tuple[set[int], set[int]]]:
        """The hashes of the paths, by segment."""
        return self._seen

    def absorb(self, memory: dict[str, tuple[set[int], set[int]]], part: Part) -> Iterable[Finding]:
        """Take over the hashes of a part; paths that earlier parts have too are told at the end."""
        for name, (hashes, twice) in memory.items():
            seen, again = self._seen.setdefault(name, (set(), set()))
            again |= twice | (seen & hashes)
            seen |= hashes
        return ()

    def _duplicates(self, segment: Segment) -> Iterator[Finding]:
        hashes = self._seen[segment.name][1] if segment.name in self._seen else frozenset[int]()
        for frame, data, first in repeated(self._dataset, segment.name, self.part, hashes, _paths):
            if data is not None:
                message = "expected a remote path that no other file of the segment has"
                problem = Problem("path.duplicate", f"{message}, found {data.remote_path!r} again{first}")
                finding = Place(segment, frame, data, self._severities).finding(problem)
                if finding is not None:
                    yield finding

    def finish(self) -> Iterable[Finding]:
        """Paths that are there again; what is wrong with the names of the dataset and its segments."""
        for segment in self._dataset.segments if "path.duplicate" in self._severities else ():
            yield from self._duplicates(segment)
        taken: set[str] = set()
        found: list[tuple[Problem, Segment | None]] = [
            (problem, None) for problem in _dataset_problems(self._dataset.name)
        ]
        for segment in self._dataset.segments:
            found += [(problem, segment) for problem in _segment_problems(segment.name, taken)]
            taken.add(segment.name)
        for problem, named in found:
            name, at = (None, None) if named is None else (named.name, named.origin)
            finding = problem.finding(self._severities, segment=name, at=at)
            if finding is not None:
                yield finding


def _paths(frame: Frame) -> Iterator[tuple[int, Data]]:
    return ((short_hash(data.remote_path), data) for data in frame.data)


def _path_problem(path: str) -> Problem | None:
    if not path:
        return Problem("path.empty", "expected a remote path, found an empty one")
    escaped = wire_path(path)
    if escaped != path:
        message = f"expected a path that the platform takes, found {path!r}; it goes up as {escaped!r}"
        return Problem("path.forbidden", message)
    return None


def _dataset_problems(name: str) -> Iterable[Problem]:
    if not name:
        yield Problem("dataset.empty-name", "expected a name of the dataset, found an empty one")
    stray = sorted(set(name) & _RESOURCE_NAME)
    if stray:
        message = f"expected a name without {' '.join(sorted(_RESOURCE_NAME))}, found {name!r}"
        yield Problem("dataset.forbidden-name", message)


def _segment_problems(name: str, taken: set[str]) -> Iterable[Problem]:
    if not name:
        yield Problem("segment.empty-name", "expected a segment name, found an empty one")
    if name in taken:
        yield Problem("segment.duplicate-name", f"expected a name that no other segment has, found {name!r} again")
    escaped = wire_segment(name)
    if escaped != name:
        message = f"expected a segment name that the platform takes, found {name!r}; it goes up as {escaped!r}"
        yield Problem("segment.forbidden-name", message)
