"""Words of messages that depend on what they tell."""

from __future__ import annotations

import pytest

from lading import counted


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
