"""Defects of single records that a reader meets frame by frame, told once with their number where many have them."""

from __future__ import annotations

from collections import Counter

import msgspec

from lading.model.report import Finding, Origin, Report, Severity

#: So many are told one by one though they are most.
_FEW = 2
#: Of more not each is kept.
_MANY = 1_000


class Recurring:
    """A `Tally` of such findings, by groups of records."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self._totals: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._kept: dict[tuple[str, str, str], list[Finding]] = {}

    def saw(self, group: str, count: int) -> None:
        """Count records of a group, those without a defect too."""
        self._totals[group] += count

    def take(
        self, severity: Severity, rule: str, message: str, origin: Origin, *, group: str, noun: str, kind: str = ""
    ) -> None:
        """Take a finding of a record of a group, in the plural a `noun`; those of one rule and `kind` are alike."""
        file, pointer, line = origin.file, origin.pointer, origin.line
        found = Finding(rule=rule, severity=severity, message=message, file=file, pointer=pointer, line=line)
        self._add((rule + kind, group, noun), [found], 1)

    def merge(self, later: Recurring) -> None:
        """Count in what follows; the first places are these."""
        self._totals.update(later._totals)
        for key, found in later._kept.items():
            self._add(key, found, later._counts[key])

    def _add(self, key: tuple[str, str, str], found: list[Finding], count: int) -> None:
        kept = self._kept.setdefault(key, [])
        kept += found[: _MANY - len(kept)]
        self._counts[key] += count

    def tell(self, report: Report) -> None:
        """Each finding, or the first with the number of all where these are many, or most of their group."""
        for key, kept in self._kept.items():
            _, group, noun = key
            count, total = self._counts[key], self._totals[group]
            if count > _MANY or (count > _FEW and 2 * count > total):
                message = f"{kept[0].message}; so it is with {count:,} {noun} of {total:,}"
                kept = [msgspec.structs.replace(kept[0], message=message)]
            for finding in kept:
                report.add(finding)
