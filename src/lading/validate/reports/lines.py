"""The lines that JSON pointers stand at, for viewers that show lines alone."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lading.errors import LadingError
from lading.model.report import Finding, tokens_of
from lading.validate.reports.excerpt import LARGEST_TEXT, Opener

#: Findings whose lines are looked for; code scanning of GitHub takes no more results of a run.
_MOST = 25_000

_GAP = re.compile(rb"[\s,]*")
_TEXT = rb'"(?:[^"\\]|\\.)*"'
_KEY = re.compile(rb"[\s,]*(" + _TEXT + rb")\s*:\s*", re.DOTALL)
#: Numbers that Python writes and JSON has not, and the texts that they may stand in.
_NO_JSON = re.compile(_TEXT + rb"|(-?\b(?:NaN|Infinity)\b)", re.DOTALL)


class PointerLines:
    """Finds the lines of findings that have a pointer alone: those that were asked for first, a file at a time.

    Files that are no JSON, or larger than 64 MB, are not read.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._count = 0
        self._found: dict[str, dict[str, int]] = {}

    def want(self, finding: Finding) -> None:
        """Note a finding whose line will be asked for."""
        if finding.line is None and finding.file is not None and finding.pointer and self._count < _MOST:
            self._count += 1
            self._wanted[finding.file].add(finding.pointer)

    def line(self, finding: Finding) -> int | None:
        """The line of a finding, from 1; None where it is not known."""
        file = finding.file
        if finding.line is not None or file is None or finding.pointer is None:
            return finding.line
        if file in self._wanted:
            self._found[file] = self._read(file, self._wanted.pop(file))
        return self._found.get(file, {}).get(finding.pointer)

    def _read(self, file: str, pointers: set[str]) -> dict[str, int]:
        try:
            content = self._opener(file)
            if content is None or content.size > LARGEST_TEXT or not file.lower().endswith(".json"):
                return {}
            with content.open() as stream:
                return lines_of(stream.read(), pointers)
        except (LadingError, OSError):
            return {}  # that it cannot be read is a finding of its own


class _Node:
    """A part of pointers: those that end here, and what comes next in others."""

    __slots__ = ("ends", "parts")

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.parts: dict[str, _Node] = {}


def lines_of(data: bytes, pointers: Iterable[str]) -> dict[str, int]:
    """The line, from 1, that the value of each pointer begins at; of one that leads nowhere, the last part that is.

    Empty where a text of several lines is no JSON, or a plain value.
    """
    if b"\n" not in data.rstrip():
        return dict.fromkeys(pointers, 1)
    root = _Node()
    for pointer in pointers:
        node = root
        for token in tokens_of(pointer):
            node = node.parts.setdefault(token, _Node())
        node.ends.append(pointer)
    start = len(data) - len(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    if data[start : start + 1] not in (b"[", b"{"):
        return {}
    places: dict[str, int] = {}
    text = _NO_JSON.sub(_number, data) if b"NaN" in data or b"Infinity" in data else data
    try:
        _walk(text, start, len(text), root, places)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    lines, line, before = dict[str, int](), 1, 0
    for pointer, place in sorted(places.items(), key=lambda item: item[1]):
        line += data.count(b"\n", before, place)
        before = place
        lines[pointer] = line
    return lines


def _number(found: re.Match[bytes]) -> bytes:
    """A number of JSON that is as long."""
    return b"0".ljust(len(found[1])) if found[1] else found[0]


def _walk(data: bytes, start: int, end: int, node: _Node, places: dict[str, int]) -> None:
    _settle(node, start, places)
    if node.parts:
        for token, at, after in _members(data, start, end):
            part = node.parts.get(token)
            if part is not None:
                _walk(data, at, after, part, places)


def _settle(node: _Node, place: int, places: dict[str, int]) -> None:
    places.update(dict.fromkeys(node.ends, place))
    for part in node.parts.values():
        _settle(part, place, places)


def _members(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The token of each value within an array or an object, and where it begins and ends; none of a plain value."""
    view = memoryview(data)[start:end]
    at = start + 1
    if data[start : start + 1] == b"[":
        for number, raw in enumerate(msgspec.json.decode(view, type=list[msgspec.Raw])):
            gap = _GAP.match(data, at)
            at = at if gap is None else gap.end()
            yield str(number), at, at + len(raw)
            at += len(raw)
    elif data[start : start + 1] == b"{":
        values: dict[str, Any] = msgspec.json.decode(view, type=dict[str, msgspec.Raw])
        while key := _KEY.match(data, at, end):
            token, at = json.loads(key[1]), key.end()
            value = bytes(values[token])
            if not data.startswith(value, at):
                return  # a key that stands twice: what follows is not known
            yield token, at, at + len(value)
            at += len(value)
