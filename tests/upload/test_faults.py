"""Whatever fails on the way, in the end the platform holds every file and label once."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from lading.errors import NotFoundError, SourceNotFoundError, TransientError, UnauthorizedError, UploadError
from lading.model.dataset import MemoryDataset, all_frames
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.opening import open_dataset
from lading.platform.retry import Retry
from lading.platform.transport import Answer, Transport
from lading.upload import Settings

from .conftest import Bytes, Reading, Send
from .faults import QUICK, Faults, Killed, at, no_wait, seeded

FILES = 30

#: Files of the sidecar that go up beside them: one a segment, and that of the dataset.
BESIDE = 3

SALT = "the content of a file of this test alone"


def dataset(name: str, files: int = FILES) -> MemoryDataset:
    """Files in two segments, each with one label that tells it from the others; stamps that stay."""

    def row(index: int) -> Data:
        path = f"{index:03}.jpg"
        body = f"{SALT} {name} {index}".encode()
        label = Box2D(xmin=index, ymin=1.0, xmax=index + 5.5, ymax=9.0, category="car", instance=str(index))
        content = Bytes(path, body, stamp=f"{len(body)}-1000000000-{index}")
        return Data(path=path, remote_path=path, content=content, labels=[label])

    frames = [Frame(key=str(index), data=[row(index)]) for index in range(files)]
    half = files // 2
    return MemoryDataset("d", {"train": frames[:half], "val": frames[half:]})


def check_whole(reading: Reading, name: str, commit: str | None, files: int = FILES) -> None:
    """Each file and label is there, once, and no object lies in the store that nothing names."""
    assert commit is not None
    found: dict[str, Any] = {}
    for segment, first in (("train", 0), ("val", files // 2)):
        rows = reading.details(name, commit, segment)
        assert [row["remotePath"] for row in rows] == [
            f"{i:03}.jpg" for i in range(first, files // 2 if segment == "train" else files)
        ]
        found |= {row["remotePath"]: row for row in rows}
    for index in range(files):
        row = found[f"{index:03}.jpg"]
        assert row["checksum"] == hashlib.sha1(f"{SALT} {name} {index}".encode()).hexdigest()
        box = {"xmin": index, "ymin": 1, "xmax": index + 5.5, "ymax": 9}
        assert row["label"] == {"BOX2D": [{"box2d": box, "category": "car", "instance": str(index)}]}
    assert len(found) == files
    assert objects_of(reading, name) == {row["checksum"] for row in found.values()}
    assert [draft["status"] for draft in reading.drafts(name)].count("COMMITTED") == 1
    assert {draft["status"] for draft in reading.drafts(name)} <= {"COMMITTED", "CLOSED"}
    # The sidecar is whole too: it alone knows the keys, and that 10 comes behind 9.
    place = f"{reading.platform.url}/{quote(name, safe='')}@{commit}"
    back = open_dataset(place, access_key=reading.platform.access_key)
    assert [frame.key for _, frame in all_frames(back)] == [str(index) for index in range(files)]


def objects_of(reading: Reading, name: str) -> set[str]:
    """The SHA-1 of every object in the store that has this test's content."""
    bodies = [path.read_bytes() for path in (reading.platform.data_dir / "objects").rglob("*") if path.is_file()]
    start = f"{SALT} {name} ".encode()
    return {hashlib.sha1(body).hexdigest() for body in bodies if body.startswith(start)}


class Trial:
    """Uploads one dataset again and again, with faults, until it is through."""

    def __init__(self, send: Send, name: str, ledgers: Path) -> None:
        self.send = Send(send.platform, name, ledgers)
        self.name = name
        self.is_through = False
        self.commit: str | None = None

    def run(self, faults: Faults, **options: Any) -> None:
        """One run of the uploader; it may be killed, or give up."""
        options = {"jobs": 3, "settings": QUICK} | options
        with faults.installed():
            try:
                result = self.send(dataset(self.name), **options)
            except (Killed, TransientError, NotFoundError, UploadError):
                return
            finally:
                faults.is_dead = True
        self.is_through = result.is_complete and result.commit_id is not None
        self.commit = result.commit_id


def steps_of_a_run(send: Send, tmp_path: Path) -> list[str]:
    faults = Faults()
    trial = Trial(send, f"{send.name}-steps", tmp_path / "steps")
    trial.run(faults, jobs=1)
    assert trial.is_through
    return faults.log


def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(send: Send, reading: Reading, tmp_path: Path) -> None:
    steps = steps_of_a_run(send, tmp_path)
    assert sum(step == "POST object" for step in steps) == FILES + BESIDE
    assert sum(step.endswith("/multi/callback") for step in steps) == 3
    assert steps.count("ledger") >= 3
    kills = [(number, moment) for number in range(len(steps)) for moment in ("kill before", "kill after")]
    for number, moment in kills:
        trial = Trial(send, f"{send.name}-{number}-{moment[5]}", tmp_path / f"{number}-{moment[5]}")
        trial.run(Faults(at({number: moment})), jobs=1)
        assert not trial.is_through or number >= len(steps) - 4, (number, moment, steps[number])
        trial.run(Faults())
        assert trial.is_through, (number, moment, steps[number])
        check_whole(reading, trial.name, trial.commit)


def test_two_kills_lose_nothing_and_double_nothing(send: Send, reading: Reading, tmp_path: Path) -> None:
    steps = steps_of_a_run(send, tmp_path)
    dice = random.Random(20261125)
    for pair in range(12):
        trial = Trial(send, f"{send.name}-{pair}", tmp_path / str(pair))
        for _ in range(2):
            kill = {dice.randrange(len(steps)): dice.choice(["kill before", "kill after"])}
            trial.run(Faults(at(kill)), jobs=dice.choice([1, 3]))
        trial.run(Faults())
        assert trial.is_through, pair
        check_whole(reading, trial.name, trial.commit)


def whole_after(send: Send, reading: Reading, folder: Path, seeds: range) -> list[int]:
    """Those of the seeds whose schedule of faults ended with everything on the platform, once."""
    whole = []
    for seed in seeds:
        trial = Trial(send, f"{send.name}-{seed}", folder / str(seed))
        for attempt in range(40):
            trial.run(Faults(seeded(seed * 1000 + attempt, share=0.06)))
            if trial.is_through:
                break
        trial.run(Faults())
        assert trial.is_through, seed
        check_whole(reading, trial.name, trial.commit)
        whole.append(seed)
    return whole


@pytest.mark.parametrize("tens", range(10))
def test_random_faults_end_well(send: Send, reading: Reading, tmp_path: Path, tens: int) -> None:
    seeds = range(tens * 10, tens * 10 + 10)
    assert whole_after(send, reading, tmp_path, seeds) == list(seeds)


@pytest.mark.slow
@pytest.mark.parametrize("hundreds", range(1, 6))
def test_many_more_random_faults_end_well(send: Send, reading: Reading, tmp_path: Path, hundreds: int) -> None:
    seeds = range(hundreds * 100, hundreds * 100 + 100)
    assert whole_after(send, reading, tmp_path, seeds) == list(seeds)


# Single faults


def faulty(what: str, *answers: Any) -> Faults:
    """The first exchanges whose name ends so get these faults, one each."""
    left = list(answers)

    def plan(step: str, number: int) -> Any:
        return left.pop(0) if left and step.endswith(what) else None

    return Faults(plan)


def test_a_policy_that_expired_on_the_way_is_renewed(send: Send, reading: Reading, tmp_path: Path) -> None:
    expired = (403, {}, b"<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>")
    faults = faulty("object", expired)
    trial = Trial(send, send.name, tmp_path)
    trial.run(faults, jobs=1)
    assert trial.is_through
    assert (
        sum(step.endswith("/policies") for step in faults.log) == 4
    )  # one a segment, the sidecar's among them, and one more
    check_whole(reading, trial.name, trial.commit)


def test_a_file_that_the_store_refuses_is_named_and_all_else_is_there(send: Send, tmp_path: Path) -> None:
    refused = (403, {}, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
    faults = faulty("object", refused, refused)
    with faults.installed():
        result = send(dataset(send.name), jobs=1, settings=QUICK, ledgers=tmp_path)
    assert (result.sent, result.failed, result.commit_id, result.is_complete) == (FILES - 1, 1, None, False)
    ((path, reason),) = result.failures
    assert path == "000.jpg"
    assert "403 AccessDenied: no" in reason
    again = send(dataset(send.name), settings=QUICK, ledgers=tmp_path)
    assert (again.sent, again.skipped, again.failed) == (1, FILES - 1, 0)
    assert again.commit_id is not None


def test_half_a_batch_that_is_refused_is_found_file_by_file(send: Send, tmp_path: Path) -> None:
    rows = dataset(send.name)
    frames = list(rows.frames("train"))
    long = "x" * 5
    frames[3].data[0].labels = [Box2D(xmin=1, ymin=1, xmax=2, ymax=2, category=long, attributes={"bad": {1: 2}})]
    refusal = (400, {}, b'{"code": "InvalidParamsValue", "message": "label of 003.jpg"}')

    def plan(step: str, number: int) -> Any:
        return None

    faults = Faults(plan)
    send_really = Transport._send

    async def picky(transport: Transport, method: str, url: str, where: str, **options: Any) -> Answer:
        body = options.get("data")
        if where.endswith("/multi/callback") and isinstance(body, bytes) and b"003.jpg" in body:
            faults.log.append("refused")
            return Answer(*refusal)
        return await send_really(transport, method, url, where, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "_send", picky)
        result = send(dataset(send.name), jobs=1, settings=QUICK, ledgers=tmp_path)
    assert (result.sent, result.failed, result.commit_id) == (FILES - 1, 1, None)
    assert result.failures[0][0] == "003.jpg"
    assert "InvalidParamsValue: label of 003.jpg" in result.failures[0][1]
    assert faults.log.count("refused") == 5  # 15, 7, 3, 1 and the one itself: halved each time


def test_an_object_that_the_store_lost_is_posted_again(send: Send, reading: Reading, tmp_path: Path) -> None:
    """The ledger says that it was posted; the platform knows better."""
    trial = Trial(send, send.name, tmp_path)
    trial.run(faulty("/multi/callback", "kill before"), jobs=1)
    lost = hashlib.sha1(f"{SALT} {send.name} 4".encode()).hexdigest()
    (path,) = [p for p in (reading.platform.data_dir / "objects").rglob("*") if p.parent.name + p.name == lost]
    path.unlink()
    faults = Faults()
    trial.run(faults)
    assert trial.is_through
    check_whole(reading, trial.name, trial.commit)


def test_what_was_posted_before_a_kill_is_not_posted_again(send: Send, reading: Reading, tmp_path: Path) -> None:
    trial = Trial(send, send.name, tmp_path)
    first = Faults(lambda step, number: "kill before" if step.endswith("/multi/callback") else None)
    trial.run(first, jobs=1)
    posted = sum(step == "POST object" for step in first.log)
    assert posted == FILES // 2
    # What was posted in the last second before a kill may not be in the ledger: it is sent again, to the same place.
    second = Faults()
    trial.run(second, jobs=1)
    assert trial.is_through
    assert sum(step == "POST object" for step in second.log) <= FILES + BESIDE
    check_whole(reading, trial.name, trial.commit)


def test_the_same_content_under_two_names_is_posted_once(send: Send, reading: Reading) -> None:
    rows = [Data(path=f"{i}.jpg", remote_path=f"{i}.jpg", content=Bytes(f"{i}.jpg", b"alike")) for i in range(20)]
    frames = [Frame(key=str(i), data=[row]) for i, row in enumerate(rows)]
    faults = Faults()
    with faults.installed():
        result = send(MemoryDataset("d", {"s": frames}), jobs=8)
    assert sum(step == "POST object" for step in faults.log) == 1 + 2  # and the sidecar's
    assert (result.sent, result.bytes_sent) == (20, len(b"alike"))
    assert len(reading.details(send.name, str(result.commit_id), "s")) == 20


class Counting(Bytes):
    """A file that counts how often it is opened."""

    opened: ClassVar[list[str]] = []

    def open(self) -> Any:
        self.opened.append(self.path)
        return super().open()


def test_an_unchanged_rerun_opens_no_file_and_reads_no_page(send: Send) -> None:
    def rows() -> MemoryDataset:
        made = dataset(send.name)
        for segment in ("train", "val"):
            for frame in made.frames(segment):
                row = frame.data[0]
                assert isinstance(row.content, Bytes)
                row.content = Counting(row.path, row.content.data, row.content.stamp)
        return made

    first = send(rows())
    assert len(Counting.opened) == FILES
    Counting.opened.clear()
    faults = Faults()
    with faults.installed():
        second = send(rows())
    assert Counting.opened == []
    assert (second.skipped, second.bytes_sent, second.commit_id) == (FILES, 0, first.commit_id)
    assert not any("details" in step for step in faults.log)
    assert all(step.startswith("GET") or step == "ledger" for step in faults.log)


def test_a_changed_file_under_the_same_name_is_sent_again(send: Send, reading: Reading) -> None:
    send(dataset(send.name))
    changed = dataset(send.name)
    row = next(iter(changed.frames("train"))).data[0]
    row.content = Bytes(row.path, b"something else", stamp="14-1000000001-0")
    result = send(changed)
    assert (result.sent, result.skipped, result.bytes_sent) == (1, FILES - 1, 14)
    rows = reading.details(send.name, str(result.commit_id), "train")
    assert rows[0]["checksum"] == hashlib.sha1(b"something else").hexdigest()


class Gone(Bytes):
    """A file that was listed and is not there any more."""

    @property
    def size(self) -> int:
        raise SourceNotFoundError(self.path)

    def open(self) -> Any:
        raise SourceNotFoundError(self.path)

    def __getattribute__(self, name: str) -> Any:
        if name == "stamp":
            raise SourceNotFoundError(object.__getattribute__(self, "path"))
        return super().__getattribute__(name)


@pytest.mark.parametrize("is_known", [True, False], ids=["and the platform has", "and nobody has"])
def test_a_file_that_went_away_is_named_and_all_else_is_there(send: Send, is_known: bool) -> None:
    if is_known:
        send(dataset(send.name))
    rows = dataset(send.name)
    row = list(rows.frames("train"))[3].data[0]
    row.content = Gone(row.path, b"")
    result = send(rows)
    assert (result.sent + result.skipped, result.failed, result.commit_id) == (FILES - 1, 1, None)
    assert result.failures == [("003.jpg", "003.jpg: expected a file, found nothing")]


def test_a_draft_that_somebody_closed_is_said_and_the_next_run_ends_it(
    send: Send, reading: Reading, tmp_path: Path
) -> None:
    trial = Trial(send, send.name, tmp_path)
    closed = faulty("/multi/callback", "kill before")
    trial.run(closed, jobs=1)
    (draft,) = reading.drafts(send.name)

    import urllib.request

    root = f"{reading.platform.url.rstrip('/')}/gatewayv2/tensorbay-open-api/v1/{reading.root(send.name)}"
    request = urllib.request.Request(
        f"{root}/drafts/{draft['number']}",
        data=b'{"status": "CLOSED"}',
        method="PATCH",
        headers={"X-Token": reading.platform.access_key, "Content-Type": "application/json"},
    )
    from .conftest import DIRECT

    seen = []

    def plan(step: str, number: int) -> Any:
        if step.endswith("/multi/callback") and not seen:
            seen.append(DIRECT.open(request).status)
        return None

    with Faults(plan).installed(), pytest.raises(UploadError, match=r"expected it to be open, found it closed"):
        send(dataset(send.name), settings=QUICK, ledgers=tmp_path)
    assert seen == [200]
    trial.run(Faults())
    assert trial.is_through
    check_whole(reading, trial.name, trial.commit)


def test_a_token_that_is_revoked_ends_the_upload(send: Send, reading: Reading, tmp_path: Path) -> None:
    revoked = (401, {}, b'{"code": "Unauthorized", "message": "no such key"}')
    faults = Faults(lambda step, number: revoked if number >= 20 and step != "POST object" else None)
    with faults.installed(), pytest.raises(UnauthorizedError, match="expected a valid access key"):
        send(dataset(send.name), jobs=1, settings=QUICK, ledgers=tmp_path)
    trial = Trial(send, send.name, tmp_path)
    trial.run(Faults())
    assert trial.is_through
    check_whole(reading, trial.name, trial.commit)


def test_a_platform_that_says_yes_and_does_nothing_is_found_out_and_the_next_run_mends_it(
    send: Send, reading: Reading, tmp_path: Path
) -> None:
    """Its callbacks answer 200: the commit has no files, and what the ledger knows of it must not be trusted."""

    def plan(what: str, number: int) -> Any:
        return (200, {}, b"{}") if "callback" in what else None

    with Faults(plan=plan).installed(), pytest.raises(UploadError, match=r"expected 15 rows, found 0$"):
        send(dataset(send.name), settings=QUICK, ledgers=tmp_path)
    result = send(dataset(send.name), ledgers=tmp_path)
    assert (result.sent, result.failures) == (FILES, [])
    assert [len(reading.details(send.name, str(result.commit_id), name)) for name in ("train", "val")] == [15, 15]


def test_retry_after_is_obeyed(send: Send, tmp_path: Path) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    settings = Settings(retry=Retry(sleep=note))
    faults = faulty("object", (429, {"Retry-After": "7"}, b"slow down"))
    with faults.installed():
        result = send(dataset(send.name), jobs=1, settings=settings, ledgers=tmp_path)
    assert result.commit_id is not None
    assert len(waits) == 1
    assert waits[0] >= 7


def test_a_store_that_is_down_is_given_up_after_a_few_files(send: Send, tmp_path: Path) -> None:
    down = (500, {}, b"<Error><Code>InternalError</Code></Error>")
    faults = Faults(lambda step, number: down if step == "POST object" else None)
    with faults.installed(), pytest.raises(TransientError, match="found 500 InternalError"):
        send(dataset(send.name), jobs=1, settings=Settings(retry=Retry(attempts=2, sleep=no_wait)), ledgers=tmp_path)
    assert sum(step == "POST object" for step in faults.log) == 2 * Settings().give_up
