"""Memory does not grow with a dataset, also where its order is not the place's."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import textwrap
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

import pytest

from lading.model.codec.sidecar import DATASET_FILE, segment_file
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Report
from lading.stored.dataset import StoredDataset
from lading.stored.shelf import Blob, Header, StoredFile, StoredRow, StoredSegment, search


class Shelf:
    """A segment of `count` rows by name, of which the sidecar has the order backwards, 500 a file."""

    place = "memory"

    def __init__(self, count: int) -> None:
        self.count = count
        self.files = -(-count // 500)

    def header(self) -> Header:
        segments = [StoredSegment(name="s", row_count=self.count), StoredSegment(name=SIDECAR_SEGMENT)]
        return Header(name="d", is_fusion=False, catalog={}, segments=segments)

    def rows(self, segment: str, start: int = 0) -> Iterator[StoredRow]:
        box = {"xmin": 1.5, "ymin": 2.0, "xmax": 3.0, "ymax": 4.0}
        for i in range(start, self.count):
            label = {"BOX2D": [{"box2d": dict(box), "category": f"c{i}"} for _ in range(5)]}
            yield StoredRow(files=[StoredFile(remote_path=f"{i:07d}", label=label)])

    def keys(self, segment: str) -> Iterator[str]:
        return (f"{i:07d}" for i in range(self.count))

    def locate(self, segment: str, key: str, count: int) -> int:
        return search(key, count, lambda i: f"{i:07d}", near=128)

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


SCRIPT = textwrap.dedent(
    """
    import hashlib, sys
    from pathlib import Path
    from lading.stored.address import StoredAddress
    from lading.stored.live import LiveShelf
    from lading.stored.shelf import Blob

    shelf = LiveShelf(StoredAddress(kind="platform", place=sys.argv[1], dataset="d"), "key")
    blob = Blob(segment="s", remote_path="large", checksum=sys.argv[2], url=f"{sys.argv[1]}large")
    with shelf.open(blob) as stream:
        assert stream.read(1) == b"\\0"
        print(stream.seek(0, 2), Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    """
)


class Zeros(BaseHTTPRequestHandler):
    """Answers with as many zeros as the server has."""

    def do_GET(self) -> None:
        left = self.server.size  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        block = bytes(1 << 20)
        while left:
            left -= self.wfile.write(block[:left])

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.mark.parametrize(
    "size", [64 << 20, pytest.param(5_000_000_000, marks=pytest.mark.slow)], ids=["64 MiB", "5 GB"]
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_file_that_is_read_back_is_never_in_memory(size: int) -> None:
    digest = hashlib.sha1(usedforsecurity=False)
    for start in range(0, size, 1 << 20):
        digest.update(bytes(min(1 << 20, size - start)))
    with ThreadingHTTPServer(("127.0.0.1", 0), Zeros) as server:
        server.size = size  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [sys.executable, "-c", SCRIPT, f"http://127.0.0.1:{server.server_port}/", digest.hexdigest()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    length, peak_kb = map(int, done.stdout.split())
    assert length == size
    assert peak_kb < 90_000


def test_ten_times_the_frames_take_no_more_memory() -> None:
    peak_of(100)  # what is imported and cached at first
    small, large = peak_of(1000), peak_of(10_000)
    assert large < small + (1 << 20)
