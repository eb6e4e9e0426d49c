"""A commit read from a folder of objects, or a bucket, with the platform and its database gone."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lading
from lading.errors import NotFoundError, RecordError
from lading.server.embedded import running
from tests.s3.bucket import Bucket
from tests.server.conftest import KEY
from tests.server.process import Process

from .conftest import CATALOG, Other
from .everything import everything

FILES = {"b/1.bin": b"one", "a 2.bin": b"two", "c.bin": b"x" * 3}


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    with running(tmp_path / "data") as platform:
        Other(platform).fill("cars", FILES, tag="v1")
        Other(platform).fill("cars", {"d": b"4"})
    shutil.move(tmp_path / "data" / "objects", tmp_path / "objects")
    shutil.rmtree(tmp_path / "data")
    return tmp_path / "objects"


def test_everything_comes_back_from_the_folder(objects: Path) -> None:
    dataset = pickle.loads(pickle.dumps(lading.open_dataset(objects / "cars@v1")))
    assert (dataset.name, dataset.format, lading.encode_catalog(dataset.catalog)) == ("cars", "platform", CATALOG)
    (segment,) = dataset.segments
    assert (segment.name, segment.description, segment.frame_count) == ("road", "by day", 3)
    found = {}
    for frame in dataset.frames("road"):
        (data,) = frame.data
        with data.content.open() as stream:
            found[data.remote_path] = stream.read()
        assert (data.content.size, data.timestamp_ns) == (len(found[data.remote_path]), 1_250_000_000)
        assert [label.kind for label in data.labels] == ["BOX2D"]
    assert found == FILES
    assert [frame.key for k in (1, 2) for frame in dataset.frames("road", (k, 2))] == sorted(FILES)


def test_a_segment_is_read_by_several_at_once(objects: Path) -> None:
    dataset = lading.open_dataset(objects / "cars@v1")
    pairs = list(zip(dataset.frames("road"), dataset.frames("road"), strict=True))
    assert [one.key for one, _ in pairs] == [two.key for _, two in pairs] == sorted(FILES)


def test_revisions_and_what_is_not_there(objects: Path, command: Callable[..., Any]) -> None:
    def count(name: str) -> int:
        return sum(1 for _ in lading.all_frames(lading.open_dataset(objects / name)))

    assert {name: count(name) for name in ("cars", "cars@main", "cars@v1")} == {"cars": 4, "cars@main": 4, "cars@v1": 3}
    for name in ("lorries", "cars@v2", "cars@draft-1"):
        with pytest.raises(NotFoundError):
            lading.open_dataset(objects / name)
        done = command("dump", objects / name)
        assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert command("diff", objects / "cars@v1", objects / "cars").code == 1
    assert command("validate", objects / "cars@v1", "--rule", "media.unreadable=off").code in (0, 1)


def test_a_manifest_that_was_cut_is_said_and_nothing_is_read(objects: Path) -> None:
    for path in (objects / "manifests").rglob("*.jsonl"):
        path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RecordError, match=r"manifests/.*jsonl"):
        lading.open_dataset(objects / "cars@v1")


def test_an_object_that_is_gone_is_an_error_of_that_file(objects: Path) -> None:
    dataset = lading.open_dataset(objects / "cars@v1")
    for shard in objects.glob("??"):
        shutil.rmtree(shard)
    frame = next(dataset.frames("road"))
    with pytest.raises(lading.LadingError, match=r"^a 2.bin: expected its bytes at .*cars@v1, found: .*found nothing"):
        frame.data[0].content.open()


@pytest.mark.slow
def test_everything_comes_back_from_a_bucket(tmp_path: Path, bucket: Bucket, fixtures: Path) -> None:
    source = lading.open_dataset(fixtures / "coco")
    with running(tmp_path / "data", objects=bucket.url) as platform:
        lading.upload(source, "harbour", platform=platform.url, access_key=platform.access_key, tag="v1")
    shutil.rmtree(tmp_path / "data")
    place, _, query = bucket.url.partition("?")
    back = lading.open_dataset(f"{place}/harbour@v1?{query}")
    assert everything(back) == everything(source)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coco", "nuscenes"])
def test_commands_bring_a_dataset_to_a_bucket_and_back_with_server_and_database_gone(
    tmp_path: Path,
    bucket: Bucket,
    fixtures: Path,
    command: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv("LADING_ACCESS_KEY", KEY)
    source = fixtures / name
    with Process(tmp_path / "data", ["--objects", bucket.url]) as process:
        url = process.api.platform.url
        upload = ("upload", source, "--dataset", "harbour", "--platform", url, "--allow-missing", "--json")
        done = command(*upload, "--tag", "v1", "--verify")
        assert (done.code, json.loads(done.out)["files"]["failed"]) == (0, 0), done.err
        (dataset_id,) = {key.partition("/")[0] for key in bucket.names()} - {"manifests"}
        assert json.loads(done.out)["datasetId"] == dataset_id
        again = json.loads(command(*upload).out)
        assert (again["files"]["sent"], again["bytesSent"], again["draftNumber"]) == (0, 0, None)
        assert command("diff", source, f"{url}/harbour@v1").out == "no difference\n"
        live = command("dump", f"{url}/harbour@v1").out
        process.kill()
    shutil.rmtree(tmp_path / "data")
    place, _, query = bucket.url.partition("?")
    kept = f"{place}/harbour@v1?{query}"
    assert command("diff", source, kept).out == "no difference\n"
    assert command("dump", kept).out == live
