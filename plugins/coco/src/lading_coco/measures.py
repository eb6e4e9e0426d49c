"""Areas and scores held to what they can be. No label is made of an area, so no rule looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from lading.model.recurring import MOST
from lading.wording import figure
from lading_coco.rows import PlainRow, Row
from lading_coco.wording import shown

#: An area may be that of the pixels which a box touches, by one more along each side than a rounded box has.
_ROUNDING_PX = 1
#: By how much an area may be larger than that, as it was rounded.
_SLACK = 1.01


def tell_area(area: Any, tell: Callable[..., None]) -> None:
    """Tell of an area below 0: evaluation looks at objects by their areas, and would leave this one out."""
    if isinstance(area, (int, float)) and area < 0:
        tell("coco.negative-area", f"expected an area of 0 or more, found {area!r}", "area", warn=True)


def tell_large_area(record: Row | PlainRow, tell: Callable[..., None]) -> None:
    """Tell of an area that no mask within the box of its annotation has: it is of another size of the picture.

    Crowds have boxes of their own, and of a box within one pixel the unit is told.
    """
    area, box = record.area, record.bbox
    if not isinstance(area, (int, float)) or not isinstance(box, (list, tuple)) or len(box) != 4 or record.iscrowd == 1:
        return
    width, height = box[2:]
    most = (width + _ROUNDING_PX) * (height + _ROUNDING_PX) * _SLACK
    if min(width, height) > 0 and max(width, height) > 1 and most < area < inf:
        expected = "expected an area no larger than that of its box"
        tell(
            "coco.large-area",
            lambda: f"{expected}, {figure(width)} x {figure(height)}, found {shown(area)}",
            "area",
            warn=True,
            once=MOST,
            kind="larger than the box",
        )


def have_areas(records: Iterable[PlainRow]) -> bool:
    """Whether the areas of many records are all from 0 to those of their boxes."""
    for record in records:  # quicker than columns of numbers for numpy
        _, _, width, height = record.bbox
        if not 0 <= record.area <= (width + _ROUNDING_PX) * (height + _ROUNDING_PX):
            return False
    return True


def tell_score(score: Any, tell: Callable[..., None]) -> None:
    """Tell of a score that is not from 0 to 1, as one in percent."""
    is_finite = isinstance(score, (int, float)) and -inf < score < inf  # others are told by a rule
    if is_finite and not 0 <= score <= 1:
        tell("coco.score-range", f"expected a score from 0 to 1, found {score!r}", "score", warn=True)
