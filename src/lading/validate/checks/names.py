"""Names and paths as the platform takes them (platform-api.md G1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Frame
from lading.model.naming import wire_path, wire_segment
from lading.model.report import Finding, Severity
from lading.plugin.contracts import Checker
from lading.validate.checks.problem import Place, Problem


class NamesPass(Checker):
    """Checks remote paths and segment names.

    It keeps a hash of 8 bytes for each path of the segment at hand: an index, not the paths.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._segments = dataset.segments
        self._current: str | None = None
        self._seen: set[int] = set()

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong with the remote paths of a frame."""
        if segment.name != self._current:
            self._current = segment.name
            self._seen = set()
        for data in frame.data:
            problem = self._path_problem(data.remote_path)
            if problem is not None:
                finding = Place(segment, frame, data, self._severities).finding(problem)
                if finding is not None:
                    yield finding

    def finish(self) -> Iterable[Finding]:
        """What is wrong with the names of the segments."""
        for segment in self._segments:
            problem = _segment_problem(segment.name)
            severity = None if problem is None else self._severities.get(problem.rule)
            if problem is not None and severity is not None:
                yield Finding(rule=problem.rule, severity=severity, message=problem.message, segment=segment.name)

    def _path_problem(self, path: str) -> Problem | None:
        if not path:
            return Problem("path.empty", "expected a remote path, found an empty one")
        key = hash(path)
        if key in self._seen:
            message = f"expected a remote path that no other file of the segment has, found {path!r} again"
            return Problem("path.duplicate", message)
        self._seen.add(key)
        escaped = wire_path(path)
        if escaped != path:
            message = f"expected a path that the platform takes, found {path!r}; it goes up as {escaped!r}"
            return Problem("path.forbidden", message)
        return None


def _segment_problem(name: str) -> Problem | None:
    if not name:
        return Problem("segment.empty-name", "expected a segment name, found an empty one")
    escaped = wire_segment(name)
    if escaped != name:
        message = f"expected a segment name that the platform takes, found {name!r}; it goes up as {escaped!r}"
        return Problem("segment.forbidden-name", message)
    return None
