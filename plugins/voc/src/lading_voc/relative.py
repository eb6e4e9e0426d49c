"""Boxes as parts of their picture, 0 to 1, as other formats have them: in pixels they are all within the first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from lading import Origin, Report, counted
from lading_voc.document import Document, Element

#: By how much a corner in parts may be beyond 1, as it was rounded.
ROUNDING = 0.001
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


class Seen(NamedTuple):
    """The corners of a box, in the order of a `bndbox`, and where it stands in its file."""

    corners: tuple[float, ...]
    pointer: str
    line: int | None


def box_of(document: Document, element: Element, pointer: str) -> Seen | None:
    """The box of an object; None where it has none of four finite numbers."""
    box = element.find("bndbox")
    if box is None:
        return None
    try:
        corners = tuple(float(box.findtext(name) or "") for name in _CORNERS)
    except ValueError:
        return None
    return Seen(corners, f"{pointer}/bndbox", document.line(box)) if all(map(math.isfinite, corners)) else None


def tell_relative_boxes(boxes: Sequence[tuple[str, Seen]], report: Report) -> bool:
    """Whether all boxes of a tree that were looked at, each with its file, are relative; told at the first of them."""
    is_relative = bool(boxes) and all(is_within_a_pixel(box.corners) for _, box in boxes)
    if is_relative:
        path, first = boxes[0]
        message = (
            f"expected corners in pixels, found {first.corners} and nothing beyond 1 in the "
            f"{counted(len(boxes), 'box', 'boxes')} looked at, as if they were parts of the picture; read as pixels"
        )
        report.warning("voc.relative-boxes", message, Origin(path, first.pointer, first.line))
    return is_relative


def is_within_a_pixel(corners: Sequence[float]) -> bool:
    """Whether a box is within 0 and 1, and not of whole numbers."""
    return min(corners) >= 0 and max(corners) <= 1 and any(corner % 1 for corner in corners)
