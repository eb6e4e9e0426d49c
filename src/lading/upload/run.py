"""The upload for callers that do not await: scripts, the command line, notebooks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar, Unpack

from lading.model.dataset import Dataset
from lading.upload.engine import upload_async
from lading.upload.options import Keywords, Options
from lading.upload.result import UploadResult

T = TypeVar("T")


def upload(dataset: Dataset, name: str, *, platform: str, access_key: str, **options: Unpack[Keywords]) -> UploadResult:
    """Upload a dataset as `name`, made if absent, to the platform at this URL, and commit; a rerun sends what is new.

    It waits for the end, also where an event loop runs already (Jupyter). `lading.upload.options.Options`, which is
    imported from there, says what the options mean; the result has what was sent, what failed and what is missing.
    Nothing is checked: `lading.validate` does. Raises what `upload_async` raises.
    """
    chosen = Options(**options)
    return run_blocking(upload_async(dataset, name, platform=platform, access_key=access_key, options=chosen))


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine; inside a running event loop it gets a thread and a loop of its own.

    An interrupt (Ctrl-C) cancels it and goes on to the caller once it has ended.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T] | None]] = Future()

    async def tracked() -> T:
        started.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    with ThreadPoolExecutor(1, "lading-upload") as pool:
        running = pool.submit(asyncio.run, tracked())
        try:
            return running.result()
        except KeyboardInterrupt:
            loop, task = started.result()
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)
            raise
