"""Proxies and certificates: what the environment and the user say is what the client does, for calls and for files."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lading.errors import OptionError, PlatformError, UnreachableError
from lading.platform.client import Client
from lading.platform.form import PostForm
from lading.platform.retry import Retry
from lading.platform.route import Routes
from lading.platform.transport import SMALL
from lading.platform.wire import Policy, PolicyExtra

from .middle import NAME, Authority, MiddleProxy, make_authority, proxy_running

KEY = "Accesskey-do-not-show"
API = "/gatewayv2/tensorbay-open-api/v1"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def proxy() -> Iterator[MiddleProxy]:
    with proxy_running() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


class Platform:
    """Lists no datasets, and takes objects; `seen` are method, path and access key of its requests."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str | None]] = []
        self.objects: list[bytes] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.path, request.headers.get("X-Token")))
        if request.path == "/objects":
            form = await request.post()
            field = form["file"]
            assert isinstance(field, web.FileField)
            self.objects.append(field.file.read())
            field.file.close()
            return web.Response(status=204)
        return web.json_response({"datasets": [], "totalCount": 0})


CONTENTS = [b"small", bytes(range(256)) * (SMALL // 100)]


def use(platform: Platform, host: str = NAME, tls: ssl.SSLContext | None = None, **options: Any) -> None:
    """Call the API and post a small file and a long one, with a client as it is by default but for its retries."""

    async def main() -> None:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{path:.*}", platform.handle)
        server = TestServer(app)
        await server.start_server(ssl=tls)
        scheme = "http" if tls is None else "https"
        try:
            url = f"{scheme}://{host}:{server.port}"
            async with Client(url, KEY, retry=Retry(attempts=1), **options) as client:
                await client.list_datasets()
                extra = PolicyExtra(host=f"{url}/objects", object_prefix="d/")
                form = PostForm(Policy(result={"policy": "p"}, extra=extra, expire_at=1))
                for content in CONTENTS:
                    checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
                    await client.post_object(form, checksum, content, size=len(content))
        finally:
            await server.close()

    asyncio.run(main())
    assert platform.seen == [("GET", f"{API}/datasets", KEY), *[("POST", "/objects", None)] * 2]
    assert platform.objects == CONTENTS


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
def test_calls_and_files_go_through_the_proxy(proxy: MiddleProxy, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, proxy.address.replace("//", "//ann:s%20cret@"))
    use(Platform())
    asked = [line.split() for line in proxy.lines]
    assert [method for method, _, _ in asked] == ["GET", "POST", "POST"]
    assert all(target.startswith(f"http://{NAME}:") for _, target, _ in asked)
    credentials = base64.b64encode(b"ann:s cret").decode()
    assert all(f"\r\nProxy-Authorization: Basic {credentials}\r\n" in head for head in proxy.heads)


@pytest.mark.parametrize("by", ["ca_bundle", "SSL_CERT_FILE"])
def test_tls_goes_through_the_proxy_unread(
    proxy: MiddleProxy, authority: Authority, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"ann:secret@127.0.0.1:{proxy.port}")
    routes = None
    if by == "SSL_CERT_FILE":
        monkeypatch.setenv(by, str(authority.ca))
    else:
        routes = Routes(authority.ca)
    use(Platform(), tls=authority.server_context(), routes=routes)
    assert len(proxy.lines) == 2  # one connection for calls, and one for both files
    assert all(line.startswith(f"CONNECT {NAME}:") for line in proxy.lines)
    assert all(f"Basic {base64.b64encode(b'ann:secret').decode()}" in head for head in proxy.heads)
    assert not any(KEY in head for head in proxy.heads)


def test_a_host_of_no_proxy_is_reached_without(proxy: MiddleProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    monkeypatch.setenv("NO_PROXY", "example.org, 127.0.0.0/8")
    use(Platform(), "127.0.0.1")
    assert proxy.lines == []


def test_a_client_can_be_told_to_leave_proxies_alone(proxy: MiddleProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    use(Platform(), "127.0.0.1", routes=Routes(uses_proxies=False))
    assert proxy.lines == []


def test_a_proxy_of_https_alone_is_not_one_of_http(proxy: MiddleProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    use(Platform(), "127.0.0.1")
    assert proxy.lines == []


def test_a_certificate_that_nobody_trusts_is_final(
    proxy: MiddleProxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    with pytest.raises(PlatformError, match=r"expected a certificate that is trusted, found .*; SSL_CERT_FILE or"):
        use(Platform(), tls=authority.server_context())


@pytest.mark.parametrize(("status", "error"), [(407, PlatformError), (403, PlatformError), (503, UnreachableError)])
def test_a_proxy_that_opens_no_way_is_named_without_its_password(
    proxy: MiddleProxy, authority: Authority, status: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.refusal = status
    monkeypatch.setenv("HTTPS_PROXY", proxy.address.replace("//", "//ann:secret@"))
    expected = f"through the proxy {proxy.address}: expected a proxy that opens a way, found its answer {status}"
    with pytest.raises(error, match=expected) as caught:
        use(Platform(), tls=authority.server_context(), routes=Routes(authority.ca))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("what", ["call", "file"])
def test_a_proxy_that_is_not_there_is_named(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("HTTP_PROXY", address)

        async def main() -> None:
            async with Client(f"http://{NAME}", KEY, retry=Retry(attempts=1)) as client:
                if what == "call":
                    await client.list_datasets()
                extra = PolicyExtra(host=f"http://{NAME}/objects")
                form = PostForm(Policy(result={"policy": "p"}, extra=extra, expire_at=1))
                await client.post_object(form, "c", b"x", size=1)

        with pytest.raises(UnreachableError, match=f"through the proxy {address}: .*found connection refused"):
            asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://proxy:3128", ("http", "proxy", 3128)),
        ("proxy:3128", ("http", "proxy", 3128)),
        ("https://user:pw@proxy", ("https", "proxy", 443)),
        ("http://[::1]:3128/", ("http", "::1", 3128)),
    ],
)
def test_addresses_of_proxies(address: str, found: tuple[str, str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    proxy = Routes().proxy("https", "host", 443)
    assert proxy is not None
    assert (proxy.scheme, proxy.host, proxy.port) == found
    assert "pw" not in repr(proxy)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("socks5://u:secret@proxy:1080", "one of socks5, which is not spoken"),
        ("SOCKS5H://u:secret@proxy", "one of socks5h, which is not spoken"),
        ("secret://proxy", "another"),
        ("http://u:secret@", "another"),
        ("http://u:secret@x:port", "another"),
    ],
)
def test_what_is_no_proxy_is_refused_unseen(
    address: str, found: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, address)
    expected = rf"{name.upper()}: expected an address such as http://proxy:3128, found {found}$"
    with pytest.raises(OptionError, match=expected) as caught:
        Routes().proxy("https", "host", 443)
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("NO_PROXY", "host")
    assert Routes().proxy("https", "host", 443) is None


def test_all_proxy_is_for_what_has_none_of_its_own(proxy: MiddleProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://other:1")
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    use(Platform())
    assert len(proxy.lines) == 3
    found = Routes().proxy("https", "host", 443)
    assert found is not None
    assert (found.host, found.port) == ("other", 1)


@pytest.mark.parametrize(
    ("no_proxy", "host", "is_direct"),
    [
        ("*", "any.example", True),
        ("example.org", "example.org", True),
        ("example.org", "data.example.org", True),
        (".example.org", "data.example.org", True),
        ("*.example.org", "data.example.org", True),
        ("EXAMPLE.org", "Data.Example.ORG", True),
        ("example.org", "badexample.org", False),
        ("example.org:8443", "example.org", True),
        ("example.org:443", "example.org", False),
        ("other, example.org", "example.org", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "ten.example", False),
        ("10.0.0.0/99", "10.1.2.3", False),
        ("::1", "::1", True),
        ("[::1]", "::1", True),
        ("[::1]:8443", "::1", True),
        ("[::1]:80", "::1", False),
        ("fd00::/8", "fd00::7", True),
        ("", "example.org", False),
        (",", "example.org", False),
    ],
)
def test_no_proxy(no_proxy: str, host: str, is_direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (Routes().proxy("https", host, 8443) is None) == is_direct


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "no such file or directory"), ("no pem", "no certificate in it"), ("", "no certificate in it")],
    ids=["not there", "text", "empty"],
)
@pytest.mark.parametrize("by", ["CA bundle", "SSL_CERT_FILE"])
def test_a_file_without_certificates_is_refused(
    by: str, content: str | None, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(OptionError, match=rf"{by}: expected a PEM file of certificates, found '.*ca\.pem': {problem}"):
        _ = Routes(file if by == "CA bundle" else None).tls
