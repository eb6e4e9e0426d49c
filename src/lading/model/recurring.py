"""Defects of single records that are met one by one, told once with their number where many records have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lading.model.report import Finding, Origin, Report, Severity

#: So many are told one by one though they are most.
_FEW = 2
#: Of more not each is kept.
_MANY = 1_000


def is_often(count: int, total: int, share: float = 0.5) -> bool:
    """Whether so many records out of all have what is told once: more than a `share` of these, or very many."""
    return count > _MANY or (count > _FEW and count > share * total)


def as_often(count: int, total: int, noun: str) -> str:
    """What a message ends in that tells of so many records, called `noun` in the plural, out of all."""
    return f"; so it is with {count:,} {noun} of {total:,}"


class _Alike(NamedTuple):
    """What findings have in common that are one defect: rule and kind, the group and noun of their records."""

    rule: str
    group: str
    noun: str
    share: float


class Recurring:
    """A `Tally` of such findings, by groups of records."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self._totals: Counter[str] = Counter()
        self._counts: Counter[_Alike] = Counter()
        self._kept: dict[_Alike, list[Finding]] = {}

    def saw(self, group: str, count: int) -> None:
        """Count records of a group, those without a defect too."""
        self._totals[group] += count

    def take(
        self,
        severity: Severity,
        rule: str,
        message: str,
        origin: Origin,
        *,
        group: str,
        noun: str,
        kind: str = "",
        share: float = 0.5,
    ) -> None:
        """Take a finding that stands in a record, as `add` does."""
        file, pointer, line = origin.file, origin.pointer, origin.line
        found = Finding(rule=rule, severity=severity, message=message, file=file, pointer=pointer, line=line)
        self.add(found, group=group, noun=noun, kind=kind, share=share)

    def add(self, finding: Finding, *, group: str, noun: str, kind: str = "", share: float = 0.5) -> None:
        """Take a finding of a record of a group, in the plural `noun`; those of one rule and `kind` are alike.

        They are told once where more than a `share` of the group have them.
        """
        self._add(_Alike(finding.rule + kind, group, noun, share), [finding], 1)

    def merge(self, later: Recurring) -> None:
        """Count in what follows; the first places are these."""
        self._totals.update(later._totals)
        for alike, found in later._kept.items():
            self._add(alike, found, later._counts[alike])

    def _add(self, alike: _Alike, found: list[Finding], count: int) -> None:
        kept = self._kept.setdefault(alike, [])
        kept += found[: _MANY - len(kept)]
        self._counts[alike] += count

    def findings(self) -> Iterator[Finding]:
        """Each finding, or the first with the number of all where these are often."""
        for alike, kept in self._kept.items():
            count, total = self._counts[alike], self._totals[alike.group]
            if is_often(count, total, alike.share):
                message = kept[0].message + as_often(count, total, alike.noun)
                yield msgspec.structs.replace(kept[0], message=message)
            else:
                yield from kept

    def tell(self, report: Report) -> None:
        """Tell `findings`."""
        for finding in self.findings():
            report.add(finding)
