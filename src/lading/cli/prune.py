"""`lading prune`: objects of the local platform that nothing needs any more."""

from __future__ import annotations

from typing import Any

import click

from lading.cli import options
from lading.cli.output import print_json, print_text


@click.command(cls=options.Command)
@options.platform_place
@click.option(
    "--older-than",
    metavar="HOURS",
    type=click.FloatRange(min=1),
    default=24,
    show_default=True,
    help="Keep what was posted, or closed, since.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@options.as_json
def prune(older_than: float, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Remove files of the local platform that nothing has any more.

    No draft and no commit has them. It may run beside the platform. Drafts that were closed count as deleted.
    """
    from lading.server.prune import prune as prune_platform
    from lading.server.settings import ServerSettings

    settings = ServerSettings(**{name: value for name, value in given.items() if value is not None})
    pruned = prune_platform(settings, min_age_s=older_than * 3600, is_dry_run=dry_run)
    if as_json:
        print_json({"isDryRun": dry_run, "objects": pruned.objects, "bytes": pruned.size, "drafts": pruned.drafts})
        return
    would = "would be " if dry_run else ""
    print_text(f"{pruned.objects:,} objects of {pruned.size:,} bytes {would}removed")
    print_text(f"{pruned.drafts:,} closed drafts {would}emptied")
