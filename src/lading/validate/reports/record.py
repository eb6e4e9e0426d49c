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
    """Findings and how many there are of each severity; absent places are null."""
    gathered = findings if isinstance(findings, Gathered) else Gathered(findings)
    rows = [{key: getattr(finding, key) for key in _KEYS} for finding in gathered.findings]
    return {"schemaVersion": SCHEMA_VERSION, "summary": dict(gathered.summary), "findings": rows}


def render_json(findings: Iterable[Finding] | Gathered) -> Iterator[str]:
    """The JSON of `to_json`, indented, in ASCII: names that are no valid Unicode get through as well."""
    yield from json.dumps(to_json(findings), indent=2, allow_nan=False).splitlines()
