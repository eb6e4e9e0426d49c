"""Pictures that are in two splits: what an image is known by beside its id and its name."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading import Report
from lading_coco.document import Document
from lading_coco.ids import first_places
from lading_coco.index import Numbers, Split
from lading_coco.layout import home_of

#: For each image the number of its file; where it has none, a number below `NOWHERE` for a split that has a folder of
#: its own, in which its names are looked for, one for all whose pictures were not sent, and `NOWHERE` for any other.
Places: TypeAlias = NDArray[np.int32]
NOWHERE = -1


def places_of(document: Document, splits: Sequence[str], owners: Collection[str], unsent: Collection[str]) -> Places:
    """The places of a document's images; `splits` are the names of all splits, of which two kinds are known apart.

    `owners` have a folder of pictures (`folder_owners`), and those of `unsent` are not there (`unsent_splits`).
    """
    other = NOWHERE
    if document.split in owners or posixpath.basename(home_of(document.path)) == document.split:
        other = NOWHERE - 1 - splits.index(document.split)
    elif document.split in unsent:
        other = NOWHERE - 1 - len(splits)
    return np.where(document.media >= 0, document.media, other)


def are_apart(ones: Places, others: Places, *, is_one_split: bool) -> NDArray[np.bool_]:
    """Which pictures cannot be the same, whatever they are called: two files, or two splits with folders of their own.

    In one split a file of another folder may be about the same pictures, and not find them.
    """
    known = (ones >= 0) & (others >= 0) if is_one_split else (ones != NOWHERE) & (others != NOWHERE)
    apart: NDArray[np.bool_] = known & (ones != others)
    return apart


def renamed(splits: Sequence[Split], places: Places) -> tuple[Numbers, Numbers]:
    """The frames, in order, whose picture an earlier split has in another frame, and the first that has it of each.

    That is told by the file alone: names without a file, as `frame_000000.jpg`, may be of two folders.
    """
    begins = np.repeat([split.begin for split in splits], [split.end - split.begin for split in splits])
    frames = np.flatnonzero(places >= 0) if len(splits) > 1 else np.empty(0, dtype=np.intp)
    unique, first = first_places(places[frames].astype(np.int64))
    earliest = frames[first[np.searchsorted(unique, places[frames])]] if len(frames) else frames
    is_again = earliest < begins[frames]
    return frames[is_again], earliest[is_again]


def tell_same_files(
    documents: Sequence[Document],
    splits: Sequence[Split],
    own: tuple[NDArray[np.int32], NDArray[np.int32]],
    places: Places,
    names: Numbers,
    report: Report,
) -> None:
    """Tell of images whose file an earlier one of their split has under another name.

    `own` are by frame the document and the row of its image. Of the same name, it is the name that is told.
    """
    for split in splits:
        frames = split.begin + np.flatnonzero(places[split.begin : split.end] >= 0)
        unique, first = first_places(places[frames].astype(np.int64))
        if len(unique) == len(frames):
            continue
        earliest = frames[first[np.searchsorted(unique, places[frames])]]
        for frame, other in zip(frames.tolist(), earliest.tolist(), strict=True):
            if names[frame] != names[other]:
                origin, known = (documents[own[0][n]].images.origin(int(own[1][n])) for n in (frame, other))
                message = f"expected a file of its own, found that of {known} under another name"
                report.warning("coco.same-file", message, origin)


def tell_overlaps(
    documents: Sequence[Document],
    splits: Sequence[Split],
    frame_of_image: Mapping[int, Numbers],
    again: tuple[Numbers, Numbers],
    report: Report,
) -> None:
    """Tell of files some images of which an earlier split has, each at the first of them.

    `frame_of_image` has by document their frames; `again` are those of `renamed`.
    """
    renamed_frames, earliest = again
    begins: dict[str, int] = {}  # of the first of the segments of one split, whose difference is told
    for split in splits:
        for number in split.documents:
            frames = frame_of_image[number]
            begin = begins.setdefault(documents[number].split, split.begin)
            is_elsewhere = (frames >= 0) & ((frames < begin) | (frames >= split.end))
            for is_such, what in (
                (is_elsewhere, "in an earlier split; their labels are read there"),
                (
                    ~is_elsewhere & np.isin(frames, renamed_frames[earliest < begin]),
                    "in an earlier split under another id or name",
                ),
            ):
                rows = np.flatnonzero(is_such)
                if len(rows):
                    message = (
                        f"expected splits that share no image, found {len(rows)} of {len(frames)} images of "
                        f"{split.name!r} {what}"
                    )
                    report.warning("coco.shared-images", message, documents[number].images.origin(int(rows[0])))
