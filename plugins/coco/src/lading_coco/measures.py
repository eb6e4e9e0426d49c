"""Areas and scores held to what they can be. No label is made of an area, so no rule looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from operator import attrgetter
from typing import Any

from lading_coco.rows import PlainRow

_AREA: Callable[[PlainRow], int | float] = attrgetter("area")


def tell_area(area: Any, tell: Callable[..., None]) -> None:
    """Tell of an area below 0: evaluation looks at objects by their areas, and would leave this one out."""
    if isinstance(area, (int, float)) and area < 0:
        tell("coco.negative-area", f"expected an area of 0 or more, found {area!r}", "area", warn=True)


def have_areas(records: Sequence[PlainRow]) -> bool:
    """Whether the area of none of many records is below 0."""
    return not records or min(map(_AREA, records)) >= 0


def tell_score(score: Any, tell: Callable[..., None]) -> None:
    """Tell of a score that is not from 0 to 1, as one in percent."""
    is_finite = isinstance(score, (int, float)) and -inf < score < inf  # others are told by a rule
    if is_finite and not 0 <= score <= 1:
        tell("coco.score-range", f"expected a score from 0 to 1, found {score!r}", "score", warn=True)
