"""The memory of an upload does not grow with its files, nor with the size of one; measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

#: MB that an upload may take, whatever it uploads.
MOST_MB = 200

SCRIPT = textwrap.dedent(
    """
    import io, json, resource, sys
    from pathlib import Path
    from lading.model.dataset import MemoryDataset
    from lading.model.frame import Data, Frame
    from lading.upload import upload

    class Made:
        stamp = None
        def __init__(self, path, size, mark):
            self.path, self.size, self.mark = path, size, mark
        def open(self):
            return io.BytesIO(self.mark.to_bytes(8) * (self.size // 8))

    class Many(MemoryDataset):
        def frames(self, segment, part=(1, 1), report=None):
            for number in range(int(sys.argv[3])):
                path = f"{number:08}.bin"
                yield Frame(key=path, data=[Data(path=path, remote_path=path, content=Made(path, SIZE, number))])

    def large():
        from lading import Source
        source = Source.open(sys.argv[3])
        rows = [Data(path=name, remote_path=name, content=source.get(name)) for name in source.names()]
        return MemoryDataset("d", {"s": [Frame(key=row.path, data=[row]) for row in rows]})

    SIZE = int(sys.argv[4])
    dataset = Many("d", {"s": []}) if sys.argv[3].isdigit() else large()
    result = upload(dataset, "d", platform=sys.argv[1], access_key="k", ledgers=sys.argv[2])
    if sys.platform == "linux":  # ru_maxrss counts what the process was forked from, until it becomes another program
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(json.dumps({"sent": result.sent, "bytes": result.bytes_sent, "peakMb": peak}))
    """
)


@contextmanager
def sink() -> Iterator[str]:
    """A server that takes everything and keeps nothing."""
    command = [sys.executable, str(ROOT / "benchmarks" / "upload.py"), "--sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def uploaded(what: int | Path, tmp_path: Path, size: int = 0) -> dict[str, Any]:
    with sink() as url:
        command = [sys.executable, "-c", SCRIPT, url, str(tmp_path / "ledgers"), str(what), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def test_files_of_a_few_hundred_kilobytes_wait_in_no_great_number(tmp_path: Path) -> None:
    row = uploaded(2_000, tmp_path, size=250_000)
    assert (row["sent"], row["bytes"]) == (2_000, 500_000_000)
    assert row["peakMb"] < MOST_MB


@pytest.mark.slow
def test_many_files_take_no_more_memory_than_few(tmp_path: Path) -> None:
    few, many = (uploaded(count, tmp_path / str(count), size=8) for count in (2_000, 200_000))
    assert (few["sent"], many["sent"]) == (2_000, 200_000)
    # Tables that tell paths which come twice, and caches of SQLite.
    assert many["peakMb"] < few["peakMb"] + 40
    assert many["peakMb"] < MOST_MB


@pytest.mark.slow
def test_a_file_of_5_gb_is_never_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    with (folder / "large.bin").open("wb") as stream:
        stream.truncate(5_000_000_000)  # sparse: it takes no room on disk
    row = uploaded(folder, tmp_path)
    assert (row["sent"], row["bytes"]) == (1, 5_000_000_000)
    assert row["peakMb"] < MOST_MB
