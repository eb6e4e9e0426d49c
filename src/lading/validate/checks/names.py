"""Names and paths as the platform takes them (platform-api.md G1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Frame
from lading.model.naming import are_wire_paths, short_hash, wire_path, wire_segment
from lading.model.report import Finding, Report, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Place, Problem

#: What ends a part of a resource name on the platform (NAME-TBRN).
_RESOURCE_NAME = frozenset(":@#")


class NamesPass(BlockChecker):
    """Checks remote paths and segment names.

    It keeps a hash of 8 bytes for each path: an index, not the paths.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._dataset = dataset
        self._seen: dict[str, set[int]] = {}

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the remote paths of frames."""
        seen = self._seen.setdefault(segment.name, set())
        are_taken = are_wire_paths([data.remote_path for frame in frames for data in frame.data])
        for number, frame in enumerate(frames):
            for data in frame.data:
                key = short_hash(data.remote_path)
                if are_taken and key not in seen:
                    seen.add(key)
                    continue
                problem = _path_problem(data.remote_path, key, seen)
                if problem is not None:
                    finding = Place(segment, frame, data, self._severities).finding(problem)
                    if finding is not None:
                        yield number, finding

    def memory(self) -> dict[str, set[int]]:
        """The hashes of the paths, by segment."""
        return self._seen

    def absorb(self, memory: dict[str, set[int]], part: Part) -> Iterable[Finding]:
        """Paths of a part that earlier parts have too; the hashes tell that there are some, frames read again which."""
        for name, hashes in memory.items():
            seen = self._seen.setdefault(name, set())
            both = seen & hashes
            if both and "path.duplicate" in self._severities:
                yield from self._duplicates(self._dataset.segment(name), part, both)
            seen |= hashes

    def _duplicates(self, segment: Segment, part: Part, both: set[int]) -> Iterable[Finding]:
        for frame in self._dataset.frames(segment.name, part, Report()):
            for data in frame.data:
                key = short_hash(data.remote_path)
                if key in both:
                    both.discard(key)  # a second one in this part was told when it was met
                    place = Place(segment, frame, data, self._severities)
                    finding = place.finding(_duplicate(data.remote_path))
                    if finding is not None:
                        yield finding

    def finish(self) -> Iterable[Finding]:
        """What is wrong with the names of the dataset and its segments."""
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


def _duplicate(path: str) -> Problem:
    message = f"expected a remote path that no other file of the segment has, found {path!r} again"
    return Problem("path.duplicate", message)


def _path_problem(path: str, key: int, seen: set[int]) -> Problem | None:
    if not path:
        return Problem("path.empty", "expected a remote path, found an empty one")
    if key in seen:
        return _duplicate(path)
    seen.add(key)
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
