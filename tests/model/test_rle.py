"""Run lengths, with pycocotools as the oracle."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as oracle

from lading.errors import GeometryError
from lading.model.rle import counts_from_mask, counts_from_text, mask_from_counts, text_from_counts

masks = arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 1))


@given(masks)
def test_text_and_mask_agree_with_pycocotools(mask: np.ndarray) -> None:
    theirs = oracle.encode(np.asfortranarray(mask))
    counts = counts_from_mask(mask)
    assert text_from_counts(counts) == theirs["counts"].decode()
    assert counts_from_text(theirs["counts"]).tolist() == counts.tolist()
    assert (mask_from_counts(counts, *mask.shape) == mask.astype(bool)).all()


@given(st.lists(st.integers(0, 2**40), max_size=30))
def test_any_runs_come_back_from_their_text(counts: list[int]) -> None:
    assert counts_from_text(text_from_counts(counts)).tolist() == counts


@given(st.integers(0, 2**32), st.integers(60, 300), st.integers(1, 300), st.floats(0.001, 0.999))
def test_long_texts_agree_with_pycocotools(seed: int, height: int, width: int, share: float) -> None:
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)
    theirs = oracle.encode(np.asfortranarray(mask))["counts"]
    counts = counts_from_text(theirs)
    assert counts.tolist() == counts_from_mask(mask).tolist()
    assert text_from_counts(counts) == theirs.decode()


@given(
    st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300), min_size=60, max_size=200),
    st.none() | st.tuples(st.integers(0, 50), st.sampled_from(" p\x7f€")),
)
def test_long_texts_of_any_numbers_are_read_or_refused_as_short_ones_are(
    runs: list[int], wrong: tuple[int, str] | None
) -> None:
    text = text_from_counts(runs)
    if wrong is None:
        assert counts_from_text(text).tolist() == runs
        return
    place, found = wrong
    with pytest.raises(GeometryError, match=f"found {re.escape(repr(found))} at {place}$"):
        counts_from_text(text[:place] + found + text[place:])


def test_a_long_text_that_is_cut_is_refused() -> None:
    with pytest.raises(GeometryError, match="found it cut after 200 runs"):
        counts_from_text("5" * 200 + "a")


def test_runs_go_down_the_columns_and_start_with_background() -> None:
    mask = [[1, 0, 0], [1, 1, 0]]
    assert counts_from_mask(mask).tolist() == [0, 2, 1, 1, 2]
    assert mask_from_counts([0, 2, 1, 1, 2], 2, 3).astype(int).tolist() == mask


def test_an_empty_mask_has_no_runs() -> None:
    assert counts_from_mask(np.zeros((0, 0))).sum() == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [("5 3", r"found ' ' at 1"), ("a", "cut after 0 runs"), ("5p", r"found 'p' at 1"), ("5€", r"found '€' at 1")],
    ids=["a space", "cut inside a number", "beyond o", "no Latin"],
)
def test_text_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        counts_from_text(text)


def test_runs_beyond_what_an_integer_holds_are_refused() -> None:
    with pytest.raises(GeometryError, match=r"expected runs below 2\^63"):
        counts_from_text("o" * 14 + "0")


@pytest.mark.parametrize("counts", [[5], [3, 4], [-1, 7]], ids=["too few", "too many", "negative"])
def test_runs_have_to_fill_the_picture(counts: list[int]) -> None:
    with pytest.raises(GeometryError, match="expected runs that fill 2 x 3 pixels"):
        mask_from_counts(counts, 2, 3)
