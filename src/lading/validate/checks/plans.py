"""What the catalog asks of the labels of one type, worked out once for each category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lading.model.catalog import Catalog, Subcatalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.label import Keypoints2D, Label
from lading.validate.checks.attributes import ValueCheck, attribute_checks, check_attributes, check_undeclared
from lading.validate.checks.problem import Problem

#: Types whose labels have no category of their own: the items of a mask have it, a sentence has none (D0).
_WITHOUT_CATEGORY = (SINGLE_KINDS - {"CLASSIFICATION"}) | {"SENTENCE"}

#: How many plans of one label type are kept.
_KEPT = 10_000


class Plan(NamedTuple):
    """What holds for all labels of one type and category.

    `problem` is what is wrong with the category itself; `attributes` is None where the catalog does not speak of
    any; `point_counts` is None where any number of keypoints will do.
    """

    problem: Problem | None = None
    attributes: Mapping[str, ValueCheck] | None = None
    misplaced: frozenset[str] = frozenset()
    point_counts: frozenset[int] | None = None

    def check(self, label: Label) -> list[Problem]:
        """What is wrong with a label, its geometry left aside."""
        problems = [] if self.problem is None else [self.problem]
        if label.attributes:
            if self.attributes is None:
                problems += check_undeclared(label.attributes)
            else:
                problems += check_attributes(label.attributes, self.attributes, self.misplaced)
        if self.point_counts is not None and isinstance(label, Keypoints2D):
            found = len(label.points)
            if found not in self.point_counts:
                expected = " or ".join(map(str, sorted(self.point_counts)))
                message = f"expected {expected} keypoints, found {found}"
                problems.append(Problem("keypoints.count", message, "geometry"))
        return problems


class KindPlans:
    """The plans of one label type.

    A catalog that somebody gave is a contract: what it does not list is not allowed. Of the catalog that the format
    declares, an empty list means that the format does not declare such things, and nothing is said about them.
    """

    def __init__(self, kind: str, catalog: Catalog, *, is_contract: bool) -> None:
        self.plans: dict[str | None, Plan] = {}
        self._kind = kind
        self._is_contract = is_contract
        self._subcatalog = catalog.get(kind)
        self._declares_types = is_contract or bool(catalog)
        self._names: frozenset[str] = frozenset()
        self._attributes: Mapping[str, ValueCheck] | None = None
        if self._subcatalog is not None:
            self._names = frozenset(category.name for category in self._subcatalog.categories)
            if is_contract or self._subcatalog.attributes:
                self._attributes = attribute_checks(self._subcatalog.attributes)

    def plan(self, category: str | None) -> Plan:
        """The plan of a category. Only so many are kept, for bad data may have a category a label."""
        plan = self._make(category)
        if len(self.plans) < _KEPT:
            self.plans[category] = plan
        return plan

    def _make(self, category: str | None) -> Plan:
        subcatalog = self._subcatalog
        if subcatalog is None:
            return Plan(problem=self._undeclared() if self._declares_types else None)
        is_unknown = category is not None and category not in self._names
        return Plan(
            problem=self._category_problem(category),
            attributes=self._attributes,
            misplaced=frozenset() if is_unknown and self._names else _misplaced(subcatalog, category),
            point_counts=_point_counts(subcatalog, category),
        )

    def _undeclared(self) -> Problem:
        return Problem("label.undeclared-type", f"expected label types of the catalog, found {self._kind}")

    def _category_problem(self, category: str | None) -> Problem | None:
        if category is None:
            if self._names and self._kind not in _WITHOUT_CATEGORY:
                return Problem("category.missing", "expected a category, found none", "category")
            return None
        if category in self._names or not (self._names or self._is_contract):
            return None
        message = f"expected a category of the catalog for {self._kind}, found {category!r}"
        return Problem("category.unknown", message, "category")


def _is_below_any(subcatalog: Subcatalog, category: str | None, parents: list[str]) -> bool:
    return category is not None and any(subcatalog.is_below(category, parent) for parent in parents)


def _misplaced(subcatalog: Subcatalog, category: str | None) -> frozenset[str]:
    return frozenset(
        attribute.name
        for attribute in subcatalog.attributes
        if attribute.parent_categories and not _is_below_any(subcatalog, category, attribute.parent_categories)
    )


def _point_counts(subcatalog: Subcatalog, category: str | None) -> frozenset[int] | None:
    counts = frozenset(
        rule.number
        for rule in subcatalog.keypoints or ()
        if not rule.parent_categories or _is_below_any(subcatalog, category, rule.parent_categories)
    )
    return counts or None
