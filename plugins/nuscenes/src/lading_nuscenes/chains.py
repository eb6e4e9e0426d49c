"""`prev` and `next`: where they lead in the end, and rows that lead round in place of to one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading_nuscenes.times import Times


class Loop(NamedTuple):
    """Rows that lead round: how many, and the place of the one whose link leads back."""

    place: int
    length: int


def loops(follow: NDArray[Any], times: Times, *, is_forward: bool) -> list[Loop]:
    """The loops among places of which each leads to another one, or, below 0, nowhere.

    `times` are those of the places; the link that leads back is the one that goes farthest against them.
    """
    rounds = _on_loops(follow)
    found: list[Loop] = []
    met: set[int] = set()
    for start in rounds:
        if start in met:
            continue
        loop = [start]
        while (place := int(follow[loop[-1]])) != start:
            loop.append(place)
        met.update(loop)
        sign = 1 if is_forward else -1
        back = min(loop, key=lambda place: sign * (int(times[follow[place]]) - int(times[place])))
        found.append(Loop(back, len(loop)))
    return found


def far_ends(follow: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each place leads in the end, without loops, which may be itself; and in how many steps."""
    steps = (follow >= 0).astype(np.int64)
    reached = np.where(follow >= 0, follow, np.arange(len(follow)))
    for _ in range(len(follow).bit_length()):
        farther = reached[reached]
        if (farther == reached).all():
            break
        steps += steps[reached]
        reached = farther
    return reached, steps


def _on_loops(follow: NDArray[Any]) -> list[int]:
    """The places on loops: those that are reached after more steps than there are places. Chains end early."""
    reached = follow
    for _ in range(len(follow).bit_length()):
        going = np.flatnonzero(reached >= 0)
        if not len(going):
            return []
        farther = np.full_like(reached, -1)
        farther[going] = reached[reached[going]]
        reached = farther
    places: list[int] = np.unique(reached[reached >= 0]).tolist()
    return places
