"""What stands more than once in a segment: hashes tell that it does, frames that are read again where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import TypeAlias

from lading.model.dataset import Dataset
from lading.model.frame import Data, Frame
from lading.model.report import Origin, Report

#: The hashes of what a frame has, each with its file and place.
Things: TypeAlias = Callable[[Frame], Iterable[tuple[int, Data | None, Origin | None]]]


def repeated(
    dataset: Dataset, segment: str, hashes: Set[int], things: Things
) -> Iterator[tuple[Frame, Data | None, str]]:
    """Where what has one of these hashes stands again, with words that tell where it stood first."""
    if not hashes:
        return
    firsts: dict[int, str] = {}
    for frame in dataset.frames(segment, report=Report()):
        for key, data, at in things(frame):
            if key in firsts:
                yield frame, data, firsts[key]
            elif key in hashes:
                firsts[key] = f", first in frame {frame.key!r}" if at is None else f", first at {at}"
