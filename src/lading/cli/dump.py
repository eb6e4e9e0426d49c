"""`lading dump`: everything that a dataset holds, as JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_json_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.model.dataset import Dataset


@click.command(cls=options.Command)
@options.paths
@click.option("--segment", "segments", metavar="NAME", multiple=True, help="Only this segment; several are allowed.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many frames a segment.")
@click.option("--json", is_flag=True, expose_value=False, help="JSON lines, which is what it always prints.")
def dump(segments: Sequence[str], limit: int | None, **given: Any) -> int:
    """Print everything that is in a dataset, as lines of JSON.

    One line is the dataset, then each segment is followed by its frames.
    """
    from lading.cli.opening import opened, print_findings

    with opened(given) as dataset:
        chosen = [dataset.segment(name) for name in segments] if segments else dataset.segments
        _dump(dataset, [segment.name for segment in chosen], limit)
        return print_findings(dataset.report)


def _dump(dataset: Dataset, segments: Sequence[str], limit: int | None) -> None:
    from itertools import islice

    from lading.model.dump import dataset_line, frame_lines, segment_line

    print_json_line(dataset_line(dataset))
    for name in segments:
        print_json_line(segment_line(dataset.segment(name)))
        for line in islice(frame_lines(dataset, name), limit):
            print_json_line(line)
