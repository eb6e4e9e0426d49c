"""Files and their entries on the way up: policies renewed in time, posts, and callbacks in batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec

from lading.errors import ConflictError, InvalidRequestError, NotFoundError, StorageError
from lading.platform.form import PostForm
from lading.platform.wire import CallbackObject, Json
from lading.upload.files import HashedFile
from lading.upload.ledger import Entry
from lading.upload.plan import Item
from lading.upload.target import Target

#: Of a policy's life, the share after which it is renewed.
RENEW_AT = 0.8


class Work(msgspec.Struct, kw_only=True):
    """An item whose file was read: what it will be on the platform (`ours`), and what it was there (`theirs`)."""

    item: Item
    ours: Entry
    theirs: Entry | None
    label: Json
    size: int
    mask_count: int = 0
    is_sent: bool = False

    def callback(self) -> CallbackObject:
        """Its entry in a callback."""
        item = self.item
        return CallbackObject(
            remote_path=item.remote_path,
            checksum=self.ours.checksum,
            file_size=self.size,
            timestamp=item.timestamp_s,
            frame_id=item.frame_id,
            sensor_name=item.sensor_name,
            label=self.label or None,
        )


class Policies:
    """The forms to post with, for one segment: the current one while it holds, then the next."""

    def __init__(self, target: Target, segment_name: str, lifetime_s: int) -> None:
        self._target = target
        self._segment_name = segment_name
        self._lifetime_s = lifetime_s
        self._form: PostForm | None = None
        self._renew_at = 0.0
        self._lock = asyncio.Lock()

    async def form(self) -> PostForm:
        """A form whose policy holds for a while yet."""
        async with self._lock:
            if self._form is None or time.monotonic() >= self._renew_at:
                asked_at = time.monotonic()
                draft_number = await self._target.draft()
                policy = await self._target.client.get_policy(
                    self._target.id, draft_number, segment_name=self._segment_name, expired=self._lifetime_s
                )
                # `expireAt` is the server's clock; where ours is off, what was asked for is the better guess.
                told_s = policy.expire_at - time.time()
                life_s = told_s if 0 < told_s < self._lifetime_s else self._lifetime_s
                self._renew_at = asked_at + life_s * RENEW_AT
                self._form = PostForm(policy)
            return self._form

    def drop(self, form: PostForm) -> None:
        """Forget a form that the store no longer takes."""
        if self._form is form:
            self._form = None


async def post(target: Target, policies: Policies, file: HashedFile) -> None:
    """Send a file's bytes. Raises StorageError where the store refuses it under a fresh policy too."""
    form = await policies.form()
    try:
        await target.client.post_object(form, file.checksum, file.body, size=file.size, head=file.head)
    except StorageError as exc:
        if exc.status != 403:
            raise
        # Most likely the policy ran out on the way (C5).
        policies.drop(form)
        form = await policies.form()
        await target.client.post_object(form, file.checksum, file.body, size=file.size, head=file.head)


class Callbacks:
    """Gathers posted files and enters them into the draft, `size` at a time.

    `done` is told of each file that is entered, `refused` of each that the platform will not have, and why.
    """

    def __init__(
        self,
        target: Target,
        segment_name: str,
        size: int,
        done: Callable[[Work], None],
        refused: Callable[[Work, str], None],
    ) -> None:
        self._target = target
        self._segment_name = segment_name
        self._size = size
        self._done = done
        self._refused = refused
        self._waiting: list[Work] = []

    async def add(self, work: Work) -> None:
        """Take one posted file; the one that makes a batch full sends it."""
        self._waiting.append(work)
        if len(self._waiting) >= self._size:
            await self.flush()

    async def flush(self) -> None:
        """Send what has gathered."""
        batch, self._waiting = self._waiting, []
        if batch:
            await self._send(batch)

    async def _send(self, batch: Sequence[Work]) -> None:
        """Send a batch. As all or none are taken (B16), a refused one is halved until the culprits are found."""
        draft_number = await self._target.draft()
        call = self._target.client.put_multi_callback
        try:
            await call(self._target.id, draft_number, self._segment_name, [work.callback() for work in batch])
        except (InvalidRequestError, NotFoundError, ConflictError) as exc:
            if isinstance(exc, NotFoundError):
                await self._target.check_alive()
            if len(batch) == 1:
                self._refused(batch[0], str(exc))
                return
            middle = len(batch) // 2
            await self._send(batch[:middle])
            await self._send(batch[middle:])
            return
        for work in batch:
            self._done(work)
