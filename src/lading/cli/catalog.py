"""`lading catalog`: the label catalog of a dataset, or what changed between two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_json, print_text
from lading.cli.progress import bar

if TYPE_CHECKING:
    from lading.model.catalog import Catalog


@click.command(cls=options.Command)
@options.paths
@click.option("--infer", is_flag=True, help="Read every label and add what the format does not declare.")
@click.option("--diff", "is_diff", is_flag=True, help="Say what changed from A to B: two catalogs or datasets.")
@click.option("--json", "as_json", is_flag=True, help="JSON, which is what it always prints, but for --diff.")
def catalog(infer: bool, is_diff: bool, as_json: bool, **given: Any) -> int:
    """Print the label catalog that the format declares, as JSON.

    It is in the wire form of the platform, which `validate --catalog` reads.

    With --diff two paths are compared, each a catalog's JSON file or a dataset; exit 1 on a difference.
    """
    if is_diff:
        return _diff(infer, as_json, given)
    from lading.cli.opening import opened, print_findings
    from lading.model.codec import encode_catalog
    from lading.model.report import Report

    report = Report()
    with opened(given) as dataset:
        print_json(encode_catalog(_catalog(dataset, report, infer=infer)))
        return print_findings(dataset.report, report)


def _catalog(dataset: Any, report: Any, *, infer: bool) -> Catalog:
    from lading import infer_catalog

    if not infer:
        declared: Catalog = dataset.catalog
        return declared
    with bar("reading labels") as show:
        return infer_catalog(dataset, report, progress=show)


def _diff(infer: bool, as_json: bool, given: dict[str, Any]) -> int:
    from lading import catalog_diff
    from lading.errors import OptionError

    if len(given["paths"]) != 2:
        raise OptionError(f"--diff: expected two paths, found {len(given['paths'])}")
    one, two = (_at(path, infer, given) for path in given["paths"])
    differences = catalog_diff(one, two)
    if as_json:
        rows = [{"change": d.change, "place": d.name, "before": d.before, "after": d.after} for d in differences]
        print_json({"differences": rows})
        return 1 if differences else 0
    for d in differences:
        told = {"added": f": {d.after!r}", "removed": f": {d.before!r}", "changed": f": {d.before!r} -> {d.after!r}"}
        print_text(f"{d.change} {d.name}{told[d.change]}")
    if not differences:
        print_text("no difference")
    return 1 if differences else 0


def _at(path: str, infer: bool, given: dict[str, Any]) -> Catalog:
    """The catalog in a JSON file whose keys are label types, else that of the dataset at a path."""
    from lading.cli.opening import opened, read_catalog
    from lading.model.report import Report

    if _is_catalog(Path(path)):
        return read_catalog(Path(path))
    with opened({**given, "paths": (path,)}) as dataset:
        return _catalog(dataset, Report(), infer=infer)


def _is_catalog(path: Path) -> bool:
    import json

    from lading.model.label import LABEL_TYPES

    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > 64 << 20:
        return False
    try:
        value = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(value, dict) and value.keys() <= {*LABEL_TYPES, "POLYGON", "schemaVersion"}
