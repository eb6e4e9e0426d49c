"""Which images are one frame, which split a frame is in, and which annotations belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Report, counted
from lading_coco.clashes import clash_of, tell_clash
from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, code_of, first_places, joined, key_of, look_up, other_spelling, repeats
from lading_coco.orphans import Orphans
from lading_coco.rows import records_at, values_at
from lading_coco.shots import tell_shots
from lading_coco.videos import ListedVideos, Places, by_first, videos_of
from lading_coco.whole_videos import VideoText

Numbers = NDArray[np.int64]
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses nothing


class Grouping:
    """Rows of one array by the frame they belong to: the rows of neighbouring frames are at hand in one slice."""

    def __init__(self, frame_of: Numbers) -> None:
        rows = np.flatnonzero(frame_of >= 0)  # rows of no frame have -1
        both = (
            frame_of[rows] << 32 | rows
        )  # sorted as one number: several times as quick as a stable order of the frames
        both.sort()
        self._rows: NDArray[np.int32] = (both & 0xFFFF_FFFF).astype(np.int32)
        self._frames: NDArray[np.int32] = (both >> 32).astype(np.int32)

    def slice(self, begin: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The frames from `begin` to `end`, as often as they have rows, and those rows in the file's order."""
        # Of the same type as the frames, or numpy would convert all of them each time.
        low, high = np.searchsorted(self._frames, np.array((begin, end), dtype=self._frames.dtype))
        return self._frames[low:high], self._rows[low:high]


@dataclass
class Split:
    """A segment to be: frames from `begin` to `end`, out of some documents."""

    name: str
    documents: list[int] = field(default_factory=list)
    begin: int = 0
    end: int = 0


@dataclass
class Index:
    """The frames of all documents. A frame without an image has row -1 in `row` and the code of its id in `ids`."""

    splits: list[Split]
    home: NDArray[np.int32]
    row: NDArray[np.int32]
    images: list[Grouping]
    annotations: list[Grouping]
    repeated: dict[int, int]  # frame -> how many earlier frames of its split have its id
    second: dict[tuple[int, int], int]  # (document, annotation row) -> how many earlier ones have its id
    bare: dict[int, tuple[int, int]]  # frame without an image -> document and annotation row that name it


class IndexBuilder:
    """Puts the images and annotations of all documents together."""

    def __init__(self, documents: Sequence[Document], report: Report) -> None:
        self._documents = documents
        self._report = report
        self._ids: list[Codes] = []
        self._names: list[Codes] = []
        self._keys: list[Codes] = []
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
        self._tell_overlaps()
        frames_of = self._place_annotations()
        return Index(
            splits=[split for split in self.splits if self._is_told(split)],
            home=joined(self._home, np.int32),
            row=joined(self._row, np.int32),
            images=[Grouping(self._frame_of_image[number]) for number in range(len(self._documents))],
            annotations=[Grouping(frames) for frames in frames_of],
            repeated=self._repeated,
            second=self._second_annotations(),
            bare=self._bare,
        )

    def _add_split(self, name: str, numbers: Sequence[int]) -> None:
        """Give frames to the documents of one split; a document that contradicts the others gets a split of its own."""
        splits: list[Split] = []
        for number in numbers:
            found = [clash_of(self._documents[number], [self._documents[n] for n in s.documents]) for s in splits]
            split = next((s for s, clash in zip(splits, found, strict=True) if clash is None), None)
            if split is None:
                split = Split(_free_name(name, {s.name for s in (*self._groups, *self.splits, *splits)}))
                splits.append(split)
                if (clash := next(filter(None, found), None)) is not None:
                    tell_clash(self._documents[number], clash, split.name, self._report)
            split.documents.append(number)
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
        for numbers in (self._home, self._row):
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
        frame_of = self._known(document)
        is_none = (document.image_ids == MISSING) & (document.names == hash(None))  # told when it was found
        new = np.flatnonzero((frame_of < 0) & ~is_none)
        keys = _keys(document.image_ids, document.names)[new]
        unique, first = first_places(keys)
        chosen = np.sort(first)  # of equal images in one file the first is the frame
        frame_of[new[chosen]] = np.arange(self._count, self._count + len(chosen))
        if len(chosen) < len(new):
            frame_of[new] = frame_of[new[first]][np.searchsorted(unique, keys)]
        rows = new[chosen]
        self._append(document.image_ids[rows], document.names[rows], document.keys[rows], number, rows)
        self._frame_of_image[number] = frame_of
        self._tell_repeated(document)

    def _known(self, document: Document) -> Numbers:
        """For each image the frame that has it already, in whatever split."""
        if not self._count:
            return np.full(len(document.images), -1, dtype=np.int64)
        keys, first = first_places(_keys(np.concatenate(self._ids), np.concatenate(self._names)))
        found = look_up(_keys(document.image_ids, document.names), keys, first)
        found[document.image_ids == MISSING] = -1
        return found

    def _append(self, ids: Codes, names: Codes, keys: Codes, number: int, rows: Numbers) -> None:
        self._ids.append(ids)
        self._names.append(names)
        self._keys.append(keys)
        self._home.append(np.full(len(ids), number, dtype=np.int32))
        self._row.append(rows.astype(np.int32))
        self._count += len(ids)

    def _tell_repeated(self, document: Document) -> None:
        if document.kind == "videos":
            return  # which is told of the video
        for row in repeats(document.image_ids).tolist():
            message = "expected each image id once, found one again; annotations go to the first"
            self._report.error("coco.duplicate-image-id", message, document.images.origin(row, "id"))

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

    def _split_ids(self, split: Split) -> Codes:
        return np.concatenate(self._ids)[split.begin : self._count] if self._ids else np.empty(0, dtype=np.int64)

    def _place_annotations(self) -> list[Numbers]:
        """For each annotation of each document its frame, -1 for none; what is in none is told."""
        placed = []
        orphans = {
            id(split): self._orphans([self._documents[number] for number in split.documents]) for split in self._groups
        }
        for number in range(len(self._documents)):
            split = next(split for split in self._groups if number in split.documents)
            placed.append(self._place(number, split, orphans[id(split)]))
        for each in orphans.values():
            each.tell()
        return placed

    def _orphans(self, documents: Sequence[Document]) -> Orphans:
        others = sum(document.images.stranger_count for document in documents)
        return Orphans([document.without_id for document in documents], others, self._report)

    def _place(self, number: int, split: Split, orphans: Orphans) -> Numbers:
        """The frames of one document: by the images of its own file, then by those of its split."""
        document = self._documents[number]
        ids, first = first_places(document.image_ids)
        frame_of_first = self._frame_of_image[number][first]
        frames = look_up(document.image_of, ids, frame_of_first)
        lost = np.flatnonzero((frames < 0) & (document.image_of != MISSING))
        if len(lost):
            others, first = first_places(np.concatenate(self._ids)[split.begin : split.end])
            frames[lost] = look_up(document.image_of[lost], others, first + split.begin)
            places = (ids, frame_of_first), (others, first + split.begin)
            self._find_spelled(document, lost[frames[lost] < 0], frames, places, orphans)
        for row in np.flatnonzero(document.image_of == MISSING).tolist():
            (record,) = records_at(document, document.annotations, [row])
            if record is not None:  # what is no record was told when it was found
                key = "video_id" if document.kind == "videos" else "image_id"
                origin = document.annotations.origin(row, "image_id")
                message = f"expected `{key}`, found none; the annotation is in no frame"
                self._report.error("coco.orphan-annotation", message, origin)
                self._report.loss("annotations of no listed image", str(document.annotations.origin(row)))
        return frames

    def _find_spelled(
        self,
        document: Document,
        rows: Numbers,
        frames: Numbers,
        places: Sequence[tuple[Codes, Numbers]],
        orphans: Orphans,
    ) -> None:
        """Find annotations that spell their image's id as text, or a text as a number; the others are orphans.

        `places` are ids of images with their frames: those of the own file, then those of the split.
        """
        lost: dict[int, Any] = {}
        values = values_at(document, rows.tolist(), "image_id")
        for row, value in zip(rows.tolist(), values, strict=True):
            spelled = other_spelling(value)
            codes = np.array([code_of(spelled)])
            frames[row] = next((int(at) for known in places for at in look_up(codes, *known) if at >= 0), -1)
            if frames[row] < 0:
                lost[row] = value
            else:
                message = f"expected the id as the image has it, {spelled!r}, found {value!r}"
                self._report.warning("coco.id-type", message, document.annotations.origin(row, "image_id"))
        noun = "an image"
        if isinstance(document.text, VideoText):  # several records are one annotation
            first_of = {document.text.annotation(row): row for row in reversed(lost)}
            ids = document.text.ids
            found = {row: document.text.frame(row)["video_id"] for row in sorted(first_of.values())}
            lost = {row: key for row, key in found.items() if not ids.is_without_pictures(key)}
            for row in found.keys() - lost.keys():  # which is told of the video
                self._report.loss("annotations of no listed image", str(document.annotations.origin(row)))
            noun = "a video"
        at = document.annotations.origin
        orphans.take(lambda row: at(row, "image_id"), at, list(lost), list(lost.values()), noun=noun)

    def _tell_overlaps(self) -> None:
        for split in self._groups:
            for number in split.documents:
                frames = self._frame_of_image[number]
                elsewhere = np.count_nonzero((frames >= 0) & ((frames < split.begin) | (frames >= split.end)))
                if elsewhere:
                    document = self._documents[number]
                    message = (
                        f"expected splits that share no image, found {elsewhere} of {len(frames)} images of "
                        f"{split.name!r} in an earlier split; their labels are read there"
                    )
                    self._report.warning("coco.shared-images", message, document.origin("images"))

    def _second_annotations(self) -> dict[tuple[int, int], int]:
        """The annotations whose id an earlier one of the same file has, with how often."""
        second: dict[tuple[int, int], int] = {}
        for number, document in enumerate(self._documents):
            counts: dict[int, int] = {}
            for row in repeats(document.annotation_ids).tolist():
                code = int(document.annotation_ids[row])
                counts[code] = counts.get(code, 0) + 1
                second[number, row] = counts[code]
                message = f"expected each annotation id once, found one again; its instance ends in #{counts[code] + 1}"
                self._report.error("coco.duplicate-annotation-id", message, document.annotations.origin(row, "id"))
        return second


def _keys(ids: Codes, names: Codes) -> Codes:
    """One number for id and file name together."""
    with np.errstate(over="ignore"):
        return (ids.view(np.uint64) * _MIX ^ names.view(np.uint64)).view(np.int64)


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
