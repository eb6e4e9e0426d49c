"""Chains that lead back in time from end to end: their `prev` and `next` are swapped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lading.model.recurring import MANY, as_often, is_often
from lading_nuscenes.chains import far_ends
from lading_nuscenes.links import Links
from lading_nuscenes.tables import Tables

_Places = NDArray[np.int64]


def turned(after: Links, back: _Places, odd: _Places, onward: _Places) -> _Places:
    """Those of the places that lead back whose chains have odd ones among these, and lead nowhere `onward`.

    None where each chain has a single odd one.
    """
    end, _ = far_ends(after)
    ends, counts = np.unique(end[odd][~np.isin(end[odd], end[onward])], return_counts=True)
    return back[np.isin(end[back], ends if (counts > 1).any() else ends[:0])]


def tell_turned(
    tables: Tables, table: str, rows: NDArray[np.int32] | Sequence[int], after: Links, places: _Places
) -> None:
    """Say it at the first row of each chain that leads back from these places, once where many chains do."""
    end, _ = far_ends(after)
    firsts = np.sort(np.unique(end[places], return_index=True)[1])
    total = len(np.unique(end[after >= 0]))
    is_told_once = is_often(len(firsts), total, MANY)
    more = as_often(len(firsts), total, "chains") if is_told_once else ""
    for place in places[firsts][: 1 if is_told_once else None].tolist():
        found = f"found row {rows[after[place]]}, an earlier one, as in all of its chain"
        message = f"expected a row later in time, {found}: `prev` and `next` are swapped{more}"
        tables.report.warning("nuscenes.broken-chain", message, tables.origin(table, int(rows[place]), "next"))
