"""Help and version: quick, and from a bare install."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

COMMANDS = ["formats", "detect", "inspect", "catalog", "dump", "validate", "convert", "upload", "serve", "demo"]
COMMANDS += ["stats", "preview", "diff", "prune"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lading", *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_and_the_settings_of_all(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    for option in ("-v,", "-q,", "--debug", "--version"):
        assert option in done.stdout


def test_a_line_on_each_command_fits_into_a_terminal_of_80_columns() -> None:
    """A sentence that is cut says nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "lading", "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    lines = done.stdout.splitlines()[1:]
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize("command", ["inspect", "convert", "upload", "preview"])
def test_what_is_a_commands_own_stands_before_what_it_shares(command: str) -> None:
    own, reading, everywhere = (
        re.findall(r"^  (?:-\w, )?(--[\w-]+)", part, re.MULTILINE)
        for part in re.split(r"(?:Reading PATH|Everywhere):\n", run(command, "--help").stdout.partition("Options:")[2])
    )
    shared = ["--format", "--option", "--follow-links", "--access-key", "--access-key-file", "--ca-bundle"]
    assert reading == shared
    assert everywhere == ["--verbose", "--quiet", "--debug", "--version", "--help"]
    assert own
    assert not set(own) & {*reading, *everywhere}


@pytest.mark.parametrize("arguments", [["--version"], ["inspect", "--version"]], ids=["lading", "a command"])
def test_the_version_is_the_distributions(arguments: list[str]) -> None:
    from importlib.metadata import version

    done = run(*arguments)
    assert (done.returncode, done.stdout) == (0, f"lading {version('lading')}\n")


@pytest.mark.parametrize("arguments", ["['--help']", "['upload', '--help']"], ids=["lading", "upload"])
def test_help_imports_neither_numpy_nor_a_reader(arguments: str) -> None:
    script = (
        "import sys; from lading.cli.main import execute\n"
        f"execute({arguments})\n"
        "names = ('numpy', 'PIL', 'pydantic', 'pluggy', 'aiohttp', 'fastapi', 'lading_coco', 'lading_voc')\n"
        "print([n for n in names if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_no_command_is_bad_usage() -> None:
    done = run("nothing")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "No such command 'nothing'" in done.stderr
    assert "Traceback" not in done.stderr
