"""Several uploaders fill one draft: each brings its part, and the one that finds everything there commits."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lading.errors import OptionError
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.upload import UploadResult

from .conftest import Bytes, Reading, Send
from .faults import Faults, at
from .test_faults import BESIDE, FILES, Trial, check_whole, dataset


def test_the_part_that_finds_everything_there_commits(send: Send, reading: Reading) -> None:
    results = [send(dataset(send.name), part=(k, 3)) for k in (2, 3, 1)]
    assert [result.sent for result in results] == [FILES // 3] * 3
    assert [result.commit_id is not None for result in results] == [False, False, True]
    assert [bool(result.absent) for result in results] == [True, True, False]
    assert len({result.draft_number for result in results}) == 1
    check_whole(reading, send.name, results[-1].commit_id)


def test_parts_leave_what_one_process_leaves(send: Send, reading: Reading) -> None:
    """Names that come twice and frames that have no time are settled by what earlier parts hold."""

    def frames() -> list[Frame]:
        paths = [f"a/{i % 5}.bin" for i in range(8)]
        rows = [
            Data(path=f"{i}/{p}", remote_path=p, sensor_name="s", content=Bytes(p, b"%d" % i))
            for i, p in enumerate(paths)
        ]
        return [Frame(key=str(i), data=[row]) for i, row in enumerate(rows)]

    def fusion() -> MemoryDataset:
        from lading.model.sensor import Lidar

        return MemoryDataset("d", {"s": frames()}, sensors={"s": [Lidar(name="s")]}, is_fusion=True)

    whole, parts = (
        Send(send.platform, f"{send.name}-1", send.ledgers),
        Send(send.platform, f"{send.name}-4", send.ledgers),
    )
    one = whole(fusion())
    several = [parts(fusion(), part=(k, 4)) for k in (4, 2, 3, 1)][-1]

    def found(sender: Send, commit: str | None) -> list[Any]:
        rows = reading.details(sender.name, str(commit), "s")
        return [(row["frameId"], row["frame"][0]["remotePath"], row["frame"][0]["checksum"]) for row in rows]

    assert found(parts, several.commit_id) == found(whole, one.commit_id)
    assert len({path for _, path, _ in found(whole, one.commit_id)}) == 8


def test_parts_that_start_together_share_one_draft(send: Send, reading: Reading) -> None:
    def run(k: int) -> UploadResult:
        return send(dataset(send.name), part=(k, 8), jobs=2)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run, range(1, 9)))
    # Whoever looks last sees all, so one has committed; two that looked at the same time name the same commit.
    (commit,) = {result.commit_id for result in results if result.commit_id is not None}
    check_whole(reading, send.name, commit)


def test_eight_parts_some_killed_give_the_result_of_one(send: Send, reading: Reading, tmp_path: Path) -> None:
    dice = random.Random(8)
    trials = {k: Trial(send, send.name, tmp_path / str(k)) for k in range(1, 9)}
    for k, trial in trials.items():
        kill = {dice.randrange(4, 14): "kill after"} if k % 3 == 0 else {}
        trial.run(Faults(at(kill)), part=(k, 8), jobs=1)
    for k in (3, 6):
        trials[k].run(Faults(), part=(k, 8))
    (commit,) = {trial.commit for trial in trials.values() if trial.commit is not None}
    check_whole(reading, send.name, commit)


def test_commit_only_says_what_is_not_there(send: Send, reading: Reading) -> None:
    send(dataset(send.name), part=(1, 2))
    held = send(dataset(send.name), commit_only=True)
    assert (held.commit_id, len(held.absent), held.absent[0]) == (None, FILES // 2 + 1, "007.jpg")
    assert not held.is_complete
    send(dataset(send.name), part=(2, 2), is_committing=False)
    done = send(dataset(send.name), commit_only=True, commit="by hand", tag="whole")
    check_whole(reading, send.name, done.commit_id)
    assert reading.segments(send.name, "whole") == ["train", "val"]


@pytest.mark.parametrize("part", [(0, 2), (3, 2)])
def test_a_part_that_there_is_not_is_refused(send: Send, part: tuple[int, int]) -> None:
    with pytest.raises(OptionError, match=r"^part: expected k of n with 1 <= k <= n, found"):
        send(dataset(send.name), part=part)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_what_is_in_flight_and_the_next_run_takes_up_the_rest(
    name: str, send: Send, reading: Reading, tmp_path: Path
) -> None:
    """A real signal to a real process, in the middle of its files."""
    tests = Path(__file__).parents[1]
    script = textwrap.dedent(
        f"""
        import os, signal, sys, time
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and stays so
        sys.path.insert(0, {str(tests.parent)!r})
        from tests.upload.conftest import Bytes
        from tests.upload.test_faults import dataset
        from lading.upload import upload
        class Slow(Bytes):
            def open(self):
                time.sleep(0.02)
                if self.path == "010.jpg":
                    os.kill(os.getpid(), signal.{name})
                return super().open()
        rows = dataset({send.name!r})
        for segment in ("train", "val"):
            for frame in rows.frames(segment):
                row = frame.data[0]
                row.content = Slow(row.path, row.content.data, row.content.stamp)
        try:
            upload(rows, {send.name!r}, platform={send.platform.url!r}, access_key={send.platform.access_key!r},
                   ledgers={str(tmp_path)!r}, jobs=2)
        except KeyboardInterrupt as exc:
            print("interrupted by", signal.Signals(exc.args[0]).name)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == f"interrupted by {name}\n", done.stderr
    assert "what is in flight is finished" in done.stderr
    assert "Traceback" not in done.stderr
    (draft,) = reading.drafts(send.name)
    assert draft["status"] == "OPEN"
    faults = Faults()
    with faults.installed():
        result = send(dataset(send.name), ledgers=tmp_path)
    assert 10 <= result.skipped < FILES
    assert result.sent == FILES - result.skipped
    assert sum(step == "POST object" for step in faults.log) == result.sent + BESIDE  # nothing was left half done
    check_whole(reading, send.name, result.commit_id)


def test_a_signal_that_is_ignored_stays_so(send: Send, reading: Reading) -> None:
    """As `nohup` has it: a terminal that is closed does not end the upload."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        result = send(dataset(send.name), progress=lambda progress: os.kill(os.getpid(), signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    check_whole(reading, send.name, result.commit_id)
