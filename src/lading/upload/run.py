"""The upload for callers that do not await: scripts, the command line, notebooks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset
from lading.model.report import Report
from lading.upload.engine import upload_async
from lading.upload.result import Listener, UploadResult
from lading.upload.settings import Settings

T = TypeVar("T")


def upload(
    dataset: Dataset,
    name: str,
    *,
    platform: str,
    access_key: str,
    jobs: int = 8,
    dry_run: bool = False,
    commit: str | None = None,
    is_committing: bool = True,
    tag: str | None = None,
    verify: bool = False,
    allow_missing: bool = False,
    catalog: Catalog | None = None,
    progress: Listener | None = None,
    report: Report | None = None,
    settings: Settings | None = None,
) -> UploadResult:
    """Do what `upload_async` does and wait for it, also where an event loop runs already (Jupyter)."""
    return run_blocking(
        upload_async(
            dataset,
            name,
            platform=platform,
            access_key=access_key,
            jobs=jobs,
            dry_run=dry_run,
            commit=commit,
            is_committing=is_committing,
            tag=tag,
            verify=verify,
            allow_missing=allow_missing,
            catalog=catalog,
            progress=progress,
            report=report,
            settings=settings,
        )
    )


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
