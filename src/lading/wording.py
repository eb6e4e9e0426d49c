"""Words of messages that depend on what they tell."""

from __future__ import annotations

import struct
from collections.abc import Iterable

#: Above this the digits of a float are not those of the number that was meant.
_EXACT = 1e15


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 frame`, `1,200 frames`; `plural` where that is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def figure(number: float) -> str:
    """A number for people, without what sums of floats and 32 bits leave behind: `125.49`, `0.1`, `640`.

    Ten digits of it, and all of an integer; of one that 32 bits hold, the fewest that tell it from its neighbours.
    """
    if isinstance(number, int) or (number.is_integer() and abs(number) < _EXACT):
        return str(int(number))
    for digits in range(6, 10):
        text = f"{number:.{digits}g}"
        if _single(float(text)) == number:
            return text
    return f"{number:.10g}"


def figures(numbers: Iterable[float]) -> str:
    """Several of them, as a tuple stands: `(0, 12.5, 640, 480)`."""
    return f"({', '.join(map(figure, numbers))})"


def _single(number: float) -> float | None:
    """The nearest number of 32 bits."""
    try:
        nearest: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return None
    return nearest
