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
from lading.model.sensor import Sensor
from lading.platform.wire import Json, PutLabels
from lading.upload.files import HashedFile, hash_file
from lading.upload.ledger import Entry, entry_of
from lading.upload.masks import SOURCE_ID, prepare_mask
from lading.upload.place import Place
from lading.upload.plan import Item, SegmentPlan
from lading.upload.result import Listener, Progress, UploadResult
from lading.upload.settings import Settings
from lading.upload.target import Target
from lading.upload.transfer import Work, post
from lading.upload.verify import Outcome

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
    """One segment of the dataset on its way, into one segment of the platform or, by calibration, into several.

    Memory: what its places hold, and a few frames in flight.
    """

    def __init__(self, job: Job, segment: Segment) -> None:
        self._job = job
        self._segment = segment
        self._target = job.target
        self._plan = SegmentPlan(job.dataset, segment, job.report)
        self._places: dict[str, Place] = {}
        self._frames_read = 0
        self._items: asyncio.Queue[tuple[Item, Place] | None] = asyncio.Queue(job.jobs * 2)

    async def run(self) -> list[Outcome]:
        """Bring the segment up to date; what each segment of the platform has to hold then."""
        try:
            await self._transfer()
        finally:
            self._plan.losses.report(self._job.report)
        if not self._places:  # a segment without frames is a segment
            await self._open(self._plan.name, self._segment.sensors)
        if self._job.is_verifying and not self._target.is_dry_run:
            self._tell("verify")
        return [await place.close(self._job.report, self._segment.name) for place in self._places.values()]

    async def _transfer(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._produce())
                for _ in range(self._job.jobs):
                    group.create_task(self._work())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        for place in self._places.values():
            await place.callbacks.flush()
        self._tell("upload")

    async def _produce(self) -> None:
        """Read frames in a thread of their own, as fast as the workers take them."""
        frames = self._job.dataset.frames(self._segment.name, report=self._job.report)
        while True:
            count, items = await self._in(self._job.reader, self._next_items, frames)
            if count == 0:
                break
            for item in items:
                await self._items.put((item, await self._place_of(item)))
            self._frames_read += count
            self._job.result.frames += count
        for _ in range(self._job.jobs):
            await self._items.put(None)

    def _next_items(self, frames: Iterator[Frame]) -> tuple[int, list[Item]]:
        chunk = list(islice(frames, _CHUNK))
        return len(chunk), [item for frame in chunk for item in self._plan.items(frame)]

    async def _place_of(self, item: Item) -> Place:
        known = self._places.get(item.segment_name)
        if known is not None:
            return known
        return await self._open(item.segment_name, self._plan.sensors[item.segment_name])

    async def _open(self, name: str, sensors: tuple[Sensor, ...]) -> Place:
        job = self._job
        is_fusion, is_verifying = job.dataset.is_fusion, job.is_verifying
        place = Place(job.target, name, job.result, job.settings, is_fusion=is_fusion, is_verifying=is_verifying)
        await place.open(self._segment.description, sensors)
        self._places[name] = place
        return place

    async def _work(self) -> None:
        while (work := await self._items.get()) is not None:
            await self._take(*work)
            self._tell("upload")

    async def _take(self, item: Item, place: Place) -> None:
        """See to one file; what is wrong with it alone is counted, anything else stops the upload."""
        theirs = place.remote.pop(item.key, None)
        try:
            if item.data.content is None:
                self._job.result.miss(item.data.path)
                place.keep(item.key, theirs)
                return
            if item.fault is not None:
                raise SourceError(item.data.path, item.fault)
            content = item.data.content
            file = await self._in(self._job.hashers, hash_file, content)
            await self._bring_up(item, place, file, theirs)
        except (SourceError, StorageError, InvalidRequestError, ConflictError, NotFoundError) as exc:
            if isinstance(exc, NotFoundError):
                await self._target.check_alive()
            self._fail(item, place, theirs, exc)

    async def _bring_up(self, item: Item, place: Place, file: HashedFile, theirs: Entry | None) -> None:
        label, masks = await self._whole_label(item)
        ours = entry_of(item, file.checksum, label)
        work = Work(item=item, ours=ours, theirs=theirs, label=label, size=file.size, mask_count=len(masks))
        is_there = theirs is not None and theirs.checksum == ours.checksum
        known_masks = theirs.masks if theirs is not None else frozenset()
        work.is_sent = not is_there
        new = ([] if is_there else [file]) + [mask for mask in masks if mask.checksum not in known_masks]
        for one in new:
            if not self._target.is_dry_run:
                await self._post(one, place)
            self._job.result.bytes_sent += one.size
        if theirs == ours or self._target.is_dry_run:
            place.done(work)
        elif is_there and theirs is not None and theirs.place == ours.place:
            await self._put_labels(work)
            place.done(work)
        else:
            await place.callbacks.add(work)

    async def _post(self, file: HashedFile, place: Place) -> None:
        """Send a file. One that the store had no luck with is that file's failure, unless it is one of many."""
        try:
            await post(self._target, place.policies, file)
        except TransientError as exc:
            self._job.faults += 1
            if self._job.faults >= self._job.settings.give_up:
                raise
            raise StorageError(str(exc)) from exc
        self._job.faults = 0

    async def _whole_label(self, item: Item) -> tuple[Json, list[HashedFile]]:
        """The labels with the masks among them, and the masks' files; a mask that is missing counts as a file."""
        if not item.masks:
            return item.label, []
        label, files = dict(item.label), []
        for mask in item.masks:
            if mask.content is None:
                self._job.result.miss(mask.path or f"{mask.kind} of {item.data.path}")
                continue
            made = await self._in(self._job.hashers, prepare_mask, mask, mask.content)
            if made.is_renumbered:
                await self._target.declare(mask.kind, SOURCE_ID)
            files.append(made.file)
            label[mask.kind] = made.label
        return label, files

    async def _put_labels(self, work: Work) -> None:
        body = PutLabels(
            draft_number=await self._target.draft(),
            segment_name=work.item.segment_name,
            remote_path=work.item.remote_path,
            sensor_name=work.item.sensor_name,
            label=work.label,
        )
        await self._target.client.put_labels(self._target.id, body)

    def _fail(self, item: Item, place: Place, theirs: Entry | None, error: LadingError) -> None:
        self._job.result.fail(item.data.path, str(error))
        place.keep(item.key, theirs)

    def _tell(self, phase: Literal["upload", "verify"]) -> None:
        if self._job.progress is not None:
            total, sent = self._segment.frame_count, self._job.result.bytes_sent
            self._job.progress(Progress(phase, self._segment.name, self._frames_read, total, sent))

    async def _in(self, executor: Executor, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, call, *args)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error to tell of several that came at once."""
    leaves: list[BaseException] = []
    for error in errors.exceptions:
        leaves.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((leaf for leaf in leaves if not isinstance(leaf, TransientError)), leaves[0])
