"""What the index needs of the annotations of a file, gathered as they are found, also by several processes."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading_coco.heads import AnnotationHead, Column, CompleteHead, PlainHead, Problem
from lading_coco.ids import Codes, codes_of, is_id, joined
from lading_coco.repeated import TellKey
from lading_coco.structure import Offsets, Piece
from lading_coco.traits import Traits

#: Numbers of records.
Rows: TypeAlias = NDArray[np.int64]


class Stretch(NamedTuple):
    """Annotations of a stretch of a file in which all are plain and nothing is wrong."""

    end: int  # of the stretch: where it was to end, or the bracket that closes the array
    ids: Codes
    places: Offsets
    sizes: NDArray[np.uint32]
    image_of: Codes
    traits: Traits


class AnnotationHeads:
    """The ids, the places, the images and the traits of one array of annotations."""

    def __init__(self, problem: Problem, repeated: TellKey) -> None:
        self.column = Column((CompleteHead, PlainHead, AnnotationHead), problem, repeated)
        self.traits = Traits()
        self.is_plain = True  # ids are integers: those of other types have codes that hold in one process alone
        self._image_of: list[Codes] = []
        self._masks: list[Codes] = []
        self._videos: list[tuple[Rows, Codes]] = []
        self.without_video: list[int] = []  # rows with a `video_id` that is no id

    @property
    def image_of(self) -> Codes:
        """The codes of the ids of their images."""
        return joined(self._image_of, np.int64)

    @property
    def masks(self) -> Codes:
        """Hashes of the names of their files where annotations are masks, that of None where there is none."""
        return joined(self._masks, np.int64)

    @property
    def videos(self) -> tuple[Rows, Codes]:
        """The rows that have the id of a video, and the codes of these."""
        return joined([rows for rows, _ in self._videos], np.int64), joined([c for _, c in self._videos], np.int64)

    def take(self, piece: Piece) -> None:
        """Take some records."""
        heads = self.column.take(piece)
        is_plain = isinstance(heads[0], PlainHead)
        self.is_plain &= is_plain
        self._image_of.append(codes_of([head.image_id for head in heads], is_plain=is_plain))
        self.traits.look(heads)
        if self.traits.has_segments and not is_plain:
            names = [(head.file_name or None) if isinstance(head.file_name, str) else None for head in heads]
            self._masks.append(np.fromiter(map(hash, names), dtype=np.int64, count=len(names)))
        videos = [] if is_plain else [head.video_id for head in heads]
        if videos.count(None) < len(videos):
            named = list(enumerate(videos, self.column.count - len(videos)))
            known = [(row, key) for row, key in named if is_id(key)]
            self.without_video += [row for row, key in named if key is not None and not is_id(key)]
            rows, keys = zip(*known, strict=True) if known else ((), ())
            self._videos.append((np.array(rows, dtype=np.int64), codes_of(keys)))

    def stretch(self, end: int) -> Stretch:
        """All that was taken, for another process to follow up its own with."""
        return Stretch(end, self.column.ids(), *self.column.places(), self.image_of, self.traits)

    def follow(self, stretch: Stretch) -> None:
        """Take what another process has of the records behind those that were taken here."""
        if len(stretch.places):
            self.column.follow(stretch.ids, stretch.places, stretch.sizes)
            self._image_of.append(stretch.image_of)
            self.traits.merge(stretch.traits)
