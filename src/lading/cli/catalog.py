"""`lading catalog`: the label catalog of a dataset."""

from __future__ import annotations

from typing import Any

import click

from lading.cli import options
from lading.cli.output import print_json
from lading.cli.progress import bar


@click.command(cls=options.Command)
@options.paths
@click.option("--infer", is_flag=True, help="Read every label and add what the format does not declare.")
@click.option("--json", is_flag=True, expose_value=False, help="JSON, which is what it always prints.")
def catalog(infer: bool, **given: Any) -> int:
    """Print the catalog that the format declares, as JSON in wire form."""
    from lading import infer_catalog
    from lading.cli.opening import opened, print_findings
    from lading.model.codec import encode_catalog
    from lading.model.report import Report

    report = Report()
    with opened(given) as dataset:
        if infer:
            with bar("reading labels") as show:
                found = infer_catalog(dataset, report, progress=show)
        else:
            found = dataset.catalog
        print_json(encode_catalog(found))
        return print_findings(dataset.report, report)
