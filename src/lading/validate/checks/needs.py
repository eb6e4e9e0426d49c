"""What the catalog asks of single labels beside category and attributes: an instance, keypoints, times of words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from lading.model.catalog import Keypoints
from lading.model.label import Keypoints2D, Label, Sentence
from lading.plugin.problem import Problem

#: What is wrong with one label.
LabelCheck: TypeAlias = Callable[[Label], list[Problem]]

NO_CATEGORY = Problem("category.missing", "expected a category, found none", "category")


def is_region(label: Label) -> bool:
    """Whether a label stands for no single object: a crowd, or a region that is to be ignored."""
    return bool(label.attributes.get("iscrowd", False) or label.attributes.get("ignore", False))


def check_has_instance(label: Label) -> list[Problem]:
    """A label of a tracked type has an instance, unless it is a region."""
    if label.instance is not None or is_region(label):
        return []
    return [Problem("label.instance-missing", "expected an instance, for the catalog tracks this type, found none")]


def check_has_no_instance(label: Label) -> list[Problem]:
    """A label of a type that is not tracked has none."""
    if label.instance is None:
        return []
    message = f"expected no instance, for the catalog does not track this type, found {label.instance!r}"
    return [Problem("label.instance-stray", message, "instance")]


def empty_check(*, has_categories: bool) -> LabelCheck:
    """A classification says something; one of attributes alone has a category where the catalog has some."""

    def check(label: Label) -> list[Problem]:
        if label.category is not None:
            return []
        if not label.attributes:
            return [Problem("classification.empty", "expected a category or attributes, found neither")]
        return [NO_CATEGORY] if has_categories else []

    return check


def count_check(rules: list[Keypoints]) -> LabelCheck:
    """There are as many keypoints as one of the rules has."""
    counts = frozenset(rule.number for rule in rules)
    expected = " or ".join(map(str, sorted(counts)))

    def check(label: Label) -> list[Problem]:
        found = len(label.points) if isinstance(label, Keypoints2D) else 0
        if found in counts:
            return []
        return [Problem("keypoints.count", f"expected {expected} keypoints, found {found}", "geometry")]

    return check


def visible_check(allowed: frozenset[int] | None) -> LabelCheck:
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


def sentence_check(*, is_sample: bool) -> LabelCheck:
    """Words, letters and phones begin before they end; where times are samples, they are whole."""

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
