"""What the catalog asks of the labels of one type, worked out once for each category."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from lading.model.catalog import Catalog, Keypoints, Subcatalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.label import LABEL_TYPES, MASK_TYPES, Classification, Keypoints2D, Label, Sentence
from lading.validate.checks.attributes import (
    ValueCheck,
    attribute_checks,
    check_attributes,
    check_undeclared,
    free_types,
)
from lading.validate.checks.masks import check_items
from lading.validate.checks.problem import Problem

#: Types whose labels need no category of their own: the items of a mask have it, a sentence has none (D0), and
#: a classification may be of attributes alone.
_WITHOUT_CATEGORY = SINGLE_KINDS | {"SENTENCE"}

#: Types whose labels carry no instance (D0, E).
WITHOUT_INSTANCE = SINGLE_KINDS | {"SENTENCE"}

#: The values that `visible` may have (D3).
_VISIBLE: Mapping[str, frozenset[int]] = {"BINARY": frozenset({0, 1}), "TERNARY": frozenset({0, 1, 2})}

#: How many plans of one label type are kept.
_KEPT = 10_000

_NO_CATEGORY = Problem("category.missing", "expected a category, found none", "category")

_Check: TypeAlias = Callable[[Label], list[Problem]]


class Plan(NamedTuple):
    """What holds for all labels of one type and category.

    `problem` is what is wrong with the category itself; `attributes` is None where the catalog does not speak of
    any; `others` are the checks that only some types and catalogs need.
    """

    problem: Problem | None = None
    attributes: Mapping[str, ValueCheck] | None = None
    misplaced: frozenset[str] = frozenset()
    others: tuple[_Check, ...] = ()

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
        self._attributes: Mapping[str, ValueCheck] | None = None
        if self._subcatalog is not None:
            self._names = frozenset(category.name for category in self._subcatalog.categories)
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
                if plan.problem is None and not set(plan.others) - {_check_has_instance}:
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
                return _NO_CATEGORY
            return None
        if category in self._names or not (self._names or self._is_contract):
            return None
        message = f"expected a category of the catalog{self._for_kind(category)}, found {category!r}"
        return Problem("category.unknown", message, "category")

    def _for_kind(self, category: str) -> str:
        """The label type, where the catalog has the category of another one."""
        return f" for {self._kind}" if category in self._all_names else ""

    def _others(self, subcatalog: Subcatalog, category: str | None) -> tuple[_Check, ...]:
        label_type = LABEL_TYPES.get(self._kind, Label)
        checks: list[_Check] = []
        if self.needs_instance:
            checks.append(_check_has_instance)
        is_stray = self._kind not in WITHOUT_INSTANCE and not subcatalog.is_tracking
        if is_stray and "label.instance-stray" in self._wanted:
            checks.append(_check_has_no_instance)
        if label_type is Keypoints2D:
            checks += self._keypoints(subcatalog, category)
        elif label_type is Sentence:
            checks.append(_sentence_check(is_sample=subcatalog.is_sample))
        elif label_type is Classification:
            checks.append(_empty_check(has_categories=bool(self._names)))
        elif label_type in MASK_TYPES:
            ids = frozenset(c.category_id for c in subcatalog.categories if c.category_id is not None)
            checks.append(self._mask_check(ids))
        return tuple(checks)

    def _keypoints(self, subcatalog: Subcatalog, category: str | None) -> list[_Check]:
        rules = [
            rule
            for rule in subcatalog.keypoints or ()
            if not rule.parent_categories or _is_below_any(subcatalog, category, rule.parent_categories)
        ]
        if not rules:
            return [_visible_check(None)]
        # What is said of a category itself goes before what is said of one above it: parts of a body in COCO-WholeBody.
        rules = [rule for rule in rules if category in rule.parent_categories] or rules
        return [_count_check(rules), _visible_check(self._visible(rules))]

    def _visible(self, rules: list[Keypoints]) -> frozenset[int] | None:
        words = [rule.visible for rule in rules]
        if all(word is None for word in words):
            return frozenset() if self._is_contract else None
        known = [_VISIBLE.get(word) for word in words if word is not None]
        return frozenset().union(*(values for values in known if values is not None)) if None not in known else None

    def _mask_check(self, ids: frozenset[int]) -> _Check:
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


def _is_below_any(subcatalog: Subcatalog, category: str | None, parents: list[str]) -> bool:
    return category is not None and any(subcatalog.is_below(category, parent) for parent in parents)


def _misplaced(subcatalog: Subcatalog, category: str | None) -> frozenset[str]:
    return frozenset(
        attribute.name
        for attribute in subcatalog.attributes
        if attribute.parent_categories and not _is_below_any(subcatalog, category, attribute.parent_categories)
    )


def is_region(label: Label) -> bool:
    """Whether a label stands for no single object: a crowd, or a region that is to be ignored."""
    return bool(label.attributes.get("iscrowd", False) or label.attributes.get("ignore", False))


def _check_has_instance(label: Label) -> list[Problem]:
    if label.instance is not None or is_region(label):
        return []
    return [Problem("label.instance-missing", "expected an instance, for the catalog tracks this type, found none")]


def _check_has_no_instance(label: Label) -> list[Problem]:
    if label.instance is None:
        return []
    message = f"expected no instance, for the catalog does not track this type, found {label.instance!r}"
    return [Problem("label.instance-stray", message, "instance")]


def _empty_check(*, has_categories: bool) -> _Check:
    """A classification says something; one of attributes alone has a category where the catalog has some."""

    def check(label: Label) -> list[Problem]:
        if label.category is not None:
            return []
        if not label.attributes:
            return [Problem("classification.empty", "expected a category or attributes, found neither")]
        return [_NO_CATEGORY] if has_categories else []

    return check


def _count_check(rules: list[Keypoints]) -> _Check:
    counts = frozenset(rule.number for rule in rules)
    expected = " or ".join(map(str, sorted(counts)))

    def check(label: Label) -> list[Problem]:
        found = len(label.points) if isinstance(label, Keypoints2D) else 0
        if found in counts:
            return []
        return [Problem("keypoints.count", f"expected {expected} keypoints, found {found}", "geometry")]

    return check


def _visible_check(allowed: frozenset[int] | None) -> _Check:
    """The check of `visible`; without a list of what is allowed any value goes."""
    accepted = None if allowed is None else allowed | {None}
    expected = "no visibility" if not allowed else f"a visibility of {', '.join(map(str, sorted(allowed)))}"

    def check(label: Label) -> list[Problem]:
        visible = label.visible if isinstance(label, Keypoints2D) else None
        if visible is None or not isinstance(label, Keypoints2D):
            return []
        if len(visible) != len(label.points):
            message = f"expected a visibility for each of {len(label.points)} keypoints, found {len(visible)}"
            return [Problem("keypoints.visible", message, "geometry")]
        if accepted is None or accepted.issuperset(visible):
            return []
        index = next(index for index, value in enumerate(visible) if value not in accepted)
        message = f"expected {expected}, found {visible[index]!r} at keypoint {index}"
        return [Problem("keypoints.visible", message, "geometry")]

    return check


def _sentence_check(*, is_sample: bool) -> _Check:
    def check(label: Label) -> list[Problem]:
        if not isinstance(label, Sentence):
            return []
        problems = []
        for name, words in (("sentence", label.sentence), ("spell", label.spell), ("phone", label.phone)):
            for index, word in enumerate(words or ()):
                begin, end = word.begin, word.end
                if begin is not None and end is not None and begin > end:
                    message = f"{name} {index}: expected it to begin before it ends, found {begin!r} to {end!r}"
                    problems.append(Problem("sentence.times", message, "geometry"))
                elif is_sample and any(t is not None and math.isfinite(t) and t % 1 for t in (begin, end)):
                    message = f"{name} {index}: expected whole samples, found {begin!r} to {end!r}"
                    problems.append(Problem("sentence.times", message, "geometry"))
        return problems

    return check
