"""Image sets: lists of ids, with a column for a class (1, -1, 0), an object, or an object and an action."""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import msgspec

from lading.media import is_image_name
from lading_voc.layout import folder_of

#: Kinds in the order in which they make segments (design.md section 8); others follow by name.
_KINDS = ("Main", "Segmentation", "Layout", "Action")
_FIRST = ("train", "val", "test")
_LAST = ("trainval",)

#: Sets that share no id; `trainval` is the first two of them together (source-formats.md 5.9: 5,717 + 5,823 = 11,540).
APART = {
    "train": ("val", "test"),
    "val": ("train", "test"),
    "test": ("train", "val", "trainval"),
    "trainval": ("test",),
}

#: How many columns beside the id make a set one of a class or of an action, which lists every picture again.
_CLASS_COLUMNS = {"Main": 1, "Action": 2}

_NUMBER = re.compile(r"-?[0-9]{1,4}")
_HEAD_BYTES = 4096


class ImageSet(msgspec.Struct, frozen=True):
    """One file of a set: `kind` is its folder below ImageSets, `name` its stem."""

    path: str
    kind: str
    name: str

    @property
    def label(self) -> str:
        """`Main/train`."""
        return f"{self.kind}/{self.name}"

    @property
    def rank(self) -> tuple[int, str, int, str]:
        """Sorts sets as segments take their frames from them."""
        kind = _KINDS.index(self.kind) if self.kind in _KINDS else len(_KINDS)
        if self.name in _FIRST:
            return (kind, self.kind, _FIRST.index(self.name), "")
        return (kind, self.kind, len(_FIRST) + (self.name in _LAST), self.name)


class Entry(NamedTuple):
    """A line of a set: the id, the columns after it, and its line (from 1)."""

    id: str
    columns: tuple[str, ...]
    line: int


def image_set(path: str) -> ImageSet:
    """The set of a file below ImageSets; one that lies directly there is of Main."""
    directory, _, file = path.rpartition("/")
    kind, _, rest = folder_of(directory).below.rstrip("/").partition("/")
    known = {name.lower(): name for name in _KINDS}
    name = file.rpartition(".")[0]
    return ImageSet(path, known.get(kind.lower(), kind) or "Main", f"{rest}/{name}" if rest else name)


def is_class_set(found: ImageSet, data: bytes, known: Container[str]) -> bool:
    """Whether a set gives values for a class or an action, by its first lines: all of them have the columns for it.

    One that has something else there than a number behind an id of a file, or nothing behind less than every second
    of them, is wrong, and told where the set is read; so is one of an action with a column less behind those.
    """
    columns = _CLASS_COLUMNS.get(found.kind)
    if columns is None or "_" not in found.name:
        return False
    lines = [line for line in _text(data[:_HEAD_BYTES]).splitlines()[:20] if line.strip()]
    if len(data) > _HEAD_BYTES and len(lines) > 1:
        lines.pop()  # may be cut
    found_columns = [_columns_of(line.strip(), columns, known) for line in lines if line.strip() not in known]
    right = sum(map(bool, found_columns))
    is_usual = bool(lines) and right * 2 >= len(lines) and (columns > 1 or right == len(found_columns))
    return is_usual and any(any(map(_NUMBER.fullmatch, texts)) for texts in found_columns)


def class_of(found: ImageSet, plain: Iterable[str]) -> str:
    """The class or action of a set `<class>_<set>`, where `plain` are the names of sets of its kind.

    In a folder, as of one of several folds, it goes with the sets of that folder.
    """
    folder, slash, own = found.name.rpartition("/")
    names = [name.removeprefix(folder + slash) for name in plain if name.startswith(folder + slash)]
    endings = [name for name in names if own.endswith(f"_{name}")]
    if endings:
        return own[: -len(max(endings, key=len)) - 1]
    return own.rpartition("_")[0]


def entries_of(data: bytes, known: Container[str]) -> Iterator[Entry]:
    """The lines of a set in their order. Blank lines are none; a suffix, a folder and blanks around an id go (5.8).

    `known` are ids that there are files of: an id may hold blanks and end in a number.
    """
    for number, line in enumerate(lines_of(data), 1):
        head, _, tail = line.partition(" ")
        if line in known:
            yield Entry(line, (), number)
        elif head in known and _NUMBER.fullmatch(tail.lstrip()):
            yield Entry(head, (tail.lstrip(),), number)
        elif line:
            yield Entry(*_split(line, known), number)


def lines_of(data: bytes) -> list[str]:
    """The lines of a set without the blanks around them."""
    return [line.strip() for line in _text(data).splitlines()]


def _text(data: bytes) -> str:
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as PowerShell redirects
    return data.decode("utf-16" if is_wide else "utf-8-sig", "replace")


def _columns_of(line: str, columns: int, known: Container[str]) -> list[str]:
    """So many texts behind an id, or nothing: behind one that no file has they have to be numbers."""
    head, *texts = line.rsplit(None, columns)
    return texts if len(texts) == columns and (head in known or all(map(_NUMBER.fullmatch, texts))) else []


def _split(line: str, known: Container[str]) -> tuple[str, tuple[str, ...]]:
    for columns in (0, 1, 2):
        head, *tail = line.rsplit(None, columns)
        if len(tail) == columns and all(map(_NUMBER.fullmatch, tail)):
            for name in _names(head):
                if name in known:
                    return name, tuple(tail)
    first, *rest = line.split(None, 1)
    for name in _names(first):
        if name in known:
            return name, tuple(rest)
    head, tail = line, []
    while len(tail) < 2 and len(parts := head.rsplit(None, 1)) == 2 and _NUMBER.fullmatch(parts[1]):
        head = parts[0]
        tail.insert(0, parts[1])
    return _names(head)[-1], tuple(tail)


def _names(text: str) -> list[str]:
    """What an id may be written as: itself, without a suffix, below its folder, without any folder."""
    path = text.replace("\\", "/")
    stem = path.rpartition(".")[0] if is_image_name(path) or path.lower().endswith(".xml") else path
    directory, _, name = stem.rpartition("/")
    below = f"{folder_of(directory).below}{name}" if directory else name
    if path.startswith("/") or ":" in path[:3]:
        return [text, stem, below, PurePosixPath(stem).name]
    return [text, name, below, stem]
