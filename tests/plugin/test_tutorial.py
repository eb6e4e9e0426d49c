"""The tutorial is the plugin that it builds: its blocks are the files, its commands print what it shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
PAGE = (TUTORIAL / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The plugin on the path, with the metadata that an installer would have written."""
    site = tmp_path_factory.mktemp("site")
    (site / "lading_boxlines").symlink_to(TUTORIAL / "src" / "lading_boxlines")
    project = tomllib.loads((TUTORIAL / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"lading_boxlines-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["lading"].items())
    (info / "entry_points.txt").write_text(f"[lading]\n{points}")
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}


def test_every_file_stands_on_the_page_as_it_is() -> None:
    shown = dict(re.findall(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    kinds = {".py", ".toml", ".jsonl"}
    files = [path for path in TUTORIAL.rglob("*") if path.suffix in kinds]
    assert shown == {path.relative_to(TUTORIAL).as_posix(): path.read_text("utf-8") for path in files}


def test_its_commands_print_what_the_page_shows(environment: dict[str, str]) -> None:
    shown = re.findall(r"^```console\n\$ lading (.*?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [command for command, _ in shown] == ["detect tests/pier", "validate tests/pier"]
    for command, expected in shown:
        done = subprocess.run(
            [sys.executable, "-m", "lading", *command.split()],
            cwd=TUTORIAL,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, expected), done.stderr


def test_its_tests_pass(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"]
    done = subprocess.run(command, cwd=TUTORIAL, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "15 passed" in done.stdout


def test_it_converts_and_two_processes_read_the_same(environment: dict[str, str], tmp_path: Path) -> None:
    def lading(*arguments: str) -> str:
        command = [sys.executable, "-m", "lading", *arguments]
        done = subprocess.run(command, cwd=TUTORIAL, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert lading("inspect", "tests/pier", "--jobs", "2", "--json") == lading("inspect", "tests/pier", "--json")
    lading("convert", "tests/pier", str(tmp_path / "coco"), "--to", "coco")
    converted = json.loads(lading("inspect", str(tmp_path / "coco"), "--json"))
    assert converted["categories"] == {"BOX2D": {"boat": 2, "buoy": 1}}
