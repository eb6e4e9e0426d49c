"""Loops of `prev` and `next`, against a walk from every place."""

from __future__ import annotations

import numpy as np
import pytest
from lading_nuscenes.chains import Loop, loops


def walked(follow: list[int]) -> set[int]:
    """The places that a walk from themselves comes back to."""
    found = set()
    for start in range(len(follow)):
        place = follow[start]
        for _ in follow:
            if place in (start, -1):
                break
            place = follow[place]
        if place == start:
            found.add(start)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_every_loop_is_found_once_and_nothing_else(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count = int(generator.integers(0, 30))
    follow = generator.integers(-1, max(count, 1), count)
    found = loops(follow, np.arange(count), is_forward=True)
    on_loops = walked(follow.tolist())
    met = []
    for place, length in found:
        loop = [place]
        while (after := int(follow[loop[-1]])) != place:
            loop.append(after)
        assert len(loop) == length
        met += loop
    assert sorted(met) == sorted(on_loops)


def test_a_long_chain_that_ends_has_none_and_one_that_does_not_is_told_at_its_end() -> None:
    follow = np.append(np.arange(1, 1000), -1)
    times = np.arange(1000) * 50
    assert loops(follow, times, is_forward=True) == []
    follow[-1] = 990
    assert loops(follow, times, is_forward=True) == [Loop(999, 10)]


def test_the_link_that_leads_back_goes_against_the_times() -> None:
    times = np.array([30, 10, 20])
    assert loops(np.array([1, 2, 0]), times, is_forward=True) == [Loop(0, 3)]
    assert loops(np.array([2, 0, 1]), times, is_forward=False) == [Loop(1, 3)]
