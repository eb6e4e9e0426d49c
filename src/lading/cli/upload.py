"""`lading upload`: check a dataset and bring it to a platform."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import print_json, print_table
from lading.cli.progress import bar
from lading.cli.signals import exit_code

if TYPE_CHECKING:
    from lading.cli.progress import Bar
    from lading.model.dataset import Dataset
    from lading.model.report import Report
    from lading.upload import Progress, Settings, UploadResult

#: How many findings, failures and missing files are listed one by one.
_SHOWN = 20


#: Options that the upload takes as they were given.
_HANDED_ON = ("jobs", "dry_run", "tag", "verify", "part", "ca_bundle")


def _part(context: click.Context, option: click.Parameter, text: str | None) -> tuple[int, int]:
    if text is None:
        return (1, 1)
    k, slash, n = text.partition("/")
    if not (slash and k.isdigit() and n.isdigit() and 1 <= int(k) <= int(n)):
        raise click.BadParameter(f"expected K/N with 1 <= K <= N, found {text!r}")
    return int(k), int(n)


@click.command(cls=options.Command)
@options.paths
@click.option("--dataset", "name", required=True, metavar="NAME", help="The dataset on the platform; made if absent.")
@click.option("--platform", metavar="URL", help="The platform; the embedded one if absent.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Files in flight; as many as make it quick if absent.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; write nothing.")
@click.option("--commit", "message", metavar="MESSAGE", help="The commit's message.")
@click.option("--no-commit", is_flag=True, help="Leave the draft open.")
@click.option("--no-validate", is_flag=True, help="Upload whatever is found wrong.")
@options.config
@click.option("--allow-missing", is_flag=True, help="Exit 0 although files are missing.")
@click.option("--tag", metavar="NAME", help="A tag for the commit.")
@click.option("--verify", is_flag=True, help="Read everything back before the commit and compare.")
@click.option(
    "--part", callback=_part, metavar="K/N", help="Upload one part of N; the part that finds everything there commits."
)
@click.option("--commit-only", is_flag=True, help="Upload nothing; commit the draft if everything is there.")
@click.option("--no-sidecar", is_flag=True, help="Leave behind what the platform has no field for, and say so.")
@options.as_json
def upload(
    name: str,
    platform: str | None,
    no_validate: bool,
    config: Path | None,
    allow_missing: bool,
    message: str | None,
    no_commit: bool,
    no_sidecar: bool,
    as_json: bool,
    commit_only: bool,
    **given: Any,
) -> int:
    """Check a dataset, upload it and commit."""
    from lading.cli.opening import opened
    from lading.model.report import Report

    if platform is not None:
        _ask(name, platform, given)
    with ExitStack() as stack:
        dataset = stack.enter_context(opened(given))
        if not _may_go_up(dataset, config, no_validate=no_validate):
            return 1
        url, key, settings = _way(stack, platform, given)
        report = Report()
        how = {option: given[option] for option in _HANDED_ON} | {"commit": message, "is_committing": not no_commit}
        how |= {"commit_only": commit_only, "sidecar": not no_sidecar, "settings": settings}
        result = _send(dataset, name, report, platform=url, access_key=key, **how)
        if isinstance(result, int):
            return result
    _tell(result, report, as_json=as_json)
    is_whole = result.failed == 0 and (allow_missing or result.missing == 0) and not (commit_only and result.absent)
    return 0 if is_whole and not report.count("error") and not dataset.report.count("error") else 1


def _send(dataset: Dataset, name: str, report: Report, **how: Any) -> UploadResult | int:
    """Upload with a bar; where something ends it in the middle that is told, and the exit code is the answer."""
    from lading import upload as send
    from lading.cli.opening import print_findings
    from lading.errors import PlatformError, TransientError

    told = _Told()
    try:
        with bar("uploading") as show:
            return send(dataset, name, report=report, progress=lambda p: told.take(p, show), **how)
    except KeyboardInterrupt as exc:
        click.echo("interrupted; the same command takes up what is left", err=True)
        return exit_code(exc)
    except (PlatformError, TransientError) as exc:
        if not told.is_begun:
            raise
        print_findings(report, done="uploaded")
        click.echo(f"error: {exc}; run the same command again to go on", err=True)
        return 1


def _ask(name: str, platform: str, given: dict[str, Any]) -> None:
    """Ask the platform, once: an address or key that is none, or not right, is told before all is read and checked."""
    import asyncio

    from lading.cli.opening import access_key
    from lading.platform.address import Address
    from lading.upload import Options, ask_async

    Address(platform)
    options = Options(ca_bundle=given["ca_bundle"])
    asyncio.run(ask_async(name, platform=platform, access_key=access_key(given), options=options))


def _way(stack: ExitStack, platform: str | None, given: dict[str, Any]) -> tuple[str, str, Settings]:
    """The platform's address and key, and how to get there; without one the embedded one runs while `stack` is open."""
    from lading.cli.opening import access_key
    from lading.upload import Settings

    if platform is not None:
        return platform, access_key(given), Settings()
    from lading import local_platform

    running = stack.enter_context(local_platform())
    return running.url, running.access_key, Settings(uses_proxies=False)  # it is in this process: no proxy leads there


class _Told:
    """Hands on how far an upload is, and keeps whether it has begun: what ends it then ends it in the middle."""

    is_begun = False

    def take(self, progress: Progress, show: Bar) -> None:
        self.is_begun = True
        show(progress.done, progress.total, progress.segment or progress.phase)


def _may_go_up(dataset: Dataset, config: Path | None, *, no_validate: bool) -> bool:
    """Whether nothing that was found holds the upload; it is told."""
    from lading.cli.opening import print_findings, print_losses

    if no_validate:
        print_findings(dataset.report)
        return True
    if not _is_clean(dataset, config):
        return False
    print_losses(dataset.report)
    return True


def _is_clean(dataset: Dataset, config: Path | None) -> bool:
    """Whether checking found nothing new of error level; what it found is told. A missing file is upload's business.

    Rules are switched, a catalog is the contract and a baseline tells what is known as in `lading validate`.
    """
    from lading import validate
    from lading.cli.opening import read_catalog
    from lading.model.report import Report
    from lading.validate import NOT_HOLDING_UPLOAD
    from lading.validate.baseline import read_baseline
    from lading.validate.reports.text import render_text
    from lading.validate.settings import find_settings, read_settings

    settings = find_settings(Path.cwd()) if config is None else read_settings(config)
    catalog = None if settings.catalog is None else read_catalog(settings.catalog)
    baseline = None if settings.baseline is None else read_baseline(settings.baseline)
    found = Report()
    with bar("checking") as show:
        findings = validate(dataset, catalog=catalog, severities=settings.grades(), progress=show)
        for finding in findings if baseline is None else baseline.new(findings):
            if finding.rule not in NOT_HOLDING_UPLOAD:
                found.add(finding)
    if found.findings and not options.is_quiet():
        for line in render_text(found.findings, limit=_SHOWN):
            click.echo(line, err=True)
    if found.count("error") == 0:
        return True
    click.echo("error: nothing was uploaded; mend the errors above, or use --no-validate", err=True)
    return False


def _tell(result: UploadResult, report: Report, *, as_json: bool) -> None:
    from lading.cli.opening import print_findings

    print_findings(report, done="uploaded")
    _print_problems(result)
    if as_json:
        print_json(result.to_json())
    else:
        _print(result)


def _print_problems(result: UploadResult) -> None:
    for path in result.missing_files[:_SHOWN]:
        click.echo(f"missing: {path}", err=True)
    if result.missing > _SHOWN:
        click.echo(f"... and {result.missing - _SHOWN:,} more files are missing", err=True)
    for path, reason in result.failures[:_SHOWN]:
        click.echo(f"failed: {path}: {reason}", err=True)
    if result.failed > _SHOWN:
        click.echo(f"... and {result.failed - _SHOWN:,} more files failed", err=True)
    for path in result.absent[:_SHOWN]:
        click.echo(f"not there yet: {path}", err=True)
    if result.absent:
        click.echo(f"nothing was committed: {len(result.absent):,} files or more are not there yet", err=True)
    if result.failed:
        click.echo("nothing was committed; run the same command again to send what failed", err=True)


def _print(result: UploadResult) -> None:
    rows: list[tuple[str, object]] = [
        ("dataset", f"{result.dataset} ({result.dataset_id})"),
        ("commit", result.commit_id or "none"),
        ("segments", result.segments),
        ("frames", result.frames),
        ("labels", result.labels),
        ("files sent", result.sent),
        ("files already there", result.skipped),
        ("of these with new labels", result.relabelled),
        ("files failed", result.failed),
        ("files missing", result.missing),
        ("bytes sent", result.bytes_sent),
    ]
    print_table(("uploaded", ""), rows, right=(1,))
