"""Objects of a mask against those of the annotation, which they are by their numbers (source-formats.md 5.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import Box2D, File, Label, Origin, Report
from lading_voc.places import Places


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

    def tell_box(self, box: Box2D, where: NDArray[np.bool_], file: File, report: Report) -> None:
        """Tell of a box outside which most pixels of its object lie.

        That says nothing of a mask of another size, and a box beyond its picture is told as that.
        """
        corners = box.coordinates()
        size = (self.height or where.shape[0], self.width or where.shape[1])
        if self.places is None or box.origin is None or size != where.shape or not all(map(math.isfinite, corners)):
            return
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


def tell_class(number: int, due: str | None, under: str | None, file: File, report: Report) -> None:
    """Tell of an object whose class in the mask of classes is none, or not the one that is due."""
    if under is None:
        message = f"expected a class under object {number}, found none"
    elif due is not None and under != due:
        message = f"expected {due!r} under object {number}, as its annotation says, found {under!r}"
    else:
        return
    report.warning("voc.mask-class", message, Origin(file.path))


def _whole(at: float, *, up: bool = False) -> int:
    """The number of a row or column at an edge; what lies before the picture is its beginning."""
    return max(0, math.ceil(at) if up else math.floor(at))
