"""Findings about files, by their folders: of a folder most of whose files have one alike, it is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from posixpath import dirname
from typing import TypeAlias

import msgspec

from lading.model.report import Finding

#: How many files of each folder were looked at, and what was found in them, by folder and rule.
Memory: TypeAlias = tuple[Counter[str], dict[tuple[str, str], list[Finding]]]


class Folders:
    """Keeps findings about files till all files were seen; `alike` are the words for files that have the same."""

    def __init__(self, alike: str) -> None:
        self._alike = alike
        self._looked: Counter[str] = Counter()
        self._found: dict[tuple[str, str], list[Finding]] = {}

    def add(self, path: str, *findings: Finding | None) -> None:
        """Take a file that was looked at, and what is wrong with it."""
        folder = dirname(path)
        self._looked[folder] += 1
        for finding in findings:
            if finding is not None:
                self._found.setdefault((folder, finding.rule), []).append(finding)

    @property
    def memory(self) -> Memory:
        """What is kept, to be absorbed by another."""
        return self._looked, self._found

    def absorb(self, memory: Memory) -> None:
        """Take over what another kept."""
        self._looked.update(memory[0])
        for key, findings in memory[1].items():
            self._found.setdefault(key, []).extend(findings)

    def finish(self) -> Iterator[Finding]:
        """What was found; where most files of a folder have it, the first with their number."""
        for (folder, _), findings in self._found.items():
            looked, first = self._looked[folder], findings[0]
            if len(findings) == 1 or 2 * len(findings) <= looked:
                yield from findings
            else:
                message = f"{first.message}; {len(findings):,} of {looked:,} {self._alike}"
                yield msgspec.structs.replace(first, message=message)
