"""`lading validate`: what is wrong with a dataset."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import mute, print_json, print_text
from lading.cli.progress import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lading.errors import LadingError
    from lading.model.catalog import Catalog
    from lading.model.content import Content
    from lading.model.dataset import Dataset
    from lading.model.report import Finding
    from lading.validate.baseline import Baseline
    from lading.validate.codes import Explained
    from lading.validate.reports.gathered import Gathered
    from lading.validate.settings import Settings
    from lading.workers import Workers

#: Findings of a rule that are kept for the text report, which shows no more.
_FOR_TEXT = 5
#: Why a check ended that was to end at the first error.
_STOPPED = "stopped at the first error (--on-error stop)"


@click.command(cls=options.Command)
@options.paths_unless("--rules")
@click.option("--rules", "lists_rules", is_flag=True, help="List the rules and do nothing else.")
@click.option("--catalog", "catalog_file", type=click.Path(path_type=Path), help="Check against this catalog (JSON).")
@options.config
@click.option(
    "--rule", "switches", metavar="CODE=LEVEL", multiple=True, help="Regrade a rule: error, warning, off, on."
)
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="A JSON report of what is known; it is not told again."
)
@click.option("--output", type=click.Choice(["text", "json", "sarif", "html"]), help="The form.  [default: text]")
@click.option("--json", "as_json", is_flag=True, help="The same as --output json.")
@click.option("--output-file", type=click.Path(path_type=Path), help="Where the report goes; stdout if absent.")
@click.option("--max-findings", type=click.IntRange(min=1), help="List so many at most; all are counted.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    help="Which findings make the exit code 1.  [default: error]",
)
@click.option(
    "--on-error",
    type=click.Choice(["continue", "stop"]),
    default="continue",
    show_default=True,
    help="Whether to go on after the first finding of error level.",
)
@options.jobs
def validate(
    lists_rules: bool,
    output: str | None,
    as_json: bool,
    output_file: Path | None,
    on_error: str,
    jobs: int | None,
    **given: Any,
) -> int:
    """List what is wrong with a dataset, with file and place."""
    if as_json and output not in (None, "json"):
        raise click.UsageError(f"--json: expected no other --output beside it, found {output!r}")
    kind = "json" if as_json else output or "text"
    if lists_rules:
        _list_rules(kind)
        return 0
    from lading.cli.opening import started

    with started(jobs) as workers:
        return _validate(kind, output_file, given, jobs, workers, is_stopping=on_error == "stop")


def _validate(
    kind: str,
    output_file: Path | None,
    given: dict[str, Any],
    jobs: int | None,
    workers: Workers | None,
    *,
    is_stopping: bool,
) -> int:
    """The check, once other processes start: what is imported here takes longer than that."""
    from lading.cli.opening import opened, read_catalog
    from lading.cli.report_file import check_target
    from lading.validate.baseline import read_baseline

    settings = _settings(given)
    catalog = None if settings.catalog is None else read_catalog(settings.catalog)
    baseline = None if settings.baseline is None else read_baseline(settings.baseline)
    if output_file is not None:
        check_target(output_file)
    run = _Run(settings, catalog, baseline, is_stopping=is_stopping)
    with opened(given, jobs=jobs, workers=workers) as dataset:
        with bar("checking") as show:
            gathered = run.gather(run.findings(dataset, show), kind)
            gathered.ended = run.ended
        report = run.render(kind, dataset, gathered, given)
        _write(report, output_file)
        gathered.findings.close()
    run.tell(gathered, output_file)
    if run.failure is not None:
        raise run.failure  # what was found before it is told all the same
    failing = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[settings.fail_on]
    return 1 if any(gathered.summary[severity] for severity in failing) else 0


class _Run:
    """One check: what is found, and the report of it."""

    def __init__(
        self, settings: Settings, catalog: Catalog | None, baseline: Baseline | None, *, is_stopping: bool
    ) -> None:
        self.failure: LadingError | None = None
        self._settings = settings
        self._catalog = catalog
        self._baseline = baseline
        self._is_stopping = is_stopping
        self._is_stopped = False

    @property
    def ended(self) -> str | None:
        """Why the check ended before the dataset did; None where it did not."""
        return str(self.failure) if self.failure is not None else _STOPPED if self._is_stopped else None

    def findings(self, dataset: Dataset, show: Any) -> Iterator[Finding]:
        """The new findings, up to the first of error level where that was asked for, or to what ends the run."""
        from lading import validate as find
        from lading.errors import InputError
        from lading.workers import jobs_of

        jobs, grades = jobs_of(dataset), self._settings.grades()
        found = find(dataset, catalog=self._catalog, severities=grades, jobs=jobs, progress=show)
        try:
            for finding in found if self._baseline is None else self._baseline.new(found):
                yield finding
                if self._is_stopping and finding.severity == "error":
                    self._is_stopped = True
                    return
        except InputError as exc:
            self.failure = exc

    def tell(self, gathered: Gathered, file: Path | None) -> None:
        """Say, to people, what a report in a file comes to, and what none does: where it ended, what it leaves out."""
        if file is not None and not options.is_quiet():
            from lading.validate.reports.text import NOT_WHOLE, summary_line

            summary = summary_line(gathered.summary["error"], gathered.summary["warning"])
            click.echo(f"{file}: {summary}{'' if self.ended is None else NOT_WHOLE}", err=True)
        if self._is_stopped and not options.is_quiet():
            click.echo(f"{_STOPPED}; there may be more", err=True)
        known = self._baseline
        if known is None:
            return
        told = f"{known.known:,} known findings are not told"
        if self.ended is None:  # else the others may be where it did not look
            told += f"; {known.gone:,} of the baseline are gone"
        if not known.known and known.gone and self.ended is None:
            why = "they are mended, or it is another dataset's"
            click.echo(f"none of the {known.gone:,} findings of the baseline came again: {why}", err=True)
        elif not options.is_quiet():
            click.echo(told, err=True)

    def gather(self, findings: Iterable[Finding], kind: str) -> Gathered:
        from lading.validate.reports.gathered import Gathered

        each = _FOR_TEXT if kind == "text" else None
        if kind == "html":
            from lading.validate.reports.html import LISTED_EACH

            each = LISTED_EACH
        return Gathered(findings, limit=self._settings.max_findings, limit_each=each)

    def render(self, kind: str, dataset: Dataset, gathered: Gathered, given: dict[str, Any]) -> Iterable[str]:
        if kind == "json":
            from lading.validate.reports.record import render_json

            return render_json(gathered)
        from lading.validate.codes import explanations

        rules = explanations(code for code, _ in gathered.counts)
        if kind == "sarif":
            return self._sarif(gathered, rules, given)
        from lading.validate.reports.excerpt import Excerpts

        with _files(given) as files:
            excerpts = Excerpts(files)
            if kind == "text":
                from lading.validate.reports.text import render_groups

                known = 0 if self._baseline is None else self._baseline.known
                return list(render_groups(gathered, rules, excerpts, examples=_FOR_TEXT, known=known))
            from lading.validate.reports.html import render_html

            with bar("drawing") as show:
                return [render_html(dataset, gathered, rules, excerpts=excerpts, progress=show)]

    def _sarif(self, gathered: Gathered, rules: Mapping[str, Explained], given: dict[str, Any]) -> Iterator[str]:
        from lading.validate.reports.sarif import render_sarif

        paths = given["paths"]
        outside = () if self._settings.catalog is None else (str(self._settings.catalog),)
        with _files(given, outside) as files:
            yield from render_sarif(
                gathered.findings,
                rules,
                source=" + ".join(str(path) for path in paths),
                folder=_folder(paths),
                outside=outside,
                opener=files,
                failure=None if self.failure is None else str(self.failure),
            )


def _folder(paths: Sequence[Path | str]) -> str | None:
    """The folder that the files of findings are below, relative to the working directory; None for any other place."""
    from lading.opening import address_of

    if len(paths) != 1 or address_of(*paths) is not None:
        return None
    path = Path(paths[0]).resolve()
    base = path if path.is_dir() else path.parent if path.suffix.lower() in (".json", ".xml", ".txt") else None
    if base is None or not base.is_relative_to(Path.cwd()):
        return None
    return "" if base == Path.cwd() else base.relative_to(Path.cwd()).as_posix()


@contextmanager
def _files(given: dict[str, Any], outside: Sequence[str] = ()) -> Iterator[Callable[[str], Content | None]]:
    """The files at PATH by their paths, and others, for reports that show lines of them; a platform has none."""
    from lading.opening import address_of
    from lading.source import Source
    from lading.source.folder import FolderFile

    is_platform = address_of(*given["paths"]) is not None
    with ExitStack() as stack:
        opened: list[Source] = []

        def find(path: str) -> Content | None:
            if path in outside:
                return FolderFile(path, path)
            if is_platform:
                return None
            if not opened:  # where no place is shown, nothing is opened
                opened.append(stack.enter_context(Source.open(*given["paths"], follow_links=given["follow_links"])))
            return opened[0].get(path)

        yield find


def _settings(given: dict[str, Any]) -> Settings:
    """What the settings file says, and over it what the command line does."""
    from lading.errors import OptionError
    from lading.validate.settings import find_settings, read_settings

    config = given.pop("config")
    settings = find_settings(Path.cwd()) if config is None else read_settings(config)
    names = {"catalog_file": "catalog", "baseline": "baseline", "max_findings": "max_findings", "fail_on": "fail_on"}
    update = {name: value for option, name in names.items() if (value := given.pop(option)) is not None}
    rules = dict(settings.rules)
    for text in given.pop("switches"):
        code, _, level = text.partition("=")
        if level not in ("error", "warning", "off", "on"):
            raise OptionError(f"--rule: expected CODE=error, warning, off or on, found {text!r}")
        rules[code] = level
    return settings.model_copy(update={**update, "rules": rules})


def _write(lines: Iterable[str], file: Path | None) -> None:
    if file is not None:
        from lading.cli.report_file import write_report

        write_report(lines, file)
        return
    try:
        for line in lines:
            print_text(line)
    except BrokenPipeError:  # what was found counts all the same: a pipe that ends early makes nothing right
        mute()


def _list_rules(kind: str) -> None:
    from lading.validate.rulebook import render_rules, rule_rows

    if kind == "json":
        print_json({"rules": rule_rows()})
        return
    for line in render_rules():
        print_text(line)
