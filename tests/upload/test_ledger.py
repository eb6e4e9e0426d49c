"""The ledger: what it promises, what it forgets, and that it never stands in the way of an upload."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lading.errors import LadingError, UploadError
from lading.upload.ledger import DRAFT, KnownHash, Ledger
from lading.upload.remote import Entry


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What lading logs, whatever an earlier run of the command line in this process has set up for it."""
    logger = logging.getLogger("lading.upload")
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    before = (logger.handlers, logger.level, logger.propagate)
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    yield messages
    logger.handlers, logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def entry(checksum: str, label: bytes = b"l", masks: frozenset[str] = frozenset()) -> Entry:
    return Entry(checksum, label, b"p", masks)


def test_what_was_noted_is_there_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "ledgers" / "d.sqlite"
    ledger = Ledger(path)
    ledger.note_hash("a.jpg", "3-1-7", "aa", 3)
    ledger.note_posted("d/aa")
    ledger.note_mask(b"k", {"checksum": "mm", "label": {"info": []}})
    ledger.put("train", "a.jpg", entry("aa", masks=frozenset({"m1", "m2"})), "called back")
    ledger.close()
    again = Ledger(path)
    assert again.run == ledger.run + 1
    assert again.known_hash("a.jpg", "3-1-7") == KnownHash("aa", 3)
    assert again.is_posted("d/aa")
    assert again.known_mask(b"k") == {"checksum": "mm", "label": {"info": []}}
    assert again.entry("train", "a.jpg") == entry("aa", masks=frozenset({"m1", "m2"}))
    again.close()


def test_a_hash_is_known_for_its_stamp_alone(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    for stamp, checksum in (("3-1-7", "aa"), ("3-2-7", "bb")):
        ledger = Ledger(path)
        ledger.note_hash("a.jpg", stamp, checksum, 3)
        ledger.close()
    ledger = Ledger(path)
    assert ledger.known_hash("a.jpg", "3-2-7") == KnownHash("bb", 3)
    assert ledger.known_hash("a.jpg", "3-1-7") is None
    assert ledger.known_hash("b.jpg", "3-2-7") is None
    assert ledger.known_hash("a.jpg", None) is None
    ledger.close()


def test_a_file_that_just_changed_is_hashed_again(tmp_path: Path) -> None:
    """Within the clock's grain a second change would leave size, time and inode as they are."""
    file = tmp_path / "a"
    file.write_bytes(b"x")
    found = file.stat()
    stamps = {"fresh": f"1-{found.st_mtime_ns}-{found.st_ino}", "old": f"1-{found.st_mtime_ns - 10**10}-1"}
    ledger = Ledger(tmp_path / "d.sqlite")
    for name, stamp in stamps.items():
        ledger.note_hash(name, stamp, "aa", 1)
    ledger.close()
    again = Ledger(tmp_path / "d.sqlite")
    assert [again.known_hash(name, stamp) for name, stamp in stamps.items()] == [None, KnownHash("aa", 1)]
    again.close()


def test_counts_files_frames_and_strangers() -> None:
    ledger = Ledger()
    ledger.open_segment("s", "c1")
    for key in ("f1\ncam", "f1\nlidar", "f2\ncam"):
        ledger.put("s", key, entry(key), "committed", is_ours=False)
    ledger.put("other", "x", entry("x"), "committed", is_ours=False)
    assert ledger.frames("s") == 2
    assert ledger.count("s") == 3
    assert ledger.strangers("s", 2) == (3, ["f1\ncam", "f1\nlidar"])
    ledger.mark("s", "f1\nlidar")
    assert ledger.strangers("s", 2) == (2, ["f1\ncam", "f2\ncam"])


def test_what_changed_belongs_to_no_commit_until_it_is_committed() -> None:
    ledger = Ledger()
    ledger.open_segment("s", "c1")
    assert ledger.version_of("s") == "c1"
    ledger.put("s", "a", entry("a"), "called back")
    assert ledger.version_of("s") == DRAFT
    ledger.commit("s", "c2")
    assert ledger.version_of("s") == "c2"


def test_two_uploads_to_one_dataset_at_once_are_told_apart(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "d.sqlite")
    with pytest.raises(UploadError, match=r"d\.sqlite: expected no other upload to this dataset, found one"):
        Ledger(tmp_path / "d.sqlite")
    first.close()
    Ledger(tmp_path / "d.sqlite").close()


def test_an_id_that_is_no_file_name_stays_in_the_folder(tmp_path: Path) -> None:
    Ledger.of(tmp_path / "l", "../../evil").close()
    assert {path.parent for path in tmp_path.rglob("*.sqlite")} == {tmp_path / "l"}


@pytest.mark.parametrize("broken", ["not a database", ""], ids=["text", "an empty file"])
def test_a_file_that_is_no_ledger_makes_room_for_one(broken: str, tmp_path: Path, said: list[str]) -> None:
    path = tmp_path / "d.sqlite"
    path.write_text(broken)
    ledger = Ledger(path)
    ledger.put("s", "a", entry("a"), "called back")
    ledger.close()
    told = f"{path}: expected a ledger, found file is not a database; it is now d.broken, a new one is begun"
    assert said == ([told] if broken else [])
    assert not broken or (tmp_path / "d.broken").read_text() == broken
    again = Ledger(path)
    assert again.entry("s", "a") == entry("a")
    again.close()


def test_a_ledger_that_is_broken_within_ends_the_run_and_the_next_begins_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    ledger = Ledger(path)
    for i in range(3_000):
        ledger.put("s", f"{i:05}", entry("a"), "called back")
    ledger.close()
    body = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as db:
        page, size = db.execute("select rootpage from sqlite_master where name = 'files'").fetchone()[0], 4096
    body[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(body)
    again = Ledger(path)
    found = r"found .* malformed; it is now d\.broken, and the next run begins a new one$"
    with pytest.raises(LadingError, match=rf"^{path}: expected a ledger that can be read, {found}"):
        again.count("s")
    again.close()
    new = Ledger(path)
    assert (new.run, new.count("s")) == (1, 0)
    new.close()


def test_a_later_ledger_is_left_alone(tmp_path: Path, said: list[str]) -> None:
    path = tmp_path / "d.sqlite"
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("pragma user_version = 99; create table future (x);")
    ledger = Ledger(path)
    ledger.put("s", "a", entry("a"), "called back")
    ledger.close()
    found = "found one of version 99, of a later lading; going on without it"
    assert said == [f"{path}: expected a ledger that can be written, {found}"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from future").fetchone() == (0,)
        assert db.execute("select count(*) from files").fetchone() == (0,)


def test_a_ledger_in_a_folder_that_cannot_be_is_done_without(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_text("")
    ledger = Ledger(tmp_path / "file" / "d.sqlite")
    ledger.put("s", "a", entry("a"), "called back")
    ledger.flush()
    assert ledger.entry("s", "a") == entry("a")
    ledger.close()
    assert [message.partition(", found ")[2] for message in said] == [
        f"[Errno 17] File exists: '{tmp_path / 'file'}'; going on without it"
    ]


def test_a_full_disk_costs_nothing_that_was_noted(tmp_path: Path, said: list[str]) -> None:
    path = tmp_path / "d.sqlite"
    ledger = Ledger(path)
    ledger.note_posted("before")
    ledger.flush()
    pages = ledger._db.execute("pragma page_count").fetchone()[0]
    ledger._db.execute(f"pragma max_page_count = {pages + 1}")
    for i in range(2_000):
        ledger.note_posted(f"object-{i:060}")
    ledger.flush()
    assert [message.partition(",")[2] for message in said] == [" found database or disk is full; going on without it"]
    assert {row[0] for row in ledger._db.execute("select key from objects")} == {
        "before",
        *(f"object-{i:060}" for i in range(2_000)),
    }
    ledger.close()
    kept = Ledger(path)
    assert kept.is_posted("before")
    kept.close()


def test_an_older_ledger_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript("create table hashes (path text); create table old (x); pragma user_version = 1;")
    ledger = Ledger(path)
    ledger.note_hash("a", "1-1-1", "aa", 1)
    ledger.close()
    again = Ledger(path)
    assert again.known_hash("a", "1-1-1") == KnownHash("aa", 1)
    again.close()


def test_a_process_that_is_killed_leaves_what_was_flushed(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from lading.upload.ledger import Ledger
        ledger = Ledger(Path({str(path)!r}))
        ledger.note_posted("flushed")
        ledger.flush()
        ledger.note_posted("not flushed")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, env=os.environ)
    assert done.returncode == -9
    ledger = Ledger(path)
    assert ledger.is_posted("flushed")
    assert not ledger.is_posted("not flushed")
    ledger.close()
