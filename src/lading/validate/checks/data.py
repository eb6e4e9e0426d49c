"""One pass over a frame's files and their labels, for all rules that judge a file or a label by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lading.media import Probe, is_image_name, probe
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import MASK_TYPES, Label
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import Checker
from lading.validate.checks.geometry import GEOMETRY, GeometryCheck, check_finite, limits
from lading.validate.checks.plans import KindPlans
from lading.validate.checks.problem import Place, Problem

MEDIA_RULES = frozenset({"media.missing", "media.unreadable", "media.size-mismatch"})


class DataPass(Checker):
    """Checks media and labels together, so that no file is opened twice for its size."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._catalog = catalog
        self._is_contract = catalog is not dataset.catalog
        self._kinds: dict[str, tuple[GeometryCheck, KindPlans]] = {}
        self._reads_media = bool(severities.keys() & {"media.unreadable", "media.size-mismatch"})
        self._needs_size = "box2d.outside-image" in severities
        self._checks_media = bool(severities.keys() & MEDIA_RULES)
        self._checks_labels = bool(severities.keys() - MEDIA_RULES)

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong with the files of a frame and with their labels."""
        for data in frame.data:
            place = Place(segment, frame, data, self._severities)
            seen = self._look(data)
            if self._checks_media:
                yield from _media_findings(place, seen)
            if self._checks_labels and data.labels:
                yield from self._labels(place, seen)

    def _look(self, data: Data) -> Probe:
        if data.content is None:
            return Probe()
        is_size_missing = data.width is None or data.height is None
        has_boxes = bool(data.labels) and self._needs_size and is_image_name(data.content.path)
        return probe(data.content) if self._reads_media or (is_size_missing and has_boxes) else Probe()

    def _labels(self, place: Place, seen: Probe) -> Iterator[Finding]:
        data = place.data
        right, bottom = limits(
            seen.width if data.width is None else data.width, seen.height if data.height is None else data.height
        )
        kinds = self._kinds
        for label in data.labels:
            known = kinds.get(label.kind)
            geometry, plans = known if known is not None else self._prepare(label.kind)
            plan = plans.plans.get(label.category)
            if plan is None:
                plan = plans.plan(label.category)
            for problem in (*geometry(label, right, bottom), *plan.check(label)):
                finding = place.finding(problem, label)
                if finding is not None:
                    yield finding

    def _prepare(self, kind: str) -> tuple[GeometryCheck, KindPlans]:
        prepared = (
            GEOMETRY.get(kind, check_finite),
            KindPlans(kind, self._catalog, is_contract=self._is_contract),
        )
        self._kinds[kind] = prepared
        return prepared


def _media_findings(place: Place, seen: Probe) -> Iterator[Finding]:
    data = place.data
    findings: list[Finding | None] = []
    if data.content is None:
        findings.append(place.finding(Problem("media.missing", f"expected a file {data.path!r}, found none")))
    elif seen.problem is not None:
        findings.append(place.finding(Problem("media.unreadable", seen.problem), at=Origin(data.path)))
    findings += [place.finding(problem) for problem in _size_problems(data, seen)]
    for label in data.labels:
        if isinstance(label, MASK_TYPES):
            findings += _mask_findings(place, label)
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


def _mask_findings(place: Place, label: Label) -> list[Finding | None]:
    if not isinstance(label, MASK_TYPES) or label.path is None:
        return []
    if label.content is None:
        problem = Problem("media.missing", f"expected a mask {label.path!r}, found none", "geometry")
        return [place.finding(problem, label)]
    if "media.unreadable" not in place.severities:
        return []
    wrong = probe(label.content).problem
    return [] if wrong is None else [place.finding(Problem("media.unreadable", wrong), at=Origin(label.path))]
