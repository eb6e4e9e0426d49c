"""The report for programs: JSON, whose keys are a contract (design.md section 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lading.model.report import Finding
from lading.validate.reports.gathered import Gathered

SCHEMA_VERSION = 1

_KEYS = ("rule", "severity", "segment", "frame", "sensor", "file", "pointer", "line", "message")


def to_json(findings: Iterable[Finding] | Gathered) -> dict[str, Any]:
    """Findings and how many there are of each severity; absent places are null.

    Where the check ended before the dataset did, `ended` says why; else there is no such key.
    """
    gathered = findings if isinstance(findings, Gathered) else Gathered(findings)
    rows = [{key: getattr(finding, key) for key in _KEYS} for finding in gathered.findings]
    return {**_head(gathered), "findings": rows}


def render_json(findings: Iterable[Finding] | Gathered) -> Iterator[str]:
    """The JSON of `to_json`, indented, in ASCII: names that are no valid Unicode get through as well.

    A finding at a time, several lines each: as one value the report of a million findings would fill the memory.
    """
    gathered = findings if isinstance(findings, Gathered) else Gathered(findings)
    head = json.dumps(_head(gathered), indent=2).removesuffix("\n}") + ',\n  "findings": ['
    rows = gathered.findings
    if not rows:
        yield f"{head}]\n}}"
        return
    yield head
    encode = json.JSONEncoder().encode
    for number, finding in enumerate(rows, 1):
        values = [(key, getattr(finding, key)) for key in _KEYS]
        lines = [f'      "{key}": {"null" if value is None else encode(value)}' for key, value in values]
        yield "    {\n" + ",\n".join(lines) + ("\n    }," if number < len(rows) else "\n    }")
    yield "  ]\n}"


def _head(gathered: Gathered) -> dict[str, Any]:
    head = {"schemaVersion": SCHEMA_VERSION, "summary": dict(gathered.summary)}
    return head if gathered.ended is None else {**head, "ended": gathered.ended}
