"""`lading serve` as people start it: where its access key comes from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lading.errors import LadingError
from lading.server.embedded import running

DATASETS = "/gatewayv2/tensorbay-open-api/v1/datasets"


TAKEN = (
    "expected no other platform on this folder, found one that runs; speak to that one by its address, "
    "or take another folder (--data, LADING_HOME)"
)


def serve(folder: Path, key: Path) -> list[str]:
    command = [sys.executable, "-m", "lading", "serve", "--data", str(folder), "--port", "0"]
    return [*command, "--access-key-file", str(key)]


def status(url: str, key: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url + DATASETS, headers={"X-Token": key})) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code


def test_the_key_in_the_file_opens_the_platform_and_is_not_printed(tmp_path: Path) -> None:
    """The file is named on the command line, so it goes before what lies in the environment."""
    (tmp_path / "key").write_text("Accesskey-of-the-file\n")
    environment = {**os.environ, "LADING_ACCESS_KEY": "Accesskey-of-the-environment"}
    pipe = subprocess.PIPE
    command = serve(tmp_path / "data", tmp_path / "key")
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        found = [status(url, f"Accesskey-of-the-{place}") for place in ("file", "environment")]
        process.terminate()
        assert process.communicate() == ("", "")
    assert found == [200, 401]


def test_two_platforms_on_one_folder_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    command = serve(tmp_path / "data", tmp_path / "key")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        url = first.stdout.readline().strip()
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (second.returncode, second.stdout) == (2, "")
        assert second.stderr == f"error: {tmp_path / 'data'}: {TAKEN}\n"
        with pytest.raises(LadingError, match=re.escape(TAKEN)), running(tmp_path / "data"):
            pass  # also within a process
        assert status(url, "k") == 200
        first.kill()  # whatever ends it, the folder is free again
    with running(tmp_path / "data"):
        assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 2
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as third:
        assert third.stdout is not None
        assert third.stdout.readline().startswith("http://")
        third.terminate()


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "No such file or directory"), (b" \n", "it empty"), (b"\xff\xfe", "bytes that are not UTF-8")],
    ids=["no file", "an empty file", "a binary file"],
)
def test_a_file_without_a_key_is_one_line(content: bytes | None, found: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    done = subprocess.run(serve(tmp_path / "data", file), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {file}: expected a file that holds the access key, found {found}\n"
    assert not (tmp_path / "data").exists()


def test_an_upload_takes_no_folder_that_a_platform_holds(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    harbour = Path(__file__).parents[2] / "fixtures/coco"
    upload = [sys.executable, "-m", "lading", "upload", str(harbour), "--dataset", "harbour", "--no-validate"]
    environment = {**os.environ, "LADING_HOME": str(tmp_path)}
    with subprocess.Popen(serve(tmp_path / "platform", tmp_path / "key"), stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline().startswith("http://")
        done = subprocess.run(upload, capture_output=True, text=True, check=False, env=environment, timeout=60)
        first.terminate()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'platform'}: {TAKEN}\n"
