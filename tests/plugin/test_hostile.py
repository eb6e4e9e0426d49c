"""Plugins that misbehave get one clear error each, by the name of their distribution; the others still load."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOSTILE = Path(__file__).resolve().parents[1] / "plugins" / "hostile"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hostile distribution on the path, with the metadata that an installer would have written."""
    site = tmp_path_factory.mktemp("site")
    (site / "hostile").symlink_to(HOSTILE / "hostile")
    project = tomllib.loads((HOSTILE / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"lading_hostile-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["lading"].items())
    (info / "entry_points.txt").write_text(f"[lading]\n{points}")
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lading", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def broken(environment: dict[str, str]) -> list[str]:
    done = run(environment, "formats", "--json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)["broken"]
    assert {row["distribution"] for row in rows} == {"lading-hostile"}
    return [row["error"] for row in rows]


@pytest.mark.parametrize(
    "expected",
    [
        "expected 'hostile.does_not_import' to import, found RuntimeError: no luck today",
        "expected 'hostile.is_not_there' to import, found ModuleNotFoundError: No module named 'hostile.is_not_there'",
        "expected hooks out of register_readers, register_rules, register_writers, found 'register_reader'",
        "expected one of the readers to be named 'twin', found two, in lading-hostile and lading-hostile",
        "expected register_readers to give a list of classes, found str",
        "expected register_readers to give classes derived from Reader, found 42",
        "expected register_readers to answer, found KeyError: 'boom'",
        "Unnamed: expected `name` to be a non-empty string, found ''",
        "Unfinished: expected `open` to be defined, found none",
    ],
)
def test_what_is_wrong_is_told(broken: list[str], expected: str) -> None:
    assert f"lading-hostile: {expected}" in broken


def test_the_rest_is_listed_and_works(environment: dict[str, str]) -> None:
    listed = json.loads(run(environment, "formats", "--json").stdout)["readers"]
    assert "midstream" in [row["name"] for row in listed]
    assert "twin" not in [row["name"] for row in listed]


def test_people_see_what_is_broken(environment: dict[str, str]) -> None:
    done = run(environment, "formats")
    assert done.returncode == 0
    assert "broken: lading-hostile: expected 'hostile.does_not_import' to import" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_two_have_cannot_be_used(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, "inspect", tmp_path, "--format", "twin")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "in lading-hostile and lading-hostile" in done.stderr


@pytest.mark.parametrize("command", ["inspect", "dump", "validate"])
def test_a_reader_that_raises_at_work_is_one_line_and_debug_shows_where(
    command: str, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "midstream.txt").write_text("")
    done = run(environment, command, tmp_path)
    assert done.returncode == 2
    *warnings, last = done.stderr.splitlines()
    assert last == "error: internal error: ZeroDivisionError: in the middle; --debug shows where"
    assert all(
        re.fullmatch(r"WARNING lading\.\S+: lading-hostile: .*its rules are left out", line) for line in warnings
    )
    debugged = run(environment, command, tmp_path, "--debug")
    assert "Traceback" in debugged.stderr
    assert "midstream.py" in debugged.stderr
