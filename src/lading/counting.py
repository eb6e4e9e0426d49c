"""Frames counted in one pass, by one process or several: counts and what is told come in the order of the frames."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Protocol, Self, TypeAlias, TypeVar

from lading.errors import OptionError
from lading.model.dataset import Dataset, Part, Progress, Segment, all_frames
from lading.model.frame import Frame
from lading.model.report import Report
from lading.model.tally import Tallies
from lading.parallel import Shares


class Counts(Protocol):
    """What frames are counted in; that of a part is merged into one."""

    def add(self, segment: Segment, frame: Frame) -> None:
        """Count one frame."""

    def merge(self, other: Self) -> None:
        """Count in what another counted."""


C = TypeVar("C", bound=Counts)

#: What a process tells of a segment: its counts and what its reader said.
_Told: TypeAlias = tuple[C, Report]


def count_frames(make: Callable[[], C], dataset: Dataset, report: Report, progress: Progress | None, jobs: int) -> C:
    """All frames in what `make` makes, counted by `jobs` processes; what the reader says on the way goes to `report`.

    Raises OptionError for fewer than one job, and what the reader raises.
    """
    if jobs < 1:
        raise OptionError(f"jobs: expected 1 or more, found {jobs}")
    total = make()
    if jobs == 1:
        for segment, frame in all_frames(dataset, report, progress=progress):
            total.add(segment, frame)
        return total
    given = make, dataset, report.limit, report.stop_on_error
    shares: Shares[_Told[C]] = Shares(_share, jobs, *given, progress=progress, workers=dataset.workers)
    tallies = Tallies(jobs)
    for counts, said in shares:
        total.merge(counts)
        report.merge(said)
        tallies.take(said.tallies, report)
    return total


def _share(
    part: Part, progress: Progress, make: Callable[[], C], dataset: Dataset, limit: int, is_stopping: bool
) -> Generator[tuple[int, _Told[C] | None], None, None]:
    """The work of one process of several."""
    done = 0
    for number, segment in enumerate(dataset.segments):
        yield number, None  # so that an error has its place
        counts, report = make(), Report(limit=limit, stop_on_error=is_stopping, is_of_part=True)
        for _, frame in all_frames(dataset, report, [segment.name], part=part):
            counts.add(segment, frame)
            done += 1
            if done % 50 == 0:
                progress(done, None)
        yield number, (counts, report)
    progress(done, None)
