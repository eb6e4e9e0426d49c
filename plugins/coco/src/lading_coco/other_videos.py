"""Annotations that name another video than their image does, found by the codes of the ids of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, code_of, first_places, is_id, joined, look_up, other_spelling, together
from lading_coco.index import Numbers
from lading_coco.often import tell_each_or_once
from lading_coco.rows import values_at
from lading_coco.wording import shown

_SPELLED = "coco.id-type", "the id as the video has it, {!r}"
_OTHER = "coco.other-video", "{!r}, the video of its image"


def tell_other_videos(
    documents: Sequence[Document],
    frame_of_image: Mapping[int, Numbers],
    frames_of: Sequence[Numbers],
    report: Report,
) -> None:
    """Tell of annotations that name another video than those which their image is of, or spell its id otherwise.

    By document, `frame_of_image` has the frame of each image, and `frames_of` that of each annotation. Of images only
    listed videos count: others are told. Of two videos 1 and "1", both listed, neither is the other spelled otherwise.
    """
    for document in documents:
        if document.envelope.get("videos") and document.kind != "videos":  # others tell it where they are read
            _tell_no_ids(document, report)
    listed = _listed(documents)
    frames, videos = _of_images(documents, frame_of_image, listed)
    if not len(frames):
        return
    own, first = first_places(frames)
    pairs = together(frames, videos)
    for document, frame_of in zip(documents, frames_of, strict=True):
        rows, named = document.videos_named
        places = look_up(frame_of[rows], own, first)
        others = np.flatnonzero((places >= 0) & ~np.isin(together(frame_of[rows], named), pairs))
        if not len(others):
            continue
        spelled = _spelled(document, rows[others], named[others], listed)
        is_spelling = (spelled != MISSING) & np.isin(together(frame_of[rows[others]], spelled), pairs)
        expected = videos[places[others]]
        for is_type in (False, True):
            chosen = np.flatnonzero(is_spelling == is_type)
            wanted = spelled if is_type else expected
            ids = [listed[code] for code in wanted[chosen].tolist()]
            _tell(document, rows[others[chosen]].tolist(), ids, report, is_type=is_type)


def _tell_no_ids(document: Document, report: Report) -> None:
    """Tell of annotations that name a video by what is no id."""
    rows = document.without_video

    def tell(number: int, more: str) -> None:
        (found,) = values_at(document, [rows[number]], "video_id")
        message = f"expected a whole number or a text, found {shown(found)}{more}"
        report.error("coco.bad-id", message, document.annotations.origin(rows[number], "video_id"))

    tell_each_or_once(range(len(rows)), len(rows) + len(document.videos_named[0]), "annotations", tell)


def _tell(document: Document, rows: Sequence[int], ids: Sequence[Any], report: Report, *, is_type: bool) -> None:
    """Tell of annotations of these rows which name other videos than those of these `ids`, or spell them otherwise."""
    rule, expected = _SPELLED if is_type else _OTHER

    def tell(number: int, more: str) -> None:
        (found,) = values_at(document, [rows[number]], "video_id")
        message = f"expected {expected.format(ids[number])}, found {found!r}{more}"
        report.warning(rule, message, document.annotations.origin(rows[number], "video_id"))

    tell_each_or_once(range(len(rows)), len(document.videos_named[0]), "annotations", tell)


def _listed(documents: Sequence[Document]) -> dict[int, Any]:
    """The ids of the videos that CocoVID lists, by their codes."""
    lists = [document.envelope.get("videos") for document in documents if document.kind != "videos"]
    rows = [row for videos in lists if isinstance(videos, list) for row in videos if isinstance(row, dict)]
    return {code_of(row["id"]): row["id"] for row in reversed(rows) if is_id(row.get("id"))}


def _of_images(
    documents: Sequence[Document], frame_of_image: Mapping[int, Numbers], listed: Mapping[int, Any]
) -> tuple[Numbers, Codes]:
    """The frames of the images of videos, as often as several files say so, with the codes of these videos."""
    codes = np.array(list(listed), dtype=np.int64)
    frames: list[Numbers] = []
    videos: list[Codes] = []
    for number, document in enumerate(documents):
        if document.video_of is not None and document.kind != "videos":
            chosen = np.flatnonzero(np.isin(document.video_of, codes) & (frame_of_image[number] >= 0))
            frames.append(frame_of_image[number][chosen])
            videos.append(document.video_of[chosen])
    return joined(frames, np.int64), joined(videos, np.int64)


def _spelled(document: Document, rows: Numbers, named: Codes, listed: Mapping[int, Any]) -> Codes:
    """The codes of ids as they are spelled otherwise; `MISSING` for those that are of videos themselves."""
    codes, first, inverse = np.unique(named, return_index=True, return_inverse=True)
    values = values_at(document, rows[first].tolist(), "video_id")
    others = [
        MISSING if code in listed else code_of(other_spelling(value))
        for code, value in zip(codes.tolist(), values, strict=True)
    ]
    spelled: NDArray[np.int64] = np.array(others, dtype=np.int64)[inverse]
    return spelled
