"""Values in text that is not all JSON, as far as they are: json knows NaN, and what is broken is told and left out."""

from __future__ import annotations

import json
import re
from typing import Any

from lading import Origin, Report
from lading_nuscenes.conversion import BROKEN, Conversion

_TEXT_BOUNDARY = re.compile(r"\}\s*,\s*(?=\{)")
_SPACE = re.compile(r"[ \t\r\n]*")

#: Python refuses to read integers beyond some thousand digits.
_MOST_DIGITS = 4_000


class BrokenText:
    """Reads the text of rows of one table."""

    def __init__(self, path: str, conversion: Conversion[Any], report: Report) -> None:
        self._path = path
        self._conversion = conversion
        self._report = report

    def values(self, data: bytes, first: int, *, is_last: bool, is_cut: bool) -> tuple[list[Any], bytes | None]:
        """The values in the text of rows, the first of which is that of this number; BROKEN for one that is told.

        And the text that is left, where the last value goes on behind it. `is_cut` where the file is told to be cut.
        """
        text = self._text(data, first)
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
                if resumed is not None or not is_cut:
                    self.tell(f"expected a JSON object, found {problem.lower()}", first + len(found))
                self._conversion.leave_out(first + len(found), {})
                value, after = BROKEN, len(text) if resumed is None else resumed.end() - 1
            found.append(self._unicode(value, first + len(found)))
            place = after + 1
            if is_last and after < len(text) and _skip(text, place) == len(text):
                self.tell("expected a row behind the last comma, found none")
        return found, None

    def _unicode(self, value: Any, index: int) -> Any:
        """A value without lone surrogates, which JSON can write and text cannot hold."""
        if value is BROKEN:
            return value
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            self.tell("expected text, found half of a surrogate pair; a `?` stands in its place", index)
            return json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
        return value

    def _text(self, data: bytes, first: int) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as exc:
            self.tell(f"expected UTF-8, found byte 0x{data[exc.start]:02x} after row {first}")
            return data.decode("utf-8", "replace")

    def tell(self, message: str, index: int | None = None) -> None:
        """Say what is wrong with the file, or one of its rows."""
        pointer = None if index is None else f"/{index}"
        self._report.error("nuscenes.broken-table", message, Origin(self._path, pointer))


def whole_number(digits: str) -> int | float:
    """A whole number; one of more digits than Python turns into an integer becomes a float, an infinity mostly."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()
