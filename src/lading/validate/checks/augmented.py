"""Copies that a tool made of one picture, turned or recoloured: in two segments they are a leak that no bytes show.

Roboflow calls them `NAME_jpg.rf.HASH.jpg`, where NAME is the source's. Names that only count say nothing: pictures of
two videos are `frame_0001` each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Problem
from lading.wording import counted

_MARK = ".rf."
_COUNTER = re.compile(
    r"[\W\d_]*((frame|img|image|photo|pic|picture|scene|page|screen|screenshot|capture|video)[\W\d_]*)*(jpe?g|png|bmp|webp|tiff?)?",
    re.IGNORECASE,
)


class AugmentedPass(BlockChecker):
    """Keeps by segment the sources of its pictures, each with the name and place of the first copy."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._names = [segment.name for segment in dataset.segments]
        self._copies: dict[str, dict[str, tuple[str, Origin]]] = {}

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """Note the sources of these frames' pictures."""
        for frame in frames:
            for data in frame.data:
                if _MARK in data.remote_path:
                    source = data.remote_path.rpartition("/")[2].partition(_MARK)[0]
                    copies = self._copies.setdefault(segment.name, {})
                    if source not in copies and _COUNTER.fullmatch(source) is None:
                        copies[source] = (data.remote_path, _place(data))
        return ()

    def memory(self) -> dict[str, dict[str, tuple[str, Origin]]]:
        """What is kept, to be absorbed by another."""
        return self._copies

    def absorb(self, memory: dict[str, dict[str, tuple[str, Origin]]], part: Part) -> Iterable[Finding]:
        """Take over what the next part kept."""
        for name, found in memory.items():
            copies = self._copies.setdefault(name, {})
            for source, copy in found.items():
                copies.setdefault(source, copy)
        return ()

    def finish(self) -> Iterable[Finding]:
        """The sources that an earlier segment has as well, once a segment."""
        earlier: dict[str, tuple[str, str]] = {}
        for name in self._names:
            copies = self._copies.get(name, {})
            shared = [source for source in copies if source in earlier]
            if shared:
                first, at = copies[shared[0]]
                where, other = earlier[shared[0]]
                message = "expected the copies of a picture in one segment, by their names, found those of "
                message += f"{counted(len(shared), 'picture')} in an earlier one too, such as {first!r} and, in "
                message += f"{where!r}, {other!r}"
                finding = Problem("media.augmented-leak", message).finding(self._severities, segment=name, at=at)
                if finding is not None:
                    yield finding
            earlier = {source: (name, path) for source, (path, _) in copies.items()} | earlier


def _place(data: Data) -> Origin:
    return data.locate() if data.content is None else Origin(data.content.path)
