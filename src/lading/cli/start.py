"""Where the `lading` command begins, before anything large is imported.

An access key among its arguments is taken out of everybody's sight first.

Everybody on a machine can read the arguments of its processes, and only their user the environment. So the process
begins anew with the key in the environment: the same process, no other library (`setproctitle` writes over the
arguments in place, a compiled dependency for one option), and its children have none to show either.

Of what is imported nothing is ever garbage, so the collector does not look at it again and again, nor when all ends;
and nothing here multiplies large matrices, so the library that numpy has for that starts no threads.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

_OPTION = "--access-key"
_VARIABLE = "LADING_ACCESS_KEY"


class _Begun:
    """Whether this process is the command: what it starts can begin as it did, as no program can that calls it."""

    is_command = False


BEGUN = _Begun()

#: How many new objects there are before the collector looks at them for the first time: more than a command imports.
_FIRST_LOOK = 100_000


def run() -> NoReturn:
    """Run the command line and exit."""
    try:
        hide_key()
        begin_lightly()
        BEGUN.is_command = True
        from lading.cli.main import run as run_commands
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(128 + signal.SIGINT)
    try:
        run_commands()
    finally:
        gc.freeze()  # the system takes all of it back at once; the collector need not look through it


def begin_lightly() -> None:
    """Let the imports to come cost no more than they need to; what the environment says about threads is kept."""
    usual = gc.get_threshold()

    def go_on_as_usual(phase: str, _: dict[str, int]) -> None:
        if phase == "stop":
            gc.callbacks.remove(go_on_as_usual)
            gc.freeze()  # it was all looked at now
            gc.set_threshold(*usual)

    gc.callbacks.append(go_on_as_usual)
    gc.set_threshold(_FIRST_LOOK)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # processes of --jobs inherit it


def hide_key() -> None:
    """Begin anew without the key, where there is one among the arguments."""
    given = sys.argv[1:]
    left, key = without_key(given)
    before = len(sys.orig_argv) - len(given)
    if key is None or not sys.executable or sys.orig_argv[before:] != given:
        return
    if sys.stderr is not None and not {"-q", "--quiet"}.intersection(left):
        message = f"{_OPTION} was in the list of processes for a moment and stays in the shell's history"
        sys.stderr.write(f"warning: {message}; {_VARIABLE} does neither\n")
        sys.stderr.flush()
    os.environ[_VARIABLE] = key
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:before], *left])


def without_key(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """The arguments without the option, and its value; the last one where it is given several times."""
    left: list[str] = []
    key: str | None = None
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*left, argument, *rest], key
        name, equals, value = argument.partition("=")
        if name != _OPTION:
            left.append(argument)
        elif equals:
            key = value
        elif (following := next(rest, None)) is not None:
            key = following
        else:
            left.append(argument)  # without a value, which will be said
    return left, key
