"""What checks gather of each segment: findings that are told once where many records of it have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lading.model.dataset import Dataset
from lading.model.recurring import Recurring
from lading.model.report import Finding


class Gathered:
    """Keeps how many records of each segment there are, and up to 1,000 findings of each kind."""

    def __init__(self, dataset: Dataset) -> None:
        self._segments = {segment.name: Recurring(segment.name) for segment in dataset.segments}

    def of(self, segment: str) -> Recurring:
        """What is gathered of a segment."""
        return self._segments.setdefault(segment, Recurring(segment))

    @property
    def memory(self) -> Mapping[str, Recurring]:
        """What is kept, to be absorbed by another."""
        return self._segments

    def absorb(self, memory: Mapping[str, Recurring]) -> None:
        """Take over what another kept of later records."""
        for name, later in memory.items():
            self.of(name).merge(later)

    def finish(self) -> Iterator[Finding]:
        """What was found, by segments."""
        for recurring in self._segments.values():
            yield from recurring.findings()
