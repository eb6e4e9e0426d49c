"""The numbers of frames within a video, `frame_id`: absent, repeated, out of order or with gaps, they are told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, repeats
from lading_coco.rows import UNSET, records_at
from lading_coco.wording import shown

_Problem = tuple[str, NDArray[np.intp], str]  # rule, the frames that have it, what was expected


class _Gaps(NamedTuple):
    """The number before the first gap, the step of the video, and the places behind the gaps."""

    after: int
    step: int
    places: NDArray[np.intp]


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
        again = " again" if rule == "coco.duplicate-frame-id" else ""
        found = shown((record or {}).get("frame_id", UNSET))
        count = "" if len(places) == 1 else f"; {len(places)} frames of this video are such"
        report.warning(
            rule, f"expected {expected}, found {found}{again}{count}", document.images.origin(row, "frame_id")
        )


def _problems(shots: Codes) -> Iterator[_Problem]:
    """What is wrong. A frame that is out of place is told once: not also the numbers that it should have, as a gaps."""
    numbered = np.flatnonzero(shots != MISSING)
    numbers = shots[numbered]
    kept = _in_order(numbers)
    odd = np.flatnonzero(~kept)
    is_again = np.isin(odd, repeats(numbers)) | np.isin(numbers[odd], numbers[kept])
    strays = np.sort(np.concatenate((odd, np.searchsorted(numbered, np.flatnonzero(shots == MISSING)) - 0.5)))
    yield "coco.bad-frame-id", np.flatnonzero(shots == MISSING), "a whole number, as other frames of the video have"
    yield "coco.duplicate-frame-id", numbered[odd[is_again]], "each `frame_id` once in a video"
    yield "coco.frame-order", numbered[odd[~is_again]], "frames in the order of their `frame_id`, kept as they come"
    core = np.flatnonzero(kept) if 2 * len(odd) <= len(numbers) else np.arange(len(numbers))
    gaps = _gaps(numbers, core, odd, strays)
    if gaps is not None:
        yield (
            "coco.frame-gap",
            numbered[gaps.places],
            f"{gaps.after + gaps.step} behind {gaps.after}, as in other steps",
        )


def _gaps(numbers: Codes, core: NDArray[np.intp], odd: NDArray[np.intp], strays: NDArray[np.float64]) -> _Gaps | None:
    """The gaps of a video, where there are any.

    The step of a video is the smallest that there is: one that was sampled has no gaps. No gap is where as many frames
    as are missing have other numbers (`odd`) or none: `strays` are the places of both.
    """
    unique, first = np.unique(numbers[core], return_index=True)
    if len(unique) < 2:
        return None
    step = int(np.diff(unique).min())
    low, high, at = unique[:-1], unique[1:], core[first]
    others = np.unique(numbers[odd])
    missing = np.diff(unique) // step - 1
    missing -= np.searchsorted(others, high) - np.searchsorted(others, low, side="right")
    missing -= np.maximum(np.searchsorted(strays, at[1:]) - np.searchsorted(strays, at[:-1]), 0)
    missing -= np.isin(high, others)
    wide = np.flatnonzero((np.diff(unique) > step) & (missing > 0))
    return _Gaps(int(low[wide[0]]), step, at[1:][wide]) if len(wide) else None


def _in_order(numbers: Codes) -> NDArray[np.bool_]:
    """The most numbers that ascend, each once; of as many, those that come first."""
    kept = np.ones(len(numbers), dtype=np.bool_)
    if (numbers[1:] > numbers[:-1]).all():
        return kept
    kept[:] = False
    lowest: list[int] = []  # what the best descent of each length from the end has reached, negated
    ends: list[int] = []
    before: list[int] = [-1] * len(numbers)
    for place in range(len(numbers) - 1, -1, -1):
        value = -int(numbers[place])
        length = bisect_left(lowest, value)
        before[place] = ends[length - 1] if length else -1
        lowest[length : length + 1], ends[length : length + 1] = [value], [place]
    place = ends[-1] if ends else -1
    while place >= 0:
        kept[place] = True
        place = before[place]
    return kept
