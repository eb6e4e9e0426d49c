"""Reads a table, a JSON array of objects, piece by piece: memory does not grow with the file.

A piece is cut where one row ends and the next begins, and decoded into typed rows at once. Only where that fails
(unknown keys, values of another type, NaN, broken JSON) its rows are looked at one by one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

from lading import File, Report
from lading_nuscenes.broken_text import BrokenText
from lading_nuscenes.conversion import Conversion, Piece
from lading_nuscenes.repeated import RepeatedKeys
from lading_nuscenes.schema import Row

T = TypeVar("T", bound=Row)

#: Bytes read at once: some hundreds of rows, which fit into a cache near the core.
BLOCK = 1 << 18

_BETWEEN = re.compile(rb"\s*,\s*(?=\{)")

#: How texts of wider letters begin: their byte order mark, that of four bytes first.
_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

#: What msgspec raises on text that is not what was asked for.
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Scan(Generic[T]):
    """One pass over one table; `count` is the number of rows met so far, those that could not be read included.

    `left_out`, `mended` and `nameless` are those of its Conversion. `is_none` where the file is told to be no table at
    all, `is_cut` where it is told to end early.

    Rows come as `plain_type`, if one is given, where a piece is JSON throughout and has no keys of its own: a type of
    the same fields that looks less closely.
    """

    def __init__(self, file: File, row_type: type[T], report: Report, plain_type: type[Row] | None = None) -> None:
        self.count = 0
        self.is_none = False
        self._file = file
        self._conversion = Conversion(file.path, row_type, report)
        self.left_out = self._conversion.left_out
        self.mended = self._conversion.mended
        self._text = BrokenText(file.path, self._conversion, report)
        kind: Any = plain_type or row_type
        self._decoder: Any = msgspec.json.Decoder(list[kind])
        self._repeated = RepeatedKeys(file.path, report)
        self.is_cut = False

    @property
    def nameless(self) -> int:
        """The rows whose own token is told to be none."""
        return self._conversion.nameless

    def pieces(self) -> Iterator[Piece[T]]:
        """The rows, in order. What is wrong with the file or a row is reported, and the rest still comes."""
        with self._file.open() as stream:
            rest = self._opening(stream)
            while rest is not None:
                block = stream.read(BLOCK)
                start = stream.tell() - len(block) - len(rest)
                cut, first = _last_boundary(block), self.count
                if cut is None and block:  # a boundary may lie where the block begins
                    block, rest = rest + block, b""
                    cut = _last_boundary(block)
                if cut is not None:
                    array = b"".join((b"[", rest, memoryview(block)[: cut[0]], b"]"))
                    piece, left = self._decode(array, is_last=False)
                    rest = block[cut[1] :] if left is None else left + block[cut[0] :]
                elif block:
                    rest = block
                    continue
                else:
                    array = b"".join((b"[", self._closing(rest), b"]"))
                    piece, rest = self._decode(array, is_last=True)
                piece.offset = start
                self._repeated.look(array, range(first, self.count))
                if piece.rows:
                    yield piece
        self._repeated.tell(self.count)

    def checked(self, piece: Piece[T]) -> Piece[T]:
        """A piece that came as `plain_type`, with each row looked at."""
        array = piece.array or b"[]"
        try:
            values = msgspec.json.decode(array)
        except _REFUSED:  # numbers that were left as text may be beyond those of 64 bits
            values, _ = self._text.values(array[1:-1], piece.first, is_last=True, is_cut=self.is_cut)
        found = self._conversion.piece(piece.first, values)
        found.array, found.first, found.offset = piece.array, piece.first, piece.offset
        return found

    def row(self, index: int, text: bytes) -> tuple[T, dict[str, Any]] | None:
        """The one row in some text, as in `pieces`."""
        self.count = index
        piece, _ = self._decode(b"".join((b"[", text, b"]")), is_last=True)
        return (piece.rows[0], piece.extras.get(0, {})) if piece.rows else None

    def _opening(self, stream: BinaryIO) -> bytes | None:
        """What follows the `[` at the beginning; None where there is none."""
        head = stream.read(BLOCK).removeprefix(b"\xef\xbb\xbf").lstrip()
        if head.startswith(b"["):
            return head[1:].lstrip()
        self.is_none = True
        found = repr(head[:20].decode("utf-8", "replace")) if head else "an empty file"
        wide = next((name for start, name in _WIDE if head.startswith(start)), None)
        self._text.tell(f"expected a JSON array, found {found}" if wide is None else f"expected UTF-8, found {wide}")
        return None

    def _closing(self, buffer: bytes) -> bytes:
        """The last rows, without the `]` at the end."""
        trimmed = buffer.rstrip()
        if trimmed.endswith(b"]"):
            return trimmed[:-1]
        self.is_cut = True
        self._text.tell("expected `]` at the end of the table, found it cut")
        return trimmed

    def _decode(self, array: bytes, *, is_last: bool) -> tuple[Piece[T], bytes | None]:
        """The rows of an array; and what is left, if it was cut within a row that goes on in the next block."""
        first = self.count
        if self._conversion.is_plain:
            try:
                rows = self._decoder.decode(array)
            except _REFUSED:
                pass
            else:
                self.count += len(rows)
                piece = Piece(range(first, self.count), rows, {})
                piece.array = array
                return piece, None
        try:
            found = msgspec.json.decode(array)
        except _REFUSED:
            found, left = self._text.values(array[1:-1], first, is_last=is_last, is_cut=self.is_cut)
            self.count += len(found)
            return self._conversion.piece(first, found), left
        self.count += len(found)
        piece = self._conversion.piece(first, found)
        piece.array, piece.first = array, first
        return piece, None


def _last_boundary(buffer: bytes) -> tuple[int, int] | None:
    """The end of the last row that another one follows, and where that begins, as far as the bytes tell."""
    place = buffer.rfind(b"}")
    while place >= 0:
        between = _BETWEEN.match(buffer, place + 1)
        if between is not None:
            return between.span()
        place = buffer.rfind(b"}", 0, place)
    return None
