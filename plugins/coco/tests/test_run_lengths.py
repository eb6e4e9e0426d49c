"""Run lengths in every form that is known, with pycocotools as the oracle."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from lading_coco.rle_forms import counts_of
from lading_coco.rows import RleRow
from pycocotools import mask as oracle

from lading.model.rle import mask_from_counts

masks = arrays.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30)), elements=st.integers(0, 1))


def starts_and_lengths(mask: np.ndarray) -> str:
    """Kaggle's form, made pixel by pixel."""
    flat = mask.T.ravel().tolist()
    numbers: list[int] = []
    for place, value in enumerate(flat):
        if value and (place == 0 or not flat[place - 1]):
            numbers += [place + 1, 0]
        if value:
            numbers[-1] += 1
    return " ".join(map(str, numbers))


def nothing(rule: str, message: str, *at: object, **how: object) -> None:
    raise AssertionError((rule, message))


@given(masks)
def test_packed_and_unpacked_run_lengths_are_the_mask(mask: np.ndarray) -> None:
    theirs = oracle.encode(np.asfortranarray(mask))
    packed = counts_of(RleRow(list(mask.shape), theirs["counts"].decode()), nothing)
    assert packed is not None
    assert (mask_from_counts(packed, *mask.shape) == mask.astype(bool)).all()
    again = counts_of(RleRow(list(mask.shape), packed.tolist()), nothing)
    assert again is not None
    assert again.tolist() == packed.tolist()


@pytest.mark.parametrize(
    ("form", "wrap"),
    [
        ("base64 of it", lambda mask, counts: base64.b64encode(counts).decode()),
        ("base64 of zlib of it", lambda mask, counts: base64.b64encode(zlib.compress(counts)).decode()),
        ("Python's repr of it", lambda mask, counts: repr(counts)),
        ("pairs of start and length", lambda mask, counts: starts_and_lengths(mask)),
    ],
)
def test_other_forms_are_the_same_mask_and_are_told(form: str, wrap: Any) -> None:
    dice = np.random.default_rng(3)
    for _ in range(20):
        mask = (dice.random((17, 23)) > 0.6).astype(np.uint8)
        theirs = oracle.encode(np.asfortranarray(mask))
        told: list[tuple[Any, ...]] = []
        row = RleRow([17, 23], wrap(mask, theirs["counts"]))
        counts = counts_of(row, lambda *given, told=told, **how: told.append(given))
        assert counts is not None
        assert (mask_from_counts(counts, 17, 23) == mask.astype(bool)).all()
        message = f"expected COCO's text of run lengths, found {form}"
        assert told == [("coco.rle-form", message, "segmentation")]
