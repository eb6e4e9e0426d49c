"""The id of every answer (platform-api.md section A2), and a line in the log for it, without secrets."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lading.platform.wire.constants import REQUEST_ID_HEADER

_LOG = logging.getLogger(__name__)

#: Where a request's id lies in its scope.
REQUEST_ID = "lading.request_id"


async def with_request_id(app: ASGIApp, ended: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run the application for one request; whatever answers, its answer carries the id.

    `ended` answers for a request that is cut off. The line has no query (addresses of files carry their signature
    there), no header and no body, and the path as it was sent, so that nobody can forge a line.
    """
    if scope["type"] != "http":
        await app(scope, receive, send)
        return
    request_id = scope[REQUEST_ID] = uuid.uuid4().hex
    started_s = time.perf_counter()
    status = 0

    async def send_with_id(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            header = (REQUEST_ID_HEADER.lower().encode(), request_id.encode())
            message["headers"] = [*message.get("headers", ()), header]
        await send(message)

    try:
        await app(scope, receive, send_with_id)
    except asyncio.CancelledError:  # the platform ends, and the time that requests are given for it is over
        _LOG.warning("%s: cut off, as the platform ends", request_id)
        if status == 0:
            await ended(scope, receive, send_with_id)
    finally:
        path = scope.get("raw_path", b"").partition(b"?")[0].decode("ascii", "backslashreplace")
        took_ms = (time.perf_counter() - started_s) * 1000
        _LOG.info("%s %s %s: %d in %.1f ms", request_id, scope["method"], path, status, took_ms)
