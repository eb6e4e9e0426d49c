"""One pass over the labels of a file, what it needs prepared once for each type and category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeAlias

from lading.model.catalog import Catalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.label import MASK_TYPES, Box2D, Label, MaskLabel, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.boxes import box2d_suspects, check_box2d
from lading.validate.checks.geometry import GEOMETRY, GeometryCheck, check_finite
from lading.validate.checks.plans import WITHOUT_INSTANCE, KindPlans, is_region
from lading.validate.checks.polygons import Polygons
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.same import KEYS
from lading.validate.checks.usage import Usage

#: Whether the labels of a type have a table of items.
_PLAIN, _MASK = range(2)

#: Geometry (None: judged elsewhere, or none), plans, keys of equal labels, whether a file has one at most, whether each
#: has an instance of its own, and whether it is a mask. A tuple, since it is taken apart for every file.
_Kind: TypeAlias = tuple[GeometryCheck | None, KindPlans, Callable[[list[Any]], list[Hashable]] | None, bool, bool, int]

_Found: TypeAlias = list[tuple[Problem, Label]]

_NO_TYPES: frozenset[type] = frozenset()


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

    def judge(self, place: Place, right: float, bottom: float, masks: list[MaskLabel]) -> Iterator[Finding]:
        """What is wrong with the labels of a file, within these limits; its masks are put into `masks`.

        Polygons are only gathered.
        """
        found: _Found = []
        groups: dict[type[Label], list[Any]] = defaultdict(list)
        for label in place.data.labels:
            groups[type(label)].append(label)
        for label_type, labels in groups.items():
            kind = self._kinds.get(label_type)
            if kind is None:
                kind = self._prepare(label_type)
            self._group(place, kind, labels, (right, bottom), found)
            if kind[-1] == _MASK:
                masks += labels
        polygons = [*groups.get(Polygon2D, ()), *groups.get(MultiPolygon2D, ())]
        if polygons and self.polygons.is_wanted:
            boxes = {box.instance: box for box in reversed(groups.get(Box2D, ())) if box.instance is not None}
            self.polygons.add(place, polygons, [_box_of(polygon, boxes) for polygon in polygons], right, bottom)
        return self._tell(place, found) if found else iter(())

    def _group(self, place: Place, kind: _Kind, labels: list[Any], limits: tuple[float, float], found: _Found) -> None:
        """What is wrong with the labels of one type."""
        geometry, plans, keys, is_single, has_instance, role = kind
        if geometry is not None:
            suspects = box2d_suspects(labels, *limits) if geometry is check_box2d else labels
            for label in suspects:
                found.extend((problem, label) for problem in geometry(label, *limits))
        known = plans.plans.get
        for label in labels:
            plan = known(label.category)
            if plan is None:
                plan = plans.plan(label.category)
                if label.category is not None:
                    self._usage.note(place, label, label.category)
            if plan.is_strict:
                found.extend((problem, label) for problem in plan.check(label))
            elif label.attributes:
                free = plan.free
                for name, value in label.attributes.items():
                    if type(value) not in free.get(name, _NO_TYPES):
                        found.extend((problem, label) for problem in plan.check(label))
                        break
            if role == _MASK:
                self._usage.note_items(place, label)
        if len(labels) == 1:
            return
        if keys is not None:
            met = keys(labels)
            if len(set(met)) != len(met):
                _tell_same(labels, met, found)
        if is_single:
            message = f"expected one label of {labels[0].kind} a file, found another before this one"
            found.extend((Problem("label.more-than-one", message), label) for label in labels[1:])
        elif has_instance:
            instances = [label.instance for label in labels if label.instance is not None]
            if len(set(instances)) != len(instances):
                _tell_twice(labels, found)

    def _tell(self, place: Place, found: _Found) -> Iterator[Finding]:
        """The findings in the order of the labels; what two labels have out of one record is told once."""
        order = {id(label): index for index, label in enumerate(place.data.labels)}
        for problem, label in sorted(found, key=lambda item: order[id(item[1])]):
            finding = place.finding(problem, label)
            if finding is None:
                continue
            if label.origin is not None:
                # one number that is lost may be missed in several parts of a label
                what = None if problem.rule == "label.not-finite" else finding.message
                key = (finding.rule, finding.file, finding.pointer, finding.line, what)
                if key in self._told:
                    continue
                self._told.add(key)
            yield finding

    def _prepare(self, label_type: type[Label]) -> _Kind:
        name = label_type.kind
        is_single = name in SINGLE_KINDS
        wanted = frozenset(self._severities)
        prepared = (
            GEOMETRY.get(name, check_finite),
            KindPlans(name, self._catalog, wanted, is_contract=self._is_contract),
            KEYS.get(name) if "label.duplicate" in wanted else None,
            is_single and "label.more-than-one" in wanted,
            name not in WITHOUT_INSTANCE and "label.instance-twice" in wanted,
            _MASK if label_type in MASK_TYPES else _PLAIN,
        )
        self._kinds[label_type] = prepared
        return prepared


def _box_of(polygon: Label, boxes: Mapping[str, Box2D]) -> Box2D | None:
    """The box of the same object; none for a crowd, whose box and outline are drawn apart (design.md section 8)."""
    if polygon.instance is None or is_region(polygon):
        return None
    return boxes.get(polygon.instance)


def _tell_same(labels: list[Any], keys: list[Hashable], found: _Found) -> None:
    """Labels that are equal to an earlier one."""
    firsts: dict[Hashable, Label] = {}
    for key, label in zip(keys, labels, strict=True):
        first = firsts.get(key)
        if first is None:
            firsts[key] = label
        elif first.attributes == label.attributes:
            message = "expected no label twice, found an equal one before it"
            found.append((Problem("label.duplicate", message), label))


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
