"""Which names of a tree are served: archives told by their ending, rubbish hidden, unsafe names refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

ZIP_ENDINGS = (".zip",)
TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")

# What macOS and Windows leave in folders; `._name` is told by its beginning.
_RUBBISH = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
_DRIVE = re.compile(r"[A-Za-z]:/")


def is_zip(name: str) -> bool:
    """Whether a file of this name is a zip."""
    return name.lower().endswith(ZIP_ENDINGS)


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that a source opens."""
    return name.lower().endswith(ZIP_ENDINGS + TAR_ENDINGS)


def stem(name: str) -> str:
    """The name without the ending of an archive; the longest ending counts."""
    endings = [ending for ending in ZIP_ENDINGS + TAR_ENDINGS if name.lower().endswith(ending)]
    return name[: -max(map(len, endings))] if endings else name


def is_hidden(part: str) -> bool:
    """Whether a file or folder of this name (one part of a path) is not listed."""
    return part.startswith(".") or part.lower() in _RUBBISH


def is_rubbish(part: str) -> bool:
    """Whether a file of this name is what a system leaves behind, which nobody means."""
    return part.startswith("._") or part.lower() in _RUBBISH


def is_out_of_sight(path: str) -> bool:
    """Whether a path is rubbish, or lies in a folder that is hidden."""
    *folders, name = path.split("/")
    return is_rubbish(name) or any(map(is_hidden, folders))


def listed(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Paths in no hidden folder, sorted: those of files that are listed, and those whose own name is hidden."""
    every = sorted(paths)
    hidden = [path for path in every if path.startswith(".") or "/." in path]
    if hidden:
        gone = frozenset(hidden)
        every = [path for path in every if path not in gone]
    return every, hidden


def is_text(name: str) -> bool:
    """Whether a name can be written as UTF-8: bytes that are not UTF-8 come as lone surrogates."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def unsafe(name: str) -> str | None:
    """Why a member's name may lead out of its archive, or None where it cannot."""
    if "\0" in name:
        return "a NUL byte"
    if "\\" in name:
        return "a backslash"
    if name.startswith("/") or _DRIVE.match(name):
        return "an absolute path"
    if ".." in name.split("/"):
        return "a part `..`"
    return None


def tidy(name: str) -> str:
    """A member's name without `.` parts and doubled slashes: `./a//b` is `a/b`."""
    if "//" not in name and "./" not in name and not name.endswith(("/", "/.")) and name != ".":
        return name
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def shown(path: str | os.PathLike[str]) -> str:
    """A path of the file system as text that can be printed and written as JSON."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


_PROSE = re.compile(
    r"(readme|licen[cs]e|source|changelog|notice)(\..*)?|.*\.(md|pdf|html?)|dataformat\.txt|lading\.toml", re.IGNORECASE
)


def is_prose(name: str) -> bool:
    """Whether a file of this name (the last part of a path) tells people of a dataset, and holds nothing of it."""
    return _PROSE.fullmatch(name) is not None
