"""Datasets: a cheap header, and frames that stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from lading.errors import OptionError
from lading.model.catalog import Catalog
from lading.model.content import Content
from lading.model.frame import Frame
from lading.model.report import Origin, Report
from lading.model.sensor import Sensor

#: Takes how many frames are done, and how many there are where that is known.
Progress: TypeAlias = Callable[[int, int | None], None]

#: Part k of n, counted from 1; (1, 1) is everything.
Part: TypeAlias = tuple[int, int]

WHOLE: Part = (1, 1)


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a dataset was read from: what kind the reader took it for, and how many rows it holds."""

    file: str
    kind: str
    rows: int


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A named run of frames with its sensors; `frame_count` is None where only reading would tell.

    `origin` is what its name was taken from: a record, a file, or a folder, as a path below which its files lie.
    Where its frames' calibrations differ (`is_calibrated_by_frame`), `sensors` are as the first frame has them.
    """

    name: str
    description: str = ""
    sensors: tuple[Sensor, ...] = ()
    is_calibrated_by_frame: bool = False
    frame_count: int | None = None
    extras: dict[str, Any] = {}
    origin: Origin | None = None


class Dataset(ABC):
    """A labelled dataset that reads its frames as they are asked for.

    Its header is set on opening: `name`, `format`, `is_fusion`, `catalog` (what the source declares), `segments`,
    `rules` (how numbers were read, `{"pixels": ...}`), `sources`, `notes` and `extras`. `report` has what was met
    on opening. `places` are the paths on disk that it was opened from. `companions` are files of the source, by path,
    that say again what frames and catalog say (image sets): a writer of the same format copies them. `told_rules` are
    codes of rules of which the reader tells every breach itself, at its place and under codes of its own: they are
    not run, for one defect is told once, unless they are asked for or graded. `workers` are processes that wait for a
    share of the reading (`lading.workers.Workers`). Of so many rows of `sources` as `rows_a_process` has, it pays to
    give one more process a share unasked; None where it does not, or where parts tell other things than the whole.
    """

    name: str
    format: str | None = None
    is_fusion: bool = False
    is_continuous: bool = False
    bin_point_cloud_fields: Sequence[str] | None = None
    catalog: Catalog
    segments: Sequence[Segment]
    sources: Sequence[SourceFile] = ()
    rules: Mapping[str, str] = {}
    extras: Mapping[str, Any] = {}
    places: Sequence[str] = ()
    companions: Mapping[str, Content] = {}
    told_rules: frozenset[str] = frozenset()
    workers: object = None
    rows_a_process: int | None = None
    report: Report

    @abstractmethod
    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a segment in the source's order, one at a time.

        `part` (k, n) gives the k-th of n disjoint shares, counted from 1. What is wrong in the records read goes
        to `report`, by default the dataset's own; who reads twice and wants it once gives the second pass its own.
        Raises OptionError where there is no such segment or part.
        """

    def segment(self, name: str) -> Segment:
        """The segment of this name. Raises OptionError where there is none."""
        for segment in self.segments:
            if segment.name == name:
                return segment
        known = ", ".join(repr(s.name) for s in self.segments) or "no segments"
        raise OptionError(f"segment: expected one of {known}, found {name!r}")

    def __repr__(self) -> str:
        names = ", ".join(segment.name for segment in self.segments)
        return f"<{type(self).__name__} {self.name!r}: {names}>"


class MemoryDataset(Dataset):
    """A dataset made of frames that are at hand, for those who build one themselves.

    `frames` and `sensors` are by the name of the segment, in the order the segments shall have; the frames are not
    copied. Without a `catalog` none is declared; `lading.infer_catalog` makes one. `is_fusion` is for frames whose
    files are of several sensors: each Data then names its `sensor_name`.
    """

    def __init__(
        self,
        name: str,
        frames: Mapping[str, Sequence[Frame]],
        *,
        catalog: Catalog | None = None,
        sensors: Mapping[str, Sequence[Sensor]] | None = None,
        is_fusion: bool = False,
    ) -> None:
        self.name = name
        self.is_fusion = is_fusion
        self.catalog = catalog if catalog is not None else Catalog()
        self.report = Report()
        self._frames = frames
        self.segments = [
            Segment(name=key, frame_count=len(rows), sensors=tuple((sensors or {}).get(key, ())))
            for key, rows in frames.items()
        ]

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames that were given for this segment."""
        self.segment(segment)
        rows = self._frames[segment]
        return iter([rows[i] for i in share(len(rows), part)])


def share(count: int, part: Part) -> range:
    """The indexes of part k of n of `count` things: neighbours stay together, sizes differ by one at most.

    Raises OptionError unless 1 <= k <= n.
    """
    k, n = part
    if not 1 <= k <= n:
        raise OptionError(f"part: expected k of n with 1 <= k <= n, found {k} of {n}")
    return range((k - 1) * count // n, k * count // n)


def all_frames(
    dataset: Dataset,
    report: Report | None = None,
    segments: Iterable[str] | None = None,
    progress: Progress | None = None,
    part: Part = WHOLE,
) -> Iterator[tuple[Segment, Frame]]:
    """Every frame of a dataset, or of some of its segments, with its segment; `progress` hears of every 50th.

    With a `part` (k, n) the k-th of n shares of each segment. Raises OptionError for a part or segment that is none.
    """
    chosen = dataset.segments if segments is None else [dataset.segment(name) for name in segments]
    if progress is not None:
        counts = [segment.frame_count if part == WHOLE else None for segment in chosen]
        yield from _watched(all_frames(dataset, report, segments, part=part), counts, progress)
        return
    for segment in chosen:
        for frame in dataset.frames(segment.name, part, report):
            yield segment, frame


def _watched(
    frames: Iterable[tuple[Segment, Frame]], counts: Sequence[int | None], progress: Progress
) -> Iterator[tuple[Segment, Frame]]:
    total = None if None in counts else sum(count for count in counts if count is not None)
    done = 0
    for done, item in enumerate(frames, 1):
        yield item
        if done % 50 == 0:
            progress(done, total)
    progress(done, total)
