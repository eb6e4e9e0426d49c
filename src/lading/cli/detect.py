"""`lading detect`: which format a source is in."""

from __future__ import annotations

import click

from lading.cli import options
from lading.cli.output import print_json, print_table


@click.command(cls=options.Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@options.follow_links
@options.as_json
def detect(paths: tuple[str, ...], follow_links: bool, as_json: bool) -> int:
    """Say which format PATH is in, and why not the others. Exit 1 where none or several fit."""
    from lading import detect as detect_format
    from lading.cli.opening import print_findings
    from lading.errors import OptionError
    from lading.model.report import Report
    from lading.opening import address_of

    address = address_of(*paths)
    if address is not None:
        raise OptionError(
            f"{address}: expected files, found a dataset on a platform or in its store; it needs no format"
        )
    found = detect_format(*paths, follow_links=follow_links)
    if as_json:
        print_json(
            {
                "matches": [
                    {"format": name, "confidence": match.confidence, "reason": match.reason}
                    for name, match in found.matches
                ],
                "rejected": [{"format": name, "reason": match.reason} for name, match in found.rejected],
            }
        )
    else:
        rows = [(name, f"{match.confidence:.2f}", match.reason) for name, match in found.matches]
        rows += [(name, "no", match.reason) for name, match in found.rejected]
        print_table(("format", "fits", "reason"), rows, right=(1,))
    report = Report()
    for finding in found.findings:
        report.add(finding)
    failed = print_findings(report)
    return failed if found.is_sure else 1
