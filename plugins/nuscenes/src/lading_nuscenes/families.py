"""Attributes of nuScenes by their families: a box has those of its category's, and one of each.

Which category has which is as v1.0-mini has it: the boxes of each family are as many as the attributes of it
(source-formats.md 4.9), those on cycles with the 25 of personal mobility. Other names of categories and attributes say
nothing of families.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lading import counted
from lading.model.recurring import KEPT, MANY, is_often
from lading_nuscenes.annotations import Annotations
from lading_nuscenes.instances import Instances
from lading_nuscenes.schema import Attribute, Category
from lading_nuscenes.tables import Rows, Tables

_ATTRIBUTES = {
    "vehicle": ("moving", "stopped", "parked"),
    "cycle": ("with_rider", "without_rider"),
    "pedestrian": ("sitting_lying_down", "standing", "moving"),
}
_FAMILIES = {f"{family}.{name}": family for family, names in _ATTRIBUTES.items() for name in names}

_OF_CATEGORIES = {
    ("vehicle",): "vehicle.car vehicle.truck vehicle.trailer vehicle.construction vehicle.bus.bendy vehicle.bus.rigid "
    "vehicle.emergency.ambulance vehicle.emergency.police",
    ("cycle",): "vehicle.bicycle vehicle.motorcycle",
    ("pedestrian",): "human.pedestrian.adult human.pedestrian.child human.pedestrian.construction_worker "
    "human.pedestrian.police_officer",
    ("pedestrian", "cycle"): "human.pedestrian.personal_mobility human.pedestrian.stroller human.pedestrian.wheelchair",
    (): "movable_object.barrier movable_object.debris movable_object.pushable_pullable movable_object.trafficcone "
    "static_object.bicycle_rack",
}
#: The families of the categories of objects that are nuScenes' own.
ALLOWED = {name: families for families, names in _OF_CATEGORIES.items() for name in names.split()}


class _Odd(NamedTuple):
    """The place of an attribute in its row, and what is told of it."""

    place: int
    rule: str
    message: str


class Families:
    """Looks at the attributes of the rows of a table, each with the name of its category."""

    def __init__(self, tables: Tables, table: str, attributes: Rows[Attribute]) -> None:
        self._tables = tables
        self._table = table
        self._names = {token: attributes.rows[place].name for token, place in attributes.places.items()}
        self._judged: dict[tuple[str, tuple[str, ...]], tuple[_Odd, ...]] = {}
        self._first: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def look(self, indexes: Sequence[int], category: str, tokens: tuple[str, ...]) -> None:
        """Take rows of one category that have the same attributes, in their order."""
        for odd in self.odd(category, tokens):
            key = (odd.rule, odd.message)
            first = self._first.setdefault(key, [])
            if len(first) < KEPT or indexes[0] < first[-1][0]:
                self._first[key] = sorted([*first, *((index, odd.place) for index in indexes[:KEPT])])[:KEPT]
            self._counts[key] += len(indexes)

    def odd(self, category: str, tokens: tuple[str, ...]) -> tuple[_Odd, ...]:
        """What is odd about some attributes of a category; there are few of these."""
        key = (category, tokens)
        if key not in self._judged:
            self._judged[key] = tuple(self._judge(category, tokens))
        return self._judged[key]

    def _judge(self, category: str, tokens: tuple[str, ...]) -> list[_Odd]:
        allowed = ALLOWED.get(category)
        firsts: dict[str, str] = {}
        found = []
        for place, token in enumerate(tokens):
            name = self._names.get(token, "")
            family = _FAMILIES.get(name)
            if family is None or token in tokens[:place]:
                continue
            if allowed is not None and family not in allowed:
                expected = " or ".join(f"`{one}.`" for one in allowed)
                expected = f"an attribute that begins with {expected}" if allowed else f"no attribute of a {family}"
                message = f"expected {expected} of {category!r}, found {name!r}"
                found.append(_Odd(place, "nuscenes.attribute-family", message))
            elif firsts.setdefault(family, name) != name:
                message = f"expected one attribute that begins with `{family}.`, found {name!r} and {firsts[family]!r}"
                found.append(_Odd(place, "nuscenes.attribute-clash", message))
        return found

    def tell(self, total: int) -> None:
        """Say what is odd, once with a count where it is so of many of all rows."""
        for (rule, message), rows in self._first.items():
            count = self._counts[rule, message]
            is_told_once = is_often(count, total, MANY)
            for index, place in rows[: 1 if is_told_once else None]:
                more = f"; so it is with {counted(count - 1, 'more row')}" if is_told_once else ""
                at = self._tables.origin(self._table, index, "attribute_tokens", place)
                self._tables.report.warning(rule, f"{message}{more}", at)


def tell_families(
    tables: Tables,
    annotations: Annotations,
    instances: Instances,
    categories: Rows[Category],
    attributes: Rows[Attribute],
) -> None:
    """Say which annotations have attributes of another family than their category's, or two of one."""
    sets, families = annotations.attribute_sets, Families(tables, "sample_annotation", attributes)
    if not len(annotations) or not len(categories):
        return
    of_instance = np.append(instances.categories, -1).astype(np.int64)
    own = np.where(annotations.instances >= 0, of_instance[annotations.instances], -1)
    own[list(annotations.strangers)] = -1
    pairs = np.where(own >= 0, own * len(sets) + annotations.attributes, -1)
    for pair in np.unique(pairs[pairs >= 0]).tolist():
        category, tokens = categories.rows[pair // len(sets)].name, sets[pair % len(sets)] or ()
        if families.odd(category, tokens):
            families.look(annotations.rows[pairs == pair].tolist(), category, tokens)
    families.tell(len(annotations))
