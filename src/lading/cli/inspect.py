"""`lading inspect`: what is in a dataset."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_head, print_json, print_table, print_text
from lading.cli.progress import bar

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(cls=options.Command)
@options.paths
@options.jobs
@options.categories
@options.as_json
def inspect(jobs: int | None, most: int | None, as_json: bool, **given: Any) -> int:
    """Count frames, files, labels and categories of a dataset.

    Tells also how numbers were read, and what could not be.
    """
    from lading.cli.opening import opened, print_findings
    from lading.model.report import Report
    from lading.workers import jobs_of

    with opened(given, jobs=jobs) as dataset:
        from lading import summarize  # after the other processes have started

        report = Report()
        with bar("reading labels") as show:
            summary = summarize(dataset, report, progress=show, jobs=jobs_of(dataset)).to_json()
        if as_json:
            print_json(summary)
            return 1 if summary["findings"]["error"] else 0
        _print(summary, most)
        return print_findings(dataset.report, report)


def _print(summary: Mapping[str, Any], most: int | None) -> None:
    kind = "sensor fusion" if summary["fusion"] else "one file a frame"
    print_text(f"{summary['name']}: {summary['format']}, {kind}")
    for what, rule in summary["rules"].items():
        print_text(f"{what}: {rule}")
    print_text()
    print_table(("source", "kind", "rows"), [(s["file"], s["kind"], s["rows"]) for s in summary["sources"]], right=(2,))
    print_text()
    rows = [
        (
            segment["name"],
            segment["frames"],
            segment["files"],
            segment["missingFiles"],
            ", ".join(f"{sensor['name']} ({sensor['type']})" for sensor in segment["sensors"]) or "-",
            ", ".join(f"{kind} {count:,}" for kind, count in segment["labels"].items()) or "-",
        )
        for segment in summary["segments"]
    ]
    print_table(("segment", "frames", "files", "missing", "sensors", "labels"), rows, right=(1, 2, 3))
    _print_categories(summary["categories"], most)
    print_text()


def _print_categories(counts: Mapping[str, Mapping[str, int]], most: int | None) -> None:
    """A row a category, a column a label type; those with the most labels first."""
    totals: Counter[str] = Counter()
    for categories in counts.values():
        totals.update(categories)
    if not totals:
        return
    rows = [
        (name or "(none)", *(categories.get(name, "-") for categories in counts.values()))
        for name in sorted(totals, key=lambda name: (-totals[name], name))
    ]
    print_text()
    print_head(("category", *counts), rows, "categories", right=range(1, len(counts) + 1), most=most)
