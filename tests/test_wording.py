"""Words of messages that depend on what they tell."""

from __future__ import annotations

import numpy as np
import pytest

from lading import counted, figures


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((0, "frame"), "0 frames"),
        ((1, "frame"), "1 frame"),
        ((1_200, "frame"), "1,200 frames"),
        ((1, "box", "boxes"), "1 box"),
        ((2, "box", "boxes"), "2 boxes"),
    ],
)
def test_a_number_has_its_noun(given: tuple[int, str], text: str) -> None:
    assert counted(*given) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (100.2 + 25.29, "125.49"),
        (0.1 + 0.2, "0.3"),
        (float(np.float32(0.1)), "0.1"),
        (float(np.float32(125.49)), "125.49"),
        (1920.0, "1920"),
        (1_000_000.0, "1000000"),
        (1_234_567.5, "1234567.5"),
        (100.0000001, "100.0000001"),
        (-3, "-3"),
        (-0.0, "0"),
        (10**20, "100000000000000000000"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_a_number_is_shown_without_what_its_bits_leave_behind(given: float, text: str) -> None:
    assert figures([given, 1]) == f"({text}, 1)"
