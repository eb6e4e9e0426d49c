"""The labels of annotations in which all is as it should be, many frames in a row: what `labels` makes, faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any, TypeAlias

from lading import Box2D, Label, MultiPolygon2D, Polygon2D
from lading_coco.rows import UNSET, PlainRow
from lading_coco.widths import WHOLE, is_recovered

#: Makes the labels of one record, given its row, as slowly as it takes.
Otherwise: TypeAlias = Callable[[PlainRow, int], list[Label]]


class PlainLabels:
    """Makes labels of records of known categories; others, and masks of run lengths or of crowds, go to `otherwise`."""

    def __init__(self, names: Mapping[Any, str], base: int, step: int, otherwise: Otherwise) -> None:
        self._names = names
        self._base = base
        self._step = step
        self._otherwise = otherwise

    def labels(self, records: Sequence[PlainRow], rows: Sequence[int], bounds: Sequence[int]) -> Iterator[list[Label]]:
        """The labels of some frames, one frame after another, in the order of their records, which `bounds` part."""
        names, base, step = self._names, self._base, self._step
        numbered = zip(records, rows, strict=True)
        for low, high in pairwise(bounds):
            made: list[Label] = []
            add = made.append
            for record, row in islice(numbered, high - low):
                rings, known = record.segmentation, names.get(record.category_id)
                crowd = record.iscrowd
                if known is None or type(rings) is not list or (crowd == 1 and rings):
                    made += self._otherwise(record, row)
                    continue
                # Written out: keywords that are known when this is compiled cost a fifth of a dict that is unpacked.
                key, name, at = record.id, str(record.id), base + row * step
                flags = {} if crowd is UNSET else {"iscrowd": crowd == 1}
                extras: dict[str, Any] = {"id": key, "area": record.area}
                if not rings:
                    extras = {"segmentation": [], **extras}
                x, y, width, height = record.bbox
                # Sizes of two decimals come back from the edges of boxes as near as those of a plain row are.
                if (
                    ((width * 100.0 + WHOLE) - WHOLE) / 100.0 != width
                    or ((height * 100.0 + WHOLE) - WHOLE) / 100.0 != height
                ) and not is_recovered(record.bbox):
                    extras["bbox"] = list(record.bbox)
                right, bottom = x + width, y + height
                add(
                    Box2D(
                        x, y, right, bottom, category=known, attributes=flags, instance=name, extras=extras, origin=at
                    )
                )
                if len(rings) == 1:
                    add(Polygon2D(rings[0], category=known, attributes=flags, instance=name, extras=extras, origin=at))
                elif rings:
                    parts = tuple(rings)
                    add(
                        MultiPolygon2D(parts, category=known, attributes=flags, instance=name, extras=extras, origin=at)
                    )
            yield made
