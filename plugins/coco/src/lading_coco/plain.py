"""The labels of annotations in which all is as it should be, a frame at a time: what `labels` makes, faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from struct import Struct
from typing import Any, TypeAlias

import numpy as np

from lading import Box2D, Label, MultiPolygon2D, Polygon2D
from lading.model.label import Points
from lading_coco.rows import UNSET, PlainRow
from lading_coco.widths import WHOLE, is_recovered

_DOUBLE = np.dtype(np.float64)

#: Makes the labels of one record, given its row, as slowly as it takes.
Otherwise: TypeAlias = Callable[[PlainRow, int], list[Label]]


class PlainLabels:
    """Makes labels of records of known categories; others, and masks of run lengths, are handed to `otherwise`."""

    def __init__(self, names: Mapping[Any, str], base: int, step: int, otherwise: Otherwise) -> None:
        self._names = names
        self._base = base
        self._step = step
        self._otherwise = otherwise

    def labels(self, records: Sequence[PlainRow], rows: Sequence[int]) -> list[Label]:
        """The labels of some records of one frame, in their order. Their points are views of one array."""
        points = _points_of(records)
        if points is None:
            return [label for i, record in enumerate(records) for label in self._otherwise(record, rows[i])]
        made: list[Label] = []
        names, base, step = self._names, self._base, self._step
        at = 0
        for record, row in zip(records, rows, strict=True):
            segmentation = record.segmentation
            category = names.get(record.category_id)
            if category is None or type(segmentation) is not list:
                made += self._otherwise(record, row)
                if type(segmentation) is list:
                    at += sum(map(len, segmentation)) >> 1
                continue
            # Written out: keywords that are known when this is compiled cost a fifth of a dict that is unpacked.
            crowd, key, origin = record.iscrowd, record.id, base + row * step
            attributes = {} if crowd is UNSET else {"iscrowd": crowd == 1}
            extras: dict[str, Any] = {"id": key, "area": record.area}
            if not segmentation:
                extras = {"segmentation": [], **extras}
            name = str(key)
            x, y, width, height = record.bbox
            # Sizes of two decimals come back from the edges of boxes as near as those of a plain row are.
            if (
                ((width * 100.0 + WHOLE) - WHOLE) / 100.0 != width
                or ((height * 100.0 + WHOLE) - WHOLE) / 100.0 != height
            ) and not is_recovered(record.bbox):
                extras["bbox"] = list(record.bbox)
            right, bottom = x + width, y + height
            box = Box2D(
                x,
                y,
                right,
                bottom,
                category=category,
                attributes=attributes,
                instance=name,
                extras=extras,
                origin=origin,
            )
            made.append(box)
            if not segmentation:
                continue
            rings = []
            for ring in segmentation:
                end = at + (len(ring) >> 1)
                rings.append(points[at:end])
                at = end
            if len(rings) == 1:
                one = Polygon2D(
                    rings[0], category=category, attributes=attributes, instance=name, extras=extras, origin=origin
                )
                made.append(one)
            else:
                several = MultiPolygon2D(
                    tuple(rings), category=category, attributes=attributes, instance=name, extras=extras, origin=origin
                )
                made.append(several)
        return made


def _points_of(records: Sequence[PlainRow]) -> Points | None:
    """The points of all rings one after another; None where a ring is not made of pairs."""
    numbers: list[float] = []
    odd = 0
    for record in records:
        segmentation = record.segmentation
        if type(segmentation) is list:
            for ring in segmentation:
                odd |= len(ring)
                numbers += ring
    if odd & 1:
        return None
    # Packing takes three quarters of the time that numpy needs to take numbers one by one.
    packed = bytearray(Struct(f"{len(numbers)}d").pack(*numbers))
    return np.ndarray((len(numbers) >> 1, 2), _DOUBLE, packed)
