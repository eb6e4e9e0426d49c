"""What a command imports: what it does not use costs nothing at its start."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
    "categories": [{"id": 1, "name": "cat", "supercategory": "animal"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}],
}

#: Libraries that reading and checking COCO need, and what these need themselves.
NEEDED = {"click", "csimdjson", "cython_runtime", "msgspec", "numpy", "pluggy", "simdjson"}
NEEDED |= {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}

#: Parts of the standard library that are slow to import and of no use here.
USELESS = {"asyncio", "http.client", "multiprocessing", "ssl", "urllib.request", "xml.etree", "xml.sax"}

#: Parts of ours that only others need.
OTHERS = ("lading.render", "lading.upload", "lading.platform", "lading.server", "lading.stored.dataset")

#: What the plugins of other formats are asked for: to tell that the file is not theirs, and for their rules.
TELLING = {
    "lading_kitti.mask_rules",
    "lading_kitti.reader",
    "lading_nuscenes.layout",
    "lading_nuscenes.lidar_rules",
    "lading_nuscenes.mask_rules",
    "lading_nuscenes.point_rules",
    "lading_nuscenes.reader",
    "lading_nuscenes.schema",
    "lading_voc.detection",
    "lading_voc.layout",
    "lading_voc.options",
    "lading_voc.reader",
}

Modules = Callable[..., set[str]]


@pytest.fixture
def modules(tmp_path: Path) -> Modules:
    """Runs a command in a process of its own; the modules that it has imported by its end."""

    def run(command: str, *options: str) -> set[str]:
        path = tmp_path / "instances.json"
        path.write_text(json.dumps(COCO))
        script = (
            "import sys\n"
            f"sys.argv = ['lading', *{[command, str(path), *options]!r}]\n"
            "from lading.cli.start import run\n"
            "try: run()\n"
            "finally: print('modules', *sys.modules, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return set(done.stderr.rpartition("modules ")[2].split())

    return run


def third_parties(found: set[str]) -> set[str]:
    """The libraries among the modules that neither Python nor lading has; those that compilers leave begin with `_`."""
    roots = {name.partition(".")[0] for name in found} - sys.stdlib_module_names
    return {name for name in roots if not name.startswith(("lading", "_"))}


def test_checking_imports_what_it_needs(modules: Modules) -> None:
    found = modules("validate", "--output", "json")
    assert third_parties(found) <= NEEDED
    assert not USELESS & found
    assert [name for name in found if name.startswith(OTHERS)] == []
    reports = {name for name in found if name.startswith("lading.validate.reports.")}
    assert reports == {"lading.validate.reports.gathered", "lading.validate.reports.record"}


@pytest.mark.parametrize("command", ["validate", "inspect", "dump"])
def test_other_formats_import_no_more_than_to_say_that_the_file_is_not_theirs(modules: Modules, command: str) -> None:
    found = modules(command)
    theirs = {n for n in found if n.startswith(("lading_kitti.", "lading_nuscenes.", "lading_voc."))}
    assert theirs <= TELLING
    assert not [name for name in found if name.startswith("lading_coco.writer")]


def test_a_command_imports_no_other(modules: Modules) -> None:
    commands = {path.stem for path in (ROOT / "src" / "lading" / "cli").glob("*.py")}
    shared = {"__init__", "main", "opening", "options", "output", "progress", "signals", "start"}
    found = {name.removeprefix("lading.cli.") for name in modules("dump") if name.startswith("lading.cli.")}
    assert found & commands <= shared | {"dump"}


def test_processes_of_jobs_start_before_anything_large_is_imported() -> None:
    script = (
        "import sys\n"
        "import lading.workers, lading.cli.opening\n"
        "print('numpy' in sys.modules, 'lading.model' in sys.modules)\n"
        "lading.cli.opening._get_ready()\n"
        "print('numpy' in sys.modules, 'lading_coco.reader' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("given", "threads"), [(None, 1), ("2", 2)], ids=["none", "as the user says"])
def test_numpy_starts_no_threads_for_large_matrices(given: str | None, threads: int) -> None:
    """Each is started and stopped by every command, and by every process of --jobs; their library is numpy's own."""
    if given is not None and (os.cpu_count() or 1) < threads:
        pytest.skip("there is one core: no library starts a thread")
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if given is not None:
        environment["OPENBLAS_NUM_THREADS"] = given
    script = (
        "from lading.cli.start import begin_lightly\n"
        "begin_lightly()\n"
        "import numpy, os\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert int(done.stdout) == threads


def test_the_collector_does_not_look_at_what_is_imported() -> None:
    """With Python's own threshold, importing what reading needs has it start more than a hundred times.

    It looks once there are more objects than that, and from then on as often as ever.
    """
    script = (
        "import gc\n"
        "looks = []\n"
        "gc.callbacks.append(lambda phase, info: looks.append(phase))\n"
        "from lading.cli.start import begin_lightly\n"
        "begin_lightly()\n"
        "looks.clear()\n"
        "import lading.validate, lading.opening\n"
        "print(looks.count('start'))\n"
        "made = [[] for _ in range(100_000)]\n"
        "print(gc.get_threshold(), gc.get_freeze_count() > 50_000)\n"
        "looks.clear()\n"
        "made = [[] for _ in range(10_000)]\n"
        "print(looks.count('start') > 10)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0", f"{gc.get_threshold()} True", "True"]


@pytest.mark.parametrize(
    "command", [("inspect",), ("validate",), ("convert", "out", "--to", "coco")], ids=lambda c: c[0]
)
def test_other_processes_start_before_the_model_is_imported(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(COCO))
    script = (
        "import sys, lading.workers as workers\n"
        f"sys.argv = ['lading', {command[0]!r}, {str(path)!r}, *{list(command[1:])!r}, '--jobs', '2']\n"
        "start = workers.Workers.__init__\n"
        "def noted(self, *given):\n"
        "    print('started with', *sys.modules, file=sys.stderr)\n"
        "    start(self, *given)\n"
        "workers.Workers.__init__ = noted\n"
        "from lading.cli.start import run\n"
        "if __name__ == '__main__': run()"
    )
    (tmp_path / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == (0 if command[0] == "inspect" else 1), done.stderr  # there is no picture
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("started with"))
    assert {"multiprocessing", "numpy", "pydantic"}.isdisjoint(line.split())
