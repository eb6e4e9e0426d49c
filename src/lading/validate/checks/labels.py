"""One pass over the labels of a file, what it needs prepared once for each type and category."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeAlias

from lading.model.catalog import Catalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.label import MASK_TYPES, Box2D, Label, MaskLabel, MultiPolygon2D, Polygon2D
from lading.model.report import Finding, Severity
from lading.validate.checks.geometry import GEOMETRY, GeometryCheck, check_finite
from lading.validate.checks.plans import WITHOUT_INSTANCE, KindPlans, is_region
from lading.validate.checks.polygons import Polygons
from lading.validate.checks.problem import Place, Problem
from lading.validate.checks.same import KEYS
from lading.validate.checks.usage import Usage

#: What the pass does with a label of a type besides judging it.
_PLAIN, _BOX, _POLYGON, _MASK = range(4)

#: Geometry (None: judged elsewhere, or none), plans, key of equal labels, whether a file has one at most, whether it
#: has an instance of its own, and what else is done. A tuple, since it is taken apart for every label.
_Kind: TypeAlias = tuple[GeometryCheck | None, KindPlans, Callable[[Any], Hashable] | None, bool, bool, int]

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

    def judge(self, place: Place, right: float, bottom: float, masks: list[MaskLabel]) -> Iterator[Finding]:
        """What is wrong with the labels of a file, within these limits; its masks are put into `masks`.

        Polygons are only gathered.
        """
        found: _Found = []
        keys: list[Hashable] = []
        tokens: list[Hashable] = []
        boxes: dict[str, Box2D] = {}
        polygons: list[Any] = []
        kinds = self._kinds
        for label in place.data.labels:
            kind = kinds.get(type(label))
            if kind is None:
                kind = self._prepare(type(label))
            geometry, plans, key, is_single, has_instance, role = kind
            if geometry is not None:
                for problem in geometry(label, right, bottom):
                    found.append((problem, label))
            plan = plans.plans.get(label.category)
            if plan is None:
                plan = plans.plan(label.category)
                if label.category is not None:
                    self._usage.note(place, label, label.category)
            if plan.is_strict:
                for problem in plan.check(label):
                    found.append((problem, label))
            elif label.attributes:
                for name, value in label.attributes.items():
                    if type(value) not in plan.free.get(name, _NO_TYPES):
                        found.extend((problem, label) for problem in plan.check(label))
                        break
            if key is not None:
                keys.append(key(label))
            if has_instance and label.instance is not None:
                tokens.append((role, label.kind, label.instance))
            elif is_single:
                tokens.append((role, label.kind))
            if role == _BOX:
                if label.instance is not None:
                    boxes.setdefault(label.instance, label)  # type: ignore[arg-type]
            elif role == _POLYGON:
                polygons.append(label)
            elif role == _MASK:
                masks.append(label)  # type: ignore[arg-type]
                self._usage.note_items(place, label)
        if len(set(keys)) != len(keys):
            self._same(place, found)
        if len(set(tokens)) != len(tokens):
            self._twice(place, found)
        if polygons:
            self.polygons.add(place, polygons, [_box_of(polygon, boxes) for polygon in polygons], right, bottom)
        return self._told(place, found) if found else iter(())

    def _told(self, place: Place, found: _Found) -> Iterator[Finding]:
        for problem, label in found:
            finding = place.finding(problem, label)
            if finding is not None:
                yield finding

    def _same(self, place: Place, found: _Found) -> None:
        """Labels that are equal to an earlier one, now that there are some of equal geometry."""
        firsts: dict[Hashable, Label] = {}
        for label in place.data.labels:
            key = self._kinds[type(label)][2]
            if key is None:
                continue
            token = (label.kind, key(label))
            first = firsts.get(token)
            if first is None:
                firsts[token] = label
            elif first.attributes == label.attributes:
                message = f"expected no label twice, found an equal {label.kind} before this one"
                found.append((Problem("label.duplicate", message), label))

    def _twice(self, place: Place, found: _Found) -> None:
        """Instances, and types of which a file has one, that are there again."""
        taken: set[Hashable] = set()
        for label in place.data.labels:
            _, _, _, is_single, has_instance, _ = self._kinds[type(label)]
            token = (label.kind, label.instance if has_instance else None)
            if not is_single and not (has_instance and label.instance is not None):
                continue
            if token in taken and is_single:
                message = f"expected one label of {label.kind} a file, found another before this one"
                found.append((Problem("label.more-than-one", message), label))
            elif token in taken:
                message = f"expected each instance once a file and type, found {label.instance!r} of {label.kind} again"
                found.append((Problem("label.instance-twice", message, "instance"), label))
            taken.add(token)

    def _prepare(self, label_type: type[Label]) -> _Kind:
        name = label_type.kind
        is_single = name in SINGLE_KINDS
        role = _PLAIN
        if label_type is Box2D and self.polygons.is_wanted:
            role = _BOX
        elif label_type in (Polygon2D, MultiPolygon2D) and self.polygons.is_wanted:
            role = _POLYGON
        elif label_type in MASK_TYPES:
            role = _MASK
        wanted = frozenset(self._severities)
        prepared = (
            GEOMETRY.get(name, check_finite),
            KindPlans(name, self._catalog, wanted, is_contract=self._is_contract),
            KEYS.get(name) if "label.duplicate" in wanted else None,
            is_single and "label.more-than-one" in wanted,
            name not in WITHOUT_INSTANCE and "label.instance-twice" in wanted,
            role,
        )
        self._kinds[label_type] = prepared
        return prepared


def _box_of(polygon: Label, boxes: Mapping[str, Box2D]) -> Box2D | None:
    """The box of the same object; none for a crowd, whose box and outline are drawn apart (design.md section 8)."""
    if polygon.instance is None or is_region(polygon):
        return None
    return boxes.get(polygon.instance)
