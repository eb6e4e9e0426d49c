"""A dataset that was changed on the platform behind the sidecar's back: the platform is right, and nothing is lost."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import lading
from lading.errors import RecordError
from lading.model.codec.sidecar import DATASET_FILE
from lading.model.frame import Data, Frame
from lading.model.naming import SIDECAR_SEGMENT, from_wire, wire_segment
from lading.model.sensor import Lidar
from lading.platform.client import Client
from lading.platform.form import PostForm
from lading.platform.wire import CallbackObject, Empty, PutLabels
from lading.platform.wire.changes import DeleteFiles
from lading.platform.wire.constants import DATA
from lading.server.embedded import RunningPlatform
from lading.stored.shelf import StoredFile, StoredRow, search
from lading.stored.waiting import Rows
from tests.upload.conftest import Bytes

from .conftest import BOX, Other


def row(path: str, *, sensor: str | None = None, number: int = 0) -> Data:
    labels: list[lading.Label] = [
        lading.Box2D(1, 2, 3, number + 4.5, category="car", extras={"id": number}),
        lading.Classification(category="day"),
        lading.Box2D(5, 6, 7, 8, category="bus", extras={"id": -number}),
    ]
    content = Bytes(path, f"bytes of {path}".encode())
    return Data(
        path=f"images/{path}", remote_path=path, content=content, sensor_name=sensor, labels=labels,
        timestamp_ns=1_532_402_927_612_460_001 + number, width=number, annotation="present",
    )  # fmt: skip


ORDER = ["c.bin", "a.bin", "d.bin", "b.bin"]


def plain() -> lading.Dataset:
    frames = [Frame(key=f"key of {path}", data=[row(path, number=i)]) for i, path in enumerate(ORDER)]
    return lading.MemoryDataset("d", {"road": frames})


def fusion() -> lading.Dataset:
    frames = [
        Frame(key=str(9 - i), data=[row(f"{s}/{i}.bin", sensor=s, number=i) for s in ("two", "one")]) for i in range(3)
    ]
    sensors = [Lidar(name="two"), Lidar(name="one")]
    return lading.MemoryDataset("d", {"drive": frames}, sensors={"drive": sensors}, is_fusion=True)


class Trip:
    """Uploads a dataset, lets another client change it in a draft, and reads the draft."""

    def __init__(self, platform: RunningPlatform, name: str, ledgers: Path) -> None:
        self.platform, self.name, self.ledgers = platform, name, ledgers

    def upload(self, dataset: lading.Dataset, **how: Any) -> Any:
        place = {"platform": self.platform.url, "access_key": self.platform.access_key, "ledgers": self.ledgers}
        return lading.upload(dataset, self.name, **(place | how))

    def change(self, work: Callable[[Client, str, int], Any]) -> lading.Dataset:
        async def run(client: Client) -> int:
            found = await client.find_dataset(self.name)
            assert found is not None
            draft = await client.create_draft(found.id, "other")
            await work(client, found.id, draft)
            return draft

        return self.read(f"@draft-{Other(self.platform).do(run)}")

    def read(self, revision: str = "") -> lading.Dataset:
        return lading.open_dataset(f"{self.platform.url}/{self.name}{revision}", access_key=self.platform.access_key)


@pytest.fixture
def trip(platform: RunningPlatform, request: pytest.FixtureRequest, tmp_path: Path) -> Trip:
    return Trip(platform, request.node.originalname, tmp_path)


def keys(dataset: lading.Dataset) -> list[str]:
    return [frame.key for _, frame in lading.all_frames(dataset)]


def test_order_comes_back_also_by_parts(trip: Trip) -> None:
    trip.upload(plain())
    back = trip.read()
    expected = [f"key of {path}" for path in ORDER]
    assert keys(back) == expected
    for n in (2, 3, 7):
        parts = [frame.key for k in range(1, n + 1) for frame in back.frames("road", (k, n))]
        assert parts == expected


def test_labels_that_somebody_changed_are_theirs_with_a_finding(trip: Trip) -> None:
    trip.upload(plain())

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        label = {"BOX2D": [BOX]}
        await client.put_labels(
            dataset_id, PutLabels(draft_number=draft, segment_name="road", remote_path="a.bin", label=label)
        )

    back = trip.change(work)
    report = lading.Report()
    frames = {frame.key: frame.data[0] for frame in back.frames("road", report=report)}
    changed = frames["key of a.bin"]
    assert [label.category for label in changed.labels] == ["car"]
    assert [label.extras for label in changed.labels] == [{}]
    assert (changed.path, changed.width) == ("images/a.bin", 1)  # what is said of the file still holds
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.file) == ("platform.labels-changed", "warning", "road/a.bin")
    assert [label.extras for label in frames["key of b.bin"].labels] == [{"id": 3}, {}, {"id": -3}]


async def _enter(client: Client, dataset_id: str, draft: int, segment: str, item: CallbackObject, body: bytes) -> None:
    form = PostForm(await client.get_policy(dataset_id, draft, segment_name=segment))
    await client.post_object(form, item.checksum, body, size=len(body))
    await client.put_multi_callback(dataset_id, draft, segment, [item])


def _item(path: str, body: bytes, **more: Any) -> CallbackObject:
    import hashlib

    return CallbackObject(remote_path=path, checksum=hashlib.sha1(body).hexdigest(), label={"BOX2D": [BOX]}, **more)


async def _remove(client: Client, dataset_id: str, draft: int, path: str) -> None:
    body = DeleteFiles(draft_number=draft, segment_name="road", remote_path=path)
    await client._http.call("DELETE", client.address.of(DATA, id=dataset_id), Empty, body=body)


def test_files_and_segments_that_somebody_added_come_last(trip: Trip) -> None:
    trip.upload(plain())

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        await client.create_segment(dataset_id, draft, "another")
        for segment in ("road", "another"):
            await _enter(client, dataset_id, draft, segment, _item("aa.bin", b"new"), b"new")

    back = trip.change(work)
    assert [segment.name for segment in back.segments] == ["road", "another"]
    assert [segment.frame_count for segment in back.segments] == [None, 1]
    assert keys(back) == [*(f"key of {path}" for path in ORDER), "aa.bin", "aa.bin"]
    assert [frame.key for k in (1, 2) for frame in back.frames("road", (k, 2))] == keys(back)[:-1]


@pytest.mark.parametrize("name", ["0.bin", "aa.bin", "z.bin"], ids=["before all", "among them", "behind all"])
def test_one_that_came_for_one_that_went_is_in_the_last_part(name: str, trip: Trip) -> None:
    """As many as there were: only their names tell."""
    trip.upload(plain())

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        await _enter(client, dataset_id, draft, "road", _item(name, b"new"), b"new")
        await _remove(client, dataset_id, draft, "c.bin")

    back = trip.change(work)
    expected = [*(f"key of {path}" for path in ORDER if path != "c.bin"), name]
    assert keys(back) == expected
    for n in (2, 3, 4, 7):
        assert [frame.key for k in range(1, n + 1) for frame in back.frames("road", (k, n))] == expected


def test_a_part_asks_for_the_pages_that_it_needs(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 files are 8 pages; a tenth of them lies on two, and a third is under way when the last frame is there."""
    names = [f"{i:04}.bin" for i in range(1000)]
    frames = [Frame(key=f"key of {name}", data=[row(name)]) for name in names]
    trip.upload(lading.MemoryDataset("d", {"road": frames}))
    back = trip.read()
    listing, asked = Client.list_details, Counter[int]()

    async def counted(client: Client, *given: Any, **named: Any) -> Any:
        if "offset" in named:  # not those of the sidecar, by their path
            asked[named["offset"]] += 1
        return await listing(client, *given, **named)

    monkeypatch.setattr(Client, "list_details", counted)
    found = []
    for part in range(1, 11):
        found += [frame.key for frame in back.frames("road", (part, 10))]
    assert found == [f"key of {name}" for name in names]
    # Counted together: the page under way when a part ends may be asked for after the next part has begun.
    assert asked.total() <= 10 * 3, asked


def test_files_and_segments_that_somebody_removed_are_gone(trip: Trip) -> None:
    trip.upload(plain())

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        await _remove(client, dataset_id, draft, "d.bin")

    back = trip.change(work)
    assert keys(back) == [f"key of {path}" for path in ORDER if path != "d.bin"]

    async def drop(client: Client, dataset_id: str, draft: int) -> None:
        await client.delete_segment(dataset_id, draft, "road")

    assert trip.change(drop).segments == []


def test_a_file_of_a_sensor_that_somebody_added_joins_its_frame(trip: Trip) -> None:
    trip.upload(fusion())
    frame = next(trip.read().frames("drive"))
    (stored,) = {r for r in _ids(trip) if r}

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        await client.put_sensor(dataset_id, draft, "drive", {"name": "three", "type": "RADAR"})
        item = _item("three/0.bin", b"new", frame_id=stored, sensor_name="three")
        await _enter(client, dataset_id, draft, "drive", item, b"new")

    back = trip.change(work)
    assert frame.key == "9"
    assert [data.sensor_name for data in next(back.frames("drive")).data] == ["two", "one", "three"]
    assert [sensor.name for sensor in back.segments[0].sensors] == ["two", "one", "three"]
    assert keys(back) == ["9", "8", "7"]


def _ids(trip: Trip) -> list[str]:
    """The frame ids of the first frame, by its file."""

    async def ask(client: Client) -> list[str]:
        found = await client.find_dataset(trip.name)
        assert found is not None
        from lading.platform.reading import Version

        page = await client.list_details(found.id, Version(commit=found.commit_id), "drive", remote_path="two/0.bin")
        return [row.frame_id for row in page.data_details]

    return list(Other(trip.platform).do(ask))


def test_nanoseconds_come_back_unless_the_time_was_changed(trip: Trip) -> None:
    trip.upload(plain())
    times = {frame.data[0].remote_path: frame.data[0].timestamp_ns for _, frame in lading.all_frames(trip.read())}
    assert times == {path: 1_532_402_927_612_460_001 + i for i, path in enumerate(ORDER)}

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        await _enter(client, dataset_id, draft, "road", _item("c.bin", b"new", timestamp=2.5), b"new")

    assert next(trip.change(work).frames("road")).data[0].timestamp_ns == 2_500_000_000


def test_a_later_version_is_left_out_with_a_finding(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lading.model.codec.sidecar.VERSION", 2)
    trip.upload(plain())
    monkeypatch.undo()
    back = trip.read()
    (finding,) = back.report.findings
    assert finding.rule == "platform.sidecar-version"
    assert keys(back) == sorted(ORDER)
    assert [segment.name for segment in back.segments] == ["road"]


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b"{"), gzip.compress(b"[]"), gzip.compress(b"{}"), b""],
    ids=["no gzip", "cut", "array", "object", "empty"],
)
def test_a_sidecar_that_is_none_is_said(body: bytes, trip: Trip) -> None:
    trip.upload(plain())

    async def work(client: Client, dataset_id: str, draft: int) -> None:
        item = _item(DATASET_FILE, body).model_copy(update={"label": None})
        await _enter(client, dataset_id, draft, SIDECAR_SEGMENT, item, body)

    with pytest.raises(RecordError, match=r"^lading-sidecar/dataset.jsonl.gz:1: expected"):
        trip.change(work)


def test_without_a_sidecar_the_platform_is_all_there_is(trip: Trip) -> None:
    trip.upload(plain(), sidecar=False)
    back = trip.read()
    assert [segment.name for segment in back.segments] == ["road"]
    assert keys(back) == sorted(ORDER)
    trip.upload(plain())  # and it can come later
    assert keys(trip.read()) == [f"key of {path}" for path in ORDER]


def test_parts_bring_the_sidecar_that_one_process_brings(trip: Trip) -> None:
    results = [trip.upload(plain(), part=(k, 2)) for k in (2, 1)]
    assert [result.commit_id is not None for result in results] == [False, True]
    assert keys(trip.read()) == [f"key of {path}" for path in ORDER]
    again = trip.upload(plain())
    assert (again.sent, again.draft_number) == (0, None)  # byte for byte the same


def test_a_sidecar_counts_as_no_data_and_a_rerun_sends_none(trip: Trip) -> None:
    result = trip.upload(fusion(), verify=True)
    files = result.to_json()["files"]
    assert (result.segments, result.frames, result.labels, files["sent"]) == (1, 3, 18, 6)
    assert result.bytes_sent == sum(len(f"bytes of {s}/{i}.bin") for s in ("one", "two") for i in range(3))
    again = trip.upload(fusion(), verify=True)
    assert (again.sent, again.bytes_sent, again.draft_number, again.commit_id) == (0, 0, None, result.commit_id)


def test_a_segment_of_the_sources_may_have_its_name(trip: Trip) -> None:
    assert wire_segment(SIDECAR_SEGMENT) != SIDECAR_SEGMENT == from_wire(wire_segment(SIDECAR_SEGMENT))
    frames = [Frame(key=path, data=[row(path)]) for path in ORDER]
    trip.upload(lading.MemoryDataset("d", {SIDECAR_SEGMENT: frames}))
    back = trip.read()
    assert [segment.name for segment in back.segments] == [SIDECAR_SEGMENT]
    assert keys(back) == ORDER


def test_its_records_are_lines_that_any_program_reads(trip: Trip) -> None:
    """As docs/platform.md says, with gzip and json alone."""
    trip.upload(plain())
    shelf = trip.read()._shelf  # type: ignore[attr-defined]
    lines = {}
    for found in shelf.rows(SIDECAR_SEGMENT):
        (file,) = found.files
        with shelf.open(_blob(file)) as stream:
            lines[file.remote_path] = [json.loads(line) for line in gzip.decompress(stream.read()).splitlines()]
    assert list(lines) == ["dataset.jsonl.gz", "segments/road/0001.jsonl.gz"]
    head, segment = lines["dataset.jsonl.gz"]
    assert (head["kind"], head["version"]) == ("dataset", 1)
    counts = {"frames": 4, "rows": 4, "files": 1, "sensors": []}
    assert segment == {"kind": "segment", "name": "road", "places": ["road"], **counts}
    first = lines["segments/road/0001.jsonl.gz"][0]
    (data,) = first.pop("data")
    assert first == {"kind": "frame", "key": "key of c.bin", "at": "road"}
    assert data["name"] == "c.bin"
    assert (data["path"], data["ns"], data["width"]) == ("images/c.bin", 1_532_402_927_612_460_001, 0)
    assert [label["kind"] for label in data["labels"]] == ["BOX2D", "CLASSIFICATION", "BOX2D"]
    assert [label.get("extras") for label in data["labels"]] == [{"id": 0}, None, {"id": 0}]


def _blob(file: StoredFile) -> Any:
    from lading.stored.frames import blob_of

    return blob_of(SIDECAR_SEGMENT, file)


def stored(names: list[str]) -> Callable[[int], Iterator[StoredRow]]:
    rows = [StoredRow(files=[StoredFile(remote_path=name, label={"n": name})]) for name in names]
    return lambda start: iter(rows[start:])


def test_rows_wait_for_who_asks_for_them() -> None:
    rows = Rows(stored(["a", "b", "c", "d", "e"]))
    taken = [rows.take(name) for name in ("d", "a", "x", "b")]
    assert [found and found.files[0].label for found in taken] == [{"n": "d"}, {"n": "a"}, None, {"n": "b"}]
    assert [found.key for found in rows.rest()] == ["c", "e"]
    rows.close()


def test_rows_before_the_first_that_is_asked_for_come_last_and_rest_in_their_order() -> None:
    rows = Rows(stored(["a", "b", "c", "d", "e"]), 2)
    taken = [rows.take(name) for name in ("c", "e", "a")]
    assert [found and found.key for found in taken] == ["c", "e", "a"]
    assert [found.key for found in rows.rest()] == ["b", "d"]
    rows.close()


@pytest.mark.parametrize("near", [1, 3, 128])
def test_a_key_is_found_by_halves(near: int) -> None:
    keys = [f"{i:03}" for i in range(0, 300, 3)]
    for i, key in enumerate(keys):
        start = search(key, len(keys), keys.__getitem__, near)
        assert start <= i < start + max(near, 1)
    assert search("none", 0, keys.__getitem__, near) == 0
    assert 0 <= search("", len(keys), keys.__getitem__, near) <= len(keys)


def test_no_row_waits_where_the_order_is_the_askers() -> None:
    seen: list[str] = []

    def coming(start: int) -> Iterator[StoredRow]:
        for found in stored(["a", "b", "c"])(start):
            seen.append(found.key)
            yield found

    rows = Rows(coming)
    assert rows.take("a") is not None
    assert (seen, rows._db) == (["a"], None)
