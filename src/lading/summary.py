"""Counting what is in a dataset, in one pass, by one process or several."""

from __future__ import annotations

from lading.counting import count_frames
from lading.model.counting import Summary, Tally
from lading.model.dataset import Dataset, Progress
from lading.model.report import Report


def summarize(
    dataset: Dataset, report: Report | None = None, progress: Progress | None = None, *, jobs: int = 1
) -> Summary:
    """Count a dataset's frames, files, labels and categories in one pass, shared by `jobs` processes.

    What the reader reports on the way goes to `report`, a fresh one by default, and counts together with what it
    said on opening. Raises OptionError for fewer than one job, and what the reader raises.
    """
    heard = report if report is not None else Report()
    return count_frames(Tally, dataset, heard, progress, jobs).summary(dataset, heard)
