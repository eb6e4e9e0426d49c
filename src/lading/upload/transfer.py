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
from lading.upload.ledger import Ledger
from lading.upload.plan import Item
from lading.upload.remote import Entry
from lading.upload.target import Target

#: Of a policy's life, the share after which it is renewed.
RENEW_AT = 0.8


class Work(msgspec.Struct, kw_only=True):
    """An item whose file was read: what it will be on the platform (`ours`), and what it was there (`theirs`).

    `files` are its own and its masks', those that had to be in the store.
    """

    item: Item
    ours: Entry
    theirs: Entry | None
    label: Json
    size: int
    files: Sequence[HashedFile] = ()
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


class Posts:
    """Brings files into the store, each content once, whatever its names; the ledger knows what is there."""

    def __init__(self, target: Target, policies: Policies, ledger: Ledger) -> None:
        self._target = target
        self._policies = policies
        self._ledger = ledger
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def send(self, file: HashedFile) -> int:
        """The bytes that were sent: none where the store has this content. Raises StorageError, TransientError."""
        while True:
            form = await self._policies.form()
            key = form.prefix + file.checksum
            if self._ledger.is_posted(key):
                return 0
            other = self._under_way.get(key)
            if other is None:
                break
            await asyncio.wait([other])  # and look again: it may have failed
        self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            await self._post(form, file)
            self._ledger.note_posted(key)
        finally:
            self._under_way.pop(key).set_result(None)
        return file.size

    async def forget(self, file: HashedFile) -> None:
        """The platform says that the store has not got this content."""
        form = await self._policies.form()
        self._ledger.forget_posted(form.prefix + file.checksum)

    async def _post(self, form: PostForm, file: HashedFile) -> None:
        """Send a file's bytes; where the store refuses, once more under a fresh policy."""
        post = self._target.client.post_object
        try:
            await post(form, file.checksum, file.body, size=file.size, head=file.head)
        except StorageError as exc:
            if exc.status != 403:
                raise
            # Most likely the policy ran out on the way (C5).
            self._policies.drop(form)
            await post(await self._policies.form(), file.checksum, file.body, size=file.size, head=file.head)


class Callbacks:
    """Gathers posted files and enters them into the draft, `size` at a time.

    `done` is told of each file that is entered, `refused` of each that the platform will not have, and why.
    """

    def __init__(
        self,
        target: Target,
        segment_name: str,
        posts: Posts,
        size: int,
        done: Callable[[Sequence[Work]], None],
        refused: Callable[[Work, str], None],
    ) -> None:
        self._target = target
        self._segment_name = segment_name
        self._posts = posts
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
        try:
            await self._call(batch)
        except (InvalidRequestError, NotFoundError, ConflictError) as exc:
            if isinstance(exc, NotFoundError):
                await self._target.check_alive()
            if len(batch) == 1:
                await self._send_again(batch[0], exc)
                return
            middle = len(batch) // 2
            await self._send(batch[:middle])
            await self._send(batch[middle:])
            return
        self._done(batch)

    async def _send_again(self, work: Work, refusal: InvalidRequestError | NotFoundError | ConflictError) -> None:
        """A file that the platform does not find may have been lost by the store: then it is posted anew, once."""
        reason = str(refusal)
        if isinstance(refusal, NotFoundError) and work.files:
            for file in work.files:
                await self._posts.forget(file)
                await self._posts.send(file)
            try:
                await self._call([work])
            except (InvalidRequestError, NotFoundError, ConflictError) as exc:
                reason = str(exc)
            else:
                self._done([work])
                return
        self._refused(work, reason)

    async def _call(self, batch: Sequence[Work]) -> None:
        draft_number = await self._target.draft()
        objects = [work.callback() for work in batch]
        await self._target.client.put_multi_callback(self._target.id, draft_number, self._segment_name, objects)
