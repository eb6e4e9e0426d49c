"""Files of one split that contradict each other: one image id, two pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import first_places, look_up
from lading_coco.overlaps import are_apart
from lading_coco.rows import records_at


class Clash(NamedTuple):
    """Image ids that stand for other pictures in another document: the first such rows, and how many there are."""

    other: Document
    other_row: int
    row: int
    pictures: int


def clash_of(document: Document, others: Sequence[Document]) -> Clash | None:
    """Where an image id of a document stands for another name or file than in one of the others; None for nowhere."""
    for other in others:
        ids, first = first_places(other.image_ids)
        at = look_up(document.image_ids, ids, first)
        both = np.flatnonzero(at >= 0)
        rows = both[
            (other.names[at[both]] != document.names[both])
            | are_apart(other.media[at[both]], document.media[both], is_one_split=True)
        ]
        if len(rows):
            return Clash(other, int(at[rows[0]]), int(rows[0]), len(rows))
    return None


def tell_clash(document: Document, clash: Clash, segment: str, path: Callable[[int], str], report: Report) -> None:
    """Tell of a document whose pictures are a segment of their own; `path` is that of the file of a number."""
    both = (clash.other, clash.other_row), (document, clash.row)
    names = [(records_at(file, file.images, [row])[0] or {}).get("file_name") for file, row in both]
    if names[0] == names[1]:
        names = [path(int(file.media[row])) for file, row in both]
    message = (
        f"expected the picture that {clash.other.path} has under this id, {names[0]!r}, found {names[1]!r}, and "
        f"others for {clash.pictures} of {len(document.images)} images in all; these are the segment {segment!r}"
    )
    report.warning("coco.other-picture", message, document.images.origin(clash.row, "file_name"))
