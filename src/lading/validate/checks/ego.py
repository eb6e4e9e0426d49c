"""Where the ego is said to be in a frame, and how its jumps are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from lading.model.frame import Frame
from lading.model.report import Finding
from lading.validate.checks.bounds import are_finite
from lading.validate.checks.jumps import EGO_KEY, Moment, Spot, jump_problem

POSE_RULE = "pose.jump"

#: Of a pose that is told to be another's.
_TOLD = (POSE_RULE, None)

#: Where more of the frames than one in so many have a jump, all are told at the first.
_MANY = 3


class EgoJump(NamedTuple):
    """A jump of the ego, and where it led; `before` of that spot is where it was."""

    finding: Finding
    spot: Spot


def ego_spot(frame: Frame, moment: Moment) -> Spot | None:
    """Where the ego is by the first file of a frame that says so; those told to be wrong say nothing."""
    if moment.time_ns is None:
        return None
    for data in frame.data:
        pose = data.ego_pose
        if pose is None or (data.told and _TOLD in data.told):
            continue
        if are_finite(pose.translation):
            at = data.locate(subject="pose")
            return Spot(frame.key, moment, data.sensor_name, pose.translation, pose.target, 0.0, None, at)
    return None


def gathered(jumps: Sequence[EgoJump], frames: int) -> Iterator[Finding]:
    """The jumps of a segment of so many frames; where there are many, the first with their number."""
    if len(jumps) < 3 or _MANY * len(jumps) <= frames:
        yield from _runs(jumps)
    else:
        yield _more(jumps[0].finding, f", and such jumps in {len(jumps):,} of {frames:,} frames")


def _runs(jumps: Sequence[EgoJump]) -> Iterator[Finding]:
    """Each jump, but those back to where the ego was before it jumped: these end a run of wrong poses."""
    left: EgoJump | None = None
    for jump in jumps:
        if left is None:
            left = jump
        elif (last := _end(left, jump)) is not None:
            yield _more(left.finding, f", and so up to frame {last.frame!r}")
            left = None
        else:
            yield left.finding
            left = jump
    if left is not None:
        yield left.finding


def _end(left: EgoJump, back: EgoJump) -> Spot | None:
    """The last of the poses between two jumps, if the second leads back from there in the time since the first."""
    start, last = left.spot.before, back.spot.before
    if start is None or last is None or jump_problem(EGO_KEY, start, last) is None:
        return None
    return last if jump_problem(EGO_KEY, start, back.spot) is None else None


def _more(finding: Finding, words: str) -> Finding:
    return msgspec.structs.replace(finding, message=finding.message + words)
