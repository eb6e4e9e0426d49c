"""Where the records of a COCO file stand: one pass over its bytes that finds brackets, not values.

numpy marks quotes and brackets in a chunk; counting quotes tells which brackets stand in strings, and adding up
the others gives the depth. What is left after the records are cut out, the envelope, is parsed as a whole.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.errors import RecordError

Offsets: TypeAlias = NDArray[np.int64]

#: The arrays whose records are cut out; `""` is a file that is an array itself.
RECORD_ARRAYS = frozenset({"images", "annotations"})

#: Takes records as they are found: their array, a text, where that begins in the file, and begin and end of each
#: record in the file.
Take: TypeAlias = Callable[["RecordArray", bytes, int, Offsets, Offsets], None]

_QUOTE, _BACKSLASH = 0x22, 0x5C
#: All four brackets, and few other bytes, are this under the mask.
_MASK, _MASKED = 0xD9, 0x59
_STEP = np.zeros(256, dtype=np.int8)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1

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


class Scanner:
    """Takes the chunks of a file in order and hands on its records.

    `arrays` has the arrays found, the last one where a key is there twice. `repeated` are the keys at the top that are
    there twice, `repeated_below` those of objects within it outside the records; `replaced` is the first byte outside
    the records that is no UTF-8, with its place.
    """

    def __init__(self, path: str, take: Take) -> None:
        self.path = path
        self.arrays: dict[str, RecordArray] = {}
        self.repeated: list[str] = []
        self.repeated_below: list[str] = []
        self.replaced: tuple[int, int] | None = None
        self._cuts: list[RecordArray] = []
        self._take = take
        self._start = 0  # the mark of UTF-8 in front
        self._offset = 0  # of the chunk at hand
        self._depth = 0
        self._in_string = False
        self._is_escaped = False
        self._row_depth = 0  # 3 where the file is an object, 2 where it is an array, 0 while that is not known
        self._array: RecordArray | None = None
        self._open_row: int | None = None
        self._carry = bytearray()
        self._buffers = _buffers(0)
        self._envelope = bytearray()

    @property
    def envelope(self) -> bytes:
        """What has been read so far without the records."""
        return bytes(self._envelope)

    @property
    def is_open(self) -> bool:
        """Whether something has begun that has not ended."""
        return self._depth > 0 or self._in_string

    @property
    def is_between_annotations(self) -> bool:
        """Whether it stands within the array of annotations, in no record."""
        is_inside = self._array is not None and self._array.key == "annotations"
        return is_inside and self._depth == self._row_depth - 1 and not self._in_string and not self._is_escaped

    def is_over(self, array: RecordArray) -> bool:
        """Whether an array that it was in has been closed."""
        return self._array is not array

    def enter(self, array: RecordArray) -> None:
        """Begin within an array of an object, at a place between two of its records."""
        self._array = self.arrays[array.key] = array
        self._cuts.append(array)
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
            self._start = self._offset
        places, steps = self._brackets(chunk)
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

    def finish(self) -> Any:
        """The envelope: the document with its arrays of records left empty.

        Raises RecordError where the file ends too early, or is no JSON outside its records.
        """
        if self.is_open or not self._row_depth:
            found = f"the end of the file at byte {self._offset}" if self._offset else "an empty file"
            raise RecordError(self.path, expected="whole JSON", found=found)
        try:
            text = self._envelope.decode("utf-8")
        except UnicodeDecodeError as exc:
            self.replaced = self._envelope[exc.start], self._place(exc.start)
            text = self._envelope.decode("utf-8", "replace")
        try:
            return json.loads(text, object_pairs_hook=self._object)
        except json.JSONDecodeError as exc:
            place = self._place(len(text[: exc.pos].encode("utf-8", "surrogatepass")))
            raise RecordError(
                self.path, expected="JSON", found=f"{exc.msg.lower().removesuffix(' at')} at byte {place}"
            ) from exc
        except RecursionError as exc:
            raise RecordError(self.path, expected="JSON", found="values too deep to be read") from exc

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object outside the records, the outermost one last; of a key that is there twice the last value counts."""
        found = dict(pairs)
        self.repeated_below += self.repeated
        self.repeated = []
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            self.repeated = [key for key in found if keys.count(key) > 1]
        return found

    def _place(self, offset: int) -> int:
        """Where a byte of the envelope stands in the file."""
        place = offset + self._start
        for array in self._cuts:
            if array.begin <= place:
                place += array.end - array.begin
        return place

    def _brackets(self, chunk: bytes) -> tuple[Offsets, NDArray[np.int8]]:
        """The brackets outside strings, and whether each opens (1) or closes (-1)."""
        text = np.frombuffer(chunk, dtype=np.uint8)
        marks = np.flatnonzero(self._marked(text))
        bytes_there = text[marks]
        is_quote = bytes_there == _QUOTE
        if self._is_escaped or b"\\" in chunk:
            quotes = np.flatnonzero(is_quote)
            is_quote[quotes[self._escaped(text, marks[quotes])]] = False
        quotes_so_far = np.cumsum(is_quote, dtype=np.int32)
        steps = _STEP[bytes_there]
        real = ((quotes_so_far + self._in_string) & 1 == 0) & (steps != 0)
        if len(marks):
            self._in_string = bool((int(quotes_so_far[-1]) + self._in_string) & 1)
        return marks[real], steps[real]

    def _marked(self, text: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Quotes and brackets, in buffers that are kept: fresh memory for every chunk costs as much as the work."""
        if len(self._buffers[0]) < len(text):
            self._buffers = (
                np.empty(len(text), np.uint8),
                np.empty(len(text), np.bool_),
                np.empty(len(text), np.bool_),
            )
        masked, found, quotes = (buffer[: len(text)] for buffer in self._buffers)
        np.bitwise_and(text, np.uint8(_MASK), out=masked)
        np.equal(masked, np.uint8(_MASKED), out=found)
        np.equal(text, np.uint8(_QUOTE), out=quotes)
        return np.logical_or(found, quotes, out=found)

    def _escaped(self, text: NDArray[np.uint8], quotes: Offsets) -> list[int]:
        """Which quotes a backslash escapes: those behind an odd number of them."""
        suspects = np.flatnonzero(text[np.maximum(quotes - 1, 0)] == _BACKSLASH)
        if len(quotes) and quotes[0] == 0 and self._is_escaped:
            suspects = np.union1d(suspects, [0])
        escaped = [index for index in suspects.tolist() if self._odd_run(text, int(quotes[index]))]
        self._is_escaped = self._odd_run(text, len(text))
        return escaped

    def _odd_run(self, text: NDArray[np.uint8], place: int) -> bool:
        first = place
        while first > 0 and text[first - 1] == _BACKSLASH:
            first -= 1
        return bool((place - first + (first == 0 and self._is_escaped)) & 1)

    def _cut(self, chunk: bytes, places: Offsets, steps: NDArray[np.int8], depths: Offsets) -> None:
        """Hand on the records of this chunk and keep the rest of it for the envelope."""
        level = self._row_depth - 1  # the depth inside an array of records
        opens = (depths == level) & (steps > 0)
        closes = (depths == level - 1) & (steps < 0)
        begins = places[(depths == level + 1) & (steps > 0)]
        ends = places[(depths == level) & (steps < 0)] + 1
        kept = done = 0
        for event in np.flatnonzero(opens | closes).tolist():
            place = int(places[event])
            if opens[event]:
                self._envelope += chunk[kept : place + 1]
                kept = done = place + 1
                self._enter(chunk[place], self._offset + place + 1)
            elif self._array is not None:
                self._hand_on(self._array, chunk, begins, ends, done, place)
                self._array.end = self._offset + place
                self._array, kept = None, place
        if self._array is None:
            self._envelope += chunk[kept:]
        else:
            self._hand_on(self._array, chunk, begins, ends, done, len(chunk))

    def _enter(self, bracket: int, begin: int) -> None:
        if bracket != ord("["):
            return
        key = ""
        if self._row_depth == 3:
            found = _LAST_KEY.search(self._envelope[-4096:])
            key = "" if found is None else found[1].decode("utf-8", "replace")
            if key not in RECORD_ARRAYS:
                return
        self._array = self.arrays[key] = RecordArray(key, begin)
        self._cuts.append(self._array)

    def _hand_on(self, array: RecordArray, chunk: bytes, begins: Offsets, ends: Offsets, low: int, high: int) -> None:
        b = begins[np.searchsorted(begins, low) : np.searchsorted(begins, high)] + self._offset
        e = ends[np.searchsorted(ends, low, side="right") : np.searchsorted(ends, high, side="right")] + self._offset
        if self._open_row is not None:
            if not len(e):
                self._carry += chunk
                return
            self._carry += chunk[: int(e[0]) - self._offset]
            self._give(array, bytes(self._carry), self._open_row, np.array([self._open_row]), e[:1])
            e, self._open_row, self._carry = e[1:], None, bytearray()
        if len(b) > len(e):
            self._open_row = int(b[-1])
            self._carry += chunk[self._open_row - self._offset :]
            b = b[:-1]
        if len(b):
            self._give(array, chunk, self._offset, b, e)

    def _give(self, array: RecordArray, text: bytes, base: int, begins: Offsets, ends: Offsets) -> None:
        self._take(array, text, base, begins, ends)
        array.count += len(begins)


def _buffers(size: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    return np.empty(size, np.uint8), np.empty(size, np.bool_), np.empty(size, np.bool_)


def scan(path: str, chunks: Iterable[bytes], take: Take) -> tuple[Scanner, Any]:
    """Scan a whole file: the scanner with its arrays, and the envelope. Raises RecordError."""
    scanner = Scanner(path, take)
    for chunk in chunks:
        scanner.feed(chunk)
    return scanner, scanner.finish()
