"""The order of an upload: dataset, catalog, segments one by one, sidecar; `finish` has the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from lading.errors import NotFoundError, OptionError
from lading.home import home
from lading.model.dataset import Dataset
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Report
from lading.platform.client import Client
from lading.platform.route import Routes
from lading.stored.address import StoredAddress
from lading.stored.live import LiveShelf
from lading.stored.shelf import Shelf
from lading.upload.category_ids import CategoryIds
from lading.upload.finish import finish, send_sidecar
from lading.upload.gate import Gate
from lading.upload.interrupt import interruptible
from lading.upload.job import Job
from lading.upload.ledger import Ledger
from lading.upload.options import Options
from lading.upload.place import Place
from lading.upload.result import UploadResult
from lading.upload.segment import SegmentUpload
from lading.upload.sidecar import Sidecar, SidecarWay
from lading.upload.target import Target

#: Threads that hash; more do not help, as hashing and sending share the machine.
_HASHERS = 4


async def upload_async(
    dataset: Dataset, name: str, *, platform: str, access_key: str, options: Options | None = None
) -> UploadResult:
    """Bring the dataset `name` of a platform, by its address, to what `dataset` holds; only what is new is sent.

    Files that fail are counted and hold the commit; the next run takes up the rest. Ctrl-C, SIGTERM and SIGHUP end what
    is in flight and then raise KeyboardInterrupt. Raises OptionError, UploadError, PlatformError, TransientError or
    InputError where the upload cannot go on; what was entered by then stays in an open draft.
    """
    chosen = options if options is not None else Options()
    chosen.check()
    if not name:
        raise OptionError("dataset: expected a name, found none")
    report = chosen.report if chosen.report is not None else dataset.report
    result = UploadResult(name, is_dry_run=chosen.dry_run, allow_missing=chosen.allow_missing)
    async with _client(platform, access_key, chosen) as client:
        target = Target(client, name, report, is_dry_run=chosen.dry_run)
        await target.find(is_fusion=dataset.is_fusion)
        result.dataset_id = target.dataset_id
        shelf = partial(_shelf, client, name, access_key, chosen)
        with _job(dataset, chosen, target, result, report, shelf) as job:
            try:
                await _run(job)
            except NotFoundError:
                if target.draft_number is not None:
                    await target.check_alive()  # which says it better, where somebody has ended the draft
                raise
    return result


async def ask_async(name: str, *, platform: str, access_key: str, options: Options | None = None) -> None:
    """Ask a platform for a dataset, whether or not it is there, and do nothing else.

    What an upload would raise for a platform that is out of reach, or a key that is not right, is then raised early.
    """
    async with _client(platform, access_key, options if options is not None else Options()) as client:
        await client.find_dataset(name)


async def _run(job: Job) -> None:
    places = [] if job.options.commit_only else await _bring_up(job)
    job.stop.check()
    if job.options.dry_run:
        job.result.commit_id = job.target.head_commit
    else:
        await finish(job, places)


def _client(platform: str, access_key: str, options: Options) -> Client:
    settings = options.settings
    routes = Routes(options.ca_bundle, uses_proxies=settings.uses_proxies)
    return Client(platform, access_key, timeout=settings.timeout_s, retry=settings.retry, routes=routes)


def _shelf(client: Client, name: str, access_key: str, options: Options, revision: str) -> Shelf:
    """A revision of the dataset, for reading."""
    address = StoredAddress(kind="platform", place=client.address.base, dataset=name, revision=revision)
    return LiveShelf(address, access_key, options.ca_bundle, uses_proxies=options.settings.uses_proxies)


@contextmanager
def _job(
    dataset: Dataset,
    options: Options,
    target: Target,
    result: UploadResult,
    report: Report,
    shelf: Callable[[str], Shelf],
) -> Iterator[Job]:
    """What all segments share, open while the block runs: ledger, threads, sidecar."""
    folder = Path(options.ledgers) if options.ledgers is not None else home() / "ledgers"
    catalog = options.catalog if options.catalog is not None else dataset.catalog
    ledger = Ledger.of(folder, target.dataset_id, options.part)
    gate = Gate(options.jobs)
    hash_threads = min(gate.most, _HASHERS)
    with closing(ledger), _threads(hash_threads) as (reader, hashers), interruptible() as stop:
        job = Job(
            dataset=dataset,
            options=options,
            target=target,
            ledger=ledger,
            result=result,
            report=report,
            gate=gate,
            stop=stop,
            reader=reader,
            hashers=hashers,
            hash_threads=hash_threads,
            catalog=catalog,
            category_ids=CategoryIds(catalog),
            shelf=shelf,
        )
        if not (options.sidecar or options.verify):
            yield job
            return
        with closing(Sidecar(dataset)) as sidecar:
            job.sidecar = sidecar
            if options.sidecar:
                job.sidecar_way = SidecarWay(target, ledger, options.settings, result, is_fusion=dataset.is_fusion)
            yield job


async def _bring_up(job: Job) -> list[Place]:
    """Everything but the commit."""
    if job.sidecar_way is None:
        _count_header_losses(job)
    await job.target.put_catalog(job.category_ids.fitted(job.catalog))
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
    if job.is_whole and not job.stop.is_set:
        _report_strange_segments(job, strange - {SIDECAR_SEGMENT} - {place.name for place in places})
        if not (job.target.is_dry_run or job.result.failed):
            places += await send_sidecar(job)
    return places


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
def _threads(hash_threads: int) -> Iterator[tuple[Executor, Executor]]:
    """One thread that reads frames, and some that hash files."""
    reader = ThreadPoolExecutor(1, "lading-read")
    hashers = ThreadPoolExecutor(hash_threads, "lading-hash")
    try:
        yield reader, hashers
    finally:
        for pool in (reader, hashers):
            pool.shutdown(wait=False, cancel_futures=True)
