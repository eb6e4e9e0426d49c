"""HTTP below the client: one session, the access key's header, retries, and bodies that stream."""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
import zlib
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

import aiohttp

from lading.errors import LadingError, OptionError, SourceError
from lading.model.content import Content
from lading.platform import answers
from lading.platform.address import Address
from lading.platform.connection import Answer
from lading.platform.download import Download
from lading.platform.form import PostForm
from lading.platform.posting import Body, Posting, place_of
from lading.platform.retry import Retry
from lading.platform.route import Routes
from lading.platform.wire import Envelope
from lading.platform.wire.constants import SOURCE_HEADER, TOKEN_HEADER

E = TypeVar("E", bound=Envelope)

#: Bytes read and sent at once.
BLOCK = 1 << 18

#: A body of at most so many bytes goes out in one piece.
SMALL = 1 << 19

#: Bytes a second that an upload has to make, beyond the plain time limit, before it counts as stalled.
SLOWEST = 1 << 15


#: What a file inside an archive may raise beside OSError when its bytes are bad.
BAD_BYTES = (EOFError, zlib.error, zipfile.BadZipFile)

_CLIENT = "lading"


class Transport:
    """The session of a client; `async with` opens and closes it."""

    def __init__(
        self,
        address: Address,
        access_key: str,
        *,
        timeout_s: float,
        connections: int,
        retry: Retry,
        routes: Routes,
    ) -> None:
        if not access_key or not access_key.isascii() or not access_key.isprintable():
            # The key itself is not shown, here or anywhere.
            found = "one with other characters" if access_key else "none"
            raise OptionError(f"access key: expected printable ASCII text, found {found}")
        self.address = address
        self.timeout_s = timeout_s
        self.retry = retry
        self._connections = connections
        self._headers = {TOKEN_HEADER: access_key, SOURCE_HEADER: _CLIENT}
        self._routes = routes
        self._session: aiohttp.ClientSession | None = None
        self._posting = Posting(routes, timeout_s)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.timeout_s, sock_read=self.timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._posting.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        url: str,
        answer: type[E],
        *,
        query: Mapping[str, str | int] | None = None,
        body: Envelope | None = None,
        is_idempotent: bool = True,
    ) -> E:
        """One call of the API and its answer; retried as `Retry` says."""
        where = f"{method} {url}"
        headers = dict(self._headers)
        data: bytes | None = None
        if body is not None:
            data = body.to_body()
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(data))}

        async def once() -> Answer:
            payload = None if data is None else _payload(data)
            got = await self._send(method, url, where, headers=headers, query=query, data=payload)
            if got.status not in (200, 201):
                raise answers.refusal(got.status, got.body, where, got.headers)
            return got

        got = await self.retry.run(once, is_idempotent=is_idempotent)
        return answers.parse(answer, got.body, where)

    async def post_object(
        self, form: PostForm, checksum: str, content: Content | bytes, size: int, head: bytes
    ) -> None:
        """Post a file under its SHA-1; it and `size` are what it has to be, `head` its first bytes.

        Sending the same object twice does no harm, so it is retried. Raises StorageError where the store refuses,
        SourceError where the file is not what it was or cannot be read.
        """
        before = form.head(form.prefix + checksum, head)
        length = len(before) + size + len(form.tail)

        async def once() -> None:
            if isinstance(content, bytes) and length <= SMALL:
                body: Body = (before, content, form.tail)
            else:
                body = FileBody(before, content, form.tail, size, checksum).blocks()
            got = await self._send("POST", form.url, form.url, form=(form.content_type, length, body))
            if got.status not in (200, 201, 204):  # D11
                raise answers.storage_refusal(got.status, got.body, form.url, got.headers)

        await self.retry.run(once)

    async def fetch(self, url: str, into: Download) -> None:
        """Write down the bytes behind a URL that carries its own authorisation (A2), which is not shown."""
        where = f"GET {url.partition('?')[0]}"

        async def once() -> None:
            got = await self._send("GET", url, where, into=into)
            if got.status != 200:
                raise answers.storage_refusal(got.status, got.body, where, got.headers, expected="the file's bytes")

        await self.retry.run(once)

    async def _send(
        self,
        method: str,
        url: str,
        where: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str | int] | None = None,
        data: bytes | AsyncIterator[bytes] | None = None,
        form: tuple[str, int, Body] | None = None,
        into: Download | None = None,
    ) -> Answer:
        """One exchange, with a body of the API (`data`) or an object's `form`; nothing else speaks to the network.

        Where the answer is `into` a file, its body is not in the answer.
        """
        place = place_of(url)
        proxy = self._posting.proxy_of(place)
        limit_s = None if form is None else self.timeout_s + form[1] / SLOWEST
        # A plain request shows the proxy its credentials by itself, another on opening its way.
        shown = {} if proxy is None or place.is_tls else proxy.headers
        way: dict[str, Any] = {
            "proxy": None if proxy is None else proxy.url,
            "proxy_headers": proxy.headers if proxy is not None and place.is_tls else None,
            "ssl": self._routes.tls if place.is_tls or (proxy and proxy.scheme == "https") else True,
        }
        try:
            async with asyncio.timeout(limit_s):
                if form is not None:
                    return await self._posting.post(url, *form)
                fields = {**(headers or {}), **shown}
                return await self._request(method, url, into, headers=fields, params=query, data=data, **way)
        except LadingError:
            raise
        except aiohttp.InvalidURL as exc:
            raise OptionError(f"{where}: expected an http address, found another") from exc
        except (aiohttp.ClientError, OSError) as exc:  # TimeoutError is an OSError
            by = where if proxy is None else f"{where} through the proxy {proxy.url}"
            raise answers.unreachable(exc, by, self.timeout_s) from answers.cause_of(exc)

    async def _request(self, method: str, url: str, into: Download | None, **options: Any) -> Answer:
        if self._session is None:
            raise LadingError("client: expected to be used within `async with`, found it closed")
        # Redirects are never followed: the access key must not travel to another host.
        async with self._session.request(method, url, allow_redirects=False, **options) as response:
            if into is not None and response.status == 200:
                body = await _saved(response, into)
            else:
                body = await response.read()
            return Answer(response.status, response.headers, body)


class FileBody:
    """A form's body that reads its file while it is sent, and ends it only where the file is what it was."""

    def __init__(self, before: bytes, content: Content | bytes, after: bytes, size: int, checksum: str) -> None:
        self._before = before
        self._content = content
        self._after = after
        self._size = size
        self._checksum = checksum

    async def blocks(self) -> AsyncIterator[bytes]:
        """The body in pieces. Raises SourceError where the file is not as long as it was, or has other bytes."""
        yield self._before
        if isinstance(self._content, bytes):
            for start in range(0, len(self._content), BLOCK):
                yield self._content[start : start + BLOCK]
        else:
            async for block in self._file_blocks(self._content):
                yield block
        yield self._after

    async def _file_blocks(self, content: Content) -> AsyncIterator[bytes]:
        left, digest = self._size, hashlib.sha1(usedforsecurity=False)
        try:
            stream = await asyncio.to_thread(content.open)
            try:
                while block := await asyncio.to_thread(_read, stream, digest):
                    left -= len(block)
                    if left < 0:
                        break
                    yield block
            finally:
                stream.close()
        except SourceError:
            raise
        except (OSError, *BAD_BYTES) as exc:
            raise unreadable(content.path, exc) from exc
        if left:
            found = "more" if left < 0 else str(self._size - left)
            raise SourceError(content.path, f"expected {self._size} bytes, as at first, found {found}")
        if digest.hexdigest() != self._checksum:
            raise SourceError(content.path, "expected the bytes that it had at first, found others")


def _read(stream: BinaryIO, digest: hashlib._Hash) -> bytes:
    block = stream.read(BLOCK)
    digest.update(block)
    return block


def unreadable(path: str, error: BaseException) -> SourceError:
    """The exception for a file whose bytes cannot be had."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return SourceError(path, f"expected a file that can be read, found {reason[:1].lower()}{reason[1:]}")


async def _saved(response: aiohttp.ClientResponse, into: Download) -> bytes:
    """Write the body down as it comes; nothing is left of it."""
    into.restart()
    async for block in response.content.iter_chunked(BLOCK):
        into.write(block)
    return b""


def _payload(data: bytes) -> bytes | AsyncIterator[bytes]:
    return data if len(data) <= SMALL else _pieces(data)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), BLOCK):
        yield data[start : start + BLOCK]
