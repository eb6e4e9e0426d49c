"""`lading preview`: pictures of a dataset with its labels drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lading.cli import options
from lading.cli.output import print_text
from lading.cli.progress import bar


@click.command(cls=options.Command)
@options.source_paths
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="The folder that the pictures go to.")  # fmt: skip
@click.option("--segment", "segments", metavar="NAME", multiple=True, help="A segment; several are allowed.")
@click.option("--frame", "frames", metavar="KEY", multiple=True, help="A frame, by its key; several are allowed.")
@click.option("--limit", type=click.IntRange(min=1), help="Frames that are drawn, at most.  [default: 20]")
def preview(folder: Path, segments: tuple[str, ...], frames: tuple[str, ...], limit: int | None, **given: Any) -> int:
    """Draw labels into pictures, and point clouds from above.

    Boxes, polygons, masks and keypoints; 3D boxes in every camera. A JPEG is made of each file of a frame.
    """
    from lading import preview as draw
    from lading.cli.opening import opened, print_findings
    from lading.model.report import Report

    report = Report()
    made = failed = 0
    most = limit if limit is not None else (None if frames else 20)
    with opened(given) as dataset, bar("drawing") as show:
        shown = draw(dataset, folder, segments=segments or None, frames=frames or None, limit=most, report=report)
        for one in shown:
            if one.picture is None:
                failed += 1
                problem = str(one.problem).removeprefix(f"{one.source}: ")
                click.echo(f"not drawn: {one.source}: {problem}", err=True)
                continue
            made += 1
            print_text(str(one.picture))
            show(made)
    print_findings(report)
    if not made and not failed:
        click.echo("error: nothing to draw; see the segments and frames with `lading inspect` and `dump`", err=True)
        return 2
    return 1 if failed else 0
