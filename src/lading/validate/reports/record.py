"""The report for programs: JSON, whose keys are a contract (design.md section 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lading.model.report import Finding

SCHEMA_VERSION = 1

_KEYS = ("rule", "severity", "segment", "frame", "sensor", "file", "pointer", "line", "message")


def to_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """All findings and how many there are of each severity; absent places are null."""
    rows = [{key: getattr(finding, key) for key in _KEYS} for finding in findings]
    summary = {severity: sum(row["severity"] == severity for row in rows) for severity in ("error", "warning")}
    return {"schemaVersion": SCHEMA_VERSION, "summary": summary, "findings": rows}


def render_json(findings: Iterable[Finding]) -> Iterator[str]:
    """The JSON of `to_json`, indented, in ASCII: names that are no valid Unicode get through as well."""
    yield from json.dumps(to_json(findings), indent=2, allow_nan=False).splitlines()
