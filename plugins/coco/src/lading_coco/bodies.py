"""Keypoints out of the fields of a record: those of a body, and of the parts that COCO-WholeBody adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lading import Keypoints2D, Label
from lading.model.recurring import MOST
from lading_coco.document import Document
from lading_coco.forms import Tell
from lading_coco.ids import is_id
from lading_coco.numerals import numbers_of
from lading_coco.rows import UNSET, Row
from lading_coco.shapes import box
from lading_coco.traits import PARTS

#: What many tools write of a point that is not there, with a visibility that says that it is (source-formats.md 2.6).
_NOWHERE = frozenset({(0, 0, 1), (0, 0, 2)})


class BodyBuilder:
    """Makes the keypoints of the records of one document.

    `shift` is added to labelled points, in pixels; `full` names a part below its category.
    """

    def __init__(self, document: Document, full: Callable[[str, str | None], str], *, shift: float) -> None:
        bodies = [(row["id"], row["keypoints"]) for _, row in document.categories if row.get("keypoints")]
        self._points_of = {key: len(points) for key, points in bodies if isinstance(points, list)}
        self._full = full
        self._shift = shift

    def body(self, values: list[Any], record: Row, common: dict[str, Any], tell: Tell) -> list[Label]:
        """The keypoints of a record, with what its labels share; none where nothing is labelled or can be read."""
        if len(values) % 3 or self._are_pairs(values, record.category_id):
            common["extras"]["keypoints"] = values
            message = f"expected x, y and visibility for each point, found {len(values)} numbers"
            tell("coco.bad-keypoints", message, "keypoints")
            return []
        visible = tuple(values[2::3])
        count = record.num_keypoints
        seen = sum(v > 0 for v in visible)
        is_empty = not any(visible)
        are_unseen = is_empty and (any(values[0::3]) or any(values[1::3]))  # which is told, and is why the count is off
        if not are_unseen and count is not UNSET and count is not None and count not in self._counts(visible):
            message = f"expected the number of points with v > 0, {seen}, found {count}"
            tell("coco.keypoint-count", message, "num_keypoints", warn=True)
        if not seen and (count == 0 or is_empty) and not (count is UNSET and record.score is not UNSET):
            common["extras"]["keypoints"] = values  # nothing is labelled (source-formats.md 2.6)
            if are_unseen:
                message = f"expected a visibility of 1 or 2 of points that have a place, found 0 of all {len(visible)}"
                tell("coco.bad-keypoints", f"{message}; they make no label", "keypoints", warn=True, once=MOST)
            return []
        return [self._points(values, visible, common, tell, "keypoints")]

    def parts(self, rest: Mapping[str, Any], common: dict[str, Any], tell: Tell, *, alone: Any) -> list[Label]:
        """The feet, the face and the hands of a body; `alone` is its category where it has no other label."""
        labels: list[Label] = []
        for number, (field, frame, valid, part) in enumerate(PARTS, 1):
            if field not in rest:
                continue
            if alone is not None and alone is not UNSET:  # no label of the body says it
                common["extras"]["category_id"] = alone
            own = {**common, "origin": common["origin"] + number}
            if common.get("category") is not None:
                own["category"] = self._full(part, common["category"])
            if rest.get(valid, True) in (False, 0):
                continue
            values = numbers_of(rest[field])
            if values is None or len(values) % 3:
                tell("coco.bad-keypoints", "expected x, y and visibility for each point", field)
            elif any(values[2::3]):
                labels.append(self._points(values, tuple(values[2::3]), own, tell, field))
            edges = numbers_of(rest.get(frame)) if frame is not None else None
            if edges is not None and len(edges) == 4 and any(edges):
                labels += box([float(edge) for edge in edges], own, tell)
        return labels

    def _are_pairs(self, values: Sequence[Any], category: Any) -> bool:
        """Whether numbers are x and y of each point of a category: so many, and others than visibilities."""
        points = self._points_of.get(category) if is_id(category) else None
        return points is not None and len(values) == 2 * points and any(v not in (0, 1, 2) for v in values[2::3])

    def _counts(self, visible: Sequence[Any]) -> range:
        """How many points may be labelled, where a visibility that is none, which the rules tell, may be any."""
        sure = sum(v > 0 for v in visible)
        if not self._points_of:
            return range(sure, sure + 1)
        odd = [v > 0 for v in visible if v not in (0, 1, 2)]
        return range(sure - sum(odd), sure + len(odd) - sum(odd) + 1)

    def _points(
        self, values: list[Any], visible: tuple[Any, ...], common: dict[str, Any], tell: Tell, field: str
    ) -> Keypoints2D:
        written = zip(values[0::3], values[1::3], visible, strict=True)
        if not _NOWHERE.isdisjoint(written):  # quicker than to count at once
            count = sum(point in _NOWHERE for point in zip(values[0::3], values[1::3], visible, strict=True))
            message = f"expected labelled points where something is to be seen, found {count} at 0, 0"
            tell("coco.zero-keypoint", message, field, warn=True)
        points = np.array((values[0::3], values[1::3]), dtype=np.float64).T.copy()
        if self._shift:
            points[np.array(visible, dtype=np.float64) > 0] += self._shift
        return Keypoints2D(points=points, visible=visible, **common)
