"""Rings that a polygon has twice: who sums its parts counts them twice, and who fills by turns gets a hole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lading.validate.checks.rings import Rings


def repeated_rings(rings: Rings, left: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Each ring that is an earlier one of its polygon to the point, and that one; `left` are the least x of rings."""
    has_next = rings.rows[1:] == rings.rows[:-1]
    if not has_next.any():
        return
    own = np.flatnonzero(np.append(has_next, False) | np.append(False, has_next))
    order = own[np.lexsort((left[own], rings.rows[own]))]
    alike = (left[order[1:]] == left[order[:-1]]) & (rings.rows[order[1:]] == rings.rows[order[:-1]])
    if not alike.any():
        return
    first: dict[tuple[int, bytes], int] = {}
    for index in np.sort(order[np.append(alike, False) | np.append(False, alike)]).tolist():
        known = first.setdefault((int(rings.rows[index]), rings.ring(index).tobytes()), index)
        if known != index:
            yield index, known
