"""The options of an upload, as one object and as keyword arguments."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from lading.errors import OptionError
from lading.upload.options import Keywords, Options


def test_every_option_is_a_keyword_argument_of_the_same_type() -> None:
    assert get_type_hints(Keywords) == get_type_hints(Options)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"jobs": 0}, "jobs: expected 1 or more, found 0"),
        ({"part": (3, 2)}, "part: expected k of n with 1 <= k <= n, found 3 of 2"),
    ],
)
def test_what_cannot_be_is_refused(given: Keywords, message: str) -> None:
    with pytest.raises(OptionError, match=f"^{message}$"):
        Options(**given).check()
