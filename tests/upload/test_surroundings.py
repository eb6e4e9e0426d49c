"""What the machine around an upload does: files that change on the way, odd names, full disks, two uploads at once."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from lading.errors import UploadError
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.upload import UploadResult
from lading.upload.files import KEPT

from .conftest import Bytes, Reading, Send
from .test_faults import check_whole, dataset

LARGE = KEPT * 3


class Changing:
    """A file that is read twice, as it is too large to be kept; it is `later` from the second time on."""

    path, stamp, size = "large.bin", None, LARGE

    def __init__(self, later: bytes | None) -> None:
        self.later = later
        self.opened = 0

    def open(self) -> BinaryIO:
        self.opened += 1
        if self.opened == 1:
            return io.BytesIO(b"a" * LARGE)
        if self.later is None:
            raise FileNotFoundError(2, "No such file or directory")
        return io.BytesIO(self.later)


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (b"a" * (LARGE - 1) + b"b", "expected the bytes that it had at first, found others"),
        (b"a" * (LARGE - 5), f"expected {LARGE} bytes, as at first, found {LARGE - 5}"),
        (b"a" * (LARGE + 5), f"expected {LARGE} bytes, as at first, found more"),
        (b"", f"expected {LARGE} bytes, as at first, found 0"),
        (None, "expected a file that can be read, found no such file or directory"),
    ],
    ids=["other bytes", "shrinks", "grows", "is emptied", "vanishes"],
)
def test_a_file_that_changes_while_it_is_sent_is_named_and_the_next_run_sends_it(
    later: bytes | None, reason: str, send: Send, reading: Reading
) -> None:
    content = Changing(later)
    row = Data(path="large.bin", remote_path="large.bin", content=content)
    other = Data(path="b.bin", remote_path="b.bin", content=Bytes("b.bin", b"b"))
    rows = MemoryDataset("d", {"s": [Frame(key=data.path, data=[data]) for data in (row, other)]})
    result = send(rows)
    assert result.failures == [("large.bin", f"large.bin: {reason}")]
    assert (result.sent, result.commit_id) == (1, None)
    content.opened, content.later = 0, b"a" * LARGE
    again = send(rows)
    assert again.commit_id is not None
    assert [row["remotePath"] for row in reading.details(send.name, again.commit_id, "s")] == ["b.bin", "large.bin"]


NAMES = [
    unicodedata.normalize("NFC", "é.jpg"),
    unicodedata.normalize("NFD", "é.jpg"),
    f"{'a' * 251}.jpg",
    f"{'é' * 125}.jpg",
    f"{'d/' * 100}x.jpg",
    "a b%20.jpg",
    "ß\u200d🚢.jpg",
    "trailing. ",
    "a\nb.jpg",
    "..",
]


def named(names: list[str]) -> MemoryDataset:
    rows = [Data(path=name, remote_path=name, content=Bytes(name, b"%d" % i)) for i, name in enumerate(names)]
    return MemoryDataset("d", {"s": [Frame(key=row.path, data=[row]) for row in rows]})


def test_names_of_every_kind_arrive_and_come_back(send: Send) -> None:
    """Two that look alike, in composed and decomposed letters, are two."""
    result = send(named(NAMES), verify=True)
    assert (result.failures, result.sent) == ([], len(NAMES))
    assert send(named(NAMES), verify=True).draft_number is None


def test_a_name_that_is_no_text_is_named_and_all_else_goes_up(send: Send) -> None:
    """Half a surrogate pair, as JSON can spell it."""
    for _ in range(2):
        result = send(named(["a.jpg", "\ud800.jpg"]))
        ((path, reason),) = result.failures
        assert path == "\ud800.jpg"
        assert reason.endswith(r": expected a remote path in UTF-8, found '\ud800.jpg'")
        assert result.commit_id is None


def test_two_uploads_at_once_from_two_machines_leave_one(send: Send, reading: Reading, tmp_path: Path) -> None:
    """Ledgers of their own, so neither knows of the other."""

    def run(machine: int) -> UploadResult | UploadError:
        try:
            return send(dataset(send.name), ledgers=tmp_path / str(machine), jobs=2)
        except UploadError as exc:
            return exc

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(run, (1, 2)))
    for found in ended:
        if isinstance(found, UploadError):
            assert "expected it to be open, found it closed or committed" in str(found)
    assert any(isinstance(found, UploadResult) and found.commit_id is not None for found in ended)
    commits = {send(dataset(send.name), ledgers=tmp_path / str(machine)).commit_id for machine in (1, 2)}
    assert len(commits) == 1
    check_whole(reading, send.name, commits.pop())


def coco(folder: Path, files: int) -> Path:
    """A dataset on disk of so many small files, which need no picture to be read."""
    folder.mkdir()
    dice = random.Random(files)
    images = [
        {"id": i, "file_name": f"{i:04}.jpg", "width": 8, "height": 8, "more": str(dice.random())} for i in range(files)
    ]
    for image in images:
        (folder / str(image["file_name"])).write_text(f"{folder} {image['id']}")  # nobody else's bytes
    text = json.dumps({"images": images, "annotations": [], "categories": [{"id": 1, "name": "x"}]})
    (folder / "instances.json").write_text(text)
    return folder


class Command:
    """`lading upload` of a folder, in a process of its own."""

    def __init__(self, send: Send, folder: Path, home: Path) -> None:
        self.line = [sys.executable, "-m", "lading", "upload", str(folder), "--dataset", send.name]
        self.line += ["--platform", send.platform.url, "--no-validate", "--json"]
        key = {"LADING_ACCESS_KEY": send.platform.access_key, "NO_PROXY": "*"}
        self.environment = {**os.environ, "LADING_HOME": str(home), **key}

    def run(self, **how: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.line, capture_output=True, text=True, env=self.environment, check=False, **how)


def test_a_full_disk_is_said_and_the_next_run_goes_on(send: Send, tmp_path: Path) -> None:
    """No file may be longer than 2,000 bytes: neither the ledger nor the sidecar has room."""
    command = Command(send, coco(tmp_path / "source", 200), tmp_path / "home")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = command.run(preexec_fn=limit)
    assert done.returncode == 2
    ledger, error = done.stderr.splitlines()
    assert ledger.endswith("expected a ledger that can be written, found disk I/O error; going on without it")
    assert error.startswith("error: temporary file in ")
    assert error.endswith(": expected room for the sidecar, found File too large; TMPDIR names another folder")
    again = command.run()
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert told["files"]["sent"] + told["files"]["skipped"] == 200
    assert told["commitId"] is not None


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_command_that_is_told_to_end_says_how_to_go_on(
    name: str, send: Send, reading: Reading, tmp_path: Path
) -> None:
    command = Command(send, coco(tmp_path / "source", 2_000), tmp_path / "home")
    # Under nohup SIGHUP is ignored, and stays so: the command begins with it as a terminal has it.
    begin = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", begin, *command.line],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=command.environment,
    )
    objects = reading.platform.data_dir / "objects"
    before = sum(1 for _ in objects.rglob("*"))
    until = time.monotonic() + 60
    while sum(1 for _ in objects.rglob("*")) < before + 50 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(getattr(signal, name))
    out, err = process.communicate()
    assert (process.returncode, out) == (128 + getattr(signal, name), "")
    assert err.splitlines() == [
        "WARNING lading.upload.interrupt: interrupted: what is in flight is finished; once more ends at once",
        "interrupted; the same command takes up what is left",
    ]
    again = command.run()
    told = json.loads(again.stdout)
    assert told["files"]["skipped"] >= 30
    assert told["files"]["sent"] + told["files"]["skipped"] == 2_000
    assert [draft["status"] for draft in reading.drafts(send.name)] == ["COMMITTED"]
