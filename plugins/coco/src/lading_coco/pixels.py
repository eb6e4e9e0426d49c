"""Rules of id PNGs: their pixels against the `segments_info` of their annotation (source-formats.md 2.7)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from lading import (
    Data,
    DataChecker,
    Finding,
    GroupedRule,
    Origin,
    PanopticMask,
    Place,
    Problem,
    Rule,
    SemanticMask,
    counted,
)
from lading.errors import SourceError
from lading.media import panoptic_ids, probe, read_mask
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part
from lading.model.recurring import Recurring
from lading.model.report import Severity
from lading_coco.numerals import numbers_of
from lading_coco.origins import RowOrigins
from lading_coco.regions import Region, regions_of

_MASKS = frozenset({PanopticMask, SemanticMask})
_VOID = 0
#: What else a pixelmap has where nothing is labelled.
_UNLABELLED = 255
#: As of polygons: by so many pixels a box may lie off the edges of what it bounds.
_TOLERANCE_PX = 2.0


_CHANNELS = "coco.mask-channels"
#: What PNGs are counted as that may be told as one.
_PNGS = "id PNGs"


class PixelsPass(DataChecker):
    """Decodes each id PNG once, for all rules of them; it keeps which have exchanged channels, as mostly all have."""

    kinds = frozenset({"PANOPTIC_MASK", "SEMANTIC_MASK"})

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._exchanged: dict[str, Recurring] = {}  # by segment

    def concerns(self, data: Data) -> bool:
        """Whether it is a picture that a COCO file describes, with an id PNG."""
        return not _MASKS.isdisjoint(map(type, data.labels)) and isinstance(data.origins, RowOrigins)

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the id PNGs of a picture."""
        for label in place.data.labels:
            found: Iterator[tuple[Problem, Origin]] = iter(())
            if isinstance(label, PanopticMask):
                found = _problems(label, place.data)
                self._of(place.segment.name).saw(_PNGS, 1)
            elif isinstance(label, SemanticMask):
                found = _pixelmap_problems(label)
            for problem, at in found:
                finding = place.finding(problem, at=at)
                if finding is not None and problem.rule == _CHANNELS:
                    self._of(place.segment.name).add(finding, group=_PNGS, noun=_PNGS)
                else:
                    yield finding

    def memory(self) -> Mapping[str, Recurring]:
        """What is kept, by segment."""
        return self._exchanged

    def absorb(self, memory: Mapping[str, Recurring], part: Part) -> Iterable[Finding]:
        """Count in what another found in later pictures."""
        for name, later in memory.items():
            self._of(name).merge(later)
        return ()

    def finish(self) -> Iterator[Finding]:
        """What is kept: each PNG, or all as one."""
        for recurring in self._exchanged.values():
            yield from recurring.findings()

    def _of(self, segment: str) -> Recurring:
        return self._exchanged.setdefault(segment, Recurring(segment))


def _problems(label: PanopticMask, data: Data) -> Iterator[tuple[Problem, Origin]]:
    """What is wrong with one mask, and where."""
    content, origins = label.content, data.origins
    if content is None or label.origin is None or not isinstance(origins, RowOrigins):
        return
    png = Origin(content.path)
    try:
        pixels = read_mask(content, panoptic_ids(label))
    except SourceError as exc:
        seen = probe(content)
        if seen.problem is None and seen.format == "PNG":  # else `media.unreadable` or `mask.not-png` says it
            yield Problem("coco.mask-pixels", exc.problem), png
        return
    if not pixels.is_colour:
        message = (
            "expected ids as colours, R + 256 G + 65536 B, found a PNG of greys, or of a palette whose colours are "
            "not those that are listed"
        )
        yield Problem("coco.mask-pixels", message), png
        return
    if pixels.has_palette:
        message = "expected ids as colours of a PNG in RGB, found indexes of a palette that has the ids as its colours"
        yield Problem("coco.mask-palette", message), png
    found = regions_of(pixels.values)
    items = {item.value: item for item in label.items or ()}
    exchanged = {_exchanged(value): region for value, region in found.items()}
    count = len(exchanged.keys() & items.keys())
    if count > len(found.keys() & items.keys()) and 2 * count > len(found.keys() - {_VOID}):
        message = (
            f"expected ids R + 256 G + 65536 B, found {counted(count, 'id')} of {len(found.keys() - {_VOID})} that "
            f"are listed as B + 256 G + 65536 R, as if red and blue were exchanged"
        )
        yield Problem(_CHANNELS, message), png
        found = exchanged
    is_of_size = pixels.values.shape == (data.height, data.width)  # else `mask.size-mismatch` says it
    others = _others(found, {*items, _VOID})
    if others is not None:
        message = f"expected ids that {data.locate(label).below('segments_info')} lists, found {others}"
        yield Problem("coco.unlisted-segment", message), png
    for value, item in items.items():
        if value == _VOID:  # which is told as no id of a segment
            continue
        if value not in found:
            message = f"expected pixels of segment {value} in {content.path!r}, found none"
            yield Problem("coco.empty-segment", message), origins.segment(label.origin, value)
        elif is_of_size:
            for problem, field in _measure_problems(item.extras, found[value], value):
                yield problem, origins.segment(label.origin, value, field)


def _exchanged(value: int) -> int:
    """The id of the same colour with red and blue exchanged, as OpenCV writes it where it is not told of RGB."""
    return (value & 0xFF) << 16 | value & 0xFF00 | value >> 16


def _others(found: Mapping[int, Region], listed: Set[int]) -> str | None:
    """The values that are not listed, counted and shown; None where all are."""
    others = sorted(found.keys() - listed)
    if not others:
        return None
    count = sum(found[value].pixels for value in others)
    shown = ", ".join(map(str, others[:3])) + (", ..." if len(others) > 3 else "")
    return f"{counted(len(others), 'other')} in {counted(count, 'pixel')}: {shown}"


def _pixelmap_problems(label: SemanticMask) -> Iterator[tuple[Problem, Origin]]:
    """What is wrong, and where, with a pixelmap, whose values are ids of categories."""
    content = label.content
    if content is None:
        return
    try:
        found = regions_of(read_mask(content).values)
    except SourceError:
        return  # `media.unreadable` or `mask.not-png` says it
    others = _others(found, {item.value for item in label.items or ()} | {_VOID, _UNLABELLED})
    if others is not None:
        message = f"expected values that are ids of listed categories, found {others}"
        yield Problem("coco.unlisted-value", message), Origin(content.path)


def _measure_problems(said: Mapping[str, Any], found: Region, value: int) -> Iterator[tuple[Problem, str]]:
    """What is wrong, and the field, where `area` or `bbox` of a segment is not that of its pixels."""
    area, box = said.get("area"), said.get("bbox")
    if isinstance(area, (int, float)) and not isinstance(area, bool) and area >= 0 and area != found.pixels:
        message = f"expected the number of pixels of segment {value}, {found.pixels:,}, found {area:g}"
        yield Problem("coco.segment-area", message), "area"
    edges = numbers_of(box)
    if edges is not None and len(edges) == 4 and all(map(math.isfinite, edges)) and min(edges[2:]) >= 0:
        x, y, width, height = edges
        given = (x, y, x + width, y + height)
        if any(abs(a - b) > _TOLERANCE_PX for a, b in zip(given, found.edges, strict=True)):
            left, top, right, bottom = found.edges
            shown = [left, top, right - left, bottom - top]
            message = f"expected the box of the pixels of segment {value}, {shown}, found {box}"
            yield Problem("coco.segment-box", message), "bbox"


class _PixelsRule(GroupedRule):
    formats = frozenset({"coco"})
    checker = PixelsPass


class MaskPixels(_PixelsRule):
    """Ids are colours."""

    code = "coco.mask-pixels"
    severity = "error"
    title = "the PNG of a panoptic annotation holds ids as colours"
    bad = "a PNG of greys, or of a palette whose colours are not the ids"
    good = "a PNG in RGB, id = R + 256 G + 65536 B"
    fix = "Export the PNG in RGB, without a palette."


class MaskChannels(_PixelsRule):
    """Ids begin with red."""

    code = _CHANNELS
    severity = "error"
    title = "the PNG of a panoptic annotation has red and blue where its ids have them"
    bad = "pixels of the colour (1, 0, 0), and a segment 65536"
    good = "pixels of the colour (0, 0, 1), and a segment 65536"
    fix = "Exchange red and blue of the PNGs: OpenCV writes BGR, so that ids in RGB are to be turned before."


class UnlistedSegment(_PixelsRule):
    """Pixels have their segment."""

    code = "coco.unlisted-segment"
    severity = "error"
    title = "an id in a panoptic PNG is listed in `segments_info`"
    bad = "pixels of id 5, and no segment 5"
    good = "a segment for each id but 0"
    fix = "List the segment, or take the PNG that belongs to this file."


class UnlistedValue(_PixelsRule):
    """Values have their category."""

    code = "coco.unlisted-value"
    severity = "error"
    title = "a value in a pixelmap is the id of a listed category"
    bad = "pixels of 200, and categories from 92 to 183"
    good = "values from 92 to 183; 0 or 255 where nothing is labelled"
    fix = "List the category, or take the pixelmap that belongs to this file."


class EmptySegment(_PixelsRule):
    """Segments have their pixels."""

    code = "coco.empty-segment"
    severity = "warning"
    title = "a segment of `segments_info` has pixels"
    bad = "segment 7, and no pixel of id 7"
    good = "pixels for each segment"
    fix = "Remove the segment, or take the PNG that belongs to this file."


class MaskPalette(_PixelsRule):
    """Ids are colours of pixels, not of a palette."""

    code = "coco.mask-palette"
    severity = "warning"
    title = "the PNG of a panoptic annotation has no palette"
    bad = "a PNG that was made smaller by a palette of its ids"
    good = "a PNG in RGB, id = R + 256 G + 65536 B"
    fix = "Convert the PNG to RGB: its ids are read here, but other programs take the indexes for ids."


class SegmentArea(_PixelsRule):
    """Areas are counts of pixels."""

    code = "coco.segment-area"
    severity = "warning"
    title = "the `area` of a panoptic segment is the number of its pixels"
    bad = "`area` 9 of a segment of 1,800 pixels"
    good = "`area` 1800"
    fix = "Make the areas anew from the PNG, or take the PNG that belongs to this file."


class SegmentBox(_PixelsRule):
    """Boxes are those of the pixels."""

    code = "coco.segment-box"
    severity = "warning"
    title = "the `bbox` of a panoptic segment bounds its pixels"
    bad = "`bbox` [0, 0, 5, 5] of pixels from (20, 10) to (23, 14)"
    good = "`bbox` [20, 10, 4, 5]"
    fix = "Make the boxes anew from the PNG, or take the PNG that belongs to this file."


RULES: Sequence[type[Rule]] = (
    MaskPixels,
    MaskChannels,
    MaskPalette,
    UnlistedSegment,
    UnlistedValue,
    EmptySegment,
    SegmentArea,
    SegmentBox,
)
