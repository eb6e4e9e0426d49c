"""Records of a file to be, kept on disk until all of them are there: memory is three integers a record."""

from __future__ import annotations

import gzip
import json
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, BinaryIO

import msgspec
import numpy as np

from lading import Target

_END = b",\n"
_CHUNK = 1 << 20


def encode(value: Any) -> bytes:
    """JSON in which numbers stay what they are: NaN, and integers of any size, as Python and pycocotools read them."""
    try:
        text = msgspec.json.encode(value, enc_hook=_plain)
    except (msgspec.MsgspecError, OverflowError, ValueError, TypeError):
        text = b"null"
    if b"null" in text:  # perhaps a NaN, for which msgspec writes null
        text = json.dumps(value, separators=(",", ":"), default=_plain).encode()
    return text


def _plain(value: Any) -> Any:
    """Numpy's numbers and arrays, which attributes may hold, as those of Python."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"expected a value that JSON has, found {type(value).__name__}")


class Spool:
    """Records in the order in which they come, each with the row that it will have."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.rows = array("q")
        self.sizes = array("I")
        self._stream = stream

    def add(self, text: bytes, row: int) -> None:
        """Take a record."""
        self._stream.write(text + _END)
        self.rows.append(row)
        self.sizes.append(len(text) + len(_END))

    def close(self) -> None:
        """Have everything on disk."""
        self._stream.flush()

    def read(self, begin: int, end: int) -> bytes:
        """A stretch of it."""
        return os.pread(self._stream.fileno(), end - begin, begin)

    def copy(self, begin: int, end: int, file: BinaryIO | gzip.GzipFile) -> None:
        """Write a stretch of it into a file."""
        number = self._stream.fileno()
        while begin < end:
            chunk = os.pread(number, min(_CHUNK, end - begin), begin)
            begin += len(chunk)
            file.write(chunk)


def copy_sorted(spools: Sequence[Spool], file: BinaryIO | gzip.GzipFile) -> None:
    """Write the records of all spools by their rows, with commas between them; of equal rows the first is first."""
    for spool in spools:
        spool.close()
    rows = np.concatenate([np.frombuffer(spool.rows, dtype=np.int64) for spool in spools])
    sizes = [np.frombuffer(spool.sizes, dtype=np.uint32) for spool in spools]
    ends = np.concatenate([np.cumsum(part, dtype=np.int64) for part in sizes])
    begins = ends - np.concatenate(sizes)
    owners = np.repeat(np.arange(len(spools), dtype=np.int32), [len(part) for part in sizes])
    order = np.argsort(rows, kind="stable")
    # Neighbours that stay neighbours are copied at once.
    breaks = np.flatnonzero((np.diff(order) != 1) | np.diff(owners[order]).astype(bool))
    firsts = order[np.concatenate(([0], breaks + 1))]
    lasts = order[np.concatenate((breaks, [len(order) - 1]))]
    last = len(firsts) - 1
    stretches = zip(owners[firsts].tolist(), begins[firsts].tolist(), ends[lasts].tolist(), strict=True)
    for number, (owner, begin, end) in enumerate(stretches):
        spools[owner].copy(begin, end - len(_END) if number == last else end, file)


def sorted_records(spools: Sequence[Spool]) -> Iterator[tuple[int, bytes]]:
    """The records of all spools by their rows, each with its row; of equal rows the first is first."""
    for spool in spools:
        spool.close()
    rows = np.concatenate([np.frombuffer(spool.rows, dtype=np.int64) for spool in spools])
    sizes = [np.frombuffer(spool.sizes, dtype=np.uint32) for spool in spools]
    ends = np.concatenate([np.cumsum(part, dtype=np.int64) for part in sizes])
    lengths = np.concatenate(sizes)
    owners = np.repeat(np.arange(len(spools), dtype=np.int32), [len(part) for part in sizes])
    for place in np.argsort(rows, kind="stable").tolist():
        end, length = int(ends[place]), int(lengths[place])
        yield int(rows[place]), spools[owners[place]].read(end - length, end - len(_END))


class OutFile:
    """One annotation file to be: keys in their order, of which `images` and `annotations` are spools."""

    def __init__(self, path: str, keys: Iterable[str], envelope: Mapping[str, Any], *, is_list: bool = False) -> None:
        self.path = path
        self.keys = list(keys)
        self.envelope = dict(envelope)
        self.is_list = is_list
        self.spools: dict[str, list[Spool]] = {}

    def add(self, key: str, text: bytes, row: int, target: Target) -> None:
        """Add a record to one of the arrays."""
        if key not in self.spools:
            self.take(key, Spool(target.scratch()))
        self.spools[key][-1].add(text, row)

    def take(self, key: str, spool: Spool) -> None:
        """Have a spool for one of the arrays, beside those that there are."""
        self.spools.setdefault(key, []).append(spool)
        if key not in self.keys:
            self.keys.append(key)

    def write(self, target: Target) -> None:
        """Write the file; a path that ends in .gz is packed."""
        with target.create(self.path) as stream:
            if not self.path.lower().endswith(".gz"):
                self._write(stream)
                return
            with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
                self._write(packed)

    def _write(self, stream: BinaryIO | gzip.GzipFile) -> None:
        if self.is_list:
            self._array("annotations", stream)
            stream.write(b"\n")
            return
        stream.write(b"{")
        for number, key in enumerate(self.keys):
            stream.write(b",\n" if number else b"\n")
            stream.write(encode(key) + b": ")
            if key in self.envelope:
                stream.write(encode(self.envelope[key]))
            else:
                self._array(key, stream)
        stream.write(b"\n}\n")

    def _array(self, key: str, stream: BinaryIO | gzip.GzipFile) -> None:
        stream.write(b"[")
        if key in self.spools:
            stream.write(b"\n")
            copy_sorted(self.spools[key], stream)
            stream.write(b"\n")
        stream.write(b"]")
