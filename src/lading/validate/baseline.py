"""What is known already: a JSON report of an earlier run, whose findings are not told again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from lading.errors import OptionError
from lading.model.report import Finding

#: What makes two findings the same: all but severity and message, which change with grades and releases.
_KEYS = ("rule", "segment", "frame", "sensor", "file", "pointer", "line")

_Token: TypeAlias = tuple[Any, ...]


class Baseline:
    """Holds back the findings of a report, each as often as the report has it; `known` counts them."""

    def __init__(self, findings: Iterable[dict[str, Any]]) -> None:
        self._left: Counter[_Token] = Counter(tuple(row.get(key) for key in _KEYS) for row in findings)
        self.known = 0

    def new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those that the report does not have."""
        for finding in findings:
            token = tuple(getattr(finding, key) for key in _KEYS)
            if self._left[token] > 0:
                self._left[token] -= 1
                self.known += 1
            else:
                yield finding

    @property
    def gone(self) -> int:
        """How many findings of the report did not come again."""
        return self._left.total()


def read_baseline(path: Path) -> Baseline:
    """A baseline from what `lading validate --json` printed. Raises OptionError for any other file."""
    try:
        report = json.loads(path.read_bytes())
    except OSError as exc:
        raise OptionError(f"{path}: expected a JSON report, found {exc.strerror}") from exc
    except ValueError as exc:
        raise OptionError(f"{path}: expected a JSON report, found {exc}") from exc
    findings = report.get("findings") if isinstance(report, dict) else None
    if not isinstance(findings, list) or not all(isinstance(row, dict) for row in findings):
        raise OptionError(f"{path}: expected a JSON report of `lading validate`, found no list `findings`")
    return Baseline(findings)
