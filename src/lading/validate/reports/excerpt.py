"""The line or value of a source that a finding is about, for reports that show it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from lading.errors import LadingError
from lading.model.content import Content
from lading.model.report import Finding, tokens_of

#: Gives a file of the source by its path, or None.
Opener: TypeAlias = Callable[[str], Content | None]

#: Files above this size, in bytes, are not read for an excerpt; JSON has to be decoded whole for one.
LARGEST_TEXT = 64 << 20
_LARGEST_JSON = 16 << 20

_LONGEST = 140

_OPENING = re.compile(r"<([\w.-]+)[^<>]*>")
_MOST_LINES = 12


class Excerpts:
    """Shows places of a source; the last file is kept, for findings come file by file."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._path: str | None = None
        self._lines: list[str] = []
        self._value: Any = None
        self._has_value = False

    def show(self, finding: Finding) -> str | None:
        """One line that is to be read beside a finding; None where its file cannot be shown."""
        if finding.file is None or (finding.line is None and finding.pointer is None):
            return None
        if finding.file != self._path:
            self._read(finding.file)
        if finding.line is not None:
            return _element(self._lines, finding.line - 1) if 0 < finding.line <= len(self._lines) else None
        if not self._has_value or finding.pointer is None:
            return None
        return _describe(self._value, finding.pointer)

    def _read(self, path: str) -> None:
        self._path, self._lines, self._value, self._has_value = path, [], None, False
        content = self._opener(path)
        try:
            is_json = path.lower().endswith(".json")
            if content is None or content.size > (_LARGEST_JSON if is_json else LARGEST_TEXT):
                return
            with content.open() as stream:
                data = stream.read()
        except (LadingError, OSError):
            return
        if is_json:
            with suppress(ValueError, RecursionError):
                self._value, self._has_value = json.loads(data), True
        self._lines = data.decode("utf-8", "replace").splitlines()


def _element(lines: list[str], index: int) -> str:
    """A line; where an XML element opens there and nothing else stands beside it, the lines up to its end."""
    opened = _OPENING.fullmatch(lines[index].strip())
    if opened is not None:
        for end in range(index + 1, min(index + _MOST_LINES, len(lines))):
            if lines[end].strip() == f"</{opened[1]}>":
                return _shorten(" ".join(line.strip() for line in lines[index : end + 1]))
    return _shorten(lines[index])


def _describe(value: Any, pointer: str) -> str | None:
    """The value that a pointer leads to, or the record that lacks it."""
    tokens = tokens_of(pointer)
    for place, token in enumerate(tokens):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        elif isinstance(value, dict) and 0 < place == len(tokens) - 1:
            tokens = tokens[:place]
        else:
            return None
    shown = json.dumps(value, ensure_ascii=False)
    return _shorten(f'"{tokens[-1]}": {shown}' if tokens and not tokens[-1].isdecimal() else shown)


def _shorten(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
