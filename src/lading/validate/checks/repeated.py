"""What stands more than once in a segment: hashes tell that it does, frames that are read again where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import TypeAlias

from lading.model.dataset import Dataset, Part
from lading.model.frame import Data, Frame
from lading.model.report import Report

#: The hashes of what a frame has, each with its file where it is that of a file.
Things: TypeAlias = Callable[[Frame], Iterable[tuple[int, Data | None]]]


def repeated(
    dataset: Dataset, segment: str, part: Part, hashes: Set[int], things: Things
) -> Iterator[tuple[Frame, Data | None, str]]:
    """Where in a part what has one of these hashes stands again, with words that tell where it stood first."""
    if not hashes:
        return
    firsts: dict[int, str] = {}
    for frame in dataset.frames(segment, part, Report()):
        for key, data in things(frame):
            if key not in hashes:
                continue
            if key in firsts:
                yield frame, data, firsts[key]
            else:
                first = data or next(iter(frame.data), None)
                firsts[key] = f", first in frame {frame.key!r}" if first is None else f", first at {first.locate()}"
