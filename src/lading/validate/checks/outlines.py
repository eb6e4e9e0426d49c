"""The rings of the polygons of many files, in columns, each polygon with its file and the box of its object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.label import Box2D, Label, MultiPolygon2D, Points, Polygon2D
from lading.validate.checks.columns import Columns, joined

PolygonLabel: TypeAlias = Polygon2D | MultiPolygon2D

_NONE: Columns[Any] = Columns([], np.zeros(0, np.intp))


class Outlines(NamedTuple):
    """Polygons: for each the number of its file and in four rows the edges of its object's box, NaN where it has none.

    For each ring the number of its polygon, its own within that, and how many points it has; and the points of all.
    """

    labels: Sequence[PolygonLabel]
    owners: NDArray[np.intp]
    edges: NDArray[np.float64]
    rows: NDArray[np.intp]
    parts: NDArray[np.intp]
    counts: NDArray[np.intp]
    points: Points

    def between(self, begin: int, end: int) -> Outlines:
        """Some of the polygons."""
        if end - begin == len(self.labels):
            return self
        first, last = np.searchsorted(self.rows, (begin, end))
        ends = np.concatenate(((0,), np.cumsum(self.counts)))
        return Outlines(
            self.labels[begin:end],
            self.owners[begin:end],
            self.edges[:, begin:end],
            self.rows[first:last] - begin,
            self.parts[first:last],
            self.counts[first:last],
            self.points[ends[first] : ends[last]],
        )


def outlines(columns: Mapping[type[Label], Columns[Any]]) -> Outlines | None:
    """The polygons of files, out of the labels of each type; None where there are none.

    In each file those of one ring come before those of several.
    """
    single, multiple = columns.get(Polygon2D, _NONE), columns.get(MultiPolygon2D, _NONE)
    polygons = _merged(single, multiple) if len(multiple) else single
    if not len(polygons):
        return None
    rows = np.arange(len(polygons))
    parts = np.zeros(len(polygons), np.intp)
    if len(multiple):
        of_labels = [label.rings if isinstance(label, MultiPolygon2D) else (label.points,) for label in polygons.labels]
        numbers = np.fromiter(map(len, of_labels), np.intp, len(of_labels))
        rows = np.repeat(rows, numbers)
        parts = np.arange(len(rows)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        counts, points = joined(list(chain.from_iterable(of_labels)))
    else:
        counts, points = single.outlines
    edges = _edges(polygons, columns.get(Box2D, _NONE))
    return Outlines(polygons.labels, polygons.owners, edges, rows, parts, counts, points)


def _merged(single: Columns[Any], multiple: Columns[Any]) -> Columns[Any]:
    owners = np.concatenate((single.owners, multiple.owners))
    order = np.argsort(owners, kind="stable")
    labels = single.labels + multiple.labels
    return Columns([labels[index] for index in order.tolist()], owners[order])


def _edges(polygons: Columns[Any], boxes: Columns[Any]) -> NDArray[np.float64]:
    """The edges of the box in the file of each polygon that is of the same instance, of several that of its record."""
    if polygons.instances == boxes.instances and boxes.are_instances_apart and None not in boxes.instances:
        # each box has its polygon
        return np.where(polygons.owners == boxes.owners, boxes.edges, np.nan)
    edges = np.concatenate((boxes.edges, np.full((4, 1), np.nan)), axis=1)
    if boxes.are_instances_apart:  # each is in one file only
        numbers = dict(zip(boxes.instances, range(len(boxes)), strict=True))
        numbers.pop(None, None)
        which = np.fromiter(map(numbers.get, polygons.instances, repeat(-1)), np.intp, len(polygons))
        which[np.append(boxes.owners, -1)[which] != polygons.owners] = -1
        return np.take(edges, which, axis=1)
    last = len(boxes) - 1
    keys = zip(
        reversed(boxes.files), reversed(boxes.instances), reversed(boxes.labels), range(last, -1, -1), strict=True
    )
    firsts: dict[tuple[int, str | None], int] = {}
    of_records: dict[tuple[int, str | None, int | None], int] = {}
    for file, instance, box, number in keys:
        if instance is not None:
            firsts[file, instance] = of_records[file, instance, box.origin] = number
    chosen = [
        of_records.get((file, instance, label.origin), firsts.get((file, instance), -1))
        for file, instance, label in zip(polygons.files, polygons.instances, polygons.labels, strict=True)
    ]
    return edges[:, chosen]
