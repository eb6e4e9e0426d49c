"""Widths of boxes out of their edges: COCO writes a corner and a size, the model keeps both edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Decimals that are tried, a double has no more; and those of them that are many.
_DECIMALS = range(2, 16)
_MANY = range(12, 16)
#: The finest step of numbers whose decimals are not many.
_STEPS = 1e11

#: Added to a float between -2^51 and 2^51 and taken away again, it leaves the nearest whole number.
#:
#: A size that is such a number divided by 100 has two decimals, and comes back from edges nearer than 1e9: there the
#: difference of the edges is off by less than 1e-6.
WHOLE = 1.5 * 2.0**52


def width_between(low: float, high: float) -> float:
    """The width of the fewest decimals, two at least, that leads from one edge exactly to the other.

    The difference of two floats is not the number that was added: 0.1 + 0.2 - 0.1 is 0.20000000000000004.
    """
    width = high - low
    if math.isfinite(width):
        for decimals in _MANY if _needs_many(width, high) else _DECIMALS:
            rounded = round(width, decimals)
            if low + rounded == high:
                return rounded
    return width


def _needs_many(width: float, high: float) -> bool:
    """Whether no number of 11 decimals or fewer is near enough to a width to lead to the same edge.

    What leads to `high` is off by no more than one step of floats there and one of the width. `round` tells the same at
    ten times the cost, for a float of many decimals as programs write it.
    """
    steps = width * _STEPS
    slack = 2 * (_STEPS * (math.ulp(high) + 2 * math.ulp(width)) + math.ulp(steps))
    return slack < steps % 1 < 1 - slack


def is_recovered(bbox: Sequence[float]) -> bool:
    """Whether the box x, y, width, height comes back from its edges as it was written."""
    x, y, width, height = bbox
    return width_between(x, x + width) == width and width_between(y, y + height) == height
