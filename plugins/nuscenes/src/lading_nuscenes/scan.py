"""Reads a table, a JSON array of objects, piece by piece: memory does not grow with the file.

A piece is cut where one row ends and the next begins, and decoded into typed rows at once. Only where that fails
(unknown keys, values of another type, NaN, broken JSON) its rows are looked at one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

from lading import File, Origin, Report
from lading_nuscenes.oddities import mend
from lading_nuscenes.schema import Row

T = TypeVar("T", bound=Row)

#: Bytes read at once: some hundreds of rows, which fit into a cache near the core.
BLOCK = 1 << 18

_BETWEEN = re.compile(rb"\s*,\s*(?=\{)")
_TEXT_BOUNDARY = re.compile(r"\}\s*,\s*(?=\{)")
_SPACE = re.compile(r"[ \t\r\n]*")
_PATH = re.compile(r" - at `\$(.*)`$")
#: Tokens of rows that are left out, at most: beyond that what leads to them is told as well.
_MOST_LEFT_OUT = 10_000
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


class Piece(Generic[T]):
    """Some rows, where in the table each stands, and the keys of rows (by place in `rows`) that the schema has not.

    `array` is the text that they were decoded from, in brackets, and `offset` where the first row's text
    begins in the file; None where the text was no JSON throughout.
    """

    __slots__ = ("array", "extras", "first", "indexes", "offset", "rows")

    def __init__(self, indexes: Sequence[int], rows: list[T], extras: dict[int, dict[str, Any]]) -> None:
        self.indexes = indexes
        self.rows = rows
        self.extras = extras
        self.array: bytes | None = None
        self.offset = 0
        self.first = indexes[0] if indexes else 0

    def spans(self) -> list[tuple[int, int]] | None:
        """Where in the file each row begins, and its length; None where that is not known."""
        if self.array is None:
            return None
        spans = []
        place = 1
        for raw in msgspec.json.decode(self.array, type=list[msgspec.Raw]):
            text = bytes(raw)
            place = self.array.index(text, place)
            spans.append((self.offset + place - 1, len(text)))
            place += len(text)
        return [spans[index - self.first] for index in self.indexes]


class Scan(Generic[T]):
    """One pass over one table; `count` is the number of rows met so far, those that could not be read included.

    `left_out` has the rows that are told to be bad, by their token, or their number where they have none; `mended` the
    places (row and key) of values that are told to be no tokens, or left out; `nameless` counts the rows whose own
    token is told to be none. `is_none` where the file is told to be no table at all.

    Rows come as `plain_type`, if one is given, where a piece is JSON throughout and has no keys of its own: a type of
    the same fields that looks less closely.
    """

    def __init__(self, file: File, row_type: type[T], report: Report, plain_type: type[Row] | None = None) -> None:
        self.count = 0
        self.left_out: dict[str | int, dict[str, Any]] = {}
        self.mended: set[tuple[int, str]] = set()
        self.nameless = 0
        self.is_none = False
        self._file = file
        self._row_type = row_type
        fields = msgspec.structs.fields(row_type)
        self._fields = frozenset(field.name for field in fields)
        self._optional = frozenset(field.name for field in fields if not field.required)
        kind: Any = plain_type or row_type
        self._decoder: Any = msgspec.json.Decoder(list[kind])
        self._report = report
        self._is_cut = False
        self._is_plain = True  # until a row has a key that the schema has not

    def pieces(self) -> Iterator[Piece[T]]:
        """The rows, in order. What is wrong with the file or a row is reported, and the rest still comes."""
        with self._file.open() as stream:
            rest = self._opening(stream)
            while rest is not None:
                block = stream.read(BLOCK)
                start = stream.tell() - len(block) - len(rest)
                cut = _last_boundary(block)
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
                    piece, rest = self._decode(b"".join((b"[", self._closing(rest), b"]")), is_last=True)
                piece.offset = start
                if piece.rows:
                    yield piece

    def checked(self, piece: Piece[T]) -> Piece[T]:
        """A piece that came as `plain_type`, with each row looked at."""
        array = piece.array or b"[]"
        try:
            values = msgspec.json.decode(array)
        except _REFUSED:  # numbers that were left as text may be beyond those of 64 bits
            count, self.count = self.count, piece.first
            values, _ = self._one_by_one(array[1:-1], is_last=True)
            self.count = count
        found = self._convert(piece.first, values)
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
        self._broken(f"expected a JSON array, found {found}")
        return None

    def _closing(self, buffer: bytes) -> bytes:
        """The last rows, without the `]` at the end."""
        trimmed = buffer.rstrip()
        if trimmed.endswith(b"]"):
            return trimmed[:-1]
        self._is_cut = True
        self._broken("expected `]` at the end of the table, found it cut")
        return trimmed

    def _decode(self, array: bytes, *, is_last: bool) -> tuple[Piece[T], bytes | None]:
        """The rows of an array; and what is left, if it was cut within a row that goes on in the next block."""
        first = self.count
        if self._is_plain:
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
            found, left = self._one_by_one(array[1:-1], is_last=is_last)
            return self._convert(first, found), left
        self.count += len(found)
        piece = self._convert(first, found)
        piece.array, piece.first = array, first
        return piece, None

    def _one_by_one(self, data: bytes, *, is_last: bool) -> tuple[list[Any], bytes | None]:
        """The values in text that is not all JSON, as far as they are (json knows NaN); broken ones are left out."""
        text = self._text(data)
        decoder = json.JSONDecoder(parse_int=whole_number)
        found: list[Any] = []
        place = 0
        while (place := _skip(text, place)) < len(text):
            try:
                value, end = decoder.raw_decode(text, place)
                after = _skip(text, end)
                if after < len(text) and text[after] != ",":
                    raise json.JSONDecodeError("Expecting ',' delimiter", text, after)
            except (json.JSONDecodeError, RecursionError) as exc:
                at = exc.pos if isinstance(exc, json.JSONDecodeError) else place
                resumed = _TEXT_BOUNDARY.search(text, at)
                if resumed is None and not is_last and isinstance(exc, json.JSONDecodeError):
                    return found, text[place:].encode()
                problem = exc.msg if isinstance(exc, json.JSONDecodeError) else "too deep a nesting"
                if resumed is not None or not self._is_cut:
                    self._broken(f"expected a JSON object, found {problem.lower()}", self.count)
                self._leave_out(self.count, {})
                value, after = _BROKEN, len(text) if resumed is None else resumed.end() - 1
            found.append(self._unicode(value))
            self.count += 1
            place = after + 1
            if is_last and after < len(text) and _skip(text, place) == len(text):
                self._broken("expected a row behind the last comma, found none")
        return found, None

    def _unicode(self, value: Any) -> Any:
        """A value without lone surrogates, which JSON can write and text cannot hold."""
        if value is _BROKEN:
            return value
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            self._broken("expected text, found half of a surrogate pair; a `?` stands in its place", self.count)
            return json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
        return value

    def _text(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as exc:
            self._broken(f"expected UTF-8, found byte 0x{data[exc.start]:02x} after row {self.count}")
            return data.decode("utf-8", "replace")

    def _convert(self, first: int, values: list[Any]) -> Piece[T]:
        indexes: list[int] = []
        rows: list[T] = []
        extras: dict[int, dict[str, Any]] = {}
        for index, value in enumerate(values, first):
            if value is _BROKEN:
                continue
            if not isinstance(value, dict):
                self._bad(index, "expected an object", type(value).__name__)
                continue
            unknown = {key: value.pop(key) for key in value.keys() - self._fields}
            if unknown:
                self._is_plain = False
                unknown = dict(sorted(unknown.items()))
            aside, tokens = mend(value, Origin(self._file.path, f"/{index}"), self._report)
            unknown |= aside
            self.nameless += "token" in tokens
            if tokens and len(self.mended) < _MOST_LEFT_OUT:
                self.mended.update((index, key) for key in tokens)
            row = self._row(index, value, unknown)
            if row is None:
                continue
            if unknown:
                extras[len(rows)] = unknown
            indexes.append(index)
            rows.append(row)
        return Piece(indexes, rows, extras)

    def _row(self, index: int, value: dict[str, Any], aside: dict[str, Any]) -> T | None:
        """The row of an object; what a row can do without and is of another type is put aside, as it stands."""
        while True:
            try:
                return msgspec.convert(value, self._row_type)
            except msgspec.ValidationError as exc:
                told, pointer = refusal(exc)
            key = pointer.split("/")[1] if pointer else ""
            is_optional = key in self._optional and key in value
            end = "the value is left out" if is_optional else "the row is left out"
            message = f"{told} (token {value.get('token')!r}); {end}"
            self._report.error("nuscenes.bad-record", message, Origin(self._file.path, f"/{index}{pointer}"))
            if not is_optional:
                self._leave_out(index, value)
                return None
            aside[key] = value.pop(key)
            if len(self.mended) < _MOST_LEFT_OUT:
                self.mended.add((index, key))

    def _leave_out(self, index: int, value: dict[str, Any]) -> None:
        token = value.get("token")
        known = token if isinstance(token, str) else index
        self.nameless += known is index
        if len(self.left_out) < _MOST_LEFT_OUT:
            self.left_out[known] = value

    def _bad(self, index: int, expected: str, found: str) -> None:
        self._leave_out(index, {})
        message = f"{expected}, found {found}; the row is left out"
        self._report.error("nuscenes.bad-record", message, Origin(self._file.path, f"/{index}"))

    def _broken(self, message: str, index: int | None = None) -> None:
        pointer = None if index is None else f"/{index}"
        self._report.error("nuscenes.broken-table", message, Origin(self._file.path, pointer))


def refusal(exc: msgspec.ValidationError) -> tuple[str, str]:
    """What msgspec has against a row, in our words, and the pointer to it within the row."""
    message = str(exc)
    path = _PATH.search(message)
    pointer = "".join(f"/{key or item}" for key, item in _STEP.findall(path[1])) if path else ""
    told = _PATH.sub("", message).replace(", got", ", found")
    return f"{told[:1].lower()}{told[1:]}", pointer


_BROKEN = object()

#: Python refuses to read integers beyond some thousand digits.
_MOST_DIGITS = 4_000

#: What msgspec raises on text that is not what was asked for.
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def whole_number(digits: str) -> int | float:
    """A whole number; one of more digits than Python turns into an integer becomes a float, an infinity mostly."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _last_boundary(buffer: bytes) -> tuple[int, int] | None:
    """The end of the last row that another one follows, and where that begins, as far as the bytes tell."""
    place = buffer.rfind(b"}")
    while place >= 0:
        between = _BETWEEN.match(buffer, place + 1)
        if between is not None:
            return between.span()
        place = buffer.rfind(b"}", 0, place)
    return None
