"""Reading back before the commit: what the platform holds in another way than the source holds the commit, by name."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.platform.client import Client
from lading.platform.form import PostForm
from lading.platform.wire import CallbackObject, PutLabels
from lading.stored.live import LiveShelf
from lading.stored.shelf import StoredRow
from lading.upload import UploadResult
from lading.upload import finish as finishing
from lading.upload.job import Job

from .conftest import Send, content
from .faults import Faults

FOUND = "expected it on the platform as in the source, found"


def dataset() -> MemoryDataset:
    labels = [Box2D(1, 2, 3, 4, category="car", instance="7", extras={"id": 7})]
    rows = [
        Data(path=name, remote_path=name, content=content(name, name.encode()), labels=labels, timestamp_ns=1)
        for name in ("a.jpg", "b.jpg")
    ]
    return MemoryDataset("d", {"s": [Frame(key=row.path, data=[row]) for row in rows]})


@pytest.fixture
def tampered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Client, Job], Awaitable[None]]], None]:
    """Has another client do something to the draft between the last file and the reading back, once."""
    verify = finishing.verify

    def install(deed: Callable[[Client, Job], Awaitable[None]]) -> None:
        async def late(job: Job) -> None:
            monkeypatch.setattr(finishing, "verify", verify)
            await deed(job.target.client, job)
            await verify(job)

        monkeypatch.setattr(finishing, "verify", late)

    return install


async def change_a_label(client: Client, job: Job) -> None:
    box = {"box2d": {"xmin": 1.5, "ymin": 2, "xmax": 3, "ymax": 4}, "category": "bus", "instance": "7"}
    body = PutLabels(
        draft_number=await job.target.draft(), segment_name="s", remote_path="b.jpg", label={"BOX2D": [box]}
    )
    await client.put_labels(job.target.id, body)


async def change_bytes(client: Client, job: Job) -> None:
    draft = await job.target.draft()
    form = PostForm(await client.get_policy(job.target.id, draft, segment_name="s"))
    checksum = hashlib.sha1(b"other").hexdigest()
    await client.post_object(form, checksum, b"other", size=5)
    label = {"BOX2D": [{"box2d": {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}, "category": "car", "instance": "7"}]}
    entry = CallbackObject(remote_path="a.jpg", checksum=checksum, timestamp=1e-9, label=label)
    await client.put_multi_callback(job.target.id, draft, "s", [entry])


async def drop_the_segment(client: Client, job: Job) -> None:
    await client.delete_segment(job.target.id, await job.target.draft(), "s")


OURS, OTHERS = hashlib.sha1(b"a.jpg").hexdigest(), hashlib.sha1(b"other").hexdigest()


@pytest.mark.parametrize("sidecar", [True, False], ids=["sidecar", "no sidecar"])
@pytest.mark.parametrize(
    ("deed", "found"),
    [
        (
            change_a_label,
            [
                ("s/b.jpg", f"{FOUND} changed label: BOX2D car instance 7: xmin: 1 -> 1.5"),
                ("s/b.jpg", f"{FOUND} changed label: BOX2D car instance 7: category: 'car' -> 'bus'"),
            ],
        ),
        (change_bytes, [("s/a.jpg", f"{FOUND} changed file: sha1: {OURS!r} -> {OTHERS!r}")]),
        (drop_the_segment, [("s", f"{FOUND} removed segment")]),
    ],
    ids=["label", "bytes", "segment"],
)
def test_what_another_has_changed_holds_the_commit_and_the_next_run_mends_it(
    deed: Any, found: list[tuple[str, str]], sidecar: bool, send: Send, tampered: Any
) -> None:
    tampered(deed)
    result = send(dataset(), verify=True, sidecar=sidecar)
    told = [(place, text.replace("1.0 ->", "1 ->")) for place, text in result.failures]
    assert [row for row in told if "extras" not in row[1]] == found  # extras of a label that was changed are left out
    assert (result.commit_id, result.draft_number) == (None, 1)
    again = send(dataset(), verify=True, sidecar=sidecar)
    assert (again.failures, again.commit_id is None) == ([], False)


def test_a_commit_that_turned_out_otherwise_is_not_trusted_by_the_next_run(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits do not change; a platform that was put back from an older copy does."""
    first = send(dataset())
    rows = LiveShelf.rows

    def fewer(shelf: LiveShelf, segment: str, start: int = 0) -> Iterator[StoredRow]:
        yield from (row for row in rows(shelf, segment, start) if row.key != "b.jpg")

    with monkeypatch.context() as patch:
        patch.setattr(LiveShelf, "rows", fewer)
        assert send(dataset(), verify=True).failures == [("s/b.jpg", f"{FOUND} removed frame")]
    for asks in (True, False):
        faults = Faults()
        with faults.installed():
            assert send(dataset()).commit_id == first.commit_id
        assert any("details" in step for step in faults.log) == asks


def test_what_only_the_platform_has_is_left_alone(send: Send) -> None:
    send(dataset())
    one = dataset()
    one._frames = {"s": list(one.frames("s"))[:1]}
    assert send(one, verify=True).failures == []


@pytest.mark.parametrize("sidecar", [True, False])
def test_the_part_that_commits_reads_everything_back(sidecar: bool, send: Send, tampered: Any) -> None:
    assert send(dataset(), part=(1, 2), verify=True, sidecar=sidecar).commit_id is None
    tampered(change_a_label)
    result: UploadResult = send(dataset(), part=(2, 2), verify=True, sidecar=sidecar)
    assert {place for place, _ in result.failures} == {"s/b.jpg"}
    assert result.commit_id is None
    assert send(dataset(), part=(2, 2), verify=True, sidecar=sidecar).commit_id is not None
    assert send(dataset(), part=(1, 2), verify=True, sidecar=sidecar).failures == []


def test_it_works_inside_a_running_loop(send: Send) -> None:
    async def notebook() -> UploadResult:
        return send(dataset(), verify=True)

    assert asyncio.run(notebook()).failures == []
