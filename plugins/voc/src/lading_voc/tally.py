"""What is told once for many frames, with a count and the first place: each file alone would not be worth it."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable

from lading import Origin, Report, counted
from lading_voc.annotation import Annotation
from lading_voc.image_sets import ImageSet

_SAYS = {1: "has the class", 0: "has it as difficult only", -1: "has it not"}


class Tally:
    """Counts over one pass through a segment."""

    def __init__(self, segment: str) -> None:
        self._segment = segment
        self._counts: dict[str, int] = {}
        self._first: dict[str, Origin] = {}
        self._sets: dict[str, tuple[int, str]] = {}
        self._sized: Counter[str] = Counter()  # of annotations, by their folder
        self._unsized: list[str] = []

    def add(self, path: str, found: Annotation, *, is_other_rule: bool, is_relative: bool) -> None:
        """One annotation; `is_other_rule` where its database is the challenge's and its pixels are read verbatim.

        Of boxes that are told to be parts of their picture (`is_relative`) a 0 is no pixel.
        """
        if found.size_line is None:
            self._unsized.append(path)
        else:
            self._sized[posixpath.dirname(path)] += 1
        if found.zero_based and not is_relative:
            self._count("voc.zero-based", next(iter(found.zero_based.values())), len(found.zero_based))
        if is_other_rule:
            self._count("voc.pixel-rule", Origin(path, "/annotation/source/database"), 1)

    def compare(self, key: str, differing: Iterable[tuple[ImageSet, int, int]]) -> None:
        """The image sets of classes that disagree with an annotation."""
        for found, said, seen in differing:
            count, first = self._sets.get(found.path, (0, f"{key}, which {_SAYS.get(said, said)}; its annotation "))
            self._sets[found.path] = (count + 1, first if count else f"{first}{_SAYS[seen]}")

    def tell(self, report: Report) -> None:
        """Everything that was counted, and each annotation without a size where others of its folder have theirs."""
        for path in self._unsized:
            sized = self._sized[posixpath.dirname(path)]
            if sized:
                others = f"{counted(sized, 'other annotation')} of its folder {'has' if sized == 1 else 'have'}"
                message = f"expected `size`, as {others}, found none; the picture itself tells it"
                report.warning("voc.missing-size", message, Origin(path, "/annotation"), segment=self._segment)
        for rule, count in sorted(self._counts.items()):
            if rule == "voc.zero-based":
                boxes = counted(count, "box", "boxes")
                message = f"expected coordinates from 1 on, found 0 in {boxes}; all minima are taken minus 1"
            else:
                message = f"expected annotations of one kind, found {count:,} of the challenge's database in a tree "
                message += "that is read verbatim; -o pixels=voc reads all of them as counted from 1"
            report.warning(rule, message, self._first[rule], segment=self._segment)
        for path, (count, first) in self._sets.items():
            message = (
                f"expected what the annotations have, found {counted(count, 'frame')} with a difference, first {first}"
            )
            report.warning("voc.set-differs", message, Origin(path), segment=self._segment)

    def _count(self, rule: str, at: Origin, count: int) -> None:
        self._counts[rule] = self._counts.get(rule, 0) + count
        self._first.setdefault(rule, at)
