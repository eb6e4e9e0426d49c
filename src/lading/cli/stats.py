"""`lading stats`: what the labels of a dataset are like, in numbers."""

from __future__ import annotations

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
def stats(jobs: int | None, most: int | None, as_json: bool, **given: Any) -> int:
    """Count labels by category, boxes by size, frames by labels."""
    from lading import statistics
    from lading.cli.opening import opened, print_findings
    from lading.model.report import Report
    from lading.workers import jobs_of

    report = Report()
    with opened(given, jobs=jobs) as dataset:
        with bar("reading labels") as show:
            numbers = statistics(dataset, report, show, jobs=jobs_of(dataset)).to_json(dataset)
        if as_json:
            print_json(numbers)
        else:
            _print(numbers, most)
        return print_findings(dataset.report, report)


def _print(numbers: Mapping[str, Any], most: int | None) -> None:
    from lading.stats import filled

    rows = [
        (
            segment["name"],
            segment["frames"],
            segment["framesWithoutLabels"],
            segment["files"],
            ", ".join(f"{kind} {count:,}" for kind, count in segment["labels"].items()) or "-",
        )
        for segment in numbers["segments"]
    ]
    print_table(("segment", "frames", "without labels", "files", "labels"), rows, right=(1, 2, 3))
    for kind, categories in numbers["categories"].items():
        total = sum(row["labels"] for row in categories) or 1
        print_text()
        shown = [(row["category"] or "(none)", row["labels"], f"{row['labels'] / total:.1%}") for row in categories]
        print_head((kind, "labels", "share"), shown, "categories", right=(1, 2), most=most)
    for title, key, unit, others in (
        ("BOX2D by root of area", "boxSides", " px", numbers["otherBoxSides"]),
        ("BOX3D by distance", "boxDistances", " m", numbers["otherBoxDistances"]),
        ("frames by labels", "labelsPerFrame", "", 0),
    ):
        classes = [(_class(row, unit), row["count"]) for row in filled(numbers[key])]
        if others:
            classes.append(("inverted or not finite", others))
        if classes:
            print_text()
            print_table((title, "count"), classes, right=(1,))
    if numbers["pictureSizes"]:
        print_text()
        sizes = [(f"{row['width']} x {row['height']}", row["files"]) for row in numbers["pictureSizes"]]
        if numbers["otherPictureSizes"]:
            sizes.append(("other sizes", numbers["otherPictureSizes"]))
        print_table(("pictures declared", "files"), sizes, right=(1,))


def _class(row: Mapping[str, Any], unit: str) -> str:
    """The bounds of a class; without a unit they are whole numbers, and named as such."""
    if row["to"] is None:
        return f"from {row['from']}{unit}"
    if not unit:
        return str(row["from"]) if row["to"] == row["from"] + 1 else f"{row['from']} to {row['to'] - 1}"
    return f"{row['from']} to below {row['to']}{unit}"
