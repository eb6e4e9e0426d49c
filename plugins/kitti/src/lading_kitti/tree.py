"""The files of a source by the folders that KITTI's layouts know, below the roots that hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import NamedTuple

from lading import Source
from lading.errors import SourceError
from lading.media import is_image_name
from lading.source.names import is_prose
from lading_kitti.label_rows import is_label_line
from lading_kitti.layouts import DRIVE, ROOT_FILES, SPLITS, FolderKind, Role, folder_kind
from lading_kitti.texts import lines_of

#: The files of flat folders (`000114.bin`, `000114_calib.txt`, ...), and the folders that they stand for.
_FLAT = re.compile(r"(?P<stem>.+)_(?P<what>calib|image|label)\.(?P<ending>txt|png|jpe?g)", re.I)
_FLAT_FOLDERS = {"calib": "calib", "image": "image_2", "label": "label_2"}

_TABLE_ENDINGS: dict[Role, tuple[str, ...]] = {
    "lidar": (".bin", ".pcd", ".npy", ".ply", ".txt"),
    "labels": (".txt", ".label"),
    "calib": (".txt",),
    "oxts": (".txt",),
    "mots_rows": (".txt",),
    "sets": (".txt",),
    "poses": (".txt",),
}
_PICTURES: frozenset[Role] = frozenset({"image", "semantic", "instance", "mots"})

#: Lines of a text by which it is known what it holds.
_LOOKED_AT = 10


class Item(NamedTuple):
    """A file: its path below its folder, and its path within the source."""

    rest: str
    path: str


@dataclass(slots=True)
class FolderFiles:
    """The files of one folder, in the order of the source."""

    name: str
    kind: FolderKind
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Root:
    """A folder that holds folders and files of a layout; `""` is the source's own root."""

    path: str
    folders: dict[str, FolderFiles] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def of(self, *roles: Role) -> list[FolderFiles]:
        """The folders of these roles, the one to be read before others first."""
        found = [folder for folder in self.folders.values() if folder.kind.role in roles]
        return sorted(found, key=lambda folder: (folder.kind.rank, folder.name))

    def add(self, folder: str, kind: FolderKind, item: Item) -> None:
        """Take a file of a folder."""
        self.folders.setdefault(folder, FolderFiles(folder, kind)).items.append(item)


@dataclass(slots=True)
class Tree:
    """The roots of a source by their paths, and the files that no layout has a place for."""

    roots: dict[str, Root] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    def root(self, path: str) -> Root:
        """The root of this path, made where there is none yet."""
        return self.roots.setdefault(path, Root(path))


def join(*parts: str) -> str:
    """Parts of a path, empty ones left out."""
    return "/".join(part for part in parts if part)


def scan(source: Source) -> Tree:
    """Sort the files of a source by root and folder. Reads a line of some texts, where the names do not tell."""
    tree = Tree()
    for path in source.names():
        if not _place(tree, path):
            tree.strangers.append(path)
    if tree.strangers:
        _place_flat(tree)
        _place_bare(tree, source)
    tree.strangers = [path for path in tree.strangers if not is_prose(basename(path))]
    return tree


def _place(tree: Tree, path: str) -> bool:
    parts = path.split("/")
    if parts[-1] in ROOT_FILES:
        tree.root("/".join(parts[:-1])).files[parts[-1]] = path
        return True
    for index in range(len(parts) - 2, -1, -1):
        kind = folder_kind(parts[index])
        if kind is None:
            continue
        rest = parts[index + 1 :]
        if not _is_of(kind.role, rest[-1]):
            return False
        root = parts[:index]
        if len(rest) > 1 and rest[0].lower() in SPLITS and kind.role not in ("sets", "poses"):
            root, rest = [*root, rest[0]], rest[1:]  # label_2/train/000000.txt is of the split `train`
        tree.root("/".join(root)).add(parts[index], kind, Item("/".join(rest), path))
        return True
    return False


def _is_of(role: Role, name: str) -> bool:
    if role in _PICTURES:
        return is_image_name(name) or name == "timestamps.txt"
    endings = _TABLE_ENDINGS.get(role)
    return not is_prose(name) and (endings is None or name.lower().endswith(endings))


def _place_flat(tree: Tree) -> None:
    """Files whose names, not folders, tell what they are; the clouds beside them go with them."""
    flat: dict[str, set[str]] = {}
    rest = []
    for path in tree.strangers:
        match = _FLAT.fullmatch(basename(path))
        what = "" if match is None else match["what"].lower()
        if match is None or (what == "image") == (match["ending"].lower() == "txt"):
            rest.append(path)
            continue
        name = _FLAT_FOLDERS[what]
        kind = folder_kind(name)
        if kind is not None:
            item = Item(f"{match['stem']}.{match['ending']}", path)
            tree.root(dirname(path)).add(name, kind, item)
            flat.setdefault(dirname(path), set()).add(match["stem"])
    tree.strangers = []
    for path in rest:
        stem, _, ending = basename(path).rpartition(".")
        if ending.lower() in ("bin", "pcd", "npy") and stem in flat.get(dirname(path), ()):
            tree.root(dirname(path)).add("velodyne", FolderKind("lidar"), Item(basename(path), path))
        else:
            tree.strangers.append(path)


def _place_bare(tree: Tree, source: Source) -> None:
    """Folders of label files that have no name of their own, as results have: told by the first row."""
    folders: dict[str, list[str]] = {}
    for path in tree.strangers:
        if path.endswith(".txt") and not is_prose(basename(path)):
            folders.setdefault(dirname(path), []).append(path)
    placed: set[str] = set()
    for folder, paths in folders.items():
        first = next((path for path in paths if (file := source.get(path)) is not None and file.size), None)
        if first is None or not any(map(is_label_line, first_lines(source, first))):
            continue
        for path in paths:
            tree.root(folder).add("label_2", FolderKind("labels", 2), Item(basename(path), path))
        placed.update(paths)
    tree.strangers = [path for path in tree.strangers if path not in placed]


def first_line(source: Source, path: str) -> str:
    """The first line of a text that is not blank, or "" where there is none within its first 64 KiB."""
    return next(iter(first_lines(source, path)), "")


def first_lines(source: Source, path: str) -> list[str]:
    """The first lines of a text that are not blank, within its first 64 KiB: one of them may be broken."""
    file = source.get(path)
    if file is None:
        return []
    try:
        with file.open() as stream:
            lines, _ = lines_of(stream.read(1 << 16))
    except (SourceError, OSError):
        return []  # told where all of it is read
    return [line for line in lines if line.strip()][:_LOOKED_AT]


def is_drive(path: str) -> bool:
    """Whether a folder is named as a drive of the raw data."""
    return DRIVE.fullmatch(basename(path)) is not None
