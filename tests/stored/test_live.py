"""A dataset on a platform, filled by somebody else's client, read as any other dataset."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import lading
from lading.errors import LadingError, NotFoundError, OptionError, SourceError, StorageError, UnauthorizedError
from lading.platform.client import Client
from lading.platform.download import Download
from lading.server.embedded import RunningPlatform
from lading.stored.content import StoredContent

from .conftest import CATALOG, Other

FILES = {f"{i:03d}.bin": b"file %d" % i for i in range(300)}


@pytest.fixture(scope="module")
def many(platform: RunningPlatform) -> str:
    Other(platform).fill("many", FILES, tag="v1")
    return f"{platform.url}/many"


def opened(place: str, platform: RunningPlatform) -> lading.Dataset:
    return lading.open_dataset(place, access_key=platform.access_key)


class Calls:
    """Counts the pages and files that are asked for."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.pages, self.fetched = 0, 0
        listing, fetch = Client.list_details, Client.fetch

        async def counted_listing(client: Client, *given: Any, **named: Any) -> Any:
            self.pages += 1
            return await listing(client, *given, **named)

        async def counted_fetch(client: Client, url: str, into: Download) -> None:
            self.fetched += 1
            await fetch(client, url, into)

        patch.setattr(Client, "list_details", counted_listing)
        patch.setattr(Client, "fetch", counted_fetch)


def test_everything_that_the_wire_says_is_there(many: str, platform: RunningPlatform) -> None:
    dataset = opened(many, platform)
    assert (dataset.name, dataset.format, dataset.is_fusion) == ("many", "platform", False)
    assert lading.encode_catalog(dataset.catalog) == CATALOG
    (segment,) = dataset.segments
    assert (segment.name, segment.description, segment.frame_count) == ("road", "by day", 300)
    frames = list(dataset.frames("road"))
    assert [frame.key for frame in frames] == sorted(FILES)
    data = frames[7].data[0]
    box = lading.Box2D(1.5, 6, 10, 18.25, category="car", attributes={"n": 3})
    assert (data.remote_path, data.timestamp_ns, data.labels) == ("007.bin", 1_250_000_000, [box])
    assert data.content is not None
    assert data.content.stamp == f"sha1:{hashlib.sha1(b'file 7').hexdigest()}"
    with data.content.open() as stream:
        assert stream.read() == b"file 7"
    assert data.content.size == 6


def test_pages_come_as_they_are_used_and_media_when_they_are_opened(
    many: str, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(monkeypatch)
    dataset = opened(many, platform)
    assert calls.pages == 0
    frames = dataset.frames("road")
    next(frames)
    assert calls.pages <= 2  # the first, and the next one on its way
    last = list(frames)[-1]
    assert (calls.pages, calls.fetched) == (3, 0)
    content = last.data[0].content
    assert content is not None
    content.open().close()
    assert calls.fetched == 1


def test_an_address_that_no_longer_holds_is_asked_for_anew(
    many: str, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(opened(many, platform).frames("road")).data[0].content
    assert isinstance(first, StoredContent)
    fetch = Client.fetch

    async def expired(client: Client, url: str, into: Download) -> None:
        if url == first.blob.url:
            raise StorageError(f"{url}: expired", status=403)
        await fetch(client, url, into)

    later = "lading.server.folder_store.URL_LIFE_S"
    monkeypatch.setattr(later, 24 * 3600 + 5)  # or the new address would be the old one
    monkeypatch.setattr(Client, "fetch", expired)
    with first.open() as stream:
        assert stream.read() == b"file 0"


def test_bytes_that_cannot_be_had_are_a_source_error(
    many: str, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = next(opened(many, platform).frames("road")).data[0].content
    assert content is not None

    async def lost(client: Client, url: str, into: Download) -> None:
        raise StorageError("blob: expected the file's bytes, found 404 NoSuchKey", status=404)

    monkeypatch.setattr(Client, "fetch", lost)
    with pytest.raises(SourceError, match=r"^000.bin: expected its bytes at http.*found: .*NoSuchKey"):
        content.open()


def test_shares_of_a_segment_are_the_whole(many: str, platform: RunningPlatform) -> None:
    dataset = pickle.loads(pickle.dumps(opened(many, platform)))
    keys = [frame.key for k in (1, 2, 3) for frame in dataset.frames("road", (k, 3))]
    assert keys == sorted(FILES)
    assert lading.summarize(dataset, jobs=2).to_json()["segments"][0]["frames"] == 300


def test_a_share_of_a_segment_asks_for_its_pages_alone(
    many: str, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(monkeypatch)
    dataset = opened(many, platform)
    assert [frame.key for frame in dataset.frames("road", (3, 3))] == sorted(FILES)[200:]
    assert calls.pages == 1


def test_every_kind_of_revision_is_found(other: Other, platform: RunningPlatform) -> None:
    first = other.fill("versions", {"a": b"1"}, tag="one")
    second = other.fill("versions", {"b": b"2"})
    draft = other.fill("versions", {"c": b"3"}, is_draft=True)

    def keys(revision: str) -> list[str]:
        dataset = opened(f"{platform.url}/versions{revision}", platform)
        return [frame.key for frame in dataset.frames("road")]

    assert {r: keys(r) for r in (f"@{first}", "@one")} == {f"@{first}": ["a"], "@one": ["a"]}
    assert [keys(r) for r in ("", "@main", f"@{second}")] == [["a", "b"]] * 3
    assert keys(f"@draft-{draft}") == ["a", "b", "c"]


def test_a_branch_that_moves_is_read_as_it_was(other: Other, platform: RunningPlatform) -> None:
    other.fill("moving", {"a": b"1"})
    dataset = opened(f"{platform.url}/moving@main", platform)
    other.fill("moving", {"b": b"2"})
    assert [frame.key for frame in dataset.frames("road")] == ["a"]


def test_labels_that_cannot_be_read_are_a_finding_and_the_others_stay(
    many: str, platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = opened(many, platform)
    listing = Client.list_details

    async def strange(client: Client, *given: Any, **named: Any) -> Any:
        page = await listing(client, *given, **named)
        page.data_details[0].label["HOLOGRAM"] = [{}]
        return page

    monkeypatch.setattr(Client, "list_details", strange)
    report = lading.Report()
    frame = next(dataset.frames("road", report=report))
    assert [label.kind for label in frame.data[0].labels] == ["BOX2D"]
    (finding,) = report.findings
    assert (finding.rule, finding.file, finding.pointer) == ("platform.label", "road/000.bin", "/label/HOLOGRAM")


ERRORS: list[tuple[str, str, type[LadingError], str]] = [
    ("no such dataset", "/nothing", NotFoundError, "expected a dataset of this name on the platform, found none"),
    ("no such revision", "/many@v9", NotFoundError, "expected a commit, branch, tag or draft-NUMBER.*'v9'"),
    ("no such draft", "/many@draft-99", NotFoundError, "expected a revision of the dataset, found none"),
]


@pytest.mark.parametrize(("path", "kind", "message"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_what_is_not_there_is_said(
    path: str, kind: type[LadingError], message: str, many: str, platform: RunningPlatform, command: Callable[..., Any]
) -> None:
    place = f"{platform.url}{path}"
    with pytest.raises(kind, match=message):
        opened(place, platform)
    for name in ("inspect", "dump", "validate", "stats", "catalog"):
        done = command(name, place)
        assert (done.code, done.out) == (2, "")
        (line,) = done.err.splitlines()
        assert line.startswith(f"error: {place}: expected")


def test_nothing_was_committed_yet(other: Other, platform: RunningPlatform) -> None:
    other.fill("fresh", {"a": b"1"}, is_draft=True)
    with pytest.raises(NotFoundError, match="expected a commit, found none yet; a draft is DATASET@draft-NUMBER"):
        opened(f"{platform.url}/fresh", platform)


def test_a_wrong_key_no_key_and_no_platform_are_said(
    many: str, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UnauthorizedError, match="expected a valid access key"):
        lading.open_dataset(many, access_key="ACCESSKEY-wrong")
    done = command("inspect", many, "--access-key", "ACCESSKEY-wrong")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 2)
    assert "expected a valid access key" in done.err.splitlines()[1]  # below the warning of a key on the command line
    assert "ACCESSKEY-wrong" not in done.err
    done = command("inspect", "http://127.0.0.1:9/many")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert "connection refused" in done.err
    monkeypatch.delenv("LADING_ACCESS_KEY")
    with pytest.raises(OptionError, match="--access-key: expected it"):
        lading.open_dataset(many)
    done = command("inspect", many)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    (tmp_path / "key").write_text("ACCESSKEY-other\n")
    done = command("inspect", many, "--access-key-file", tmp_path / "key")
    assert "expected a valid access key" in done.err


def test_it_stands_alone_and_has_no_reader(many: str, platform: RunningPlatform, fixtures: Path) -> None:
    with pytest.raises(OptionError, match="alone, found 2 paths"):
        lading.open_dataset(many, fixtures / "coco", access_key=platform.access_key)
    with pytest.raises(OptionError, match="neither a format nor a reader's options"):
        lading.open_dataset(many, format="coco", access_key=platform.access_key)


def test_each_command_that_takes_a_path_takes_the_platform(
    other: Other, platform: RunningPlatform, command: Callable[..., Any], tmp_path: Path
) -> None:
    for color in ("red", "blue"):
        Image.new("RGB", (40, 30), color).save(tmp_path / f"{color}.png")
    files = {f"{color}.png": (tmp_path / f"{color}.png").read_bytes() for color in ("red", "blue")}
    other.fill("pictures", files)
    place = f"{platform.url}/pictures"
    (segment,) = json.loads(command("inspect", place, "--json", "--jobs", "2").out)["segments"]
    assert (segment["name"], segment["files"], segment["labels"]) == ("road", 2, {"BOX2D": 2})
    lines = [json.loads(line) for line in command("dump", place).out.splitlines()]
    assert [line["kind"] for line in lines] == ["dataset", "segment", "frame", "frame"]
    for output in ("text", "json", "sarif", "html"):
        done = command("validate", place, "--output", output)
        assert (done.code, done.out != "") == (0, True), done.err
    assert json.loads(command("stats", place, "--json").out)["segments"][0]["frames"] == 2
    done = command("preview", place, "-o", tmp_path / "drawn")
    assert (done.code, sum(path.is_file() for path in (tmp_path / "drawn").rglob("*"))) == (0, 2)
    assert json.loads(command("catalog", place).out)["BOX2D"] == CATALOG["BOX2D"]
    assert command("diff", place, place).code == 0
