"""What a hostile or broken client sends: it is refused in the platform's own words, never with a 5xx or a traceback."""

from __future__ import annotations

import errno
import gc
import json
import logging
import select
import socket
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from python_multipart.exceptions import FormParserError
from uvicorn.protocols.http.flow_control import FlowControl

from lading.errors import OptionError
from lading.server import embedded
from lading.server.embedded import running
from lading.server.folder_store import IncomingObject
from lading.server.form import MAX_FIELD_BYTES, StreamedForm
from lading.server.metadata import database
from lading.server.services import load_signing_key
from lading.server.settings import ServerSettings

from .conftest import KEY, Api, Clock

ROOT = "/gatewayv2/tensorbay-open-api/v1"
HUGE = "9" * 23


def send(api: Any, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    return api.send(method, f"{api.platform.url}{path}", body, {"X-Token": KEY, **headers})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"name":' + b"[" * 100_000, id="nested a hundred thousand deep"),
        pytest.param(b'{"name": "a", "alias": ' + b"[" * 5000 + b"]" * 5000 + b"}", id="nested deep and whole"),
        pytest.param(b'{"name": "\xff"}', id="text that is no UTF-8"),
        pytest.param(b'{"name": "\\ud800"}', id="half a surrogate pair"),
        pytest.param(b'{"name": "a", "type": NaN}', id="NaN"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x1f\x8b\x08\x00", id="gzip"),
        pytest.param(b'"text"', id="a string"),
    ],
)
def test_body_is_refused(api: Any, body: bytes) -> None:
    assert send(api, "POST", f"{ROOT}/datasets", body).refusal == (400, "InvalidParamsValue")
    assert api.ok("GET", "datasets")["totalCount"] == 0


@pytest.mark.parametrize("number", [HUGE, str(2**64 - 1), str(2**53), "-1", "1.5", "true", '"0"', '"1e3"', '""'])
def test_draft_number_that_no_draft_can_have_in_a_body(api: Any, number: str) -> None:
    api.make()
    body = f'{{"name": "x", "draftNumber": {number}}}'.encode()
    answer = send(api, "POST", f"{ROOT}/datasets/{api.dataset_id}/segments", body)
    assert answer.refusal == (400, "InvalidParamsValue")


@pytest.mark.parametrize(
    "query",
    [
        f"draftNumber={HUGE}",
        "draftNumber=-1",
        f"draftNumber=1&offset={HUGE}",
        "draftNumber=1&offset=-1",
        "draftNumber=1&limit=-5",
        "draftNumber=1&limit=1e2",
        "draftNumber=&commit=main",
        "commit=",
    ],
)
def test_query_is_refused(api: Any, query: str) -> None:
    api.make()
    for path in ("segments", "data", "data/urls", "data/details", "labels"):
        answer = send(api, "GET", f"{ROOT}/datasets/{api.dataset_id}/{path}?segmentName=car&{query}")
        assert answer.refusal == (400, "InvalidParamsValue")


def test_masks_are_sorted_by_what_files_are_or_not_at_all(api: Any) -> None:
    place = {"segmentName": "car", "draftNumber": 1, "maskType": "SEMANTIC_MASK"}
    assert api.make().ok("GET", "datasets/{id}/masks/urls", **place, sortBy="created_at")["urls"] == []
    answer = api.call("GET", "datasets/{id}/masks/urls", **place, sortBy="size")
    assert answer.refusal == (400, "InvalidParamsValue")


def test_page_behind_the_last_is_empty(api: Any) -> None:
    page = api.make().ok("GET", "datasets/{id}/segments", draftNumber=1, offset=2**53 - 1, limit=10**30)
    assert page == {"segments": [], "offset": 2**53 - 1, "recordSize": 0, "totalCount": 1}


def test_draft_of_a_huge_number_in_a_path(api: Any) -> None:
    assert api.make().call("PATCH", f"datasets/{{id}}/drafts/{HUGE}", {}).refusal == (400, "InvalidParamsValue")


@pytest.mark.parametrize("expires", ["9" * 5000, "9" * 50, "-1", "", "1.5", "%D9%A1"])
def test_address_of_a_file_with_a_time_that_is_none(api: Any, expires: str) -> None:
    answer = send(api, "GET", f"/blobs/{'a' * 40}?Expires={expires}&Signature=x")
    assert (answer.status, b"<Code>AccessDenied</Code>" in answer.body) == (403, True)


@pytest.mark.parametrize("path", ["..%2f..%2fsigning-secret", "%2e%2e", "a" * 39, "A" * 40, "%00", "incoming"])
def test_no_address_leaves_the_store(api: Any, path: str) -> None:
    expires = int(api.clock.now_s) + 60
    answer = send(api, "GET", f"/blobs/{path}?Expires={expires}&Signature={'0' * 64}")
    assert answer.status in (403, 404)
    assert b"root" not in answer.body


def test_host_header_of_any_shape_is_answered(api: Any) -> None:
    api.make()
    for host in ("[bad", "a/b@c?d", "", "x:99999999"):
        answer = send(api, "GET", f"{ROOT}/datasets/{api.dataset_id}/policies?draftNumber=1", None, Host=host)
        assert answer.status in (200, 400)


def callback(api: Any, label: str, **changed: Any) -> Any:
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a.jpg", **changed}
    text = json.dumps({**body, "label": "HERE"}).replace('"HERE"', label)
    return send(api, "PUT", f"{ROOT}/datasets/{api.dataset_id}/callback", text.encode())


@pytest.mark.parametrize(
    "label",
    [
        pytest.param('{"BOX2D": [{"box2d": {"xmin": 1e400, "ymin": 0, "xmax": 1, "ymax": 1}}]}', id="1e400"),
        pytest.param('{"BOX2D": [{"box2d": {"xmin": NaN, "ymin": 0, "xmax": 1, "ymax": 1}}]}', id="NaN"),
        pytest.param('{"BOX2D": [{"box2d": {"xmin": true, "ymin": 0, "xmax": 1, "ymax": 1}}]}', id="true"),
        pytest.param('{"BOX2D": {"box2d": {"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}}}', id="an object, no array"),
        pytest.param('{"CLASSIFICATION": [{"category": "car"}]}', id="an array, no object"),
        pytest.param('{"BOX4D": []}', id="an unknown type"),
        pytest.param('{"BOX2D": [{"category": "car"}]}', id="no geometry"),
        pytest.param(f'{{"RLE": [{{"rle": [{HUGE}]}}]}}', id="a run of 77 bits"),
        pytest.param('{"POLYGON": [], "POLYGON2D": []}', id="polygons under two spellings"),
        pytest.param('{"X": ' + "[" * 3000 + "]" * 3000 + "}", id="nested deep"),
        pytest.param("[]", id="an array"),
        pytest.param('"text"', id="a string"),
    ],
)
def test_label_that_is_none_is_refused(api: Any, label: str) -> None:
    checksum = api.make().upload(b"x")
    assert callback(api, label, checksum=checksum).refusal == (400, "InvalidParamsValue")
    assert api.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=1)["totalCount"] == 0


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"timestamp": 10**400}, (400, "InvalidParamsValue")),
        ({"timestamp": "soon"}, (400, "InvalidParamsValue")),
        ({"fileSize": 2}, (400, "InvalidParamsValue")),
        ({"fileSize": -1}, (400, "InvalidParamsValue")),
        ({"remotePath": ""}, (400, "InvalidParamsValue")),
        ({"checksum": "../" * 14}, (400, "InvalidParamsValue")),
        ({"checksum": "A" * 40}, (400, "InvalidParamsValue")),
        ({"checksum": "a" * 40}, (404, "ResourceNotExist")),
        ({"segmentName": "bus"}, (404, "ResourceNotExist")),
        ({"draftNumber": 2}, (404, "ResourceNotExist")),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else None,
)
def test_callback_is_refused(api: Any, changed: dict[str, Any], refusal: tuple[int, str]) -> None:
    checksum = api.make().upload(b"x")
    assert callback(api, "{}", **{"checksum": checksum, "fileSize": 1, **changed}).refusal == refusal


@pytest.mark.parametrize(
    "name",
    ["a\0b", "../../etc", "é\u202e名", "a'b\"c;--", "%_\\", "\n\t", "x" * 5000, " ", "a/b\\c", "\U0001f600"],
)
def test_names_of_any_text_come_back_as_they_were(api: Any, name: str) -> None:
    api.make(segment=name)
    checksum = api.upload(b"x")
    body = {"draftNumber": 1, "segmentName": name, "remotePath": name, "checksum": checksum}
    api.ok("PUT", "datasets/{id}/callback", body)
    assert api.ok("GET", "datasets/{id}/segments", draftNumber=1)["segments"][0]["name"] == name
    page = api.ok("GET", "datasets/{id}/data", segmentName=name, draftNumber=1)
    assert page["data"] == [{"remotePath": name, "checksum": checksum}]
    assert api.ok("GET", "datasets/{id}/data/urls", segmentName=name, draftNumber=1, remotePath=name)["totalCount"] == 1
    api.ok("DELETE", "datasets/{id}/data", {"draftNumber": 1, "segmentName": name, "remotePath": name})


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("multipart/form-data; boundary=" + "x" * 5000, b"--", id="a boundary of 5000"),
        pytest.param('multipart/form-data; boundary=""', b"--\r\n", id="an empty boundary"),
        pytest.param("multipart/form-data; boundary=xYz", b"", id="no body"),
        pytest.param("multipart/form-data; boundary=xYz", b"\0" * 100_000, id="zeros"),
        pytest.param(
            "multipart/form-data; boundary=xYz",
            b'--xYz\r\nContent-Disposition: form-data; name="' + b"a" * 1_000_000,
            id="a header without end",
        ),
        pytest.param(
            "multipart/form-data; boundary=xYz", b"--xYz\r\n" + b"A" * 1_000_000, id="a header's name without end"
        ),
    ],
)
def test_form_is_malformed(api: Any, kind: str, body: bytes) -> None:
    answer = api.send("POST", f"{api.platform.url}/upload", body, {"Content-Type": kind})
    assert (answer.status, b"<Code>MalformedPOSTRequest</Code>" in answer.body) == (400, True)
    assert api.stored() == []


def test_fault_is_answered_with_an_id_that_its_log_has(
    api: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from lading.server.metadata import datasets

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(datasets, "list_datasets", broken)
    answer = api.call("GET", "datasets")
    assert answer.refusal == (500, "InternalServerError")
    assert answer.json["message"] == "the platform failed; its log says why"
    assert any(answer.headers["x-request-id"] in record.getMessage() for record in caplog.records)


def test_full_disk_under_the_database_is_said_and_what_fits_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of pages looks to SQLite as a full disk does."""
    set_up = database._set_up

    def with_few_pages(connection: Any, record: object) -> None:
        set_up(connection, record)
        connection.execute("PRAGMA max_page_count = 60").close()

    monkeypatch.setattr(database, "_set_up", with_few_pages)
    with running(tmp_path, access_key=KEY) as platform:
        api = Api(platform, Clock()).make()
        answer = api.call("POST", "datasets/{id}/segments", {"name": "x" * 500_000, "draftNumber": 1})
        assert answer.refusal == (500, "InternalServerError")
        assert answer.json["message"] == "database: expected it to work, found database or disk is full"
        api.ok("POST", "datasets/{id}/segments", {"name": "bus", "draftNumber": 1})
        assert api.ok("GET", "datasets/{id}/segments", draftNumber=1)["totalCount"] == 2


def test_full_disk_under_the_objects_is_no_fault_that_clients_repeat(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    fields = api.make().fields(b"x")
    for name in ("write", "keep"):
        with monkeypatch.context() as patch:
            patch.setattr(IncomingObject, name, full)
            answer = api.post(fields, b"x")
        assert (answer.status, b"No space left on device" in answer.body) == (400, True)
        assert api.stored() == []
    assert api.post(fields, b"x").status == 200


def test_body_of_the_api_is_limited(tmp_path: Path) -> None:
    with running(tmp_path, access_key=KEY, max_body_bytes=1024) as platform:
        api = Api(platform, Clock())
        api.ok("POST", "datasets", {"name": "a", "alias": "x" * 900})
        assert api.call("POST", "datasets", {"name": "b", "alias": "x" * 1024}).refusal == (413, "InvalidParamsValue")
        chunked = b"400\r\n" + b" " * 1024 + b"\r\n2\r\n{}\r\n0\r\n\r\n"
        head = f"POST {ROOT}/datasets HTTP/1.1\r\nHost: x\r\nX-Token: {KEY}\r\nTransfer-Encoding: chunked\r\n\r\n"
        with connect(api) as connection:
            connection.sendall(head.encode() + chunked)
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_body_is_not_read_before_the_key(api: Any) -> None:
    """Who has no key cannot make the platform hold what it sends."""
    head = f"POST {ROOT}/datasets HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    with connect(api) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")


def test_file_is_limited(tmp_path: Path) -> None:
    with running(tmp_path, access_key=KEY, max_object_bytes=4) as platform:
        api = Api(platform, Clock(time.time())).make()
        assert api.upload(b"1234")
        answer = api.post(api.fields(b"12345"), b"12345")
        assert (answer.status, b"<Code>EntityTooLarge</Code>" in answer.body) == (400, True)
        assert len(api.stored()) == 1


@pytest.mark.parametrize(
    "request_head",
    [
        f"POST {ROOT}/datasets HTTP/1.1\r\nHost: x\r\nX-Token: {KEY}\r\nContent-Length: 1000\r\n\r\n{{",
        "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=xYz\r\n"
        "Content-Length: 1000\r\n\r\n--xYz\r\n",
    ],
    ids=["a call", "a form"],
)
def test_client_that_goes_away_is_no_fault(api: Any, request_head: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "lading.server")
    with connect(api) as connection:
        connection.sendall(request_head.encode())
        time.sleep(0.05)
    deadline = time.monotonic() + 10
    while not any("POST" in record.getMessage() for record in caplog.records):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_client_that_reads_nothing_is_cut_off_as_the_platform_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was sent waits in the connection, which would be left open behind the loop that it belongs to."""
    is_full = threading.Event()
    monkeypatch.setattr(embedded, "_GRACE_S", 0)
    monkeypatch.setattr(FlowControl, "pause_writing", lambda _: is_full.set())
    with socket.socket() as client, warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", ResourceWarning)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with running(tmp_path) as platform:
            address = urlsplit(platform.url)
            client.connect((address.hostname, address.port))
            client.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 400)
            assert is_full.wait(60)
        gc.collect()
    assert [str(warning.message) for warning in met if warning.category is ResourceWarning] == []


def test_log_has_a_line_a_request_with_its_id_and_no_secret(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    checksum = api.make().upload(b"x")
    api.ok("PUT", "datasets/{id}/callback", body_of(checksum))
    (row,) = api.ok("GET", "datasets/{id}/data/urls", segmentName="car", draftNumber=1)["urls"]
    got = api.send("GET", row["url"])
    assert got.body == b"x"
    refused = send(api, "GET", f"{ROOT}/datasets/%0d%0aforged?name=secret", None, **{"X-Token": "Accesskey-wrong"})
    assert refused.status == 401
    lines = (
        f"{got.headers['x-request-id']} GET /blobs/{checksum}: 200 in ",
        f"{refused.headers['x-request-id']} GET {ROOT}/datasets/%0d%0aforged: 401 in ",
    )
    deadline = time.monotonic() + 10
    while not all(line in logged(caplog) for line in lines):  # written once the answer is out
        assert time.monotonic() < deadline
        time.sleep(0.01)
    text = logged(caplog)
    policy = api.policy()["result"]
    secrets = [KEY, "Accesskey-wrong", "Signature=", policy["x-amz-signature"], policy["policy"], "name=secret"]
    assert [secret for secret in secrets if secret in text] == []


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("lading"))


def body_of(checksum: str) -> dict[str, Any]:
    return {"draftNumber": 1, "segmentName": "car", "remotePath": "a.jpg", "checksum": checksum}


def connect(api: Any) -> socket.socket:
    parts = urlsplit(api.platform.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def test_form_of_endless_small_fields_takes_no_memory() -> None:
    """Nobody has to show a key for a POST, so what it keeps before the policy is looked at has to be bounded."""
    form = StreamedForm(b"xYz", lambda: None, lambda _: None)
    for number in range(20_000):
        form.feed(f'--xYz\r\nContent-Disposition: form-data; name="{number}"\r\n\r\n\r\n'.encode())
    assert form.field_bytes > MAX_FIELD_BYTES
    assert sum(map(len, form.fields)) <= MAX_FIELD_BYTES


def test_part_of_endless_small_headers_is_malformed() -> None:
    form = StreamedForm(b"xYz", lambda: None, lambda _: None)
    form.feed(b"--xYz\r\n")
    headers = "".join(f"X-{number}: y\r\n" for number in range(20_000))
    with pytest.raises(FormParserError):
        form.feed(headers.encode())


def test_body_without_end_is_ended(tmp_path: Path) -> None:
    """A refused form is read on, so that its client sees the answer, but not for ever."""
    with (
        running(tmp_path, access_key=KEY, max_object_bytes=1 << 20) as platform,
        connect(Api(platform, Clock())) as peer,
    ):
        head = b'--xYz\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n'
        request = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=xYz\r\n"
        peer.sendall(f"{request}Content-Length: {10 << 40}\r\n\r\n".encode() + head)
        with suppress(ConnectionError):
            for _ in range(64):
                peer.sendall(bytes(1 << 20))
                if select.select([peer], [], [], 0)[0]:
                    break
            else:
                raise AssertionError("64 MiB were read of a file that may have 1")
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")


def test_no_secret_shows_where_an_object_is_printed(tmp_path: Path) -> None:
    with running(tmp_path, access_key=KEY) as platform:
        secret = (tmp_path / "signing-secret").read_text().strip()
        settings = ServerSettings(data_dir=tmp_path, access_key=KEY)
        shown = f"{platform!r} {settings!r} {settings} {load_signing_key(tmp_path)!r}"
    assert [word for word in (KEY, secret) if word in shown] == []


@pytest.mark.parametrize(
    "options",
    [
        {"objects": "s3://KEYID:hunter2@bucket"},
        {"objects": "s4://KEYID:hunter2@bucket"},
        {"objects": "s3://bucket/prefix?endpoint=http://KEYID:hunter2@localhost:1"},
        {"database": "postgresql://me:hunter2@localhost/lading"},
        {"database": "me:hunter2@localhost"},
        {"public_url": "ftp://me:hunter2@localhost"},
    ],
    ids=str,
)
def test_no_secret_shows_in_the_refusal_of_an_option(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(OptionError) as caught, running(tmp_path, access_key=KEY, **options):
        pass
    assert "hunter2" not in str(caught.value)
