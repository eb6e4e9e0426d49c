"""An access key among the arguments is found, and all else stays as it was given."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lading.cli.start import without_key


@pytest.mark.parametrize(
    ("given", "left", "key"),
    [
        (["upload", "p", "--access-key", "K", "-q"], ["upload", "p", "-q"], "K"),
        (["upload", "--access-key=K", "p"], ["upload", "p"], "K"),
        (["upload", "--access-key=K=2", "p"], ["upload", "p"], "K=2"),
        (["serve", "--access-key="], ["serve"], ""),
        (["a", "--access-key", "1", "--access-key=2"], ["a"], "2"),
        (["a", "--access-key", "--json"], ["a"], "--json"),
        (["a", "--access-key"], ["a", "--access-key"], None),
        (["a", "--access-key-file", "f"], ["a", "--access-key-file", "f"], None),
        (["a", "--", "--access-key", "K"], ["a", "--", "--access-key", "K"], None),
        ([], [], None),
    ],
)
def test_the_key_is_found(given: list[str], left: list[str], key: str | None) -> None:
    assert without_key(given) == (left, key)


def test_ctrl_c_while_python_begins_is_one_line() -> None:
    """Most of the time until a command starts goes into imports, so most interrupts of the hasty fall there."""
    script = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from lading.cli.start import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
