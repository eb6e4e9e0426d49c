"""A file that changes between the reading of its places and that of its records ends the reading in one clear error."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

import lading
from lading.errors import SourceError
from lading.source.folder import FolderFile

CHANGED = r"train\.json: expected the file as it was when it was first read, found that it changed since"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of 200 images with a box each, more than are read at once."""
    path = tmp_path / "train.json"
    path.write_text(
        json.dumps(
            {
                "images": [{"id": n, "file_name": f"{n}.jpg", "width": 64, "height": 48} for n in range(1, 201)],
                "annotations": [
                    {"id": n, "image_id": n, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}
                    for n in range(1, 201)
                ],
                "categories": [{"id": 1, "name": "buoy"}],
            }
        )
    )
    return path


def cut(path: Path) -> None:
    """As by a copy that is begun again."""
    os.truncate(path, path.stat().st_size // 2)


def shift(path: Path) -> None:
    """As by an export that writes over the file in its place."""
    path.write_bytes(b" " * 7 + path.read_bytes())


def replace(path: Path) -> None:
    """As by an export that renames; of the same length and the same time."""
    before = path.stat()
    new = path.with_suffix(".new")
    new.write_bytes(path.read_bytes().replace(b"buoy", b"boat"))
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)


def frames(dataset: lading.Dataset) -> Iterator[lading.Frame]:
    return (frame for _, frame in lading.all_frames(dataset))


@pytest.mark.parametrize("change", [cut, shift, replace])
def test_a_file_that_changed_after_it_was_opened_is_an_error(file: Path, change: Callable[[Path], None]) -> None:
    dataset = lading.open_dataset(file)
    change(file)
    with pytest.raises(SourceError, match=CHANGED):
        list(frames(dataset))


@pytest.mark.parametrize("change", [cut, shift])
def test_a_file_that_changes_while_frames_are_read_is_an_error(file: Path, change: Callable[[Path], None]) -> None:
    dataset = lading.open_dataset(file)
    reading = frames(dataset)
    assert next(reading).key == "1"
    change(file)
    with pytest.raises(SourceError, match=CHANGED):
        list(reading)
    assert dataset.report.findings == []


def test_a_packed_file_that_changed_is_an_error_where_it_is_read_again(file: Path) -> None:
    packed = file.with_name("train.json.gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    file.unlink()
    text = lading.open_dataset(packed)
    assert len(list(frames(text))) == 200
    copy = _elsewhere(text)
    packed.write_bytes(gzip.compress(b"[]"))
    with pytest.raises(SourceError, match=CHANGED.replace("json:", "json.gz:")):
        list(frames(copy))


def test_a_file_that_stays_is_read_as_often_as_is_asked_for(file: Path) -> None:
    dataset = lading.open_dataset(file)
    assert len(list(frames(dataset))) == len(list(frames(dataset))) == len(list(frames(_elsewhere(dataset)))) == 200


def test_a_file_that_does_not_open_is_told_by_its_path_in_the_source_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(file, file.with_name("val.json"))
    open_file = FolderFile.open

    def refused(self: FolderFile) -> BinaryIO:
        if self.path == "val.json":
            raise SourceError(self.where, "expected a readable file, found: Permission denied")
        return open_file(self)

    monkeypatch.setattr(FolderFile, "open", refused)
    (finding,) = lading.open_dataset(file.parent).report.findings
    assert str(finding) == "val.json: expected a readable file, found: Permission denied"


def _elsewhere(dataset: lading.Dataset) -> lading.Dataset:
    """The dataset as another process gets it."""
    copy: lading.Dataset = pickle.loads(pickle.dumps(dataset))
    return copy
