"""Frames in blocks that are judged at once, with what a reader says between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from lading.errors import PluginError
from lading.model.dataset import Segment
from lading.model.frame import Frame
from lading.model.report import Finding, Report
from lading.validate.running import Found, Running

#: Frames of a block, of the first ones fewer: what is found in the first frame is told when that is read. Of frames
#: with so many labels a block has fewer, for the memory's sake.
_FRAMES = 256
_LABELS = 4_096


class Stream(Report):
    """Hands on what a reader reports while frames are read, in order."""

    def __init__(self, *, is_of_part: bool = False) -> None:
        super().__init__(limit=0, is_of_part=is_of_part)
        self._waiting: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Take one finding."""
        self._waiting.append(finding)

    def drain(self) -> list[Finding]:
        """What came since the last time."""
        if not self._waiting:
            return []
        waiting, self._waiting = self._waiting, []
        return waiting


def block_sizes() -> Iterator[int]:
    """How many frames each block of a run has at most."""
    return chain((1 << power for power in range(_FRAMES.bit_length() - 1)), repeat(_FRAMES))


def judged(
    frames: Iterator[Frame], segment: Segment, running: Sequence[Running], stream: Stream, sizes: Iterator[int]
) -> Iterator[tuple[int, list[Finding]]]:
    """What is found, with the number of frames that it took: by the reader before a frame, then in it.

    What the reader raises, and the first PluginError of a rule, comes behind what was found in the frames before.
    """
    is_over = False
    while not is_over:
        block: list[Frame] = []
        told: Found = {}
        failure: Exception | None = None
        try:
            is_over = _fill(block, frames, next(sizes), stream, told)
        except Exception as exc:  # noqa: BLE001  raised again when the frames before it are judged
            failure = exc
            told[len(block)] = stream.drain()
        yield from _judge(block, told, segment, running)
        if failure is not None:
            raise failure


def _fill(block: list[Frame], frames: Iterator[Frame], size: int, stream: Stream, told: Found) -> bool:
    """Take the next frames of a segment; whether it has no more."""
    labels = 0
    for frame in frames:
        said = stream.drain()
        if said:
            told[len(block)] = said
        block.append(frame)
        for data in frame.data:
            labels += len(data.labels)
        if len(block) == size or labels >= _LABELS:
            return False
    told[len(block)] = stream.drain()
    return True


def _judge(
    block: list[Frame], told: Found, segment: Segment, running: Sequence[Running]
) -> Iterator[tuple[int, list[Finding]]]:
    found: Found = {}
    failed: list[tuple[int, PluginError]] = []
    if block:
        for one in running:
            failure = one.ask_all(segment, block, found)
            if failure is not None:
                failed.append(failure)
    end, error = min(failed, key=lambda failure: failure[0], default=(len(block), None))
    for number in range(end):
        if number in told:
            yield 0, told[number]
        yield 1, found.get(number, [])
    yield 0, told.get(end, [])
    if error is not None:
        raise error
