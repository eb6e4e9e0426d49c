"""One pass over a frame's files and their labels, for all rules that judge a file or a label by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from lading.media import Probe, has_format_of_name, is_image_name, probe
from lading.model.catalog import Catalog
from lading.model.content import Content
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Box2D, MaskLabel
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Place, Places, Problem
from lading.validate.checks import augmented
from lading.validate.checks.bodies import Bodies
from lading.validate.checks.bounds import limits, reaches
from lading.validate.checks.copies import Copies
from lading.validate.checks.labels import LabelsPass
from lading.validate.checks.masks import mask_findings
from lading.validate.checks.outlines import outlines
from lading.validate.checks.pairs import PAIR_RULE, Pairs
from lading.validate.checks.pasted import Pasted
from lading.validate.checks.polygons import POLYGON_RULES, polygon_findings
from lading.validate.checks.relative import Relative
from lading.validate.checks.sizes import RULE as SIZE_RULE
from lading.validate.checks.sizes import Sizes, reach_of
from lading.validate.checks.unserved import Unserved
from lading.validate.checks.usage import Usage

#: Rules that look at a file; what they need is read in one opening.
FILE_RULES = frozenset(
    {"media.unreadable", "media.size-mismatch", "media.other-format", "media.duplicate", "media.leak"}
)

_OUTSIDE = frozenset({"box2d.outside-image", "polygon.outside-image", "keypoints.outside-image", "rle.other-size"})

_NOT_SEEN = Probe()


class DataPass(BlockChecker):
    """Checks media and labels together, so that no file is opened twice for its size.

    Across frames it keeps the categories that were met, 24 bytes a file, and up to 1,000 findings a segment.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._dataset = dataset
        self._catalog = catalog
        self._reads_media = bool(severities.keys() & FILE_RULES)
        self._needs_size = bool(severities.keys() & _OUTSIDE)
        self._tells_missing = "media.missing" in severities
        self._unserved = Unserved(dataset)
        self._tells_sizes = SIZE_RULE in severities
        self._sizes = Sizes(dataset)
        self._checks_labels = bool(severities.keys() - FILE_RULES - {"media.missing", PAIR_RULE, augmented.RULE})
        self._usage = Usage(dataset, severities)
        self._copies = Copies(severities)
        self._augmented = augmented.Augmented(dataset, severities)
        self._pairs = Pairs(dataset, severities)
        self._pasted = Pasted(dataset, catalog, severities)
        self._checks_polygons = bool(severities.keys() & POLYGON_RULES)
        self._relative = Relative(dataset)
        self._bodies = Bodies(dataset, severities)
        is_contract = catalog is not dataset.catalog
        self._labels = LabelsPass(catalog, severities, self._usage, self._relative, is_contract=is_contract)

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the files of frames and with their labels."""
        numbers = [number for number, frame in enumerate(frames) for _ in frame.data]
        files = [data for frame in frames for data in frame.data]
        places = Places(segment, [frames[number] for number in numbers], files, self._severities)
        found: dict[int, list[Finding]] = {}
        seen = [_NOT_SEEN] * len(files)
        for index, data in enumerate(files):
            content = data.content
            if content is not None:
                seen[index] = self._look(segment, data, content)
                is_odd = _is_odd(data, seen[index])
            else:
                is_odd = self._tells_missing and not self._unserved.has(data.path, segment.name)
            if is_odd:
                place = places[index]
                found[index] = list(_file_findings(place, seen[index]))
                self._sizes.take(place, seen[index])
        self._sizes.saw(segment, seen)
        if self._augmented.is_wanted:
            self._augmented.add(segment.name, files)
        if self._pairs.is_wanted:
            rest = iter(seen)
            for frame in frames:
                self._pairs.add(segment, frame, list(islice(rest, len(frame.data))))
        if self._checks_labels:
            self._judge(segment, places, seen, numbers, found)
        return [(numbers[index], finding) for index in sorted(found) for finding in found[index]]

    def _judge(
        self,
        segment: Segment,
        places: Places,
        seen: Sequence[Probe],
        numbers: list[int],
        found: dict[int, list[Finding]],
    ) -> None:
        """Put what is wrong with the labels of files into `found`."""
        files = zip(places.files, seen, strict=True)
        sizes = [reach_of(data, file, is_told=self._tells_sizes) for data, file in files]
        reach = reaches(sizes)
        screened = self._labels.screen(places.files, reach)
        if Box2D in screened.columns:
            self._relative.saw(segment, screened.columns[Box2D])
            if self._pasted.is_wanted:
                self._pasted.add(segment, screened.columns[Box2D])
        if self._bodies.is_wanted:
            self._bodies.add(segment, places, screened.columns, reach)
        frame = -1
        for index in sorted(screened.types):
            if numbers[index] != frame:
                frame = numbers[index]
                self._labels.begin()
            place, masks = places[index], list[MaskLabel]()
            findings = found.setdefault(index, [])
            findings += self._labels.judge(place, screened.types[index], *limits(*sizes[index]), masks)
            for mask in masks:
                declared = (place.data.width, place.data.height)
                findings += mask_findings(place, mask, (declared, (seen[index].width, seen[index].height)))
        polygons = outlines(screened.columns) if self._checks_polygons else None
        if polygons is not None:
            for index, finding in polygon_findings(polygons, places, reach, self._severities):
                found.setdefault(index, []).append(finding)

    def memory(self) -> tuple[Any, ...]:
        """Categories, marks of files, sizes, boxes that files share or have in parts, copies, bodies."""
        of_files = (self._usage, self._copies, self._pairs, self._pasted, self._augmented)
        return tuple(each.memory for each in (*of_files, self._relative, self._bodies, self._sizes))

    def absorb(self, memory: tuple[Any, ...], part: Part) -> Iterable[Finding]:
        """Take over what another part has; what that shows is told at the end."""
        self._usage.absorb(memory[0], part)
        self._copies.absorb(memory[1])
        self._pairs.absorb(memory[2], part)
        self._pasted.absorb(memory[3])
        self._augmented.absorb(memory[4])
        self._relative.absorb(memory[5])
        self._bodies.absorb(memory[6])
        self._sizes.absorb(memory[7])
        return ()

    def finish(self) -> Iterable[Finding]:
        """What categories and files show together."""
        yield from self._sizes.finish()
        yield from self._relative.finish()
        yield from self._bodies.finish()
        yield from self._usage.finish(self._catalog)
        yield from self._pairs.finish()
        yield from self._pasted.finish(self._dataset)
        if self._copies.is_wanted:
            yield from self._copies.finish(self._dataset)
        yield from self._augmented.finish(self._dataset, self._copies.leaks)

    def _look(self, segment: Segment, data: Data, content: Content) -> Probe:
        if self._reads_media:
            seen = probe(content, marks=self._copies.is_wanted)
            self._copies.add(segment.name, content.path, seen.mark)
            return seen
        is_size_missing = data.width is None or data.height is None
        is_asked = self._pairs.is_wanted or (bool(data.labels) and self._needs_size)
        return probe(content) if is_size_missing and is_asked and is_image_name(content.path) else _NOT_SEEN


def _is_odd(data: Data, seen: Probe) -> bool:
    """Whether something may be wrong with a file that is there; mostly nothing is."""
    if seen is _NOT_SEEN:
        return False
    return (
        seen.problem is not None
        or seen.width != data.width
        or seen.height != data.height
        or (seen.format is not None and not has_format_of_name(data.path, seen.format))
    )


def _file_findings(place: Place, seen: Probe) -> Iterator[Finding]:
    data = place.data
    findings: list[Finding | None] = []
    if data.content is None and data.path:  # that it has no name is path.empty
        findings.append(place.finding(Problem("media.missing", f"expected a file {data.path!r}, found none")))
    elif seen.problem is not None:
        findings.append(place.finding(Problem("media.unreadable", seen.problem), at=Origin(data.path)))
    elif seen.format is not None and not has_format_of_name(data.path, seen.format):
        message = f"expected a picture of the format that its name says, found {seen.format}"
        findings.append(place.finding(Problem("media.other-format", message), at=Origin(data.path)))
    yield from (finding for finding in findings if finding is not None)
