"""The lines of calibration files: a key and its values (source-formats.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lading_kitti.texts import Problem, number_of


class Entry(NamedTuple):
    """One line of a calibration file: its number from 1, and its values, numbers where all of them are."""

    line: int
    values: list[float] | str


def parse_entries(lines: Sequence[str]) -> tuple[dict[str, Entry], list[Problem]]:
    """Key and values of each line: they part at the first colon, or at the first blank where there is none."""
    entries: dict[str, Entry] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        key, colon, rest = line.partition(":")
        if not colon or len(key.split()) > 1:
            key, rest = (*line.split(None, 1), "")[:2]
        key = key.strip()
        if key in entries:
            message = f"expected a key once, found {key!r} again; the first counts"
            problems.append(Problem("kitti.calibration-key", message, number, is_error=False))
            continue
        values = [number_of(word) for word in rest.split()]
        numbers = [value for value in values if value is not None]
        entries[key] = Entry(number, numbers if len(numbers) == len(values) else rest.strip())
    return entries, problems


def last_line(data: bytes, lines: Sequence[str]) -> int | None:
    """The number of the last line, from 1, where no line end follows it: it may have been cut."""
    return None if data.endswith((b"\n", b"\r")) else len(lines)


def shown(entries: Mapping[str, Entry]) -> dict[str, Any]:
    """The values of each line by its key."""
    return {key: entry.values for key, entry in entries.items()}
