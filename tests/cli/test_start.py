"""An access key among the arguments is found, and all else stays as it was given."""

from __future__ import annotations

import pytest

from lading.cli.start import without_key


@pytest.mark.parametrize(
    ("given", "left", "key"),
    [
        (["upload", "p", "--access-key", "K", "-q"], ["upload", "p", "-q"], "K"),
        (["upload", "--access-key=K", "p"], ["upload", "p"], "K"),
        (["upload", "--access-key=K=2", "p"], ["upload", "p"], "K=2"),
        (["serve", "--access-key="], ["serve"], ""),
        (["a", "--access-key", "1", "--access-key=2"], ["a"], "2"),
        (["a", "--access-key", "--json"], ["a"], "--json"),
        (["a", "--access-key"], ["a", "--access-key"], None),
        (["a", "--access-key-file", "f"], ["a", "--access-key-file", "f"], None),
        (["a", "--", "--access-key", "K"], ["a", "--", "--access-key", "K"], None),
        ([], [], None),
    ],
)
def test_the_key_is_found(given: list[str], left: list[str], key: str | None) -> None:
    assert without_key(given) == (left, key)
