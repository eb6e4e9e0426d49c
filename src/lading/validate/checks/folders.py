"""Findings about files, by their folders: of a folder most of whose files have one alike, it is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from posixpath import dirname
from typing import NamedTuple, TypeAlias

import msgspec

from lading.model.dataset import Dataset, Part
from lading.model.report import Finding


class _Kept(NamedTuple):
    """A finding; its segment, part and turn sort as one process would have met it."""

    rank: tuple[int, int, int]
    finding: Finding


#: How many files of each folder were looked at, and what was found in them, by folder and rule.
Memory: TypeAlias = tuple[Counter[str], dict[tuple[str, str], list[_Kept]]]


class Folders:
    """Keeps findings about files till all files were seen; `alike` are the words for files that have the same."""

    def __init__(self, dataset: Dataset, alike: str) -> None:
        self._alike = alike
        self._segments = {segment.name: number for number, segment in enumerate(dataset.segments)}
        self._turn = 0
        self._looked: Counter[str] = Counter()
        self._found: dict[tuple[str, str], list[_Kept]] = {}

    def add(self, path: str, *findings: Finding | None) -> None:
        """Take a file that was looked at, and what is wrong with it."""
        folder = dirname(path)
        self._looked[folder] += 1
        for finding in findings:
            if finding is not None:
                self._turn += 1
                rank = (self._segments.get(finding.segment or "", len(self._segments)), 1, self._turn)
                self._found.setdefault((folder, finding.rule), []).append(_Kept(rank, finding))

    @property
    def memory(self) -> Memory:
        """What is kept, to be absorbed by another."""
        return self._looked, self._found

    def absorb(self, memory: Memory, part: Part) -> None:
        """Take over what another kept of a part."""
        self._looked.update(memory[0])
        for key, found in memory[1].items():
            later = [one._replace(rank=(one.rank[0], part[0], one.rank[2])) for one in found]
            self._found.setdefault(key, []).extend(later)

    def finish(self) -> Iterator[Finding]:
        """What was found, in order; where most files of a folder have it, the first with their number."""
        told: list[_Kept] = []
        for (folder, _), found in self._found.items():
            looked, first = self._looked[folder], min(found, key=_rank)
            if len(found) == 1 or 2 * len(found) <= looked:
                told += found
            else:
                message = f"{first.finding.message}; {len(found):,} of {looked:,} {self._alike}"
                told.append(first._replace(finding=msgspec.structs.replace(first.finding, message=message)))
        yield from (one.finding for one in sorted(told, key=_rank))


def _rank(kept: _Kept) -> tuple[int, int, int]:
    return kept.rank
