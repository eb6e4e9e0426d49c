"""Boxes whose `xmax` and `ymax` hold a width and a height, as other formats have them: as corners many are inverted."""

from __future__ import annotations

from collections.abc import Sequence

from lading import Box2D, Origin, Report
from lading_voc.document import Element
from lading_voc.relative import Seen

#: Of fewer inverted boxes, or a smaller part of all, it is a slip of single ones.
_FEWEST, _SHARE = 3, 0.25
#: By so many pixels a box may be beyond the edges of its picture, as it was rounded.
_EDGE_PX = 1

#: Width and height of a picture, in pixels.
Size = tuple[float, float]


def size_of(root: Element) -> Size | None:
    """What an annotation declares; None where that is no size."""
    size = root.find("size")
    try:
        width, height = (
            float((size.findtext(name) if size is not None else None) or "") for name in ("width", "height")
        )
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None


def tell_sized_boxes(boxes: Sequence[tuple[str, Seen, Size | None]], report: Report) -> bool:
    """Whether the boxes of a tree that were looked at, each with its file and picture, are so; told at the first.

    Each is within its picture by its width and height, and many are no boxes by corners.
    """
    inverted = [(path, box) for path, box, _ in boxes if _is_inverted(box.corners)]
    if len(inverted) < max(_FEWEST, _SHARE * len(boxes)):
        return False
    if all(_is_exchanged(box.corners) for _, box in inverted):
        return False  # a slip of corners
    if not all(size is not None and _is_within(box.corners, size) for _, box, size in boxes):
        return False
    path, first = inverted[0]
    message = (
        f"expected xmin < xmax and ymin < ymax, found {first.corners}; as x, y, width and height all {len(boxes):,} "
        f"boxes looked at are within their pictures, and as corners {len(inverted):,} are inverted; read as corners"
    )
    report.error("voc.sized-boxes", message, Origin(path, first.pointer, first.line))
    return True


def is_sized(box: Box2D, edge: int, size: Size) -> bool:
    """Whether a box from whose minima `edge` was taken is within its picture by a width and a height."""
    return _is_within((box.xmin + edge, box.ymin + edge, box.xmax, box.ymax), size)


def _is_inverted(corners: Sequence[float]) -> bool:
    xmin, ymin, xmax, ymax = corners
    return xmin > xmax or ymin > ymax


def _is_exchanged(corners: Sequence[float]) -> bool:
    """Whether each corner is in the place of the other one."""
    xmin, ymin, xmax, ymax = corners
    return xmin > xmax and ymin > ymax


def _is_within(corners: Sequence[float], size: Size) -> bool:
    x, y, width, height = corners
    return min(x, y) >= 0 < min(width, height) and x + width <= size[0] + _EDGE_PX and y + height <= size[1] + _EDGE_PX
