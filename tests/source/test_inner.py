"""Archives that are files of a source, opened as if they were unpacked where they lie."""

from __future__ import annotations

import io
import pickle
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from lading.errors import SourceError, SourceNotFoundError
from lading.source import Source

TREE = {"m/1.png": b"one" * 1000, "m/2.png": b"two"}


def packed(kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in TREE.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, data in TREE.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("is_nested", [False, True], ids=["in a folder", "in a zip"])
def test_its_files_lie_where_they_would_be_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, is_nested: bool
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    root = tmp_path / "d"
    (root / "a").mkdir(parents=True)
    (root / "a" / f"m.{kind}").write_bytes(packed(kind))
    place = root
    if is_nested:
        place = tmp_path / "whole.zip"
        with zipfile.ZipFile(place, "w") as archive:
            archive.write(root / "a" / f"m.{kind}", f"a/m.{kind}")
    with Source.open(place) as source, source.inside(f"a/m.{kind}") as inner:
        assert list(inner.names()) == ["a/m/1.png", "a/m/2.png"]
        assert {name: inner.read(name) for name in inner.names()} == {f"a/{name}": data for name, data in TREE.items()}
        file = inner.get("a/m/2.png")
        assert file is not None
        assert (file.path, file.size) == ("a/m/2.png", 3)
        assert file.where.endswith(f"a/m.{kind}/m/2.png")
        assert pickle.loads(pickle.dumps(inner)).read("a/m/2.png") == b"two"
        with Source.open(place) as later, later.inside(f"a/m.{kind}") as again:
            other = again.get("a/m/2.png")
            assert other is not None
            assert other.stamp == file.stamp  # whatever copy it is read from
        assert list(scratch.iterdir()) or not is_nested
    assert list(scratch.iterdir()) == []


def test_what_is_no_archive_of_the_source_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "m.zip").write_bytes(b"no zip")
    source = Source.open(tmp_path)
    with pytest.raises(SourceNotFoundError, match=r"b/m\.zip"):
        source.inside("b/m.zip")
    with pytest.raises(SourceError, match="expected a whole zip archive, found a broken one"):
        source.inside("a/m.zip")
