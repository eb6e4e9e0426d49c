"""Rows of a table out of values of JSON, one by one: what each has beyond the schema, or against it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from lading import Origin, Report
from lading_nuscenes.oddities import mend
from lading_nuscenes.schema import Row

T = TypeVar("T", bound=Row)

#: In place of a value that is told to be no JSON.
BROKEN = object()

#: Tokens of rows that are left out, at most: beyond that what leads to them is told as well.
_MOST_LEFT_OUT = 10_000

_PATH = re.compile(r" - at `\$(.*)`$")
_LACKING = re.compile(r"Object missing required field `(\w+)`")

#: Types by the names that JSON Schema has for them.
_JSON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "int | float": "number",
    "bool": "boolean",
    "list": "array",
    "NoneType": "null",
}
_TYPES = re.compile(r"(?<=[`| ])(?:int \| float|str|int|float|bool)(?=[` ])")
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


class Conversion(Generic[T]):
    """Makes rows of one table; `is_plain` until one has a key that the schema has not.

    `left_out` has the rows that are told to be bad, by their token, or their number where they have none; `mended` the
    places (row and key) of values that are told to be no tokens, or left out; `nameless` counts the rows whose own
    token is told to be none.
    """

    def __init__(self, path: str, row_type: type[T], report: Report) -> None:
        self.left_out: dict[str | int, dict[str, Any]] = {}
        self.mended: set[tuple[int, str]] = set()
        self.nameless = 0
        self.is_plain = True
        self._path = path
        self._row_type = row_type
        fields = msgspec.structs.fields(row_type)
        self._fields = frozenset(field.name for field in fields)
        self._optional = frozenset(field.name for field in fields if not field.required)
        self._report = report

    def piece(self, first: int, values: list[Any]) -> Piece[T]:
        """The rows among some values, the first of which is that of this number."""
        indexes: list[int] = []
        rows: list[T] = []
        extras: dict[int, dict[str, Any]] = {}
        for index, value in enumerate(values, first):
            if value is BROKEN:
                continue
            if not isinstance(value, dict):
                self._bad(index, "expected an object", _name(value))
                continue
            unknown = {key: value.pop(key) for key in value.keys() - self._fields}
            if unknown:
                self.is_plain = False
                unknown = dict(sorted(unknown.items()))
            aside, tokens = mend(value, Origin(self._path, f"/{index}"), self._report)
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
            self._report.error("nuscenes.bad-record", message, Origin(self._path, f"/{index}{pointer}"))
            if not is_optional:
                self.leave_out(index, value)
                return None
            aside[key] = value.pop(key)
            if len(self.mended) < _MOST_LEFT_OUT:
                self.mended.add((index, key))

    def leave_out(self, index: int, value: dict[str, Any]) -> None:
        """Note a row that is told to be none."""
        token = value.get("token")
        known = token if isinstance(token, str) else index
        self.nameless += known is index
        if len(self.left_out) < _MOST_LEFT_OUT:
            self.left_out[known] = value

    def _bad(self, index: int, expected: str, found: str) -> None:
        self.leave_out(index, {})
        message = f"{expected}, found {found}; the row is left out"
        self._report.error("nuscenes.bad-record", message, Origin(self._path, f"/{index}"))


def _name(value: Any) -> str:
    kind = type(value).__name__
    return _JSON_TYPES.get(kind, kind)


def refusal(exc: msgspec.ValidationError) -> tuple[str, str]:
    """What msgspec has against a row, in our words, and the pointer to it within the row."""
    message = str(exc)
    path = _PATH.search(message)
    pointer = "".join(f"/{key or item}" for key, item in _STEP.findall(path[1])) if path else ""
    told = _PATH.sub("", message).replace(", got", ", found")
    lacking = _LACKING.fullmatch(told)
    if lacking is not None:
        return f"expected a value of `{lacking[1]}`, found none", pointer
    told = _TYPES.sub(lambda match: _JSON_TYPES[match[0]], told)
    return f"{told[:1].lower()}{told[1:]}", pointer
