"""Records of a file to be, kept on disk until all of them are there: memory is three integers a record."""

from __future__ import annotations

import gzip
import json
from array import array
from collections.abc import Iterable, Mapping
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
    """Records in the order in which they come, given back in the order of their rows."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rows = array("q")
        self._sizes = array("I")

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, text: bytes, row: int) -> None:
        """Take a record of the row `row`; of equal rows the first stays first."""
        self._stream.write(text + _END)
        self._rows.append(row)
        self._sizes.append(len(text) + len(_END))

    def copy_to(self, file: BinaryIO | gzip.GzipFile) -> None:
        """Write the records, with commas between them; may be done several times."""
        rows = np.frombuffer(self._rows, dtype=np.int64)
        sizes = np.frombuffer(self._sizes, dtype=np.uint32)
        ends = np.cumsum(sizes, dtype=np.int64)
        order = np.argsort(rows, kind="stable")
        # Neighbours that stay neighbours are copied at once.
        breaks = np.flatnonzero(np.diff(order) != 1)
        firsts = np.concatenate((order[:1], order[breaks + 1]))
        lasts = np.concatenate((order[breaks], order[-1:]))
        places = zip((ends[firsts] - sizes[firsts]).tolist(), ends[lasts].tolist(), strict=True)
        rest = len(order)
        for count, (begin, end) in zip((lasts - firsts + 1).tolist(), places, strict=True):
            rest -= count
            self._copy(begin, end if rest else end - len(_END), file)

    def _copy(self, begin: int, end: int, file: BinaryIO | gzip.GzipFile) -> None:
        self._stream.seek(begin)
        while begin < end:
            chunk = self._stream.read(min(_CHUNK, end - begin))
            begin += len(chunk)
            file.write(chunk)


class OutFile:
    """One annotation file to be: keys in their order, of which `images` and `annotations` are spools."""

    def __init__(self, path: str, keys: Iterable[str], envelope: Mapping[str, Any], *, is_list: bool = False) -> None:
        self.path = path
        self.keys = list(keys)
        self.envelope = dict(envelope)
        self.is_list = is_list
        self.spools: dict[str, Spool] = {}

    def add(self, key: str, text: bytes, row: int, target: Target) -> None:
        """Add a record to one of the arrays."""
        spool = self.spools.get(key)
        if spool is None:
            spool = self.spools[key] = Spool(target.scratch())
            if key not in self.keys:
                self.keys.append(key)
        spool.add(text, row)

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
        spool = self.spools.get(key)
        if spool is not None:
            stream.write(b"\n")
            spool.copy_to(stream)
            stream.write(b"\n")
        stream.write(b"]")
