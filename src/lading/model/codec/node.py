"""One value of a JSON document with its place, asked for what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from lading.errors import RecordError
from lading.model.report import Origin

Number = TypeVar("Number", int, float)


class Node:
    """A JSON value and where it stands. What does not fit raises RecordError with its pointer."""

    __slots__ = ("at", "value")

    def __init__(self, value: Any, at: Origin) -> None:
        self.value = value
        self.at = at

    def wrong(self, expected: str, found: object = None) -> RecordError:
        """The error that says what was expected here."""
        shown = describe(self.value) if found is None else found
        return RecordError(self.at.file, pointer=self.at.pointer, line=self.at.line, expected=expected, found=shown)

    def object(self) -> dict[str, Any]:
        """The value as an object."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return self.value

    def array(self) -> list[Any]:
        """The value as an array."""
        if not isinstance(self.value, list):
            raise self.wrong("an array")
        return self.value

    def text(self) -> str:
        """The value as a string."""
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def number(self) -> float:
        """The value as a number of 64 bits; true and false are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.wrong("a number")
        return self._of_64_bits(self.value)

    def integer(self) -> int:
        """The value as an integer of 64 bits; 3.0 is one, true is none."""
        if isinstance(self.value, float) and self.value.is_integer():
            return self._of_64_bits(int(self.value))
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("an integer")
        return self._of_64_bits(self.value)

    def _of_64_bits(self, number: Number) -> Number:
        """The number itself: a longer integer fits into no array of coordinates or counts."""
        if isinstance(number, int) and not -(1 << 63) <= number < 1 << 63:
            raise self.wrong("a number of 64 bits")
        return number

    def field(self, name: str) -> Node:
        """A field that has to be there."""
        fields = self.object()
        if name not in fields:
            raise self.wrong(f"a field `{name}`", "none")
        return Node(fields[name], self.at.below(name))

    def optional(self, name: str) -> Node | None:
        """A field that may be absent or null."""
        value = self.object().get(name)
        return None if value is None else Node(value, self.at.below(name))

    def items(self) -> Iterator[Node]:
        """The elements of an array."""
        for index, value in enumerate(self.array()):
            yield Node(value, self.at.below(index))


def describe(value: Any) -> str:
    """A JSON value in a few words, for messages."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
