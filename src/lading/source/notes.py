"""What is wrong with a tree, gathered in bounded memory."""

from __future__ import annotations

from collections import Counter

from lading.model.report import Finding, Severity

#: How many findings of one rule are kept for one layer; the rest is counted.
LIMIT = 100


class Notes:
    """Takes findings; the first `LIMIT` of each rule are kept, the others end as one with their number."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def error(self, rule: str, message: str, file: str | None = None) -> None:
        """Take a finding of error level."""
        self._add(rule, "error", message, file)

    def warning(self, rule: str, message: str, file: str | None = None) -> None:
        """Take a finding of warning level."""
        self._add(rule, "warning", message, file)

    def _add(self, rule: str, severity: Severity, message: str, file: str | None) -> None:
        self._counts[rule, severity] += 1
        if self._counts[rule, severity] <= LIMIT:
            self._kept.append(Finding(rule=rule, severity=severity, message=message, file=file))

    def findings(self, label: str) -> list[Finding]:
        """What was taken, with one finding more for each rule that went over the limit."""
        more = [
            Finding(rule=rule, severity=severity, message=f"{total - LIMIT} more of {rule}", file=label)
            for (rule, severity), total in self._counts.items()
            if total > LIMIT
        ]
        return self._kept + more
