"""The client against a server that answers what a test says: errors, retries, bodies."""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import random
import socket
from pathlib import Path

import pytest
from aiohttp import web

from lading.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    LadingError,
    NoRoomError,
    NotFoundError,
    OptionError,
    PlatformError,
    ServerFaultError,
    SourceError,
    StorageError,
    UnauthorizedError,
    UnreachableError,
)
from lading.platform.client import Client
from lading.platform.download import SPOOL, Download
from lading.platform.form import PostForm
from lading.platform.reading import Version, pages
from lading.platform.retry import Retry
from lading.platform.transport import SMALL
from lading.platform.wire import DatasetList, Policy, PolicyExtra, PutLabels

API = "/gatewayv2/tensorbay-open-api/v1"


class Memory:
    """A file in memory; `told` is the size it claims."""

    path = "some/file.bin"
    stamp = None

    def __init__(self, content, told=None):
        self.content = content
        self.size = len(content) if told is None else told

    def open(self):
        return io.BytesIO(self.content)


def answering(status, body=None, *, text=None, headers=None):
    async def handler(_request):
        if text is not None:
            return web.Response(status=status, text=text, headers=headers)
        return web.json_response(body if body is not None else {}, status=status, headers=headers)

    return handler


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "InvalidParamsValue", InvalidRequestError),
        (400, "RequestParamsMissing", InvalidRequestError),
        (401, "Unauthorized", UnauthorizedError),
        (403, "AccessDenied", ForbiddenError),
        (403, "Forbidden", ForbiddenError),
        (404, "ResourceNotExist", NotFoundError),
        (409, "NameConflict", ConflictError),
        (418, "Teapot", PlatformError),
        (500, "InternalServerError", ServerFaultError),
        (429, "TooMany", ServerFaultError),
    ],
)
def test_an_error_answer_becomes_its_exception(against, status, code, error):
    handler = answering(status, {"code": code, "message": "dataset not exist!"})
    with pytest.raises(error, match=f"GET http://.*/datasets/x: expected .*{status} {code}: dataset not exist!") as e:
        against(handler, lambda client: client.get_dataset("x"))
    assert type(e.value) is error
    assert e.value.status == status
    assert "key-1" not in str(e.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT", "Date": "Fri, 31 Dec 1999 23:59:29 GMT"}, 30.0),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT", "Date": "Sat, 01 Jan 2000 00:00:09 GMT"}, 0.0),
        ({"Retry-After": "Friday, 31-Dec-99 23:59:59 GMT", "Date": "Fri Dec 31 23:59:49 1999"}, 10.0),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Fri, 99 Dec 1999 99:59:59 GMT"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
    ids=[
        "in seconds",
        "a date, by the server's clock",
        "a date that has passed",
        "the two older forms of a date",
        "a date, by our clock",
        "no number and no date",
        "a date that is none",
        "a negative number",
        "not at all",
    ],
)
def test_a_fault_says_when_to_come_back(against, headers, seconds):
    handler = answering(503, {"code": "SystemError"}, headers=headers)
    with pytest.raises(ServerFaultError) as caught:
        against(handler, lambda client: client.get_dataset("x"), retry=Retry(attempts=1))
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [200, 404])
def test_another_web_server_is_no_platform(against, status):
    handler = answering(status, text="<html>welcome</html>")
    with pytest.raises(PlatformError, match=r"expected a dataset platform.*found.*'<html>welcome</html>'") as caught:
        against(handler, lambda client: client.list_datasets())
    assert not isinstance(caught.value, NotFoundError)


def test_json_of_another_shape_is_told(against):
    with pytest.raises(PlatformError, match="expected an answer of the platform, found `datasets`: field required"):
        against(answering(200, {"totalCount": 1}), lambda client: client.list_datasets())


def test_204_is_no_success_of_the_api(against):
    with pytest.raises(PlatformError, match="found HTTP 204 and an empty body"):
        against(answering(204, text=""), lambda client: client.delete_dataset("x"))


def test_a_redirect_is_not_followed(against):
    seen = []

    async def handler(request):
        seen.append(request.path)
        raise web.HTTPFound("http://127.0.0.1:9/elsewhere")

    with pytest.raises(PlatformError, match=r"found a redirect to http://127\.0\.0\.1:9/elsewhere"):
        against(handler, lambda client: client.list_datasets())
    assert len(seen) == 1


def test_the_key_goes_to_the_api_and_never_to_the_files(against):
    seen = {}

    async def handler(request):
        seen[request.path] = (request.headers.get("X-Token"), request.headers.get("X-Source"))
        return web.json_response({"totalCount": 0, "datasets": []})

    async def test(client):
        await client.list_datasets()
        with Download("1") as file:
            await client.fetch(f"{client.address}/blobs/1", file)

    against(handler, test)
    assert seen == {f"{API}/datasets": ("key-1", "lading"), "/blobs/1": (None, None)}


def test_nothing_is_logged_of_the_key(against, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UnauthorizedError):
        against(answering(401, {"code": "Unauthorized", "message": ""}), lambda client: client.list_datasets())
    assert "key-1" not in caplog.text


@pytest.mark.parametrize(("key", "found"), [("", "none"), ("a\nb", "other characters"), ("schlüssel", "other")])
def test_a_key_that_cannot_be_one_is_refused_unseen(key, found):
    with pytest.raises(OptionError, match=f"access key: expected printable ASCII text, found .*{found}") as caught:
        Client("http://localhost:1", key)
    assert not key or key not in str(caught.value)


def test_a_platform_that_is_not_there():
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        async def main():
            async with Client(url, "k", retry=Retry(attempts=1)) as client:
                await client.health()

        with pytest.raises(UnreachableError, match=f"{url}/health: expected a dataset platform, found connection refu"):
            asyncio.run(main())


def test_no_answer_in_time(against):
    async def handler(_request):
        await asyncio.sleep(0.5)
        return web.json_response({})

    retry = Retry(attempts=1)
    with pytest.raises(UnreachableError, match=r"found no answer within 0\.05 s"):
        against(handler, lambda client: client.list_datasets(), timeout=0.05, retry=retry)


def test_a_connection_that_breaks(against):
    async def handler(request):
        request.transport.close()
        return web.Response()

    with pytest.raises(UnreachableError, match="found a connection that broke"):
        against(handler, lambda client: client.list_datasets())


def test_a_fault_that_passes_is_not_noticed(against):
    seen = []

    async def handler(request):
        seen.append(request.path)
        if len(seen) < 3:
            return web.json_response({"code": "SystemError"}, status=502)
        return web.json_response({"datasets": [], "totalCount": 0})

    assert against(handler, lambda client: client.list_datasets()) == DatasetList(datasets=[], total_count=0)
    assert len(seen) == 3


def test_a_client_outside_async_with():
    with pytest.raises(LadingError, match="expected to be used within `async with`"):
        asyncio.run(Client("http://localhost:1", "k").list_datasets())


def test_percent_and_slash_in_a_query_arrive_as_they_are(against):
    seen = {}

    async def handler(request):
        seen.update(request.query)
        return web.json_response({"segmentName": "s", "type": 0, "data": [], "totalCount": 0})

    against(handler, lambda client: client.list_data("d", Version(draft_number=3), "a%2Eb/c d+é&"))
    assert seen == {"segmentName": "a%2Eb/c d+é&", "draftNumber": "3", "offset": "0", "limit": "128"}


def test_a_large_body_has_its_length(against):
    seen = {}

    async def handler(request):
        seen["length"] = request.headers.get("Content-Length")
        seen["body"] = await request.json()
        return web.json_response({})

    label = {"CLASSIFICATION": {"category": "x" * (SMALL + 10)}}
    body = PutLabels(draft_number=1, segment_name="s", remote_path="a", label=label)
    against(handler, lambda client: client.put_labels("d", body))
    assert seen["body"]["label"] == label
    assert int(seen["length"]) > SMALL


def test_pages_end_with_the_total(against):
    async def handler(request):
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        rows = [{"id": str(i), "name": f"n{i}"} for i in range(300)][offset : offset + limit]
        return web.json_response({"datasets": rows, "offset": offset, "recordSize": len(rows), "totalCount": 300})

    async def test(client):
        found = await client.find_dataset("n299")
        missing = await client.find_dataset("n300")
        sizes = [len(page.datasets) async for page in pages(lambda offset: client.list_datasets(offset=offset))]
        return found.id, missing, sizes

    assert against(handler, test) == ("299", None, [128, 128, 44])


# Posting of objects.


def form_for(client):
    extra = PolicyExtra(host=f"{client.address}/upload", object_prefix="ds/")
    return PostForm(Policy(result={"policy": "p", "x-amz-date": "d"}, extra=extra, expire_at=1))


@pytest.mark.parametrize("size", [0, 10, SMALL * 3 + 7], ids=["empty", "small", "streamed"])
@pytest.mark.parametrize("kind", [bytes, Memory], ids=["at hand", "from a file"])
def test_an_object_arrives_as_it_is(against, size, kind):
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    seen = {}

    async def handler(request):
        form = await request.post()
        seen.update({name: form[name] for name in ("policy", "key", "Content-Type")})
        seen["bytes"] = form["file"].file.read()
        form["file"].file.close()
        seen["length"] = request.headers["Content-Length"]
        return web.Response(status=200)

    checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    against(handler, lambda client: client.post_object(form_for(client), checksum, kind(content), size=size))
    assert seen["bytes"] == content
    assert (seen["policy"], seen["key"], seen["Content-Type"]) == ("p", f"ds/{checksum}", "")
    assert int(seen["length"]) > size


@pytest.mark.parametrize("status", [200, 201, 204])
def test_every_success_of_a_store_counts(against, status):
    handler = answering(status, text="")
    assert against(handler, lambda client: client.post_object(form_for(client), "c", b"x", size=1)) is None


def test_a_refusal_of_the_store_has_its_code(against):
    xml = "<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>"
    with pytest.raises(
        StorageError, match=r"found 403 AccessDenied: Invalid according to Policy: Policy expired\."
    ) as e:
        against(answering(403, text=xml), lambda client: client.post_object(form_for(client), "c", b"x", size=1))
    assert (e.value.status, e.value.code) == (403, "AccessDenied")


def test_a_fault_of_the_store_is_tried_again_with_the_whole_body(against):
    bodies = []

    async def handler(request):
        form = await request.post()
        bodies.append(form["file"].file.read())
        form["file"].file.close()
        return web.Response(status=503 if len(bodies) == 1 else 200)

    content = b"ab" * SMALL
    checksum = hashlib.sha1(content).hexdigest()
    against(handler, lambda client: client.post_object(form_for(client), checksum, Memory(content), size=len(content)))
    assert bodies == [content, content]


@pytest.mark.parametrize(("real", "found"), [(SMALL, str(SMALL)), (SMALL * 3, "more")], ids=["shorter", "longer"])
def test_a_file_that_changed_is_not_sent_whole(against, real, found):
    async def handler(request):
        await request.read()
        return web.Response()

    with pytest.raises(SourceError, match=rf"some/file\.bin: expected {SMALL * 2} bytes, as at first, found {found}"):
        against(
            handler,
            lambda client: client.post_object(form_for(client), "c", Memory(b"x" * real), size=SMALL * 2),
        )


def test_a_file_that_got_other_bytes_of_the_same_length_is_not_sent_whole(against):
    """A store that looks at no checksum (a bucket) would have them under the name of the former ones."""
    whole = []

    async def handler(request):
        whole.append(len(await request.read()))
        return web.Response()

    checksum = hashlib.sha1(b"x" * SMALL * 2).hexdigest()
    changed = Memory(b"x" * (SMALL * 2 - 1) + b"y")
    with pytest.raises(SourceError, match=r"^some/file\.bin: expected the bytes that it had at first, found others$"):
        against(handler, lambda client: client.post_object(form_for(client), checksum, changed, size=changed.size))
    assert whole == []


def test_a_file_that_cannot_be_opened(against):
    class Locked(Memory):
        def open(self):
            raise PermissionError(13, "Permission denied")

    with pytest.raises(SourceError, match=r"some/file\.bin: expected a file that can be read, found permission denied"):
        against(answering(200), lambda client: client.post_object(form_for(client), "c", Locked(b""), size=9))


def fetched(against, handler, **known):
    async def test(client):
        with Download("s/a.bin", **known) as file:
            await client.fetch(f"{client.address}/blobs/1?signature=secret", file)
            with file.take() as stream:
                return stream.read()

    return against(handler, test)


def test_fetch_of_a_url_that_expired(against):
    with pytest.raises(StorageError, match="expected the file's bytes, found 403") as caught:
        fetched(against, answering(403, text=""))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("size", [0, 5, SPOOL + 5])
def test_a_file_comes_in_whole(against, size):
    data = random.Random(size).randbytes(size)
    checksum = hashlib.sha1(data).hexdigest()

    async def handler(request):
        return web.Response(body=data)

    assert fetched(against, handler, checksum=checksum, size=size) == data


def test_a_file_that_breaks_off_is_fetched_again_from_its_start(against):
    data, asked = bytes(range(256)) * 1000, []

    async def handler(request):
        asked.append(request.path)
        response = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) if len(asked) == 3 else 1000])
        if len(asked) < 3:
            request.transport.close()
        return response

    assert fetched(against, handler, checksum=hashlib.sha1(data).hexdigest()) == data
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (
            {"checksum": "0" * 40},
            f"s/a.bin: expected bytes of SHA-1 {'0' * 40}, found {hashlib.sha1(b'x').hexdigest()}",
        ),
        ({"size": 2}, "s/a.bin: expected 2 bytes, found 1"),
    ],
)
def test_a_file_that_is_another_is_refused(against, known, message):
    with pytest.raises(StorageError, match=f"^{message}$"):
        fetched(against, answering(200, text="x"), **known)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_no_fault_of_the_platform(against, monkeypatch):
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda size: open("/dev/full", "wb", buffering=0))  # noqa: SIM115
    message = "^temporary file in .*: expected room for s/a.bin, found No space left on device; TMPDIR names "
    with pytest.raises(NoRoomError, match=message):
        fetched(against, answering(200, text="x"))
