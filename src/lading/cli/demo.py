"""`lading demo`: the main job on data that lie in the package."""

from __future__ import annotations

import click

from lading.cli import options
from lading.cli.output import print_table, print_text


@click.command(cls=options.Command)
def demo() -> int:
    """Check, upload and read back bundled datasets, and compare.

    They go to the embedded platform; one of them is of sensor fusion.
    """
    from lading.demo.run import run_demo

    outcome = run_demo(announce=lambda line: click.echo(line, err=True))
    columns = ("dataset", "format", "frames", "files", "labels", "findings", "sent", "bytes", "read back", "seconds")
    rows = [
        (
            row.dataset,
            row.format,
            row.frames,
            row.files,
            row.labels,
            row.findings,
            row.sent,
            row.bytes_sent,
            "the same" if row.is_same else "DIFFERENT",
            f"{row.seconds:.2f}",
        )
        for row in outcome.rows
    ]
    print_table(columns, rows, right=(2, 3, 4, 5, 6, 7, 9))
    print_text()
    for problem in outcome.problems:
        click.echo(f"error: {problem}", err=True)
    if not outcome.problems:
        print_text(f"All of it arrived and came back the same, in {outcome.seconds:.1f} s.")
    return 1 if outcome.problems else 0
