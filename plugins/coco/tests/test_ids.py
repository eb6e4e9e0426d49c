"""Ids as integers: looked up and told apart as a dict would, near or far from each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.ids import MISSING, first_places, look_up, repeats

NEAR = st.integers(-3, 40)
FAR = st.integers(MISSING, 2**63 - 1)
CODES = st.one_of(st.lists(NEAR, max_size=40), st.lists(st.one_of(NEAR, FAR, st.just(MISSING)), max_size=20))


@given(CODES, CODES, st.integers(0, 60))
def test_each_code_is_found_where_it_stands_first(codes: list[int], wanted: list[int], more: int) -> None:
    wanted += [5] * more  # more wanted than known: the way of a table
    places: dict[int, int] = {}
    for place, code in enumerate(codes):
        places.setdefault(code, place)
    found = look_up(np.array(wanted, dtype=np.int64), *first_places(np.array(codes, dtype=np.int64)))
    assert found.dtype == np.int64
    assert found.tolist() == [-1 if code == MISSING else places.get(code, -1) for code in wanted]


@given(st.one_of(CODES, CODES.map(sorted)))
def test_what_stands_again_is_told_in_order(codes: list[int]) -> None:
    again = [place for place, code in enumerate(codes) if code in codes[:place] and code != MISSING]
    assert repeats(np.array(codes, dtype=np.int64)).tolist() == again
