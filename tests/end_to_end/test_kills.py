"""Client and server are killed again and again, at any moment; in the end everything is there, once."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import KEY, Platform

FILES = 400
KILLS = 50

Found = dict[tuple[str, str], tuple[str, list[tuple[float, ...]]]]


def make_dataset(folder: Path, seed: int) -> Found:
    """A COCO dataset of files of random bytes with a few boxes each, and what a platform has to hold of it."""
    dice = random.Random(seed)
    (folder / "images").mkdir(parents=True)
    (folder / "annotations").mkdir()
    images, annotations, found = [], [], Found()
    for number in range(FILES):
        name, content = f"{number:04}.jpg", dice.randbytes(dice.choice([10, 5_000, 40_000, 300_000]))
        (folder / "images" / name).write_bytes(content)
        os.utime(folder / "images" / name, (1e9, 1e9))  # long ago, so that its hash is believed the next time
        images.append({"id": number, "file_name": name, "width": 640, "height": 480})
        boxes = [[dice.randrange(300), dice.randrange(200), 10.5, 20] for _ in range(dice.randrange(4))]
        for box in boxes:
            annotation = {"id": len(annotations) + 1, "image_id": number, "category_id": 1, "bbox": box}
            annotations.append(annotation | {"iscrowd": 0, "area": 210.0, "segmentation": []})
        corners = sorted((float(x), float(y), x + width, float(y + height)) for x, y, width, height in boxes)
        found["val", name] = (hashlib.sha1(content).hexdigest(), corners)
    whole = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "buoy"}]}
    (folder / "annotations" / "instances_val.json").write_text(json.dumps(whole))
    return found


def held(platform: Platform, name: str, commit: str) -> Found:
    """What the platform gives out of a commit, each file's bytes fetched and hashed."""

    def corners(label: Any) -> list[tuple[float, ...]]:
        boxes = [row["box2d"] for row in label.get("BOX2D", [])]
        return sorted(tuple(float(box[edge]) for edge in ("xmin", "ymin", "xmax", "ymax")) for box in boxes)

    return {key: (digest, corners(label)) for key, (digest, label) in platform.everything(name, commit).items()}


class Client:
    """`lading upload` in a process of its own."""

    def __init__(self, folder: Path, name: str, url: str, home: Path) -> None:
        command = [sys.executable, "-m", "lading", "upload", str(folder), "--dataset", name, "--platform", url]
        self.process = subprocess.Popen(
            # Without the sidecar, so that the objects are the files and nothing else.
            [*command, "--no-validate", "--no-sidecar", "--json", "-q"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LADING_HOME": str(home), "LADING_ACCESS_KEY": KEY, "NO_PROXY": "*"},
        )

    def end(self, within_s: float | None) -> str | None:
        """Its commit, if it comes to one in time; then it is killed."""
        try:
            out, err = self.process.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return None
        assert "Traceback" not in err, err
        assert self.process.returncode in (0, 1, 2), err
        commit: str | None = json.loads(out)["commitId"] if self.process.returncode == 0 else None
        return commit


@pytest.mark.slow
def test_fifty_kills_of_client_and_server_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    expected = make_dataset(tmp_path / "source", seed=3)
    dice = random.Random(20261125)
    platform = Platform(tmp_path / "platform")
    port = int(platform.url.rstrip("/").rpartition(":")[2])
    commits: dict[str, str] = {}
    kills = {"client": 0, "server": 0}
    while sum(kills.values()) < KILLS:
        name = f"kills-{len(commits)}"
        client = Client(tmp_path / "source", name, platform.url, tmp_path / "home")
        if dice.random() < 0.5:
            time.sleep(dice.uniform(0.8, 4.0))
            kills["server"] += 1
            platform.kill()
            platform = Platform(tmp_path / "platform", port)
        commit = client.end(within_s=dice.uniform(0.8, 4.0))
        if commit is not None:
            commits[name] = commit
        kills["client"] += commit is None and client.process.returncode < 0
    name = f"kills-{len(commits)}"
    commit = Client(tmp_path / "source", name, platform.url, tmp_path / "home").end(within_s=None)
    assert commit is not None
    commits[name] = commit
    assert min(kills.values()) > 10, kills
    for name, commit in commits.items():
        assert held(platform, name, commit) == expected
        root = f"datasets/{platform.dataset_id(name)}"
        drafts = [row["status"] for row in platform.get(f"{root}/drafts", status="ALL")["drafts"]]
        assert drafts.count("COMMITTED") == 1
        assert "OPEN" not in drafts
    # Each content lies in the store once, and nothing that no file has.
    objects = [path.parent.name + path.name for path in (tmp_path / "platform" / "objects").glob("[0-9a-f][0-9a-f]/*")]
    assert sorted(objects) == sorted({digest for digest, _ in expected.values()})
    assert platform.stop() == 0
