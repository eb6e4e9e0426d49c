"""Numbers, also those that people write as text."""

from __future__ import annotations

from typing import Any

#: Whole numbers from here on are no floats.
_TOO_LARGE = 1 << 1023


def number_of(value: Any) -> int | float | None:
    """A number, also one written as text; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if abs(value) < _TOO_LARGE else None
    if isinstance(value, str):
        for kind in (int, float):
            try:
                return number_of(kind(value))
            except ValueError:
                continue
    return None


def numbers_of(values: Any) -> list[Any] | None:
    """A list of numbers, with those that are text read as numbers; None where it is none."""
    if not isinstance(values, (list, tuple)):
        return None
    numbers = [number_of(value) for value in values]
    return None if any(number is None for number in numbers) else numbers
