"""Opening PATH as a command was given it, and telling people what was found wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lading.cli.options import is_quiet
from lading.cli.start import BEGUN

if TYPE_CHECKING:
    from lading.model.catalog import Catalog
    from lading.model.dataset import Dataset
    from lading.model.report import Report
    from lading.workers import Workers

#: How many findings and losses are shown where they are not what the command is about.
_SHOWN = 10


@contextmanager
def opened(
    given: Mapping[str, Any],
    report: Report | None = None,
    *,
    jobs: int | None = 1,
    workers: Workers | None = None,
) -> Iterator[Dataset]:
    """The dataset at PATH, as the options of `lading.cli.options.paths` describe it.

    `jobs` processes are there to read it, as many as pay where that is None: `lading.workers.jobs_of` counts them.
    `workers` are those that were `started` before.
    """
    with ExitStack() as stack:
        if workers is None:
            workers = stack.enter_context(started(jobs))
        dataset = stack.enter_context(_opened(given, report, workers))
        if jobs is None and (count := _fitting_jobs(dataset)) > 1:
            from lading.errors import OptionError
            from lading.workers import Workers

            with suppress(OptionError):  # one does what several would, where there are no more to be had
                dataset.workers = stack.enter_context(Workers(count, _get_ready))
        yield dataset


@contextmanager
def started(jobs: int | None) -> Iterator[Workers | None]:
    """Other processes, started before all else to be ready when there is something to read; None where none is due."""
    if jobs is None or jobs == 1:
        yield None
        return
    from lading.workers import Workers

    with Workers(jobs, _get_ready) as workers:
        yield workers


def _get_ready() -> None:
    """What another process does while this one looks at PATH: it imports what reads it."""
    from lading.plugin.registry import Registry

    _ = Registry.load().readers


def _fitting_jobs(dataset: Dataset) -> int:
    """How many processes read it where nobody says; one where there are rules of others, who may know of no parts."""
    if dataset.rows_a_process is None or not BEGUN.is_command:
        return 1
    from lading.plugin.registry import Registry
    from lading.workers import fitting_jobs

    count = fitting_jobs(dataset)
    if count > 1:
        plugins = Registry.load()
        reader = plugins.readers.get(dataset.format or "")
        others = (rule for rule in plugins.rules.values() if reader is None or rule.distribution != reader.distribution)
        if any(rule.cls.judges(dataset) for rule in others):
            return 1
    return count


@contextmanager
def _opened(given: Mapping[str, Any], report: Report | None, workers: Workers | None) -> Iterator[Dataset]:
    from lading import open_dataset
    from lading.opening import address_of
    from lading.source import Source

    reading = {"format": given["format_name"], "options": given["reader_options"], "report": report}
    address = address_of(*given["paths"])
    if address is not None:
        needs_key = address.kind == "platform"
        key = access_key(given) if needs_key else None
        dataset = open_dataset(*given["paths"], access_key=key, ca_bundle=given["ca_bundle"], **reading)
        dataset.workers = workers
        yield dataset
        return
    with Source.open(*given["paths"], follow_links=given["follow_links"]) as source:
        source.workers = workers
        yield open_dataset(source, **reading)


def access_key(given: Mapping[str, Any]) -> str:
    """The platform's access key, as it was given or as the file holds it. Raises OptionError for none."""
    from lading.errors import OptionError

    key = given_key(given)
    if key is None:
        raise OptionError("--access-key: expected it, LADING_ACCESS_KEY or --access-key-file, found none of them")
    return key


def given_key(given: Mapping[str, Any]) -> str | None:
    """The access key that `lading.cli.options.key` was given, in a file before the variable, if there is one.

    Raises OptionError for a file that holds none.
    """
    from lading.errors import OptionError

    key, file = given["access_key"], given["access_key_file"]
    if file is None:
        return None if key is None else str(key)
    try:
        text: str = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "bytes that are not UTF-8"
        raise OptionError(f"{file}: expected a file that holds the access key, found {reason}") from exc
    if not text:
        raise OptionError(f"{file}: expected a file that holds the access key, found it empty")
    return text


def print_findings(*reports: Report, done: str = "read") -> int:
    """Tell people on stderr what was found and what could not be `done`; the exit code that follows."""
    from lading.model.report import Report

    report = Report()
    for part in reports:
        report.merge(part)
    errors, warnings = report.count("error"), report.count("warning")
    print_losses(report, done=done)
    if not is_quiet():
        for finding in report.findings[:_SHOWN]:
            click.echo(f"{finding.severity}: {finding} [{finding.rule}]", err=True)
        if errors + warnings > _SHOWN:
            click.echo(f"... and {errors + warnings - _SHOWN:,} more; `lading validate` lists them", err=True)
    return 1 if errors else 0


def print_losses(report: Report, *, done: str = "read") -> None:
    """Tell people on stderr what could not be `done`."""
    if not is_quiet():
        for loss in report.losses:
            click.echo(f"not {done}: {loss.what} ({loss.count:,}; for example {loss.example})", err=True)


def read_catalog(path: Path) -> Catalog:
    """A label catalog from a JSON file in wire form, such as `lading catalog` prints.

    What is wrong with it is left to the rules of `validate`, but for what is no catalog at all.
    """
    from lading.errors import RecordError, SourceError, SourceNotFoundError
    from lading.model.codec import decode_catalog
    from lading.model.report import Origin, Report

    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise SourceNotFoundError(path) from exc
    except OSError as exc:
        raise SourceError(path, f"expected a readable file, found {exc.strerror}") from exc
    except json.JSONDecodeError as exc:
        raise RecordError(str(path), line=exc.lineno, expected="JSON", found=exc.msg) from exc
    except UnicodeDecodeError as exc:
        raise RecordError(str(path), expected="JSON in UTF-8", found=exc.reason) from exc
    if isinstance(value, dict):
        value.pop("schemaVersion", None)
    report = Report()
    catalog = decode_catalog(value, report, at=Origin(str(path), ""), is_lenient=True)
    catalog.notes = report.findings
    return catalog
