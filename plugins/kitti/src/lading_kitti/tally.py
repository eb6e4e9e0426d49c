"""What is counted over the frames of a segment, to be told once: several counts, gathered as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lading import Report, Tally


@dataclass
class SegmentTally:
    """The counts of a segment, or of a part of it, in an order that is always the same."""

    segment: str
    counts: Sequence[Tally]

    def merge(self, later: SegmentTally) -> None:
        """Count in what those of the next part of the segment have."""
        for count, more in zip(self.counts, later.counts, strict=True):
            count.merge(more)

    def tell(self, report: Report) -> None:
        """Tell each."""
        for count in self.counts:
            count.tell(report)
