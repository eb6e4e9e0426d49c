"""The report for code-scanning viewers: SARIF 2.1.0, one run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import metadata
from typing import Any, TypeAlias
from urllib.parse import quote

from lading.model.hash_table import HashTable
from lading.model.report import Finding
from lading.validate.codes import Explained
from lading.validate.reports.excerpt import Opener
from lading.validate.reports.lines import PointerLines

Json: TypeAlias = dict[str, Any]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/lading/lading"
#: What the paths of findings are below: the dataset, or the folder that a code-scanning viewer calls the sources.
_DATASET, _SOURCES = "SOURCE", "%SRCROOT%"

#: How the list of results stands in the log while it is empty; within texts, quotes are escaped.
_NO_RESULTS = '"results": []'
_INDENT = " " * 8


def render_sarif(
    findings: Iterable[Finding],
    rules: Mapping[str, Explained],
    *,
    source: str | None = None,
    folder: str | None = None,
    outside: Collection[str] = (),
    opener: Opener = lambda path: None,
    failure: str | None = None,
) -> Iterator[str]:
    """The log of a run as JSON: the rules that found something, and a result a finding; `source` tells what was read.

    The findings are gone through twice, and none of them is kept. Each result is a line: to indent it takes four times
    as long.

    A finding stands at its line, or at that of its pointer in the file that `opener` gives; at the first where none is
    known, for viewers refuse what has no place. Its pointer is the result's logical location. `folder` is the
    dataset's, relative to the sources that a viewer shows (`""` for them themselves): the paths of files are below it,
    but for those that lie `outside` of the dataset. `failure` is what ended the check before the dataset did.
    """
    levels: dict[str, str] = {}
    lines = PointerLines(opener)
    for finding in findings:
        levels.setdefault(finding.rule, finding.severity)
        lines.want(finding)
    index = {code: number for number, code in enumerate(levels)}
    places = _Places(folder, outside, lines)
    whole = _log(levels, rules, source if folder is None else None, failure)
    log = json.dumps(whole, indent=2, allow_nan=False)
    head, _, tail = log.partition(_NO_RESULTS)
    before = f'{head}"results": ['
    for finding in findings:
        yield before
        before = f"{_INDENT}{json.dumps(_result(finding, index[finding.rule], places), allow_nan=False)},"
    if not levels:
        yield log
        return
    yield before.removesuffix(",")
    yield f"      ]{tail}"


def _log(levels: Mapping[str, str], rules: Mapping[str, Explained], source: str | None, failure: str | None) -> Json:
    """The log but for its results."""
    driver = {
        "name": "lading",
        "version": metadata.version("lading"),
        "informationUri": _HOME,
        "rules": [_rule(code, level, rules.get(code)) for code, level in levels.items()],
    }
    run: Json = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": []}
    if failure is not None:  # 3.20.14: without this a log of no results says that nothing is wrong
        told = [{"level": "error", "message": {"text": _plain(failure)}}]
        run["invocations"] = [{"executionSuccessful": False, "toolExecutionNotifications": told}]
    if source is not None:
        run["originalUriBaseIds"] = {_DATASET: {"description": {"text": f"The dataset: {_plain(source)}"}}}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, level: str, rule: Explained | None) -> Json:
    title = code if rule is None else rule.title
    fix = "The page of the format tells of it." if rule is None else rule.fix or title
    example = f" Bad: {rule.bad}. Good: {rule.good}." if rule is not None and rule.bad else ""
    return {
        "id": code,
        "defaultConfiguration": {"level": level},
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title}.{example}"},
        "help": {"text": f"{fix}{example}"},
    }


class _Places:
    """Where results stand, and what tells them apart from run to run."""

    def __init__(self, folder: str | None, outside: Collection[str], lines: PointerLines) -> None:
        self._folder = folder
        self._lines = lines
        self._outside = frozenset(outside)
        self._met = HashTable()
        self._again: Counter[str] = Counter()  # of those that are met more than once

    def physical(self, finding: Finding) -> Json:
        """The file and line; the dataset itself where a finding has no file."""
        file, base = finding.file, _DATASET if self._folder is None else _SOURCES
        if file is not None and file in self._outside:
            base = _SOURCES
        elif self._folder:
            file = self._folder if file is None else f"{self._folder}/{file}"
        uri = quote((file or ".").encode("utf-8", "surrogateescape"), safe="/")
        line = self._lines.line(finding) or 1
        return {"artifactLocation": {"uri": uri, "uriBaseId": base}, "region": {"startLine": line}}

    def fingerprint(self, finding: Finding) -> str:
        """The same after edits elsewhere: not by line and pointer, which move, but by what is said of which frame."""
        parts = (finding.rule, finding.segment, finding.frame, finding.sensor, finding.file, finding.message)
        digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
        number = int(digest[:16], 16)
        if number in self._met:
            self._again[digest] += 1
        self._met.setdefault(number)
        return f"{digest}:{self._again[digest] + 1}"


def _result(finding: Finding, rule_index: int, places: _Places) -> Json:
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": _plain(_message(finding))},
        "partialFingerprints": {"primaryLocationLineHash": places.fingerprint(finding)},
    }
    location: Json = {"physicalLocation": places.physical(finding)}
    logical = [{"fullyQualifiedName": _plain(name), "kind": kind} for name, kind in _names(finding)]
    if logical:
        location["logicalLocations"] = logical
    result["locations"] = [location]
    return result


def _message(finding: Finding) -> str:
    """What is said, with the pointer where no line tells the place: viewers show no logical locations."""
    if finding.line is None and finding.pointer:
        return f"{finding.pointer}: {finding.message}"
    return finding.message


def _names(finding: Finding) -> Iterable[tuple[str, str]]:
    if finding.pointer is not None:
        yield finding.pointer, "value"
    parts = [part for part in (finding.segment, finding.frame, finding.sensor) if part is not None]
    if parts:
        yield "/".join(parts), "member"


def _plain(text: str) -> str:
    """Text that UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
