"""Findings that were gathered for a report: all are counted, as many as are wanted are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from lading.backlog import Backlog
from lading.model.report import Finding, Severity

#: Findings that are kept as they are; of more there may be a million, which would take half a gigabyte.
_FRESH = 20_000
#: Bytes of packed findings in memory; the others are in a temporary file.
_HELD_BYTES = 16 << 20


class Gathered:
    """Findings in the order they came; `counts` has how many there were of each rule and severity, kept or not.

    `ended` is why the check ended before the dataset did; None where it did not.

    At most `limit` are kept, and `limit_each` of each rule; they can be gone through again and again. Beyond some
    thousands they are kept packed, and then in a temporary file: NoRoomError where it has no room.
    """

    def __init__(
        self, findings: Iterable[Finding] = (), *, limit: int | None = None, limit_each: int | None = None
    ) -> None:
        self.findings: Backlog[Finding] = Backlog("the findings of a report", fresh=_FRESH, held=_HELD_BYTES)
        self.counts: Counter[tuple[str, Severity]] = Counter()
        self.ended: str | None = None
        for finding in findings:
            key = (finding.rule, finding.severity)
            self.counts[key] += 1
            has_room = limit is None or len(self.findings) < limit
            if has_room and (limit_each is None or self.counts[key] <= limit_each):
                self.findings.put(finding)

    @property
    def summary(self) -> Mapping[str, int]:
        """How many there were of each severity."""
        return {level: sum(n for (_, had), n in self.counts.items() if had == level) for level in ("error", "warning")}

    @property
    def left_out(self) -> int:
        """How many were counted and not kept."""
        return self.counts.total() - len(self.findings)

    def by_rule(self) -> list[tuple[str, Severity, int, list[Finding]]]:
        """Rule, severity, count and those that were kept: errors first, then the most frequent."""
        kept: dict[tuple[str, Severity], list[Finding]] = {}
        for finding in self.findings:
            kept.setdefault((finding.rule, finding.severity), []).append(finding)
        order = sorted(self.counts, key=lambda key: (key[1] != "error", -self.counts[key], key[0]))
        return [(*key, self.counts[key], kept.get(key, [])) for key in order]
