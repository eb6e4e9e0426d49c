"""Where objects are posted to: connections opened when needed, through a proxy where there is one, and kept."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from lading.errors import OptionError
from lading.platform.connection import Answer, Connection, ProxyRefusalError
from lading.platform.route import Proxy, Routes

#: Seconds after which a connection that nobody used is not trusted any more.
_KEPT_S = 20.0

#: Seconds after which the next address of a name is tried beside the first (RFC 8305).
_NEXT_ADDRESS_S = 0.25

#: What a request is made of: pieces that go out together, or a stream of them.
Body: TypeAlias = Sequence[bytes] | AsyncIterator[bytes]


@dataclass(frozen=True)
class Place:
    """What a URL says: where to connect to, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str
    netloc: str

    @property
    def is_tls(self) -> bool:
        """Whether the connection is one of TLS."""
        return self.scheme == "https"


class Posting:
    """Posts prebuilt bodies over connections that are kept from one to the next."""

    def __init__(self, routes: Routes, connect_s: float) -> None:
        self._routes = routes
        self._connect_s = connect_s
        self._head = lru_cache(16)(self._make_head)
        self._idle: dict[tuple[str, str, int], list[tuple[float, Connection]]] = {}

    async def post(self, url: str, content_type: str, size: int, body: Body) -> Answer:
        """Send a body of `size` bytes, take the answer. Raises OSError where there is none, OptionError by the URL."""
        place = place_of(url)
        proxy = self.proxy_of(place)
        head = b"%bContent-Length: %d\r\n\r\n" % (self._head(place, proxy, content_type), size)
        while True:
            kept = self._take(place)
            connection = kept or await self._open(place, proxy)
            try:
                if isinstance(body, Sequence):
                    answer = await connection.exchange(head, *body)
                else:
                    answer = await connection.exchange(head, rest=body)
            except ConnectionError:
                # A kept connection may have been closed at the other end just now: that says nothing of the request.
                if kept is None or connection.has_heard or not isinstance(body, Sequence):
                    raise
                continue
            self._keep(place, connection)
            return answer

    def proxy_of(self, place: Place) -> Proxy | None:
        """The proxy on the way to a place."""
        return self._routes.proxy(place.scheme, place.host, place.port)

    def _make_head(self, place: Place, proxy: Proxy | None, content_type: str) -> bytes:
        """All of a request's head but for its last field. No access key: a form carries its own authorisation (A2)."""
        fields = {"Host": place.netloc, "Content-Type": content_type}
        target = place.path
        if proxy is not None and not place.is_tls:
            target = f"{place.scheme}://{place.netloc}{place.path}"
            fields |= proxy.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {target} HTTP/1.1\r\n{lines}".encode("latin-1")

    def close(self) -> None:
        """Close what is idle."""
        for kept in self._idle.values():
            for _, connection in kept:
                connection.close()
        self._idle.clear()

    def _take(self, place: Place) -> Connection | None:
        kept = self._idle.get((place.scheme, place.host, place.port), [])
        while kept:
            since, connection = kept.pop()
            if connection.is_open and time.monotonic() - since < _KEPT_S:
                return connection
            connection.close()
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        if connection.is_open:
            kept = self._idle.setdefault((place.scheme, place.host, place.port), [])
            kept.append((time.monotonic(), connection))

    async def _open(self, place: Place, proxy: Proxy | None) -> Connection:
        async with asyncio.timeout(self._connect_s):
            if proxy is None:
                return await self._connect(place.host, place.port, is_tls=place.is_tls)
            connection = await self._connect(proxy.host, proxy.port, is_tls=proxy.scheme == "https")
            if place.is_tls:
                try:
                    await self._tunnel(connection, place, proxy)
                except BaseException:
                    connection.close()
                    raise
            return connection

    async def _connect(self, host: str, port: int, *, is_tls: bool) -> Connection:
        loop = asyncio.get_running_loop()
        tls = self._routes.tls if is_tls else None
        # A name may stand for several addresses, of which the first need not answer.
        delay_s = None if _is_address(host) else _NEXT_ADDRESS_S
        _, connection = await loop.create_connection(Connection, host, port, ssl=tls, happy_eyeballs_delay=delay_s)
        return connection

    async def _tunnel(self, connection: Connection, place: Place, proxy: Proxy) -> None:
        """Have the proxy open a way to a place, and speak TLS with the place through it."""
        host = f"[{place.host}]" if ":" in place.host else place.host
        headers = {"Host": f"{host}:{place.port}", **proxy.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"CONNECT {host}:{place.port} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
        answer = await connection.exchange(request, is_connect=True)
        if answer.status != 200:
            raise ProxyRefusalError(answer.status)
        secured = await asyncio.get_running_loop().start_tls(
            connection.transport, connection, self._routes.tls, server_hostname=place.host
        )
        if secured is None:
            raise ConnectionResetError
        connection.transport = secured


@lru_cache(64)
def place_of(url: str) -> Place:
    """The place of a URL. Raises OptionError where it is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not _is_address(host):
            host = host.encode("idna").decode()
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except (ValueError, UnicodeError):
        host, port = "", 0
    if not host or not port:
        raise OptionError(f"{url}: expected an http address, found another")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc = f"{netloc}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    if parts.query:
        path = f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}"
    return Place(parts.scheme, host, port, path, netloc)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
