"""The upload of one segment: frames are read, hashed, compared, posted and entered, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from lading.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    SourceError,
    StorageError,
    TransientError,
)
from lading.model.dataset import Segment
from lading.model.frame import Frame
from lading.model.report import Report
from lading.model.sensor import Sensor
from lading.platform.wire import PutLabels
from lading.upload.files import HashedFile
from lading.upload.hashing import Hashed, Way, hash_batch
from lading.upload.job import Job, in_thread
from lading.upload.mask_way import MaskWay
from lading.upload.place import Place
from lading.upload.plan import Item, SegmentPlan
from lading.upload.remote import Entry, entry_of
from lading.upload.result import Progress
from lading.upload.transfer import Callbacks, Policies, Posts, Work

#: Frames that are read at once by the thread that reads.
_CHUNK = 16

#: Hashed files that wait for a worker, their bytes in memory where they are small.
_AHEAD = 8

#: Files that a thread hashes at once: going there and back costs as much as hashing 50 KB.
_BATCH = 16


class SegmentUpload:
    """One segment of the dataset on its way, into one segment of the platform or, by calibration, into several.

    Memory: files of up to `files.KEPT` bytes, as many as are in flight and as wait for it, and up to 100 bytes a path
    to tell paths that come twice.
    """

    def __init__(self, job: Job, segment: Segment) -> None:
        self._job = job
        self._segment = segment
        self._target = job.target
        self._plan = SegmentPlan(job.dataset, segment, job.report, is_carried=job.sidecar_way is not None)
        gathers = job.sidecar if job.is_whole else None
        self._sidecar = None if gathers is None else gathers.segment(segment, self._plan)
        self._ways: dict[str, Way] = {}
        self._frames_read = 0
        self._masks = MaskWay(job)
        self._hashing = job.hash_threads
        self._read: asyncio.Queue[list[tuple[Item, Way]] | None] = asyncio.Queue(1)
        self._hashed: asyncio.Queue[Hashed | None] = asyncio.Queue(_AHEAD)

    async def run(self) -> list[Place]:
        """Bring the segment up to date; the segments of the platform that it lies in."""
        try:
            await self._transfer()
        finally:
            self._job.ledger.flush()
            self._plan.losses.report(self._job.report)
        if not self._ways:  # a segment without frames is a segment
            await self._open(self._plan.name, self._segment.sensors)
        places = [way.place for way in self._ways.values()]
        if self._job.is_whole and not self._job.stop.is_set:
            for place in places:
                place.report_strangers(self._job.report, self._segment.name)
        return places

    async def _transfer(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._produce())
                for _ in range(self._job.hash_threads):
                    group.create_task(self._hash())
                for _ in range(self._job.gate.most):
                    group.create_task(self._work())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        for way in self._ways.values():
            await way.callbacks.flush()
        if self._sidecar is not None:
            self._sidecar.close()
        self._tell()

    async def _produce(self) -> None:
        """Read frames in a thread of their own, as fast as the workers take them."""
        job = self._job
        await in_thread(job.reader, self._skip_earlier_parts)
        frames = job.dataset.frames(self._segment.name, job.options.part, job.report)
        while not job.stop.is_set:
            count, items = await in_thread(job.reader, self._next_items, frames)
            if count == 0:
                break
            for start in range(0, len(items), _BATCH):
                await self._read.put([(item, await self._way_of(item)) for item in items[start : start + _BATCH]])
            self._frames_read += count
            job.result.frames += count
        for _ in range(job.hash_threads):
            await self._read.put(None)

    def _skip_earlier_parts(self) -> None:
        """What earlier parts have decides on names and numbers here, so it is read, though not sent."""
        k, n = self._job.options.part
        for earlier in range(1, k):
            for frame in self._job.dataset.frames(self._segment.name, (earlier, n), Report()):
                self._plan.skip(frame)

    def _next_items(self, frames: Iterator[Frame]) -> tuple[int, list[Item]]:
        chunk = list(islice(frames, _CHUNK))
        items: list[Item] = []
        for frame in chunk:
            of_frame = list(self._plan.items(frame))
            if self._sidecar is not None:
                self._sidecar.add(frame, of_frame)
            items += of_frame
        return len(chunk), items

    async def _way_of(self, item: Item) -> Way:
        known = self._ways.get(item.segment_name)
        if known is not None:
            return known
        return await self._open(item.segment_name, self._plan.sensors[item.segment_name])

    async def _open(self, name: str, sensors: tuple[Sensor, ...]) -> Way:
        job = self._job
        place = Place(job.target, job.ledger, name, is_fusion=job.dataset.is_fusion)
        await place.open(self._segment.description, sensors)
        posts = Posts(job.target, Policies(job.target, name, job.options.settings.policy_s), job.ledger)
        callbacks = Callbacks(
            job.target, name, posts, job.options.settings.batch, partial(self._done, place), self._refused
        )
        self._ways[name] = Way(place, posts, callbacks)
        return self._ways[name]

    async def _hash(self) -> None:
        """Hash what was read, and hand it on; one of `job.hash_threads` that do."""
        while (batch := await self._read.get()) is not None:
            if not self._job.stop.is_set:
                await hash_batch(self._job, batch, self._hashed.put)
        self._hashing -= 1
        if self._hashing == 0:
            for _ in range(self._job.gate.most):
                await self._hashed.put(None)

    async def _work(self) -> None:
        while (hashed := await self._hashed.get()) is not None:
            if not self._job.stop.is_set:
                await self._take(hashed)
            self._tell()

    async def _take(self, hashed: Hashed) -> None:
        """See to one file; what is wrong with it alone is counted, anything else stops the upload."""
        path = hashed.item.data.path
        try:
            await self._masks.keep(hashed.item)
            if hashed.file is None:
                self._job.result.miss(path)
            elif isinstance(hashed.file, SourceError):
                self._job.result.fail(path, str(hashed.file))
            else:
                await self._bring_up(hashed.item, hashed.way, hashed.file, hashed.theirs)
        except (SourceError, StorageError, InvalidRequestError, ConflictError, NotFoundError) as exc:
            if isinstance(exc, NotFoundError):
                await self._target.check_alive()
            self._job.result.fail(path, str(exc))

    async def _bring_up(self, item: Item, way: Way, file: HashedFile, theirs: Entry | None) -> None:
        label, masks = await self._masks.whole_label(item, theirs)
        ours = entry_of(item, file.checksum, label)
        is_there = theirs is not None and theirs.checksum == ours.checksum
        known_masks = theirs.masks if theirs is not None else frozenset()
        new = ([] if is_there else [file]) + [mask for mask in masks if mask.checksum not in known_masks]
        work = Work(item=item, ours=ours, theirs=theirs, label=label, size=file.size, files=new, mask_count=len(masks))
        work.is_sent = not is_there
        for one in new:
            sent = one.size if self._target.is_dry_run else await self._post(one, way)
            self._job.result.bytes_sent += sent
        if theirs == ours or self._target.is_dry_run:
            self._count(work)
        elif is_there and theirs is not None and theirs.place == ours.place:
            await self._put_labels(work)
            self._done(way.place, [work])
        else:
            await way.callbacks.add(work)

    async def _post(self, file: HashedFile, way: Way) -> int:
        """Send a file. One that the store had no luck with is that file's failure, unless it is one of many."""
        gate, sent = self._job.gate, 0
        await gate.enter()
        try:
            sent = await way.posts.send(file)
        except TransientError as exc:
            gate.back_off()
            self._job.faults += 1
            if self._job.faults >= self._job.options.settings.give_up:
                raise
            raise StorageError(str(exc)) from exc
        finally:
            gate.leave(sent)
        self._job.faults = 0
        return sent

    async def _put_labels(self, work: Work) -> None:
        body = PutLabels(
            draft_number=await self._target.draft(),
            segment_name=work.item.segment_name,
            remote_path=work.item.remote_path,
            sensor_name=work.item.sensor_name,
            label=work.label,
        )
        await self._target.client.put_labels(self._target.id, body)

    def _done(self, place: Place, batch: Sequence[Work]) -> None:
        """Note files that the draft has now as they should be."""
        for work in batch:
            place.put(work.item.key, work.ours)
            self._count(work)
        self._job.ledger.flush()

    def _count(self, work: Work) -> None:
        result = self._job.result
        result.labels += work.item.label_count + work.mask_count
        if work.is_sent:
            result.sent += 1
        else:
            result.skipped += 1
            result.relabelled += work.theirs is not None and work.theirs.label != work.ours.label

    def _refused(self, work: Work, reason: str) -> None:
        self._job.result.fail(work.item.data.path, reason)

    def _tell(self) -> None:
        if self._job.options.progress is not None:
            total, sent = self._segment.frame_count, self._job.result.bytes_sent
            self._job.options.progress(Progress("upload", self._segment.name, self._frames_read, total, sent))


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error to tell of several that came at once."""
    leaves: list[BaseException] = []
    for error in errors.exceptions:
        leaves.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((leaf for leaf in leaves if not isinstance(leaf, TransientError)), leaves[0])
