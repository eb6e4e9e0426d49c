"""`lading upload` through a proxy to a platform whose certificate only the user trusts, and where the key shows."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lading import open_dataset, upload
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


@pytest.mark.parametrize("given", ["on the command line", "quietly", "in a variable"])
def test_a_key_on_a_command_line_is_warned_of(given: str, tmp_path: Path, fixtures: Path) -> None:
    arguments = ["upload", fixtures / "coco", "--dataset", "d", "--platform", "ftp://nowhere", "--no-validate"]
    if given == "in a variable":
        done = lading(*arguments, home=tmp_path, LADING_ACCESS_KEY=KEY)
    else:
        done = lading(*arguments, "--access-key", KEY, *(["-q"] if given == "quietly" else []), home=tmp_path)
    assert done.code == 2
    assert KEY not in done.err
    *warnings, error = done.err.splitlines()
    assert error == "error: platform: expected an address such as http://localhost:8000, found 'ftp://nowhere'"
    place = "--access-key was in the list of processes for a moment and stays in the shell's history"
    wanted = [f"warning: {place}; LADING_ACCESS_KEY does neither"] if given == "on the command line" else []
    assert warnings == wanted


def descendants(pid: int) -> set[int]:
    """A process and all that it has started."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        below = []
    return {pid}.union(*(descendants(int(child)) for child in below))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("joined", [True, False], ids=["--access-key=KEY", "--access-key KEY"])
@pytest.mark.parametrize("command", ["upload", "inspect", "serve"])
def test_no_process_shows_the_key_while_it_works(command: str, joined: bool, tmp_path: Path, fixtures: Path) -> None:
    """A real command and its children, looked at in the list of processes all the time."""
    with running(tmp_path / "plain", access_key=KEY) as platform:
        look_at(command, joined, tmp_path, fixtures, platform)


def look_at(command: str, joined: bool, tmp_path: Path, fixtures: Path, platform: RunningPlatform) -> None:
    arguments: dict[str, list[str | Path]] = {
        "upload": [fixtures / "coco", "--dataset", "d", "--platform", platform.url, "--no-validate"],
        "inspect": [f"{platform.url}/made", "--jobs", "2"],
        "serve": ["--data", tmp_path / "data", "--port", "0"],
    }
    if command == "inspect":
        source = open_dataset(fixtures / "voc")
        upload(source, "made", platform=platform.url, access_key=KEY, ledgers=tmp_path / "ledgers")
    key = [f"--access-key={KEY}"] if joined else ["--access-key", KEY]
    line = [str(Path(sys.executable).with_name("lading")), command, *map(str, arguments[command]), *key]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LADING_")}
    shown: dict[int, list[str]] = {}
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept | {"LADING_HOME": str(tmp_path)}
    )
    while process.poll() is None:
        for pid in descendants(process.pid):
            with suppress(OSError):
                now = Path(f"/proc/{pid}/cmdline").read_text()
                if now and shown.setdefault(pid, [""])[-1] != now:
                    shown[pid].append(now)
        if command == "serve" and select.select([process.stdout], [], [], 0)[0]:
            process.terminate()  # it has told its address
            break
        time.sleep(0.002)
    _, err = process.communicate()
    assert process.returncode in (0, 1), err
    of_command = shown.pop(process.pid)
    assert command in of_command[-1]
    assert [KEY in now for now in of_command if command in now] in ([True, False], [False])
    assert len(shown) >= (2 if command == "inspect" else 0)
    assert not any(KEY in now for lines in shown.values() for now in lines)
