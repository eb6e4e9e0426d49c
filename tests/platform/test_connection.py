"""The connection that posts objects: answers of every shape, cut anywhere, too early, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import OptionError, SourceNotFoundError, StorageError, UnreachableError
from lading.platform.client import Client
from lading.platform.connection import BadAnswerError, Connection, read_answer
from lading.platform.form import PostForm
from lading.platform.posting import place_of
from lading.platform.retry import Retry
from lading.platform.wire import Policy, PolicyExtra

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
DENIED = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"

ANSWERS: dict[str, tuple[bytes, int, bytes, bool]] = {
    "no content": (OK, 204, b"", True),
    "a length": (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", 200, b"abc", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length:0\r\n\r\n", 200, b"", True),
    "chunks": (
        b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
        403,
        b"abc0123456789",
        True,
    ),
    "a trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n", 200, b"x", True),
    "100 first": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201, b"x", True),
    "the last": (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
    "an old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
    "an old server that keeps it": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
        200,
        b"x",
        True,
    ),
}


@pytest.mark.parametrize("shape", ANSWERS)
def test_an_answer_is_read_when_its_last_byte_is_there(shape: str) -> None:
    data, status, body, is_kept = ANSWERS[shape]
    for end in range(len(data)):
        assert read_answer(bytearray(data[:end])) is None, data[:end]
    found = read_answer(bytearray(data + b"HTTP/1.1 500"))
    assert found is not None
    answer, used, kept = found
    assert (answer.status, answer.body, used, kept) == (status, body, len(data), is_kept)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    data = bytearray(b"HTTP/1.1 400 Bad Request\r\nRETRY-after: 7\r\n\r\nabc")
    assert read_answer(data) is None
    found = read_answer(data, is_end=True)
    assert found is not None
    assert (found[0].status, found[0].body, found[2]) == (400, b"abc", False)
    assert found[0].headers == {"Retry-After": "7"}


def test_a_way_that_a_proxy_opened_has_no_body() -> None:
    found = read_answer(bytearray(b"HTTP/1.1 200 Connection established\r\n\r\n"), is_connect=True)
    assert found is not None
    assert (found[0].status, found[0].body, found[2]) == (200, b"", True)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(bytearray(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_none_yet_or_a_bad_one(data: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        try:
            found = read_answer(bytearray(start + data), is_end=True)
        except BadAnswerError:
            continue
        assert found is None or 0 < found[1] <= len(start + data)


# Against a server that sends what a test says.

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def against(handle: Handle, test: Callable[[Client, PostForm], Awaitable[Any]], **options: Any) -> Any:
    """Run a test with a client, and a form for a server whose every connection `handle` sees to."""

    async def main() -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handle(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Client(url, "k", **({"retry": Retry(attempts=1), "timeout": 5.0} | options)) as client:
            form = PostForm(Policy(result={"policy": "p"}, extra=PolicyExtra(host=url), expire_at=1))
            return await test(client, form)

    return asyncio.run(main())


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


async def post(client: Client, form: PostForm, content: bytes = b"x") -> None:
    await client.post_object(form, "c", content, size=len(content))


def test_one_connection_carries_many_files() -> None:
    connections: list[int] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while True:
            await read_request(reader)
            connections[-1] += 1
            writer.write(OK)

    async def test(client: Client, form: PostForm) -> None:
        for _ in range(5):
            await post(client, form)
        await asyncio.gather(*(post(client, form) for _ in range(3)))

    against(handle, test)
    assert (len(connections), sum(connections)) == (3, 8)


@pytest.mark.parametrize("delay", [0.0, 0.05], ids=["before it shows", "after it shows"])
def test_a_kept_connection_that_was_closed_is_replaced_unnoticed(delay: float) -> None:
    connections = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        await read_request(reader)
        writer.write(OK)  # as if it were kept

    async def test(client: Client, form: PostForm) -> None:
        for _ in range(3):
            await post(client, form)
            await asyncio.sleep(delay)

    against(handle, test)
    assert len(connections) == 3


def test_a_new_connection_that_breaks_is_told() -> None:
    connections = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        await read_request(reader)

    with pytest.raises(UnreachableError, match="found a connection that broke"):
        against(handle, post)
    assert len(connections) == 1


def test_an_answer_before_the_file_is_out_ends_it_there() -> None:
    """S3 refuses on the form's fields and closes: the refusal counts, not the broken pipe."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s" % (len(DENIED), DENIED))
        await writer.drain()
        await asyncio.sleep(0.2)

    async def test(client: Client, form: PostForm) -> None:
        await post(client, form, bytes(50_000_000))

    with pytest.raises(StorageError, match="403 AccessDenied: no"):
        against(handle, test)


def test_a_server_that_stalls_in_the_middle_of_a_file_is_given_up() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(5)

    async def test(client: Client, form: PostForm) -> None:
        await post(client, form, bytes(10_000))

    with pytest.raises(UnreachableError, match=r"found no answer within 0\.1 s"):
        against(handle, test, timeout=0.1)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "an answer that is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + bytes(2_000_000), "an answer of more than"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "a connection that broke"),
    ],
    ids=["another server", "too much", "half an answer"],
)
def test_what_is_no_answer_is_told(sent: bytes, found: str) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(sent)
        await writer.drain()

    with pytest.raises(UnreachableError, match=found):
        against(handle, post)


def test_two_answers_to_one_request_end_the_connection() -> None:
    connections = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        while True:
            await read_request(reader)
            writer.write(OK + b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    async def test(client: Client, form: PostForm) -> None:
        await post(client, form)
        await post(client, form)

    against(handle, test)
    assert len(connections) == 2


def test_a_redirect_of_the_store_is_not_followed() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(StorageError, match="found 307"):
        against(handle, post)


def test_a_file_that_is_gone_is_the_files_fault() -> None:
    class Gone:
        path, size, stamp = "a.jpg", 9, None

        def open(self) -> Any:
            raise SourceNotFoundError("a.jpg")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    with pytest.raises(SourceNotFoundError, match=r"a\.jpg: expected a file, found nothing"):
        against(handle, lambda client, form: client.post_object(form, "c", Gone(), size=9))


def test_a_post_that_is_cancelled_at_any_moment_leaves_no_socket_open() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK)

    async def test(client: Client, form: PostForm) -> None:
        for steps in range(12):
            task = asyncio.ensure_future(post(client, form, bytes(100_000)))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ResourceWarning)
        against(handle, test)
        gc.collect()
    assert [str(warning.message) for warning in said] == []


def test_a_connection_without_a_transport_is_a_broken_one() -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    async def main() -> None:
        await Connection().exchange(b"x", rest=nothing())

    with pytest.raises(ConnectionResetError):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "netloc", "path"),
    [
        ("http://h", "h", "/"),
        ("https://H:8443/a b?c=d e", "h:8443", "/a%20b?c=d%20e"),
        ("http://user:pw@[::1]:80/%41", "[::1]:80", "/%41"),
        ("http://bücher.example/é", "xn--bcher-kva.example", "/%C3%A9"),
    ],
)
def test_places(url: str, netloc: str, path: str) -> None:
    place = place_of(url)
    assert (place.netloc, place.path) == (netloc, path)


@pytest.mark.parametrize("url", ["ftp://h/", "http://", "//h/", "http://h:port/", "http://" + "x" * 64 + ".y/", ""])
def test_what_is_no_place(url: str) -> None:
    with pytest.raises(OptionError, match="expected an http address, found another"):
        place_of(url)
