"""Sizes of pictures held to what the source declares: told once a segment where most differ.

Pictures that were made smaller or larger differ by one factor, or by one each where they were made as long.
"""

from __future__ import annotations

from collections.abc import Sequence

from lading.media import Probe, quarter_turn
from lading.model.dataset import Segment
from lading.model.frame import Data
from lading.model.label import Box2D, Keypoints2D, Label, MultiPolygon2D, Polygon2D, Rle
from lading.plugin.problem import Place, Problem
from lading.validate.checks.bounds import TOLERANCE_PX
from lading.validate.checks.gathered import Gathered
from lading.wording import figure

RULE = "media.size-mismatch"

#: How far a factor may be from 1 where a size was rounded, or is of a picture that was cut by some pixels.
_NEAR = 0.02
_PICTURES = "pictures"
_KINDS = "kinds of difference"


class Sizes(Gathered):
    """Keeps how many pictures of each segment were opened, and up to 1,000 findings of each factor."""

    def saw(self, segment: Segment, seen: Sequence[Probe]) -> None:
        """Count pictures."""
        self.of(segment.name).saw(_PICTURES, sum(one.width is not None for one in seen))

    def take(self, place: Place, seen: Probe) -> None:
        """Take a picture whose size may be another than declared."""
        declared, found = (place.data.width, place.data.height), (seen.width, seen.height)
        if (
            found[0] is None
            or found[1] is None
            or all(one in (None, true) for one, true in zip(declared, found, strict=True))
        ):
            return
        said = " x ".join("?" if size is None else str(size) for size in declared)
        message = f"expected {said} pixels as declared, found {found[0]} x {found[1]} in {place.data.path!r}"
        factor = _factor(declared, (found[0], found[1]))
        if factor is not None:
            message += f", {factor} times as many each way"
        elif declared == found[::-1] and place.data.content is not None:
            orientation = quarter_turn(place.data.content)
            if orientation is not None:
                message += f", which is shown as declared: EXIF turns it (orientation {orientation})"
        finding = place.finding(Problem(RULE, message, "size"))
        if finding is not None:
            kind = "" if factor is None else factor
            self.of(place.segment.name).add(finding, group=_PICTURES, noun=_PICTURES, kind=kind, values=_KINDS)


def reach_of(data: Data, seen: Probe, *, is_told: bool) -> tuple[int | None, int | None]:
    """The width and the height within which labels lie: as declared, else as they are.

    Where a picture has another size than declared, and that `is_told`, labels within either are right, and not told
    again: of a size that is wider and one that is higher the one counts within which more of them lie. Run lengths
    have a size of their own, which is held to the declared one.
    """
    if seen.width is None or seen.height is None:
        return data.width, data.height
    width = seen.width if data.width is None else data.width
    height = seen.height if data.height is None else data.height
    if is_told and (width, height) != (seen.width, seen.height):
        has_own = any(isinstance(label, Rle) for label in data.labels)
        if not has_own:
            if (width - seen.width) * (height - seen.height) >= 0:
                return max(width, seen.width), max(height, seen.height)
            return max((width, height), (seen.width, seen.height), key=lambda size: _held(data.labels, *size))
    return width, height


def _held(labels: Sequence[Label], width: int, height: int) -> int:
    """How many labels do not reach beyond a picture of this size."""
    right, bottom = width + TOLERANCE_PX, height + TOLERANCE_PX
    ends = [(label.xmax, label.ymax) for label in labels if isinstance(label, Box2D)]
    if not ends:  # else the boxes tell
        shapes = (label for label in labels if isinstance(label, Polygon2D | MultiPolygon2D | Keypoints2D))
        ends = [points.max(axis=0) for shape in shapes for points in shape.coordinates() if len(points)]
    return sum(x <= right and y <= bottom for x, y in ends)


def _factor(declared: tuple[int | None, int | None], found: tuple[int, int]) -> str | None:
    """By what width and height were multiplied, both alike but for a pixel, in two decimals."""
    width, height = declared
    if not width or not height:
        return None
    factor = found[0] / width if width >= height else found[1] / height
    is_even = abs(found[0] - factor * width) <= 1 and abs(found[1] - factor * height) <= 1
    if not is_even or abs(factor - 1) <= _NEAR:
        return None
    return figure(round(factor, 2) if factor > 0.1 else float(f"{factor:.2g}"))
