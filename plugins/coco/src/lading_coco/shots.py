"""The numbers of frames within a video, `frame_id`: absent, repeated, out of order or with gaps, they are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, repeats
from lading_coco.rows import records_at

_Problem = tuple[str, NDArray[np.intp], str]  # rule, the frames that have it, what was expected


def tell_shots(
    documents: Sequence[Document], homes: NDArray[np.int32], rows: NDArray[np.int32], report: Report
) -> None:
    """Tell what is wrong with the numbers of one video's frames, given by document and row, in their order."""
    shots = np.full(len(rows), MISSING, dtype=np.int64)
    if any(documents[number].kind == "videos" for number in set(homes.tolist())):
        return  # numbers that we gave, which repeat only where the video's id does
    for number in set(homes.tolist()):
        known = documents[number].shots
        if known is not None:
            own = (homes == number) & (rows >= 0)
            shots[own] = known[rows[own]]
    if (shots == MISSING).all():
        return
    for rule, places, expected in _problems(shots):
        if not len(places):
            continue
        place = int(places[0])
        document, row = documents[homes[place]], int(rows[place])
        (record,) = records_at(document, document.images, [row])
        found = "none" if record is None or "frame_id" not in record else repr(record["frame_id"])
        count = "" if len(places) == 1 else f"; {len(places)} frames of this video are such"
        report.warning(rule, f"expected {expected}, found {found}{count}", document.images.origin(row, "frame_id"))


def _problems(shots: Codes) -> Iterator[_Problem]:
    """What is wrong. The step of a video is the smallest that there is: one that was sampled has no gaps."""
    numbered = np.flatnonzero(shots != MISSING)
    numbers = shots[numbered]
    yield "coco.bad-frame-id", np.flatnonzero(shots == MISSING), "a whole number, as other frames of the video have"
    yield "coco.duplicate-frame-id", numbered[repeats(numbers)], "each number once in a video"
    late = numbered[1:][numbers[1:] < np.maximum.accumulate(numbers)[:-1]]
    yield "coco.frame-order", late, "frames in the order of their numbers, kept as they come"
    unique, first = np.unique(numbers, return_index=True)
    steps = np.diff(unique)
    if len(steps):
        wide = np.flatnonzero(steps > steps.min()) + 1
        behind = unique[wide[0] - 1] if len(wide) else 0
        yield "coco.frame-gap", numbered[first[wide]], f"{behind + steps.min()} behind {behind}, as in other steps"
