"""What is told once for many frames, with a count and the first place: each file alone would not be worth it.

However many processes share a segment, it is told of all of it: tallies of its parts are merged.
"""

from __future__ import annotations

import math
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable

from lading import Box2D, Label, Origin, Report, counted, figures
from lading.model.recurring import Recurring
from lading.model.report import Origins
from lading_voc.annotation import Annotation
from lading_voc.image_sets import ImageSet
from lading_voc.mask_forms import MaskForms
from lading_voc.relative import ROUNDING
from lading_voc.set_values import Difference, Value


class Tally:
    """Counts over one pass through a segment, or a part of it."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self.recurring = Recurring(segment)
        self.forms = MaskForms(segment)
        self._counts: dict[str, int] = {}
        self._first: dict[str, Origin] = {}
        self._sets: dict[tuple[str, str], tuple[int, str, str, Origin]] = {}  # by the rule and the set
        self._sized: Counter[str] = Counter()  # of annotations, by their folder
        self._unsized: list[str] = []

    def add(self, path: str, found: Annotation, *, is_other_rule: bool, is_relative: bool) -> None:
        """One annotation; `is_other_rule` where its database is the challenge's and its pixels are read verbatim.

        Of boxes that are told to be parts of their picture (`is_relative`) a 0 is no pixel.
        """
        self.recurring.saw("annotations", 1)
        if found.broken_names:
            (name, at), *others = found.broken_names
            more = f" and {counted(len(others), 'other')}; they are kept, as categories of their" if others else ""
            message = f"expected a name in one line, found {name!r}{more or '; it is kept, as a category of its'} own"
            self.recurring.take("warning", "voc.line-break", message, at, group="annotations", noun="annotations")
        if found.size_line is None:
            self._unsized.append(path)
        else:
            self._sized[posixpath.dirname(path)] += 1
        if found.zero_based and not is_relative:
            self._count("voc.zero-based", next(iter(found.zero_based.values())), len(found.zero_based))
        if found.relative and not is_relative:
            self._count("voc.relative-boxes", next(iter(found.relative.values())), len(found.relative))
        if is_other_rule:
            self._count("voc.pixel-rule", Origin(path, "/annotation/source/database"), 1)

    def hold_to_parts(self, labels: Iterable[Label], origins: Origins, edge: int) -> None:
        """The boxes of a tree whose first ones are told to be parts of their pictures; `edge` was taken from minima."""
        for box in labels:
            if isinstance(box, Box2D) and box.origin is not None:
                self.recurring.saw("boxes", 1)
                corners = (box.xmin + edge, box.ymin + edge, box.xmax, box.ymax)
                if max(box.xmax, box.ymax) > 1 + ROUNDING and all(map(math.isfinite, corners)):  # others are told
                    found = figures(corners)
                    message = f"expected corners in parts of the picture, as the first of the tree, found {found}"
                    at = origins.locate(box.origin, box.kind, "geometry")
                    self.recurring.take("warning", "voc.mixed-boxes", message, at, group="boxes", noun="boxes")

    def compare(self, differing: Iterable[Difference], line: Callable[[ImageSet, Value], int | None]) -> None:
        """The image sets that disagree with an annotation; `line` looks one up."""
        for rule, found, expected, first, value in differing:
            known = self._sets.get((rule, found.path))
            if known is None:
                known = (0, expected, first, Origin(found.path, line=line(found, value)))
            self._sets[rule, found.path] = (known[0] + 1, *known[1:])

    def merge(self, later: Tally) -> None:
        """Count in what follows; the first places are these."""
        for rule, count in later._counts.items():
            self._count(rule, later._first[rule], count)
        for key, found in later._sets.items():
            known = self._sets.get(key)
            self._sets[key] = found if known is None else (known[0] + found[0], *known[1:])
        self._sized.update(later._sized)
        self._unsized += later._unsized

    def tell(self, report: Report) -> None:
        """Everything that was counted, and each annotation without a size where others of its folder have theirs."""
        for path in self._unsized:
            sized = self._sized[posixpath.dirname(path)]
            if sized:
                others = f"{counted(sized, 'other annotation')} of its folder {'has' if sized == 1 else 'have'}"
                message = f"expected `size`, as {others}, found none; the picture itself tells it"
                report.warning("voc.missing-size", message, Origin(path, "/annotation"), segment=self.segment)
        for rule, count in sorted(self._counts.items()):
            if rule == "voc.zero-based":
                boxes = counted(count, "box", "boxes")
                message = f"expected coordinates from 1 on, found 0 in {boxes}; all minima are taken minus 1"
            elif rule == "voc.relative-boxes":
                boxes = counted(count, "box", "boxes")
                message = f"expected corners in pixels, found {boxes} within 0 and 1, as if they were parts of their "
                message += "pictures; read as pixels"
            else:
                message = f"expected annotations of one kind, found {count:,} of the challenge's database in a tree "
                message += "that is read verbatim; -o pixels=voc reads all of them as counted from 1"
            report.warning(rule, message, self._first[rule], segment=self.segment)
        for (rule, _), (count, expected, first, at) in self._sets.items():
            message = f"expected {expected}, found {counted(count, 'other')}, first {first}"
            report.warning(rule, message, at, segment=self.segment)

    def _count(self, rule: str, at: Origin, count: int) -> None:
        self._counts[rule] = self._counts.get(rule, 0) + count
        self._first.setdefault(rule, at)
