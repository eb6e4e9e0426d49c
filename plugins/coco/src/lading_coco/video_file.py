"""A file of YouTube-VIS to be: records of single frames in, annotations of whole videos out."""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, groupby, pairwise
from operator import itemgetter
from typing import Any, BinaryIO

import msgspec

from lading import Report, Target
from lading_coco.spool import OutFile, encode, sorted_records
from lading_coco.video_entries import ENTRIES, RESERVED, REST, Fields, entries_of, fields_of, joined, value_of

_NULL = b"null"


class VideoFile(OutFile):
    """Its `annotations` wait as records of single frames, its `images` as the numbers of those that are written."""

    def __init__(self, path: str, keys: Iterable[str], envelope: Mapping[str, Any], report: Report) -> None:
        super().__init__(path, keys, envelope)
        self._report = report
        videos = envelope.get("videos")
        self._videos: list[Any] = videos if isinstance(videos, list) else []
        self._first_image = first_images(self._videos)
        self._counts = [end - begin for begin, end in pairwise(self._first_image)]
        self._kept: list[list[int]] = []

    def add_entry(self, annotation: int, image: int, record: Mapping[str, Any], target: Target) -> None:
        """Add what an annotation has in one picture, numbered through all videos; from -1 down where none is listed."""
        self.add("annotations", b"%d %b" % (image, encode(record)), annotation, target)

    def write(self, target: Target) -> None:
        """Write the file, of each video the pictures that were added."""
        self._kept = self._kept_frames()
        self.keys = [key for key in self.keys if key != "images"]
        if self._videos:
            self.envelope["videos"] = [
                _shortened(video, frames)
                for video, frames, count in zip(self._videos, self._kept, self._counts, strict=True)
                if frames or not count
            ]
        super().write(target)

    def _kept_frames(self) -> list[list[int]]:
        """Of each video the frames that were added."""
        kept: list[set[int]] = [set() for _ in self._videos]
        for spool in self.spools.get("images", ()):
            for image in spool.rows:
                video = self._video_of(image)
                kept[video].add(image - self._first_image[video])
        return [sorted(frames) for frames in kept]

    def _video_of(self, image: int) -> int:
        """The number of a picture's video."""
        return bisect_right(self._first_image, image) - 1

    def _array(self, key: str, stream: BinaryIO | gzip.GzipFile) -> None:
        stream.write(b"[")
        mark = b"\n"
        spools = self.spools.get(key, ())
        for annotation, group in groupby(sorted_records(spools) if spools else (), key=itemgetter(0)):
            stream.write(mark + self._annotation(annotation, [text for _, text in group]))
            mark = b",\n"
        stream.write(b"]" if mark == b"\n" else b"\n]")

    def _annotation(self, number: int, texts: Sequence[bytes]) -> bytes:
        """The annotation out of its records of single frames."""
        first = int(texts[0].partition(b" ")[0])
        video = None if first < 0 else self._video_of(first)
        places = {} if video is None else self._places(video)
        records: dict[int, Fields] = {}
        for text in texts:
            image, _, record = text.partition(b" ")
            place = places.get(int(image)) if video is not None else -1 - int(image)
            if place is None:
                self._report.loss("labels in pictures of another video", f"{self.path}#/annotations/{number}")
            else:
                records[place] = fields_of(record) or {}
        rest = next((fields_of(bytes(record[REST])) or {} for record in records.values() if REST in record), {})
        whole: dict[str, bytes | None] = {"id": self._constant("instance_id", records, number)}
        for key in dict.fromkeys(chain(*records.values(), rest)):
            if key in RESERVED or key in ENTRIES:
                continue
            if key in rest:
                whole[key] = self._entries(key, records, rest[key], video)
            else:
                whole[key] = self._constant(key, records, number)
        for many, key in ENTRIES.items():
            whole[many] = self._entries(key, records, rest.get(many), video)
        whole.update({key: bytes(value) for key, value in rest.items() if key in RESERVED})
        return joined({key: text for key, text in whole.items() if text is not None})

    def _places(self, video: int) -> dict[int, int]:
        """Where the pictures of a video stand among those that are written."""
        return {self._first_image[video] + frame: place for place, frame in enumerate(self._kept[video])}

    def _entries(
        self, key: str, records: Mapping[int, Fields], written: msgspec.Raw | None, video: int | None
    ) -> bytes | None:
        """The list of a key that has an entry a frame; None where no record and no rest has it."""
        found = {place: bytes(record[key]) for place, record in records.items() if key in record}
        known = entries_of(written) if written is not None and bytes(written).startswith(b"[") else None
        if not found and known is None:
            return None if written is None else bytes(written)
        kept = [] if video is None else self._kept[video]
        entries = [_NULL] * len(kept)
        if video is None:
            entries = known or []
        elif known is not None:
            entries = [known[frame] for frame in kept if frame < len(known)] + known[self._counts[video] :]
        entries += [_NULL] * (max(found, default=-1) + 1 - len(entries))
        for place, text in found.items():
            entries[place] = text
        return b"[" + b", ".join(entries) + b"]"

    def _constant(self, key: str, records: Mapping[int, Fields], number: int) -> bytes | None:
        """What all frames say alike; of values that differ the first stays."""
        found = [record[key] for record in records.values() if key in record]
        if any(text != found[0] and value_of(text) != value_of(found[0]) for text in found):
            where = f"{self.path}#/annotations/{number}"
            self._report.loss(f"values of an object that differ between frames of a video: {key}", where)
        return bytes(found[0]) if found else None


def first_images(videos: Any) -> list[int]:
    """The number that the first picture of each video has among those of all, then how many there are."""
    known = videos if isinstance(videos, list) else []
    names = [video.get("file_names") if isinstance(video, dict) else None for video in known]
    return list(accumulate((len(some) if isinstance(some, list) else 0 for some in names), initial=0))


def _shortened(video: Any, frames: Sequence[int]) -> Any:
    """A video with some of its pictures; with all of them it stays as it is."""
    names = video.get("file_names") if isinstance(video, dict) else None
    if not isinstance(names, list) or len(frames) == len(names):
        return video
    length = {"length": len(frames)} if video.get("length") == len(names) else {}
    return {**video, "file_names": [names[frame] for frame in frames], **length}
