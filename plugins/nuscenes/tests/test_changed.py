"""A table that changes between the reading of its places and that of its rows ends the reading in one clear error."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lading_nuscenes.scan import Scan

import lading
from lading.errors import SourceError

CHANGED = r"{}\.json: expected the file as it was when it was first read, found that it changed since"


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
    new.write_bytes(path.read_bytes())
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)


CHANGES = pytest.mark.parametrize("change", [cut, shift, replace])


def frames(dataset: lading.Dataset) -> Iterator[lading.Frame]:
    return (frame for _, frame in lading.all_frames(dataset))


@CHANGES
@pytest.mark.parametrize("table", ["object_ann", "surface_ann"])
def test_a_table_that_changed_after_it_was_opened_is_an_error(
    images: Any, table: str, change: Callable[[Path], None]
) -> None:
    dataset = lading.open_dataset(images.root)
    sent = pickle.loads(pickle.dumps(dataset))
    change(images.path(table))
    for one in (dataset, sent):  # also in another process
        with pytest.raises(SourceError, match=CHANGED.format(table)):
            list(frames(one))


@CHANGES
def test_a_table_that_changes_while_frames_are_read_is_an_error(images: Any, change: Callable[[Path], None]) -> None:
    reading = frames(lading.open_dataset(images.root, options={"sweeps": True}))
    next(reading)
    change(images.path("object_ann"))
    with pytest.raises(SourceError, match=CHANGED.format("object_ann")):
        list(reading)


def test_a_table_that_is_gone_is_an_error(images: Any) -> None:
    dataset = lading.open_dataset(images.root)
    images.path("surface_ann").unlink()
    with pytest.raises(SourceError, match=r"surface_ann\.json"):
        list(frames(dataset))


@CHANGES
def test_results_that_changed_are_an_error(case: Any, change: Callable[[Path], None]) -> None:
    row = case.rows("sample_annotation")[0]
    found = {key: row[key] for key in ("translation", "size", "rotation")} | {"detection_name": "car"}
    path = case.root / "results.json"
    path.write_text(json.dumps({"meta": {}, "results": {row["sample_token"]: [found]}}))
    dataset = lading.open_dataset(case.root, options={"results": "results.json"})
    change(path)
    with pytest.raises(SourceError, match=CHANGED.format("results")):
        list(frames(dataset))


@pytest.mark.parametrize("table", ["sample_annotation", "sensor"])
def test_a_table_that_changes_while_it_is_read_is_an_error(
    case: Any, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Scan.pieces

    def pieces(scan: Any) -> Iterator[Any]:
        for piece in whole(scan):
            if scan._file.path.endswith(f"/{table}.json"):
                shift(case.path(table))
            yield piece

    monkeypatch.setattr(Scan, "pieces", pieces)
    with pytest.raises(SourceError, match=CHANGED.format(table)):
        lading.open_dataset(case.root)
