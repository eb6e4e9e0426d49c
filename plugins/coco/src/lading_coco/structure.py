"""Where the records of a COCO file stand: one pass over its bytes that finds brackets, not values.

Brackets outside strings, added up, give the depth. What is left after the records are cut out, the envelope, is parsed
as a whole. Where `decode` is given, records are found in a quicker way between two of an array that is usual: those of
a chunk are decoded as one list, and their number says that commas are enough to tell them apart.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.errors import RecordError
from lading_coco.brackets import Brackets
from lading_coco.commas import Commas, last_comma
from lading_coco.envelope import Envelope

Offsets: TypeAlias = NDArray[np.int64]

#: The arrays whose records are cut out; `""` is a file that is an array itself.
RECORD_ARRAYS = frozenset({"images", "annotations"})

_LAST_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*[\[{]$')


class RecordArray:
    """An array of records: its key, and the places of its elements that are objects or arrays."""

    def __init__(self, key: str, begin: int) -> None:
        self.key = key
        self.begin = begin  # of the first byte behind its bracket
        self.end = begin
        self.count = 0

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer of the array."""
        return f"/{self.key}" if self.key else ""


class Piece(NamedTuple):
    """Some records of an array that follow each other."""

    array: RecordArray
    text: bytes | bytearray  # as long as it is being taken
    base: int  # where the text begins in the file
    begins: Offsets  # of each record in the file
    ends: Offsets
    values: list[Any] | None = None  # of the records, where `Decode` has made them, good as long as the text
    inner: Offsets | None = None  # the braces in the file that begin no record, where these are known


#: Takes records as they are found.
Take: TypeAlias = Callable[[Piece], None]
#: Makes the objects of a JSON list of records of an array; None where it is no list of objects.
Decode: TypeAlias = Callable[[RecordArray, memoryview], "list[Any] | None"]


class Scanner:
    """Takes the chunks of a file in order and hands on its records.

    `arrays` has the arrays found, the last one where a key is there twice. With `decode` it may hold back what begins
    with the last record that it has met, until there is more or it is told to `settle`.
    """

    def __init__(self, path: str, take: Take, decode: Decode | None = None) -> None:
        self.path = path
        self.arrays: dict[str, RecordArray] = {}
        self.envelope = Envelope()  # of what has been read so far
        self._take = take
        self._decode = decode
        self._brackets = Brackets()
        self._commas = Commas()
        self._list = bytearray()  # kept: fresh memory for every chunk costs as much as the work
        self._offset = 0  # of the chunk at hand
        self._depth = 0
        self._row_depth = 0  # 3 where the file is an object, 2 where it is an array, 0 while that is not known
        self._array: RecordArray | None = None
        self._open_row: int | None = None
        self._carry = bytearray()
        self._held = b""  # from `_offset` on, which is the begin of a record of the array at hand
        self._is_usual = False  # commas would have told the records that were found last apart

    @property
    def is_open(self) -> bool:
        """Whether something has begun that has not ended."""
        return self._depth > 0 or self._brackets.in_string

    @property
    def is_between_annotations(self) -> bool:
        """Whether it stands within the array of annotations, in no record."""
        is_inside = self._array is not None and self._array.key == "annotations" and not self._held
        is_in_text = self._brackets.in_string or self._brackets.is_escaped
        return is_inside and self._depth == self._row_depth - 1 and not is_in_text

    def is_over(self, array: RecordArray) -> bool:
        """Whether an array that it was in has been closed."""
        return self._array is not array

    def enter(self, array: RecordArray) -> None:
        """Begin within an array of an object, at a place between two of its records."""
        self._array = self.arrays[array.key] = array
        self.envelope.cuts.append(array)
        self._offset = array.begin
        self._row_depth, self._depth = 3, 2

    def skip(self, end: int, count: int) -> None:
        """Go on at a place within the array at hand, behind so many records that somebody else took."""
        if self._array is not None:
            self._array.count += count
        self._offset = end

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises RecordError where a bracket closes nothing."""
        if self._offset == 0 and chunk.startswith(codecs.BOM_UTF8):
            chunk, self._offset = chunk[len(codecs.BOM_UTF8) :], len(codecs.BOM_UTF8)
            self.envelope.start = self._offset
        if self._held:
            if self._take_at_once(chunk):
                return
            chunk, self._held = self._held + chunk, b""
        self._read(chunk)
        self._hold()

    def settle(self) -> None:
        """Read what is held back. Raises RecordError where a bracket closes nothing."""
        held, self._held = self._held, b""
        if held:
            self._read(held)

    def finish(self) -> Any:
        """The envelope: the document with its arrays of records left empty.

        Raises RecordError where the file ends too early, or is no JSON outside its records.
        """
        self.settle()
        if self.is_open or not self._row_depth:
            found = f"the end of the file at byte {self._offset}" if self._offset else "an empty file"
            raise RecordError(self.path, expected="whole JSON", found=found)
        return self.envelope.parse(self.path)

    def _take_at_once(self, chunk: bytes) -> bool:
        """Take the records from the one held back to the last that begins in the chunk, and hold back that one.

        Where that cannot be, nothing is taken: the array ends here, something is no JSON, or a record is unusual.
        """
        found = last_comma(chunk)
        if found is None or self._array is None or self._decode is None:
            return False
        comma, begin = found
        text, size = self._listed(chunk, comma)
        values = self._decode(self._array, memoryview(text)[:size])
        places = None if values is None else self._commas.bounds(text, 1, size - 1)
        if values is None or places is None or len(values) != len(places[0]):
            return False
        base = self._offset - 1
        begins, ends, inner = (found + base for found in places)
        self._give(Piece(self._array, text, base, begins, ends, values, inner))
        self._offset += len(self._held) + begin
        self._held = chunk[begin:]
        return True

    def _listed(self, chunk: bytes, end: int) -> tuple[bytearray, int]:
        """What is held back and a chunk up to `end` as a list; its length in the bytes that are kept for it."""
        size = len(self._held) + end + 2
        if len(self._list) < size:
            self._list = bytearray(size + size // 8)
        view = memoryview(self._list)
        first = len(self._held) + 1
        view[:first] = b"[" + self._held
        view[first : size - 1] = memoryview(chunk)[:end]
        view[size - 1] = ord("]")
        return self._list, size

    def _hold(self) -> None:
        """Stand between two records again, before one that has begun, where those before it were usual."""
        if self._is_usual and self._open_row is not None and self._carry.startswith(b"{"):
            self._held, self._offset, self._depth = bytes(self._carry), self._open_row, self._row_depth - 1
            self._brackets.in_string = self._brackets.is_escaped = False
            self._open_row, self._carry = None, bytearray()

    def _read(self, chunk: bytes) -> None:
        self._is_usual = False
        places, steps = self._brackets.find(chunk)
        depths = self._depth + np.cumsum(steps, dtype=np.int64)
        if len(depths):
            if int(depths.min()) < 0:
                at = self._offset + int(places[int(np.argmax(depths < 0))])
                raise RecordError(self.path, expected="JSON", found=f"a bracket that closes nothing at byte {at}")
            if not self._row_depth:
                self._row_depth = 3 if chunk[int(places[0])] == ord("{") else 2
            self._depth = int(depths[-1])
        self._cut(chunk, places, steps, depths)
        self._offset += len(chunk)

    def _cut(self, chunk: bytes, places: Offsets, steps: NDArray[np.int8], depths: Offsets) -> None:
        """Hand on the records of this chunk and keep the rest of it for the envelope."""
        level = self._row_depth - 1  # the depth inside an array of records
        opens = (depths == level) & (steps > 0)
        closes = (depths == level - 1) & (steps < 0)
        begins = places[(depths == level + 1) & (steps > 0)]
        ends = places[(depths == level) & (steps < 0)] + 1
        envelope = self.envelope.text
        kept = done = 0
        for event in np.flatnonzero(opens | closes).tolist():
            place = int(places[event])
            if opens[event]:
                envelope += chunk[kept : place + 1]
                kept = done = place + 1
                self._enter(chunk[place], self._offset + place + 1)
            elif self._array is not None:
                self._hand_on(self._array, chunk, begins, ends, done, place)
                self._array.end = self._offset + place
                self._array, kept = None, place
        if self._array is None:
            envelope += chunk[kept:]
        else:
            self._hand_on(self._array, chunk, begins, ends, done, len(chunk))

    def _enter(self, bracket: int, begin: int) -> None:
        if bracket != ord("["):
            return
        key = ""
        if self._row_depth == 3:
            found = _LAST_KEY.search(self.envelope.text[-4096:])
            key = "" if found is None else _unescaped(found[1])
            if key not in RECORD_ARRAYS:
                return
        self._array = self.arrays[key] = RecordArray(key, begin)
        self.envelope.cuts.append(self._array)

    def _hand_on(self, array: RecordArray, chunk: bytes, begins: Offsets, ends: Offsets, low: int, high: int) -> None:
        b = begins[np.searchsorted(begins, low) : np.searchsorted(begins, high)] + self._offset
        e = ends[np.searchsorted(ends, low, side="right") : np.searchsorted(ends, high, side="right")] + self._offset
        if self._open_row is not None:
            if not len(e):
                self._carry += chunk
                return
            self._carry += chunk[: int(e[0]) - self._offset]
            self._give(Piece(array, bytes(self._carry), self._open_row, np.array([self._open_row]), e[:1]))
            e, self._open_row, self._carry = e[1:], None, bytearray()
        if len(b) > len(e):
            self._open_row = int(b[-1])
            self._carry += chunk[self._open_row - self._offset :]
            b = b[:-1]
        if len(b):
            self._give(Piece(array, chunk, self._offset, b, e))
            if self._decode is not None and self._open_row is not None:
                found = self._commas.bounds(chunk, int(b[0]) - self._offset, int(e[-1]) - self._offset)
                self._is_usual = found is not None and len(found[0]) == len(b)

    def _give(self, piece: Piece) -> None:
        self._take(piece)
        piece.array.count += len(piece.begins)


def _unescaped(key: bytes) -> str:
    """A key as it is read, whose letters may be written as escapes."""
    text = key.decode("utf-8", "replace")
    if "\\" in text:
        try:
            return str(json.loads(f'"{text}"'))
        except ValueError:
            pass  # told where what is around the records is read
    return text


def scan(path: str, chunks: Iterable[bytes], take: Take) -> tuple[Scanner, Any]:
    """Scan a whole file: the scanner with its arrays, and the envelope. Raises RecordError."""
    scanner = Scanner(path, take)
    for chunk in chunks:
        scanner.feed(chunk)
    return scanner, scanner.finish()
