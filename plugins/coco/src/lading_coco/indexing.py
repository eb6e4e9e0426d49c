"""Which images are one frame, and which split a frame is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Report, counted
from lading_coco.clashes import clash_of, tell_clash
from lading_coco.document import Document
from lading_coco.ids import (
    MISSING,
    Codes,
    code_of,
    first_places,
    joined,
    key_of,
    look_up,
    other_spelling,
    repeats,
    together,
)
from lading_coco.index import Grouping, Index, Numbers, Split
from lading_coco.other_videos import tell_other_videos
from lading_coco.overlaps import NOWHERE, are_apart, places_of, renamed, tell_overlaps, tell_same_files
from lading_coco.placing import Placing
from lading_coco.repeated_ids import repeated_annotations, tell_repeated_images
from lading_coco.rows import values_at
from lading_coco.shots import tell_shots
from lading_coco.unsent import folder_owners, unsent_splits
from lading_coco.videos import ListedVideos, Places, by_first, videos_of


class IndexBuilder:
    """Puts the images and annotations of all documents together; `path` is that of the file of a number."""

    def __init__(self, documents: Sequence[Document], path: Callable[[int], str], report: Report) -> None:
        self._documents = documents
        self._path = path
        self._report = report
        names = list(dict.fromkeys(document.split for document in documents))
        owners = folder_owners(documents, path)
        unsent = unsent_splits(documents, owners)
        self._places_of = [places_of(document, names, owners, unsent) for document in documents]
        self._ids: list[Codes] = []
        self._names: list[Codes] = []
        self._keys: list[Codes] = []
        self._places: list[NDArray[np.int32]] = []
        self._home: list[NDArray[np.int32]] = []
        self._row: list[NDArray[np.int32]] = []
        self._count = 0
        self._frame_of_image: dict[int, Numbers] = {}
        self._bare: dict[int, tuple[int, int]] = {}
        self._repeated: dict[int, int] = {}
        self._groups: list[Split] = []  # splits before videos are told apart
        self.splits: list[Split] = []

    def build(self) -> Index:
        """The index. What is wrong goes to the report."""
        order: dict[str, list[int]] = {}
        for number, document in enumerate(self._documents):
            order.setdefault(document.split, []).append(number)
        for name, numbers in order.items():
            self._add_split(name, numbers)
        places, row = joined(self._places, np.int32), joined(self._row, np.int32)
        home, names = joined(self._home, np.int32), joined(self._names, np.int64)
        tell_same_files(self._documents, self._groups, (home, row), places, names, self._report)
        again = renamed(self._groups, places)
        tell_overlaps(self._documents, self._groups, self._frame_of_image, again, self._report)
        ids = joined(self._ids, np.int64)
        frames_of = Placing(self._documents, self._groups, self._frame_of_image, ids, self._report).frames()
        tell_other_videos(self._documents, self._frame_of_image, frames_of, self._report)
        return Index(
            splits=[split for split in self.splits if self._is_told(split)],
            home=home,
            row=row,
            images=[Grouping(self._frame_of_image[number]) for number in range(len(self._documents))],
            annotations=[Grouping(frames) for frames in frames_of],
            repeated=self._repeated,
            second=repeated_annotations(self._documents, self._report),
            bare=self._bare,
            leaks=frozenset(again[0].tolist()),
        )

    def _add_split(self, name: str, numbers: Sequence[int]) -> None:
        """Give frames to the documents of one split; those that contradict most others get splits of their own."""
        splits = self._parted(name, numbers)
        self._groups += splits
        for split in splits:
            split.begin = self._count
            for number in split.documents:
                self._add_images(split, number)
            for number in split.documents:
                self._add_bare(split, number)
            split.end = self._count
            parts = self._by_video(split)
            for part in parts:
                self._number_keys(part)
            self.splits += parts

    def _parted(self, name: str, numbers: Sequence[int]) -> list[Split]:
        """The documents of one split by the pictures that they are about; the most have its name, or the first."""
        groups: list[list[Document]] = []
        for number in numbers:
            document = self._documents[number]
            group = next((known for known in groups if clash_of(document, known) is None), None)
            if group is None:
                groups.append([document])
            else:
                group.append(document)
        groups.sort(key=len, reverse=True)
        splits: list[Split] = []
        for group in groups:
            used = {split.name for split in (*self._groups, *self.splits, *splits)}
            own = {id(document) for document in group}
            places = [number for number in numbers if id(self._documents[number]) in own]
            splits.append(Split(_free_name(name, used), places))
            clash = clash_of(group[0], groups[0]) if group is not groups[0] else None
            if clash is not None:
                tell_clash(group[0], clash, splits[-1].name, self._path, self._report)
        return splits

    def _by_video(self, split: Split) -> list[Split]:
        """A split a video, their frames together; the split itself where its images are of none."""
        begin, end = split.begin, split.end
        own = Places(joined(self._home, np.int32)[begin:end], joined(self._row, np.int32)[begin:end])
        listings = {number: self._frame_of_image[number] - begin for number in split.documents}
        found = videos_of(self._documents, listings, own)
        if found is None:
            return [split]
        videos, (homes, rows) = found
        order, first = by_first(videos)
        self._reorder(split, order)
        ordered = homes[order], rows[order]
        parts: list[Split] = []
        listed = ListedVideos([self._documents[number] for number in split.documents], self._report)
        used = {s.name for s in (*(other for other in self._groups if other is not split), *self.splits)}
        for place, count in first:
            name = split.name
            if videos[place] != MISSING:
                home = self._documents[homes[place]]
                name = f"{name}-{listed.name(home, int(rows[place]))}"
            name = _free_name(name, used)
            used.add(name)
            parts.append(Split(name, split.documents, begin, begin + count))
            if videos[place] != MISSING:
                shots = slice(begin - split.begin, begin - split.begin + count)
                tell_shots(self._documents, ordered[0][shots], ordered[1][shots], self._report)
            begin += count
        listed.tell()
        return parts

    def _reorder(self, split: Split, order: Numbers) -> None:
        begin, end = split.begin, split.end
        for pieces in (self._ids, self._names, self._keys):
            pieces[:] = [_moved(pieces, begin, end, order)]
        for numbers in (self._places, self._home, self._row):
            numbers[:] = [_moved(numbers, begin, end, order)]
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(begin, end)
        for number in split.documents:
            frames = self._frame_of_image[number]
            own = frames >= begin
            frames[own] = place[frames[own] - begin]
        bare = self._bare
        self._bare = {int(place[f - begin]) if f >= begin else f: known for f, known in bare.items()}

    def _is_told(self, split: Split) -> bool:
        """Whether a split is a segment: not if its images are all of earlier splits; one of no images at all is."""
        documents = [self._documents[number] for number in split.documents]
        is_empty = not any(len(document.images) or len(document.annotations) for document in documents)
        return split.end > split.begin or len(self.splits) == 1 or is_empty

    def _add_images(self, split: Split, number: int) -> None:
        document = self._documents[number]
        frame_of = self._known(number, split)
        is_none = (document.image_ids == MISSING) & (document.names == hash(None))  # told when it was found
        new = np.flatnonzero((frame_of < 0) & ~is_none)
        keys = together(document.image_ids, document.names)[new]
        unique, first = first_places(keys)
        chosen = np.sort(first)  # of equal images in one file the first is the frame
        frame_of[new[chosen]] = np.arange(self._count, self._count + len(chosen))
        if len(chosen) < len(new):
            frame_of[new] = frame_of[new[first]][np.searchsorted(unique, keys)]
        rows = new[chosen]
        self._append(document.image_ids[rows], document.names[rows], document.keys[rows], number, rows)
        self._places.append(self._places_of[number][rows])
        self._take_places(number, frame_of)
        self._frame_of_image[number] = frame_of
        tell_repeated_images(document, self._report)

    def _known(self, number: int, split: Split) -> Numbers:
        """For each image the frame that has it already: one of its split, else of an earlier one; -1 for none."""
        found = self._same(number, split.begin, self._count, is_one_split=True)
        if (found < 0).any():
            earlier = self._same(number, 0, split.begin, is_one_split=False)
            found = np.where(found < 0, earlier, found)
        return found

    def _same(self, number: int, begin: int, end: int, *, is_one_split: bool) -> Numbers:
        """For each image the frame from `begin` to `end` of the same id, name and picture; -1 for none."""
        document, ours = self._documents[number], self._places_of[number]
        if begin == end:
            return np.full(len(document.images), -1, dtype=np.int64)
        known = together(np.concatenate(self._ids)[begin:end], np.concatenate(self._names)[begin:end])
        places = np.concatenate(self._places)[begin:end]
        wanted = together(document.image_ids, document.names)
        found = look_up(wanted, *first_places(known))
        found[document.image_ids == MISSING] = -1
        there = np.flatnonzero(found >= 0)
        apart = there[are_apart(ours[there], places[found[there]], is_one_split=is_one_split)]
        if len(apart):  # the picture itself, or none
            exactly = first_places(together(known, places.astype(np.int64)))
            found[apart] = look_up(together(wanted[apart], ours[apart].astype(np.int64)), *exactly)
        return np.where(found < 0, found, found + begin)

    def _take_places(self, number: int, frames: Numbers) -> None:
        """Of a picture that an earlier document has not found, that which this one has."""
        found = np.flatnonzero((frames >= 0) & (self._places_of[number] >= 0))[::-1]  # of several the first counts
        places = np.concatenate(self._places)
        found = found[places[frames[found]] < 0]
        if len(found):
            places[frames[found]] = self._places_of[number][found]
            self._places[:] = [places]

    def _append(self, ids: Codes, names: Codes, keys: Codes, number: int, rows: Numbers) -> None:
        self._ids.append(ids)
        self._names.append(names)
        self._keys.append(keys)
        self._home.append(np.full(len(ids), number, dtype=np.int32))
        self._row.append(rows.astype(np.int32))
        self._count += len(ids)

    def _number_keys(self, split: Split) -> None:
        """Frames whose key an earlier one of their split has, with how many: a repeated id, or 1 beside "1"."""
        keys = joined(self._keys, np.int64)[split.begin : split.end]
        times: dict[int, int] = {}
        for place in repeats(keys).tolist():
            key = int(keys[place])
            times[key] = times.get(key, 0) + 1
            self._repeated[split.begin + place] = times[key]

    def _add_bare(self, split: Split, number: int) -> None:
        """Frames for the images that annotations name where a file lists none at all."""
        document = self._documents[number]
        if len(document.images) or not len(document.annotations):
            return
        here = self._split_ids(split)
        ids, first = np.unique(document.image_of, return_index=True)
        is_new = (ids != MISSING) & ~np.isin(ids, here)
        chosen = np.sort(first[is_new])
        written = values_at(document, chosen.tolist(), "image_id")
        if len(here):  # an id of another type is told where its image is looked for
            spelled = np.array([code_of(other_spelling(value)) for value in written], dtype=np.int64)
            is_other = np.isin(spelled, here) & (spelled != MISSING)
            chosen = chosen[~is_other]
            written = [value for value, known in zip(written, is_other.tolist(), strict=True) if not known]
        if not len(chosen):
            return
        listing = "videos" if document.kind == "videos" else "images"
        is_list = isinstance(document.envelope.get(listing, []), list)
        if is_list and not document.is_results and not document.images.stranger_count:  # else that is told
            message = f"expected `{listing}`, found none; the annotations alone tell of {counted(len(chosen), 'image')}"
            self._report.warning("coco.no-images", message, document.origin(listing))
        for offset, row in enumerate(chosen.tolist()):
            self._bare[self._count + offset] = (number, row)
        codes = document.image_of[chosen]
        keys = np.fromiter(map(key_of, written), dtype=np.int64, count=len(codes))
        self._append(codes, np.zeros(len(codes), dtype=np.int64), keys, number, np.full(len(codes), -1))
        self._places.append(np.full(len(codes), NOWHERE, dtype=np.int32))

    def _split_ids(self, split: Split) -> Codes:
        return np.concatenate(self._ids)[split.begin : self._count] if self._ids else np.empty(0, dtype=np.int64)


def _moved(pieces: Sequence[NDArray[Any]], begin: int, end: int, order: Numbers) -> NDArray[Any]:
    whole = np.concatenate(pieces)
    whole[begin:end] = whole[begin:end][order]
    return whole


def _free_name(name: str, used: set[str]) -> str:
    number = 1
    free = name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    return free
