"""The order of an upload: dataset, catalog, segments one by one, commit, reading back."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from lading.errors import NotFoundError, OptionError, UploadError
from lading.home import home
from lading.model.catalog import Catalog
from lading.model.codec import encode_catalog
from lading.model.dataset import WHOLE, Dataset, Part, share
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Report
from lading.platform.client import Client
from lading.platform.route import Routes
from lading.upload.completion import look
from lading.upload.gate import Gate
from lading.upload.job import Job, Stop
from lading.upload.ledger import Ledger
from lading.upload.place import Place
from lading.upload.result import LISTED, Listener, Progress, UploadResult
from lading.upload.segment import SegmentUpload
from lading.upload.settings import Settings
from lading.upload.sidecar import Sidecar, SidecarWay
from lading.upload.target import DRAFT_TITLE, Target
from lading.upload.verify import check_commit

_log = logging.getLogger(__name__)

#: Threads that hash; more do not help, as hashing and sending share the machine.
_HASHERS = 4


async def upload_async(
    dataset: Dataset,
    name: str,
    *,
    platform: str,
    access_key: str,
    jobs: int | None = None,
    dry_run: bool = False,
    commit: str | None = None,
    is_committing: bool = True,
    tag: str | None = None,
    verify: bool = False,
    allow_missing: bool = False,
    part: Part = WHOLE,
    commit_only: bool = False,
    catalog: Catalog | None = None,
    sidecar: bool = True,
    ledgers: str | os.PathLike[str] | None = None,
    ca_bundle: str | os.PathLike[str] | None = None,
    progress: Listener | None = None,
    report: Report | None = None,
    settings: Settings | None = None,
) -> UploadResult:
    """Bring the dataset `name` of a platform to what `dataset` holds, sending only what is not there yet.

    `platform` is its address, `jobs` the number of files in flight (by default as many as make it quick), `commit` the
    commit's title, `catalog` goes up in place of the dataset's own. Files that fail are counted and hold the commit;
    the next run takes up the rest. `part` (k, n) uploads the k-th of n shares into the draft that all parts fill, and
    the part that finds everything there commits; `commit_only` just looks and commits. `sidecar` sends along what the
    wire has no field for, in files that other clients may ignore. `ledgers` is the folder of the uploader's own records
    (default: below `lading.home`), `ca_bundle` a PEM file of the certificates to trust in place of the system's.
    Losses, and what is met while reading, go to `report`, by default the dataset's. Ctrl-C ends what is in flight and
    then raises KeyboardInterrupt. Raises OptionError, UploadError, PlatformError, TransientError or InputError where
    the upload cannot go on; what was entered by then stays in an open draft.
    """
    _check(name, jobs, part)
    heard = report if report is not None else dataset.report
    tuned = settings if settings is not None else Settings()
    wanted = catalog if catalog is not None else dataset.catalog
    result = UploadResult(name, is_dry_run=dry_run, allow_missing=allow_missing)
    routes = Routes(ca_bundle, uses_proxies=tuned.uses_proxies)
    client = Client(platform, access_key, timeout=tuned.timeout_s, retry=tuned.retry, routes=routes)
    folder = Path(ledgers) if ledgers is not None else home() / "ledgers"
    async with client:
        target = Target(client, name, heard, is_dry_run=dry_run)
        await target.find(is_fusion=dataset.is_fusion)
        result.dataset_id = target.dataset_id
        ledger = Ledger.of(folder, target.dataset_id, part)
        gate = Gate(jobs)
        hash_threads = min(gate.most, _HASHERS)
        with closing(ledger), _threads(hash_threads) as (reader, hashers), _interruptible() as stop:
            job = Job(
                dataset=dataset,
                target=target,
                ledger=ledger,
                result=result,
                report=heard,
                settings=tuned,
                gate=gate,
                part=part,
                is_verifying=verify,
                stop=stop,
                reader=reader,
                hashers=hashers,
                hash_threads=hash_threads,
                catalog=wanted,
                progress=progress,
            )
            with _beside(job) if sidecar else nullcontext():
                places = [] if commit_only else await _bring_up(job)
                if stop.is_set:
                    raise KeyboardInterrupt
                if dry_run:
                    result.commit_id = target.head_commit
                else:
                    await _close(job, places, commit or DRAFT_TITLE, tag, is_committing=is_committing)
    return result


def _check(name: str, jobs: int | None, part: Part) -> None:
    if jobs is not None and jobs < 1:
        raise OptionError(f"jobs: expected 1 or more, found {jobs}")
    if not name:
        raise OptionError("dataset: expected a name, found none")
    share(0, part)


async def _bring_up(job: Job) -> list[Place]:
    """Everything but the commit."""
    if job.sidecar_way is None:
        _count_header_losses(job)
    await job.target.put_catalog(job.catalog)
    await job.target.put_notes(is_continuous=job.dataset.is_continuous, fields=job.dataset.bin_point_cloud_fields)
    strange = set(job.target.segments)
    places: list[Place] = []
    for segment in job.dataset.segments:
        if job.stop.is_set:
            break
        places += await SegmentUpload(job, segment).run()
        job.result.segments += 1
    if job.sidecar_way is not None:
        await job.sidecar_way.flush()
    if job.stop.is_set:
        return places
    if job.part == WHOLE:
        _report_strange_segments(job, strange - {SIDECAR_SEGMENT} - {place.name for place in places})
        if not (job.target.is_dry_run or job.result.failed):
            places += await _send_sidecar(job)
    return places


@contextmanager
def _beside(job: Job) -> Iterator[None]:
    """While the block runs, the job has a sidecar to gather, and a way for it."""
    job.sidecar = Sidecar(job.dataset)
    job.sidecar_way = SidecarWay(job.target, job.ledger, job.settings, job.result, is_fusion=job.dataset.is_fusion)
    with closing(job.sidecar):
        yield


async def _send_sidecar(job: Job) -> list[Place]:
    """Send what was gathered, once; the segment of the platform that it lies in."""
    if job.sidecar is None or job.sidecar_way is None:
        return []
    gathered, job.sidecar = job.sidecar, None
    there = await job.target.catalog()
    uploaded = {} if there is None else encode_catalog(there)
    await job.sidecar_way.send(gathered, encode_catalog(job.catalog), uploaded)
    return [job.sidecar_way.place]


async def _close(job: Job, places: list[Place], title: str, tag: str | None, *, is_committing: bool) -> None:
    """Commit our draft, if there is one and nothing holds it, and read back what the commit has."""
    target, result = job.target, job.result
    result.draft_number = target.draft_number
    if result.failed or not is_committing:
        return
    if target.draft_number is None:
        # Nothing had changed: the head is what was asked for.
        result.commit_id = target.head_commit
        if tag is not None and result.commit_id is not None:
            await target.tag_head(tag)
        return
    if job.part == WHOLE and places:
        outcomes = [place.outcome() for place in places]
    else:
        found = await look(job.dataset, target, listed=LISTED, sidecar=job.sidecar)
        outcomes = found.outcomes
        if found.missing:
            result.absent = found.missing
            return
        try:
            outcomes += [place.outcome() for place in await _send_sidecar(job)]
        except (UploadError, NotFoundError):
            # Another part was quicker: it has sent the same, and committed.
            result.commit_id = await target.moved_head()
            if result.commit_id is None:
                raise
            return
        if result.failed:
            return
    if job.progress is not None:
        job.progress(Progress("commit", None, result.frames, result.frames, result.bytes_sent))
    result.commit_id = await target.commit(title, tag)
    for outcome in outcomes:
        job.ledger.commit(outcome.segment_name, result.commit_id)
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
def _interruptible() -> Iterator[Stop]:
    """While the block runs, the first Ctrl-C asks to stop and the second one stops; in the main thread alone."""
    stop = Stop()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        if stop.is_set and task is not None:
            task.cancel()
        stop.is_set = True
        _log.warning("interrupted: what is in flight is finished; once more ends at once")

    is_main = threading.current_thread() is threading.main_thread()
    if is_main:
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        if is_main:
            loop.remove_signal_handler(signal.SIGINT)


@contextmanager
def _threads(hash_threads: int) -> Iterator[tuple[Executor, Executor]]:
    """One thread that reads frames, and some that hash files."""
    reader = ThreadPoolExecutor(1, "lading-read")
    hashers = ThreadPoolExecutor(hash_threads, "lading-hash")
    try:
        yield reader, hashers
    finally:
        for pool in (reader, hashers):
            pool.shutdown(wait=False, cancel_futures=True)
