"""How far a picture reaches."""

from __future__ import annotations

from lading.validate.checks.bounds import TOLERANCE_PX, UNLIMITED, limits, reaches


def test_an_integer_that_no_float_holds_is_no_limit() -> None:
    assert limits(10**400, 480) == (UNLIMITED, 480 + TOLERANCE_PX)
    assert reaches([(640, 10**400), (640, None)]).tolist() == [[640 + TOLERANCE_PX, UNLIMITED]] * 2
