"""One pass over a frame's files and their labels, for all rules that judge a file or a label by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lading.media import Probe, is_image_name, probe
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.label import MaskLabel
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import Checker
from lading.validate.checks.bounds import limits
from lading.validate.checks.copies import Copies
from lading.validate.checks.labels import LabelsPass
from lading.validate.checks.masks import mask_findings
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.usage import Usage

#: Rules that look at a file; what they need is read in one opening.
FILE_RULES = frozenset({"media.unreadable", "media.size-mismatch", "media.duplicate", "media.leak"})
MEDIA_RULES = FILE_RULES | {"media.missing", "mask.not-png", "mask.size-mismatch"}

_OUTSIDE = frozenset({"box2d.outside-image", "polygon.outside-image", "keypoints.outside-image", "rle.other-size"})

_NOT_SEEN = Probe()


class DataPass(Checker):
    """Checks media and labels together, so that no file is opened twice for its size.

    Across frames it keeps the categories that were met, 16 bytes a file, and polygons until there are enough of them.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._dataset = dataset
        self._catalog = catalog
        self._reads_media = bool(severities.keys() & FILE_RULES)
        self._needs_size = bool(severities.keys() & _OUTSIDE)
        self._tells_missing = "media.missing" in severities
        self._checks_labels = bool(severities.keys() - FILE_RULES - {"media.missing"})
        self._usage = Usage(dataset, severities)
        self._copies = Copies(severities)
        self._labels = LabelsPass(catalog, severities, self._usage, is_contract=catalog is not dataset.catalog)

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong with the files of a frame and with their labels."""
        self._labels.begin()
        found: list[Finding] = []
        for data in frame.data:
            place = Place(segment, frame, data, self._severities)
            seen = self._look(segment, data)
            is_missing = data.content is None and self._tells_missing
            if is_missing or seen.problem is not None or seen.width is not None:
                found += _file_findings(place, seen)
            if data.labels and self._checks_labels:
                self._judge(place, seen, found)
        if self._labels.polygons.is_full:
            found += self._labels.polygons.flush()
        return found

    def _judge(self, place: Place, seen: Probe, found: list[Finding]) -> None:
        data = place.data
        masks: list[MaskLabel] = []
        width = seen.width if data.width is None else data.width
        height = seen.height if data.height is None else data.height
        found += self._labels.judge(place, *limits(width, height), masks)
        for mask in masks:
            found += mask_findings(place, mask, ((width, height), (seen.width, seen.height)))

    def settle(self, segment: Segment) -> Iterable[Finding]:
        """The polygons that have gathered."""
        return self._labels.polygons.flush()

    def memory(self) -> tuple[Any, Any]:
        """The categories and the marks of files."""
        return self._usage.memory, self._copies.memory

    def absorb(self, memory: tuple[Any, Any], part: Part) -> Iterable[Finding]:
        """Take over what another part has; what that shows is told at the end."""
        self._usage.absorb(memory[0], part)
        self._copies.absorb(memory[1])
        return ()

    def finish(self) -> Iterable[Finding]:
        """What categories and files show together."""
        yield from self._usage.finish(self._catalog)
        if self._copies.is_wanted:
            yield from self._copies.finish(self._dataset)

    def _look(self, segment: Segment, data: Data) -> Probe:
        content = data.content
        if content is None:
            return _NOT_SEEN
        if self._reads_media:
            seen = probe(content, marks=self._copies.is_wanted)
            self._copies.add(segment.name, content.path, seen.mark)
            return seen
        is_size_missing = data.width is None or data.height is None
        has_labels = bool(data.labels) and self._needs_size and is_image_name(content.path)
        return probe(content) if is_size_missing and has_labels else _NOT_SEEN


def _file_findings(place: Place, seen: Probe) -> Iterator[Finding]:
    data = place.data
    findings: list[Finding | None] = []
    if data.content is None:
        findings.append(place.finding(Problem("media.missing", f"expected a file {data.path!r}, found none")))
    elif seen.problem is not None:
        findings.append(place.finding(Problem("media.unreadable", seen.problem), at=Origin(data.path)))
    findings += [place.finding(problem) for problem in _size_problems(data, seen)]
    yield from (finding for finding in findings if finding is not None)


def _size_problems(data: Data, seen: Probe) -> Sequence[Problem]:
    if seen.width is None or seen.height is None:
        return ()
    declared = (data.width, data.height)
    found = (seen.width, seen.height)
    if all(said is None or said == true for said, true in zip(declared, found, strict=True)):
        return ()
    said = " x ".join("?" if size is None else str(size) for size in declared)
    message = f"expected {said} pixels as declared, found {seen.width} x {seen.height} in {data.path!r}"
    return (Problem("media.size-mismatch", message),)
