"""A server between client and platform that hands answers on as bytes, and spoils one of them as a test says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit

#: What comes in place of an answer, and what is made of it; nothing to the client where that is empty.
Spoil = Callable[[bytes], bytes]


def _with_body(answer: bytes, body: bytes, length: int | None = None) -> bytes:
    head, _, _ = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def _status(answer: bytes, status: bytes, *fields: bytes) -> bytes:
    return b"HTTP/1.1 " + b"\r\n".join([status, *fields, b"Content-Length: 0"]) + b"\r\n\r\n"


FAULTS: dict[str, Spoil] = {
    "no answer": lambda answer: b"",
    "garbage": lambda answer: b"\x00\xff garbage\r\n\r\n",
    "half an answer": lambda answer: answer[: len(answer) // 2],
    "half a body": lambda answer: _with_body(answer, _body(answer)[: len(_body(answer)) // 2], len(_body(answer))),
    "JSON that is none": lambda answer: _with_body(answer, b"<html>hello</html>"),
    "JSON of another shape": lambda answer: _with_body(answer, b"[1, 2"),
    "an empty body": lambda answer: _with_body(answer, b""),
    "too short a length": lambda answer: _with_body(answer, _body(answer), max(0, len(_body(answer)) - 1)),
    "too long a length": lambda answer: _with_body(answer, _body(answer), len(_body(answer)) + 10),
    "a redirect": lambda answer: _status(answer, b"302 Found", b"Location: http://127.0.0.1:9/"),
    "a 500": lambda answer: _status(answer, b"500 No"),
    "a 403": lambda answer: _status(answer, b"403 No"),
    "a 404": lambda answer: _status(answer, b"404 No"),
}


@dataclass
class Middle:
    """Counts the requests that come by; `spoil` is done to the answer of number `at`. The request always arrives."""

    upstream: int = 0
    port: int = 0
    at: int = -1
    spoil: Spoil = field(default=lambda answer: answer)
    shift: Callable[[bytes], bytes] = field(default=lambda answer: answer)
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def to(self, url: str) -> None:
        """Stand before the platform at this address from now on."""
        self.upstream = urlsplit(url).port or 0

    def again(self, at: int = -1, spoil: Spoil | None = None) -> None:
        """Begin to count anew."""
        self.lines, self.at = [], at
        self.spoil = spoil if spoil is not None else lambda answer: answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
            body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
            number = len(self.lines)
            self.lines.append(head.partition(b"\r\n")[0].decode())
            there, out = await asyncio.open_connection("127.0.0.1", self.upstream)
            with contextlib.closing(out):
                out.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
                answer = self.shift(await there.read(-1))
            writer.write(self.spoil(answer) if number == self.at else answer)
            await writer.drain()


@contextmanager
def middle_running() -> Iterator[Middle]:
    """A middle on a loopback port, in a thread."""
    middle, is_up, loop = Middle(), Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(middle.serve, "127.0.0.1", 0, limit=1 << 24)
        middle.port = server.sockets[0].getsockname()[1]
        is_up.set()
        async with server:
            await stop.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main())

    thread = Thread(target=run, name="middle")
    thread.start()
    is_up.wait(10)
    try:
        yield middle
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
