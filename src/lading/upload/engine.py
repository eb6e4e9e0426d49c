"""The order of an upload: dataset, catalog, segments one by one, commit, reading back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from lading.errors import OptionError
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset
from lading.model.report import Report
from lading.platform.client import Client
from lading.platform.wire import constants
from lading.upload.result import Listener, Progress, UploadResult
from lading.upload.segment import Job, SegmentUpload
from lading.upload.settings import Settings
from lading.upload.target import DRAFT_TITLE, Target
from lading.upload.verify import Outcome, check_commit

#: Threads that hash; more do not help, as hashing and sending share the machine.
_HASHERS = 4


async def upload_async(
    dataset: Dataset,
    name: str,
    *,
    platform: str,
    access_key: str,
    jobs: int = 8,
    dry_run: bool = False,
    commit: str | None = None,
    is_committing: bool = True,
    tag: str | None = None,
    verify: bool = False,
    allow_missing: bool = False,
    catalog: Catalog | None = None,
    progress: Listener | None = None,
    report: Report | None = None,
    settings: Settings | None = None,
) -> UploadResult:
    """Bring the dataset `name` of a platform to what `dataset` holds, sending only what is not there yet.

    `platform` is its address, `jobs` the number of files in flight, `commit` the commit's title, `catalog` goes up
    in place of the dataset's own. Files that fail are counted and hold the commit; the next run takes up the rest.
    Losses, and what is met while reading, go to `report`, by default the dataset's. Raises UploadError, PlatformError,
    TransientError or InputError where the upload cannot go on; what was entered by then stays in an open draft.
    """
    if jobs < 1:
        raise OptionError(f"jobs: expected 1 or more, found {jobs}")
    if not name:
        raise OptionError("dataset: expected a name, found none")
    heard = report if report is not None else dataset.report
    tuned = settings if settings is not None else Settings()
    result = UploadResult(name, is_dry_run=dry_run, allow_missing=allow_missing)
    client = Client(platform, access_key, timeout=tuned.timeout_s, connections=jobs + 4, retry=tuned.retry)
    with _threads(jobs) as (reader, hashers):
        async with client:
            target = Target(client, name, heard, is_dry_run=dry_run)
            job = Job(
                dataset=dataset,
                target=target,
                result=result,
                report=heard,
                settings=tuned,
                jobs=jobs,
                is_verifying=verify,
                reader=reader,
                hashers=hashers,
                progress=progress,
            )
            outcomes = await _bring_up(job, catalog if catalog is not None else dataset.catalog)
            if not dry_run:
                await _close(job, outcomes, commit or DRAFT_TITLE, tag, is_committing=is_committing)
            elif target.head != constants.ROOT_COMMIT:
                result.commit_id = target.head
    return result


async def _bring_up(job: Job, catalog: Catalog) -> list[Outcome]:
    """Everything but the commit."""
    await job.target.find(is_fusion=job.dataset.is_fusion)
    job.result.dataset_id = job.target.dataset_id
    _count_header_losses(job)
    await job.target.put_catalog(catalog)
    await job.target.put_notes(is_continuous=job.dataset.is_continuous, fields=job.dataset.bin_point_cloud_fields)
    strange = set(job.target.segments)
    outcomes: list[Outcome] = []
    for segment in job.dataset.segments:
        outcomes += await SegmentUpload(job, segment).run()
        job.result.segments += 1
    _report_strange_segments(job, strange - {outcome.segment_name for outcome in outcomes})
    return outcomes


async def _close(job: Job, outcomes: list[Outcome], title: str, tag: str | None, *, is_committing: bool) -> None:
    """Commit our draft, if there is one and nothing holds it, and read back what the commit has."""
    target, result = job.target, job.result
    result.draft_number = target.draft_number
    if result.failed or not is_committing:
        return
    if target.draft_number is None:
        # Nothing had changed: the head is what was asked for.
        result.commit_id = target.head if target.head != constants.ROOT_COMMIT else None
        if tag is not None and result.commit_id is not None:
            await target.tag_head(tag)
        return
    if job.progress is not None:
        job.progress(Progress("commit", None, result.frames, result.frames, result.bytes_sent))
    result.commit_id = await target.commit(title, tag)
    await check_commit(target, result.commit_id, outcomes, is_thorough=job.is_verifying)


def _count_header_losses(job: Job) -> None:
    dataset = job.dataset
    for key in dataset.extras:
        job.report.loss(f"dataset extra {key!r}", dataset.name)


def _report_strange_segments(job: Job, names: set[str]) -> None:
    """Segments that the platform has and the dataset has not are left alone, and said."""
    for name in sorted(names):
        message = f"dataset {job.result.dataset!r} on the platform: expected only segments of the dataset, found "
        job.report.warning("upload.extra-remote", f"{message}{name!r} too; it is left alone")


@contextmanager
def _threads(jobs: int) -> Iterator[tuple[Executor, Executor]]:
    """One thread that reads frames, and some that hash files."""
    reader = ThreadPoolExecutor(1, "lading-read")
    hashers = ThreadPoolExecutor(min(jobs, _HASHERS), "lading-hash")
    try:
        yield reader, hashers
    finally:
        for pool in (reader, hashers):
            pool.shutdown(wait=False, cancel_futures=True)
