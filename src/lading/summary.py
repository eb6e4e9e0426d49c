"""Counting what is in a dataset, in one pass, by one process or several."""

from __future__ import annotations

from collections.abc import Generator

from lading.errors import OptionError
from lading.model.counting import Summary, Tally
from lading.model.dataset import Dataset, Part, Progress, all_frames
from lading.model.report import Report
from lading.parallel import Shares


def summarize(
    dataset: Dataset, report: Report | None = None, progress: Progress | None = None, *, jobs: int = 1
) -> Summary:
    """Count a dataset's frames, files, labels and categories in one pass, shared by `jobs` processes.

    What the reader reports on the way goes to `report`, a fresh one by default, and counts together with what it
    said on opening. Raises OptionError for fewer than one job, and what the reader raises.
    """
    if jobs < 1:
        raise OptionError(f"jobs: expected 1 or more, found {jobs}")
    heard = report if report is not None else Report()
    if jobs == 1:
        tally = Tally()
        for segment, frame in all_frames(dataset, heard, progress=progress):
            tally.add(segment, frame)
        return tally.summary(dataset, heard)
    total = Tally()
    shares: Shares[None] = Shares(
        _share, jobs, dataset, heard.stop_on_error, progress=progress, workers=dataset.workers
    )
    for _ in shares:
        pass
    for part, said in shares.results:
        total.merge(part)
        heard.merge(said)
    return total.summary(dataset, heard)


def _share(
    part: Part, progress: Progress, dataset: Dataset, is_stopping: bool
) -> Generator[tuple[int, None], None, tuple[Tally, Report]]:
    """The work of one process of several: nothing on the way, its counts at the end."""
    tally, report = Tally(), Report(stop_on_error=is_stopping)
    for segment, frame in all_frames(dataset, report, progress=progress, part=part):
        tally.add(segment, frame)
    yield from ()
    return tally, report
