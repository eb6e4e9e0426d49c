"""KITTI goes up to the local platform as a fusion dataset, and once."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

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


def test_the_real_sample_is_parted_by_calibration_and_no_box_moves(samples: Path, tmp_path: Path) -> None:
    """Frames 000000 and 000001 are of two recording days."""
    pytest.importorskip("fastapi")
    dataset = lading.open_dataset(samples / "kitti" / "object")
    (segment,) = dataset.segments
    assert (segment.name, segment.is_calibrated_by_frame) == ("training", True)
    with lading.local_platform(tmp_path / "platform") as platform:
        result = lading.upload(
            dataset,
            "k",
            platform=platform.url,
            access_key=platform.access_key,
            verify=True,
            allow_missing=True,
            sidecar=False,
            report=(report := lading.Report()),
        )
        found = asyncio.run(_read(platform, str(result.commit_id)))
    assert (result.labels, {loss.what: loss.count for loss in report.losses}["label of a file that is missing"]) == (
        9,
        3,
    )
    assert len(found) == 2
    assert all(re.fullmatch("training-[0-9a-f]{6}", name) for name in found)
    # spec 3.5: focal lengths of the two days; the pedestrian of 3.4 stays where it was.
    assert sorted(round(focal, 4) for focal, _ in found.values()) == [707.0493, 721.5377]
    (pedestrian,) = [box for _, boxes in found.values() for box in boxes if box["category"] == "Pedestrian"]
    ours = [label for frame in dataset.frames("training") for data in frame.data for label in data.labels]
    (model,) = [label for label in ours if label.kind == "BOX3D" and label.category == "Pedestrian"]
    assert [pedestrian["box3d"]["translation"][axis] for axis in "xyz"] == list(model.centre)
    assert model.centre == pytest.approx((8.7364, -1.8681, -0.6548), abs=5e-5)


async def _read(platform: Any, commit: str) -> dict[str, tuple[float, list[Any]]]:
    """Segment -> (focal length of image_2, every 3D box), as the platform has them."""
    from lading.platform.client import Client
    from lading.platform.reading import Version

    async with Client(platform.url, platform.access_key) as client:
        row = await client.find_dataset("k")
        assert row is not None
        version = Version(commit=commit)
        found = {}
        for segment in (await client.list_segments(row.id, version)).segments:
            if segment.name == "lading-sidecar":
                continue
            sensors = await client.get_sensors(row.id, version, segment.name)
            (focal,) = [s["intrinsics"]["cameraMatrix"]["fx"] for s in sensors if s["name"] == "image_2"]
            details = (await client.list_details(row.id, version, segment.name)).data_details
            boxes = [box for frame in details for part in frame.frame for box in part.label.get("BOX3D", [])]
            found[segment.name] = (focal, boxes)
    return found
