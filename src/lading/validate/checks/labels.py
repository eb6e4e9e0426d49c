"""One pass over the labels of a file, what it needs prepared once for each type and category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from lading.model.catalog import Catalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.frame import Data
from lading.model.label import MASK_TYPES, Box2D, Label, MaskLabel, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.boxes import box2d_suspects, check_box2d
from lading.validate.checks.geometry import GEOMETRY, GeometryCheck, check_finite
from lading.validate.checks.plans import WITHOUT_INSTANCE, KindPlans
from lading.validate.checks.polygons import Polygons
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.rings import outlines_of
from lading.validate.checks.same import SAMENESS, Sameness
from lading.validate.checks.usage import Usage

_Found: TypeAlias = list[tuple[Problem, Label]]

_NO_TYPES: frozenset[type] = frozenset()


class _Kind(NamedTuple):
    """What is looked at in the labels of one type: None is not looked at, or elsewhere."""

    geometry: GeometryCheck | None
    plans: KindPlans
    sameness: Sameness | None
    is_single: bool
    has_instance: bool
    is_mask: bool


class LabelsPass:
    """Judges the labels of one file after another."""

    def __init__(
        self, catalog: Catalog, severities: Mapping[str, Severity], usage: Usage, *, is_contract: bool
    ) -> None:
        self.polygons = Polygons(severities)
        self._severities = severities
        self._catalog = catalog
        self._is_contract = is_contract
        self._usage = usage
        self._kinds: dict[type[Label], _Kind] = {}
        self._told: set[tuple[str | int | None, ...]] = set()

    def begin(self) -> None:
        """Begin a frame: the labels of one record may lie on several of its files."""
        if self._told:
            self._told.clear()

    def judge(self, place: Place, right: float, bottom: float, masks: list[MaskLabel]) -> Iterable[Finding]:
        """What is wrong with the labels of a file, within these limits; its masks are put into `masks`.

        Polygons are only gathered.
        """
        found: _Found = []
        limits = right, bottom
        groups: dict[type[Label], list[Any]] = defaultdict(list)
        for label in place.data.labels:
            groups[type(label)].append(label)
        outlines = outlines_of([label.points for label in groups[Polygon2D]]) if Polygon2D in groups else []
        for label_type, labels in groups.items():
            kind = self._kinds.get(label_type)
            if kind is None:
                kind = self._prepare(label_type)
            self._group(place, kind, labels, limits, found)
            if len(labels) > 1:
                self._compare(place, kind, labels, outlines if label_type is Polygon2D else None, found)
            if kind.is_mask:
                masks += labels
        if self.polygons.is_wanted and (outlines or MultiPolygon2D in groups):
            boxes = _by_instance(groups.get(Box2D, ()))
            multiple = groups.get(MultiPolygon2D, ())
            self.polygons.add(place, groups.get(Polygon2D, ()), outlines, multiple, boxes, limits)
        return self._tell(place, found) if found else ()

    def _group(self, place: Place, kind: _Kind, labels: list[Any], limits: tuple[float, float], found: _Found) -> None:
        """What is wrong with the labels of one type, each by itself."""
        geometry, plans, _, _, _, is_mask = kind
        if geometry is not None:
            suspects = box2d_suspects(labels, *limits) if geometry is check_box2d else labels
            for label in suspects:
                found.extend((problem, label) for problem in geometry(label, *limits))
        free_of = plans.free.get
        for label in labels:
            free = free_of(label.category)
            if free is None:
                self._check(place, plans, label, found)
            else:
                for name, value in label.attributes.items():
                    if type(value) not in free.get(name, _NO_TYPES):
                        found.extend((problem, label) for problem in plans.plan(label.category).check(label))
                        break
            if is_mask:
                self._usage.note_items(place, label)

    def _check(self, place: Place, plans: KindPlans, label: Label, found: _Found) -> None:
        """A label whose category is new, or always needs a look."""
        if label.category is not None and not plans.knows(label.category):
            self._usage.note(place, label, label.category)
        found.extend((problem, label) for problem in plans.plan(label.category).check(label))

    def _compare(
        self, place: Place, kind: _Kind, labels: list[Any], marks: Sequence[Hashable] | None, found: _Found
    ) -> None:
        """What is wrong with labels of one type beside each other."""
        sameness, others = kind.sameness, labels
        if sameness is not None:
            if marks is None:
                marks = sameness.marks(labels)
            if len(set(marks)) != len(marks):
                others = _tell_same(place.data, labels, sameness.keys(labels), found)
        if kind.is_single:
            message = f"expected one label of {labels[0].kind} a file, found another before this one"
            found.extend((Problem("label.more-than-one", message), label) for label in labels[1:])
        elif kind.has_instance and len({label.instance for label in labels}) != len(labels):
            _tell_twice(others, found)

    def _tell(self, place: Place, found: _Found) -> Iterator[Finding]:
        """The findings in the order of the labels; what two labels have out of one record is told once."""
        order = {id(label): index for index, label in enumerate(place.data.labels)}
        for problem, label in sorted(found, key=lambda item: order[id(item[1])]):
            finding = place.finding(problem, label)
            if finding is None:
                continue
            if label.origin is not None:
                # one number that is lost may be missed in several parts of a label, and all of a record be there twice
                what = None if problem.rule in ("label.not-finite", "label.duplicate") else finding.message
                key = (finding.rule, finding.file, finding.pointer, finding.line, what)
                if key in self._told:
                    continue
                self._told.add(key)
            yield finding

    def _prepare(self, label_type: type[Label]) -> _Kind:
        name = label_type.kind
        is_single = name in SINGLE_KINDS
        wanted = frozenset(self._severities)
        prepared = _Kind(
            geometry=GEOMETRY.get(name, check_finite),
            plans=KindPlans(name, self._catalog, wanted, is_contract=self._is_contract),
            sameness=SAMENESS.get(name) if "label.duplicate" in wanted else None,
            is_single=is_single and "label.more-than-one" in wanted,
            has_instance=name not in WITHOUT_INSTANCE and "label.instance-twice" in wanted,
            is_mask=label_type in MASK_TYPES,
        )
        self._kinds[label_type] = prepared
        return prepared


def _by_instance(boxes: Sequence[Box2D]) -> Mapping[str | None, Box2D]:
    """The first box of each object that has a name."""
    named = {box.instance: box for box in boxes}
    if len(named) != len(boxes):
        named = {box.instance: box for box in reversed(boxes)}
    named.pop(None, None)
    return named


def _tell_same(data: Data, labels: list[Any], keys: Sequence[Hashable], found: _Found) -> list[Any]:
    """Labels that are equal to an earlier one are told; the others."""
    firsts: dict[Hashable, Label] = {}
    others = []
    for key, label in zip(keys, labels, strict=True):
        first = firsts.get(key)
        if first is None:
            firsts[key] = label
        elif first.attributes == label.attributes:
            message = f"expected no label twice, found the same at {data.locate(first)}"
            found.append((Problem("label.duplicate", message), label))
            continue
        others.append(label)
    return others


def _tell_twice(labels: list[Any], found: _Found) -> None:
    """Instances that are there again; a part of an object has its instance, and a category of its own."""
    taken: set[tuple[str, str | None]] = set()
    for label in labels:
        if label.instance is None:
            continue
        key = (label.instance, label.category)
        if key in taken:
            message = f"expected each instance once a file and type, found {label.instance!r} again"
            found.append((Problem("label.instance-twice", message, "instance"), label))
        taken.add(key)
