"""Builders of folders and archives for the tests of sources."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Tree = Mapping[str, bytes]
Pack = Callable[[Path, Tree], Path]


def _folder(path: Path, tree: Tree) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def _zip(path: Path, tree: Tree) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, content) in enumerate(tree.items()):
            method = zipfile.ZIP_DEFLATED if number % 2 == 0 else zipfile.ZIP_STORED
            archive.writestr(name, content, compress_type=method)
    return path


def _tar(path: Path, tree: Tree) -> Path:
    mode = {".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}.get(path.suffix, "w")
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in tree.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture(scope="session")
def make_folder() -> Pack:
    """Write a tree as a folder."""
    return _folder


@pytest.fixture(scope="session")
def make_zip() -> Pack:
    """Write a tree as a zip, members deflated and stored in turn."""
    return _zip


@pytest.fixture(scope="session")
def make_tar() -> Pack:
    """Write a tree as a tar, compressed as the name says."""
    return _tar
