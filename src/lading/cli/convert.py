"""`lading convert`: a dataset in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from lading.cli import options
from lading.cli.output import print_json, print_text
from lading.cli.progress import bar
from lading.cli.signals import as_interrupts, exit_code

if TYPE_CHECKING:
    from lading.convert import Conversion


@click.command(cls=options.Command)
@options.paths
@click.argument("target", metavar="DEST", type=click.Path(path_type=Path))
@click.option("--to", "to", metavar="FORMAT", required=True, help="The format to write; `lading formats` lists them.")
@click.option("--overwrite", is_flag=True, help="Replace what is at DEST.")
@click.option(
    "--media",
    type=click.Choice(["copy", "link", "none"]),
    default="copy",
    show_default=True,
    help="What becomes of pictures and masks; links are hard links, where the disk allows them.",
)
@click.option(
    "--to-option",
    "writer_options",
    metavar="KEY=VALUE",
    multiple=True,
    callback=options.key_values,
    help="An option of the writer; several are allowed.",
)
@click.option("--no-validate", is_flag=True, help="Leave out the rules of `lading validate`.")
@options.jobs
@options.as_json
def convert(
    target: Path,
    to: str,
    overwrite: bool,
    media: Literal["copy", "link", "none"],
    writer_options: dict[str, str],
    no_validate: bool,
    jobs: int | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Write a dataset in another format into the folder DEST.

    DEST appears when all of it is written. Errors in the data stop nothing, and make the exit code 1.
    """
    from lading.cli.opening import opened, print_findings
    from lading.model.report import Report
    from lading.workers import jobs_of

    report = Report()
    try:
        with as_interrupts(), opened(given, jobs=jobs) as dataset, bar("converting") as show:
            from lading import convert as write  # after the other processes have started

            done = write(
                dataset,
                target,
                to=to,
                options=writer_options,
                overwrite=overwrite,
                media=media,
                is_checked=not no_validate,
                jobs=jobs_of(dataset),
                report=report,
                progress=show,
            )
    except KeyboardInterrupt as exc:
        return _interrupted(exc, target)
    _print(done, target, as_json=as_json)
    return print_findings(report, done="written")


def _interrupted(exc: KeyboardInterrupt, target: Path) -> int:
    click.echo(f"interrupted; {target} is as it was before, run the same command again", err=True)
    return exit_code(exc)


def _print(done: Conversion, target: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(done.to_json())
    else:
        print_text(f"{target}: {done.frames:,} frames, {done.labels:,} labels, {done.files:,} files as {done.format}")
