"""The report for code-scanning viewers: SARIF 2.1.0, one run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any, TypeAlias
from urllib.parse import quote

from lading.model.report import Finding
from lading.plugin.contracts import Rule

Json: TypeAlias = dict[str, Any]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/lading/lading"
#: The root that the paths of findings are below.
_ROOT = "SOURCE"


def to_sarif(findings: Iterable[Finding], rules: Mapping[str, type[Rule]], *, source: str | None = None) -> Json:
    """The log of a run: the rules that found something, and a result a finding; `source` tells the path that was read.

    A finding stands at its line where one is known; its pointer is the result's logical location.
    """
    listed = list(findings)
    codes = list(dict.fromkeys(finding.rule for finding in listed))
    index = {code: number for number, code in enumerate(codes)}
    levels = {finding.rule: finding.severity for finding in reversed(listed)}
    driver = {
        "name": "lading",
        "version": metadata.version("lading"),
        "informationUri": _HOME,
        "rules": [_rule(code, levels[code], rules.get(code)) for code in codes],
    }
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule]) for finding in listed],
    }
    if source is not None:
        run["originalUriBaseIds"] = {_ROOT: {"description": {"text": f"The dataset: {_plain(source)}"}}}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, level: str, rule: type[Rule] | None) -> Json:
    described: Json = {"id": code, "defaultConfiguration": {"level": level}}
    if rule is not None:
        described["shortDescription"] = {"text": rule.title}
        if rule.fix:
            example = f" Bad: {rule.bad}. Good: {rule.good}." if rule.bad else ""
            described["help"] = {"text": f"{rule.fix}{example}"}
    return described


def _result(finding: Finding, rule_index: int) -> Json:
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": _plain(finding.message)},
        "partialFingerprints": {"place/v1": _fingerprint(finding)},
    }
    location: Json = {}
    if finding.file is not None:
        uri = quote(finding.file.encode("utf-8", "surrogateescape"), safe="/")
        physical: Json = {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}}
        if finding.line is not None:
            physical["region"] = {"startLine": finding.line}
        location["physicalLocation"] = physical
    logical = [{"fullyQualifiedName": _plain(name), "kind": kind} for name, kind in _names(finding)]
    if logical:
        location["logicalLocations"] = logical
    if location:
        result["locations"] = [location]
    return result


def _names(finding: Finding) -> Iterable[tuple[str, str]]:
    if finding.pointer is not None:
        yield finding.pointer, "value"
    parts = [part for part in (finding.segment, finding.frame, finding.sensor) if part is not None]
    if parts:
        yield "/".join(parts), "member"


def _fingerprint(finding: Finding) -> str:
    parts = (finding.rule, finding.segment, finding.frame, finding.sensor, finding.file, finding.pointer, finding.line)
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _plain(text: str) -> str:
    """Text that UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
