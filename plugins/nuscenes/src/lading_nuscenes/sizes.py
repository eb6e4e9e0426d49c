"""Sizes of boxes: (width, length, height), of which other formats have the first two in the other order (4.2)."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.annotations import Annotations
from lading_nuscenes.instances import Instances
from lading_nuscenes.schema import Category
from lading_nuscenes.tables import Rows, Tables

#: A car with its mirrors is narrower, and longer, than these: beyond both, one is the other.
_WIDE_M, _SHORT_M = 3.0, 2.5

#: Objects that are told one by one.
_FEW = 2

#: A car by the last word of its category: a car park is none.
_CAR = re.compile(r"(.*[^a-z])?car[^a-z]*", re.DOTALL)


def tell_sizes(
    tables: Tables, annotations: Annotations, instances: Instances, categories: Rows[Category]
) -> NDArray[np.int32]:
    """Say which cars are as wide as others are long, once where most or many are: width and length are exchanged.

    Gives the instances of which it is so.
    """
    is_car = np.array([*(_CAR.fullmatch(row.name.lower()) is not None for row in categories.rows), False])
    of_instance = np.append(np.maximum(instances.categories, -1), -1)
    cars = np.flatnonzero(is_car[of_instance[np.maximum(annotations.instances, -1)]])
    width, length = annotations.sizes[cars, :2].T
    odd = cars[(width > _WIDE_M) & (length > 0) & (length < _SHORT_M)]
    owners = annotations.instances[odd]
    objects, firsts, numbers = np.unique(owners, return_index=True, return_counts=True)
    is_told_once = len(objects) > _FEW or (len(odd) > 1 and 2 * len(odd) > len(cars))
    annotations.are_exchanged = len(odd) > 1 and 2 * len(odd) > len(cars)
    each = sorted(zip(odd[firsts].tolist(), objects.tolist(), numbers.tolist(), strict=True))
    for place, owner, number in each[: 1 if is_told_once else None]:
        size = annotations.sizes[place].tolist()
        message = f"expected width, length and height of a car, found {size}, as if length were first"
        if is_told_once:
            message += f", as in {len(odd):,} of {len(cars):,} cars"
        elif number > 1:
            message += f", as in {number:,} of its {np.count_nonzero(annotations.instances[cars] == owner):,} rows"
        at = tables.origin("sample_annotation", int(annotations.rows[place]), "size")
        tables.report.warning("nuscenes.size-order", message, at)
    return objects
