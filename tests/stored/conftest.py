"""A platform on a loopback port, filled by a client that is not our uploader, and the command line against it."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lading.cli.main
from lading.platform.client import Client
from lading.platform.form import PostForm
from lading.platform.wire import CallbackObject
from lading.server.embedded import RunningPlatform, running

BOX = {"box2d": {"xmin": 1.5, "ymin": 6, "xmax": 10, "ymax": 18.25}, "category": "car", "attributes": {"n": 3}}
CATALOG = {"BOX2D": {"categories": [{"name": "car"}], "attributes": [{"name": "n", "type": "integer"}]}}


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """In memory where the system has such a folder: thousands of objects, each synced, are slow on a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, running(folder) as started:
        yield started


class Other:
    """Another program's client: it makes datasets of our API, and knows nothing of a sidecar."""

    def __init__(self, platform: RunningPlatform) -> None:
        self.platform = platform

    def do(self, work: Callable[[Client], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with Client(self.platform.url, self.platform.access_key) as client:
                return await work(client)

        return asyncio.run(run())

    def fill(self, name: str, files: dict[str, bytes], **how: Any) -> str:
        """A plain dataset of one segment `road` with a box on each file, committed (`tag`); the commit's id."""

        async def work(client: Client) -> str:
            found = await client.find_dataset(name)
            dataset_id = found.id if found is not None else await client.create_dataset(name)
            draft = await client.create_draft(dataset_id, "other")
            if found is None:
                await client.create_segment(dataset_id, draft, "road", description="by day")
            await client.put_catalog(dataset_id, draft, CATALOG)
            form = PostForm(await client.get_policy(dataset_id, draft, segment_name="road"))
            objects = []
            for path, content in files.items():
                checksum = hashlib.sha1(content).hexdigest()
                await client.post_object(form, checksum, content, size=len(content))
                objects.append(
                    CallbackObject(remote_path=path, checksum=checksum, timestamp=1.25, label={"BOX2D": [BOX]})
                )
            for start in range(0, len(objects), 50):
                await client.put_multi_callback(dataset_id, draft, "road", objects[start : start + 50])
            if how.get("is_draft"):
                return str(draft)
            return await client.commit(dataset_id, draft, "other", tag=how.get("tag"))

        return str(self.do(work))


@pytest.fixture
def other(platform: RunningPlatform) -> Other:
    return Other(platform)


class Result:
    """What a command did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def command(platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Callable[..., Result]:
    """Runs `lading` in this process, with the platform's key in the environment."""
    monkeypatch.setenv("LADING_ACCESS_KEY", platform.access_key)

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = lading.cli.main.execute([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return run
