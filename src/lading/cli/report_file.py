"""A report in a file: the whole of it, or what was there before."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from lading.errors import LadingError, TargetError

#: Folders whose files are streams of processes, or devices.
_OF_THE_SYSTEM = ("/dev", "/proc")


def check_target(file: Path) -> None:
    """Refuse a place that nothing can be written to, before the work is done. Raises TargetError."""
    if file.is_dir() or not file.resolve().parent.is_dir():
        found = "a folder" if file.is_dir() else "no folder for it"
        raise TargetError(f"{file}: expected a file to write to, found {found}")


def write_report(lines: Iterable[str], file: Path) -> None:
    """Write lines, each with its end, in UTF-8.

    The file gets its name when all of it is there: what ends the run before leaves an earlier report as it was. Devices
    and pipes, and a file in a folder that takes no other, are written to as they lie. Raises TargetError.
    """
    try:
        if not _is_replaced(file):
            _fill(file, "w", lines)
            return
        place = file.resolve()  # a link stays one, to another report
        fresh = place.with_name(f".lading-{secrets.token_hex(8)}")
        try:
            _fill(fresh, "x", lines)
            if place.exists():
                shutil.copymode(place, fresh)
            _rename(fresh, place)
        finally:
            fresh.unlink(missing_ok=True)
    except LadingError:
        raise  # of what is written, not of the file
    except OSError as exc:
        raise TargetError(f"{file}: expected a file to write to, found {exc.strerror}") from exc


def _is_replaced(file: Path) -> bool:
    """Whether a whole file may take the place of what is there; `/dev/stdout` may be a file whose writer goes on."""
    if any(file.absolute().is_relative_to(folder) for folder in _OF_THE_SYSTEM):
        return False
    return not file.exists() or (file.is_file() and os.access(file.resolve().parent, os.W_OK))


def _fill(place: Path, mode: Literal["w", "x"], lines: Iterable[str]) -> None:
    with place.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def _rename(fresh: Path, place: Path) -> None:
    try:
        fresh.replace(place)
    except OSError as exc:
        if exc.errno != errno.EBUSY:
            raise
        shutil.copyfile(fresh, place)  # a file that is mounted, as into a container, keeps its name
