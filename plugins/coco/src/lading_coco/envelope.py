"""The envelope of a COCO file: what is left of it when its records are cut out."""

from __future__ import annotations

import json
from typing import Any, Protocol

from lading.errors import RecordError


class Cut(Protocol):
    """What is cut out: its first byte in the file, and the first behind it."""

    begin: int
    end: int


class Envelope:
    """Its text, which is parsed as a whole when the file is at its end.

    `repeated` are the keys at the top that are there twice, `repeated_below` those of objects within it; `replaced` is
    the first byte that is no UTF-8, with its place.
    """

    def __init__(self) -> None:
        self.text = bytearray()
        self.start = 0  # the mark of UTF-8 in front
        self.cuts: list[Cut] = []
        self.repeated: list[str] = []
        self.repeated_below: list[str] = []
        self.replaced: tuple[int, int] | None = None

    def parse(self, path: str) -> Any:
        """The document with its arrays of records left empty. Raises RecordError where it is no JSON."""
        try:
            text = self.text.decode("utf-8")
        except UnicodeDecodeError as exc:
            self.replaced = self.text[exc.start], self._place(exc.start)
            text = self.text.decode("utf-8", "replace")
        try:
            return json.loads(text, object_pairs_hook=self._object)
        except json.JSONDecodeError as exc:
            place = self._place(len(text[: exc.pos].encode("utf-8", "surrogatepass")))
            raise RecordError(
                path, expected="JSON", found=f"{exc.msg.lower().removesuffix(' at')} at byte {place}"
            ) from exc
        except RecursionError as exc:
            raise RecordError(path, expected="JSON", found="values too deep to be read") from exc

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
        place = offset + self.start
        for cut in self.cuts:
            if cut.begin <= place:
                place += cut.end - cut.begin
        return place
