"""The end of an upload: the sidecar, the commit where nothing holds it, and a look at what the commit has."""

from __future__ import annotations

from collections.abc import Sequence

from lading.errors import NotFoundError, UploadError
from lading.model.codec import encode_catalog
from lading.upload.completion import look
from lading.upload.job import Job
from lading.upload.place import Outcome, Place
from lading.upload.result import LISTED, Progress
from lading.upload.target import DRAFT_TITLE
from lading.upload.verify import check_commit, verify


async def finish(job: Job, places: Sequence[Place]) -> None:
    """Commit our draft, if there is one and nothing holds it; where that is wanted, all is read back before.

    Of several parts, the one that commits reads back what all of them brought.
    """
    target, result = job.target, job.result
    result.draft_number = target.draft_number
    if result.failed:
        return
    if target.draft_number is None:
        await _keep_head(job)
    elif job.is_whole and not job.options.commit_only:
        if job.options.verify:
            await verify(job)
        if job.options.is_committing and not result.failed:
            await _commit(job, [place.outcome() for place in places])
    elif job.options.is_committing:
        outcomes = await _of_all_parts(job)
        if outcomes is not None and job.options.verify:
            await verify(job)
        if outcomes is not None and not result.failed:
            await _commit(job, outcomes)


async def _keep_head(job: Job) -> None:
    """Nothing had changed: the head is what was asked for."""
    target, result, options = job.target, job.result, job.options
    if options.verify:
        if job.sidecar_way is None and (options.commit_only or not job.is_whole):
            await look(job.dataset, target, listed=LISTED, sidecar=job.sidecar)  # what would be in the sidecar
        await verify(job)
    if options.is_committing and not result.failed:
        result.commit_id = target.head_commit
        if options.tag is not None and result.commit_id is not None:
            await target.tag_head(options.tag)


async def _of_all_parts(job: Job) -> list[Outcome] | None:
    """What the draft holds that all parts fill, the sidecar too; None where something is not there yet."""
    found = await look(job.dataset, job.target, listed=LISTED, sidecar=job.sidecar)
    if found.missing:
        job.result.absent = found.missing
        return None
    try:
        places = await send_sidecar(job)
    except (UploadError, NotFoundError):
        # Another part was quicker: it has sent the same, and committed.
        job.result.commit_id = await job.target.moved_head()
        if job.result.commit_id is None:
            raise
        return None
    return None if job.result.failed else [*found.outcomes, *(place.outcome() for place in places)]


async def _commit(job: Job, outcomes: Sequence[Outcome]) -> None:
    result = job.result
    if job.options.progress is not None:
        job.options.progress(Progress("commit", None, result.frames, result.frames, result.bytes_sent))
    result.commit_id = await job.target.commit(job.options.commit or DRAFT_TITLE, job.options.tag)
    # Before the ledger knows of the commit: one that is not whole must be read back by the next run.
    await check_commit(job.target, result.commit_id, outcomes)
    for outcome in outcomes:
        job.ledger.commit(outcome.segment_name, result.commit_id)


async def send_sidecar(job: Job) -> list[Place]:
    """Send what was gathered, once; the segment of the platform that it lies in."""
    if job.sidecar is None or job.sidecar_way is None:
        return []
    gathered, job.sidecar = job.sidecar, None
    there = await job.target.catalog()
    uploaded = {} if there is None else encode_catalog(there)
    await job.sidecar_way.send(gathered, encode_catalog(job.catalog), uploaded)
    return [job.sidecar_way.place]
