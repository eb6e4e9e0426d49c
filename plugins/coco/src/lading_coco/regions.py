"""What a mask has of each of its values: how many pixels, and within which edges."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Region(NamedTuple):
    """The pixels of one value; `edges` are xmin, ymin, xmax, ymax in pixels, the last two behind the last pixel."""

    pixels: int
    edges: tuple[int, int, int, int]


def regions_of(values: NDArray[np.uint32]) -> dict[int, Region]:
    """The region of each value of a mask of shape (height, width), by value.

    Neighbours in a row that are alike are looked at once, for ids fill areas.
    """
    height, width = values.shape
    if not values.size:
        return {}
    is_new = np.ones((height, width), dtype=np.bool_)
    np.not_equal(values[:, 1:], values[:, :-1], out=is_new[:, 1:])
    starts = np.flatnonzero(is_new)
    sizes = np.diff(starts, append=values.size)
    found, which = np.unique(values.ravel()[starts], return_inverse=True)
    rows, lefts = np.divmod(starts, width)
    edges = np.empty((len(found), 4), dtype=np.int64)
    edges[:] = (width, height, 0, 0)
    np.minimum.at(edges[:, 0], which, lefts)
    np.minimum.at(edges[:, 1], which, rows)
    np.maximum.at(edges[:, 2], which, lefts + sizes)
    np.maximum.at(edges[:, 3], which, rows + 1)
    pixels = np.bincount(which, weights=sizes).astype(np.int64)
    each = zip(found.tolist(), pixels.tolist(), map(tuple, edges.tolist()), strict=True)
    return {value: Region(count, (left, top, right, bottom)) for value, count, (left, top, right, bottom) in each}
