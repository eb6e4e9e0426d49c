"""One pass over a frame's files and their labels, for all rules that judge a file or a label by itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lading.media import Probe, is_image_name, probe
from lading.model.catalog import Catalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.label import MASK_TYPES, Box2D, Label, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import Checker
from lading.validate.checks.bounds import limits
from lading.validate.checks.copies import Copies
from lading.validate.checks.geometry import GEOMETRY, GeometryCheck, check_finite
from lading.validate.checks.masks import mask_findings
from lading.validate.checks.plans import WITHOUT_INSTANCE, KindPlans
from lading.validate.checks.polygons import Polygons
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.same import KEYS
from lading.validate.checks.usage import Usage

#: Rules that look at a file; what they need is read in one opening.
FILE_RULES = frozenset({"media.unreadable", "media.size-mismatch", "media.duplicate", "media.leak"})
MEDIA_RULES = FILE_RULES | {"media.missing", "mask.not-png", "mask.size-mismatch"}

_OUTSIDE = frozenset({"box2d.outside-image", "polygon.outside-image", "keypoints.outside-image", "rle.other-size"})


class _Kind(NamedTuple):
    """What is prepared for the labels of one type."""

    geometry: GeometryCheck
    plans: KindPlans
    key: Callable[[Any], Hashable] | None
    is_single: bool
    has_instance: bool


class DataPass(Checker):
    """Checks media and labels together, so that no file is opened twice for its size.

    Across frames it keeps the categories that were met, 16 bytes a file, and polygons until there are enough of them.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._dataset = dataset
        self._catalog = catalog
        self._is_contract = catalog is not dataset.catalog
        self._kinds: dict[str, _Kind] = {}
        self._reads_media = bool(severities.keys() & FILE_RULES)
        self._needs_size = bool(severities.keys() & _OUTSIDE)
        self._checks_media = bool(severities.keys() & MEDIA_RULES)
        self._checks_labels = bool(severities.keys() - MEDIA_RULES)
        self._wants_same = "label.duplicate" in severities
        self._wants_twice = "label.instance-twice" in severities
        self._polygons = Polygons(severities)
        self._usage = Usage(dataset, severities)
        self._copies = Copies(severities)

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong with the files of a frame and with their labels."""
        for data in frame.data:
            place = Place(segment, frame, data, self._severities)
            seen = self._look(segment, data)
            if self._checks_media:
                yield from _media_findings(place, seen)
            if self._checks_labels and data.labels:
                yield from self._labels(place, seen)
        if self._polygons.is_full:
            yield from self._polygons.flush()

    def settle(self, segment: Segment) -> Iterable[Finding]:
        """The polygons that have gathered."""
        return self._polygons.flush()

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
            return Probe()
        if self._reads_media:
            seen = probe(content, marks=self._copies.is_wanted)
            self._copies.add(segment.name, content.path, seen.mark)
            return seen
        is_size_missing = data.width is None or data.height is None
        has_labels = bool(data.labels) and self._needs_size and is_image_name(content.path)
        return probe(content) if is_size_missing and has_labels else Probe()

    def _labels(self, place: Place, seen: Probe) -> Iterator[Finding]:
        data = place.data
        right, bottom = limits(
            seen.width if data.width is None else data.width, seen.height if data.height is None else data.height
        )
        found: list[tuple[Problem, Label]] = []
        known: dict[Hashable, Label] = {}
        taken: set[Hashable] = set()
        for label in data.labels:
            kind = self._kinds.get(label.kind) or self._prepare(label.kind)
            plan = kind.plans.plans.get(label.category)
            if plan is None:
                plan = kind.plans.plan(label.category)
                self._note(place, label)
            for problem in kind.geometry(label, right, bottom):
                found.append((problem, label))
            for problem in plan.check(label):
                found.append((problem, label))
            if kind.key is not None:
                key = kind.key(label)
                first = known.get(key)
                if first is None:
                    known[key] = label
                elif first.attributes == label.attributes:
                    found.append((_same(label), label))
            if kind.is_single:
                self._usage.note_items(place, label)
            if kind.is_single or (kind.has_instance and label.instance is not None):
                token = (label.kind, None if kind.is_single else label.instance)
                if token in taken:
                    found.append((_twice(label, is_single=kind.is_single), label))
                taken.add(token)
        if self._polygons.is_wanted:
            self._gather(place, right, bottom)
        for problem, label in found:
            finding = place.finding(problem, label)
            if finding is not None:
                yield finding

    def _gather(self, place: Place, right: float, bottom: float) -> None:
        boxes: dict[str, Box2D] = {}
        polygons: list[Polygon2D | MultiPolygon2D] = []
        for label in place.data.labels:
            kind = type(label)
            if kind is Box2D:
                if label.instance is not None:
                    boxes.setdefault(label.instance, label)  # type: ignore[arg-type]
            elif kind is Polygon2D or kind is MultiPolygon2D:
                polygons.append(label)  # type: ignore[arg-type]
        for polygon in polygons:
            box = None
            if polygon.instance is not None and not _is_crowd(polygon):
                box = boxes.get(polygon.instance)
            self._polygons.add(place, polygon, box, right, bottom)

    def _note(self, place: Place, label: Label) -> None:
        if label.category is not None:
            self._usage.note(place, label, label.category)

    def _prepare(self, kind: str) -> _Kind:
        is_contract = self._is_contract
        prepared = _Kind(
            geometry=GEOMETRY.get(kind, check_finite),
            plans=KindPlans(kind, self._catalog, frozenset(self._severities), is_contract=is_contract),
            key=KEYS.get(kind) if self._wants_same else None,
            is_single=kind in SINGLE_KINDS,
            has_instance=self._wants_twice and kind not in WITHOUT_INSTANCE,
        )
        self._kinds[kind] = prepared
        return prepared


def _is_crowd(label: Label) -> bool:
    """Whether a label stands for many objects at once, whose box and outline are drawn apart (design.md section 8)."""
    return bool(label.attributes.get("iscrowd", False))


def _same(label: Label) -> Problem:
    return Problem("label.duplicate", f"expected no label twice, found an equal {label.kind} before this one")


def _twice(label: Label, *, is_single: bool) -> Problem:
    if is_single:
        message = f"expected one label of {label.kind} a file, found another before this one"
        return Problem("label.more-than-one", message)
    message = f"expected each instance once a file and type, found {label.instance!r} of {label.kind} again"
    return Problem("label.instance-twice", message, "instance")


def _media_findings(place: Place, seen: Probe) -> Iterator[Finding]:
    data = place.data
    findings: list[Finding | None] = []
    if data.content is None:
        findings.append(place.finding(Problem("media.missing", f"expected a file {data.path!r}, found none")))
    elif seen.problem is not None:
        findings.append(place.finding(Problem("media.unreadable", seen.problem), at=Origin(data.path)))
    findings += [place.finding(problem) for problem in _size_problems(data, seen)]
    yield from (finding for finding in findings if finding is not None)
    for label in data.labels:
        if isinstance(label, MASK_TYPES):
            size = (data.width, data.height) if data.width is not None else (seen.width, seen.height)
            yield from mask_findings(place, label, size)


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
