"""A real `lading serve` on a real port, and a reader of its API that shares no code with ours."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SIDECAR_SEGMENT = "lading-sidecar"
KEY = "ACCESSKEY-0123456789abcdef0123456789abcdef"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def run_lading(*arguments: str | Path, home: Path | None = None, key: str | None = None) -> Result:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LADING_") or name == "LADING_HOME"
    }
    if home is not None:
        environment["LADING_HOME"] = str(home)
    if key is not None:
        environment["LADING_ACCESS_KEY"] = key
    done = subprocess.run(
        [sys.executable, "-m", "lading", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    return run_lading


class Platform:
    """A server in a process of its own, and what a plain HTTP client sees of it."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.data = data
        command = [sys.executable, "-m", "lading", "serve", "--data", str(data), "--port", str(port)]
        variables = {**os.environ, "LADING_ACCESS_KEY": KEY}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=variables
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.key = KEY

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stdout is not None
        code = self.process.wait(timeout=10)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """As if the power of this process went."""
        self.process.kill()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def get(self, path: str, **query: object) -> Any:
        url = f"{self.url.rstrip('/')}/gatewayv2/tensorbay-open-api/v1/{path}?{urllib.parse.urlencode(query)}"
        with DIRECT.open(urllib.request.Request(url, headers={"X-Token": self.key})) as answer:
            return json.load(answer)

    def pages(self, path: str, key: str, **query: object) -> Iterator[Any]:
        offset = 0
        while True:
            page = self.get(path, offset=offset, limit=100, **query)
            yield from page[key]
            offset += page["recordSize"]
            if not page["recordSize"] or offset >= page["totalCount"]:
                return

    def dataset_id(self, name: str) -> str:
        (found,) = self.get("datasets", name=name)["datasets"]
        return str(found["id"])

    def catalog(self, name: str, commit: str) -> Any:
        return self.get(f"datasets/{self.dataset_id(name)}/labels/catalogs", commit=commit)["catalog"]

    def everything(self, name: str, commit: str) -> dict[tuple[str, str], tuple[str, Any]]:
        """(segment, remote path) -> (SHA-1 of the bytes that its URL gives, label); the sidecar's are no data."""
        root = f"datasets/{self.dataset_id(name)}"
        result = {}
        for segment in self.pages(f"{root}/segments", "segments", commit=commit):
            if segment["name"] == SIDECAR_SEGMENT:
                continue
            rows = self.pages(f"{root}/data/details", "dataDetails", commit=commit, segmentName=segment["name"])
            for row in rows:
                with DIRECT.open(row["url"]) as answer:
                    digest = hashlib.sha1(answer.read()).hexdigest()
                key = (segment["name"], row["remotePath"])
                assert key not in result
                result[key] = (digest, row["label"])
        return result


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    running = Platform(tmp_path / "platform")
    yield running
    if running.process.poll() is None:
        running.stop()
