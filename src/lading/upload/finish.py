"""The end of an upload: the sidecar, the commit where nothing holds it, and a look at what the commit has."""

from __future__ import annotations

from collections.abc import Sequence

from lading.errors import NotFoundError, UploadError
from lading.model.codec import encode_catalog
from lading.upload.completion import look
from lading.upload.job import Job
from lading.upload.place import Place
from lading.upload.result import LISTED, Progress
from lading.upload.target import DRAFT_TITLE
from lading.upload.verify import Outcome, check_commit


async def finish(job: Job, places: Sequence[Place]) -> None:
    """Commit our draft, if there is one and nothing holds it, and read back what the commit has."""
    target, result = job.target, job.result
    result.draft_number = target.draft_number
    if result.failed or not job.options.is_committing:
        return
    if target.draft_number is None:
        # Nothing had changed: the head is what was asked for.
        result.commit_id = target.head_commit
        if job.options.tag is not None and result.commit_id is not None:
            await target.tag_head(job.options.tag)
        return
    if job.is_whole and places:
        await _commit(job, [place.outcome() for place in places])
        return
    outcomes = await _of_all_parts(job)
    if outcomes is not None:
        await _commit(job, outcomes)


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
    for outcome in outcomes:
        job.ledger.commit(outcome.segment_name, result.commit_id)
    await check_commit(job.target, result.commit_id, outcomes, is_thorough=job.options.verify)


async def send_sidecar(job: Job) -> list[Place]:
    """Send what was gathered, once; the segment of the platform that it lies in."""
    if job.sidecar is None or job.sidecar_way is None:
        return []
    gathered, job.sidecar = job.sidecar, None
    there = await job.target.catalog()
    uploaded = {} if there is None else encode_catalog(there)
    await job.sidecar_way.send(gathered, encode_catalog(job.catalog), uploaded)
    return [job.sidecar_way.place]
