"""`lading formats`: which readers and writers are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_json, print_table, print_text

if TYPE_CHECKING:
    from lading.plugin.registry import Registered


@click.command(cls=options.Command)
@options.as_json
def formats(as_json: bool) -> None:
    """List the readers and writers that are installed."""
    from lading import Registry

    registry = Registry.load()
    readers = [_row(name, found) for name, found in sorted(registry.readers.items())]
    writers = [_row(name, found) for name, found in sorted(registry.writers.items())]
    broken = [{"distribution": plugin.distribution, "error": str(plugin.error)} for plugin in registry.broken]
    if as_json:
        print_json({"readers": readers, "writers": writers, "broken": broken})
        return
    rows = [("read", *row.values()) for row in readers] + [("write", *row.values()) for row in writers]
    if rows:
        print_table(("", "format", "distribution", "version", "title"), rows)
    if not readers:
        print_text('no reader is installed; pip install "lading[all]" brings the readers and the local platform')
    for plugin in broken:
        click.echo(f"broken: {plugin['error']}", err=True)


def _row(name: str, found: Registered[Any]) -> dict[str, str]:
    return {
        "name": name,
        "distribution": found.distribution,
        "version": found.version,
        "title": getattr(found.cls, "title", ""),
    }
