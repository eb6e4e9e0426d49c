"""Memory is bounded by columns: measured on tables that the benchmark makes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import ModuleType

import pytest

import lading

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "nuscenes.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nuscenes_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_frames_stream_and_leave_nothing_behind(benchmark: ModuleType, tmp_path: Path) -> None:
    benchmark.generate(tmp_path / "v1.0-mini", 2, seed=1)
    dataset = lading.open_dataset(tmp_path, format="nuscenes")
    list(dataset.frames(dataset.segments[0].name))  # what is made once is made
    tracemalloc.start()
    labels = sum(len(data.labels) for _, frame in lading.all_frames(dataset) for data in frame.data)
    left, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert labels == 2 * benchmark.ANNOTATIONS
    assert peak < 2_000_000
    assert left < 200_000


@pytest.mark.slow
def test_a_tenth_of_trainval_fits_into_200_megabytes(
    benchmark: ModuleType, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    if "slow" not in pytestconfig.getoption("-m"):
        pytest.skip("takes half a minute; `pytest -m slow` runs it")
    scenes = round(benchmark.SCENES * 0.1)
    benchmark.generate(tmp_path / "v1.0-trainval", scenes, seed=1)
    command = [sys.executable, "-c", benchmark.OURS, str(tmp_path), "samples"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told["labels"] == scenes * benchmark.ANNOTATIONS
    assert told["peak_mb"] < 200
