"""What the catalog asks of the labels of one type, worked out once for each category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lading.model.catalog import Catalog, Keypoints, Subcatalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.label import LABEL_TYPES, MASK_TYPES, Classification, Keypoints2D, Label, Sentence
from lading.plugin.problem import Problem
from lading.validate.checks.attributes import (
    ValueCheck,
    attribute_checks,
    check_attributes,
    check_undeclared,
    free_types,
)
from lading.validate.checks.keypoints import count_check, visible_check
from lading.validate.checks.masks import check_items
from lading.validate.checks.needs import (
    NO_CATEGORY,
    LabelCheck,
    check_has_instance,
    check_has_no_instance,
    empty_check,
    sentence_check,
)

#: Types whose labels need no category of their own: the items of a mask have it, a sentence has none (D0), and
#: a classification may be of attributes alone.
_WITHOUT_CATEGORY = SINGLE_KINDS | {"SENTENCE"}

#: Types whose labels carry no instance (D0, E).
WITHOUT_INSTANCE = SINGLE_KINDS | {"SENTENCE"}

#: The values that `visible` may have (D3).
_VISIBLE: Mapping[str, frozenset[int]] = {"BINARY": frozenset({0, 1}), "TERNARY": frozenset({0, 1, 2})}

#: How many plans of one label type are kept.
_KEPT = 10_000


class Plan(NamedTuple):
    """What holds for all labels of one type and category.

    `problem` is what is wrong with the category itself; `attributes` is None where the catalog does not speak of
    any; `others` are the checks that only some types and catalogs need.
    """

    problem: Problem | None = None
    attributes: Mapping[str, ValueCheck] | None = None
    misplaced: frozenset[str] = frozenset()
    others: tuple[LabelCheck, ...] = ()

    def check(self, label: Label) -> list[Problem]:
        """What is wrong with a label, its geometry left aside."""
        problems = [] if self.problem is None else [self.problem]
        if label.attributes:
            if self.attributes is None:
                problems += check_undeclared(label.attributes)
            else:
                problems += check_attributes(label.attributes, self.attributes, self.misplaced)
        for check in self.others:
            problems += check(label)
        return problems


class KindPlans:
    """The plans of one label type.

    A catalog that somebody gave is a contract: what it does not list is not allowed. Of the catalog that the format
    declares, an empty list means that the format does not declare such things, and nothing is said about them.
    `wanted` are the codes of the rules that run.

    `free` has, by category and the name of an attribute, the types of values that need no look if they are finite: a
    label that has only such attributes is right, if it has an instance where `needs_instance`. Categories are not there
    whose labels need a look in any case.
    """

    def __init__(self, kind: str, catalog: Catalog, wanted: frozenset[str], *, is_contract: bool) -> None:
        self.free: dict[str | None, Mapping[str, frozenset[type]]] = {}
        self._plans: dict[str | None, Plan] = {}
        self._free: dict[frozenset[str] | None, Mapping[str, frozenset[type]]] = {None: {}}
        self._kind = kind
        self._wanted = wanted
        self._is_contract = is_contract
        self._subcatalog = catalog.get(kind)
        self._all_names = frozenset(each.name for known in catalog.kinds() for each in catalog[known].categories)
        self.needs_instance = (
            self._subcatalog is not None
            and self._subcatalog.is_tracking
            and kind not in WITHOUT_INSTANCE
            and "label.instance-missing" in wanted
        )
        self._declares_types = bool(catalog)  # of one that is empty, catalog.empty says so once
        self._names: frozenset[str] = frozenset()
        self._listed_in = ""
        self._attributes: Mapping[str, ValueCheck] | None = None
        if self._subcatalog is not None:
            self._names = frozenset(category.name for category in self._subcatalog.categories)
            at = catalog.locate(kind, "categories", 0)
            if at is not None and at.file is not None and at.pointer is None:  # a list of names
                self._listed_in = f" of {at.file}"
            if is_contract or self._subcatalog.attributes:
                self._attributes = attribute_checks(self._subcatalog.attributes)

    def knows(self, category: str | None) -> bool:
        """Whether labels of this category came before. Only so many are kept."""
        return category in self._plans

    def plan(self, category: str | None) -> Plan:
        """The plan of a category. Only so many are kept, for bad data may have a category a label."""
        plan = self._plans.get(category)
        if plan is None:
            plan = self._make(category)
            if len(self._plans) < _KEPT:
                self._plans[category] = plan
                if plan.problem is None and not set(plan.others) - {check_has_instance}:
                    self.free[category] = self._free_but(None if plan.attributes is None else plan.misplaced)
        return plan

    def _make(self, category: str | None) -> Plan:
        subcatalog = self._subcatalog
        if subcatalog is None:
            problem = self._undeclared() if self._declares_types else None
            return Plan(problem=problem, others=self._others(Subcatalog(), category))
        problem = self._category_problem(category)
        is_wrong = problem is not None and bool(self._names)  # unknown or missing, which is told of itself
        return Plan(
            problem=problem,
            attributes=self._attributes,
            misplaced=frozenset() if is_wrong else _misplaced(subcatalog, category),
            others=self._others(subcatalog, category),
        )

    def _free_but(self, misplaced: frozenset[str] | None) -> Mapping[str, frozenset[type]]:
        """One mapping for all categories that lack the same attributes; None is a category without any declared."""
        free = self._free.get(misplaced)
        if free is None:
            attributes = [] if self._subcatalog is None else self._subcatalog.attributes
            free = {each.name: free_types(each) for each in attributes if each.name not in (misplaced or ())}
            self._free[misplaced] = free
        return free

    def _undeclared(self) -> Problem:
        return Problem("label.undeclared-type", f"expected label types of the catalog, found {self._kind}")

    def _category_problem(self, category: str | None) -> Problem | None:
        if category is None:
            if self._names and self._kind not in _WITHOUT_CATEGORY:
                return NO_CATEGORY
            return None
        if category in self._names or not (self._names or self._is_contract):
            return None
        message = f"expected a category of the catalog{self._for_kind(category) or self._listed_in}, found {category!r}"
        return Problem("category.unknown", message, "category")

    def _for_kind(self, category: str) -> str:
        """The label type, where the catalog has the category of another one."""
        return f" for {self._kind}" if category in self._all_names else ""

    def _others(self, subcatalog: Subcatalog, category: str | None) -> tuple[LabelCheck, ...]:
        label_type = LABEL_TYPES.get(self._kind, Label)
        checks: list[LabelCheck] = []
        if self.needs_instance:
            checks.append(check_has_instance)
        is_stray = self._kind not in WITHOUT_INSTANCE and not subcatalog.is_tracking
        if is_stray and "label.instance-stray" in self._wanted:
            checks.append(check_has_no_instance)
        if label_type is Keypoints2D:
            checks += self._keypoints(subcatalog, category)
        elif label_type is Sentence:
            checks.append(sentence_check(is_sample=subcatalog.is_sample))
        elif label_type is Classification:
            checks.append(empty_check(has_categories=bool(self._names)))
        elif label_type in MASK_TYPES:
            ids = frozenset(c.category_id for c in subcatalog.categories if c.category_id is not None)
            checks.append(self._mask_check(ids))
        return tuple(checks)

    def _keypoints(self, subcatalog: Subcatalog, category: str | None) -> list[LabelCheck]:
        rules = subcatalog.keypoints_of(category)
        if not rules:
            return [visible_check(None)]
        return [count_check(rules), visible_check(self._visible(rules), rules)]

    def _visible(self, rules: list[Keypoints]) -> frozenset[int] | None:
        words = [rule.visible for rule in rules]
        if all(word is None for word in words):
            return frozenset() if self._is_contract else None
        known = [_VISIBLE.get(word) for word in words if word is not None]
        return frozenset().union(*(values for values in known if values is not None)) if None not in known else None

    def _mask_check(self, ids: frozenset[int]) -> LabelCheck:
        attributes = self._attributes

        def check(label: Label) -> list[Problem]:
            problems = check_items(label, ids)
            for item in (label.items or ()) if isinstance(label, MASK_TYPES) else ():
                if item.attributes:
                    if attributes is None:
                        problems += check_undeclared(item.attributes)
                    else:
                        problems += check_attributes(item.attributes, attributes, frozenset())
            return problems

        return check


def _misplaced(subcatalog: Subcatalog, category: str | None) -> frozenset[str]:
    return frozenset(
        attribute.name
        for attribute in subcatalog.attributes
        if attribute.parent_categories and not subcatalog.is_below_any(category, attribute.parent_categories)
    )
