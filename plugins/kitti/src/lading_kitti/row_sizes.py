"""Sizes of boxes that cannot be meant: three numbers in another order, or one far from what objects of a type have."""

from __future__ import annotations

from collections.abc import Mapping

from lading_kitti.label_rows import Row

#: What is larger, in metres, is so whatever it is.
_MOST = 100.0
_NAMES = ("height", "width", "length")
_VEHICLE = ((0.8, 6.0), (0.8, 5.0), (1.5, 80.0))
#: Height, width and length in metres, from and to. Official rows are well within, and so is what others call a Car.
_KNOWN: Mapping[str, tuple[tuple[float, float], ...]] = {
    "Car": ((0.7, 5.0), (0.7, 4.5), (1.2, 25.0)),
    "Van": _VEHICLE,
    "Truck": _VEHICLE,
    "Tram": _VEHICLE,
    "Pedestrian": ((0.5, 2.6), (0.1, 2.5), (0.1, 2.5)),
    "Person_sitting": ((0.4, 2.3), (0.1, 2.5), (0.1, 2.5)),
    "Cyclist": ((0.7, 2.8), (0.1, 2.5), (0.4, 4.0)),
}


def is_size_turned(row: Row) -> bool:
    """Whether a car is higher than any and shorter than wide ones are: its numbers are in another order."""
    if row.category != "Car" or row.columns_3d is None:
        return False
    height, _, length = row.columns_3d[0]
    return height > 3 and length < 2.5


def told_size(row: Row) -> str:
    """What to say of a size whose numbers are in another order."""
    height, width, length = row.dimensions or (0.0, 0.0, 0.0)
    return f"expected h, w, l of a {row.category}, found {height!r}, {width!r}, {length!r}, as if l, w, h"


def odd_size(row: Row) -> str | None:
    """What to say of a size that objects of its type do not have; of what is none of any object, a rule tells."""
    if row.columns_3d is None or is_size_turned(row) or not all(0 < value <= _MOST for value in row.columns_3d[0]):
        return None
    for name, value, (least, most) in zip(_NAMES, row.columns_3d[0], _KNOWN.get(row.category, ()), strict=False):
        if not least <= value <= most:
            return f"expected the {name} of a {row.category} from {least:g} to {most:g} m, found {value!r}"
    return None
