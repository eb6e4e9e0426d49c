"""Keypoints held to the box of their own object: those of another object, or of a picture cut out, lie elsewhere.

Told once a segment where most objects have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading.model.dataset import Dataset, Segment
from lading.model.label import Box2D, Keypoints2D, Label
from lading.model.report import Severity
from lading.plugin.problem import Places, Problem
from lading.validate.checks.bounds import TOLERANCE_PX
from lading.validate.checks.columns import Columns, joined
from lading.validate.checks.gathered import Gathered
from lading.validate.checks.needs import is_region
from lading.wording import figures

RULE = "keypoints.outside-box"

#: Of fewer points no share says anything.
_FEWEST = 3
#: Of real bodies whose box was drawn around what is seen of them, a seventh of the points lie outside it at most, and
#: none by more than a tenth of its longer side.
_SHARE = 0.5
_MARGIN = 0.1
_OBJECTS = "objects"


class Bodies(Gathered):
    """Keeps how many objects of each segment have keypoints and a box, and up to 1,000 findings."""

    def __init__(self, dataset: Dataset, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset)
        self.is_wanted = RULE in severities

    def add(
        self,
        segment: Segment,
        places: Places,
        columns: Mapping[type[Label], Columns[Any]],
        limits: NDArray[np.float64],
    ) -> None:
        """Take the labels of some files; a row of `limits` is those of a file's picture, in pixels."""
        bodies, boxes = columns.get(Keypoints2D), columns.get(Box2D)
        if bodies is None or boxes is None:
            return
        labels, owners, edges = _with_boxes(bodies, boxes, limits)
        points, rows = _labelled(labels)
        counts = np.bincount(rows, minlength=len(labels))
        with np.errstate(over="ignore"):
            margin = _MARGIN * (edges[2:] - edges[:2]).max(axis=0, initial=0)
            low, high = (edges[:2] - margin).T[rows], (edges[2:] + margin).T[rows]
        within_picture = (points >= -TOLERANCE_PX) & (points <= limits[owners][rows])  # others are told as that
        is_out = ((points < low) | (points > high)).any(axis=1) & within_picture.all(axis=1)
        out = np.bincount(rows, is_out, len(labels))
        is_enough = (counts >= _FEWEST) & (np.bincount(rows, (points > 1).any(axis=1), len(labels)) > 0)
        recurring = self.of(segment.name)
        recurring.saw(_OBJECTS, int(np.count_nonzero(is_enough)))
        for row in np.flatnonzero(is_enough & (out > _SHARE * counts)).tolist():
            message = _message(points[rows == row], edges[:, row], int(out[row]))
            finding = places[int(owners[row])].finding(Problem(RULE, message, "geometry"), labels[row])
            if finding is not None:
                recurring.add(finding, group=_OBJECTS, noun=_OBJECTS)


def _with_boxes(
    bodies: Columns[Any], boxes: Columns[Any], limits: NDArray[np.float64]
) -> tuple[Sequence[Keypoints2D], NDArray[np.intp], NDArray[np.float64]]:
    """The keypoints whose object has a box that is right by itself, the file of each, and in four rows its edges.

    A face has a category and a box of its own; feet have none, and are not held to that of the whole.
    """
    low, high = boxes.edges[:2], boxes.edges[2:]
    is_right = ((low >= -TOLERANCE_PX) & (low < high) & (high <= limits[boxes.owners].T)).all(axis=0)
    is_right &= (high > 1).any(axis=0) & np.isin(boxes.owners, bodies.owners)
    numbers = np.flatnonzero(is_right).tolist()
    files, instances, categories = boxes.files, boxes.instances, boxes.categories
    known = {(files[number], instances[number], categories[number]): number for number in reversed(numbers)}
    keys = zip(bodies.files, bodies.instances, bodies.categories, strict=True)
    which = np.array(
        [
            -1 if key[1] is None or not _is_plain(label) else known.get(key, -1)
            for key, label in zip(keys, bodies.labels, strict=True)
        ],
        np.intp,
    )
    is_held = which >= 0
    labels = [bodies.labels[row] for row in np.flatnonzero(is_held).tolist()]
    return labels, bodies.owners[is_held], boxes.edges[:, which[is_held]]


def _labelled(labels: Sequence[Keypoints2D]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The points that are labelled and lie somewhere, and the number of the label of each."""
    counts, points = joined([label.points for label in labels])
    seen = chain.from_iterable(
        [repeat(True, len(one.points)) if one.visible is None else one.visible for one in labels]
    )
    is_some = np.fromiter(map(bool, seen), np.bool_, len(points))
    is_some &= points.any(axis=1) & np.isfinite(points).all(axis=1)
    return points[is_some], np.repeat(np.arange(len(labels)), counts)[is_some]


def _is_plain(label: Keypoints2D) -> bool:
    """Whether it is of one object, and has a visibility for each point, or none at all."""
    visible = label.visible
    return not is_region(label) and (visible is None or len(visible) == len(label.points))


def _message(points: NDArray[np.float64], edges: NDArray[np.float64], out: int) -> str:
    shown = figures(edges.tolist())
    message = f"expected keypoints in the box of their object, {shown}, found {out} of {len(points)} far outside it"
    if (points >= 0).all() and (points <= edges[2:] - edges[:2]).all():
        return f"{message}, which would be within it if they counted from its corner"
    return message
