"""A client of the platform for callers that do not await: its event loop runs in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from lading.platform.client import Client

T = TypeVar("T")


class BlockingClient:
    """Opened at the first call; closed when nobody holds it any more, or the process ends."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client | None = None

    def start(self, call: Callable[[Client], Coroutine[Any, Any, T]]) -> Future[T]:
        """Begin a call; its result is the future's."""
        client, loop = self._opened()
        return asyncio.run_coroutine_threadsafe(call(client), loop)

    def run(self, call: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Do a call and wait for it."""
        future = self.start(call)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _opened(self) -> tuple[Client, asyncio.AbstractEventLoop]:
        with self._lock:
            if self._client is None or self._loop is None:
                client, loop = self._make(), asyncio.new_event_loop()
                thread = threading.Thread(target=loop.run_forever, name="lading-source", daemon=True)
                thread.start()
                asyncio.run_coroutine_threadsafe(client.__aenter__(), loop).result()
                weakref.finalize(self, _close, client, loop, thread)
                self._client, self._loop = client, loop
            return self._client, self._loop


def _close(client: Client, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if threading.current_thread() is thread:  # collected by the loop's own thread, which cannot wait for itself
        loop.create_task(_stop(client, loop))
        return
    asyncio.run_coroutine_threadsafe(_stop(client, loop), loop)
    thread.join()
    loop.close()


async def _stop(client: Client, loop: asyncio.AbstractEventLoop) -> None:
    own = asyncio.current_task()
    for task in asyncio.all_tasks(loop):
        if task is not own:
            task.cancel()
    await client.__aexit__(None, None, None)
    loop.call_soon(loop.stop)
