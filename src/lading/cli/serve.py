"""`lading serve`: the local platform."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from lading.cli import options
from lading.cli.output import print_text


@click.command(cls=options.Command)
@options.platform_place
@click.option("--host", default="127.0.0.1", show_default=True, help="The address it listens at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free one.")
@options.key("The key that clients show; one is made if none is given.")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="PEM file of the certificate.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="PEM file of its key.")
@click.option("--public-url", help="The address clients reach it by, where that is another.")
@click.option("--strict-labels", is_flag=True, help="Refuse labels that break the catalog.")
def serve(**given: Any) -> None:
    """Run the local platform until SIGTERM or Ctrl-C."""
    from lading.cli.opening import given_key
    from lading.server.embedded import serve as serve_platform
    from lading.server.settings import ServerSettings

    given["access_key"] = given_key(given)
    del given["access_key_file"]
    settings = ServerSettings(**{name: value for name, value in given.items() if value is not None})
    serve_platform(settings, _announce)


def _announce(url: str, made_key: str | None) -> None:
    print_text(url)
    if made_key is not None:
        print_text(f"access key: {made_key}")
    sys.stdout.flush()
