"""Rules of id PNGs: their pixels against the `segments_info` of their annotation (source-formats.md 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lading import BlockChecker, Catalog, Data, Dataset, Finding, Frame, Origin, PanopticMask, Rule, Segment, counted
from lading.errors import SourceError
from lading.media import panoptic_ids, probe, read_mask
from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule
from lading_coco.origins import RowOrigins

_VOID = 0


class PixelsPass(BlockChecker):
    """Decodes each id PNG once, for all rules of them; it keeps nothing."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the id PNGs of frames that a COCO file describes."""
        for number, frame in enumerate(frames):
            for data in frame.data:
                if PanopticMask in map(type, data.labels):
                    yield from ((number, finding) for finding in self._judge(segment, frame, data))

    def _judge(self, segment: Segment, frame: Frame, data: Data) -> Iterator[Finding]:
        origins = data.origins
        if isinstance(origins, RowOrigins):
            for label in data.labels:
                if isinstance(label, PanopticMask) and label.content is not None:
                    for rule, message, at in _problems(label, data, origins):
                        if rule in self._severities:
                            yield Finding(
                                rule=rule,
                                severity=self._severities[rule],
                                message=message,
                                segment=segment.name,
                                frame=frame.key,
                                file=at.file,
                                pointer=at.pointer,
                            )


def _problems(label: PanopticMask, data: Data, origins: RowOrigins) -> Iterator[tuple[str, str, Origin]]:
    """Rule, message and place of what is wrong with one mask."""
    content = label.content
    if content is None or label.origin is None:
        return
    png = Origin(content.path)
    try:
        pixels = read_mask(content, panoptic_ids(label))
    except SourceError as exc:
        seen = probe(content)
        if seen.problem is None and seen.format == "PNG":  # else `media.unreadable` or `mask.not-png` says it
            yield "coco.mask-pixels", exc.problem, png
        return
    if not pixels.is_colour:
        message = (
            "expected ids as colours, R + 256 G + 65536 B, found a PNG of greys, or of a palette whose colours are "
            "not those that are listed"
        )
        yield "coco.mask-pixels", message, png
        return
    found = _distinct(pixels.values)
    listed = [item.value for item in label.items or ()]
    others = sorted(set(found) - set(listed) - {_VOID})
    if others:
        count = int(np.isin(pixels.values, others).sum())
        table = data.locate(label).below("segments_info")
        shown = ", ".join(map(str, others[:3])) + (", ..." if len(others) > 3 else "")
        found_ids = f"{counted(len(others), 'other')} in {counted(count, 'pixel')}"
        message = f"expected ids that {table} lists, found {found_ids}: {shown}"
        yield "coco.unlisted-segment", message, png
    for value in dict.fromkeys(listed):
        if value not in found:
            message = f"expected pixels of segment {value} in {content.path!r}, found none"
            yield "coco.empty-segment", message, origins.segment(label.origin, value)


def _distinct(values: NDArray[np.uint32]) -> frozenset[int]:
    """The values that are there: neighbours that are alike are looked at once, for ids fill areas."""
    flat = values.ravel()
    is_new = np.ones(len(flat), dtype=np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=is_new[1:])
    return frozenset(np.unique(flat[is_new]).tolist())


class _PixelsRule(GroupedRule):
    checker: ClassVar[CheckerFactory] = PixelsPass


class MaskPixels(_PixelsRule):
    """Ids are colours."""

    code = "coco.mask-pixels"
    severity = "error"
    title = "the PNG of a panoptic annotation holds ids as colours"
    bad = "a PNG of greys, or of a palette whose colours are not the ids"
    good = "a PNG in RGB, id = R + 256 G + 65536 B"
    fix = "Export the PNG in RGB, without a palette."


class UnlistedSegment(_PixelsRule):
    """Pixels have their segment."""

    code = "coco.unlisted-segment"
    severity = "error"
    title = "an id in a panoptic PNG is listed in `segments_info`"
    bad = "pixels of id 5, and no segment 5"
    good = "a segment for each id but 0"
    fix = "List the segment, or take the PNG that belongs to this file."


class EmptySegment(_PixelsRule):
    """Segments have their pixels."""

    code = "coco.empty-segment"
    severity = "warning"
    title = "a segment of `segments_info` has pixels"
    bad = "segment 7, and no pixel of id 7"
    good = "pixels for each segment"
    fix = "Remove the segment, or take the PNG that belongs to this file."


RULES: Sequence[type[Rule]] = (MaskPixels, UnlistedSegment, EmptySegment)
