"""`lading upload` through a proxy to a platform whose certificate only the user trusts, and where the key shows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.server.embedded import RunningPlatform, running

from ..platform.middle import NAME, Authority, MiddleProxy, make_authority, proxy_running
from .conftest import KEY, Result

PROXY_PASSWORD = "proxy-secret"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = tmp_path / "authority"
    folder.mkdir()
    return make_authority(folder)


@pytest.fixture
def platform(tmp_path: Path, authority: Authority) -> Iterator[RunningPlatform]:
    tls = {"tls_cert": authority.certificate, "tls_key": authority.key}
    with running(tmp_path / "platform", access_key=KEY, **tls) as started:
        yield started


@pytest.fixture
def proxy() -> Iterator[MiddleProxy]:
    with proxy_running() as started:
        yield started


def lading(*arguments: str | Path, home: Path, **variables: str) -> Result:
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment = {**kept, "LADING_HOME": str(home), **variables}
    command = [sys.executable, "-m", "lading", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("by", ["--ca-bundle", "SSL_CERT_FILE"])
def test_an_upload_goes_through_a_proxy_and_shows_no_key(
    by: str, tmp_path: Path, authority: Authority, platform: RunningPlatform, proxy: MiddleProxy, fixtures: Path
) -> None:
    url = f"https://{NAME}:{platform.url.rpartition(':')[2]}"
    variables = {"HTTPS_PROXY": proxy.address.replace("//", f"//ann:{PROXY_PASSWORD}@"), "LADING_ACCESS_KEY": KEY}
    trust: list[str | Path] = []
    if by == "SSL_CERT_FILE":
        variables[by] = str(authority.ca)
    else:
        trust = [by, authority.ca]
    arguments = ["upload", fixtures / "coco", "--dataset", "linked", "--platform", url, "--no-validate", *trust]
    more = ["-vv", "--json", "--verify", "--allow-missing"]
    done = lading(*arguments, *more, home=tmp_path / "home", **variables)
    assert done.code == 0, done.err
    assert done.json["files"]["sent"] > 0
    assert done.json["commitId"]
    assert proxy.lines
    assert all(line.startswith(f"CONNECT {NAME}:") for line in proxy.lines)
    ledgers = list((tmp_path / "home" / "ledgers").iterdir())
    assert any(path.suffix == ".sqlite" for path in ledgers)
    for place, text in [
        ("stdout", done.out.encode()),
        ("stderr", done.err.encode()),
        *((path.name, path.read_bytes()) for path in ledgers),
        *((f"proxy's request {k}", head.encode()) for k, head in enumerate(proxy.heads)),
    ]:
        assert KEY.encode() not in text, place
        assert PROXY_PASSWORD.encode() not in text, place


def test_a_platform_that_nobody_vouches_for_is_told_in_one_line(
    tmp_path: Path, platform: RunningPlatform, proxy: MiddleProxy, fixtures: Path
) -> None:
    url = f"https://{NAME}:{platform.url.rpartition(':')[2]}"
    arguments = ["upload", fixtures / "coco", "--dataset", "d", "--platform", url, "--no-validate", "-q"]
    started = time.monotonic()
    done = lading(*arguments, home=tmp_path, HTTPS_PROXY=proxy.address, LADING_ACCESS_KEY=KEY)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert line.startswith("error: GET https://platform.test:")
    assert "expected a certificate that is trusted, found " in line
    assert line.endswith("; SSL_CERT_FILE or --ca-bundle name a file of certificates to trust")
    assert time.monotonic() - started < 60


def test_the_embedded_platform_needs_no_proxy(tmp_path: Path, fixtures: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    arguments = ["upload", fixtures / "coco", "--dataset", "d", "--no-validate", "--allow-missing"]
    done = lading(*arguments, home=tmp_path, HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere)
    assert done.code == 0, done.err


def test_a_bundle_that_is_none_is_bad_usage(tmp_path: Path, fixtures: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("nothing")
    arguments = [
        "upload",
        fixtures / "coco",
        "--dataset",
        "d",
        "--platform",
        "http://127.0.0.1:9",
        "--no-validate",
        "-q",
    ]
    done = lading(*arguments, "--ca-bundle", bundle, home=tmp_path, LADING_ACCESS_KEY=KEY)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err == f"error: CA bundle: expected a PEM file of certificates, found '{bundle}': no certificate in it\n"
    )


@pytest.mark.parametrize("given", ["on the command line", "in a variable"])
def test_a_key_on_a_command_line_is_warned_of(given: str, tmp_path: Path, fixtures: Path) -> None:
    """Everybody on the machine can read the arguments of a process, and nobody else its environment."""
    arguments = ["upload", fixtures / "coco", "--dataset", "d", "--platform", "ftp://nowhere", "--no-validate"]
    if given == "in a variable":
        done = lading(*arguments, home=tmp_path, LADING_ACCESS_KEY=KEY)
    else:
        done = lading(*arguments, "--access-key", KEY, home=tmp_path)
    assert done.code == 2
    assert KEY not in done.err
    warning = "warning: --access-key shows in the list of processes; LADING_ACCESS_KEY does not"
    assert (warning in done.err.splitlines()) == (given == "on the command line")
