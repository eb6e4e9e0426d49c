"""Sizes of instances: a nuScenes object has one size in all of its boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading_nuscenes.annotations import Annotations
from lading_nuscenes.samples import Samples
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME

#: Two sizes within this share of each other, or so near, are the same: some publishers round them.
_SAME, _SAME_M = 0.01, 0.01

#: Sizes beyond this are told by `box3d.too-large`, whatever the object's others are.
_LARGEST_M = 100.0

#: As few objects of one size say nothing of what is usual.
_FEWEST = 3

#: Where a larger share of the objects changes, sizes are measured anew in each frame.
_MOST_ODD = 0.25

#: Objects that are told one by one.
_FEW = 2


def tell_instance_sizes(tables: Tables, samples: Samples, annotations: Annotations, told: NDArray[np.int32]) -> None:
    """Say at which boxes the size of an object changes, where most objects keep theirs.

    Boxes are held to those that lead to them by `next`: wrong links are told. Of the objects that are `told` to have
    width and length exchanged, nothing is said.
    """
    of, sizes = annotations.instances, annotations.sizes
    times = np.append(samples.times, NO_TIME)[np.maximum(annotations.samples, -1)]
    is_known = (of >= 0) & (times != NO_TIME) & ((sizes > 0) & (sizes <= _LARGEST_M)).all(axis=1)
    is_known[list(annotations.strangers)] = False
    order = np.flatnonzero(is_known)
    order = order[np.lexsort((times[order], of[order]))]
    is_next = (np.diff(of[order]) == 0) & (annotations.after[order[:-1]] == order[1:])
    before, after = sizes[order[:-1]], sizes[order[1:]]
    is_other = (np.abs(after - before) > np.maximum(_SAME * np.maximum(before, after), _SAME_M)).any(axis=1)
    changes = np.flatnonzero(is_next & is_other)
    odd, firsts = np.unique(of[order[changes]], return_index=True)
    several = len(np.unique(of[order[:-1][is_next]]))
    if not len(odd) or several - len(odd) < _FEWEST or len(odd) > _MOST_ODD * several:
        return
    firsts = changes[firsts[~np.isin(odd, told)]]
    for number in firsts[: 1 if len(firsts) > _FEW else None].tolist():
        usual, found = before[number].tolist(), after[number].tolist()
        message = f"expected the size of the box of its object before, {usual}, found {found}"
        if len(firsts) > _FEW:
            message += f"; so it is with {counted(len(firsts) - 1, 'more object')} of {several:,}"
        at = tables.origin("sample_annotation", int(annotations.rows[order[number + 1]]), "size")
        tables.report.warning("nuscenes.instance-size", message, at)
