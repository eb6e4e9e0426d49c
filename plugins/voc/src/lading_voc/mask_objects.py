"""Objects of a mask against those of the annotation, which they are by their numbers (source-formats.md 5.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import Box2D, File, Label, Origin, Report
from lading.model.recurring import Recurring
from lading_voc.places import Places

#: Pixels from the left, upper, right and lower edge of a box to those of its object in the mask.
Offset: TypeAlias = tuple[float, float, float, float]

#: So many pixels may masks and boxes that belong together differ, as people drew them.
_NEAR = 3
#: So far is more than that for all objects at once.
_FAR = 8


class Annotated(msgspec.Struct, frozen=True):
    """What the annotation of a picture says of the objects in a mask: their count, their labels, the size."""

    count: int | None
    labels: Sequence[Label]
    places: Places | None
    width: int | None
    height: int | None

    def box(self, instance: str) -> Box2D | None:
        """The box of an object, not one of its parts."""
        boxes = (label for label in self.labels if isinstance(label, Box2D) and label.instance == instance)
        return next((box for box in boxes if "parent" not in box.attributes), None)

    def tell_box(self, box: Box2D, where: NDArray[np.bool_], file: File, report: Report) -> Offset | None:
        """Tell of a box outside which most pixels of its object lie; how far they lie from one where they do not.

        That says nothing of a mask of another size, and a box beyond its picture is told as that.
        """
        corners = box.coordinates()
        size = (self.height or where.shape[0], self.width or where.shape[1])
        if self.places is None or box.origin is None or size != where.shape or not all(map(math.isfinite, corners)):
            return None
        left, top, right, bottom = corners
        rows, columns = slice(_whole(top), _whole(bottom, up=True)), slice(_whole(left), _whole(right, up=True))
        pixels = int(np.count_nonzero(where))
        outside = pixels - int(np.count_nonzero(where[rows, columns]))
        is_inside = min(left, top) >= -1 and right <= where.shape[1] and bottom <= where.shape[0]
        if is_inside and left < right and top < bottom and outside * 2 > pixels:
            message = f"expected the pixels of its object in {file.path} within this box, "
            message += f"found {outside:,} of {pixels:,} outside it"
            at = self.places.locate(box.origin, box.kind, "geometry")
            report.warning("voc.mask-box", message, at)
            return None
        return _offset(where, (left, top, right, bottom)) if pixels else None


def tell_class(number: int, due: str | None, under: str | None, file: File, recurring: Recurring) -> None:
    """Tell of an object whose class in the mask of classes is none, or not the one that is due."""
    if under is None:
        message = f"expected a class under object {number}, found none"
    elif due is not None and under != due:
        message = f"expected {due!r} under object {number}, as its annotation says, found {under!r}"
    else:
        return
    at = Origin(file.path)
    recurring.take("warning", "voc.mask-class", message, at, group="objects of masks", noun="objects")


def tell_shift(offsets: Sequence[Offset | None], file: File, recurring: Recurring) -> None:
    """Tell of a mask in which several objects, and all of them, lie beside their boxes by the same way."""
    moves = [_move(offset) for offset in offsets if offset is not None]
    known = [move for move in moves if move is not None]
    if len(known) < max(2, len(offsets)):
        return
    (least_x, least_y), (most_x, most_y) = map(min, zip(*known, strict=True)), map(max, zip(*known, strict=True))
    right, down = (least_x + most_x) / 2, (least_y + most_y) / 2
    if max(most_x - least_x, most_y - least_y) <= _NEAR and max(abs(right), abs(down)) >= _FAR:
        message = f"expected the {len(known)} objects within their boxes, found each {right:g} pixels to the right and "
        message += f"{down:g} down of its own"
        recurring.take("warning", "voc.mask-shift", message, Origin(file.path), group="masks", noun="masks")


def _offset(where: NDArray[np.bool_], corners: Sequence[float]) -> Offset:
    columns, rows = np.flatnonzero(where.any(axis=0)), np.flatnonzero(where.any(axis=1))
    edges = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    left, top, right, bottom = (edge - corner for edge, corner in zip(edges, corners, strict=True))
    return left, top, right, bottom


def _move(offset: Offset) -> tuple[float, float] | None:
    """How far right and down an object lies whose edges all lie as far; None where it is larger or smaller."""
    left, top, right, bottom = offset
    is_moved = max(abs(left - right), abs(top - bottom)) <= _NEAR
    return ((left + right) / 2, (top + bottom) / 2) if is_moved else None


def _whole(at: float, *, up: bool = False) -> int:
    """The number of a row or column at an edge; what lies before the picture is its beginning."""
    return max(0, math.ceil(at) if up else math.floor(at))
