"""What is known already: a JSON report of an earlier run, whose findings are not told again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from lading.errors import OptionError
from lading.model.report import Finding

#: What makes two findings the same: all but severity and message, which change with grades and releases; or, in a
#: frame, all but severity and place, which moves when records come or go before it.
_place_of = attrgetter("rule", "segment", "frame", "sensor", "file", "pointer", "line")
_said_of = attrgetter("rule", "segment", "frame", "sensor", "file", "message")


class Known(msgspec.Struct, gc=False):
    """A finding of a report, as far as it is compared."""

    rule: str | None = None
    segment: str | None = None
    frame: str | None = None
    sensor: str | None = None
    file: str | None = None
    pointer: str | None = None
    line: int | None = None
    message: str | None = None


class _Report(msgspec.Struct):
    findings: list[msgspec.Raw]


class _Parsed(msgspec.Struct):
    findings: list[Any]


class Baseline:
    """Holds back the findings of a report, each as often as the report has it; `known` counts them.

    Of each it keeps hashes of 64 bits: a report of 100 MB has 300,000.
    """

    def __init__(self, findings: Iterable[Known | Finding]) -> None:
        self._left: dict[int, int] = {}
        self._said: dict[int, list[int]] = {}
        for one in findings:
            place = hash(_place_of(one))
            self._left[place] = self._left.get(place, 0) + 1
            if one.frame is not None:
                places = self._said.setdefault(hash(_said_of(one)), [])
                if place not in places[-1:]:
                    places.append(place)
        self.known = 0

    def new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those that the report does not have."""
        for finding in findings:
            place: int | None = hash(_place_of(finding))
            if place not in self._left:
                place = self._moved(hash(_said_of(finding)))
            if place is None:
                yield finding
            else:
                self.known += 1
                self._left[place] -= 1
                if not self._left[place]:
                    del self._left[place]

    def _moved(self, said: int) -> int | None:
        """The first place of those where the same was said that is left."""
        places = self._said.get(said, [])
        while places and places[0] not in self._left:
            del places[0]
        return places[0] if places else None

    @property
    def gone(self) -> int:
        """How many findings of the report did not come again."""
        return sum(self._left.values())


def read_baseline(path: Path) -> Baseline:
    """A baseline from what `lading validate --json` printed. Raises OptionError for any other file."""
    try:
        return Baseline(_rows(path.read_bytes()))
    except OSError as exc:
        raise OptionError(f"{path}: expected a JSON report, found {exc.strerror}") from exc
    except msgspec.ValidationError as exc:
        found = "no list `findings` of what it found"
        raise OptionError(f"{path}: expected a JSON report of `lading validate`, found {found}") from exc
    except ValueError as exc:
        raise OptionError(f"{path}: expected a JSON report, found {exc}") from exc


def _rows(data: bytes) -> Iterator[Known]:
    """The findings of a report, one after another: as objects all of them would take four times the file's size."""
    try:
        rows: list[Any] = msgspec.json.decode(data, type=_Report).findings
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # a byte order mark, or UTF-16, as some shells redirect
        rows = msgspec.convert(json.loads(data), _Parsed).findings
    for row in rows:
        yield _known(row) if isinstance(row, msgspec.Raw) else msgspec.convert(row, Known)


def _known(row: msgspec.Raw) -> Known:
    try:
        return msgspec.json.decode(row, type=Known)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # half a surrogate, in the name of a file that is no UTF-8
        return msgspec.convert(json.loads(bytes(row)), Known)
