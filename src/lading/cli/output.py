"""What goes to stdout: JSON for programs, lines and tables for people."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: The version of the keys that design.md section 6 fixes.
SCHEMA_VERSION = 1


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object, indented; NaN and infinities as null."""
    write(_encode(value, indent=2))


def print_json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line; NaN and infinities as null."""
    write(_encode(value))


def _encode(value: Mapping[str, Any], indent: int | None = None) -> bytes:
    import msgspec

    whole = {"schemaVersion": SCHEMA_VERSION, **value}
    try:
        text = msgspec.json.encode(whole, enc_hook=_plain)
        return text if indent is None else msgspec.json.format(text, indent=indent)
    except UnicodeEncodeError:  # half a surrogate, which JSON may hold (RFC 8259, 8.2) and UTF-8 may not
        plain = _without_nan(msgspec.to_builtins(whole, enc_hook=_plain))
        separators = (",", ":") if indent is None else None
        return json.dumps(plain, indent=indent, separators=separators, ensure_ascii=True).encode("ascii")


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """What JSON has no word for, as what comes nearest: numpy's numbers and arrays, and any object as its text."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def write(line: bytes) -> None:
    """One line of UTF-8."""
    sys.stdout.buffer.write(line + b"\n")


def mute() -> None:
    """Say nothing more: nobody reads it, and Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_text(text: str = "") -> None:
    """One line for people; what the terminal's encoding or UTF-8 cannot hold is escaped."""
    write(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """A table for people; the columns whose indexes are in `right` hold numbers."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not sys.stdout.isatty():
        console.width = 10_000  # no terminal, nothing to fit into
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        print_text(line.rstrip())


def print_head(
    columns: Sequence[str], rows: Sequence[Sequence[object]], what: str, *, right: Sequence[int] = (), most: int | None
) -> None:
    """The first `most` rows of a table, and how many others there are; all of them where it is None."""
    print_table(columns, rows[:most], right=right)
    if most is not None and len(rows) > most:
        print_text(f"and {len(rows) - most:,} {what} more (--all, --json)")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
