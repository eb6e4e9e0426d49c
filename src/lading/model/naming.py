"""Names as the platform takes them: what it forbids goes up as %XX, reversibly (design.md section 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

from lading.model.hash_table import HashTable

_CONTROL = "".join(map(chr, (*range(0x20), 0x7F)))
_PATH_FORBIDDEN = re.compile(f"[%\\\\{re.escape(_CONTROL)}]")
_SEGMENT_FORBIDDEN = re.compile(f"[%\\\\.:@#{re.escape(_CONTROL)}]")
_PATH_FORBIDDEN_BUT_NEWLINE = re.compile(f"[%\\\\{re.escape(_CONTROL.replace(chr(10), ''))}]")
_ESCAPED = re.compile("%([0-9A-F]{2})")

#: The segment in which an upload keeps what the wire has no field for (docs/platform.md); no segment of a source goes
#: up under this name.
SIDECAR_SEGMENT = "lading-sidecar"


def wire_path(remote_path: str) -> str:
    """A remote path as it goes up: `%`, `\\`, control characters, a leading `/` and the parts `.` and `..` escaped."""
    escaped = _PATH_FORBIDDEN.sub(_percent, remote_path)
    parts = [part.replace(".", "%2E") if part in (".", "..") else part for part in escaped.split("/")]
    joined = "/".join(parts)
    return f"%2F{joined[1:]}" if joined.startswith("/") else joined


def are_wire_paths(remote_paths: Sequence[str]) -> bool:
    """Whether all of these paths go up as they are; False where one is empty."""
    joined = "/" + "/\n/".join(remote_paths) + "/"
    return not (
        joined.count("\n") >= len(remote_paths)  # one of them has one
        or joined.startswith("//")
        or "\n//" in joined
        or "/./" in joined
        or "/../" in joined
        or _PATH_FORBIDDEN_BUT_NEWLINE.search(joined)
    )


def wire_segment(name: str) -> str:
    """A segment's name as it goes up: as a path, and `.`, `:`, `@`, `#` escaped."""
    if name == SIDECAR_SEGMENT:
        return name.replace("-", "%2D")
    return _SEGMENT_FORBIDDEN.sub(_percent, name)


class RemotePaths:
    """The paths under which the files of one segment go up, no two alike.

    A file goes up under its remote path; where an earlier file has that already, under its path in the source. Kept
    are hashes of the paths, 24 to 48 bytes each, not the paths.
    """

    def __init__(self) -> None:
        self._taken = HashTable()

    def assign(self, remote_path: str, path: str) -> str:
        """The wire path of the file `path` that the source calls `remote_path`; the same file gets the same again."""
        owner = short_hash(path)
        for name in (remote_path, path):
            wire = wire_path(name)
            if self._taken.setdefault(short_hash(wire), owner) == owner:
                return wire
        return self._numbered(path, owner)

    def _numbered(self, path: str, owner: int) -> str:
        number = 2
        while self._taken.setdefault(short_hash(wire := f"{wire_path(path)}#{number}"), owner) != owner:
            number += 1
        return wire


def short_hash(text: str) -> int:
    """8 bytes that stand for a text in an index, the same in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def from_wire(name: str) -> str:
    """The name that `wire_path` or `wire_segment` was given; a `%` that no escape follows stays."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), name)


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
