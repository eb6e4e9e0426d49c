"""How far a picture reaches, as the checks of geometry take it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

#: How far beyond the picture is still a matter of rounding: sources write x and width with two decimals each, so
#: that their sum is off by as much as 0.01 pixel.
TOLERANCE_PX = 0.01

#: Of a larger picture, of a known size, nobody draws a box within the first pixel: it is in parts of the picture.
_SMALL_PX = 32

#: Right and lower limit, in pixels, where the size of the picture is not known: every finite number.
UNLIMITED = sys.float_info.max


def are_finite(numbers: Iterable[float]) -> bool:
    """Whether all of them are numbers that a float can hold; an integer may be too large for `math.isfinite`."""
    return all(-UNLIMITED <= number <= UNLIMITED for number in numbers)


def is_relative(edges: Sequence[float], right: float, bottom: float) -> bool:
    """Whether a box with an area is in parts of its picture: within the first pixel of one that is no small one.

    A picture of a size that is not known may be small.
    """
    if not (min(edges) >= 0 and max(edges) <= 1 and any(edge % 1 for edge in edges)):
        return False
    return min(right, bottom) > _SMALL_PX + TOLERANCE_PX and max(right, bottom) < UNLIMITED


@lru_cache(maxsize=1_000)
def limits(width: int | None, height: int | None) -> tuple[float, float]:
    """The right and the lower limit of a picture of this size; an integer that no float holds is no limit."""
    right, bottom = (UNLIMITED if size is None or size > UNLIMITED else size + TOLERANCE_PX for size in (width, height))
    return right, bottom


def reaches(sizes: Sequence[tuple[int | None, int | None]]) -> NDArray[np.float64]:
    """The limits of pictures of these sizes, a row for each."""
    numbers = {size: number for number, size in enumerate(dict.fromkeys(sizes))}
    each = np.array([limits(*size) for size in numbers]).reshape(-1, 2)
    return np.take(each, [numbers[size] for size in sizes], axis=0) if len(numbers) > 1 else each.repeat(len(sizes), 0)


def size_of(right: float, bottom: float) -> tuple[int | None, int | None]:
    """The width and the height that were turned into these limits."""
    width, height = (None if limit == UNLIMITED else round(limit - TOLERANCE_PX) for limit in (right, bottom))
    return width, height


@lru_cache(maxsize=1_000)
def size_text(right: float, bottom: float) -> str:
    """The size of the picture as messages name it."""
    known = size_of(right, bottom)
    if known == (None, None):
        return "its picture"
    return f"{' x '.join('?' if size is None else str(size) for size in known)} pixels"
