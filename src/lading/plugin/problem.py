"""What a rule says of a file or a label, and the place that makes a finding of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.report import Finding, Origin, Severity


class Problem(NamedTuple):
    """A broken rule, by its code; `subject` is what of the label or file is meant, as `Data.locate` takes it.

    `spot` is the point of the picture, in pixels of x and y, at which the label is wrong: a report marks it.
    """

    rule: str
    message: str
    subject: str | None = None
    spot: tuple[float, float] | None = None

    def finding(
        self,
        severities: Mapping[str, Severity],
        *,
        segment: str | None = None,
        frame: str | None = None,
        sensor: str | None = None,
        at: Origin | None = None,
    ) -> Finding | None:
        """The finding of a problem that is no label's; None where its rule is not wanted."""
        severity = severities.get(self.rule)
        if severity is None:
            return None
        return Finding(
            rule=self.rule,
            severity=severity,
            message=self.message,
            segment=segment,
            frame=frame,
            sensor=sensor,
            file=None if at is None else at.file,
            pointer=None if at is None else at.pointer,
            line=None if at is None else at.line,
            spot=self.spot,
        )


class Place(NamedTuple):
    """Where the data being checked stands, and how the rules that are wanted are graded, by code."""

    segment: Segment
    frame: Frame
    data: Data
    severities: Mapping[str, Severity]

    def finding(self, problem: Problem, label: Label | None = None, *, at: Origin | None = None) -> Finding | None:
        """The finding of a problem with the data or one of its labels; None where its rule is not wanted, or told.

        It stands where the source has the label or the data's own record, or `at` another place.
        """
        severity = self.severities.get(problem.rule)
        if severity is None or (self.data.told and self._is_told(problem, None if label is None else label.origin)):
            return None
        if at is None:
            at = self.data.locate(label, problem.subject)
        return Finding(
            rule=problem.rule,
            severity=severity,
            message=problem.message,
            segment=self.segment.name,
            frame=self.frame.key,
            sensor=self.data.sensor_name,
            file=at.file,
            pointer=at.pointer,
            line=at.line,
            spot=problem.spot,
        )

    def _is_told(self, problem: Problem, origin: int | None) -> bool:
        told = self.data.told
        return (problem.rule, origin) in told or (f"{problem.rule} {problem.subject}", origin) in told


class Places:
    """The places of files of one segment, made as they are asked for: few files have something wrong."""

    def __init__(
        self, segment: Segment, frames: Sequence[Frame], files: Sequence[Data], severities: Mapping[str, Severity]
    ) -> None:
        self.files = files
        self._segment = segment
        self._frames = frames
        self._severities = severities

    def __getitem__(self, index: int) -> Place:
        return Place(self._segment, self._frames[index], self.files[index], self._severities)
