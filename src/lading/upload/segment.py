"""The upload of one segment: frames are read, hashed, compared, posted and entered, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import Literal, TypeVar, TypeVarTuple, Unpack

import msgspec

from lading.errors import (
    ConflictError,
    InvalidRequestError,
    LadingError,
    NotFoundError,
    SourceError,
    StorageError,
    TransientError,
)
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Frame
from lading.model.report import Report
from lading.platform.wire import Json, PutLabels
from lading.upload.files import HashedFile, hash_file, hash_mask
from lading.upload.ledger import Entry, entry_of, item_digest, read_segment
from lading.upload.plan import Item, SegmentPlan
from lading.upload.result import Listener, Progress, UploadResult
from lading.upload.settings import Settings
from lading.upload.target import Target
from lading.upload.transfer import Callbacks, Policies, Work, post
from lading.upload.verify import Outcome, differences

T = TypeVar("T")
Args = TypeVarTuple("Args")

#: Frames that are read at once by the thread that reads.
_CHUNK = 16


class Job(msgspec.Struct, kw_only=True):
    """What all segments of an upload share; `faults` counts the files in a row that the platform could not take."""

    dataset: Dataset
    target: Target
    result: UploadResult
    report: Report
    settings: Settings
    jobs: int
    is_verifying: bool
    reader: Executor
    hashers: Executor
    progress: Listener | None = None
    faults: int = 0


class SegmentUpload:
    """One segment on its way. Memory: an entry for each file that the platform holds of it, a few frames in flight."""

    def __init__(self, job: Job, segment: Segment) -> None:
        self._job = job
        self._segment = segment
        self._target = job.target
        self._plan = SegmentPlan(job.dataset, segment, job.report)
        self.name = self._plan.name
        self._remote: dict[str, Entry] = {}
        self._rows: set[str] = set()
        self._sent: dict[str, Entry] = {}
        self._digest = 0
        self._frames_read = 0
        self._policies = Policies(job.target, self.name, job.settings.policy_s)
        self._callbacks = Callbacks(job.target, self.name, job.settings.batch, self._done, self._refused)
        self._items: asyncio.Queue[Item | None] = asyncio.Queue(job.jobs * 2)

    async def run(self) -> Outcome:
        """Bring the segment up to date; what it has to hold then."""
        is_new = self.name not in self._target.segments
        if not is_new:
            async for key, entry in read_segment(self._target.client, self._target.id, self._target.version, self.name):
                self._remote[key] = entry
                self._rows.add(self._row(key))
        if not self._target.is_dry_run:
            await self._target.ensure_segment(self.name, self._segment.description)
            await self._target.put_sensors(self.name, self._segment.sensors, is_new=is_new)
        try:
            await self._transfer()
        finally:
            self._plan.losses.report(self._job.report)
        self._report_strangers()
        if self._job.is_verifying and not self._target.is_dry_run:
            await self._verify()
        return Outcome(segment_name=self.name, rows=len(self._rows), digest=self._digest)

    async def _transfer(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._produce())
                for _ in range(self._job.jobs):
                    group.create_task(self._work())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        await self._callbacks.flush()
        self._tell("upload")

    async def _produce(self) -> None:
        """Read frames in a thread of their own, as fast as the workers take them."""
        frames = self._job.dataset.frames(self._segment.name, report=self._job.report)
        while True:
            count, items = await self._in(self._job.reader, self._next_items, frames)
            if count == 0:
                break
            for item in items:
                await self._items.put(item)
            self._frames_read += count
            self._job.result.frames += count
        for _ in range(self._job.jobs):
            await self._items.put(None)

    def _next_items(self, frames: Iterator[Frame]) -> tuple[int, list[Item]]:
        chunk = list(islice(frames, _CHUNK))
        return len(chunk), [item for frame in chunk for item in self._plan.items(frame)]

    async def _work(self) -> None:
        while (item := await self._items.get()) is not None:
            await self._take(item)
            self._tell("upload")

    async def _take(self, item: Item) -> None:
        """See to one file; what is wrong with it alone is counted, anything else stops the upload."""
        theirs = self._remote.pop(item.key, None)
        try:
            if item.data.content is None:
                self._job.result.miss(item.data.path)
                self._keep(item.key, theirs)
                return
            if item.fault is not None:
                raise SourceError(item.data.path, item.fault)
            content = item.data.content
            file = await self._in(self._job.hashers, hash_file, content)
            await self._bring_up(item, file, theirs)
        except (SourceError, StorageError, InvalidRequestError, ConflictError, NotFoundError) as exc:
            if isinstance(exc, NotFoundError):
                await self._target.check_alive()
            self._fail(item, theirs, exc)

    async def _bring_up(self, item: Item, file: HashedFile, theirs: Entry | None) -> None:
        label, masks = await self._whole_label(item)
        ours = entry_of(item, file.checksum, label)
        work = Work(item=item, ours=ours, theirs=theirs, label=label, size=file.size, mask_count=len(masks))
        is_there = theirs is not None and theirs.checksum == ours.checksum
        known_masks = theirs.masks if theirs is not None else frozenset()
        work.is_sent = not is_there
        new = ([] if is_there else [file]) + [mask for mask in masks if mask.checksum not in known_masks]
        for one in new:
            if not self._target.is_dry_run:
                await self._post(one)
            self._job.result.bytes_sent += one.size
        if theirs == ours or self._target.is_dry_run:
            self._done(work)
        elif is_there and theirs is not None and theirs.place == ours.place:
            await self._put_labels(work)
            self._done(work)
        else:
            await self._callbacks.add(work)

    async def _post(self, file: HashedFile) -> None:
        """Send a file. One that the store had no luck with is that file's failure, unless it is one of many."""
        try:
            await post(self._target, self._policies, file)
        except TransientError as exc:
            self._job.faults += 1
            if self._job.faults >= self._job.settings.give_up:
                raise
            raise StorageError(str(exc)) from exc
        self._job.faults = 0

    async def _whole_label(self, item: Item) -> tuple[Json, list[HashedFile]]:
        """The labels with the masks among them, and the masks' files."""
        if not item.masks:
            return item.label, []
        label, files = dict(item.label), []
        for mask in item.masks:
            content = mask.content
            found = None
            if content is not None:
                found = await self._in(self._job.hashers, hash_mask, mask, content)
            if found is None:
                self._plan.losses.add("mask not uploaded", item.data, mask)
                continue
            files.append(found[0])
            label[mask.kind] = found[1]
        return label, files

    async def _put_labels(self, work: Work) -> None:
        body = PutLabels(
            draft_number=await self._target.draft(),
            segment_name=self.name,
            remote_path=work.item.remote_path,
            sensor_name=work.item.sensor_name,
            label=work.label,
        )
        await self._target.client.put_labels(self._target.id, body)

    def _done(self, work: Work) -> None:
        result = self._job.result
        result.labels += work.item.label_count + work.mask_count
        if work.is_sent:
            result.sent += 1
        else:
            result.skipped += 1
            result.relabelled += work.theirs is not None and work.theirs.label != work.ours.label
        self._rows.add(self._row(work.item.key))
        self._keep(work.item.key, work.ours)
        if self._job.is_verifying:
            self._sent[work.item.key] = work.ours

    def _refused(self, work: Work, reason: str) -> None:
        self._job.result.fail(work.item.data.path, reason)
        self._keep(work.item.key, work.theirs)

    def _fail(self, item: Item, theirs: Entry | None, error: LadingError) -> None:
        self._job.result.fail(item.data.path, str(error))
        self._keep(item.key, theirs)

    def _keep(self, key: str, entry: Entry | None) -> None:
        """Count in a file that the segment holds from now on."""
        if entry is not None:
            self._digest += item_digest(key, entry)

    def _report_strangers(self) -> None:
        """What the platform holds and the dataset does not is left alone, and said."""
        for key, entry in self._remote.items():
            self._keep(key, entry)
        if self._remote:
            names = ", ".join(repr(_shown(key)) for key in list(self._remote)[:3])
            message = (
                f"segment {self.name!r} on the platform: expected only files of the dataset, "
                f"found {len(self._remote)} more, such as {names}; they are left alone"
            )
            self._job.report.warning("upload.extra-remote", message, segment=self._segment.name)

    async def _verify(self) -> None:
        self._tell("verify")
        for key, reason in await differences(self._target, self.name, self._sent):
            self._job.result.fail(f"{self.name}/{_shown(key)}", reason)

    def _row(self, key: str) -> str:
        """What a segment counts: the file, or in fusion its frame."""
        return key.partition("\n")[0] if self._job.dataset.is_fusion else key

    def _tell(self, phase: Literal["upload", "verify"]) -> None:
        if self._job.progress is not None:
            total, sent = self._segment.frame_count, self._job.result.bytes_sent
            self._job.progress(Progress(phase, self._segment.name, self._frames_read, total, sent))

    async def _in(self, executor: Executor, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, call, *args)


def _shown(key: str) -> str:
    """A file's key as people read it."""
    return key.replace("\n", " ")


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error to tell of several that came at once."""
    leaves: list[BaseException] = []
    for error in errors.exceptions:
        leaves.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((leaf for leaf in leaves if not isinstance(leaf, TransientError)), leaves[0])
