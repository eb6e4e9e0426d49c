"""The reports for people: findings as they come, a line each; or grouped by rule, with their place in the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lading.model.report import Finding
from lading.validate.codes import Explained
from lading.validate.reports.excerpt import Excerpts
from lading.validate.reports.gathered import Gathered
from lading.wording import counted

#: What the summary of a check that did not reach the end of the dataset has behind it.
NOT_WHOLE = ", up to where the check ended"


def render_text(findings: Iterable[Finding], *, limit: int | None = 20) -> Iterator[str]:
    """`place: severity rule: message`, the first `limit` of each rule (None: all), then a summary.

    Lines come while findings do, so a long run shows its first ones at once.
    """
    rules: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    for finding in findings:
        rules[finding.rule] += 1
        severities[finding.severity] += 1
        if limit is None or rules[finding.rule] <= limit:
            yield f"{_place(finding)}{finding.severity} {finding.rule}: {_one_line(finding.message)}"
    for rule, count in rules.items():
        if limit is not None and count > limit:
            yield f"... and {count - limit:,} more of {rule}"
    yield summary_line(severities["error"], severities["warning"])


def render_groups(
    gathered: Gathered,
    rules: Mapping[str, Explained],
    excerpts: Excerpts | None = None,
    *,
    examples: int = 5,
    known: int = 0,
) -> Iterator[str]:
    """A block a rule, errors first: count, what should hold, the first places and what stands there, how to mend.

    `known` findings were held back, which the summary says where there are no others; and that the check did not reach
    the end of the dataset, where it did not.
    """
    for code, severity, count, kept in gathered.by_rule():
        rule = rules.get(code)
        yield f"{severity} {code}: {count:,}" + ("" if rule is None else f" - {rule.title}")
        for finding in kept[:examples]:
            yield f"  {_place(finding)}{_one_line(finding.message)}"
            shown = None if excerpts is None else excerpts.show(finding)
            if shown:
                yield f"      | {_one_line(shown)}"
        if not kept:
            yield "  not listed, for there were as many as wanted before"
        elif count > min(len(kept), examples):
            yield f"  ... and {count - min(len(kept), examples):,} more"
        if rule is not None and rule.fix:
            yield f"  to mend: {rule.fix}"
        yield ""
    summary = gathered.summary
    is_new = not known or gathered.counts
    line = summary_line(summary["error"], summary["warning"]) if is_new else f"nothing wrong but {known:,} known"
    yield line if gathered.ended is None else f"{line}{NOT_WHOLE}"


def _place(finding: Finding) -> str:
    if finding.where is not None:
        return f"{_one_line(finding.where)}: "
    if finding.pointer is not None:  # of the catalog that the format declares, which lies in no file
        return f"{finding.rule.partition('.')[0]}{_one_line(f'#{finding.pointer}')}: "
    parts = [part for part in (finding.segment, finding.frame, finding.sensor) if part is not None]
    return f"{_one_line('/'.join(parts))}: " if parts else ""


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def summary_line(errors: int, warnings: int) -> str:
    """How much was found, in a line."""
    if not errors and not warnings:
        return "nothing wrong"
    return f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
