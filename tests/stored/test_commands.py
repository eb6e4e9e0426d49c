"""What the commands say of sidecars, and of places that they do not take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lading.server.embedded import RunningPlatform


def test_what_a_sidecar_carries_is_no_loss_and_without_it_is(
    fixtures: Path, platform: RunningPlatform, command: Callable[..., Any]
) -> None:
    upload = ["upload", fixtures / "nuscenes", "--platform", platform.url, "--json"]
    with_it = command(*upload, "--dataset", "carried")
    assert (with_it.code, "not uploaded" in with_it.err) == (0, False), with_it.err
    without = command(*upload, "--dataset", "bare", "--no-sidecar")
    assert without.code == 0
    assert "not uploaded: ego pose (24; for example" in without.err
    one, two = (json.loads(done.out) for done in (with_it, without))
    for key in ("segments", "frames", "labels", "files", "bytesSent"):
        assert one[key] == two[key]
    names = [
        {json.loads(line)["segment"] for line in command("dump", f"{platform.url}/{name}").out.splitlines()[1:] if
         json.loads(line)["kind"] == "frame"}
        for name in ("carried", "bare")
    ]  # fmt: skip
    assert names == [{"scene-0001", "scene 0002.möwe"}] * 2


def test_a_dataset_goes_from_one_platform_to_another(
    fixtures: Path, platform: RunningPlatform, command: Callable[..., Any], tmp_path: Path
) -> None:
    from lading.server.embedded import running

    assert command("upload", fixtures / "voc", "--dataset", "old", "--platform", platform.url).code == 0
    with running(tmp_path, access_key=platform.access_key) as other:
        done = command("upload", f"{platform.url}/old", "--dataset", "new", "--platform", other.url)
        assert done.code == 0, done.err
        done = command("diff", fixtures / "voc", f"{other.url}/new")
        assert (done.code, done.out) == (0, "no difference\n")


def test_detect_takes_no_platform(command: Callable[..., Any]) -> None:
    done = command("detect", "http://127.0.0.1:9/cars")
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert line.startswith("error: http://127.0.0.1:9/cars: expected files, found a dataset on a platform")
