"""One connection of HTTP/1.1 that carries prebuilt requests: a third of the processor time that a session takes.

It posts objects: many requests that are all but equal, with short answers. All else goes through aiohttp.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import cast

#: Bytes of an answer that are read at most: it is a status and maybe a page of XML.
MAX_ANSWER = 1 << 20

_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: |$)")


@dataclass(frozen=True)
class Answer:
    """A status, headers (by names such as `Retry-After`), and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BadAnswerError(ConnectionError):
    """What came back is no HTTP."""


class ProxyRefusalError(ConnectionError):
    """The proxy opens no way; `status` is its answer."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"{status} from the proxy")


class Connection(asyncio.Protocol):
    """Carries one request at a time; `is_open` says whether it takes another."""

    def __init__(self) -> None:
        self.is_open = False
        self.has_heard = False  # whether a byte of the answer under way has come
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._is_paused = False
        self._is_connect = False
        self._received = bytearray()

    @property
    def transport(self) -> asyncio.Transport:
        """What it writes to."""
        if self._transport is None:
            raise ConnectionResetError
        return self._transport

    @transport.setter
    def transport(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    async def exchange(
        self, *pieces: bytes, rest: AsyncIterator[bytes] | None = None, is_connect: bool = False
    ) -> Answer:
        """Send a request and take its answer; `rest` is what follows of a long one.

        An answer that comes before the request is out ends it there. Raises ConnectionError where the connection
        breaks, and whatever `rest` raises; the connection is closed then.
        """
        self._answer = asyncio.get_running_loop().create_future()
        self.has_heard = False
        self._is_connect = is_connect
        is_done = False
        try:
            self.transport.write(b"".join(pieces))
            if rest is not None:
                await self._write(rest, self._answer)
            answer = await self._answer
            is_done = True
            return answer
        finally:
            self._answer = None
            if not is_done or self._transport is None or self._transport.get_write_buffer_size():
                self.close()

    async def _write(self, rest: AsyncIterator[bytes], answer: asyncio.Future[Answer]) -> None:
        async for block in rest:
            while self._is_paused and not answer.done():
                self._drained = asyncio.get_running_loop().create_future()
                await self._drained
            if answer.done():
                self.close()
                return
            self.transport.write(block)

    def close(self) -> None:
        """Cut the connection, also in the middle of a request."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def pause_writing(self) -> None:
        """More is waiting to go out than should be."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._is_paused = False
        self._wake()

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        self.has_heard = True
        self._received += data
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._look(is_end=False)
        if len(self._received) > MAX_ANSWER:
            self._fail(BadAnswerError(f"an answer of more than {MAX_ANSWER} bytes"))

    def eof_received(self) -> None:
        """The other end says no more."""
        self._look(is_end=True)

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed."""
        self.is_open = False
        self._look(is_end=True)
        self._fail(error if error is not None else ConnectionResetError())
        self._wake()

    # Underneath.

    def _look(self, *, is_end: bool) -> None:
        """Whether what was received is an answer by now."""
        if self._answer is None or self._answer.done() or not self._received:
            return
        try:
            found = read_answer(self._received, is_end=is_end, is_connect=self._is_connect)
        except BadAnswerError as exc:
            self._fail(exc)
            return
        if found is not None:
            answer, used, is_kept = found
            # More than one answer to one request: the next would not know which is its own.
            self.is_open = self.is_open and is_kept and used == len(self._received)
            self._received.clear()
            self._answer.set_result(answer)
            self._wake()

    def _fail(self, error: Exception) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
            self._wake()

    def _wake(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)


def read_answer(data: bytearray, *, is_end: bool = False, is_connect: bool = False) -> tuple[Answer, int, bool] | None:
    """The answer that `data` starts with, its length, and whether the connection is kept; None where more has to come.

    `is_end` says that nothing more will, `is_connect` that it answers CONNECT, whose success has no body. Raises
    BadAnswerError for what is no answer.
    """
    start = 0
    while True:
        end = data.find(b"\r\n\r\n", start)
        if end < 0:
            if not b"HTTP/1.".startswith(data[start : start + 7]):
                raise BadAnswerError("an answer that is no HTTP")
            return None
        lines = bytes(data[start:end]).split(b"\r\n")
        match = _STATUS.match(lines[0])
        if match is None:
            raise BadAnswerError("an answer that is no HTTP")
        status = int(match[2])
        start = end + 4
        if status >= 200:  # those below announce the one that counts
            break
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        headers[name.decode("latin-1").strip().title()] = value.decode("latin-1").strip()
    has_body = status not in (204, 304) and not (is_connect and status < 300)
    body = _body(headers, data, start, is_end=is_end) if has_body else (b"", start, True)
    if body is None:
        return None
    content, used, is_delimited = body
    says = headers.get("Connection", "").lower()
    is_kept = is_delimited and says != "close" and (match[1] == b"1" or says == "keep-alive")
    return Answer(status, headers, content), used, is_kept


def _body(headers: Mapping[str, str], data: bytearray, start: int, *, is_end: bool) -> tuple[bytes, int, bool] | None:
    """The body, where it ends, and whether its end shows without the connection's (RFC 9112, 6.3)."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return _chunks(data, start)
    length = headers.get("Content-Length")
    if length is None:
        return (bytes(data[start:]), len(data), False) if is_end else None
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise BadAnswerError("an answer without a length that is a number")
    end = start + int(length)
    return (bytes(data[start:end]), end, True) if len(data) >= end else None


def _chunks(data: bytearray, start: int) -> tuple[bytes, int, bool] | None:
    body = b""
    while True:
        end = data.find(b"\r\n", start)
        if end < 0:
            return None
        try:
            size = int(bytes(data[start:end]).partition(b";")[0], 16)
        except ValueError:
            raise BadAnswerError("a chunk without a size") from None
        start = end + 2
        if size == 0:
            trailer = data.find(b"\r\n", start)
            if trailer == start:
                return body, start + 2, True
            after = data.find(b"\r\n\r\n", start)
            return None if after < 0 else (body, after + 4, True)
        if len(data) < start + size + 2:
            return None
        body += data[start : start + size]
        start += size + 2
