"""The points of many rings out of their text: the numbers that Python's own parser finds there, or none at all."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.rings import RingParser, lists_of

GOOD = b"[1, 2, 3.5, 4]"

#: Numbers in the spellings that JSON allows.
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e4, 1e4).map(lambda value: f"{value:.2f}"),
    st.floats(-1e4, 1e4).map(lambda value: f"{value:.25f}"),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:.3E}"),
    st.integers(-(1 << 63), (1 << 64) - 1).map(str),
    st.sampled_from(["-0", "-0.0", "0e5", "5e-324", "2.2250738585072011e-308", "1e-400", "9007199254740993"]),
)
SPACES = st.sampled_from(["", " ", "\n", "\r\n\t"])


@st.composite
def rings(draw: Any) -> str:
    pairs = draw(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=6))
    space = draw(SPACES)
    return f"[{space}{f'{space},{space}'.join(number for pair in pairs for number in pair)}{space}]"


@given(st.lists(rings(), max_size=5))
def test_points_are_those_of_another_parser(texts: list[str]) -> None:
    points = RingParser().points([text.encode() for text in texts])

    expected = [np.array(json.loads(text), dtype=np.float64) for text in texts]
    if any(np.isinf(numbers).any() or (numbers == 9e99).any() for numbers in expected):  # rounded up, or the mark
        assert points is None
        return
    assert points is not None
    assert [ring.shape for ring in points] == [(len(numbers) // 2, 2) for numbers in expected]
    assert [ring.tobytes() for ring in points] == [numbers.tobytes() for numbers in expected]


@given(
    st.lists(rings(), max_size=4),
    st.lists(rings(), max_size=4),
    st.recursive(
        NUMBERS | st.sampled_from(["null", "true", '"1"', '"[1,2,3,4]"', "{}", '{"a":[1,2,3,4]}']),
        lambda inner: st.lists(inner, max_size=5).map(lambda parts: f"[{','.join(parts)}]"),
        max_leaves=12,
    ),
)
def test_what_is_no_ring_is_never_taken_for_one(before: list[str], after: list[str], odd: str) -> None:
    value = json.loads(odd)
    is_ring = (
        isinstance(value, list)
        and len(value) >= 4
        and len(value) % 2 == 0
        and all(type(part) in (int, float) for part in value)
    )

    points = RingParser().points([text.encode() for text in [*before, odd, *after]])

    if points is not None:
        assert is_ring
        assert len(points) == len(before) + 1 + len(after)
        assert lists_of(points)[len(before)] == [float(number) for number in value]


@pytest.mark.parametrize(
    "texts",
    [
        [b"[1, 2, 3]"],
        [b"[1, 2, 3]", b"[4, 5, 6]"],
        [GOOD, b"[1, 2]"],
        [b"[]", GOOD],
        [b"5", b"[[1, 2, 3, 4]]"],
        [b"[1, 2, [3, 4]]"],
        [GOOD, b'"[1, 2, 3, 4]"'],
        [GOOD, b"{}"],
        [b"[1, 2, 3, null]"],
        [b"[1, 2, 3, true]"],
        [b"[1, 2, 3, 1e400]"],
        [b"[1, 2, 3, 18446744073709551616]"],
        [b"[1, 2, 3, -9223372036854775809]"],
        [b"[1, 2, 3, NaN]"],
        [b"[1, 2, 3, 04]"],
        [b"[1, 2, 3 4]"],
        [b"[1, 2, 3, 4], [5, 6, 7, 8]"],
        [b"[1, 2, 9e99, 9e99, 3, 4]"],
        [b"[9e99, 9e99, 3, 4]", GOOD],
        [b'[1, 2, 3, "\xff"]'],
    ],
)
def test_one_that_is_no_ring_of_two_points_refuses_all(texts: list[bytes]) -> None:
    parser = RingParser()

    assert parser.points(texts) is None
    assert lists_of(parser.points([GOOD]) or []) == [[1, 2, 3.5, 4]]  # and it goes on from there


class Row(msgspec.Struct):
    segmentation: Any


def test_rows_are_filled_and_other_forms_stay() -> None:
    run_lengths = {"size": [2, 3], "counts": "x"}
    records = [Row([GOOD, b"[5, 6, 7, 8]"]), Row(run_lengths), Row([]), Row([GOOD])]

    assert RingParser().fill(records)

    assert [lists_of(records[place].segmentation) for place in (0, 2, 3)] == [
        [[1, 2, 3.5, 4], [5, 6, 7, 8]],
        [],
        [[1, 2, 3.5, 4]],
    ]
    assert records[1].segmentation == run_lengths


def test_points_may_be_written_to() -> None:
    one, two = RingParser().points([GOOD, GOOD]) or []

    one[:] += 1

    assert lists_of([one, two]) == [[2, 3, 4.5, 5], [1, 2, 3.5, 4]]
