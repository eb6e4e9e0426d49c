"""Memory does not grow with a dataset, also where its order is not the place's."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO

from lading.model.codec.sidecar import DATASET_FILE, segment_file
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Report
from lading.stored.dataset import StoredDataset
from lading.stored.shelf import Blob, Header, StoredFile, StoredRow, StoredSegment


class Shelf:
    """A segment of `count` rows by name, of which the sidecar has the order backwards, 500 a file."""

    place = "memory"

    def __init__(self, count: int) -> None:
        self.count = count
        self.files = -(-count // 500)

    def header(self) -> Header:
        segments = [StoredSegment(name="s", row_count=self.count), StoredSegment(name=SIDECAR_SEGMENT)]
        return Header(name="d", is_fusion=False, catalog={}, segments=segments)

    def rows(self, segment: str) -> Iterator[StoredRow]:
        box = {"xmin": 1.5, "ymin": 2.0, "xmax": 3.0, "ymax": 4.0}
        for i in range(self.count):
            label = {"BOX2D": [{"box2d": dict(box), "category": f"c{i}"} for _ in range(5)]}
            yield StoredRow(files=[StoredFile(remote_path=f"{i:07d}", label=label)])

    def find(self, segment: str, remote_path: str) -> StoredFile | None:
        return StoredFile(remote_path=remote_path, label={})

    def open(self, blob: Blob) -> BinaryIO:
        if blob.remote_path == DATASET_FILE:
            head = {"kind": "dataset", "version": 1, "catalogDigest": ""}
            counts = {"frames": self.count, "rows": self.count, "files": self.files}
            return packed([head, {"kind": "segment", "name": "s", "places": ["s"], "sensors": [], **counts}])
        number = next(n for n in range(1, self.files + 1) if blob.remote_path == segment_file("s", n))
        start = self.count - 1 - (number - 1) * 500
        places = range(start, max(start - 500, -1), -1)
        return packed([{"kind": "frame", "key": f"k{i}", "at": "s", "data": [{"name": f"{i:07d}"}]} for i in places])


def packed(records: list[object]) -> BinaryIO:
    return io.BytesIO(gzip.compress("".join(f"{json.dumps(record)}\n" for record in records).encode()))


def peak_of(count: int) -> int:
    dataset = StoredDataset(Shelf(count), Report())
    tracemalloc.start()
    keys = 0
    for frame in dataset.frames("s"):
        assert frame.key == f"k{count - 1 - keys}"
        keys += 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert keys == count
    return peak


def test_ten_times_the_frames_take_no_more_memory() -> None:
    peak_of(100)  # what is imported and cached at first
    small, large = peak_of(1000), peak_of(10_000)
    assert large < small + (1 << 20)
