"""Frames of videos: CocoVID lists `videos`, and each image names its own (source-formats.md 2.8)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes
from lading_coco.rows import records_at


class Places(NamedTuple):
    """Where frames are listed, each by document and row; -1 is the row of a frame that is nowhere."""

    homes: NDArray[np.int32]
    rows: NDArray[np.int32]


def videos_of(
    documents: Sequence[Document], listings: Mapping[int, NDArray[np.int64]], places: Places
) -> tuple[Codes, Places] | None:
    """For each frame the code of its video, `MISSING` for none, and the record that names it; None where no frame has.

    `listings` have for each document the frame of each of its images, counted as `places` are. The first record
    that names a video counts, the frame's own before those that other documents have of it.
    """
    videos = np.full(len(places.rows), MISSING, dtype=np.int64)
    homes, rows = places.homes.copy(), places.rows.copy()
    for is_own in (True, False):
        for number, frames in listings.items():
            known = documents[number].video_of
            if known is None:
                continue
            listed = np.flatnonzero((known != MISSING) & (frames >= 0) & (frames < len(videos)))[::-1]
            if is_own:
                at = frames[listed]
                listed = listed[(places.homes[at] == number) & (places.rows[at] == listed)]
            listed = listed[videos[frames[listed]] == MISSING]
            at = frames[listed]
            videos[at], homes[at], rows[at] = known[listed], number, listed
    return None if (videos == MISSING).all() else (videos, Places(homes, rows))


def by_first(videos: Codes) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
    """The order that puts frames of one video together, videos and their frames as they come first.

    With it, of each video the place of its first frame in the old order, and the number of its frames.
    """
    _, first, inverse, counts = np.unique(videos, return_index=True, return_inverse=True, return_counts=True)
    ranked = np.argsort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[ranked] = np.arange(len(first))
    order = np.argsort(rank[inverse], kind="stable")
    return order, list(zip(first[ranked].tolist(), counts[ranked].tolist(), strict=True))


def listed_videos(group: Sequence[Document]) -> dict[Any, dict[str, Any]] | None:
    """The videos that the files of a group list, by their ids; None where no file has a list."""
    lists = [listed for document in group if isinstance(listed := document.envelope.get("videos"), list)]
    found: dict[Any, dict[str, Any]] = {}
    for video in (video for listed in lists for video in listed if isinstance(video, dict)):
        if not isinstance(video.get("id"), (list, dict)):
            found.setdefault(video.get("id"), video)
    return found if lists else None


def video_name(document: Document, row: int, listed: dict[Any, dict[str, Any]] | None, report: Report) -> str:
    """What the video of an image is called: the `name` of the one that a file of its group lists, else its id.

    YouTube-VIS gives no names: the folder that all pictures of a video are in is its name.
    """
    (record,) = records_at(document, document.images, [row])
    key = None if record is None else record.get("video_id")
    video = None if listed is None or isinstance(key, (list, dict)) else listed.get(key)
    if video is not None:
        name = video.get("name")
        return name if isinstance(name, str) and name else _folder_of(video.get("file_names")) or str(key)
    if listed is not None:
        message = f"expected the id of a video, found {key!r}; its segment is named by it"
        report.warning("coco.unknown-video", message, document.images.origin(row, "video_id"))
    return str(key)


def _folder_of(names: Any) -> str | None:
    folders = {posixpath.dirname(name) for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    return folders.pop() or None if len(folders) == 1 else None
