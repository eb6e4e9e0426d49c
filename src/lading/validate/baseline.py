"""What is known already: a JSON report of an earlier run, whose findings are not told again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from lading.errors import OptionError
from lading.model.report import Finding

#: What makes two findings the same: all but severity and message, which change with grades and releases; or, in a
#: frame, all but severity and place, which moves when records come or go before it.
_PLACE = ("rule", "segment", "frame", "sensor", "file", "pointer", "line")
_SAID = ("rule", "segment", "frame", "sensor", "file", "message")

_Token: TypeAlias = tuple[Any, ...]


class Baseline:
    """Holds back the findings of a report, each as often as the report has it; `known` counts them."""

    def __init__(self, findings: Iterable[dict[str, Any]]) -> None:
        self._left: Counter[_Token] = Counter()
        self._said: dict[_Token, Counter[_Token]] = {}
        for row in findings:
            place, said = (tuple(row.get(key) for key in keys) for keys in (_PLACE, _SAID))
            self._left[place] += 1
            if row.get("frame") is not None:
                self._said.setdefault(said, Counter())[place] += 1
        self.known = 0

    def new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those that the report does not have."""
        for finding in findings:
            place, said = (tuple(getattr(finding, key) for key in keys) for keys in (_PLACE, _SAID))
            moved = (other for other in self._said.get(said, ()) if self._left[other] > 0)
            known = place if self._left[place] > 0 else next(moved, None)
            if known is None:
                yield finding
            else:
                self._left[known] -= 1
                self.known += 1

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
