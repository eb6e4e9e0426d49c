"""A nuScenes keyframe on the platform, read back over the API: sensors, frames, files, labels."""

from __future__ import annotations

import hashlib
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from lading.model.naming import SIDECAR_SEGMENT, from_wire

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def by_name(sensor: Any) -> str:
    return str(sensor["name"])


@pytest.fixture(params=["fixture", "keyframe"])
def root(request: pytest.FixtureRequest) -> Path:
    if request.param == "fixture":
        return Path(request.getfixturevalue("fixtures")) / "nuscenes"
    return Path(request.getfixturevalue("samples")) / "nuscenes" / "mini-one-keyframe"


def test_a_fusion_dataset_arrives_whole(root: Path, run: Any, platform: Any) -> None:
    lines = run("dump", root).lines
    done = run("upload", root, "--dataset", "scenes", "--platform", platform.url, "--json", key=platform.key)
    assert done.code == 0, done.err
    commit = done.json["commitId"]
    frames = [line for line in lines if line["kind"] == "frame"]
    data = [(line["segment"], line["frameId"], part) for line in frames for part in line["data"]]

    folder = f"datasets/{platform.dataset_id('scenes')}"
    found = {}
    for segment in platform.pages(f"{folder}/segments", "segments", commit=commit):
        name = segment["name"]
        if name == SIDECAR_SEGMENT:
            continue
        sensors = platform.get(f"{folder}/sensors", segmentName=name, commit=commit)["sensors"]
        (expected,) = (
            line["sensors"] for line in lines if line["kind"] == "segment" and from_wire(name) == line["name"]
        )
        assert sorted(sensors, key=by_name) == sorted(expected, key=by_name)
        for row in platform.pages(f"{folder}/data/details", "dataDetails", segmentName=name, commit=commit):
            for file in row["frame"]:
                with DIRECT.open(file["url"]) as answer:
                    digest = hashlib.sha1(answer.read()).hexdigest()
                key = (from_wire(name), row["frameId"], file["remotePath"])
                found[key] = (file["sensorName"], file["timestamp"], digest, file["label"])
    assert found == {
        (segment, frame, part["remotePath"]): (
            part["sensorName"],
            part["timestampNs"] / 1_000_000_000,
            hashlib.sha1((root / part["path"]).read_bytes()).hexdigest(),
            part["label"],
        )
        for segment, frame, part in data
    }
    compared = run("diff", root, f"{platform.url}/scenes@{commit}", key=platform.key)
    assert (compared.code, compared.out) == (0, "no difference\n"), compared.err
    again = run("upload", root, "--dataset", "scenes", "--platform", platform.url, "--json", key=platform.key)
    assert (again.code, again.json["bytesSent"]) == (0, 0)
