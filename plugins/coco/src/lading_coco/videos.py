"""Frames of videos: CocoVID lists `videos`, and each image names its own (source-formats.md 2.8)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, is_id
from lading_coco.often import tell_each_or_once
from lading_coco.rows import UNSET, records_at
from lading_coco.wording import shown


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


class ListedVideos:
    """The videos that the files of a split list, by their ids, and what is wrong with these."""

    def __init__(self, group: Sequence[Document], report: Report) -> None:
        self._report = report
        self._has_list = False
        self._known: dict[Any, dict[str, Any]] = {}
        self._without_id: list[tuple[Origin, str]] = []
        self._unknown: list[tuple[Origin, Any]] = []
        for document in group:
            listed = document.envelope.get("videos")
            if isinstance(listed, list):
                self._has_list = True
                self._take(document, listed)

    def _take(self, document: Document, listed: Sequence[Any]) -> None:
        own: dict[Any, int] = {}
        names: dict[str, Any] = {}  # the first id of each
        again: list[tuple[int, str]] = []
        for number, video in enumerate(listed):
            key = video.get("id", UNSET) if isinstance(video, dict) else None
            if is_id(key):
                if key in own and document.kind != "videos":  # which has told it itself
                    first = document.origin("videos", own[key], "id")
                    message = f"expected each video id once, found {key!r} again, first at {first}, which counts"
                    self._report.error("coco.duplicate-video-id", message, document.origin("videos", number, "id"))
                elif key not in own:
                    name = video.get("name")
                    if isinstance(name, str) and name and names.setdefault(name, key) != key:
                        again.append((number, f"{name!r} with the ids {names[name]!r} and {key!r}"))
                own.setdefault(key, number)
                self._known.setdefault(key, video)
            elif document.kind != "videos":
                self._without_id.append((document.origin("videos", number), shown(key)))
        self._tell_names(document, again, len(listed))

    def _tell_names(self, document: Document, again: Sequence[tuple[int, str]], count: int) -> None:
        """Tell of names that earlier videos of the file have, by the places of so many videos."""

        def tell(index: int, more: str) -> None:
            number, found = again[index]
            message = f"expected each name of a video once, found {found}{more}"
            self._report.warning("coco.duplicate-video-name", message, document.origin("videos", number, "name"))

        tell_each_or_once(range(len(again)), count, "videos", tell)

    def name(self, document: Document, row: int) -> str:
        """What the video of an image is called: the `name` of the one that is listed, else its id.

        YouTube-VIS gives no names: the folder that all pictures of a video are in is its name.
        """
        (record,) = records_at(document, document.images, [row])
        key = None if record is None else record.get("video_id")
        video = self._known.get(key) if is_id(key) else None
        if video is not None:
            name = video.get("name")
            return name if isinstance(name, str) and name else _folder_of(video.get("file_names")) or str(key)
        if self._has_list:
            self._unknown.append((document.images.origin(row, "video_id"), key))
        return str(key)

    def tell(self) -> None:
        """Tell of videos without an id, and of ids that these do not account for, since there are more of them."""
        is_why = 0 < len(self._unknown) <= len(self._without_id)
        keys = ", ".join(repr(key) for _, key in self._unknown[:3]) if is_why else ""
        consequence = f"; segments are named by ids that none has, such as {keys}" if is_why else ""
        for place, found in self._without_id:
            message = f"expected an id that is a whole number or a text, found {found}{consequence}"
            self._report.error("coco.bad-id", message, place)
        for place, key in () if is_why else self._unknown:
            message = f"expected the id of a video, found {key!r}; its segment is named by it"
            self._report.warning("coco.unknown-video", message, place)


def _folder_of(names: Any) -> str | None:
    folders = {posixpath.dirname(name) for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    return folders.pop() or None if len(folders) == 1 else None
