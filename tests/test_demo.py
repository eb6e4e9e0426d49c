"""`lading demo`: what it holds to, and that it would notice."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lading.demo.run import ARCHIVES, Contents, contents_of, differences, run_demo
from lading.platform.client import Client
from lading.platform.download import Download


def test_the_demo_ends_well_in_under_thirty_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    environment = {**os.environ, "LADING_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "lading", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 30
    assert "demo-coco" in done.stdout
    assert "demo-voc" in done.stdout
    assert "demo-kitti" in done.stdout
    assert "All of it arrived and came back the same" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_counts_what_is_in_its_archives() -> None:
    outcome = run_demo(lambda line: None)
    assert outcome.problems == []
    assert [(row.format, row.frames, row.files, row.sent, row.findings) for row in outcome.rows] == [
        ("coco", 18, 18, 18, 0),
        ("voc", 15, 15, 15, 0),
        ("kitti", 4, 8, 8, 0),
    ]
    assert len(ARCHIVES) == len(outcome.rows)
    assert all(row.labels > row.frames and row.is_same for row in outcome.rows)


def test_the_demo_notices_other_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(self: Client, url: str, into: Download) -> None:
        into.write(b"something else")

    monkeypatch.setattr(Client, "fetch", fetch)
    outcome = run_demo(lambda line: None)
    assert outcome.problems == [
        f"{name}: the file that was fetched through its URL has other bytes" for name in ARCHIVES
    ]
    assert [row.is_same for row in outcome.rows] == [False, False, False]


def test_every_difference_is_told() -> None:
    digest = hashlib.sha1(b"x").hexdigest()
    expected: Contents = {("s", name): (digest, {}) for name in ("gone", "other", "labelled", "same")}
    found: Contents = {
        ("s", "other"): ("0" * 40, {}),
        ("s", "labelled"): (digest, {"BOX2D": []}),
        ("s", "same"): (digest, {}),
        ("s", "new"): (digest, {}),
    }
    assert differences(expected, found) == [
        "s/gone is not on the platform",
        "s/new is on the platform only",
        "s/labelled has other labels on the platform",
        "s/other has other bytes on the platform",
    ]
    assert differences(expected, expected) == []


def test_what_is_expected_is_read_from_the_dataset(tmp_path: Path) -> None:
    import lading

    (tmp_path / "a.png").write_bytes(b"x")
    with lading.Source.open(tmp_path) as source:
        data = [lading.Data(path=name, remote_path=name, content=source.get(name)) for name in ("a.png", "missing.png")]
        frames = [lading.Frame(key=row.path, data=[row]) for row in data]
        dataset = lading.MemoryDataset("d", {"a.b": frames})
        assert contents_of(dataset) == {("a%2Eb", "a.png"): (hashlib.sha1(b"x").hexdigest(), {})}
