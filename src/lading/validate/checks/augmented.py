"""Copies that a tool made of one picture, turned or recoloured: in two segments they are a leak that no bytes show.

Roboflow calls them `NAME_jpg.rf.HASH.jpg`, where NAME is the source's. Names that only count say little: pictures of
two videos are `frame_0001` each. Those are looked at, and held to pictures of other numbers: all of a road look alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from lading.model.dataset import Dataset
from lading.model.frame import Data
from lading.model.report import Finding, Origin, Report, Severity
from lading.plugin.problem import Problem
from lading.validate.checks.alike import are_of_one, look
from lading.wording import counted

RULE = "media.augmented-leak"

_T = TypeVar("_T")

_MARK = ".rf."
#: Of the sources whose names count so many are looked at of two segments, and of all of them together.
_LOOKS = 100
_ALL_LOOKS = 1_000
#: Of each segment so many others are looked at, from all over it.
_CONTROLS = 8
#: A source is held to its copies in so many earlier segments.
_EARLIER = 10
_COUNTER = re.compile(
    r"[\W\d_]*((frame|img|image|photo|pic|picture|scene|page|screen|screenshot|capture|video)[\W\d_]*)*(jpe?g|png|bmp|webp|tiff?)?",
    re.IGNORECASE,
)


class _Pair(NamedTuple):
    """A source, the segment and name of its first copy there, and those of one in an earlier segment."""

    source: str
    segment: str
    path: str
    where: str
    other: str


class Augmented:
    """Keeps by segment the sources of its pictures, each with the name and place of the first copy."""

    def __init__(self, dataset: Dataset, severities: Mapping[str, Severity]) -> None:
        self.is_wanted = RULE in severities
        self._severities = severities
        self._names = [segment.name for segment in dataset.segments]
        self._copies: dict[str, dict[str, tuple[str, Origin]]] = {}

    def add(self, segment: str, files: Iterable[Data]) -> None:
        """Note the sources of these pictures."""
        for data in files:
            source = _source(data.remote_path)
            if source is not None:
                copies = self._copies.setdefault(segment, {})
                if source not in copies:
                    copies[source] = (data.remote_path, _place(data))

    @property
    def memory(self) -> dict[str, dict[str, tuple[str, Origin]]]:
        """What is kept, to be absorbed by another."""
        return self._copies

    def absorb(self, memory: dict[str, dict[str, tuple[str, Origin]]]) -> None:
        """Take over what the next part kept."""
        for name, found in memory.items():
            copies = self._copies.setdefault(name, {})
            for source, copy in found.items():
                copies.setdefault(source, copy)

    def finish(self, dataset: Dataset, leaks: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """The sources that an earlier segment has as well, once a segment.

        `leaks` are segment and remote path of the pictures that are told by their bytes.
        """
        told = {(segment, _source(path)) for segment, path in leaks}
        shared = [pair for pair in self._shared() if (pair.segment, pair.source) not in told]
        counting = [pair for pair in shared if _COUNTER.fullmatch(pair.source) is not None]
        looked = _chosen(counting)
        unlike = set(counting) - self._alike(dataset, looked)
        of_counters, not_seen = _sources(counting), _sources(unlike.difference(looked))
        by_segment: dict[str, dict[str, _Pair]] = defaultdict(dict)
        for pair in shared:
            if pair not in unlike:
                by_segment[pair.segment].setdefault(pair.source, pair)
        for name, pairs in by_segment.items():
            first = next(iter(pairs.values()))
            message = "expected the copies of a picture in one segment, by their names, found those of "
            message += f"{counted(len(pairs), 'picture')} in an earlier one too, such as {first.path!r} and, in "
            message += f"{first.where!r}, {first.other!r}"
            count, left = len(of_counters[name]), len(not_seen[name] - pairs.keys())
            if left:
                message += f"; of {count:,} whose names only count {count - left:,} were looked at"
            at = self._copies[name][first.source][1]
            finding = Problem(RULE, message).finding(self._severities, segment=name, at=at)
            if finding is not None:
                yield finding

    def _shared(self) -> Iterator[_Pair]:
        """The sources of each segment that earlier ones have as well, with each of these."""
        earlier: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name in self._names:
            for source, (path, _) in self._copies.get(name, {}).items():
                before = earlier[source]
                yield from (_Pair(source, name, path, *copy) for copy in before)
                if len(before) < _EARLIER:
                    before.append((name, path))

    def _alike(self, dataset: Dataset, pairs: Sequence[_Pair]) -> set[_Pair]:
        """Those whose copies show the same; the frames of their segments are read again."""
        controls = {
            name: _all_over([(source, path) for source, (path, _) in self._copies[name].items()], _CONTROLS)
            for name in {name for pair in pairs for name in (pair.segment, pair.where)}
        }
        wanted = {key for pair in pairs for key in ((pair.segment, pair.path), (pair.where, pair.other))}
        wanted |= {(name, path) for name, those in controls.items() for _, path in those}
        looks = {
            (name, data.remote_path): look(data.content)
            for name in dict.fromkeys(segment for segment, _ in wanted)
            for frame in dataset.frames(name, report=Report())
            for data in frame.data
            if data.content is not None and (name, data.remote_path) in wanted
        }
        seen = {key: found for key, found in looks.items() if found is not None}
        alike = set()
        for pair in pairs:
            one, other = seen.get((pair.segment, pair.path)), seen.get((pair.where, pair.other))
            if one is not None and other is not None:
                held = [
                    (this, seen[name, path])
                    for this, name in ((one, pair.where), (other, pair.segment))
                    for source, path in controls[name]
                    if source != pair.source and (name, path) in seen
                ]
                if are_of_one(one, other, held):
                    alike.add(pair)
        return alike


def _chosen(pairs: Iterable[_Pair]) -> Sequence[_Pair]:
    """Those that are looked at: of two segments as many as of others, from all over them."""
    of_segments: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for pair in pairs:
        of_segments[pair.segment, pair.where].append(pair)
    return [pair for those in of_segments.values() for pair in _all_over(those, _LOOKS)][:_ALL_LOOKS]


def _all_over(those: Sequence[_T], most: int) -> list[_T]:
    """So many of them at most, from first to last."""
    count = min(len(those), most)
    return [those[number * len(those) // count] for number in range(count)]


def _sources(pairs: Iterable[_Pair]) -> Mapping[str, set[str]]:
    """The sources of each segment."""
    sources: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        sources[pair.segment].add(pair.source)
    return sources


def _source(path: str) -> str | None:
    """The source that the name of a picture tells, if it does."""
    return path.rpartition("/")[2].partition(_MARK)[0] if _MARK in path else None


def _place(data: Data) -> Origin:
    return data.locate() if data.content is None else Origin(data.content.path)
