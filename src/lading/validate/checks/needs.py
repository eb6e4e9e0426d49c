"""What the catalog asks of single labels beside category and attributes: an instance, times of words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from lading.model.label import Label, Sentence
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
