"""Killed at any moment, the platform has lost nothing that it answered; ended by SIGTERM, it ends in time."""

from __future__ import annotations

import hashlib
import http.client
import random
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lading.server.archive import read_manifest

from .conftest import Api
from .process import Process

WRITERS = 6


@dataclass
class Answered:
    """What the platform said yes to."""

    files: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    segments: set[str] = field(default_factory=set)
    commits: dict[str, int] = field(default_factory=dict)


def write(api: Api, number: int, answered: Answered, lock: threading.Lock) -> None:
    """Everything an upload does, over and over, until the platform is gone."""
    generator = random.Random(number)
    try:
        for step in range(10_000):
            content = generator.randbytes(generator.choice([10, 5_000, 200_000]))
            name = f"{number}-{step}"
            checksum = api.upload(content)
            label = {"CLASSIFICATION": {"category": name}}
            body = {"draftNumber": 1, "segmentName": "car", "remotePath": name, "checksum": checksum, "label": label}
            api.ok("PUT", "datasets/{id}/callback", body)
            with lock:
                answered.files[name] = checksum
                answered.labels[name] = label
            changed = {"CLASSIFICATION": {"category": f"{name}-again"}}
            api.ok("PUT", "datasets/{id}/labels", {**body, "label": changed})
            with lock:
                answered.labels[name] = changed
            if step % 5 == 0:
                api.ok("POST", "datasets/{id}/segments", {"draftNumber": 1, "name": f"s{name}"})
                with lock:
                    answered.segments.add(f"s{name}")
    except (http.client.HTTPException, OSError):
        return  # killed


def commit(api: Api, answered: Answered, lock: threading.Lock) -> None:
    """Commits of another dataset, one after the other."""
    try:
        for step in range(10_000):
            number = api.ok("POST", "datasets/{id}/drafts", {"branchName": "main", "title": "x"})["draftNumber"]
            api.ok("POST", "datasets/{id}/segments", {"draftNumber": number, "name": f"s{step}"})
            commit_id = api.ok("POST", "datasets/{id}/commits", {"draftNumber": number, "title": "x"})["commitId"]
            with lock:
                answered.commits[commit_id] = step + 1
    except (http.client.HTTPException, OSError):
        return


def round_of(data: Path, seed: int) -> Answered:
    """Start, write from many threads, kill after a random time; what was answered until then."""
    answered, lock = Answered(), threading.Lock()
    with Process(data) as process:
        upload, commits = process.api, Api(process.api.platform, process.api.clock)
        upload.make(name=f"upload-{seed}")
        commits.dataset_id = commits.ok("POST", "datasets", {"name": f"commits-{seed}"})["id"]
        work = [(write, (upload, number, answered, lock)) for number in range(WRITERS)]
        threads = [threading.Thread(target=call, args=given) for call, given in work]
        threads.append(threading.Thread(target=commit, args=(commits, answered, lock)))
        for thread in threads:
            thread.start()
        time.sleep(random.Random(seed).uniform(0.1, 1.5))
        process.kill()
        for thread in threads:
            thread.join(30)
    return answered


def everything(api: Api, path: str, key: str, **query: Any) -> list[Any]:
    rows: list[Any] = []
    while True:
        page = api.ok("GET", path, offset=len(rows), **query)
        rows += page[key]
        if len(rows) >= page["totalCount"]:
            return rows


def check(data: Path, seed: int, answered: Answered) -> None:
    """After a new start all that was answered is there, whole; and it goes on."""
    with Process(data) as process:
        api = process.api
        api.dataset_id = api.ok("GET", "datasets", name=f"upload-{seed}")["datasets"][0]["id"]
        place = {"draftNumber": 1, "segmentName": "car"}
        found = {
            row["remotePath"]: row for row in everything(api, "datasets/{id}/data/details", "dataDetails", **place)
        }
        assert answered.files.items() <= {name: row["checksum"] for name, row in found.items()}.items()
        for row in found.values():
            assert hashlib.sha1(api.send("GET", row["url"]).body).hexdigest() == row["checksum"]
        for name, label in answered.labels.items():
            again = {"CLASSIFICATION": {"category": f"{name}-again"}}  # perhaps done, and not answered any more
            assert found[name]["label"] in (label, again)
        assert answered.segments <= {
            row["name"] for row in everything(api, "datasets/{id}/segments", "segments", draftNumber=1)
        }
        api.ok("PUT", "datasets/{id}/callback", {**place, "remotePath": "after", "checksum": api.upload(b"after")})
        api.dataset_id = api.ok("GET", "datasets", name=f"commits-{seed}")["datasets"][0]["id"]
        commits = {row["commitId"] for row in everything(api, "datasets/{id}/commits", "commits")}
        assert answered.commits.keys() <= commits
        assert len(commits) <= len(answered.commits) + 1
        for commit_id, count in answered.commits.items():
            assert api.ok("GET", "datasets/{id}/segments", commit=commit_id, limit=1)["totalCount"] == count
            manifest = read_manifest(data / "objects", api.dataset_id, commit_id)
            assert len(list(manifest.records())) == count


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_a_random_moment_nothing_answered_is_lost(tmp_path: Path, seed: int) -> None:
    check(tmp_path, seed, round_of(tmp_path, seed))


@pytest.mark.slow
def test_killed_fifty_times_over_one_folder(tmp_path: Path) -> None:
    for seed in range(100, 150):
        check(tmp_path, seed, round_of(tmp_path, seed))


def test_sigterm_in_the_middle_of_an_upload_ends_in_time_and_leaves_nothing_half(tmp_path: Path) -> None:
    with Process(tmp_path) as process:
        api = process.api.make()
        fields = api.fields(b"never whole")
        head = b"".join(
            f'--xYz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        body = head + b'--xYz\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\nnever'
        parts = urlsplit(api.platform.url)
        request = f"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 1000}\r\n"
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(f"{request}Content-Type: multipart/form-data; boundary=xYz\r\n\r\n".encode() + body)
            while not api.stored():
                time.sleep(0.01)
            began_s = time.monotonic()
            process.child.send_signal(signal.SIGTERM)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
            assert process.child.wait(10) == 0
            assert time.monotonic() - began_s < 10
        _, errors = process.child.communicate()
        assert "Traceback" not in errors
        assert api.stored() == []


def test_idle_platform_ends_at_once(tmp_path: Path) -> None:
    with Process(tmp_path) as process:
        process.child.send_signal(signal.SIGTERM)
        assert process.child.wait(3) == 0
