"""The report to look at: one HTML file without anything outside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from typing import Any, TypeAlias

from lading.errors import InputError
from lading.model.dataset import Dataset, Progress, all_frames
from lading.model.report import Finding, Report
from lading.render.plots import bars
from lading.stats import Statistics, filled
from lading.validate.codes import Explained
from lading.validate.reports.excerpt import Excerpts
from lading.validate.reports.gathered import Gathered
from lading.validate.reports.pictures import EACH, Pictures, table_of

Json: TypeAlias = dict[str, Any]

#: Findings that are listed, about; of each rule and level the first are, whatever the others have.
_LISTED = 5_000
LISTED_EACH = 200
#: Before the reason for which a check ended early.
_ENDED = "The check ended before the dataset did, and what follows was not looked at: "
#: Rows of a plot.
_ROWS = 25


def render_html(
    dataset: Dataset,
    gathered: Gathered,
    rules: Mapping[str, Explained],
    *,
    excerpts: Excerpts | None = None,
    progress: Progress | None = None,
) -> str:
    """The whole page. The dataset is read once more, for its numbers and for the pictures of the first findings.

    Raises InputError where the dataset can't be read to its end, unless the check had not either, which the page says.
    """
    groups = gathered.by_rule()
    listed = _chosen([kept for *_, kept in groups])
    statistics = Statistics()
    pictures = Pictures(dataset, listed)
    try:
        for segment, frame in all_frames(dataset, Report(), progress=progress):
            statistics.add(segment, frame)
            pictures.see(segment, frame)
    except InputError:
        if gathered.ended is None:
            raise
    numbers = statistics.to_json(dataset)
    shown = [_finding(finding, excerpts) for finding in listed]
    data = {
        "findings": shown,
        "total": gathered.counts.total(),
        "summary": [_group(code, level, count, listed, pictures, rules) for code, level, count, _ in groups],
        "rules": {code: {"fix": rules[code].fix} for code, _, _, _ in groups if code in rules},
        "pictures": table_of(pictures.made),
        "lacking": {str(number): why for number, why in pictures.lacking.items()},
        "each": EACH,
    }
    page = resources.files("lading.validate.reports") / "page.html"
    return Template(page.read_text("utf-8")).substitute(
        title=escape(_plain(f"{dataset.name}: check")),
        subtitle=escape(_plain(_subtitle(dataset, numbers))),
        ended="" if gathered.ended is None else f'<p class="ended">{escape(_plain(_ENDED + gathered.ended))}</p>',
        tiles=_tiles(gathered, numbers),
        plots=_plots(numbers),
        data=_embedded(data),
    )


def _chosen(groups: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Those that are listed, in the order of the groups: the first of each, so that none crowds out another."""
    each = min(LISTED_EACH, max(1, _LISTED // max(1, len(groups))))
    return [finding for group in groups for finding in group[:each]]


def _finding(finding: Finding, excerpts: Excerpts | None) -> Json:
    keys = ("rule", "severity", "segment", "frame", "sensor", "file", "pointer", "line", "message")
    row = {key: getattr(finding, key) for key in keys}
    row["excerpt"] = None if excerpts is None else excerpts.show(finding)
    return row


def _group(
    code: str, level: str, count: int, listed: Sequence[Finding], pictures: Pictures, rules: Mapping[str, Explained]
) -> Json:
    numbers = [n for n, finding in enumerate(listed) if finding.rule == code and finding.severity == level]
    first = numbers[0] if numbers else None
    return {
        "rule": code,
        "severity": level,
        "count": count,
        "title": rules[code].title if code in rules else "" if first is None else listed[first].message,
        "first": first,
        "shown": next((n for n in numbers if n in pictures.made), first),
    }


def _subtitle(dataset: Dataset, numbers: Json) -> str:
    kind = "sensor fusion" if dataset.is_fusion else "one file a frame"
    names = ", ".join(segment["name"] for segment in numbers["segments"][:8])
    more = f" and {len(numbers['segments']) - 8} more" if len(numbers["segments"]) > 8 else ""
    return f"{dataset.format or 'dataset'}, {kind}; segments {names}{more}"


def _tiles(gathered: Gathered, numbers: Json) -> str:
    frames = sum(segment["frames"] for segment in numbers["segments"])
    labels = sum(sum(segment["labels"].values()) for segment in numbers["segments"])
    tiles = [
        ("errors", gathered.summary["error"], "error"),
        ("warnings", gathered.summary["warning"], "warning"),
        ("frames", frames, ""),
        ("labels", labels, ""),
    ]
    return "".join(f'<div class="tile {kind}"><b>{count:,}</b>{name}</div>' for name, count, kind in tiles)


def _plots(numbers: Json) -> str:
    plots = []
    for kind, rows in numbers["categories"].items():
        shown = [(_plain(row["category"] or "no category"), row["labels"]) for row in rows[:_ROWS]]
        if len(rows) > _ROWS:
            shown.append((f"{len(rows) - _ROWS} more", sum(row["labels"] for row in rows[_ROWS:])))
        plots.append(bars(f"{kind} by category", shown))
    for title, key, unit, others in (
        ("BOX2D by size: root of the area", "boxSides", " px", numbers["otherBoxSides"]),
        ("BOX3D by distance", "boxDistances", " m", numbers["otherBoxDistances"]),
        ("Frames by number of labels", "labelsPerFrame", "", 0),
    ):
        classes = [(_class(row, unit), row["count"]) for row in filled(numbers[key])]
        plots.append(bars(title, [*classes, ("inverted or not finite", others)] if others else classes))
    segments = numbers["segments"][:_ROWS]
    plots.append(bars("Frames by segment", [(_plain(s["name"]), s["frames"]) for s in segments]))
    plots.append(bars("Labels by segment", [(_plain(s["name"]), sum(s["labels"].values())) for s in segments]))
    return "".join(plots)


def _class(row: Json, unit: str) -> str:
    if row["to"] is None:
        return f"{row['from']}{unit} and more"
    if not unit and row["to"] == row["from"] + 1:
        return str(row["from"])
    return f"{row['from']} to {row['to'] - (0 if unit else 1)}{unit}"


def _embedded(data: Json) -> str:
    """JSON that ends no script element early and that UTF-8 holds."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
