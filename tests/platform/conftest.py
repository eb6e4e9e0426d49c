"""An HTTP server that answers as a test says, for the client's own behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lading.platform.client import Client
from lading.platform.retry import Retry

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
def against():
    """`against(handler, test)` runs `await test(client)` with a client of a server that answers by `handler`."""

    def run(handler: Handler, test, **options):
        async def main():
            app = web.Application(client_max_size=1 << 26)
            app.router.add_route("*", "/{path:.*}", handler)
            server = TestServer(app)
            await server.start_server()
            try:
                given = {"retry": Retry(attempts=3, sleep=no_sleep)} | options
                async with Client(str(server.make_url("/")), "key-1", **given) as client:
                    return await test(client)
            finally:
                await server.close()

        return asyncio.run(main())

    return run
