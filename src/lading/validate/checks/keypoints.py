"""Keypoints: as many as the catalog says, with the visibilities that it knows, within their picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lading.model.catalog import Catalog, Keypoints, Subcatalog
from lading.model.label import Keypoints2D, Label
from lading.plugin.problem import Problem
from lading.validate.checks.bounds import TOLERANCE_PX, size_text
from lading.validate.checks.geometry import GeometryCheck, check_finite
from lading.validate.checks.needs import LabelCheck
from lading.wording import figures


def count_check(rules: Sequence[Keypoints]) -> LabelCheck:
    """There are as many keypoints as one of the rules has."""
    counts = frozenset(rule.number for rule in rules)
    expected = " or ".join(map(str, sorted(counts)))

    def check(label: Label) -> list[Problem]:
        found = len(label.points) if isinstance(label, Keypoints2D) else 0
        if found in counts:
            return []
        return [Problem("keypoints.count", f"expected {expected} keypoints, found {found}", "geometry")]

    return check


def visible_check(allowed: frozenset[int] | None, rules: Sequence[Keypoints] = ()) -> LabelCheck:
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
        message = f"expected {expected}, found {visible[index]!r} at {_named(rules, label, index)}"
        return [Problem("keypoints.visible", message, "geometry", _spot(label, index))]

    return check


def within_check(catalog: Catalog) -> GeometryCheck:
    """Keypoints are finite, and those that are labelled within the picture."""
    subcatalog = catalog.get("KEYPOINTS2D") or Subcatalog()

    def check(label: Keypoints2D, right: float, bottom: float) -> Sequence[Problem]:
        points = label.points
        wrong = check_finite(label, right, bottom)
        if wrong or not len(points):
            return wrong
        low, high = points.min(axis=0), points.max(axis=0)
        if min(low) >= -TOLERANCE_PX and high[0] <= right and high[1] <= bottom:
            return ()
        rules = subcatalog.keypoints_of(label.category)
        problems = []
        for index, (x, y) in _outside(label, right, bottom):
            which = _named(rules, label, index)
            message = f"expected {which} within {size_text(right, bottom)}, found {figures((x, y))}"
            problems.append(Problem("keypoints.outside-image", message, "geometry", (x, y)))
        return problems

    return check


def _outside(label: Keypoints2D, right: float, bottom: float) -> Iterator[tuple[int, list[float]]]:
    """The points outside the picture, by number; one that is not labelled lies anywhere, mostly at (0, 0)."""
    points, visible = label.points, label.visible
    is_out = (points < -TOLERANCE_PX).any(axis=1) | (points > (right, bottom)).any(axis=1)
    for index in np.flatnonzero(is_out).tolist():
        if visible is None or index >= len(visible) or visible[index]:
            yield index, points[index].tolist()


def _named(rules: Sequence[Keypoints], label: Keypoints2D, index: int) -> str:
    """A keypoint by the name that the catalog has for it alone, else by its number."""
    rule = next((rule for rule in rules if rule.number == len(label.points)), None)
    names = (rule.names if rule is not None else None) or []
    if index < len(names) and names.count(names[index]) == 1:
        return f"keypoint {names[index]!r}"
    return f"keypoint {index} (counted from 0)"


def _spot(label: Keypoints2D, index: int) -> tuple[float, float]:
    x, y = label.points[index].tolist()
    return x, y
