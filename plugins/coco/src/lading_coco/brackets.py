"""The brackets of a text that stand in no string: numpy marks quotes and brackets, and quotes are counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]

_QUOTE, _BACKSLASH = 0x22, 0x5C
#: All four brackets, and few other bytes, are this under the mask.
_MASK, _MASKED = 0xD9, 0x59
_STEP = np.zeros(256, dtype=np.int8)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1


class Brackets:
    """Takes the chunks of a text in order and finds their brackets."""

    def __init__(self) -> None:
        self.in_string = False
        self.is_escaped = False  # the next byte, by a backslash
        self._buffers = _buffers(0)

    def find(self, chunk: bytes) -> tuple[Places, NDArray[np.int8]]:
        """The brackets outside strings, and whether each opens (1) or closes (-1)."""
        text = np.frombuffer(chunk, dtype=np.uint8)
        marks = np.flatnonzero(self._marked(text))
        bytes_there = text[marks]
        is_quote = bytes_there == _QUOTE
        if self.is_escaped or b"\\" in chunk:
            quotes = np.flatnonzero(is_quote)
            is_quote[quotes[self._escaped(text, marks[quotes])]] = False
        quotes_so_far = np.cumsum(is_quote, dtype=np.int32)
        steps = _STEP[bytes_there]
        real = ((quotes_so_far + self.in_string) & 1 == 0) & (steps != 0)
        if len(marks):
            self.in_string = bool((int(quotes_so_far[-1]) + self.in_string) & 1)
        return marks[real], steps[real]

    def _marked(self, text: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Quotes and brackets, in buffers that are kept: fresh memory for every chunk costs as much as the work."""
        if len(self._buffers[0]) < len(text):
            self._buffers = _buffers(len(text))
        masked, found, quotes = (buffer[: len(text)] for buffer in self._buffers)
        np.bitwise_and(text, np.uint8(_MASK), out=masked)
        np.equal(masked, np.uint8(_MASKED), out=found)
        np.equal(text, np.uint8(_QUOTE), out=quotes)
        return np.logical_or(found, quotes, out=found)

    def _escaped(self, text: NDArray[np.uint8], quotes: Places) -> list[int]:
        """Which quotes a backslash escapes: those behind an odd number of them."""
        suspects = np.flatnonzero(text[np.maximum(quotes - 1, 0)] == _BACKSLASH)
        if len(quotes) and quotes[0] == 0 and self.is_escaped:
            suspects = np.union1d(suspects, [0])
        escaped = [index for index in suspects.tolist() if self._odd_run(text, int(quotes[index]))]
        self.is_escaped = self._odd_run(text, len(text))
        return escaped

    def _odd_run(self, text: NDArray[np.uint8], place: int) -> bool:
        first = place
        while first > 0 and text[first - 1] == _BACKSLASH:
            first -= 1
        return bool((place - first + (first == 0 and self.is_escaped)) & 1)


def _buffers(size: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    return np.empty(size, np.uint8), np.empty(size, np.bool_), np.empty(size, np.bool_)
