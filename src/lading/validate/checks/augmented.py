"""Copies that a tool made of one picture, turned or recoloured: in two segments they are a leak that no bytes show.

Roboflow calls them `NAME_jpg.rf.HASH.jpg`, where NAME is the source's. Names that only count say nothing: pictures of
two videos are `frame_0001` each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lading.model.dataset import Dataset
from lading.model.frame import Data
from lading.model.report import Finding, Origin, Severity
from lading.plugin.problem import Problem
from lading.wording import counted

RULE = "media.augmented-leak"

_MARK = ".rf."
_COUNTER = re.compile(
    r"[\W\d_]*((frame|img|image|photo|pic|picture|scene|page|screen|screenshot|capture|video)[\W\d_]*)*(jpe?g|png|bmp|webp|tiff?)?",
    re.IGNORECASE,
)


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
                if source not in copies and _COUNTER.fullmatch(source) is None:
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

    def finish(self, leaks: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """The sources that an earlier segment has as well, once a segment.

        `leaks` are segment and remote path of the pictures that are told by their bytes.
        """
        told = {(segment, _source(path)) for segment, path in leaks}
        earlier: dict[str, tuple[str, str]] = {}
        for name in self._names:
            copies = self._copies.get(name, {})
            shared = [source for source in copies if source in earlier and (name, source) not in told]
            if shared:
                first, at = copies[shared[0]]
                where, other = earlier[shared[0]]
                message = "expected the copies of a picture in one segment, by their names, found those of "
                message += f"{counted(len(shared), 'picture')} in an earlier one too, such as {first!r} and, in "
                message += f"{where!r}, {other!r}"
                finding = Problem(RULE, message).finding(self._severities, segment=name, at=at)
                if finding is not None:
                    yield finding
            earlier = {source: (name, path) for source, (path, _) in copies.items()} | earlier


def _source(path: str) -> str | None:
    """The source that the name of a picture tells, if it does."""
    return path.rpartition("/")[2].partition(_MARK)[0] if _MARK in path else None


def _place(data: Data) -> Origin:
    return data.locate() if data.content is None else Origin(data.content.path)
