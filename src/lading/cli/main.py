"""The `lading` command: its subcommands, its settings for all of them, and how errors end it."""

from __future__ import annotations

import errno
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from lading.cli.options import DEBUG, Command, Group, OutputClosedError
from lading.cli.output import mute
from lading.cli.signals import exit_code
from lading.errors import LadingError

#: Bad usage, or nothing could be read (design.md section 6).
NOTHING_DONE = 2

#: What the system says when there is no room for more.
_OUTPUT_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

#: Each is the function of its name in a module of its name, which is imported when the command is asked for.
_COMMANDS = (
    *("catalog", "convert", "demo", "detect", "diff", "dump", "formats"),
    *("inspect", "preview", "prune", "serve", "stats", "upload", "validate"),
)


class _Commands(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"lading.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Read labelled datasets, check them, and upload them to a dataset platform.

    PATH is a folder, a zip, a tar or one annotation file; several are laid over each other in order. Or it is a
    dataset on a platform, http://HOST:PORT/DATASET[@REVISION], or in its store of objects.
    """


def _system_error(exc: OSError) -> str:
    """What the system refused, and where; without a name it is the output, as every file has one."""
    if exc.filename is None and exc.errno in _OUTPUT_FULL:
        return f"standard output: expected room for what is printed, found {exc.strerror}"
    if exc.filename is None and exc.errno == errno.ENOENT:
        return "working directory: expected it to be there, found that it was removed"
    return f"{exc.filename or 'system'}: expected it to work, found {exc.strerror or exc}"


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done and clean, 1 findings or a part not done, 2 bad usage or nothing read."""
    sys.exit(execute(arguments))


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; its exit code. Errors are one line on stderr, with `--debug` a traceback before it."""
    if sys.stderr is None:  # nobody listens; and the next file to be opened would have its number
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  it stays open as long as we run
    if sys.stdout is None:
        return _fail("standard output: expected it to be open, found it closed")
    answer: object = 0
    try:
        answer = main.main(args=None if arguments is None else list(arguments), standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.ClickException as exc:
        exc.show(sys.stderr)
        return exc.exit_code
    except (click.Abort, KeyboardInterrupt) as exc:
        click.echo("interrupted", err=True)
        return exit_code(exc)
    except (BrokenPipeError, OutputClosedError):
        mute()  # whoever read our output has what it wanted
    except LadingError as exc:
        return _fail(str(exc))
    except OSError as exc:
        return _fail(_system_error(exc))
    except Exception as exc:  # noqa: BLE001  a defect of ours or of a plugin: it ends the run, in one line like any error
        return _fail(f"internal error: {type(exc).__name__}: {exc}; --debug shows where")
    return answer if isinstance(answer, int) else 0


def _fail(message: str) -> int:
    if DEBUG.is_on:
        logging.getLogger("lading").error("the traceback, because of --debug", exc_info=True)
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return NOTHING_DONE


__all__ = ["Command", "execute", "main", "run"]
