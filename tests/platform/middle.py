"""What stands between a client and a platform: a proxy of HTTP, and an authority that signs a server's certificate."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

NAME = "platform.test"


@dataclass
class MiddleProxy:
    """A proxy on a loopback port, in a thread: CONNECT and plain requests; every host it is asked for is this machine.

    `lines` are the first lines of the requests it got, `heads` all that came before a body; it opens no way while
    `refusal` is set.
    """

    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    refusal: int | None = None
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            line = head.partition(b"\r\n")[0].decode()
            method, target, _ = line.split()
            self.note(head)
            if self.refusal is not None:
                writer.write(f"HTTP/1.1 {self.refusal} No\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
                return
            if method == "CONNECT":
                port, first = int(target.rpartition(":")[2]), b""
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                parts = urlsplit(target)
                assert parts.hostname == NAME
                # One request a connection: the next may be for another host. The head goes on as it came but for that.
                port, first = parts.port or 80, head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            there, out = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(out):
                out.write(first)
                await asyncio.gather(_pump(reader, out), _pump(there, writer))

    def note(self, head: bytes) -> None:
        self.lines.append(head.partition(b"\r\n")[0].decode())
        self.heads.append(head.decode())


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while block := await source.read(1 << 16):
            sink.write(block)
            await sink.drain()
    sink.close()


@contextmanager
def proxy_running() -> Iterator[MiddleProxy]:
    proxy, is_up, loop = MiddleProxy(), Event(), asyncio.new_event_loop()

    async def main() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        is_up.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main())

    thread = Thread(target=run, name="proxy")
    thread.start()
    is_up.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@dataclass(frozen=True)
class Authority:
    """PEM files: of an authority, and of a server called `NAME` that it vouches for, with its key."""

    ca: Path
    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_authority(folder: Path) -> Authority:
    """By `openssl`; skips aloud where there is none."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Tests", "-days", "2", *usage)
    run("req", *new, "-keyout", "key.pem", "-out", "server.csr", "-subj", f"/CN={NAME}")
    (folder / "names").write_text(
        f"subjectAltName=DNS:{NAME}\nauthorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n"
        "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
    )
    sign = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    run("x509", "-req", "-in", "server.csr", "-out", "server.pem", *sign)
    return Authority(folder / "ca.pem", folder / "server.pem", folder / "key.pem")
