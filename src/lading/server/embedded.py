"""Running the platform: within a process, in a thread of its own, or as the whole of one."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from lading.errors import LadingError, OptionError
from lading.server.app import create_app
from lading.server.credentials import new_access_key
from lading.server.services import Services
from lading.server.settings import ServerSettings, default_data_dir

#: Seconds that requests under way are given when the platform ends.
_GRACE_S = 5

#: Seconds that an idle connection is kept for the next request.
_KEEP_ALIVE_S = 75


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """A platform that takes requests: its address, its access key, its folder."""

    url: str
    access_key: str = field(repr=False)
    data_dir: Path


@contextmanager
def running(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    access_key: str | None = None,
    **options: Any,
) -> Iterator[RunningPlatform]:
    """A platform in a thread of this process; it has ended when the block has.

    `data_dir` is by default where `default_data_dir` says, `options` are further fields of ServerSettings. Port 0
    takes a free one; a key that is not given is made and good for this once. Raises OptionError for options that
    cannot be used, LadingError where the port is taken, where another platform runs on the same folder, or where this
    one does not start.
    """
    folder = default_data_dir() if data_dir is None else Path(data_dir)
    key = new_access_key() if access_key is None else access_key
    settings = ServerSettings(data_dir=folder, host=host, port=port, access_key=key, **options)
    settings.check()
    with _alone(settings):
        server = _Server(settings)
        thread = threading.Thread(target=server.run_here, name="lading-platform", daemon=True)
        thread.start()
        try:
            server.announced.wait()
            if server.failure is not None:
                raise LadingError(f"{server.url}: expected the platform to start, found {server.failure}")
            yield RunningPlatform(server.url, key, folder)
        finally:
            server.should_exit = True
            thread.join()


def serve(settings: ServerSettings, announce: Callable[[str, str | None], None]) -> None:
    """Run the platform until SIGTERM or SIGINT; `announce` gets its address, and the access key if it made one.

    Raises OptionError for settings that cannot be used, LadingError where the port is taken, or where another one runs
    on the same folder.
    """
    settings.check()
    in_main_thread = threading.current_thread() is threading.main_thread()
    with _alone(settings):
        server = _Server(settings, lambda: announce(server.url, server.services.made_key))
        with _stopped_by_signals(server) if in_main_thread else nullcontext():
            server.run_here()
    if server.failure is not None:
        raise LadingError(f"{server.url}: expected the platform to start, found {server.failure}")


@contextmanager
def _alone(settings: ServerSettings) -> Iterator[None]:
    """Hold the folder, unless the metadata lie in a database that is made for several platforms."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = (settings.data_dir / "serve.lock").open("ab")
    except OSError:
        yield  # a folder that cannot be written is told where the database is opened
        return
    with lock:
        try:
            if settings.database is None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            message = "expected no other platform on this folder, found one that runs"
            hint = "speak to that one by its address, or take another folder (--data, LADING_HOME)"
            raise LadingError(f"{settings.data_dir}: {message}; {hint}") from exc
        yield


class _Server(uvicorn.Server):
    """Listens before the application is made, so that a port which is taken is found first."""

    def __init__(self, settings: ServerSettings, announce: Callable[[], None] = lambda: None) -> None:
        settings.check()
        self._listener = _listen(settings.host, settings.port)
        self.url = _url(settings, self._listener)
        self.announced = threading.Event()
        self.failure: str | None = None
        self._announce = announce
        try:
            app = create_app(settings)
        except BaseException:
            self._listener.close()
            raise
        self.services: Services = app.state.services
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="on",
                ws="none",
                loop="asyncio",
                http="h11",  # httptools, where it is installed, has no limit to the head of a request
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_GRACE_S,
                ssl_certfile=settings.tls_cert,
                ssl_keyfile=settings.tls_key,
                server_header=False,
            )
        )

    def run_here(self) -> None:
        """Serve until `should_exit`; `failure` says why it did not come to that."""
        try:
            self.run(sockets=[self._listener])
        except OSError as exc:  # also ssl.SSLError: a certificate that does not fit its key
            self.failure = str(exc)
        except SystemExit:  # uvicorn's way to say that the application did not start
            self.failure = "an application that did not start; its log says why"
        finally:
            self._listener.close()
            self.services.database.close()
            self.announced.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take requests, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()
            self.announced.set()
        else:
            self.failure = "an application that did not start; its log says why"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; who has not read its answer by then is cut off, or the connection would outlive its loop."""
        await super().shutdown(sockets=sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # they are closed in the loop's next round

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals alone; `serve` sees to them."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise OptionError(f"--host: expected an address of this machine, found {host!r}") from exc
    # With its protocol named, as asyncio sets TCP_NODELAY on no other: an answer would wait for the ACK of its head.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as exc:
        listener.close()
        raise LadingError(f"{host}:{port}: expected a free port, found {exc.strerror}") from exc
    return listener


def _url(settings: ServerSettings, listener: socket.socket) -> str:
    """The address for clients: loopback where the platform listens everywhere."""
    scheme = "http" if settings.tls_cert is None else "https"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(settings.host, settings.host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
