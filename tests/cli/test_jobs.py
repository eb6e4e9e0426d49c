"""Which commands share the reading among processes where nobody says how many, and that nobody sees it."""

from __future__ import annotations

import errno
import gzip
import importlib
import json
import os
import random
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest
from lading_coco.dataset import CocoDataset

from lading import workers
from lading.cli.main import execute
from lading.cli.start import BEGUN
from lading.model.dataset import MemoryDataset, SourceFile
from lading.plugin.contracts import Rule
from lading.plugin.hooks import hookimpl
from lading.plugin.registry import Registry

IMAGES, ROWS = 240, 960


def annotation(dice: random.Random, number: int) -> dict[str, Any]:
    """A square and its box; of some the box is elsewhere, the ring crosses itself, or both leave the picture."""
    x, y = dice.uniform(0, 60), dice.uniform(0, 60)
    ring = [x, y, x + 30, y, x + 30, y + 30, x, y + 30]
    box = [x, y, 30, 30]
    odd = dice.randrange(12)
    if odd == 0:
        ring[2:6] = ring[4:6] + ring[2:4]
    elif odd == 1:
        box[0] += 40
    elif odd == 2:
        ring[4] = ring[2] = x + 200
        box[2] = 200
    return {
        "id": number,
        "image_id": dice.randrange(IMAGES),
        "category_id": 9 if odd == 3 else dice.choice((1, 2)),
        "segmentation": [ring],
        "bbox": box,
        "area": -1 if odd == 4 else 900,
        "iscrowd": 0,
    }


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of COCO that counts as large, on a machine of two cores."""
    dice = random.Random(6)
    document = {
        "images": [{"id": i, "file_name": f"{max(i, 5)}.jpg", "width": 100, "height": 100} for i in range(IMAGES)],
        "annotations": [annotation(dice, number) for number in range(ROWS)],
        "categories": [{"id": 1, "name": "boat"}, {"id": 2, "name": "Boat"}],
    }
    place = tmp_path / "instances_large.json"
    place.write_text(json.dumps(document))
    monkeypatch.setattr(CocoDataset, "rows_a_process", ROWS // 2)
    monkeypatch.setattr(BEGUN, "is_command", True)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    return place


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many processes each run has, where it is more than one."""
    met: list[int] = []

    class Noted(workers.Workers):
        def __init__(self, jobs: int, get_ready: Callable[[], None] | None = None) -> None:
            met.append(jobs)
            super().__init__(jobs, get_ready)

    monkeypatch.setattr(workers, "Workers", Noted)
    return met


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """What a command prints, and its exit code."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = execute([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("validate", "--json"),
        ("validate", "--output", "sarif"),
        ("validate", "--json", "--max-findings", "7"),
        ("validate", "--on-error", "stop"),
        ("inspect",),
        ("inspect", "--json"),
        ("stats", "--json"),
    ],
    ids=" ".join,
)
def test_as_many_processes_as_pay_print_what_one_prints(
    large: Path, started: list[int], told: Any, command: tuple[str, ...]
) -> None:
    alone = told(*command, large, "--jobs", "1")
    assert started == []
    assert told(*command, large) == alone
    assert started == [2]
    assert alone[0] == 1
    assert len(alone[1]) > 300


def test_a_conversion_by_them_writes_the_same_bytes(large: Path, started: list[int], told: Any, tmp_path: Path) -> None:
    alone = told("convert", large, tmp_path / "alone", "--to", "coco", "--json", "--jobs", "1")
    assert started == []
    assert told("convert", large, tmp_path / "shared", "--to", "coco", "--json") == alone
    assert started == [2]
    written = [(tmp_path / folder / large.name).read_bytes() for folder in ("alone", "shared")]
    assert written[0] == written[1]
    assert len(json.loads(written[0])["annotations"]) == ROWS


def test_a_file_that_is_not_large_is_read_by_one(
    large: Path, started: list[int], told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CocoDataset, "rows_a_process", ROWS // 2 + 1)
    assert told("validate", large)[0] == 1
    assert started == []


def test_a_program_that_calls_the_command_is_the_one_that_reads(
    large: Path, started: list[int], told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BEGUN, "is_command", False)
    assert told("validate", large)[0] == 1
    assert started == []


def test_where_no_process_is_to_be_had_it_is_read_by_one_unless_more_are_asked_for(
    large: Path, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(process: Any) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    alone = told("validate", large, "--jobs", "1")
    monkeypatch.setattr(SpawnProcess, "start", start)
    assert told("validate", large) == alone
    code, out, err = told("validate", large, "--jobs", "3")
    assert (code, out) == (2, "")
    assert err == "error: jobs: expected 3 processes, found Resource temporarily unavailable\n"


def test_a_packed_file_that_each_would_unpack_is_read_by_one(large: Path, started: list[int], told: Any) -> None:
    packed = large.with_name(f"{large.name}.gz")
    packed.write_bytes(gzip.compress(large.read_bytes()))
    large.unlink()
    assert told("validate", packed)[0] == 1
    assert started == []


def test_where_rules_of_other_plugins_run_it_is_read_by_one(
    large: Path, started: list[int], told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may know nothing of parts; who asks for several processes gets them all the same."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))  # where those find the rule too
    rule = importlib.import_module("shared_dataset").QuietRule

    class Plugin:
        @hookimpl
        def register_rules(self) -> list[type[Rule]]:
            return [rule]

    load = Registry.load
    monkeypatch.setattr(Registry, "load", lambda plugins=(): load([*plugins, (Plugin(), "acme", "1")]))
    assert told("validate", large)[0] == 1
    assert started == []
    assert told("validate", large, "--jobs", "2")[0] == 1
    assert started == [2]


def test_rules_of_a_plugin_with_a_reader_judge_its_datasets_alone() -> None:
    """Else each would be shown the frames of all formats, and these would be read by one process for their sake."""
    registry = Registry.load()
    own = {
        each.distribution: name for name, each in registry.readers.items() if each.distribution.startswith("lading-")
    }
    formats = {(code, each.distribution): each.cls.formats for code, each in registry.rules.items()}
    assert {code.partition(".")[0] for code, _ in formats} == {"coco", "kitti", "nuscenes"}
    assert formats == {(code, name): frozenset({own[name]}) for code, name in formats}


@pytest.mark.parametrize(
    ("rows", "cores", "jobs"),
    [(0, 8, 1), (99, 8, 1), (199, 8, 1), (200, 8, 2), (200, 1, 1), (399, 8, 3), (5_000, 8, 4)],
)
def test_a_process_more_for_so_many_rows_but_no_more_than_cores(
    monkeypatch: pytest.MonkeyPatch, rows: int, cores: int, jobs: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    dataset = MemoryDataset("d", {})
    dataset.sources = [
        SourceFile(file="a", kind="rows", rows=rows // 2),
        SourceFile(file="b", kind="rows", rows=-(-rows // 2)),
    ]
    assert workers.fitting_jobs(dataset) == 1  # its reader says nothing
    dataset.rows_a_process = 100
    assert workers.fitting_jobs(dataset) == jobs
