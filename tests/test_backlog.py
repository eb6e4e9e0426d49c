"""Things that wait come out as they went in, and no more of them are in memory than was said."""

from __future__ import annotations

import pickle
import random
import tempfile
import tracemalloc
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from lading.backlog import BATCH, Backlog
from lading.errors import NoRoomError


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The temporary files that are made."""
    made: list[Any] = []
    make = tempfile.TemporaryFile

    def remember(*args: Any, **kwargs: Any) -> Any:
        made.append(make(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", remember)
    return made


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("held", [0, 5_000, 1 << 30], ids=["all on disk", "some on disk", "all in memory"])
def test_it_is_a_queue(seed: int, held: int, files: list[Any]) -> None:
    chosen = random.Random(seed)
    backlog: Backlog[tuple[int, str]] = Backlog("things", fresh=3, held=held)
    plain: deque[tuple[int, str]] = deque()
    number = 0
    for _ in range(3_000):
        step = chosen.random()
        if step < 0.02:
            batch = [(number + n, "p" * chosen.randrange(40)) for n in range(1, chosen.randrange(2, 400))]
            number += len(batch)
            put_packed(backlog, batch)
            plain.extend(batch)
        elif step < 0.5:
            number += 1
            backlog.put((number, "s"))
            plain.append((number, "s"))
        elif plain:
            for _ in range(chosen.choice((1, 1, 1, min(len(plain), 300)))):
                assert backlog.first() == plain[0]
                assert backlog.take() == plain.popleft()
        assert len(backlog) == len(plain)
    assert list(backlog) == list(plain)
    assert [backlog.take() for _ in range(len(backlog))] == list(plain)
    with pytest.raises(IndexError):
        backlog.first()
    assert bool(files) == (held < 1 << 30)
    assert all(file.seek(0, 2) == 0 for file in files)  # what was taken gives its room back
    backlog.close()
    assert all(file.closed for file in files)


def put_packed(backlog: Backlog[Any], things: list[Any]) -> None:
    backlog.put_packed(len(things), pickle.dumps(things))


def test_memory_is_bounded_however_much_waits(files: list[Any]) -> None:
    backlog: Backlog[str] = Backlog("things", held=100_000)
    tracemalloc.start()
    for number in range(40_000):
        backlog.put(f"{number:0200}")  # 8 MB and more
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for number in range(40_000):
        assert int(backlog.take()) == number
    _, later = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    backlog.close()
    # What is held, some batches as they are and packed at 250 bytes a thing, and an entry for each of those on disk.
    assert max(peak, later) < 100_000 + 6 * BATCH * 250 + 100_000
    assert len(files) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_and_nothing_that_waited_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115  the backlog closes it
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
    backlog: Backlog[str] = Backlog("things", held=20)
    put_packed(backlog, ["a"])
    with pytest.raises(NoRoomError, match="expected room for things, found No space left on device; TMPDIR names"):
        put_packed(backlog, ["c"] * 99)
    assert list(backlog) == ["a"]
    assert len(backlog) == 1
    backlog.close()
    assert full.closed


def test_a_folder_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NoRoomError, match=r"gone: expected room for things, found No such file or directory"):
        put_packed(Backlog("things", held=0), ["a"])
