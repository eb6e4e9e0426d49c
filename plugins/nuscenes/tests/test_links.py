"""Links that no link returns, and rows of another group than their neighbours, in chains that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lading_nuscenes.links import UNREAD, Slip, crossings, slips, strangers
from lading_nuscenes.tokens import ABSENT, DANGLING

NOBODY = -1


def chains(*lengths: int) -> tuple[Any, Any, Any]:
    """`prev`, `next` and the group of rows in chains of these lengths, one after the other."""
    before, after, groups = [], [], []
    for group, length in enumerate(lengths):
        first = len(groups)
        before += [ABSENT, *range(first, first + length - 1)]
        after += [*range(first + 1, first + length), ABSENT]
        groups += [group] * length
    return np.array(before), np.array(after), np.array(groups)


def test_whole_chains_have_none() -> None:
    assert slips(*chains(1, 2, 5, 3)) == []
    assert strangers(*chains(1, 2, 5, 3)) == {}


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("column", ["prev", "next"])
def test_one_link_that_leads_elsewhere_is_told_alone(seed: int, column: str) -> None:
    before, after, groups = chains(6, 1, 9, 2)
    generator = np.random.default_rng(seed)
    links, back = (before, after) if column == "prev" else (after, before)
    place = int(generator.choice(np.flatnonzero(links >= 0)))
    right = int(links[place])
    links[place] = int(generator.choice([row for row in range(len(groups)) if row not in (place, right)]))
    assert back[right] == place
    assert slips(before, after, groups) == [Slip(place, column, int(links[place]), right)]


@pytest.mark.parametrize("column", ["prev", "next"])
def test_one_link_that_lacks_is_told_where_it_should_be(column: str) -> None:
    for place in range(4):
        before, after, groups = chains(5, 2)
        links, place = (before, place + 1) if column == "prev" else (after, place)
        right, links[place] = int(links[place]), ABSENT
        assert slips(before, after, groups) == [Slip(place, column, ABSENT, right)]


def test_a_chain_that_ends_has_no_next_in_another_one() -> None:
    before, after, groups = chains(3, 3)
    after[2] = 3
    assert slips(before, after, groups) == [Slip(2, "next", 3, DANGLING)]
    assert strangers(before, after, groups) == {}


def test_a_link_that_leads_nowhere_is_told_elsewhere() -> None:
    before, after, groups = chains(5)
    after[1] = DANGLING
    assert slips(before, after, groups) == []


def test_a_row_that_leads_to_one_whose_neighbours_are_not_read_is_told() -> None:
    before, after = np.array([ABSENT, UNREAD, UNREAD]), np.array([2, UNREAD, ABSENT])
    assert slips(before, after, np.zeros(3, dtype=int)) == [Slip(0, "next", 2, DANGLING)]


@pytest.mark.parametrize(
    ("groups", "odd"),
    [
        ([0, 1, 0, 0], {1: 0}),
        ([1, 0, 0, 0], {0: 0}),
        ([0, 0, 0, 1], {3: 0}),
        ([0, 1, 0], {1: 0}),
        ([0, 0, 1, 1], {2: 0}),
        ([0, 1], {1: 0}),
        ([0, NOBODY, 0, 0], {}),
    ],
)
def test_the_row_that_is_of_another_group_than_both_neighbours_is_meant(groups: list[int], odd: dict[int, int]) -> None:
    before, after, _ = chains(len(groups))
    assert strangers(before, after, np.array(groups)) == odd


def test_a_link_between_two_chains_that_is_returned_is_no_stranger_of_either() -> None:
    before, after, groups = chains(4, 3)
    after[3], before[4] = 4, 3
    assert crossings(before, after, groups).tolist() == [3]


@pytest.mark.parametrize("place", [2, 3])
def test_the_end_of_a_chain_is_of_its_group_if_that_names_it(place: int) -> None:
    """Of two chains, where one leads on to the other and has but one row, or has lost all others."""
    before, after, groups = chains(3, 1)
    after[2], before[3] = 3, 2
    assert crossings(before, after, groups).tolist() == []
    assert crossings(before, after, groups, {3}).tolist() == [2]
    assert crossings(before, after, groups, {place}).tolist() == [2] * (place == 3)


def test_a_row_that_two_others_pass_by_is_told_once() -> None:
    before, after, groups = chains(4)
    after[1], before[3] = 3, 1
    assert slips(before, after, groups) == [Slip(1, "next", 3, 2)]


@pytest.mark.parametrize("lengths", [(3, 3), (1, 2, 5, 3)])
def test_whole_chains_do_not_cross(lengths: tuple[int, ...]) -> None:
    assert crossings(*chains(*lengths)).tolist() == []


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_row_of_another_group_is_no_crossing(place: int) -> None:
    before, after, groups = chains(5, 2)
    groups[place] = 1
    assert crossings(before, after, groups).tolist() == []
    assert strangers(before, after, groups) == {place: 0}
