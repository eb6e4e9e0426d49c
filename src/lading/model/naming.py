"""Names as the platform takes them: what it forbids goes up as %XX, reversibly (design.md section 8)."""

from __future__ import annotations

import re

_CONTROL = "".join(map(chr, (*range(0x20), 0x7F)))
_PATH_FORBIDDEN = re.compile(f"[%\\\\{re.escape(_CONTROL)}]")
_SEGMENT_FORBIDDEN = re.compile(f"[%\\\\.:@#{re.escape(_CONTROL)}]")
_ESCAPED = re.compile("%([0-9A-F]{2})")


def wire_path(remote_path: str) -> str:
    """A remote path as it goes up: `%`, `\\`, control characters, a leading `/` and the parts `.` and `..` escaped."""
    escaped = _PATH_FORBIDDEN.sub(_percent, remote_path)
    parts = [part.replace(".", "%2E") if part in (".", "..") else part for part in escaped.split("/")]
    joined = "/".join(parts)
    return f"%2F{joined[1:]}" if joined.startswith("/") else joined


def wire_segment(name: str) -> str:
    """A segment's name as it goes up: as a path, and `.`, `:`, `@`, `#` escaped."""
    return _SEGMENT_FORBIDDEN.sub(_percent, name)


def from_wire(name: str) -> str:
    """The name that `wire_path` or `wire_segment` was given; a `%` that no escape follows stays."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), name)


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
