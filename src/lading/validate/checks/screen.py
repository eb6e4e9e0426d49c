"""Which files have labels that may be wrong: the others, mostly nearly all, are not looked at label by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading.validate.checks.attributes import NO_TYPES, is_plain
from lading.validate.checks.bounds import TOLERANCE_PX
from lading.validate.checks.boxes import check_box2d
from lading.validate.checks.columns import Columns
from lading.validate.checks.geometry import GeometryCheck
from lading.validate.checks.plans import KindPlans
from lading.validate.checks.same import SAMENESS, Sameness

#: Above this a float does not hold every whole number, so that an edge may be less than it seems.
_EXACT = 2.0**53


class Kind(NamedTuple):
    """What is looked at in the labels of one type: None is not looked at, or elsewhere."""

    geometry: GeometryCheck | None
    plans: KindPlans
    sameness: Sameness | None
    is_single: bool
    has_instance: bool
    is_mask: bool


def suspects(columns: Columns[Any], kind: Kind, limits: NDArray[np.float64]) -> set[int]:
    """The numbers of the files in which labels of one type may be wrong, by themselves or beside each other.

    `limits` are the right and the lower limit of each file's picture, in pixels.
    """
    is_box = kind.geometry is check_box2d
    if kind.is_single or kind.is_mask or not (kind.geometry is None or is_box):
        return set(columns.files)
    files = _by_plans(columns, kind.plans)
    if is_box:
        files |= _by_edges(columns, limits)
    if kind.plans.needs_instance and None in columns.instances:
        files |= {file for file, name in zip(columns.files, columns.instances, strict=True) if name is None}
    if kind.has_instance and not columns.are_instances_apart:
        files |= columns.repeated(columns.instances)
    if kind.sameness is not None:
        files |= _by_sameness(columns, kind.sameness)
    return files


def _by_sameness(columns: Columns[Any], sameness: Sameness) -> set[int]:
    """Files with labels that may be the same: boxes by their edges, polygons of one ring by some of their points."""
    if sameness is SAMENESS["BOX2D"]:
        return columns.alike(*columns.edges)
    if sameness is not SAMENESS["POLYGON2D"]:
        return columns.repeated(sameness(columns.labels))
    counts, points = columns.outlines
    if not counts.all():
        return set(columns.files)
    ends = np.cumsum(counts)
    return columns.alike(counts.astype(np.float64), *points[ends - counts].T, points[ends - 1, 0])


def _by_plans(columns: Columns[Any], plans: KindPlans) -> set[int]:
    """Files with labels of which category or attributes need a look."""
    found = [plans.free.get(category) for category in set(columns.categories)]
    kinds = {id(free): free for free in found if free is not None}.values()
    if None not in found and _are_free(columns.attributes, kinds):
        return set()
    rows = zip(columns.files, columns.categories, columns.attributes, strict=True)
    return {
        file
        for file, category, attributes in rows
        if (free := plans.free.get(category)) is None or not is_plain(attributes, free)
    }


def _are_free(attributes: Sequence[Mapping[str, Any]], kinds: Iterable[Mapping[str, frozenset[type]]]) -> bool:
    """Whether all attributes are right by their types, for labels of any of these kinds."""
    for name in set().union(*attributes):
        try:
            values = [each[name] for each in attributes]
        except KeyError:
            values = [each[name] for each in attributes if name in each]
        types = set(map(type, values))
        if not all(types <= free.get(name, NO_TYPES) for free in kinds):
            return False
        if float in types and not all(isfinite(value) for value in values if type(value) is float):
            return False
    return True


def _by_edges(columns: Columns[Any], limits: NDArray[np.float64]) -> set[int]:
    """Files with boxes that are not plainly right."""
    edges = columns.edges
    low, high = edges[:2], edges[2:]
    are_right = (
        (low >= -TOLERANCE_PX) & (low < high) & (high <= np.take(np.minimum(limits, _EXACT).T, columns.owners, axis=1))
    ) & (high > 1)  # within the first pixel it may be in other units
    return set() if are_right.all() else set(columns.owners[~are_right.all(axis=0)].tolist())
