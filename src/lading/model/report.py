"""Findings, losses and where they come from: what every part says things with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol

import msgspec

from lading.errors import StoppedError, place
from lading.model.tally import Tally

Severity = Literal["error", "warning"]

#: What of a label a finding is about; an attribute's name follows `attributes/`.
Subject = str


class Origin(msgspec.Struct, frozen=True):
    """A place in a source: a file within it, and an RFC 6901 pointer or a line (from 1), or both."""

    file: str
    pointer: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return place(self.file, pointer=self.pointer, line=self.line)

    def below(self, *parts: str | int) -> Origin:
        """The place of a part of this record: each part is one more reference token of the pointer."""
        pointer = self.pointer or ""
        for part in parts:
            pointer += f"/{escape_token(part) if isinstance(part, str) else part}"
        return Origin(self.file, pointer, self.line)


def escape_token(token: str) -> str:
    """One reference token of an RFC 6901 pointer."""
    return token if token.isalnum() else token.replace("~", "~0").replace("/", "~1")


def tokens_of(pointer: str) -> list[str]:
    """The reference tokens of an RFC 6901 pointer, as keys are written: the way back of `escape_token`."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


class Origins(Protocol):
    """The table of a Data that turns the integer of a label into a place.

    `kind` is the label's type on the wire (`BOX2D`) and `subject` what of it is meant: `geometry`, `category`,
    `instance`, `attributes`, `attributes/NAME`, or None for the whole record; of a box in space also
    `geometry/centre`, `geometry/size` and `geometry/rotation`, of a mask `items/N` of its table and
    `items/N/category`. A reader answers with the narrowest place it knows.
    """

    def locate(self, index: int, kind: str | None = None, subject: Subject | None = None) -> Origin:
        """Where the record number `index` of this Data stands."""
        ...


class OriginList:
    """Origins that were noted one by one; a subject is not told apart from its record."""

    def __init__(self, origins: list[Origin]) -> None:
        self._origins = origins

    def locate(self, index: int, kind: str | None = None, subject: Subject | None = None) -> Origin:
        """Where the record number `index` stands."""
        return self._origins[index]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with the source, and where it stands. `rule` is a stable code `subject.problem`.

    `spot` is the one point of the picture, in pixels of x and y, at which a label is wrong, where there is such a one.
    """

    rule: str
    severity: Severity
    message: str
    segment: str | None = None
    frame: str | None = None
    sensor: str | None = None
    file: str | None = None
    pointer: str | None = None
    line: int | None = None
    spot: tuple[float, float] | None = None

    @property
    def where(self) -> str | None:
        """The place as people read it, `file#pointer` or `file:line`; None where no file is known."""
        return None if self.file is None else place(self.file, pointer=self.pointer, line=self.line)

    def __str__(self) -> str:
        return self.message if self.where is None else f"{self.where}: {self.message}"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickled as a row: there may be a million, and by the names of its fields each takes twice the time."""
        return (_restored, msgspec.structs.astuple(self)) if type(self) is Finding else super().__reduce__()


def _restored(
    rule: str,
    severity: Severity,
    message: str,
    segment: str | None,
    frame: str | None,
    sensor: str | None,
    file: str | None,
    pointer: str | None,
    line: int | None,
    spot: tuple[float, float] | None,
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        segment=segment,
        frame=frame,
        sensor=sensor,
        file=file,
        pointer=pointer,
        line=line,
        spot=spot,
    )


class Loss(msgspec.Struct, kw_only=True):
    """Something that has no place in the target: `what` it is, how often, and one example."""

    what: str
    count: int
    example: str


class Report:
    """Takes findings and losses as they are met, in bounded memory.

    Of each rule the first `limit` findings are kept, and all are counted. With `stop_on_error` the first
    finding of error level raises StoppedError. One that `is_of_part` keeps the `tallies` that are gathered, for
    whoever has those of the other parts of the segment.
    """

    def __init__(self, *, limit: int = 1000, stop_on_error: bool = False, is_of_part: bool = False) -> None:
        self.limit = limit
        self.stop_on_error = stop_on_error
        self.is_of_part = is_of_part
        self.tallies: list[Tally] = []
        self._findings: list[Finding] = []
        self._counts: dict[tuple[str, Severity], int] = {}
        self._losses: dict[str, Loss] = {}

    @property
    def findings(self) -> list[Finding]:
        """The findings that were kept, in the order they came."""
        return list(self._findings)

    @property
    def losses(self) -> list[Loss]:
        """One entry for each kind of loss, in the order they were first met."""
        return list(self._losses.values())

    @property
    def counts(self) -> Mapping[tuple[str, Severity], int]:
        """How many findings of each rule and severity came, kept or not."""
        return dict(self._counts)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity came, kept or not."""
        return sum(n for (_, level), n in self._counts.items() if level == severity)

    def dropped(self) -> Iterator[tuple[str, Severity, int]]:
        """Rule, severity and number of the findings that came but were not kept."""
        for (rule, severity), total in self._counts.items():
            if total > self.limit:
                yield rule, severity, total - self.limit

    def add(self, finding: Finding) -> None:
        """Take one finding."""
        key = (finding.rule, finding.severity)
        total = self._counts.get(key, 0) + 1
        self._counts[key] = total
        if total <= self.limit:
            self._findings.append(finding)
        if self.stop_on_error and finding.severity == "error":
            raise StoppedError(str(finding), finding)

    def error(self, rule: str, message: str, origin: Origin | None = None, **where: str | None) -> None:
        """Take a finding of error level; `where` may give segment, frame and sensor."""
        self.add(_finding(rule, "error", message, origin, where))

    def warning(self, rule: str, message: str, origin: Origin | None = None, **where: str | None) -> None:
        """Take a finding of warning level; `where` may give segment, frame and sensor."""
        self.add(_finding(rule, "warning", message, origin, where))

    def loss(self, what: str, example: str, count: int = 1) -> None:
        """Take something that could not be placed."""
        known = self._losses.get(what)
        if known is None:
            self._losses[what] = Loss(what=what, count=count, example=example)
        else:
            known.count += count

    def gather(self, tally: Tally) -> None:
        """Take what a reader counted over the frames of a segment, or of its part: to be told once, with a number."""
        if self.is_of_part:
            self.tallies.append(tally)
        else:
            tally.tell(self)

    def merge(self, other: Report) -> None:
        """Take over what another report holds, counts of what it did not keep included; tallies are left to it."""
        for finding in other._findings:
            self.add(finding)
        for rule, severity, more in other.dropped():
            self._counts[(rule, severity)] += more
        for loss in other._losses.values():
            self.loss(loss.what, loss.example, loss.count)


def _finding(
    rule: str, severity: Severity, message: str, origin: Origin | None, where: Mapping[str, str | None]
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        segment=where.get("segment"),
        frame=where.get("frame"),
        sensor=where.get("sensor"),
        file=None if origin is None else origin.file,
        pointer=None if origin is None else origin.pointer,
        line=None if origin is None else origin.line,
    )
