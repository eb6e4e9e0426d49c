"""A dataset that other processes can import: its module lies in a folder of its own name on the path."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lading.errors import RecordError
from lading.model.catalog import Catalog, Category, Subcatalog
from lading.model.dataset import WHOLE, Dataset, MemoryDataset, Part, Progress, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.model.report import Finding, Origin, Report
from lading.plugin.contracts import Checker, Rule


class Reading(MemoryDataset):
    """Reports a finding and a loss at every third frame, as a reader would; `broken` names a frame that ends it.

    With `pids` it also reports which processes read it.
    """

    broken: str | None = None
    kills: str | None = None
    pids: bool = False

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        heard = report if report is not None else self.report
        for frame in super().frames(segment, part):
            if self.pids:
                heard.loss(f"read by {os.getpid()}", frame.key)
            if frame.key == self.broken:
                raise RecordError("a.json", pointer=f"/{frame.key}", expected="a record", found="none")
            if frame.key == self.kills:
                os.kill(os.getpid(), signal.SIGKILL)
            if int(frame.key) % 3 == 0:
                heard.warning("reader.odd", f"frame {frame.key}", Origin("a.json", f"/{frame.key}"), segment=segment)
                heard.loss("oddness", frame.key)
            yield frame


class Telling(MemoryDataset):
    """Tells a finding and a loss at every frame, and another loss from frame 90 of `a` on.

    `broken` are frames that end it.
    """

    broken: frozenset[str] = frozenset()

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        heard = report if report is not None else self.report
        for frame in super().frames(segment, part):
            here = f"{segment} {frame.key}"
            if here in self.broken:
                raise RecordError("a.json", pointer=f"/{here}", expected="a record", found="none")
            heard.warning("reader.odd", here, segment=segment)
            heard.loss(f"in {segment}", here)
            if segment == "b" or int(frame.key) >= 90:
                heard.loss("late", here)
            yield frame


class Counted:
    """Frames of a segment, and the first of them."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self.keys: list[str] = []

    def merge(self, later: Counted) -> None:
        self.keys += later.keys

    def tell(self, report: Report) -> None:
        if self.keys:
            message = f"{self.segment}: {len(self.keys)} frames from {self.keys[0]} on"
            report.warning("reader.count", message, segment=self.segment)


class Counting(MemoryDataset):
    """Tells how many frames a segment has; `broken` names one that ends it."""

    broken: str | None = None

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        counted = Counted(segment)
        for frame in super().frames(segment, part):
            if frame.key == self.broken:
                raise RecordError("a.json", pointer=f"/{frame.key}", expected="a record", found="none")
            counted.keys.append(frame.key)
            yield frame
        (report if report is not None else self.report).gather(counted)


class Quiet(Checker):
    """Says nothing, and keeps nothing."""

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        return ()


class QuietRule(Rule):
    code = "mine.quiet"
    severity = "warning"
    title = "says nothing"

    def start(self, dataset: Dataset, catalog: Catalog) -> Checker:
        return Quiet()


class Silent(Quiet):
    """Says nothing, and remembers what cannot be given to another process."""

    def memory(self) -> object:
        return lambda: None


class SilentRule(QuietRule):
    code = "mine.silent"

    def start(self, dataset: Dataset, catalog: Catalog) -> Checker:
        return Silent()


class HereAlone(MemoryDataset):
    """Loads in the process that made it alone."""

    def __setstate__(self, state: dict[str, object]) -> None:
        raise ValueError("no place here")


def box(name: str, xmin: float = 1) -> Box2D:
    return Box2D(xmin=xmin, ymin=1, xmax=5, ymax=5, category=name)


def frame(key: int, path: str) -> Frame:
    names = ["car", "dog", "car", "bus"][: key % 5]
    labels = [box(name, 9.0 if key % 7 == 0 else 1.0) for name in names]
    row = Data(path=path, remote_path=path, labels=labels, width=100, height=50, origin=Origin("a.json", f"/{key}"))
    return Frame(key=str(key), data=[row])


def dataset() -> Reading:
    train = [frame(i, f"{i % 90}.jpg") for i in range(100)]  # ten paths come twice, far from each other
    train += [frame(i, "same.jpg") for i in range(100, 105)]
    val = [frame(i, f"{i}.jpg") for i in range(41)]
    catalog = Catalog(subcatalogs={"BOX2D": Subcatalog(categories=[Category(name="car"), Category(name="bus")])})
    return Reading("d", {"train": train, "val": val, "v.1": []}, catalog=catalog)


def text(number: int) -> str:
    return f"{random.Random(number).random():.16f}" * 12


def changed(
    part: Part, progress: Progress, arrays: list[NDArray[np.float64]]
) -> Generator[tuple[int, None], None, list[NDArray[np.float64]]]:
    """Arrays as they came, each changed: all their numbers doubled, in place."""
    yield 0, None
    for array in arrays:
        array *= 2
    return arrays


def stream(part: Part, progress: Progress, done: str) -> Generator[tuple[int, str], None, None]:
    """The work of two: the second finds 20,000 texts, 15,000 of them in the first place, while the first looks on."""
    if part[0] == 2:
        yield from ((0 if number < 15_000 else 1, text(number)) for number in range(20_000))
        Path(done).touch()
        return
    until = time.monotonic() + 60
    while not Path(done).exists() and time.monotonic() < until:
        progress(0, None)  # which listens to the other
    yield 0, "first"
    yield 1, "next"


READY: list[bool] = []


def get_ready() -> None:
    """What a process does before it has work."""
    READY.append(True)


def readiness(part: Part, progress: Progress) -> Generator[tuple[int, None], None, bool]:
    """Whether this process got ready."""
    yield from ()
    return bool(READY)
