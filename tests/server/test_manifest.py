"""With the server and its database gone, everything that was committed is read back from the objects alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.errors import LadingError, NotFoundError, RecordError, SourceNotFoundError
from lading.server import folder_store
from lading.server.archive import list_datasets, read_manifest
from lading.server.embedded import running
from tests.s3.bucket import Bucket

from .conftest import KEY, Api, Clock

CATALOG = {"BOX2D": {"categories": [{"name": "car"}]}}
BOX = {"BOX2D": [{"box2d": {"xmin": 1.5, "ymin": 6, "xmax": 10, "ymax": 18}, "category": "car"}]}
POLYGON = {"POLYGON": [{"polygon": [{"x": 1, "y": 2}, {"x": 2, "y": 3}, {"x": 1, "y": 3}]}]}
FRAMES = ["01D78XYFJ1PRM1WPBCBT3VHMNA", "01D78XYFJ1PRM1WPBCBT3VHMNB"]


def fill(api: Api, upload: Any) -> dict[str, bytes]:
    """A fusion dataset with everything in it, committed as `v1`; its objects by checksum."""
    api.make(1, segment="drive", name="everything")
    contents = [f"file {i}".encode() for i in range(4)]
    sums = [upload(content) for content in contents]
    api.ok("PUT", "datasets/{id}/labels/catalogs", {"catalog": CATALOG, "draftNumber": 1})
    api.ok("PATCH", "datasets/{id}/notes", {"isContinuous": True, "binPointCloudFields": ["X"], "draftNumber": 1})
    place = {"draftNumber": 1, "segmentName": "drive"}
    for name, kind in (("cam", "CAMERA"), ("lidar", "LIDAR")):
        api.ok("POST", "datasets/{id}/sensors", {**place, "name": name, "type": kind})
    mask = {"checksum": sums[3], "fileSize": 6, "info": [{"categoryId": 1, "attributes": {}}]}
    labels: list[Any] = [{**BOX, "SEMANTIC_MASK": mask}, POLYGON, {}]
    objects = [
        {
            "remotePath": f"{i}.bin",
            "checksum": sums[i],
            "frameId": FRAMES[i // 2],
            "sensorName": ("cam", "lidar")[i % 2],
            "timestamp": 1532402934.25 if i else 0,
            "label": labels[i],
        }
        for i in range(3)
    ]
    api.ok("PUT", "datasets/{id}/multi/callback", {**place, "objects": objects})
    api.ok("POST", "datasets/{id}/segments", {"name": "empty", "description": "nothing here", "draftNumber": 1})
    api.ok("POST", "datasets/{id}/commits", {"title": "all", "description": "of it", "draftNumber": 1, "tag": "v1"})
    return dict(zip(sums, contents, strict=True))


def check(objects: str | Path, contents: dict[str, bytes]) -> None:
    manifest = read_manifest(objects, "everything", "v1")
    sums = list(contents)
    assert manifest.catalog == CATALOG
    assert manifest.header["notes"] == {"isContinuous": True, "binPointCloudFields": ["X"]}
    assert manifest.header["dataset"]["type"] == 1
    head = manifest.header["commit"]
    assert (head["title"], head["description"], head["parentCommitId"]) == ("all", "of it", "0" * 32)
    mask = {"checksum": sums[3], "fileSize": 6, "info": [{"categoryId": 1, "attributes": {}}]}
    polygon = {"POLYGON2D": [{"polygon2d": POLYGON["POLYGON"][0]["polygon"]}]}

    def file(i: int, sensor: str, time: float, label: Any) -> dict[str, Any]:
        known = {"remotePath": f"{i}.bin", "checksum": sums[i], "size": 6, "timestamp": time, "label": label}
        return {"sensorName": sensor, **known}

    assert list(manifest.records()) == [
        {
            "kind": "segment",
            "name": "drive",
            "description": "",
            "sensors": [{"name": "cam", "type": "CAMERA"}, {"name": "lidar", "type": "LIDAR"}],
        },
        {
            "kind": "frame",
            "frameId": FRAMES[0],
            "data": [file(0, "cam", 0, {**BOX, "SEMANTIC_MASK": mask}), file(1, "lidar", 1532402934.25, polygon)],
        },
        {"kind": "frame", "frameId": FRAMES[1], "data": [file(2, "cam", 1532402934.25, {})]},
        {"kind": "segment", "name": "empty", "description": "nothing here", "sensors": []},
    ]
    assert {name: b"".join(manifest.read_object(name)) for name in sums} == contents


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Api]:
    with running(tmp_path / "data", access_key=KEY, objects=str(tmp_path / "objects"), clock=Clock()) as platform:
        yield Api(platform, Clock())


def test_everything_comes_back_from_the_folder(tmp_path: Path) -> None:
    objects = tmp_path / "objects"
    with running(tmp_path / "data", access_key=KEY, objects=objects.as_uri(), clock=Clock()) as platform:
        api = Api(platform, Clock())
        contents = fill(api, api.upload)
    shutil.rmtree(tmp_path / "data")
    check(objects, contents)
    check(objects.as_uri(), contents)
    check(str(objects), contents)


@pytest.mark.slow
def test_everything_comes_back_from_a_bucket(tmp_path: Path, bucket: Bucket) -> None:
    with running(tmp_path / "data", access_key=KEY, objects=bucket.url) as platform:
        api = Api(platform, Clock())

        def upload(content: bytes) -> str:
            checksum = hashlib.sha1(content).hexdigest()
            bucket.client.put_object(Bucket=bucket.name, Key=f"{api.dataset_id}/{checksum}", Body=content)
            return checksum

        contents = fill(api, upload)
    shutil.rmtree(tmp_path / "data")
    check(bucket.url, contents)
    with running(tmp_path / "data", access_key=KEY, objects=bucket.url) as platform:
        assert Api(platform, Clock()).ok("GET", "datasets")["totalCount"] == 0  # and nothing is removed
    check(bucket.url, contents)


def folder(api: Api) -> Path:
    return api.platform.data_dir.parent / "objects"


def test_type_0_has_a_frame_a_file(mine: Api) -> None:
    checksum = mine.make(name="plain").upload(b"x")
    objects = [{"remotePath": name, "checksum": checksum} for name in ("b", "a", "ä")]
    mine.ok("PUT", "datasets/{id}/multi/callback", {"draftNumber": 1, "segmentName": "car", "objects": objects})
    mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    segment, *frames = read_manifest(folder(mine), "plain").records()
    assert segment["name"] == "car"
    assert frames == [
        {"kind": "frame", "frameId": None, "data": [{"remotePath": n, "checksum": checksum, "size": 1, "label": {}}]}
        for n in ("a", "b", "ä")
    ]


def test_revisions_are_found_as_the_platform_finds_them(mine: Api) -> None:
    def commit(name: str) -> str:
        number = mine.ok("POST", "datasets/{id}/drafts", {"title": "x"})["draftNumber"]
        mine.ok("POST", "datasets/{id}/segments", {"name": name, "draftNumber": number})
        return str(mine.ok("POST", "datasets/{id}/commits", {"title": name, "draftNumber": number})["commitId"])

    def segments(revision: str | None = None) -> list[str]:
        return [record["name"] for record in read_manifest(folder(mine), "many", revision).records()]

    mine.dataset_id = mine.ok("POST", "datasets", {"name": "many"})["id"]
    with pytest.raises(NotFoundError, match="nothing was committed"):
        read_manifest(folder(mine), "many")
    first, second = commit("one"), commit("two")
    mine.ok("POST", "datasets/{id}/branches", {"name": "dev", "commit": first})
    mine.ok("POST", "datasets/{id}/tags", {"name": "v2", "commit": second})
    assert [segments(r) for r in (None, "main", "v2", second)] == [["one", "two"]] * 4
    assert [segments(r) for r in ("dev", first)] == [["one"]] * 2
    mine.ok("DELETE", "datasets/{id}/tags", {"name": "v2"})
    for revision in ("v2", "../../refs", "f" * 32):
        with pytest.raises(NotFoundError):
            read_manifest(folder(mine), "many", revision)
    mine.ok("PATCH", "datasets/{id}", {"name": "renamed"})
    assert [refs.name for refs in list_datasets(folder(mine))] == ["renamed"]
    with pytest.raises(NotFoundError, match="'many'"):
        read_manifest(folder(mine), "many")
    assert read_manifest(folder(mine), mine.dataset_id).commit_id == second
    mine.ok("DELETE", "datasets/{id}")
    assert list_datasets(folder(mine)) == []
    assert list((folder(mine) / "manifests").iterdir()) == []


def test_manifest_is_there_before_the_commit_is_answered_or_there_is_no_commit(
    mine: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.make()

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(folder_store.os, "fsync", full)
        refused = mine.call("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    assert refused.refusal == (500, "InternalServerError")
    assert "No space left on device" in refused.json["message"]
    assert mine.ok("GET", "datasets/{id}/commits")["totalCount"] == 0
    commit_id = mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})["commitId"]
    assert [path.stem for path in (folder(mine) / "manifests").rglob("*.jsonl")] == [commit_id]


def test_what_was_left_unwritten_is_written_at_the_next_start(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"access_key": KEY, "objects": str(tmp_path / "objects")}
    with running(tmp_path / "data", **settings) as platform:
        api = Api(platform, Clock()).make()
        commit_id = api.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})["commitId"]
    (kept,) = (tmp_path / "objects" / "manifests").rglob("*.jsonl")
    before = kept.read_bytes()
    for path in kept.parent.iterdir():
        path.unlink()
    with running(tmp_path / "data", **settings):
        assert kept.read_bytes() == before
        assert read_manifest(tmp_path / "objects", "demo").commit_id == commit_id


def test_two_datasets_of_one_name_are_told_apart_by_id(mine: Api, tmp_path: Path) -> None:
    mine.make(name="twice")
    mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    with running(tmp_path / "other", access_key=KEY, objects=str(folder(mine))) as platform:
        Api(platform, Clock()).make(name="twice")
        with pytest.raises(NotFoundError, match=f"found 2; give an id: .*{mine.dataset_id}"):
            read_manifest(folder(mine), "twice")
        assert read_manifest(folder(mine), mine.dataset_id).dataset_id == mine.dataset_id


DAMAGES = [
    ("cut in a line", lambda lines: [*lines[:2], lines[2][:-9]], "expected a line of JSON", 3),
    ("cut between lines", lambda lines: lines[:-1], "a manifest that was cut", None),
    ("a line changed", lambda lines: [*lines[:2], lines[2].replace(b"car", b"bus"), *lines[3:]], "found others", 4),
    ("a line missing", lambda lines: [*lines[:2], *lines[3:]], "found others", 3),
    ("no header", lambda lines: lines[1:], "expected a manifest and its catalog first", 1),
    ("a later version", lambda lines: [lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]], "version 1", 1),
    ("no text", lambda lines: [b"\xff\n"], "expected a line of JSON", 1),
    ("nothing", lambda lines: [], "a manifest that was cut", None),
]


@pytest.mark.parametrize(("damage", "message", "line"), [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_damaged_manifest_is_said(mine: Api, damage: Any, message: str, line: int | None) -> None:
    mine.make()
    mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    (path,) = (folder(mine) / "manifests").rglob("*.jsonl")
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(RecordError, match=message) as caught:
        list(read_manifest(folder(mine), "demo").records())
    assert caught.value.path == f"manifests/{mine.dataset_id}/{path.name}"
    if line is not None:
        assert caught.value.line in (line, None)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"{}"])
def test_damaged_names_are_said(mine: Api, content: bytes) -> None:
    mine.make()
    (path,) = (folder(mine) / "manifests").rglob("refs.json")
    path.write_bytes(content)
    with pytest.raises(RecordError, match="expected the names of a dataset"):
        list_datasets(folder(mine))


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="expected a folder of objects"):
        read_manifest(tmp_path / "nowhere", "demo")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("checksum", ["../x", "", "A" * 40])
def test_object_by_a_name_that_is_none(mine: Api, checksum: str) -> None:
    mine.make()
    mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    with pytest.raises(NotFoundError):
        read_manifest(folder(mine), "demo").read_object(checksum)


def test_document_never_leaves_the_folder(tmp_path: Path) -> None:
    store = folder_store.FolderStore(tmp_path / "objects", folder_store.SigningKey("", ""))
    store.prepare()
    for call in (lambda: store.put_document("../x", []), lambda: store.read_document("a/../../x")):
        with pytest.raises(LadingError, match="stays in its folder"):
            list(call() or ())


def test_manifest_is_lines_that_any_program_reads(mine: Api) -> None:
    mine.make()
    mine.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    (path,) = (folder(mine) / "manifests").rglob("*.jsonl")
    *lines, last = path.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["kind"] for line in lines] == ["manifest", "catalog", "segment"]
    end = {"kind": "end", "frames": 0, "files": 0, "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    assert json.loads(last) == end
