"""What a check says before it is known where that stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.report import Finding, Origin, Severity


class Problem(NamedTuple):
    """A broken rule; `subject` is what of the label is meant, as `Origins.locate` takes it."""

    rule: str
    message: str
    subject: str | None = None


class Place(NamedTuple):
    """Where the data being checked stands, and how the rules that are wanted are graded."""

    segment: Segment
    frame: Frame
    data: Data
    severities: Mapping[str, Severity]

    def finding(self, problem: Problem, label: Label | None = None, *, at: Origin | None = None) -> Finding | None:
        """The finding of a problem with the data or one of its labels; None where its rule is not wanted."""
        severity = self.severities.get(problem.rule)
        if severity is None:
            return None
        origin = at if at is not None else self.data.locate(label, problem.subject)
        return Finding(
            rule=problem.rule,
            severity=severity,
            message=problem.message,
            segment=self.segment.name,
            frame=self.frame.key,
            sensor=self.data.sensor_name,
            file=origin.file,
            pointer=origin.pointer,
            line=origin.line,
        )
