"""Texts of elements as typed values; what is of no type stays the text that it is."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str

#: VOC writes 0 and 1; some tools write words (source-formats.md 5.8).
_FLAGS: dict[str, bool] = {"0": False, "1": True}
_WORDS = {"false": False, "true": True, "no": False, "yes": True}

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def flag(text: str) -> Value:
    """A flag: true or false, else a number, else the text (`0.06`, `Unspecified`, nothing)."""
    known = _FLAGS.get(text)
    if known is not None:
        return known
    stripped = text.strip()
    word = _FLAGS.get(stripped, _WORDS.get(stripped.lower()))
    if word is not None:
        return word
    return _decimal(stripped)


def value(text: str) -> Value:
    """The value of an attribute that a tool wrote as text: true or false, a number, or the text."""
    stripped = text.strip()
    if stripped.lower() in ("true", "false"):
        return stripped.lower() == "true"
    if _INTEGER.fullmatch(stripped):
        return int(stripped)
    return _decimal(stripped)


def _decimal(text: str) -> float | str:
    """The number of a text; one beyond all floats stays the text."""
    found = float(text) if _DECIMAL.fullmatch(text) else math.inf
    return found if math.isfinite(found) else text


def number(text: str) -> float | None:
    """A coordinate, also NaN or infinite, or None where the text is no number."""
    try:
        found = float(text)
    except ValueError:
        return None
    return None if "_" in text else found  # Python's own way of writing 1_000


def pixels(text: str | None) -> int | None:
    """A width or height in whole pixels above 0, or None."""
    found = None if text is None else number(text)
    return int(found) if found is not None and 0 < found < 1 << 31 and found == int(found) else None
