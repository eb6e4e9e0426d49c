"""Ids as integers: looked up and told apart as a dict would, near or far from each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.ids import MISSING, first_places, key_of, look_up, repeats

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


SPELLED = st.sampled_from(["1", "01", "-1", "-0", "+1", "1.0", "\u0661", "\u00b2", "", "-", "1_", "None", str(1 << 63)])
WHOLE = FAR | st.integers(-3, 12) | st.integers(1 << 63, 1 << 70)


@given(st.lists(SPELLED | WHOLE | st.sampled_from([1.0, True, None])))
def test_keys_are_the_same_where_ids_are_the_same_text(ids: list[object]) -> None:
    keys = [key_of(value) for value in ids]
    assert all(MISSING <= key < -MISSING for key in keys)
    assert [[a == b for b in keys] for a in keys] == [[str(a) == str(b) for b in ids] for a in ids]


@given(st.integers(MISSING + 1, 2**63 - 1))
def test_the_key_of_a_whole_number_is_that_number_as_text_too(number: int) -> None:
    assert key_of(number) == key_of(str(number)) == number


@given(st.one_of(CODES, CODES.map(sorted)))
def test_what_stands_again_is_told_in_order(codes: list[int]) -> None:
    again = [place for place, code in enumerate(codes) if code in codes[:place] and code != MISSING]
    assert repeats(np.array(codes, dtype=np.int64)).tolist() == again
