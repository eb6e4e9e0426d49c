"""Datasets in memory, a platform on a loopback port, and a reader of its API that shares no code with the engine."""

from __future__ import annotations

import io
import json
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from lading.model.content import Content
from lading.model.dataset import Dataset
from lading.model.naming import SIDECAR_SEGMENT
from lading.server.embedded import RunningPlatform, running
from lading.upload import UploadResult, upload

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Bytes:
    """A file that is its bytes."""

    path: str
    data: bytes
    stamp: str | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


def content(path: str, data: bytes) -> Content:
    return Bytes(path, data)


class Reading:
    """What a platform holds, read with the standard library."""

    def __init__(self, platform: RunningPlatform) -> None:
        self.platform = platform

    def get(self, path: str, **query: object) -> Any:
        root = f"{self.platform.url.rstrip('/')}/gatewayv2/tensorbay-open-api/v1"
        url = f"{root}/{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"X-Token": self.platform.access_key})
        with DIRECT.open(request) as answer:
            return json.load(answer)

    def root(self, name: str) -> str:
        (row,) = self.get("datasets", name=name)["datasets"]
        return f"datasets/{row['id']}"

    def segments(self, name: str, commit: str) -> list[str]:
        """The segments of the data; that of the sidecar is none."""
        rows = self.get(f"{self.root(name)}/segments", commit=commit)["segments"]
        return [row["name"] for row in rows if row["name"] != SIDECAR_SEGMENT]

    def sensors(self, name: str, commit: str, segment: str) -> list[Any]:
        found = self.get(f"{self.root(name)}/sensors", commit=commit, segmentName=segment)["sensors"]
        return sorted(found, key=lambda row: str(row["name"]))

    def details(self, name: str, commit: str, segment: str) -> list[Any]:
        rows: list[Any] = self.get(f"{self.root(name)}/data/details", commit=commit, segmentName=segment)["dataDetails"]
        return rows

    def catalog(self, name: str, commit: str) -> Any:
        return self.get(f"{self.root(name)}/labels/catalogs", commit=commit)["catalog"]

    def notes(self, name: str, commit: str) -> Any:
        return self.get(f"{self.root(name)}/notes", commit=commit)

    def drafts(self, name: str) -> list[Any]:
        rows: list[Any] = self.get(f"{self.root(name)}/drafts", status="ALL")["drafts"]
        return rows

    def bytes_of(self, url: str) -> bytes:
        with DIRECT.open(url) as answer:
            data: bytes = answer.read()
            return data


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """In memory where the system has such a folder: thousands of objects, each synced, are slow on a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, running(folder) as started:
        yield started


@pytest.fixture
def reading(platform: RunningPlatform) -> Reading:
    return Reading(platform)


class Send:
    """Uploads to the platform under test, each test to a dataset of its own name."""

    def __init__(self, platform: RunningPlatform, name: str, ledgers: Path) -> None:
        self.platform = platform
        self.name = name
        self.ledgers = ledgers

    def __call__(self, dataset: Dataset, **options: Any) -> UploadResult:
        place = {"platform": self.platform.url, "access_key": self.platform.access_key, "ledgers": self.ledgers}
        return upload(dataset, self.name, **(place | options))


@pytest.fixture
def send(platform: RunningPlatform, request: pytest.FixtureRequest, tmp_path: Path) -> Send:
    return Send(platform, f"{request.node.originalname}-{tmp_path.name}", tmp_path / "ledgers")
