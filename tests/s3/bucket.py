"""A bucket of a real server, and what starting any such server takes."""

from __future__ import annotations

import fcntl
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KEY_ID, SECRET, REGION = "LOCALKEY", "local-secret", "us-east-1"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Bucket:
    """An empty bucket; `client` is botocore's, `server` the name of the program behind it."""

    server: str
    endpoint: str
    name: str
    client: Any

    @property
    def url(self) -> str:
        return f"s3://{self.name}?endpoint={self.endpoint}"

    def names(self) -> list[str]:
        """What lies in it."""
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=self.name).get("Contents", ())]

    def read(self, key: str) -> bytes:
        """The bytes of an object."""
        found: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return found


@dataclass(frozen=True)
class RealStore:
    """A server that runs, with the keys above."""

    name: str
    endpoint: str
    client: Any

    def new_bucket(self) -> Bucket:
        name = f"lading-{next(_numbers)}"
        self.client.create_bucket(Bucket=name)
        return Bucket(self.name, self.endpoint, name, self.client)


def program(name: str, install: str) -> str:
    """Where a program is; skips the test where it is nowhere."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed: {install}")
    return found


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """No two servers at once on this machine, whichever processes the tests run in."""
    with (Path(tempfile.gettempdir()) / "lading-real-s3.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_ports(count: int) -> list[int]:
    """Ports below 50,000: SeaweedFS takes each plus 10,000 too."""
    ports: list[int] = []
    candidate = 21_000
    while len(ports) < count:
        candidate += 7
        if _is_free(candidate) and _is_free(candidate + 10_000):
            ports.append(candidate)
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def started(command: Sequence[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the block; ended by itself alone, with patience."""
    with log.open("wb") as file:
        child = subprocess.Popen(command, stdout=file, stderr=file, cwd=log.parent)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(5)  # SeaweedFS waits for connections that clients keep
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(10)


def wait_for(name: str, port: int, child: subprocess.Popen[bytes], log: Path) -> RealStore:
    """The server once it takes both a bucket and an object in it."""
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    endpoint = f"http://127.0.0.1:{port}"
    client = botocore.session.get_session().create_client(
        "s3",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
    )
    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        with suppress(BotoCoreError, ClientError):
            if "probe" not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket="probe")
            client.put_object(Bucket="probe", Key="probe", Body=b"probe")
            return RealStore(name, endpoint, client)
        time.sleep(0.3)
    raise AssertionError(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")
