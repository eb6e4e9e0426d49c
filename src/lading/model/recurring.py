"""Defects of single records that are met one by one, told once with their number where many records have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lading.model.report import Finding, Origin, Report, Severity

#: Parts of a group of records of which more have a defect that is told once: half; a tenth, where single ones are
#: slips; any at all.
MOST, MANY, ANY = 0.5, 0.1, 0.0
#: So many are told one by one though they are most.
_FEW = 2
#: Of more not each is kept, and the first is told with their number.
KEPT = 1_000
#: Of more values only the first is told.
_VALUES = 100


def is_often(count: int, total: int, share: float = MOST) -> bool:
    """Whether so many records out of all have what is told once: more than a `share` of these, or very many."""
    return count > KEPT or (count > _FEW and count > share * total)


def as_often(count: int, total: int, noun: str) -> str:
    """What a message ends in that tells of so many records, called `noun` in the plural, out of all."""
    return f"; so it is with {count:,} {noun} of {total:,}"


class _Group(NamedTuple):
    """What findings have in common that may be told as one; the names are as `take` has them."""

    rule: str
    group: str
    noun: str
    share: float
    values: str


class _Alike(msgspec.Struct):
    """Findings of one kind: how many there are, and the first of them."""

    count: int = 0
    kept: list[Finding] = []

    def add(self, found: list[Finding], count: int) -> None:
        self.kept += found[: KEPT - len(self.kept)]
        self.count += count


class Recurring:
    """A `Tally` of such findings, by groups of records."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self._totals: Counter[str] = Counter()
        self._found: dict[_Group, dict[str, _Alike]] = {}

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
        values: str = "",
        share: float = MOST,
    ) -> None:
        """Take a finding that stands in a record, as `add` does."""
        file, pointer, line = origin.file, origin.pointer, origin.line
        found = Finding(rule=rule, severity=severity, message=message, file=file, pointer=pointer, line=line)
        self.add(found, group=group, noun=noun, kind=kind, values=values, share=share)

    def add(
        self, finding: Finding, *, group: str, noun: str, kind: str = "", values: str = "", share: float = MOST
    ) -> None:
        """Take a finding of a record of a group, in the plural `noun`; those of one rule and `kind` are alike.

        They are told once where more than a `share` of the group have them. Kinds that are `values`, called so, are
        all told as one where these are very many, or most of the group have some.
        """
        self._add(_Group(finding.rule, group, noun, share, values), kind, [finding], 1)

    def is_counted(
        self, rule: str, *, group: str, noun: str, kind: str = "", values: str = "", share: float = MOST
    ) -> bool:
        """Count one more of a kind of which no more are kept; whether that is so, else `take` or `add` has to."""
        alike = self._found.get(_Group(rule, group, noun, share, values), {}).get(kind)
        if alike is None or len(alike.kept) < KEPT:
            return False
        alike.count += 1
        return True

    def merge(self, later: Recurring) -> None:
        """Count in what follows; the first places are these."""
        self._totals.update(later._totals)
        for group, kinds in later._found.items():
            for kind, alike in kinds.items():
                self._add(group, kind, alike.kept, alike.count)

    def _add(self, group: _Group, kind: str, found: list[Finding], count: int) -> None:
        kinds = self._found.setdefault(group, {})
        if group.values and kind not in kinds and len(kinds) > _VALUES:
            kind = next(reversed(kinds))  # which stands for all further ones
        kinds.setdefault(kind, _Alike()).add(found, count)

    def findings(self) -> Iterator[Finding]:
        """Each finding, or the first with the number of all where these are often."""
        for group, kinds in self._found.items():
            total, count = self._totals[group.group], sum(alike.count for alike in kinds.values())
            are_often = [is_often(alike.count, total, group.share) for alike in kinds.values()]
            is_many = count > _FEW and (len(kinds) > _FEW or not all(are_often))
            if group.values and is_many and (len(kinds) > _VALUES or count > MOST * total):
                number = f"{len(kinds):,}" if len(kinds) <= _VALUES else f"more than {_VALUES:,}"
                first = next(iter(kinds.values())).kept[0]
                yield _with(first, f"{as_often(count, total, group.noun)}, of {number} {group.values}")
                continue
            for alike in kinds.values():
                if is_often(alike.count, total, group.share):
                    yield _with(alike.kept[0], as_often(alike.count, total, group.noun))
                else:
                    yield from alike.kept

    def tell(self, report: Report) -> None:
        """Tell `findings`."""
        for finding in self.findings():
            report.add(finding)


def _with(finding: Finding, more: str) -> Finding:
    return msgspec.structs.replace(finding, message=finding.message + more)
