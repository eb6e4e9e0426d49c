"""Several processes give what one gives: the same findings in the same order, the same counts, the same errors."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import textwrap
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lading.errors import LadingError, NoRoomError, OptionError, PluginError, RecordError
from lading.model.dataset import MemoryDataset
from lading.model.report import Finding, Report
from lading.parallel import Shares
from lading.plugin.contracts import Rule
from lading.plugin.hooks import hookimpl
from lading.plugin.registry import Registry
from lading.summary import summarize
from lading.validate import validate
from lading.workers import Workers


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the dataset, where the processes that are started find it too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return importlib.import_module("shared_dataset")


@pytest.mark.parametrize("jobs", [2, 3, 7])
def test_findings_are_those_of_one_process_in_the_same_order(shared: Any, jobs: int) -> None:
    alone, together = Report(), Report()
    one = list(validate(shared.dataset(), report=alone))
    many = list(validate(shared.dataset(), report=together, jobs=jobs))
    assert any(finding.rule == "path.duplicate" for finding in one)
    across = [finding for finding in one if finding.rule == "path.duplicate"]
    assert sorted(map(str, many)) == sorted(map(str, one))
    # What only two parts together show comes after what each shows alone; the rest keeps its place.
    assert [f for f in many if f.rule != "path.duplicate"] == [f for f in one if f.rule != "path.duplicate"]
    assert sorted((f for f in many if f.rule == "path.duplicate"), key=_place) == sorted(across, key=_place)
    assert together.losses == alone.losses


@pytest.mark.parametrize("jobs", [1, 2])
def test_losses_of_a_check_come_in_the_order_of_the_frames(shared: Any, jobs: int) -> None:
    names = ("a", "b")
    reading = shared.Telling("d", {name: [shared.frame(i, f"{i}.jpg") for i in range(100)] for name in names})
    report = Report()
    list(validate(reading, rules=[], report=report, jobs=jobs))
    # By hand: `late` is met from the 91st frame of a on, and in all of b.
    assert [(loss.what, loss.count, loss.example) for loss in report.losses] == [
        ("in a", 100, "a 0"),
        ("late", 110, "a 90"),
        ("in b", 100, "b 0"),
    ]


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_is_counted_over_a_segment_is_told_once_behind_its_frames(shared: Any, jobs: int) -> None:
    reading = shared.Counting(
        "d", {"a": [shared.frame(i, f"{i}.jpg") for i in range(5)], "b": [], "c": [shared.frame(9, "9.jpg")]}
    )
    told = ["a: 5 frames from 0 on", "c: 1 frames from 9 on"]
    assert [finding.message for finding in validate(reading, rules=[], jobs=jobs)] == told
    report = Report()
    summarize(reading, report, jobs=jobs)
    assert [finding.message for finding in report.findings] == told
    part = validate(reading, rules=[], part=(2, 2))  # who reads a part alone is told of that
    assert [finding.message for finding in part] == ["a: 3 frames from 2 on", "c: 1 frames from 9 on"]


def test_what_is_counted_in_a_segment_that_breaks_off_is_not_told(shared: Any) -> None:
    for jobs in (1, 2):
        reading = shared.Counting("d", {"a": [shared.frame(i, f"{i}.jpg") for i in range(5)]})
        reading.broken = "4"
        found: list[Finding] = []
        with pytest.raises(RecordError):
            found.extend(validate(reading, rules=[], jobs=jobs))
        assert found == []


def _place(finding: Finding) -> tuple[str, int]:
    return str(finding.segment), int(str(finding.frame))


def test_counts_are_those_of_one_process(shared: Any) -> None:
    assert summarize(shared.dataset(), jobs=3) == summarize(shared.dataset())


def test_progress_counts_the_frames_of_all_parts(shared: Any) -> None:
    heard: list[tuple[int, int | None]] = []
    summarize(
        MemoryDataset("d", {"s": [shared.frame(i, f"{i}.jpg") for i in range(300)]}),
        progress=lambda done, total: heard.append((done, total)),
        jobs=2,
    )
    assert max(heard) == (300, None)


def test_an_error_comes_in_its_turn_as_it_does_with_one_process(shared: Any) -> None:
    def found(jobs: int) -> tuple[list[str], str]:
        reading = shared.dataset()
        reading.broken = "80"
        seen: list[str] = []
        findings = validate(reading, rules=["category.unknown"], jobs=jobs)
        with pytest.raises(RecordError) as caught:
            seen.extend(map(str, findings))
        return seen, str(caught.value)

    assert found(2) == found(1)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_first_error_in_order_ends_it_whoever_meets_it(shared: Any, jobs: int) -> None:
    """Also where nothing was found before it that would say how far each process is."""
    names = ("a", "b")
    reading = shared.Telling("d", {name: [shared.frame(i, f"{i}.jpg") for i in range(100)] for name in names})
    reading.broken = frozenset({"a 95", "b 2"})
    with pytest.raises(RecordError, match=r"^a\.json#/a 95: expected a record, found none$"):
        list(validate(reading, rules=[], severities={"reader.odd": "off"}, jobs=jobs))


def test_a_process_that_is_killed_is_told(shared: Any) -> None:
    reading = shared.dataset()
    reading.kills = "80"
    with pytest.raises(LadingError, match=r"^part 2 of 2: expected it to end, found it killed; --jobs 1 "):
        list(validate(reading, jobs=2))


@pytest.mark.parametrize("jobs", [0, -1])
def test_fewer_than_one_job_is_refused(shared: Any, jobs: int) -> None:
    with pytest.raises(OptionError, match=rf"^jobs: expected 1 or more, found {jobs}$"):
        summarize(shared.dataset(), jobs=jobs)
    with pytest.raises(OptionError, match=rf"^jobs: expected 1 or more.* found {jobs}$"):
        validate(shared.dataset(), jobs=jobs)


def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    """Who stops at the first finding leaves no process behind."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import multiprocessing, sys
            sys.path.insert(0, {str(Path(__file__).parent)!r})
            from shared_dataset import dataset
            from lading.validate import validate
            if __name__ == "__main__":
                for finding in validate(dataset(), jobs=2):
                    break
                del finding
                import gc; gc.collect()
                print(len(multiprocessing.active_children()))
            """
        )
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("0\n", "", 0)


def test_workers_are_used_again_and_closed_by_a_run_that_is_broken_off(shared: Any) -> None:
    reading = shared.dataset()
    with Workers(2) as workers:
        reading.workers = workers
        first = multiprocessing.active_children()
        assert summarize(reading, jobs=2) == summarize(shared.dataset())
        assert list(validate(reading, jobs=2)) == list(validate(shared.dataset(), jobs=2))
        assert multiprocessing.active_children() == first
        reading.broken = "80"
        with pytest.raises(RecordError):
            summarize(reading, jobs=2)
        assert workers.is_closed
        reading.broken = None
        assert summarize(reading, jobs=2) == summarize(shared.dataset())
    assert not multiprocessing.active_children()


def test_workers_of_another_number_are_left_alone(shared: Any) -> None:
    reading = shared.dataset()
    with Workers(2) as workers:
        reading.workers = workers
        assert summarize(reading, jobs=3) == summarize(shared.dataset())
        assert not workers.is_closed


def test_arrays_arrive_as_they_are_and_may_be_written_to(shared: Any) -> None:
    big, none = np.arange(300_000.0), np.empty((0, 4))
    turned = np.arange(6.0).reshape(2, 3).T
    fixed = np.frombuffer(np.arange(3.0).tobytes())
    shares: Shares[None] = Shares(shared.changed, 3, [big.copy(), none, turned.copy(order="K"), fixed.copy()])
    assert list(shares) == []
    for arrays in shares.results:
        for array, expected in zip(arrays, (big * 2, none, turned * 2, fixed * 2), strict=True):
            assert array.shape == expected.shape
            assert (array == expected).all()
    with pytest.raises(ValueError, match="read-only"):  # here, in the process that has it; in another it may be
        list(Shares[None](shared.changed, 2, [fixed]))


def test_workers_get_ready_before_there_is_work(shared: Any) -> None:
    with Workers(2, shared.get_ready) as workers:
        shares: Shares[None] = Shares(shared.readiness, 2, workers=workers)
        assert list(shares) == []
    assert shares.results == [False, True]


def test_workers_stay_with_the_process_that_made_them(shared: Any) -> None:
    with Workers(1) as workers:
        reading = shared.dataset()
        reading.workers = workers
        assert pickle.loads(pickle.dumps(reading)).workers is None


def test_the_first_part_is_read_by_this_process(shared: Any) -> None:
    reading = shared.dataset()
    reading.pids = True
    report = Report()
    list(validate(reading, rules=["category.unknown"], jobs=3, report=report))
    losses = {loss.what for loss in report.losses if loss.what.startswith("read by ")}
    assert len(losses) == 3
    assert f"read by {os.getpid()}" in losses


@pytest.fixture
def stream(shared: Any, tmp_path: Path) -> Any:
    """20,000 things of the second part, found while the first is at its first thing; what they are."""

    def run() -> Iterator[str]:
        yield from Shares[str](shared.stream, 2, str(tmp_path / "done"))

    texts = map(shared.text, range(20_000))
    return run, ["first", *islice(texts, 15_000), "next", *texts]


def test_what_waits_for_its_turn_waits_on_disk_and_comes_out_in_order(
    stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 5 MB of text, and what their objects take, would be in memory otherwise."""
    run, expected = stream
    monkeypatch.setattr("lading.parallel._HELD_BYTES", 200_000)
    found = []
    tracemalloc.start()
    for number, text in enumerate(run()):
        if number == 0:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        found.append(text)
    assert found == expected
    assert peak < 2_000_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_no_room_for_what_waits_ends_the_run_in_one_line(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = stream
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115  whoever writes to it closes it
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
    monkeypatch.setattr("lading.parallel._HELD_BYTES", 200_000)
    with pytest.raises(NoRoomError, match=r"expected room for what a part found before its turn, found No space left"):
        list(run())
    assert full.closed
    assert not multiprocessing.active_children()


def test_a_dataset_that_cannot_be_pickled_is_told(shared: Any) -> None:
    class Local(MemoryDataset):
        pass

    with pytest.raises(OptionError, match=r"^jobs: expected a dataset that other processes can be given, found "):
        summarize(Local("d", {"s": []}), jobs=2)


def registry_of(rule: type[Rule]) -> Registry:
    class Plugin:
        @staticmethod
        @hookimpl
        def register_rules() -> list[type[Rule]]:
            return [rule]

    return Registry.load([(Plugin(), "acme-rules", "1.0")])


def test_a_rule_that_no_other_process_can_be_given_is_named(shared: Any) -> None:
    class Local(shared.SilentRule):  # type: ignore[misc,name-defined]
        code = "mine.local"

    wanted = (
        r"^acme-rules: expected rule 'mine.local' to be a class of a module, which --jobs can give .*, found .*Local"
    )
    with pytest.raises(PluginError, match=wanted):
        list(validate(shared.dataset(), registry=registry_of(Local), jobs=2))


def test_a_rule_whose_memory_no_other_process_can_be_given_is_named(shared: Any) -> None:
    wanted = r"^acme-rules: expected rule 'mine.silent' to tell its memory, found .*Error: .*pickle.*lambda"
    with pytest.raises(PluginError, match=wanted):
        list(validate(shared.dataset(), registry=registry_of(shared.SilentRule), jobs=2))


def test_what_does_not_load_in_another_process_is_told(shared: Any) -> None:
    wanted = "^jobs: expected what is shared to load in another process, found ValueError: no place here$"
    with pytest.raises(OptionError, match=wanted):
        summarize(shared.HereAlone("d", {"s": [shared.frame(1, "a.jpg")]}), jobs=2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_is_kept_from_workers_from_their_first_moment_on() -> None:
    """A terminal sends it to all processes; one that was just starting would end in a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with Workers(3):
        for child in multiprocessing.active_children():
            (line,) = (x for x in Path(f"/proc/{child.pid}/status").read_text().splitlines() if x.startswith("SigBlk"))
            assert int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
    assert signal.SIGINT not in before
