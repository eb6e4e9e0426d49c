"""What nothing needs any more is removed; what anything needs, or may yet need, never is."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lading.cli.main import execute
from lading.errors import LadingError, OptionError, RecordError
from lading.server import folder_store
from lading.server.archive import list_datasets, read_manifest
from lading.server.embedded import running
from lading.server.metadata import pruning
from lading.server.metadata.database import Database
from lading.server.prune import Pruned, prune
from lading.server.settings import ServerSettings
from tests.s3.bucket import Bucket

from .conftest import KEY, Api, Clock, part

DAY_S = 24 * 3600
NOW_S = 1_900_000_000.0


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Api]:
    """A platform of its own, with dataset `demo`, draft 1 and segment `car`."""
    clock = Clock(NOW_S)
    with running(tmp_path / "data", access_key=KEY, clock=clock) as platform:
        yield Api(platform, clock).make()


def put(api: Api, content: bytes, *, draft: int = 1, path: str | None = None, label: Any = None) -> str:
    """Post a file and enter it into a draft; its checksum."""
    answer = api.post(api.fields(content, api.policy(draftNumber=draft)), content)
    assert answer.status == 200
    checksum = sha1(content)
    body = {"draftNumber": draft, "segmentName": "car", "remotePath": path or checksum, "checksum": checksum}
    api.ok("PUT", "datasets/{id}/callback", body if label is None else {**body, "label": label})
    return checksum


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def age(api: Api, days: float = 2) -> None:
    """As if everything had been posted so long ago."""
    then_s = time.time() - days * DAY_S
    for path in api.stored():
        os.utime(path, (then_s, then_s))


def there(api: Api) -> set[bytes]:
    return {path.read_bytes() for path in api.stored()}


def prune_of(api: Api, **given: Any) -> Pruned:
    return prune(ServerSettings(data_dir=api.platform.data_dir, clock=api.clock), **given)


def commit(api: Api, draft: int = 1) -> str:
    return str(api.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": draft})["commitId"])


def test_objects_of_a_deleted_dataset_go_and_those_that_another_shares_stay(mine: Api) -> None:
    for content in (b"alone", b"shared"):
        put(mine, content)
    commit(mine)
    first = mine.dataset_id
    put(mine.make(name="other"), b"shared", path="another name")
    age(mine)
    assert prune_of(mine) == Pruned(0, 0, 0)
    mine.call("DELETE", f"datasets/{first}")
    assert there(mine) == {b"alone", b"shared"}
    assert prune_of(mine, is_dry_run=True) == Pruned(1, 5, 0)
    assert there(mine) == {b"alone", b"shared"}
    assert prune_of(mine) == Pruned(1, 5, 0)
    assert there(mine) == {b"shared"}
    assert prune_of(mine) == Pruned(0, 0, 0)


def test_what_any_draft_or_commit_has_stays(mine: Api) -> None:
    """Replaced in a later draft, removed from the head, only in an open draft: needed all the same."""
    put(mine, b"first", path="a")
    put(mine, b"removed", path="b")
    old = commit(mine)
    assert mine.ok("POST", "datasets/{id}/drafts", {"title": "x"})["draftNumber"] == 2
    put(mine, b"second", draft=2, path="a")
    mine.ok("DELETE", "datasets/{id}/data", {"draftNumber": 2, "segmentName": "car", "remotePath": "b"})
    commit(mine, 2)
    mine.ok("POST", "datasets/{id}/drafts", {"title": "x"})
    put(mine, b"third", draft=3, path="c")
    age(mine)
    assert prune_of(mine) == Pruned(0, 0, 0)
    assert there(mine) == {b"first", b"removed", b"second", b"third"}
    manifest = read_manifest(mine.platform.data_dir / "objects", "demo", old)
    assert b"".join(manifest.read_object(sha1(b"removed"))) == b"removed"


def test_what_was_replaced_or_removed_within_a_draft_goes(mine: Api) -> None:
    put(mine, b"first", path="a")
    put(mine, b"second", path="a")
    put(mine, b"other", path="b")
    mine.ok("DELETE", "datasets/{id}/data", {"draftNumber": 1, "segmentName": "car", "remotePath": "b"})
    age(mine)
    assert prune_of(mine) == Pruned(2, 10, 0)
    assert there(mine) == {b"second"}


def test_masks_stay_with_their_labels(mine: Api) -> None:
    for content in (b"mask one", b"mask two"):
        assert mine.post(mine.fields(content), content).status == 200
    mask = {"SEMANTIC_MASK": {"checksum": sha1(b"mask one"), "info": [{"categoryId": 1}]}}
    put(mine, b"picture", path="a", label=mask)
    age(mine)
    assert prune_of(mine) == Pruned(1, 8, 0)
    assert there(mine) == {b"picture", b"mask one"}
    mine.ok("PUT", "datasets/{id}/labels", {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "label": {}})
    assert prune_of(mine) == Pruned(1, 8, 0)


def test_what_was_posted_lately_stays_and_may_be_called_back(mine: Api) -> None:
    """Also where it was posted before, long ago: the new POST counts."""
    fields = mine.fields(b"posted")
    mine.post(fields, b"posted")
    age(mine)
    mine.post(fields, b"posted")
    assert prune_of(mine) == Pruned(0, 0, 0)
    age(mine, 0.5)
    assert prune_of(mine) == Pruned(0, 0, 0)
    assert prune_of(mine, min_age_s=DAY_S / 4) == Pruned(1, 6, 0)
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "checksum": sha1(b"posted")}
    assert mine.call("PUT", "datasets/{id}/callback", body).refusal == (404, "ResourceNotExist")


def test_draft_that_was_closed_long_ago_is_emptied(mine: Api) -> None:
    put(mine, b"committed", path="a")
    commit(mine)
    mine.ok("POST", "datasets/{id}/drafts", {"title": "x"})
    put(mine, b"given up", draft=2, path="b")
    mine.ok("PATCH", "datasets/{id}/drafts/2", {"status": "CLOSED"})
    age(mine)
    assert prune_of(mine) == Pruned(0, 0, 0)
    mine.clock.now_s += 2 * DAY_S
    assert prune_of(mine, is_dry_run=True) == Pruned(1, 8, 1)
    assert mine.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=2)["totalCount"] == 2
    assert prune_of(mine) == Pruned(1, 8, 1)
    assert there(mine) == {b"committed"}
    assert mine.ok("GET", "datasets/{id}/segments", draftNumber=2)["totalCount"] == 0
    assert mine.ok("GET", "datasets/{id}/data", segmentName="car", commit="main")["totalCount"] == 1
    assert prune_of(mine) == Pruned(0, 0, 0)


def test_callback_that_looked_before_an_object_was_pruned_finds_it_gone(
    mine: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its look at the store and its transaction: the one moment in which it could name what is gone."""
    from lading.server.folder_store import FolderStore

    mine.post(mine.fields(b"posted"), b"posted")
    age(mine)
    settle = FolderStore.settle

    def prune_first(store: FolderStore, checksums: Any) -> None:
        monkeypatch.setattr(FolderStore, "settle", settle)
        assert prune_of(mine) == Pruned(1, 6, 0)
        settle(store, checksums)

    monkeypatch.setattr(FolderStore, "settle", prune_first)
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "checksum": sha1(b"posted")}
    assert mine.call("PUT", "datasets/{id}/callback", body).refusal == (404, "ResourceNotExist")
    assert mine.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=1)["totalCount"] == 0
    assert put(mine, b"posted") == sha1(b"posted")


def test_object_that_is_posted_in_the_moment_of_its_removal_is_there_afterwards(
    mine: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = mine.fields(b"posted")
    mine.post(fields, b"posted")
    age(mine)
    status, posts = folder_store._status, []

    def post_first(path: Any) -> Any:
        found = status(path)
        if isinstance(path, Path) and not posts:  # about to be removed
            posts.append(pool.submit(mine.post, fields, b"posted"))
            wait(posts, timeout=0.5)
        return found

    monkeypatch.setattr(folder_store, "_status", post_first)
    with ThreadPoolExecutor(1) as pool:
        assert prune_of(mine) == Pruned(1, 6, 0)
        assert posts[0].result().status == 200
    assert there(mine) == {b"posted"}


def test_callback_during_a_pruning_that_was_killed_looks_twice(mine: Api) -> None:
    database = Database(f"sqlite:///{mine.platform.data_dir / 'lading.db'}")
    with database.writing() as connection:
        generation = pruning.begin_pruning(connection)
    put(mine, b"there")
    with database.writing() as connection:
        pruning.end_pruning(connection, generation - 1)  # an older one's end is not this one's
        assert pruning.read_state(connection) == (generation, True)
    database.close()
    assert prune_of(mine) == Pruned(0, 0, 0)
    with database.reading() as connection:
        assert pruning.read_state(connection) == (generation + 1, False)
    database.close()


def objects_of(api: Api) -> Path:
    return api.platform.data_dir / "objects"


def test_killed_between_database_and_documents_a_dataset_is_wholly_there_or_gone(
    mine: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that ends in the middle of a call runs nothing more, as the failing store here."""
    from lading.server.folder_store import FolderStore

    put(mine, b"mine")
    commit(mine)

    def killed(*_: Any) -> Any:
        raise LadingError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "remove_document", killed)
        assert mine.call("DELETE", "datasets/{id}").status == 500
    assert mine.call("GET", "datasets/{id}").status == 404
    assert [refs.name for refs in list_datasets(objects_of(mine))] == ["demo"]
    put_document = FolderStore.put_document

    def kept_but_not_answered(store: FolderStore, name: str, pieces: Any) -> None:
        put_document(store, name, pieces)
        killed()

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put_document", kept_but_not_answered)
        assert mine.call("POST", "datasets", {"name": "half"}).status == 500
    assert mine.ok("GET", "datasets")["totalCount"] == 0
    assert {refs.name for refs in list_datasets(objects_of(mine))} == {"demo", "half"}
    age(mine)
    assert prune_of(mine) == Pruned(1, 4, 0)
    again = shutil.copytree(mine.platform.data_dir, tmp_path / "again", ignore=lambda *_: ["objects", "serve.lock"])
    with running(again, access_key=KEY, objects=str(objects_of(mine))):
        assert list_datasets(objects_of(mine)) == []


def test_what_a_manifest_alone_knows_stays(mine: Api, tmp_path: Path) -> None:
    """The database was put back to an older state: of the commit there is nothing but its manifest."""
    put(mine, b"later", path="a")
    commit_id = commit(mine)
    database = Database(f"sqlite:///{mine.platform.data_dir / 'lading.db'}")
    with database.writing() as connection:
        for table in ("data", "commits where id not like '000%'"):
            connection.exec_driver_sql(f"delete from {table}")
    database.close()
    age(mine)
    assert prune_of(mine) == Pruned(0, 0, 0)
    (path,) = (objects_of(mine) / "manifests").rglob(f"{commit_id}.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    with pytest.raises(RecordError):
        prune_of(mine)
    assert there(mine) == {b"later"}


def test_folder_of_two_platforms_is_left_alone(mine: Api, tmp_path: Path) -> None:
    put(mine, b"orphan", path="a")
    put(mine, b"mine", path="a")
    age(mine)
    with running(tmp_path / "other", access_key=KEY, objects=str(objects_of(mine))) as platform:
        other = Api(platform, Clock()).make(name="theirs")
    with pytest.raises(LadingError, match=f"expected datasets of this platform alone, found .*{other.dataset_id}"):
        prune_of(mine)
    assert there(mine) == {b"orphan", b"mine"}


def test_no_platform_is_no_empty_platform(tmp_path: Path) -> None:
    """A database that is gone says nothing of what is needed."""
    with running(tmp_path, access_key=KEY) as platform:
        api = Api(platform, Clock(time.time())).make()
        put(api, b"x")
    for path in tmp_path.glob("lading.db*"):
        path.unlink()
    age(api)
    with pytest.raises(OptionError, match="expected a platform's folder, found no database"):
        prune_of(api)
    with running(tmp_path, access_key=KEY):
        pass
    with pytest.raises(LadingError, match="expected datasets of this platform alone"):
        prune_of(api)
    assert there(api) == {b"x"}


def test_other_files_in_the_folder_are_nothing_of_ours(mine: Api) -> None:
    stray = objects_of(mine) / "ab" / "notes.txt"
    stray.write_text("mine")
    os.utime(stray, (0, 0))
    assert prune_of(mine) == Pruned(0, 0, 0)
    assert stray.exists()


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = execute([str(argument) for argument in arguments])
        return code, *capfd.readouterr()

    return run


def test_command(mine: Api, command: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    put(mine, b"first", path="a")
    put(mine, b"second", path="a")
    age(mine)
    place = ("--data", mine.platform.data_dir)
    assert command("prune", *place, "--older-than", "72")[1].startswith("0 objects of 0 bytes removed\n")
    code, out, _ = command("prune", *place, "--dry-run", "--json")
    assert (code, json.loads(out)) == (0, {"schemaVersion": 1, "isDryRun": True, "objects": 1, "bytes": 5, "drafts": 0})
    code, out, err = command("prune", *place)
    assert (code, out, err) == (0, "1 objects of 5 bytes removed\n0 closed drafts emptied\n", "")
    code, out, err = command("prune", "--data", tmp_path / "nowhere")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert not (tmp_path / "nowhere").exists()
    assert command("prune", *place, "--older-than", "0.5")[0] == 2


class Pruner:
    """Prunes over and over in a process of its own, until it is killed."""

    SCRIPT = (
        "import sys; from pathlib import Path\n"
        "from lading.server.prune import prune; from lading.server.settings import ServerSettings\n"
        "print('begins', flush=True)\n"
        "while True: prune(ServerSettings(data_dir=Path(sys.argv[1])))\n"
    )

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-c", self.SCRIPT, str(data)]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.child.stdout is not None
        assert self.child.stdout.readline() == "begins\n"

    def kill(self) -> None:
        assert self.child.poll() is None, self.child.communicate()[1]
        self.child.kill()
        self.child.communicate()


def register(api: Api, number: int, until_s: float, entered: dict[str, str]) -> None:
    """Post one of few contents, let it look old, enter it or remove it again; as prune may take it, post it again."""
    generator = random.Random(number)
    place = {"draftNumber": 1, "segmentName": "car", "remotePath": str(number)}
    for step in range(10_000):
        content = f"{generator.randrange(8)}".encode()
        checksum = sha1(content)
        if step % 3 and entered:
            api.ok("DELETE", "datasets/{id}/data", place)
            entered.clear()
        assert api.post(api.fields(content), content).status == 200
        with suppress(FileNotFoundError):
            os.utime(objects_of(api) / checksum[:2] / checksum[2:], (1, 1))
        answer = api.call("PUT", "datasets/{id}/callback", {**place, "checksum": checksum})
        assert answer.status in (200, 404), answer.body
        if answer.status == 200:
            entered["checksum"] = checksum
        if time.monotonic() > until_s:
            return


@pytest.mark.parametrize("seconds", [pytest.param(4, id="short"), pytest.param(60, id="long", marks=pytest.mark.slow)])
def test_pruned_beside_uploads_and_killed_at_random_moments_nothing_entered_is_lost(
    tmp_path: Path, seconds: float
) -> None:
    with running(tmp_path, access_key=KEY) as platform:
        api = Api(platform, Clock()).make()
        until_s = time.monotonic() + seconds
        entered: list[dict[str, str]] = [{} for _ in range(6)]
        with ThreadPoolExecutor(len(entered)) as pool:
            work = [pool.submit(register, api, number, until_s, mine) for number, mine in enumerate(entered)]
            generator = random.Random(1)
            while time.monotonic() < until_s:
                pruner = Pruner(tmp_path)
                time.sleep(generator.uniform(0.05, 0.6))
                pruner.kill()
            for done in work:
                done.result()
        rows = api.ok("GET", "datasets/{id}/data/details", segmentName="car", draftNumber=1)["dataDetails"]
        assert {row["remotePath"]: row["checksum"] for row in rows} == {
            str(number): mine["checksum"] for number, mine in enumerate(entered) if mine
        }
        for row in rows:
            assert sha1(api.send("GET", row["url"]).body) == row["checksum"]
        age(api)
        prune_of(api)
        assert {path.parent.name + path.name for path in api.stored()} == {row["checksum"] for row in rows}


def post_to(api: Api, content: bytes) -> None:
    """As a client does: to the host of the policy."""
    policy = api.policy()
    body = b"".join(part(*field) for field in [*api.fields(content, policy).items(), ("file", content)])
    headers = {"Content-Type": "multipart/form-data; boundary=xYz"}
    assert api.send("POST", policy["extra"]["host"], body + b"--xYz--\r\n", headers).status == 200


def enter(api: Api, content: bytes, path: str) -> None:
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": path, "checksum": sha1(content)}
    api.ok("PUT", "datasets/{id}/callback", body)


@pytest.mark.slow
def test_bucket_is_pruned_dataset_by_dataset(tmp_path: Path, bucket: Bucket) -> None:
    """Two platforms share the bucket; neither takes anything from the other, nor while a policy may be in use."""
    now_s = time.time()

    def pruned(data: str, later_s: float, **given: Any) -> Pruned:
        settings = ServerSettings(data_dir=tmp_path / data, objects=bucket.url, clock=Clock(now_s + later_s))
        return prune(settings, **{"min_age_s": -60, **given})  # what was posted this second is old enough here

    with (
        running(tmp_path / "one", access_key=KEY, objects=bucket.url) as one,
        running(tmp_path / "two", access_key=KEY, objects=bucket.url) as two,
    ):
        first, second, other = (Api(one, Clock()).make(name=n) for n in ("first", "second", "third"))
        foreign = Api(two, Clock()).make(name="first")
        for api in (first, second, foreign):
            for content in (b"file", b"orphan"):
                post_to(api, content)
            enter(api, b"file", "a")
            commit(api)
        post_to(other, b"mask")
        mask = {"SEMANTIC_MASK": {"checksum": sha1(b"mask"), "info": [{"categoryId": 1}]}}
        post_to(other, b"file")
        body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "checksum": sha1(b"file"), "label": mask}
        other.ok("PUT", "datasets/{id}/callback", body)
        bucket.client.put_object(Bucket=bucket.name, Key="notes/0123", Body=b"not ours")
        assert first.call("DELETE", "datasets/{id}").status == 200
        everything = set(bucket.names())
        assert pruned("one", 600) == Pruned(0, 0, 0)  # a POST that began under a policy may go on
        assert pruned("one", 2 * 3600, min_age_s=3600) == Pruned(0, 0, 0)
        assert pruned("one", 2 * 3600, is_dry_run=True) == Pruned(3, 16, 0)
        assert set(bucket.names()) == everything
        assert pruned("one", 2 * 3600) == Pruned(3, 16, 0)
        gone = {f"{first.dataset_id}/{sha1(b'file')}", f"{first.dataset_id}/{sha1(b'orphan')}"}
        assert everything - set(bucket.names()) == {*gone, f"{second.dataset_id}/{sha1(b'orphan')}"}
        assert pruned("two", 2 * 3600) == Pruned(1, 6, 0)
        manifest = read_manifest(bucket.url, "second")
        assert b"".join(manifest.read_object(sha1(b"file"))) == b"file"
