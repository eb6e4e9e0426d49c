"""Folders, archives and an annotation file as one read-only tree, in which the later path wins."""

from __future__ import annotations

import os
import posixpath
import stat
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from lading.errors import SourceError, SourceNotFoundError
from lading.model.report import Finding
from lading.source import names
from lading.source.file import File
from lading.source.folder import Folder
from lading.source.inner import InnerLayer
from lading.source.layer import Layer
from lading.source.shadow import Clashes
from lading.source.tar_layer import TarLayer
from lading.source.zip_layer import ZipLayer


class Source:
    """Files by their path within it, with `/`, in sorted order.

    `label` is how messages name it, `name` is its short name; `selected` is the one annotation file that the caller
    named, if it was one; `findings` is what was wrong with the tree itself, `places` are the real paths that it is of;
    `workers` are processes that may share the opening of what lies in it (`lading.workers.Workers`).
    It can be pickled, and used by several threads at once. Its memory is its list of names, and for archives a small
    record a member.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        *,
        label: str,
        name: str,
        selected: str | None = None,
        findings: Sequence[Finding] = (),
        places: Sequence[str] = (),
    ) -> None:
        self.label = label
        self.name = name
        self.selected = selected
        self.places = places
        self.workers: object = None
        self._layers = list(layers)
        self._hidden = {name: layer for layer in self._layers for name in layer.hidden}
        self._owners: array[int] | None = None
        self._folded: dict[str, int | None] | None = None
        shadowed: list[Finding] = []
        if len(self._layers) == 1:
            self._names = self._layers[0].names
        else:
            self._names, shadowed = self._merge()
        own = [finding for layer in self._layers for finding in layer.findings]
        self.findings: Sequence[Finding] = (*own, *findings, *shadowed)

    @classmethod
    def open(cls, *paths: str | os.PathLike[str], follow_links: bool = False) -> Source:
        """Overlay folders, archives (.zip, .tar, compressed .tar) and at most one annotation file, in this order.

        Archives directly in a folder are opened in place, below the folder's own files. The root of an annotation
        file is its folder, or the folder above one that is named `annotations`. Raises SourceError.
        """
        if not paths:
            raise SourceError("PATH", "expected a folder, archive or file, found none")
        opening = _Opening([Path(path) for path in paths], follow_links)
        try:
            opening.run()
            return cls(
                list(opening.layers.values()),
                label=" + ".join(names.shown(path) for path in paths),
                name=opening.name,
                selected=opening.selected,
                findings=opening.findings,
                places=[os.path.realpath(path) for path in paths],
            )
        except BaseException:
            opening.close()
            raise

    def names(self) -> Sequence[str]:
        """Every file's path, sorted."""
        return self._names

    def hidden(self) -> Sequence[str]:
        """The paths of files whose own name begins with a dot, sorted: who asks for one gets it, no list has it."""
        return sorted(self._hidden)

    def below(self, folder: str) -> Sequence[str]:
        """The paths of the files below a folder, at any depth, sorted; `""` is the root."""
        if not folder:
            return self._names
        prefix = folder.rstrip("/")
        return self._names[bisect_left(self._names, f"{prefix}/") : bisect_left(self._names, f"{prefix}0")]

    def get(self, path: str) -> File | None:
        """The file of this path, or None. A path that climbs out of the source has no file."""
        index = bisect_left(self._names, path)
        if index == len(self._names) or self._names[index] != path:
            layer = self._hidden.get(path)
            return None if layer is None else layer.file(path)
        return self._file(index)

    def find(self, path: str) -> File | None:
        """The file of this path, else the only one whose path differs in case or Unicode form alone, else None."""
        exact = self.get(path)
        if exact is not None:
            return exact
        if self._folded is None:
            folded: dict[str, int | None] = {}
            for index, name in enumerate(self._names):
                key = _fold(name)
                folded[key] = None if key in folded else index
            self._folded = folded
        only = self._folded.get(_fold(path))
        return None if only is None else self._file(only)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises SourceNotFoundError where there is none, SourceError where it cannot be read."""
        file = self.get(path)
        if file is None:
            raise SourceNotFoundError(f"{self.label}/{names.shown(path)}")
        return file.read()

    def inside(self, path: str) -> Source:
        """The files of an archive of this source, as if it were unpacked where it lies.

        One that lies within another archive is copied to a temporary file, which goes with the new source. Raises
        SourceNotFoundError where there is no such file, SourceError where it does not open.
        """
        file = self.get(path)
        if file is None:
            raise SourceNotFoundError(f"{self.label}/{names.shown(path)}")
        return Source([InnerLayer.scan(file)], label=file.where, name=names.stem(posixpath.basename(path)))

    def close(self) -> None:
        """Remove temporary files; a source holds nothing else."""
        for layer in self._layers:
            layer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Source({self.label!r}, {len(self._names)} files)"

    def _file(self, index: int) -> File:
        layer = 0 if self._owners is None else self._owners[index]
        return self._layers[layer].file(self._names[index])

    def _merge(self) -> tuple[list[str], list[Finding]]:
        owner: dict[str, int] = {}
        clashes = Clashes(self._layers)
        for number, layer in enumerate(self._layers):
            for name in layer.names:
                before = owner.get(name)
                if before is not None:
                    clashes.add(before, number, name)
                owner[name] = number
        merged = sorted(owner)
        self._owners = array("L", (owner[name] for name in merged))
        return merged, clashes.findings()


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


class _Opening:
    """The layers of some paths, by real path, in order; a path that is named again moves to its later place."""

    def __init__(self, paths: list[Path], follow_links: bool) -> None:
        self.layers: dict[str, Layer] = {}
        self.findings: list[Finding] = []
        self.name = ""
        self._paths = paths
        self._follow = follow_links
        self._given = {os.path.realpath(path) for path in paths}
        self._files: dict[str, tuple[Path, Path]] = {}  # annotation files, with their roots

    @property
    def selected(self) -> str | None:
        """The annotation file within the tree, where there is exactly one."""
        if len(self._files) != 1:
            return None
        ((file, root),) = self._files.values()
        return file.relative_to(root).as_posix()

    def run(self) -> None:
        """Open every path. Raises SourceError."""
        for path in self._paths:
            self._open(path)
        for file, root in self._files.values():
            # What the caller named outright is served whatever lies over its folder.
            pinned = Folder(root, names.shown(file), [file.relative_to(root).as_posix()])
            self.layers[os.path.realpath(file)] = pinned
        if len(self._files) > 1:
            found = ", ".join(names.shown(file) for file, _ in self._files.values())
            message = f"expected at most one annotation file, found {found}; none of them is selected"
            self.findings.append(Finding(rule="source.several-selected", severity="warning", message=message))

    def close(self) -> None:
        """Close what was opened."""
        for layer in self.layers.values():
            layer.close()

    def _open(self, path: Path) -> None:
        label = names.shown(path)
        mode = _mode(path, label)
        if stat.S_ISDIR(mode):
            self._folder(path, label)
            self.name = self.name or path.resolve().name
        elif not stat.S_ISREG(mode):
            raise SourceError(label, "expected a file, folder or archive, found a device, pipe or socket")
        elif names.is_archive(path.name):
            self._archive(path, label)
            self.name = self.name or names.stem(path.name)
        else:
            file = path.absolute()
            if not names.is_text(file.name):
                raise SourceError(label, "expected a name in UTF-8, found another encoding")
            root = file.parent.parent if file.parent.name.lower() == "annotations" else file.parent
            self._folder(root, names.shown(root))
            if not self._files:
                self.name = root.resolve().name
            self._files[os.path.realpath(file)] = (file, root)

    def _folder(self, path: Path, label: str) -> None:
        key = os.path.realpath(path)
        known = self.layers.pop(key, None)
        if known is None:
            folder = Folder.scan(path, label, follow_links=self._follow)
            for name in folder.take_archives():
                self._inner(path / name, names.shown(path / name), name)
            known = folder
        self.layers[key] = known

    def _inner(self, path: Path, label: str, name: str) -> None:
        """An archive within a folder: one that does not open is a finding, the rest of the folder is there."""
        if os.path.realpath(path) in self._given:
            return
        try:
            self._archive(path, label)
        except SourceError as exc:
            message = exc.problem
            self.findings.append(Finding(rule="source.broken-archive", severity="error", message=message, file=name))

    def _archive(self, path: Path, label: str) -> None:
        key = os.path.realpath(path)
        known = self.layers.pop(key, None)
        if known is None:
            known = ZipLayer.scan(path, label) if names.is_zip(path.name) else TarLayer.scan(path, label)
        self.layers[key] = known


def _mode(path: Path, label: str) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise SourceNotFoundError(label, "expected a file, folder or archive, found nothing") from exc
    except (OSError, ValueError) as exc:
        raise SourceError(label, f"expected a file, folder or archive, found: {exc}") from exc
