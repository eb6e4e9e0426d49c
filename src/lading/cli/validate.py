"""`lading validate`: what is wrong with a dataset."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_text
from lading.cli.progress import bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.model.report import Finding


@click.command(cls=options.Command)
@options.paths
@click.option("--catalog", "catalog_file", type=click.Path(path_type=Path), help="Check against this catalog (JSON).")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --output json.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="Which findings make the exit code 1.",
)
@click.option(
    "--on-error",
    type=click.Choice(["continue", "stop"]),
    default="continue",
    show_default=True,
    help="Whether to go on after the first finding of error level.",
)
@options.jobs
def validate(
    catalog_file: Path | None, output: str, as_json: bool, fail_on: str, on_error: str, jobs: int, **given: Any
) -> int:
    """List what is wrong with a dataset, with file and place."""
    from lading import validate as find
    from lading.cli.opening import opened, read_catalog
    from lading.validate.reports import RENDERERS

    catalog = None if catalog_file is None else read_catalog(catalog_file)
    met: Counter[str] = Counter()
    with opened(given) as dataset, bar("checking") as show:
        found = find(dataset, catalog=catalog, jobs=jobs, progress=show)
        findings = _told(found, met, is_stopping=on_error == "stop")
        for line in RENDERERS["json" if as_json else output](findings):
            print_text(line)
    failing = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on]
    return 1 if any(met[severity] for severity in failing) else 0


def _told(findings: Iterable[Finding], met: Counter[str], *, is_stopping: bool) -> Iterator[Finding]:
    """The same findings, counted by severity; with `is_stopping` up to the first of error level."""
    for finding in findings:
        met[finding.severity] += 1
        yield finding
        if is_stopping and finding.severity == "error":
            return
