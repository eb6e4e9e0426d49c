"""KITTI goes up to the local platform as a fusion dataset, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

import lading


@pytest.mark.parametrize(
    ("name", "frames", "labels", "files"), [("kitti", 5, 9, 14), ("kitti-tracking", 5, 15, 15), ("kitti-raw", 4, 3, 7)]
)
def test_a_fixture_arrives(name: str, frames: int, labels: int, files: int, fixtures: Path, tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    dataset = lading.open_dataset(fixtures / name, format="kitti")
    with lading.local_platform(tmp_path / "platform") as platform:
        results = [
            lading.upload(dataset, name, platform=platform.url, access_key=platform.access_key, verify=True)
            for _ in range(2)
        ]
    first, second = results
    assert (first.frames, first.labels, first.sent, first.failed, first.missing) == (frames, labels, files, 0, 0)
    assert first.commit_id is not None
    assert (second.sent, second.skipped, second.bytes_sent) == (0, files, 0)
